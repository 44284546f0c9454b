"""Many submissions, line by line as they are read: by form, by answer, by contact, or as FHIR resources."""

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from intake.models import LATER, Contact, Status, Submission
from intake.models.lookup import said
from intake.response.response import Response
from intake.review.actions import name_of
from intake.review.fhir import questionnaire, questionnaire_id, resources_of, value_words
from intake.review.worklist import CLOSED, STILL_OPEN, Tab

FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n", "|", "%")
AT_ONCE = 100
ROLES = ("legal-name", "birth-date", "phone", "email")
FORM_HEAD = ("reference", "sent", "status", "name", "birth date", "phone", "email", "open flags", "scores")
CONTACT_HEAD = ("reference", "sent", "time", "how", "result", "who", "words")
ANSWER_HEAD = ("reference", "sent", "section", "question id", "question", "answer")


Found = QuerySet[Submission]


class Line:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def forms(found: Found) -> Iterator[str]:
    return written(FORM_HEAD, map(form_row, some_at_a_time(found)))


def answers(found: Found) -> Iterator[str]:
    return written(ANSWER_HEAD, (row for submission in some_at_a_time(found) for row in answer_rows(submission)))


def contacts(found: Found) -> Iterator[str]:
    return written(CONTACT_HEAD, (row for submission in some_at_a_time(found) for row in contact_rows(submission)))


def fhir_lines(found: Found) -> Iterator[str]:
    """Yield one resource a line; a questionnaire before the first form that answers it."""
    canonical: dict[str, str] = {}
    for submission in some_at_a_time(found):
        version = questionnaire_id(submission)
        if version not in canonical:
            asked = questionnaire(submission)
            canonical[version] = asked["url"]
            yield as_line(asked)
        yield from map(as_line, resources_of(submission, canonical[version]))


TABS: dict[str, dict[str, Any]] = {
    "": {},
    Tab.OPEN: {"is_open__in": STILL_OPEN},
    Tab.WAITING: {"status": Status.WAITING},
    Tab.LATER: {"status__in": [*LATER, Status.DUE]},
    Tab.DONE: {"is_open__in": CLOSED},
}


def submissions(*, since: datetime | None = None, before: datetime | None = None, tab: str = "") -> Found:
    """Return the submissions of some days and a tab whose contents are still there, the oldest first."""
    table = "work_item__" if tab else ""  # one index has both the tab and the day
    wanted = {f"work_item__{name}": value for name, value in TABS[tab].items()}
    wanted |= {f"{table}submitted_at__gte": since} if since else {}
    wanted |= {f"{table}submitted_at__lt": before} if before else {}
    rows = Submission.objects.with_version().select_related("content__data_key", "work_item").filter(**wanted)
    rows = rows.exclude(work_item__status__in=LATER) if tab == Tab.DONE else rows
    return rows.filter(content__isnull=False).order_by(f"{table}submitted_at", "pk")


def some_at_a_time(found: Found) -> Iterator[Submission]:
    return found.iterator(chunk_size=AT_ONCE)


def form_row(submission: Submission) -> tuple[object, ...]:
    definition, identity = submission.definition, submission.identity
    return (
        submission.reference,
        at(submission.submitted_at),
        submission.work_item.status,
        *(said(definition, identity, role) for role in ROLES),
        " ".join(flag.rule for flag in submission.flags.unresolved().worst_first()),
        "; ".join(f"{link_id} {value_words(value)}" for link_id, value in submission.computed.items()),
    )


def answer_rows(submission: Submission) -> Iterator[tuple[object, ...]]:
    """Yield each question as it was asked, with its answer in words; empty where it was left blank."""
    sent = at(submission.submitted_at)
    for part in Response(submission.definition, submission.answered()).rows():
        for row in part.rows:
            yield submission.reference, sent, part.section.title, row.path, row.question, row.words


def contact_rows(submission: Submission) -> Iterator[tuple[object, ...]]:
    """Yield each try to reach the person."""
    for one in Contact.all_about(submission):
        how, result = one.get_means_display(), one.get_reached_display()
        yield submission.reference, at(submission.submitted_at), at(one.at), how, result, name_of(one.by), one.text


def at(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def written(head: Iterable[object], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    writer = csv.writer(Line())
    yield writer.writerow(head)
    for row in rows:
        yield writer.writerow([plain(cell) for cell in row])


def plain(cell: object) -> str:
    """Return a cell that no spreadsheet takes for a formula, with spaces before it or not."""
    text = str(cell)
    return f"'{text}" if text.startswith(FORMULA) or text.lstrip().startswith(FORMULA) else text


def as_line(resource: dict[str, object]) -> str:
    return json.dumps(resource, ensure_ascii=False, default=str) + "\n"


CSV = "text/csv; charset=utf-8"
TABLES: dict[str, tuple[str, str, Callable[[Found], Iterator[str]]]] = {
    "forms": (CSV, "submissions.csv", forms),
    "answers": (CSV, "answers.csv", answers),
    "contacts": (CSV, "contacts.csv", contacts),
    "fhir_lines": ("application/fhir+ndjson", "submissions.ndjson", fhir_lines),
}
