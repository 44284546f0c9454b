"""The one evaluator of enableWhen conditions, for questions and for rules: each is compiled once, into a closure."""

from collections.abc import Callable, Container, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from intake.definition.comparisons import Limits, compile_comparison
from intake.definition.contact import name_key, phone_key
from intake.definition.rules import Condition, Fired, Group, OtherItem
from intake.definition.units import UnitError

if TYPE_CHECKING:
    from intake.definition.model import Definition, Item

Values = Mapping[str, object]
Used = tuple[str, ...] | None  # None: false. Else true, with the linkIds whose answers made it so
Test = Callable[[Values, Limits], Used]

NO_LIMITS: Limits = {}
FIRED = "!fired"  # stands among the values as the set of rules that fire; no linkId can be written so
CLASSES = "classes"  # what computes the codes of the lists that typed names stand on


class ConditionError(ValueError):
    """Say why a condition cannot be evaluated; never read it as false."""


class Finding(Struct, frozen=True):
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
        compare = compile_comparison(definition, item, entry)
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


def _failing(message: str) -> Test:
    def test(values: Values, limits: Limits) -> Used:
        raise ConditionError(message)

    return test
