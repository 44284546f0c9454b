"""Submissions taken out: one as FHIR, one or many as a table. Every one leaves its row in the trail first."""

import csv
import json
from collections.abc import Iterable, Iterator
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from clinic.audit.actions import Action
from clinic.audit.trail import record
from intake.models import Submission
from intake.models.lookup import said
from intake.review.actions import find_submission, require
from intake.review.fhir import bundle

FORMULA = ("=", "+", "-", "@", "\t", "\r")
HEAD = ("reference", "sent", "status", "name", "birth date", "phone", "email", "open flags", "scores")
AT_ONCE = 200


class Line:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def export_one(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Hand out one submission as a FHIR bundle."""
    submission = find_submission(request.user, pk, "intake.export_submission")
    require(request.user, "intake.read_clinical")
    record(request, Action.SUBMISSION_EXPORTED, submission.subject, detail="fhir")
    content = json.dumps(bundle(submission, settings.SITE_URL), ensure_ascii=False, indent=1, default=str)
    return attachment(HttpResponse(content, content_type="application/fhir+json"), f"{submission.reference}.json")


def export_table(request: HttpRequest) -> HttpResponseBase:
    """Hand out every submission as one line of a table, as it is read."""
    require(request.user, "intake.export_submission")
    require(request.user, "intake.read_clinical")
    record(request, Action.SUBMISSION_EXPORTED, "submission:all", detail="csv")
    writer = csv.writer(Line())
    lines = (writer.writerow([plain(cell) for cell in row]) for row in table())
    return attachment(StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8"), "submissions.csv")


def attachment(response: HttpResponseBase, name: str) -> "HttpResponse":
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response  # type: ignore[return-value]


def table() -> Iterator[Iterable[object]]:
    yield HEAD
    rows = Submission.objects.with_version().select_related("content", "work_item").order_by("submitted_at", "pk")
    for submission in rows.iterator(chunk_size=AT_ONCE):
        definition, identity = submission.definition, submission.identity
        scores = "; ".join(f"{link_id} {value}" for link_id, value in submission.computed.items())
        roles = ("legal-name", "birth-date", "phone", "email")
        yield (
            submission.reference,
            submission.submitted_at.isoformat(timespec="seconds"),
            submission.work_item.status,
            *(said(definition, identity, role) for role in roles),
            " ".join(flag.rule for flag in submission.flags.unresolved().worst_first()),
            scores,
        )


def plain(cell: object) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    text = str(cell)
    return f"'{text}" if text.startswith(FORMULA) else text
