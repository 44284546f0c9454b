"""Figures, drawn on the server as inline SVG: data and geometry here, shapes and words in templates.

Drawings are 360 units wide, so that words of 14 units stay readable on a phone of 320 px. Coordinates are
whole numbers: a template would write a fraction with a comma in some languages.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from education.pages.figures.infusion_day import MOMENTS, Moment
from education.pages.figures.routes import ROUTES, Range, Route
from education.pages.figures.studies import STUDIES_AGAINST, STUDIES_FOR, Result, Study

Words = str | Promise

LEFT, RIGHT = 10, 350


@dataclass(frozen=True)
class Figure:
    """A drawing with its words: what the template `education/figures/<name>.html` needs."""

    name: str
    title: Words
    description: Words
    references: tuple[str, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def template(self) -> str:
        return f"education/figures/{self.name}.html"


@dataclass(frozen=True)
class Bar:
    """A drawn range; a single value is drawn as a dot at `x`."""

    x: int
    width: int
    is_dot: bool
    is_confirmed: bool

    @property
    def middle(self) -> int:
        return self.x + self.width // 2


def scale(value: float, most: float) -> int:
    """Give the place of a value on an axis from 0 to `most`."""
    return round(LEFT + (RIGHT - LEFT) * value / most)


def bar(drawn: Range | None, most: float) -> Bar | None:
    if drawn is None:
        return None
    start, end = scale(drawn.low, most), scale(drawn.high, most)
    return Bar(start, end - start, start == end, drawn.is_confirmed)


@dataclass(frozen=True)
class RouteRow:
    """A route in a drawing: a range, a typical value on it, and where its lines stand."""

    route: Route
    y: int
    first: Bar | None
    second: Bar | None

    @property
    def bar_y(self) -> int:
        return self.y + 8

    @property
    def middle_y(self) -> int:
        return self.y + 16


def route_chart() -> Figure:
    """Draw how much of a dose reaches the blood, and how soon, by route."""
    step, top = 50, 20
    rows = [(route, top + number * step) for number, route in enumerate(ROUTES)]
    bottom = top + len(ROUTES) * step - 20
    return Figure(
        "route-chart",
        _("How much of a dose reaches the blood, and how soon, by route"),
        _("Two drawings with one row for each route. The same figures stand in the tables below them."),
        tuple(dict.fromkeys(key for route in ROUTES for key in route.references)),
        {
            "routes": ROUTES,
            "shares": [RouteRow(r, y, bar(r.share, 100), bar(r.typical_share, 100)) for r, y in rows],
            "times": [RouteRow(r, y, bar(r.onset, 60), bar(r.peak, 60)) for r, y in rows],
            "share_ticks": [(scale(value, 100), f"{value}%") for value in (0, 25, 50, 75, 100)],
            "time_ticks": [(scale(value, 60), value) for value in (0, 15, 30, 45, 60)],
            "left": LEFT,
            "right": RIGHT,
            "width": RIGHT - LEFT,
            "top": top,
            "bottom": bottom,
            "tick_y": bottom + 16,
            "height": bottom + 26,
        },
    )


@dataclass(frozen=True)
class DrawnResult:
    result: Result
    y: int
    width: int

    @property
    def text_y(self) -> int:
        return self.y + 17

    @property
    def text_x(self) -> int:
        return LEFT + self.width + 8


@dataclass(frozen=True)
class DrawnStudy:
    study: Study
    y: int
    bars: tuple[DrawnResult, ...]
    no_result_y: int

    @property
    def measure_y(self) -> int:
        return self.y + 20


def drawn_studies(studies: tuple[Study, ...]) -> tuple[list[DrawnStudy], int]:
    """Place studies under each other; give them and the height they need."""
    drawn, y, widest = [], 20, 216
    for study in studies:
        bars = tuple(
            DrawnResult(result, y + 32 + number * 30, round(result.percent * widest / 100))
            for number, result in enumerate(study.results)
        )
        drawn.append(DrawnStudy(study, y, bars, y + 46))
        y += 32 + 30 * max(len(bars), 1) + 26
    return drawn, y - 26


def study_results() -> Figure:
    """Draw studies whose results speak for ketamine, and those that do not, side by side."""
    (studies_for, height_for), (studies_against, height_against) = (
        drawn_studies(STUDIES_FOR),
        drawn_studies(STUDIES_AGAINST),
    )
    return Figure(
        "study-results",
        _("Study results, both ways"),
        _("Bars show how many people in 100 got better in each group. The same figures stand in the table below."),
        tuple(study.reference for study in STUDIES_FOR + STUDIES_AGAINST),
        {
            "panels": [
                (_("Results in favor"), "for", studies_for, height_for),
                (_("Results that are less clear or go the other way"), "against", studies_against, height_against),
            ],
            "studies": STUDIES_FOR + STUDIES_AGAINST,
            "left": LEFT,
        },
    )


@dataclass(frozen=True)
class DrawnMoment:
    moment: Moment
    y: int

    @property
    def lines(self) -> list[tuple[int, Words]]:
        return [(self.y + 26 + 20 * number, words) for number, words in enumerate(self.moment.lines)]

    @property
    def text_y(self) -> int:
        return self.y + 5


def infusion_timeline() -> Figure:
    """Draw the hours of an infusion day from top to bottom."""
    step = 84
    drawn = [DrawnMoment(moment, 20 + number * step) for number, moment in enumerate(MOMENTS)]
    return Figure(
        "infusion-timeline",
        _("Your infusion day, from arrival to the next day"),
        _("A line from top to bottom with six points. The same words stand in the table below."),
        tuple(dict.fromkeys(key for moment in MOMENTS for key in moment.references)),
        {"moments": drawn, "height": drawn[-1].y + 56, "first_y": drawn[0].y, "last_y": drawn[-1].y},
    )


def driving_clock() -> Figure:
    """Draw Monday 4 pm to Tuesday after 4 pm, with the night between."""
    hours = 29
    places = {
        "end": 0, "night": 6, "midnight": 8, "morning": 14, "day_after": 24, "later": hours,
    }  # fmt: skip
    return Figure(
        "driving-clock",
        _("From the end of an infusion on Monday at 4 pm to the first drive"),
        _(
            "The infusion ends on Monday at 4 pm. Monday evening, the night and Tuesday morning: do not drive. "
            "After Tuesday 4 pm you may drive if you slept well and feel clear."
        ),
        ("MAYO-KET", "LABEL-SPRAVATO"),
        {
            "x": {name: scale(hour, hours) for name, hour in places.items()},
            "wait_width": scale(24, hours) - LEFT,
            "night_width": scale(14, hours) - scale(6, hours),
            "go_width": RIGHT - scale(24, hours),
            "left": LEFT,
        },
    )


def three_steps() -> Figure:
    """Draw come in, drip, go home."""
    return Figure(
        "three-steps",
        _("A visit in three steps"),
        _("One: you come in and we check you. Two: a slow drip into a vein. Three: an adult takes you home."),
    )


def mood_chart() -> Figure:
    """Draw an empty chart for two weeks of mood, to print and fill in."""
    days, rows, step, left, top = 14, 10, 22, 34, 14
    right, bottom = left + days * step, top + rows * step
    return Figure(
        "mood-chart",
        _("Mood chart for two weeks"),
        _("An empty grid: the days 1 to 14 across, and mood from 0, very low, to 10, very good, upward."),
        (),
        {
            "columns": [(left + number * step, left + number * step + step // 2, number + 1) for number in range(days)],
            "lines": [(top + number * step, top + number * step + 5, rows - number) for number in range(rows + 1)],
            "days": range(1, days + 1),
            "left": left,
            "right": right,
            "top": top,
            "bottom": bottom,
            "day_y": bottom + 18,
            "word_y": bottom + 38,
            "height": bottom + 46,
        },
    )


FIGURES: Mapping[str, Callable[[], Figure]] = {
    "three-steps": three_steps,
    "route-chart": route_chart,
    "study-results": study_results,
    "infusion-timeline": infusion_timeline,
    "driving-clock": driving_clock,
    "mood-chart": mood_chart,
}
