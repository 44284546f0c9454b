"""Submissions taken out: one as a sheet or as FHIR (many: many.py). Every one leaves its row in the trail first."""

import json
from collections.abc import Callable
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from clinic.audit.actions import Action
from clinic.audit.trail import record
from clinic.models import User
from clinic.staff.site import site
from clinic.web.requests import clinic_of
from intake.models import Submission
from intake.review.actions import find_submission, require
from intake.review.fhir import bundle
from intake.review.presenter import SubmissionPresenter
from intake.review.sheets.pdf import pdf_of
from intake.review.sheets.record import record_sheet
from intake.review.sheets.sheet import Sheet
from intake.review.sheets.summary import summary


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


def attachment(response: HttpResponseBase, name: str) -> "HttpResponse":
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response  # type: ignore[return-value]
