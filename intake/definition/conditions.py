"""The one evaluator of enableWhen conditions, for questions and for rules: each is compiled once, into a closure."""

import operator
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from intake.definition.contact import has_letter, name_key, phone_key
from intake.definition.rules import Condition, Fired, Group, OtherItem, Quantity, ThresholdName
from intake.definition.units import UnitError, as_decimal, in_base_unit, quantity_in_base_unit

if TYPE_CHECKING:
    from intake.definition.model import Definition, Item

Values = Mapping[str, object]
Limits = Mapping[str, Decimal]
Comparable = str | bool | Decimal | date
Used = tuple[str, ...] | None  # None: false. Else true, with the linkIds whose answers made it so
Test = Callable[[Values, Limits], Used]

NO_LIMITS: Limits = {}
FIRED = "!fired"  # stands among the values as the set of rules that fire; no linkId can be written so
CLASSES = "classes"  # what computes the codes of the lists that typed names stand on
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
    definition: "Definition", condition: Condition | Fired | Group, values: Values, limits: Limits = NO_LIMITS
) -> Finding:
    """Decide a condition on answers that are switched on, computed ones included.

    A comparison with a missing answer is false, `!=` too; only `exists` sees that an answer is missing.
    Raises ConditionError for what cannot be compared.
    """
    used = compile_condition(definition, condition)(values, limits)
    return Finding(False) if used is None else Finding(True, tuple(dict.fromkeys(used)))


def is_none_word(definition: "Definition", text: str) -> bool:
    """Say whether a text only says that there is nothing to tell."""
    return text.strip().rstrip(".").strip().casefold() in definition.none_words


def compile_condition(definition: "Definition", condition: Condition | Fired | Group) -> Test:
    """Return the test of a condition: all that does not depend on answers is worked out here."""
    if isinstance(condition, Condition):
        return _entry(definition, condition)
    if isinstance(condition, Fired):
        return _fired(condition)
    members = tuple(compile_condition(definition, member) for member in condition.members)
    if condition.mode == "all":
        return _all(members)
    if condition.mode == "any":
        return _any(members)
    return _none(members, tuple(dict.fromkeys(condition.questions())))


def _all(members: tuple[Test, ...]) -> Test:
    def test(values: Values, limits: Limits) -> Used:
        used: tuple[str, ...] = ()
        error: ConditionError | None = None
        for member in members:
            try:
                found = member(values, limits)
            except ConditionError as raised:
                error = error or raised
                continue
            if found is None:
                return None  # one member is enough to decide; only what stays open is an error
            used += found
        if error:
            raise error
        return used

    return members[0] if len(members) == 1 else test


def _any(members: tuple[Test, ...]) -> Test:
    def test(values: Values, limits: Limits) -> Used:
        used: Used = None
        error: ConditionError | None = None
        for member in members:
            try:
                found = member(values, limits)
            except ConditionError as raised:
                error = error or raised
                continue
            if found is not None:
                used = found if used is None else used + found
        if used is None and error:
            raise error
        return used

    return members[0] if len(members) == 1 else test


def _none(members: tuple[Test, ...], questions: tuple[str, ...]) -> Test:
    is_any = _any(members)

    def test(values: Values, limits: Limits) -> Used:
        if is_any(values, limits) is not None:
            return None
        return tuple(question for question in questions if question in values)

    return test


def _fired(condition: Fired) -> Test:
    def test(values: Values, limits: Limits) -> Used:
        fired = values.get(FIRED)
        found = tuple(rule for rule in condition.rules if isinstance(fired, Container) and rule in fired)
        return tuple(f"{FIRED}={rule}" for rule in found) if len(found) >= condition.at_least else None

    return test


def _entry(definition: "Definition", entry: Condition) -> Test:
    question, used = entry.question, (entry.question,)
    item = definition.items.get(question)
    if item is None:
        return _failing(f"there is no question {question}")
    if item.computed == CLASSES and entry.operator == "=":
        used = (f"{question}={entry.expected}",)  # the names on this list, not those on others
    if entry.operator == "exists":
        is_expected = entry.expected

        def exists(values: Values, limits: Limits) -> Used:
            is_answered = question in values
            if is_answered is not is_expected:
                return None
            return used if is_answered else ()

        return exists
    if isinstance(entry.expected, OtherItem):
        return _between(definition, item, entry, entry.expected.link_id)
    try:
        compare = _comparison(definition, item, entry)
    except (KeyError, UnitError, ValueError) as error:  # validation refuses it; an old version must still open
        return _failing(f"{question}: {error}")

    def test(values: Values, limits: Limits) -> Used:
        given = values.get(question)
        if given is None:
            return None
        try:
            return used if compare(given, limits) else None
        except (UnitError, TypeError, ValueError) as error:
            raise ConditionError(f"{question}: {error}") from error

    return test


def _between(definition: "Definition", item: "Item", entry: Condition, other: str) -> Test:
    """Return the test of two answers: numbers as numbers, names as names, else as text."""
    key = {"phone": phone_key, "name": name_key}.get(item.format, str.strip)
    used = (item.link_id, other)

    def test(values: Values, limits: Limits) -> Used:
        one, two = values.get(item.link_id), values.get(other)
        if one is None or two is None:
            return None
        is_same = key(str(one)) == key(str(two)) != ""
        return used if is_same is (entry.operator == "=") else None

    return test


def _comparison(definition: "Definition", item: "Item", entry: Condition) -> Callable[[object, Limits], bool]:
    if item.type == "choice" and entry.operator in ("=", "!=") and entry.expected in item.option_by_code:
        return _choice(item, str(entry.expected), is_wanted=entry.operator == "=")
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


def _choice(item: "Item", expected: str, *, is_wanted: bool) -> Callable[[object, Limits], bool]:
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


def _failing(message: str) -> Test:
    def test(values: Values, limits: Limits) -> Used:
        raise ConditionError(message)

    return test
