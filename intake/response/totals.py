"""Totals and levels made of answers: what scores count, and what later pages and rules may read."""

from collections.abc import Iterable

from intake.definition.conditions import NO_LIMITS, ConditionError, Values
from intake.definition.model import Answer, Definition, Item

AskedValues = Iterable[tuple[Item, Answer | None]]


UNREADABLE = ()  # no condition can be decided on it, and what cannot be decided hides no question


def total_or_level(definition: Definition, item: Item, asked: AskedValues, values: Values) -> object:
    """Return a computed sum or level from the questions asked so far; None when it cannot be made."""
    try:
        if item.computed == "sum":
            return total(definition, item, asked)
        return level(definition, item, values) if item.computed == "level" else None
    except (KeyError, ValueError):
        return UNREADABLE


def total(definition: Definition, item: Item, asked: AskedValues) -> int | None:
    """Add the points of the questions asked: those left out by branching add nothing, a blank one leaves no total."""
    questions = definition.scores[item.link_id].sum
    counted = [(question, value) for question, value in asked if question.link_id in questions]
    if not counted or any(value is None for _question, value in counted):
        return None
    return sum(question.option_by_code[str(value)].score or 0 for question, value in counted)


def level(definition: Definition, item: Item, values: Values) -> str | None:
    """Return the first level whose condition holds."""
    for test, value in definition.compiled.levels[item.link_id]:
        try:
            if test(values, NO_LIMITS) is not None:
                return value
        except ConditionError:
            raise ValueError(f"{item.link_id} cannot be decided") from None
    return None
