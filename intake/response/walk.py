"""Which questions are asked for some answers, page by page: a condition reads only what was asked before it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from intake.definition.comparisons import is_none_word, says_nothing
from intake.definition.compiled import PageTests
from intake.definition.conditions import NO_LIMITS, ConditionError, Test, Values
from intake.definition.model import Answer, Answers, Definition, Item, QuestionPage
from intake.response.totals import total_or_level
from intake.response.values import is_blank

ROW = re.compile(r"([a-z0-9-]+)\[(\d{1,3})\]\.([a-z0-9-]+)")


class Asked(NamedTuple):
    """One question that is asked, where it stands, and its answer; None when there is none.

    A repeated group stands before the questions of its rows and has no answer of its own. Missing is what must be
    answered and is not; an agreement not given is missing.
    """

    item: Item
    page: QuestionPage
    path: str
    value: Answer | None
    is_missing: bool = False


class WalkedPage(NamedTuple):
    """What one page adds: the questions it asks, and the answers and totals that conditions read from then on."""

    asked: tuple[Asked, ...]
    values: Values


class Walk(NamedTuple):
    """The questions asked, and the answers that count by linkId as conditions read them: in rows, a list."""

    asked: tuple[Asked, ...]
    values: Values
    pages: Mapping[str, WalkedPage]
    answers: Answers  # as they were typed


def walk_form(definition: Definition, answers: Answers, last: Walk | None = None) -> Walk:
    """Pair each asked question with its answer, in one pass.

    After a walk with other answers only the pages are walked on which they differ, and those that read such a page.
    """
    stale = pages_that_differ(definition, last.answers, answers) if last else set()
    asked: list[Asked] = []
    values: dict[str, object] = {}
    pages: dict[str, WalkedPage] = {}
    for tests in definition.compiled.pages:
        name = tests.page.link_id
        if last and name not in stale and stale.isdisjoint(tests.reads):
            pages[name] = last.pages[name]
        else:
            stale.add(name)
            pages[name] = walk_page(definition, answers, tests, asked, values)
        asked += pages[name].asked
        values |= pages[name].values
    for place, one in enumerate(asked):
        if (one.value is None or one.value is False) and _is_missing(definition, one, values):
            asked[place] = one._replace(is_missing=True)
    return Walk(tuple(asked), values, pages, answers)


def pages_that_differ(definition: Definition, before: Answers, after: Answers) -> set[str]:
    differ = (path.rpartition(".")[2] for path in before.keys() | after.keys() if before.get(path) != after.get(path))
    return {definition.page_of[link_id].link_id for link_id in differ if link_id in definition.page_of}


def walk_page(
    definition: Definition, answers: Answers, tests: PageTests, before: Sequence[Asked], values: Values
) -> WalkedPage:
    """Walk one page, from what was asked and answered on the pages before it."""
    added: dict[str, object] = {}
    for item in tests.computed:
        total = total_or_level(definition, item, ((one.item, one.value) for one in before), values)
        if total is not None:
            added[item.link_id] = total
            values = {**values, item.link_id: total}
    if not holds(tests.test, values):
        return WalkedPage((), added)
    asked: list[Asked] = []
    for item, test in tests.items:
        if not holds(test, values):
            continue
        if item.items:
            asked.extend(_walk_rows(definition, answers, item, tests.page, added))
            continue
        value = _value(definition, item, answers.get(item.link_id))
        if value is not None:
            added[item.link_id] = value
        asked.append(Asked(item, tests.page, item.link_id, value))
    return WalkedPage(tuple(asked), added)


def _walk_rows(
    definition: Definition, answers: Answers, group: Item, page: QuestionPage, values: dict[str, object]
) -> Iterator[Asked]:
    yield Asked(group, page, group.link_id, None)
    for number in row_numbers(definition, answers, group):
        for item in group.items:
            path = f"{group.link_id}[{number}].{item.link_id}"
            value = _value(definition, item, answers.get(path))
            if value is not None:
                values[item.link_id] = [*values.get(item.link_id, []), value]  # type: ignore[misc]
            yield Asked(item, page, path, value)


def row_numbers(definition: Definition, answers: Answers, group: Item) -> list[int]:
    """Return the numbers of the rows that have anything in them that counts, in order."""
    items = {item.link_id: item for item in group.items}
    found = (match for path in answers if (match := ROW.fullmatch(path)) and match[1] == group.link_id)
    return sorted(
        {
            int(match[2])
            for match in found
            if match[3] in items and _value(definition, items[match[3]], answers[match[0]]) is not None
        }
    )


def holds(test: Test | None, values: Values, *, in_doubt: bool = True) -> bool:
    """Say whether a condition holds; an answer we cannot read must never hide a question."""
    try:
        return test is None or test(values, NO_LIMITS) is not None
    except ConditionError:
        return in_doubt


def _value(definition: Definition, item: Item, value: Answer | None) -> Answer | None:
    """Return an answer when it counts."""
    if is_blank(value) or (value is False and not item.is_acknowledgment):
        return None
    if item.none_is_blank and isinstance(value, str) and is_none_word(definition, value):
        return None
    return value


def _is_missing(definition: Definition, asked: Asked, values: Values) -> bool:
    """Say whether a question without an answer must have one."""
    item = asked.item
    if item.items:
        needed = [one.link_id for one in item.items if one.required] or [one.link_id for one in item.items]
        if any(link_id in values for link_id in needed):
            return False
    if item.required:
        return not any(link_id in values for link_id in item.answered_by)
    with_item = definition.questions.get(item.required_with)
    return with_item is not None and not says_nothing(definition, with_item, values.get(with_item.link_id))
