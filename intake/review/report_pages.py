"""The reports' page, and the same as a table to take out."""

import csv

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from clinic.audit.actions import Action
from clinic.audit.trail import record
from clinic.staff.site import site
from clinic.web.requests import Request
from intake.review.actions import require
from intake.review.exports import attachment
from intake.review.reports import WEEKS, all_reports
from intake.review.tables import plain


def reports(request: Request) -> HttpResponse:
    """Show the reports to who may read forms: staff's own reasons are among them."""
    require(request.user, "intake.read_clinical")
    record(request, Action.REPORT_READ, "submission:reports")
    context = {
        **site.each_context(request),
        "title": _("Reports"),
        "weeks": WEEKS,
        "reports": all_reports(request.clinic),
    }
    return TemplateResponse(request, "admin/intake/reports.html", context)


def export_reports(request: Request) -> HttpResponse:
    """Hand the numbers out as one table; what counts fewer than five people is hidden, what staff wrote left out."""
    require(request.user, "intake.export_submission")
    require(request.user, "intake.read_clinical")
    record(request, Action.REPORT_EXPORTED, "submission:reports", detail="csv")
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    writer = csv.writer(response)
    writer.writerow((_("report"), _("what"), _("number"), _("more")))
    for report in all_reports(request.clinic):
        writer.writerows([plain(cell) for cell in (report.title, row.label, *row.exported())] for row in report.rows)
    return attachment(response, "reports.csv")
