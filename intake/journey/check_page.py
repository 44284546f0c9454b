"""What the check page shows of the answers: open what is not no, folded what is, left blank in one line."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from urllib.parse import quote

from msgspec import Struct
from msgspec.structs import replace

from intake.definition.model import IN_PERSON, NOT_SURE, Definition, Item
from intake.journey.addresses import BACK_TO_CHECK, row_code
from intake.journey.steps import acts_on_check
from intake.journey.visit import Visit
from intake.response.response import AnswerRow


class Row(Struct, frozen=True):
    """One line of the check page: question, answer in words, and where it is changed."""

    code: str
    question: str
    words: str
    change_url: str
    is_missing: bool
    is_changed: bool


class Part(Struct, frozen=True):
    """One part of the form: what stands open, what was left blank, and what is folded away."""

    title: str
    number: int
    open: list[Row]
    blank: list[Row]
    folded: list[Row]
    says_only_no: bool  # whether all that is folded says no


def read_parts(visit: Visit) -> list[Part]:
    """Return the answers by part; a part in which nothing was asked is left out."""
    acts = {item.link_id for item in acts_on_check(visit.definition)}
    parts = []
    for number, section in enumerate(visit.response.rows(), start=1):
        opened: list[Row] = []
        blank: list[Row] = []
        folded: list[Row] = []
        says_only_no = True
        for rows in by_row(row for row in section.rows if row.item.link_id not in acts):
            first, value = rows[0], visit.draft.answers.get(rows[0].path)
            line = line_of(visit, rows)
            if line.is_missing or line.is_changed:
                opened.append(line)
            elif not line.words:
                if first.item.control != "tick":  # a box left empty is an answer, not a gap
                    blank.append(replace(line, question=first.item.short or line.question))
            elif says_no(first.item, value):
                folded.append(line)
            elif first.item.is_acknowledgment or is_right(visit.definition, first.item, value):
                folded.append(line)
                says_only_no = False
            else:
                opened.append(line)
        if opened or blank or folded:
            parts.append(Part(section.section.title, number, opened, blank, folded, says_only_no))
    return parts


def by_row(rows: Iterable[AnswerRow]) -> Iterator[list[AnswerRow]]:
    """Return what belongs on one line: a question, or all that stands in one row of a repeated group."""
    for _row, together in groupby(rows, key=lambda row: row.path.partition(".")[0]):
        yield list(together)


def line_of(visit: Visit, rows: list[AnswerRow]) -> Row:
    journey, first = visit.journey, rows[0]
    changed = {path for path, revision in journey.changed.items() if revision == visit.draft.revision}
    return Row(
        code=row_code(visit.draft.pk, first.path),
        question=first.question.partition(":")[0] if len(rows) > 1 else first.question,
        words=", ".join(row.words for row in rows if row.words),
        change_url=f"{visit.urls.page(first.page.link_id, BACK_TO_CHECK)}#div_id_{quote(first.path)}",
        is_missing=any(row.is_missing for row in rows),
        is_changed=journey.back == BACK_TO_CHECK and any(row.path in changed for row in rows),
    )


def is_right(definition: Definition, item: Item, value: object) -> bool:
    """Say whether an answer about the no-driving rule is the right one: it was shown as right already."""
    teach_back = definition.teach_back.get(item.link_id)
    return teach_back is not None and value == teach_back.correct


def says_no(item: Item, value: object) -> bool:
    if item.type != "choice" or not value:
        return False
    codes = value if isinstance(value, list) else [value]
    return all(is_no(item, str(code)) for code in codes)


def is_no(item: Item, code: str) -> bool:
    if code in (NOT_SURE, IN_PERSON):
        return False
    option = item.option_by_code.get(code)
    if option is not None and option.score is not None:
        return option.score == 0
    return code in ("no", "none") or (option is not None and option.is_exclusive)
