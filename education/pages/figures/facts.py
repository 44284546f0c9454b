"""What a figure's file may hold: its facts and its words, by the way it is drawn."""

from typing import Any

import msgspec


class FigureError(Exception):
    """A figure's file says something that cannot be drawn; the message names the place."""


class Strict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A mapping with exactly these keys."""


class Facts(Strict, frozen=True, tag_field="kind"):
    """What every figure has."""

    title: str
    description: str
    caption: str
    references: tuple[str, ...]


class Bar(Strict, frozen=True):
    """One bar from 0, or from `low` when only a range is known; without a value its words stand alone."""

    label: str
    words: str
    value: int | None
    low: int = 0
    is_weak: bool = False


class Drawing(Strict, frozen=True):
    title: str
    unit: str
    most: int
    ticks: tuple[int, ...]
    caption: str
    bars: tuple[Bar, ...]


class Row(Strict, frozen=True):
    cells: tuple[str, ...]
    references: tuple[str, ...] = ()


class Table(Strict, frozen=True):
    title: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]


class Bars(Facts, tag="bars", frozen=True):
    legend: tuple[str, str]
    drawings: tuple[Drawing, ...]
    tables: tuple[Table, ...]


class Dots(Strict, frozen=True):
    """How many of a group of people got better."""

    label: str
    value: int
    of: int
    is_ketamine: bool


class Study(Strict, frozen=True):
    """One study's main result; without rows its finding is told in words."""

    name: str
    who: str
    measure: str
    finding: str
    reference: str
    rows: tuple[Dots, ...] = ()


class StudyGroup(Strict, frozen=True):
    title: str
    studies: tuple[Study, ...]


class Studies(Facts, tag="dots", frozen=True):
    legend: tuple[str, str]
    table_title: str
    heads: tuple[str, ...]
    groups: tuple[StudyGroup, ...]


class Step(Strict, frozen=True):
    label: str
    name: str
    words: str
    picture: str


class Steps(Facts, tag="steps", frozen=True):
    heads: tuple[str, str]
    steps: tuple[Step, ...]


class Moment(Strict, frozen=True):
    """A point on a line of hours: when, and what happens, in lines short enough to draw."""

    when: str
    lines: tuple[str, ...]
    phase: str
    references: tuple[str, ...] = ()


class Timeline(Facts, tag="timeline", frozen=True):
    table_title: str
    heads: tuple[str, str]
    moments: tuple[Moment, ...]


class ClockWords(Strict, frozen=True):
    start: str
    start_note: str
    end: str
    end_note: str
    between: str
    between_note: str
    evening: str
    night: str
    morning: str
    stop: str
    go: str
    go_note: str


class Clock(Facts, tag="clock", frozen=True):
    words: ClockWords
    table_title: str
    heads: tuple[str, str]
    rows: tuple[Row, ...]


class Grid(Facts, tag="grid", frozen=True):
    days: int
    most: int
    day: str
    table_title: str
    heads: tuple[str, str, str]


class SignList(Facts, tag="list", frozen=True):
    """The one list of signs that mean 911; printed by `{emergency-list}`."""

    lead: str
    items: tuple[str, ...]
    after: str


AnyFacts = Bars | Studies | Steps | Timeline | Clock | Grid | SignList
PICTURES = ("person", "drip", "home")
PHASES = ("before", "during", "after", "next-day")


def read_facts(data: Any) -> AnyFacts:
    """Return the typed facts of a figure's file; raise FigureError with the place of what is wrong."""
    try:
        facts: AnyFacts = msgspec.convert(data, AnyFacts, strict=True)
    except msgspec.ValidationError as error:
        raise FigureError(str(error)) from error
    check_facts(facts)
    return facts


def check_facts(facts: AnyFacts) -> None:
    """Refuse what fits the shape and still cannot be drawn."""
    if isinstance(facts, Bars):
        for drawing in facts.drawings:
            for bar in drawing.bars:
                if bar.value is not None and not 0 <= bar.low <= bar.value <= drawing.most:
                    raise FigureError(f"{bar.label}: the value does not fit a scale from 0 to {drawing.most}.")
        tables = [(len(table.heads), row) for table in facts.tables for row in table.rows]
        if any(len(row.cells) != columns for columns, row in tables):
            raise FigureError("A row of a table has more or fewer cells than the table has heads.")
    elif isinstance(facts, Studies):
        for group in facts.groups:
            for dots in (dots for study in group.studies for dots in study.rows):
                if not 0 <= dots.value <= dots.of <= 100:
                    raise FigureError(f"{dots.label}: {dots.value} of {dots.of} cannot be drawn.")
    elif isinstance(facts, Steps) and any(step.picture not in PICTURES for step in facts.steps):
        raise FigureError(f"A picture is one of: {', '.join(PICTURES)}.")
    elif isinstance(facts, Timeline) and any(moment.phase not in PHASES for moment in facts.moments):
        raise FigureError(f"A phase is one of: {', '.join(PHASES)}.")


def all_references(facts: AnyFacts) -> tuple[str, ...]:
    """Return every source of a figure, those of its rows included, each once."""
    keys = list(facts.references)
    if isinstance(facts, Bars):
        keys += [key for table in facts.tables for row in table.rows for key in row.references]
    elif isinstance(facts, Studies):
        keys += [study.reference for group in facts.groups for study in group.studies]
    elif isinstance(facts, Timeline):
        keys += [key for moment in facts.moments for key in moment.references]
    elif isinstance(facts, Clock):
        keys += [key for row in facts.rows for key in row.references]
    return tuple(dict.fromkeys(keys))
