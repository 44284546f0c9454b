import pytest
from django.template.loader import render_to_string

from education.models import Reference
from education.pages.figures.charts import FIGURES, scale, study_results
from education.pages.figures.routes import ROUTES


def draw(name):
    return render_to_string(FIGURES[name]().template, {"figure": FIGURES[name](), "numbers": {}})


@pytest.mark.parametrize("name", FIGURES)
def test_figure_is_named_described_and_has_a_table(name):
    text = draw(name)

    assert text.count("<svg viewBox") >= 1
    assert text.count('role="img"') == text.count("<title id=") == text.count("<desc id=")
    assert "<table" in text
    assert 'scope="col"' in text
    assert "<figcaption" in text
    assert "style=" not in text
    assert 'fill="#' not in text


@pytest.mark.parametrize("name", FIGURES)
def test_figure_has_whole_numbers_for_every_language(name):
    assert all(
        "," not in part.split('"', 1)[0] and "." not in part.split('"', 1)[0]
        for attribute in (' x="', ' y="', ' cx="', ' width="')
        for part in draw(name).split(attribute)[1:]
    )


def test_figures_cite_only_what_is_there(content):
    keys = set(Reference.objects.values_list("key", flat=True))

    assert {name: set(make().references) - keys for name, make in FIGURES.items()} == {name: set() for name in FIGURES}


def test_scale_puts_the_ends_of_an_axis_at_its_ends():
    assert (scale(0, 100), scale(50, 100), scale(100, 100)) == (10, 180, 350)


def test_route_chart_draws_the_ranges_and_marks_what_is_not_confirmed():
    shares = {
        str(route.short): (
            (route.share.low, route.share.high, route.share.is_confirmed) if route.share else None,
            (route.typical_share.low, route.typical_share.high, route.typical_share.is_confirmed)
            if route.typical_share
            else None,
        )
        for route in ROUTES
    }

    assert shares == {
        "IV drip": (None, (100, 100, True)),
        "Shot in a muscle": (None, (93, 93, False)),
        "Shot under the skin": (None, None),
        "Esketamine nasal spray": (None, (48, 48, True)),
        "Compounded nasal spray": ((8, 50, False), (25, 50, False)),
        "Under the tongue": ((27, 32, True), (29, 29, True)),
        "By mouth": ((17, 29, False), (23, 23, True)),
        "Rectal": (None, (30, 30, False)),
    }


def test_route_chart_says_what_it_does_not_show_and_corrects_the_marked_figures():
    text = draw("route-chart")

    assert "Bioavailability is not benefit. Doses differ by route." in text
    assert all(f"<strong>◆{number}</strong>" in text for number in (1, 2, 3))


def test_study_results_show_both_ways():
    panels = study_results().data["panels"]

    results = {
        side: [[(str(bar.result.label), bar.result.percent) for bar in drawn.bars] for drawn in studies]
        for _, side, studies, _ in panels
    }
    assert results == {
        "for": [
            [("Ketamine", 59)],
            [("Ketamine", 55), ("ECT", 41)],
            [("Ketamine", 67), ("Comparison group", 20)],
        ],
        "against": [[("Ketamine", 46), ("ECT", 63)], [], []],
    }


def test_driving_clock_says_when_in_words():
    text = draw("driving-clock")

    assert "Tuesday after 4 pm" in text
    assert "Not yet. You also need 24 hours." in text
