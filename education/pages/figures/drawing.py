"""Figures, drawn on the server as inline SVG: places here, shapes in templates, facts and words in content files.

Drawings are 360 units wide, so that words of 14 units stay readable on a phone of 320 px. Coordinates are
whole numbers: a template would write a fraction with a comma in some languages.
"""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct, field

from education.pages.figures.facts import (
    AnyFacts,
    Bar,
    Bars,
    Clock,
    Dots,
    Drawing,
    Grid,
    Moment,
    SignList,
    Steps,
    Studies,
    Study,
    Timeline,
)

LEFT, RIGHT = 10, 350
TRACK_END = 290  # a bar's number stands after it
IN_COLUMN, IN_LINE, DOT_STEP = 4, 25, 13


class Figure(Struct, frozen=True):
    """A drawing with its words: what the template `education/figures/<kind>.html` needs."""

    name: str
    kind: str
    facts: AnyFacts
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def template(self) -> str:
        return f"education/figures/{self.kind}.html"


def scale(value: float, most: float, right: int = TRACK_END) -> int:
    """Return the place of a value on an axis from 0 to `most`."""
    return round(LEFT + (right - LEFT) * value / most)


class DrawnBar(Struct, frozen=True):
    bar: Bar
    y: int
    x: int
    width: int

    @property
    def bar_y(self) -> int:
        return self.y + 7

    @property
    def number_x(self) -> int:
        return self.x + self.width + 6

    @property
    def number_y(self) -> int:
        return self.y + 20


def drawn_bars(drawing: Drawing) -> dict[str, Any]:
    step, top = 46, 18
    bars = []
    for number, bar in enumerate(drawing.bars):
        start = scale(bar.low, drawing.most)
        end = scale(bar.value, drawing.most) if bar.value is not None else start
        bars.append(DrawnBar(bar, top + number * step, start, end - start))
    bottom = top + len(bars) * step - 18
    return {
        "drawing": drawing,
        "bars": bars,
        "ticks": [(scale(tick, drawing.most), tick) for tick in drawing.ticks],
        "track_width": TRACK_END - LEFT,
        "left": LEFT,
        "top": top + 6,
        "bottom": bottom,
        "tick_y": bottom + 16,
        "height": bottom + 24,
    }


class DrawnDots(Struct, frozen=True):
    """A field of dots, one a person, four to a column or all in one line."""

    dots: Dots
    y: int

    @property
    def dots_y(self) -> int:
        return self.y + 8

    @property
    def is_one_line(self) -> bool:
        return self.dots.of <= IN_LINE

    @property
    def rows(self) -> int:
        return 1 if self.is_one_line else IN_COLUMN

    @property
    def height(self) -> int:
        return self.rows * DOT_STEP

    def path(self, first: int, last: int) -> str:
        """Return the dots of some people as one path: points without length, drawn by a round line end."""
        middle = DOT_STEP // 2
        places = (divmod(number, self.rows) for number in range(first, last))
        return "".join(f"M{middle + column * DOT_STEP} {middle + row * DOT_STEP}h0" for column, row in places)

    @property
    def filled(self) -> str:
        return self.path(0, self.dots.value)

    @property
    def empty(self) -> str:
        return self.path(self.dots.value, self.dots.of)


class DrawnStudy(Struct, frozen=True):
    study: Study
    y: int
    rows: tuple[DrawnDots, ...]
    height: int

    @property
    def measure_y(self) -> int:
        return self.y + 20

    @property
    def finding_y(self) -> int:
        return self.y + 44


def drawn_studies(studies: tuple[Study, ...]) -> tuple[list[DrawnStudy], int]:
    """Place studies under each other; return them and the height they need."""
    drawn, y = [], 18
    for study in studies:
        rows, place = [], y + 44
        for dots in study.rows:
            rows.append(DrawnDots(dots, place))
            place += rows[-1].height + 30
        end = place - 8 if rows else y + 56
        drawn.append(DrawnStudy(study, y, tuple(rows), end - y))
        y = end + 22
    return drawn, y - 22


class DrawnMoment(Struct, frozen=True):
    moment: Moment
    y: int

    @property
    def lines(self) -> list[tuple[int, str]]:
        return [(self.y + 26 + 20 * number, words) for number, words in enumerate(self.moment.lines)]

    @property
    def text_y(self) -> int:
        return self.y + 5


def draw_bars(facts: Bars) -> dict[str, Any]:
    return {"drawings": [drawn_bars(drawing) for drawing in facts.drawings]}


def draw_studies(facts: Studies) -> dict[str, Any]:
    groups = [(group, *drawn_studies(group.studies)) for group in facts.groups]
    return {"groups": groups, "left": LEFT, "step": DOT_STEP}


def draw_steps(facts: Steps) -> dict[str, Any]:
    return {"steps": [(60 + 120 * number, step) for number, step in enumerate(facts.steps)]}


def draw_timeline(facts: Timeline) -> dict[str, Any]:
    drawn, y = [], 20
    for moment in facts.moments:
        drawn.append(DrawnMoment(moment, y))
        y += 44 + 20 * len(moment.lines)
    return {"moments": drawn, "height": y - 14, "first_y": drawn[0].y, "last_y": drawn[-1].y}


def draw_clock(facts: Clock) -> dict[str, Any]:
    """Place an afternoon, a night and the next afternoon on one line of 29 hours."""
    hours = 29
    places = {"night": 6, "midnight": 8, "morning": 14, "day_after": 24}
    x = {name: scale(hour, hours, RIGHT) for name, hour in places.items()}
    return {
        "x": x,
        "left": LEFT,
        "wait_width": x["day_after"] - LEFT,
        "night_width": x["morning"] - x["night"],
        "go_width": RIGHT - x["day_after"],
    }


def draw_grid(facts: Grid) -> dict[str, Any]:
    """Place an empty grid of days across and marks upward, to print and fill in."""
    step, left, top = 22, 34, 14
    right, bottom = left + facts.days * step, top + facts.most * step
    days = range(facts.days)
    marks = range(facts.most + 1)
    return {
        "columns": [(left + day * step, left + day * step + step // 2, day + 1) for day in days],
        "lines": [(top + mark * step, top + mark * step + 5, facts.most - mark) for mark in marks],
        "days": range(1, facts.days + 1),
        "left": left,
        "right": right,
        "top": top,
        "bottom": bottom,
        "day_y": bottom + 18,
        "word_y": bottom + 38,
        "height": bottom + 46,
    }


DRAWN: Mapping[type, tuple[str, Callable[[Any], dict[str, Any]]]] = {
    Bars: ("bars", draw_bars),
    Studies: ("dots", draw_studies),
    Steps: ("steps", draw_steps),
    Timeline: ("timeline", draw_timeline),
    Clock: ("clock", draw_clock),
    Grid: ("grid", draw_grid),
    SignList: ("list", lambda facts: {}),
}


def draw(name: str, facts: AnyFacts) -> Figure:
    """Return a figure, ready for its template."""
    kind, place = DRAWN[type(facts)]
    return Figure(name, kind, facts, place(facts))
