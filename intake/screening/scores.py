"""Computed answers: age, body mass index, totals, levels. A blank is never counted as 0."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from intake.definition.conditions import NO_LIMITS, evaluate
from intake.definition.model import Definition, Item
from intake.definition.units import quantity_in_base_unit
from intake.response.response import Response
from intake.response.values import age_on

Computed = dict[str, int | str | Decimal]
ComputedValue = int | str | Decimal | None


def compute(response: Response, *, as_of: date) -> tuple[Computed, list[str]]:
    """Make what can be made from enabled answers, and name the computed items that failed with an error.

    Numbers come unrounded, as they are compared; `shown_computed()` rounds them for a reader.
    """
    computed: Computed = {}
    failed: list[str] = []
    for link_id, item in response.definition.computed.items():
        try:
            value = COMPUTATIONS[item.computed](response, item, as_of)
        except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError):
            failed.append(link_id)
            continue
        if value is not None:
            computed[link_id] = value
    return computed, failed


def shown_computed(computed: Computed) -> dict[str, int | str | float]:
    """Give computed answers as JSON, numbers with a part after the point with one decimal."""
    return {
        link_id: float(value.quantize(Decimal("0.1"), ROUND_HALF_UP)) if isinstance(value, Decimal) else value
        for link_id, value in computed.items()
    }


def totals_not_made(response: Response, computed: Computed) -> list[str]:
    """Name the computed items that are due, because their questions are asked, and cannot be made."""
    return [
        link_id
        for link_id, item in response.definition.computed.items()
        if link_id not in computed and item.computed in IS_DUE and IS_DUE[item.computed](response, item)
    ]


def band(definition: Definition, link_id: str, value: object) -> str:
    """Give the band of a total, for staff only; empty where it has none."""
    score = definition.scores.get(link_id)
    if score is None or not isinstance(value, int):
        return ""
    return next((label for lowest, highest, label in score.bands if lowest <= value <= highest), "")


def score_notes(definition: Definition, link_id: str, answers: Mapping[str, object]) -> list[str]:
    """Return the lines that stand beside a computed answer where staff read it."""
    score = definition.scores.get(link_id)
    if score is None:
        return []
    notes = [score.note] if score.note else []
    if score.incomplete_when and evaluate(definition, score.incomplete_when, answers):
        notes.append(score.incomplete_note)
    return notes


def _age(response: Response, item: Item, as_of: date) -> ComputedValue:
    birth = _answer(response, "birth-date")
    return None if birth is None else age_on(date.fromisoformat(str(birth)), as_of)


def _bmi(response: Response, item: Item, as_of: date) -> ComputedValue:
    weight, height = _answer(response, "weight"), _answer(response, "height")
    if weight is None or height is None:
        return None
    kilograms = quantity_in_base_unit(weight)[0]
    meters = quantity_in_base_unit(height)[0] / 100
    return kilograms / (meters * meters)


def _answer(response: Response, role: str) -> object:
    item = response.definition.role(role)
    return response.enabled.get(item.link_id) if item else None


def _sum(response: Response, item: Item, as_of: date) -> ComputedValue:
    """Add the points of the questions asked: those left out by branching add nothing, a blank one leaves no total."""
    questions = response.definition.scores[item.link_id].sum
    asked = [asked for asked in response.walk if asked.item.link_id in questions]
    if not asked or any(asked.value is None for asked in asked):
        return None
    return sum(asked.item.option_by_code[str(asked.value)].score or 0 for asked in asked)


def _level(response: Response, item: Item, as_of: date) -> ComputedValue:
    for test, value in response.definition.level_tests[item.link_id]:
        if test(response.enabled, NO_LIMITS) is not None:
            return value
    return None


COMPUTATIONS: dict[str, Callable[[Response, Item, date], ComputedValue]] = {
    "age": _age,
    "bmi": _bmi,
    "sum": _sum,
    "level": _level,
}
IS_DUE: dict[str, Callable[[Response, Item], bool]] = {
    "age": lambda response, item: True,
    "bmi": lambda response, item: True,
    "sum": lambda response, item: any(
        asked.item.link_id in response.definition.scores[item.link_id].sum for asked in response.walk
    ),
}
