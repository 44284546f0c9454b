from pathlib import Path

import pytest
import yaml
from django.template.loader import render_to_string

from education.management.commands.load_content import CONTENT
from education.pages.figures.drawing import draw, scale
from education.pages.figures.facts import FigureError, read_facts

FILES = sorted((CONTENT / "en" / "figures").glob("*.yaml"))
DRAWN = [path for path in FILES if path.stem != "emergency-list"]


def facts(path: Path):
    return read_facts(yaml.safe_load(path.read_text()))


def shown(path: Path) -> str:
    figure = draw(path.stem, facts(path))
    return render_to_string(figure.template, {"figure": figure, "numbers": {}})


@pytest.mark.parametrize("path", DRAWN, ids=lambda path: path.stem)
def test_figure_is_named_described_and_has_a_table(path):
    text = shown(path)

    assert text.count("<svg viewBox") >= 1
    assert text.count('role="img"') == text.count("<title id=") == text.count("<desc id=")
    assert "<table" in text
    assert 'scope="col"' in text
    assert "<figcaption" in text
    assert "style=" not in text
    assert 'fill="#' not in text


@pytest.mark.parametrize("path", DRAWN, ids=lambda path: path.stem)
def test_figure_has_whole_numbers_for_every_language(path):
    text = shown(path)

    assert all(
        "," not in part.split('"', 1)[0] and "." not in part.split('"', 1)[0]
        for attribute in (' x="', ' y="', ' cx="', ' width="')
        for part in text.split(attribute)[1:]
    )


def test_scale_puts_the_ends_of_an_axis_at_its_ends():
    assert (scale(0, 100), scale(50, 100), scale(100, 100)) == (10, 150, 290)


def test_route_chart_has_the_numbers_that_the_sources_give():
    chart = facts(CONTENT / "en" / "figures" / "route-chart.yaml")

    bars = [
        {bar.label.partition(",")[0]: (bar.low, bar.value, bar.is_weak) for bar in drawing.bars}
        for drawing in chart.drawings
    ]
    assert bars == [
        {
            "IV drip": (0, 100, False),
            "Shot in a muscle": (0, 93, True),
            "Esketamine nasal spray": (0, 48, False),
            "Pharmacy-mixed nasal spray": (25, 50, True),
            "Under the tongue": (0, 29, False),
            "By mouth": (0, 23, False),
            "Shot under the skin": (0, None, False),
        },
        {
            "Shot in a muscle": (0, 20, True),
            "Pharmacy-mixed nasal spray": (0, 30, True),
            "Esketamine nasal spray": (0, 40, False),
            "IV drip": (0, 40, False),
            "Under the tongue": (0, 45, False),
            "By mouth": (0, 58, False),
            "Shot under the skin": (0, None, False),
        },
    ]


def test_study_results_show_one_dot_a_person():
    text = shown(CONTENT / "en" / "figures" / "study-results.yaml")

    assert [(line.count("h0")) for line in text.splitlines() if 'class="dot-empty"' in line] == [100] * 5 + [15] * 2
    assert "No clear difference" in text
    assert "3 of 15" in text


@pytest.mark.parametrize(
    ("name", "change", "words"),
    [
        ("route-chart", {"colour": "red"}, "colour"),
        ("route-chart", {"kind": "pie"}, "pie"),
        ("route-chart", {"drawings": "none"}, "drawings"),
        ("three-steps", {"steps": [{"label": "1", "name": "1", "words": "x", "picture": "cat"}]}, "picture"),
        ("mood-chart", {"days": "fourteen"}, "days"),
    ],
)
def test_facts_that_cannot_be_drawn_are_refused_with_their_place(name, change, words):
    data = yaml.safe_load((CONTENT / "en" / "figures" / f"{name}.yaml").read_text())

    with pytest.raises(FigureError, match=words):
        read_facts(data | change)
