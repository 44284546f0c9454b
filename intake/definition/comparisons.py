"""Whether an answer is what one condition expects: numbers in one unit, dates, choices, words that say nothing."""

import operator
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from intake.definition.contact import has_letter, phone_key
from intake.definition.rules import Condition, OtherItem, Quantity, ThresholdName
from intake.definition.units import as_decimal, in_base_unit, quantity_in_base_unit

if TYPE_CHECKING:
    from intake.definition.model import Definition, Item

Limits = Mapping[str, Decimal]
Comparable = str | bool | Decimal | date
ORDER: dict[str, Callable[[Comparable, Comparable], bool]] = {
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
}


def compile_comparison(definition: "Definition", item: "Item", entry: Condition) -> Callable[[object, Limits], bool]:
    if item.type == "choice" and entry.operator in ("=", "!=") and entry.expected in item.option_by_code:
        return _compile_choice(item, str(entry.expected), is_wanted=entry.operator == "=")
    read = _reader(definition, item)
    expect = _expectation(definition, item, entry)
    name = entry.operator

    def compare(given: object, limits: Limits) -> bool:
        expected = expect(limits)
        found = [read(answer) for answer in given] if isinstance(given, list) else [read(given)]
        for value in found:
            if type(value) is not type(expected):
                raise TypeError(f"{value!r} cannot be compared with {expected!r}")
        # Of several answers any one that fits is enough; "is not" means that none of them is it.
        if name == "=":
            return expected in found
        if name == "!=":
            return expected not in found
        return any(ORDER[name](value, expected) for value in found)

    return compare


def _compile_choice(item: "Item", expected: str, *, is_wanted: bool) -> Callable[[object, Limits], bool]:
    """Return the comparison of nearly every rule, with nothing to make comparable."""
    codes = item.option_by_code

    def compare(given: object, limits: Limits) -> bool:
        if isinstance(given, str) and given in codes:
            return (given == expected) is is_wanted
        answers = given if isinstance(given, list) else [given]
        for answer in answers:
            if answer not in codes:
                raise ValueError(f"{answer!r} is not one of its choices")
        return (expected in answers) is is_wanted

    return compare


def _expectation(definition: "Definition", item: "Item", entry: Condition) -> Callable[[Limits], Comparable]:
    expected = entry.expected
    if isinstance(expected, ThresholdName):
        threshold = definition.thresholds[expected.name]

        def limit(limits: Limits) -> Comparable:
            value = limits.get(threshold.name, threshold.default)
            return in_base_unit(value, threshold.unit)[0] if item.type == "quantity" else value

        return limit
    fixed: Comparable
    if isinstance(expected, Quantity):
        fixed = in_base_unit(expected.value, expected.unit)[0]
    else:
        assert not isinstance(expected, OtherItem)  # noqa: S101  (_between compares two answers)
        fixed = date.fromisoformat(str(expected)) if item.type == "date" else expected
    return lambda limits: fixed


def _reader(definition: "Definition", item: "Item") -> Callable[[object], Comparable]:
    """Return what makes one answer comparable; it raises for an answer of the wrong kind."""
    if item.type == "quantity":
        return lambda answer: quantity_in_base_unit(answer)[0]
    if item.type in ("integer", "decimal"):
        return as_decimal
    if item.type == "boolean":
        return _boolean
    if item.type == "date":
        return lambda answer: date.fromisoformat(_text(answer))
    if item.takes_none_words:
        return lambda answer: "none" if says_nothing(definition, item, _text(answer)) else _text(answer)
    return _text


def says_nothing(definition: "Definition", item: "Item", answer: object) -> bool:
    """Say whether there is no answer, or one that only says 'none' where the question takes that."""
    if answer is None or not item.takes_none_words or not isinstance(answer, str):
        return answer is None
    if is_none_word(definition, answer):
        return True
    return (item.format == "name" and not has_letter(answer)) or (item.format == "phone" and not phone_key(answer))


def _boolean(answer: object) -> bool:
    if not isinstance(answer, bool):
        raise TypeError(f"{answer!r} is not true or false")
    return answer


def _text(answer: object) -> str:
    if not isinstance(answer, str):
        raise TypeError(f"{answer!r} is not a text")
    return answer


def is_none_word(definition: "Definition", text: str) -> bool:
    """Say whether a text only says that there is nothing to tell."""
    return text.strip().rstrip(".").strip().casefold() in definition.none_words
