"""Submissions taken out: one as a sheet or as FHIR, many as tables. Every one leaves its row in the trail first."""

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from clinic.audit.actions import Action
from clinic.audit.trail import record
from clinic.models import User
from clinic.staff.site import site
from clinic.web.requests import clinic_of
from intake.models import Submission
from intake.models.lookup import said
from intake.review.actions import find_submission, require
from intake.review.fhir import bundle
from intake.review.presenter import SubmissionPresenter
from intake.review.sheets.pdf import pdf_of
from intake.review.sheets.record import record_sheet
from intake.review.sheets.sheet import Sheet
from intake.review.sheets.summary import summary

FORMULA = ("=", "+", "-", "@", "\t", "\r")
HEAD = ("reference", "sent", "status", "name", "birth date", "phone", "email", "open flags", "scores")
AT_ONCE = 200


class Line:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def export_summary(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Hand out the one-page summary as a PDF."""
    return hand_out(request, pk, "summary", summary)


def export_record(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Hand out the full record as a PDF."""
    return hand_out(request, pk, "record", record_sheet)


def hand_out(
    request: HttpRequest, pk: UUID, kind: str, make: Callable[[SubmissionPresenter, User], Sheet]
) -> HttpResponse:
    submission, sheet = make_sheet(request, pk, kind, make)
    content = pdf_of(sheet, clinic_of(request).name)
    return attachment(HttpResponse(content, content_type="application/pdf"), f"{submission.reference}-{kind}.pdf")


def show_text(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the summary as text, to be pasted into a chart."""
    submission, sheet = make_sheet(request, pk, "text", summary)
    title = _("Text for the chart: %(reference)s") % {"reference": submission.reference}
    context = {**site.each_context(request), "title": title, "submission": submission, "text": sheet.as_text()}
    return TemplateResponse(request, "admin/intake/chart_text.html", context)


def make_sheet(
    request: HttpRequest, pk: UUID, kind: str, make: Callable[[SubmissionPresenter, User], Sheet]
) -> tuple[Submission, Sheet]:
    submission = find_submission(request.user, pk, "intake.export_submission")
    require(request.user, "intake.read_clinical")
    assert isinstance(request.user, User)  # noqa: S101
    record(request, Action.SUBMISSION_EXPORTED, submission.subject, detail=kind)
    return submission, make(SubmissionPresenter(submission, request.user), request.user)


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
