"""Computed answers: age, body mass index, totals, levels. A blank is never counted as 0."""

from collections.abc import Callable, Collection, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from intake.definition.comparisons import Limits
from intake.definition.conditions import CLASSES, Values, evaluate
from intake.definition.contact import signature_fits
from intake.definition.medicines import NEAR, UNKNOWN
from intake.definition.model import Definition, Item
from intake.definition.rules import ThresholdName
from intake.definition.units import quantity_in_base_unit
from intake.response.response import Response
from intake.response.totals import level, total
from intake.response.values import age_on

MOST_PLACES = 8

ComputedValue = int | str | Decimal | list[str] | None
Computed = dict[str, int | str | Decimal | list[str]]


def compute(response: Response, *, as_of: date, wanted: Collection[str] | None = None) -> tuple[Computed, list[str]]:
    """Make what can be made from enabled answers, all or what is wanted, and name the items that failed with an error.

    Numbers come unrounded, as they are compared; `shown_computed()` rounds them for a reader.
    """
    computed: Computed = {}
    failed: list[str] = []
    values = dict(response.values)
    for link_id, item in response.definition.computed.items():
        if wanted is not None and link_id not in wanted:
            continue
        try:
            value = COMPUTATIONS[item.computed](response, item, values, as_of)
        except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError):
            failed.append(link_id)
            continue
        if value is not None:
            computed[link_id] = values[link_id] = value
    return computed, failed


def shown_computed(definition: Definition, computed: Computed, limits: Limits) -> dict[str, object]:
    """Return computed answers as JSON, numbers with a part after the point with one decimal; hidden ones left out."""
    return {
        link_id: _rounded(definition, link_id, value, limits) if isinstance(value, Decimal) else value
        for link_id, value in computed.items()
        if not definition.computed[link_id].is_hidden
    }


def _rounded(definition: Definition, link_id: str, value: Decimal, limits: Limits) -> float:
    """Round to one decimal; to more where that would put the number on the other side of a limit."""
    compared = definition.compiled.limits.get(link_id, ())
    marks = [limits.get(mark.name) if isinstance(mark, ThresholdName) else mark for mark in compared]
    numbers = [mark for mark in marks if isinstance(mark, Decimal)]
    for places in range(1, MOST_PLACES):
        shown = round_half_up(value, places)
        if all((shown > mark) - (shown < mark) == (value > mark) - (value < mark) for mark in numbers):
            return float(shown)
    return float(value)


def round_half_up(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def totals_not_made(response: Response, computed: Computed) -> list[str]:
    """Name the computed items that are due, because their questions are asked, and cannot be made."""
    return [
        link_id
        for link_id, item in response.definition.computed.items()
        if link_id not in computed and item.computed in IS_DUE and IS_DUE[item.computed](response, item)
    ]


def band(definition: Definition, link_id: str, value: object) -> str:
    """Return the band of a total, for staff only; empty where it has none."""
    score = definition.scores.get(link_id)
    if score is None or not isinstance(value, int):
        return ""
    return next((label for lowest, highest, label in score.bands if lowest <= value <= highest), "")


def score_notes(definition: Definition, link_id: str, answers: Mapping[str, object]) -> list[str]:
    """Return the lines that stand beside a computed answer where staff read it."""
    score = definition.scores.get(link_id)
    if score is None:
        return []
    notes = [*dict.fromkeys(note for note in (definition.computed[link_id].staff_note, score.note) if note)]
    if score.incomplete_when and evaluate(definition, score.incomplete_when, answers):
        notes.append(score.incomplete_note)
    return notes


def _age(response: Response, item: Item, values: Values, as_of: date) -> ComputedValue:
    birth = _answer(response, "birth-date")
    return None if birth is None else age_on(date.fromisoformat(str(birth)), as_of)


def _bmi(response: Response, item: Item, values: Values, as_of: date) -> ComputedValue:
    weight, height = _answer(response, "weight"), _answer(response, "height")
    if weight is None or height is None:
        return None
    kilograms = quantity_in_base_unit(weight)[0]
    meters = quantity_in_base_unit(height)[0] / 100
    return kilograms / (meters * meters)


def _answer(response: Response, role: str) -> object:
    item = response.definition.role(role)
    return response.values.get(item.link_id) if item else None


def _sum(response: Response, item: Item, values: Values, as_of: date) -> ComputedValue:
    return total(response.definition, item, ((asked.item, asked.value) for asked in response.walk))


def _level(response: Response, item: Item, values: Values, as_of: date) -> ComputedValue:
    return level(response.definition, item, values)


def _classes(response: Response, item: Item, values: Values, as_of: date) -> ComputedValue:
    """Return the codes of the lists that names stand on, in the order of the item's options; None without any."""
    definition = response.definition
    codes: set[str] = set()
    for match in response.medicines:
        codes.update((NEAR,) if match.found.is_near else match.found.codes)
    if unknown_names(response):
        codes.add(UNKNOWN)
    known = definition.computed[item.link_id].option_by_code
    return [code for code in known if code in codes] or None


def unknown_names(response: Response) -> dict[str, str]:
    """Map the path of each medicine name that is on no list to it."""
    known = {match.path for match in response.medicines if not match.found.is_near}
    return {
        asked.path: str(asked.value)
        for asked in response.walk
        if asked.item.role == "medicine-name" and asked.value is not None and asked.path not in known
    }


def _signature(response: Response, item: Item, values: Values, as_of: date) -> ComputedValue:
    """Say whether the signature is the name it should be: the helper's where one fills the form in, else the legal."""
    signature = _answer(response, "signature")
    helper, legal = _answer(response, "helper-name"), _answer(response, "legal-name")
    if signature is None or (helper is None and legal is None):
        return None
    preferred = "" if helper else str(_answer(response, "preferred-name") or "")
    return "same" if signature_fits(str(signature), str(helper or legal), preferred) else "other"


Computation = Callable[[Response, Item, Values, date], ComputedValue]

COMPUTATIONS: dict[str, Computation] = {
    "age": _age,
    "bmi": _bmi,
    "sum": _sum,
    "level": _level,
    CLASSES: _classes,
    "signature": _signature,
}
IS_DUE: dict[str, Callable[[Response, Item], bool]] = {
    "age": lambda response, item: True,
    "bmi": lambda response, item: True,
    "sum": lambda response, item: any(
        asked.item.link_id in response.definition.scores[item.link_id].sum for asked in response.walk
    ),
}
