"""One submission taken out, as a sheet or as FHIR (many: many.py). It leaves its row in the trail first."""

import json
from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
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


def taken_out(view: Callable[[HttpRequest, Submission], HttpResponse]) -> Callable[..., HttpResponse]:
    """Let who may take it out; a form whose words were deleted leads to its page, which says so."""

    @wraps(view)
    def view_or_page(request: HttpRequest, pk: UUID) -> HttpResponse:
        submission = find_submission(request.user, pk, "intake.export_submission")
        require(request.user, "intake.read_clinical")
        if hasattr(submission, "deletion"):
            return HttpResponseRedirect(reverse("admin:intake_submission_page", args=[pk]))
        return view(request, submission)

    return view_or_page


@taken_out
def export_summary(request: HttpRequest, submission: Submission) -> HttpResponse:
    """Hand out the one-page summary as a PDF."""
    return hand_out(request, submission, "summary", summary)


@taken_out
def export_record(request: HttpRequest, submission: Submission) -> HttpResponse:
    """Hand out the full record as a PDF."""
    return hand_out(request, submission, "record", record_sheet)


def hand_out(
    request: HttpRequest, submission: Submission, kind: str, make: Callable[[SubmissionPresenter, User], Sheet]
) -> HttpResponse:
    sheet = make_sheet(request, submission, kind, make)
    content = pdf_of(sheet, clinic_of(request).name)
    return attachment(HttpResponse(content, content_type="application/pdf"), f"{submission.reference}-{kind}.pdf")


@taken_out
def show_text(request: HttpRequest, submission: Submission) -> HttpResponse:
    """Show the summary as text, to be pasted into a chart."""
    sheet = make_sheet(request, submission, "text", summary)
    title = _("Text for the chart: %(reference)s") % {"reference": submission.reference}
    context = {**site.each_context(request), "title": title, "submission": submission, "text": sheet.as_text()}
    return TemplateResponse(request, "admin/intake/chart_text.html", context)


def make_sheet(
    request: HttpRequest, submission: Submission, kind: str, make: Callable[[SubmissionPresenter, User], Sheet]
) -> Sheet:
    assert isinstance(request.user, User)  # noqa: S101
    record(request, Action.SUBMISSION_EXPORTED, submission.subject, detail=kind)
    return make(SubmissionPresenter(submission, request.user), request.user)


@taken_out
def export_one(request: HttpRequest, submission: Submission) -> HttpResponse:
    """Hand out one submission as a FHIR bundle."""
    record(request, Action.SUBMISSION_EXPORTED, submission.subject, detail="fhir")
    content = json.dumps(bundle(submission, settings.SITE_URL), ensure_ascii=False, indent=1, default=str)
    return attachment(HttpResponse(content, content_type="application/fhir+json"), f"{submission.reference}.json")


def attachment(response: HttpResponseBase, name: str) -> "HttpResponse":
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response  # type: ignore[return-value]
