"""The one evaluator of enableWhen conditions, for questions and for rules."""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from intake.definition.model import Condition, Definition, Expected, Group, Item, Quantity, ThresholdName
from intake.definition.units import UnitError, as_decimal, in_base_unit, quantity_in_base_unit

Values = Mapping[str, object]
Comparable = str | bool | Decimal | date
Thresholds = Mapping[str, Decimal]

ORDER: dict[str, Callable[[Comparable, Comparable], bool]] = {
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
}


class ConditionError(ValueError):
    """Say why a condition cannot be evaluated; never read it as false."""


@dataclass(frozen=True)
class Finding:
    """Whether a condition is true, and the linkIds whose answers made it so (none when it is false)."""

    is_true: bool
    used: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self.is_true


def evaluate(
    definition: Definition,
    condition: Condition | Group,
    values: Values,
    thresholds: Thresholds | None = None,
) -> Finding:
    """Decide a condition on answers that are switched on, computed ones included.

    A comparison with a missing answer is false, `!=` too; only `exists` sees that an answer is missing.
    Raises ConditionError for what cannot be compared.
    """
    if isinstance(condition, Condition):
        return _evaluate_entry(definition, condition, values, thresholds or {})
    findings, errors = _evaluate_members(definition, condition, values, thresholds)
    is_true = all(findings) if condition.mode == "all" else any(findings)
    # One member can be enough to decide; only what stays open is an error.
    if errors and is_true is (condition.mode == "all"):
        raise errors[0]
    if condition.mode == "none":
        used = () if is_true else tuple(question for question in condition.questions() if question in values)
        return Finding(not is_true, tuple(dict.fromkeys(used)))
    used = tuple(question for finding in findings if finding for question in finding.used) if is_true else ()
    return Finding(is_true, tuple(dict.fromkeys(used)))


def holds(definition: Definition, condition: Group | None, values: Values) -> bool:
    """Say whether a question's condition holds; no condition always holds."""
    return condition is None or bool(evaluate(definition, condition, values))


def is_none_word(definition: Definition, text: str) -> bool:
    """Say whether a text only says that there is nothing to tell."""
    return text.strip().rstrip(".").strip().casefold() in definition.none_words


def _evaluate_members(
    definition: Definition, group: Group, values: Values, thresholds: Thresholds | None
) -> tuple[list[Finding], list[ConditionError]]:
    findings: list[Finding] = []
    errors: list[ConditionError] = []
    for member in group.members:
        try:
            findings.append(evaluate(definition, member, values, thresholds))
        except ConditionError as error:
            errors.append(error)
    return findings, errors


def _evaluate_entry(definition: Definition, entry: Condition, values: Values, thresholds: Thresholds) -> Finding:
    item = definition.items.get(entry.question)
    if item is None:
        raise ConditionError(f"there is no question {entry.question}")
    is_answered = entry.question in values
    used = (entry.question,) if is_answered else ()
    if entry.operator == "exists":
        return Finding(is_answered is entry.expected, used)
    if not is_answered:
        return Finding(False)
    given = values[entry.question]
    answers = given if isinstance(given, list) else [given]
    try:
        expected = _expected(definition, item, entry.expected, thresholds)
        found = [_comparable(definition, item, answer) for answer in answers]
        is_true = _compare(entry.operator, found, expected)
    except (UnitError, TypeError, ValueError) as error:
        raise ConditionError(f"{entry.question}: {error}") from error
    return Finding(is_true, used if is_true else ())


def _compare(name: str, found: list[Comparable], expected: Comparable) -> bool:
    for value in found:
        if type(value) is not type(expected):
            raise TypeError(f"{value!r} cannot be compared with {expected!r}")
    # Of several answers any one that fits is enough; "is not" means that none of them is it.
    if name == "=":
        return expected in found
    if name == "!=":
        return expected not in found
    return any(ORDER[name](value, expected) for value in found)


def _comparable(definition: Definition, item: Item, answer: object) -> Comparable:
    if item.type == "quantity":
        return quantity_in_base_unit(answer)[0]
    if item.type in ("integer", "decimal"):
        return as_decimal(answer)
    if item.type == "boolean":
        if not isinstance(answer, bool):
            raise TypeError(f"{answer!r} is not true or false")
        return answer
    if not isinstance(answer, str):
        raise TypeError(f"{answer!r} is not a text")
    if item.type == "date":
        return date.fromisoformat(answer)
    if item.type == "choice" and answer not in item.option_by_code:
        raise ValueError(f"{answer!r} is not one of its choices")
    if item.takes_none_words and is_none_word(definition, answer):
        return "none"
    return answer


def _expected(definition: Definition, item: Item, expected: Expected, thresholds: Thresholds) -> Comparable:
    if isinstance(expected, ThresholdName):
        threshold = definition.thresholds[expected.name]
        value = thresholds.get(expected.name, threshold.default)
        return in_base_unit(value, threshold.unit)[0] if item.type == "quantity" else value
    if isinstance(expected, Quantity):
        return in_base_unit(expected.value, expected.unit)[0]
    return date.fromisoformat(str(expected)) if item.type == "date" else expected
