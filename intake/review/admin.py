"""Intake in the admin: the worklist, the submission page, and the questionnaire's versions; nothing to edit.

The worklist is our own and not the stock change list: the front desk must not see severity in any column,
order, filter or count, and the rows come from two tables in the order of their indexes.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.audit.actions import Action
from clinic.audit.trail import record
from clinic.staff.site import AuditedAdmin, ReadOnlyAdmin, site
from intake.models import DecisionReason, QuestionnaireVersion, Submission
from intake.review import views
from intake.review.actions import require
from intake.review.erasing import erase
from intake.review.exports import export_one, export_record, export_summary, show_text
from intake.review.lists import find, show_all, worklist
from intake.review.many import choose_many, export_table
from intake.review.reasons import read_reason
from intake.review.report_pages import export_reports, reports
from intake.review.tables import TABLES
from intake.review.unfinished import unfinished

View = Callable[..., HttpResponse]

VERBS: dict[str, tuple[str, View]] = {
    "decide": ("decide/", views.decide_view),
    "contact": ("contact/", views.contact_view),
    "appointment": ("appointment/", views.appointment_view),
    "note": ("notes/", views.note_view),
    "assign": ("assign/", views.assign_view),
    "close_notes": ("close-notes/", views.close_notes_view),
    "read_section": ("read-part/<slug:section>/", views.read_section_view),
    "resolve": ("resolve/<slug:rule>/", views.resolve_view),
    "reopen": ("reopen/<slug:rule>/", views.reopen_view),
    "countersign": ("countersign/<slug:rule>/", views.countersign_view),
    "match": ("match/<uuid:other>/", views.match_view),
}


@admin.register(Submission, site=site)
class SubmissionAdmin(ReadOnlyAdmin):
    """The worklist and what is reached from it. Every address checks who asks and leaves an audit row."""

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        private = sensitive_post_parameters()
        both = require_http_methods(["GET", "HEAD", "POST"])
        return [
            path("", wrap(require_safe(worklist)), name="intake_submission_changelist"),
            path("find/", wrap(private(require_POST(find))), name="intake_submission_find"),
            path("export/", wrap(require_safe(choose_many)), name="intake_submission_many"),
            *(
                path(f"export/{kind}/", wrap(require_safe(export_table)), {"kind": kind}, f"intake_submission_{kind}")
                for kind in TABLES
            ),
            path("reports/", wrap(require_safe(reports)), name="intake_submission_reports"),
            path("reports/export/", wrap(require_safe(export_reports)), name="intake_submission_export_reports"),
            path("<uuid:pk>/export/", wrap(require_safe(export_one)), name="intake_submission_export"),
            path("<uuid:pk>/erase/", wrap(private(both(erase))), name="intake_submission_erase"),
            path("<uuid:pk>/summary/", wrap(require_safe(export_summary)), name="intake_submission_summary"),
            path("<uuid:pk>/record/", wrap(require_safe(export_record)), name="intake_submission_record"),
            path("<uuid:pk>/text/", wrap(require_safe(show_text)), name="intake_submission_text"),
            path("show-all/", wrap(require_POST(show_all)), name="intake_submission_show_all"),
            path("unfinished/<uuid:pk>/", wrap(private(both(unfinished))), name="intake_unfinishedform_page"),
            path("<uuid:pk>/", wrap(require_safe(views.read)), name="intake_submission_page"),
            *(
                path(f"<uuid:pk>/{route}", wrap(private(both(posted(view)))), name=f"intake_submission_{name}")
                for name, (route, view) in VERBS.items()
            ),
        ]


def posted(view: View) -> View:
    """Let an address that only takes forms lead to the page when it is opened as one."""

    def view_or_page(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseRedirect(reverse("admin:intake_submission_page", args=[kwargs["pk"]]))
        return view(request, **kwargs)

    return view_or_page


@admin.register(DecisionReason, site=site)
class DecisionReasonAdmin(AuditedAdmin):
    """The short list of reasons that clinicians pick from."""

    list_display = ("text", "decision")
    list_filter = ("decision",)


@admin.register(QuestionnaireVersion, site=site)
class QuestionnaireVersionAdmin(ReadOnlyAdmin):
    """Published versions, to read: every question, rule and notice as patients had them."""

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("", wrap(require_safe(self.versions)), name="intake_questionnaireversion_changelist"),
            path("<int:pk>/", wrap(require_safe(self.version)), name="intake_questionnaireversion_page"),
        ]

    def versions(self, request: HttpRequest) -> HttpResponse:
        require(request.user, "intake.view_questionnaireversion")
        record(request, Action.RECORD_LISTED, "questionnaireversion")
        versions = QuestionnaireVersion.objects.without_documents().order_by("slug", "-version")
        context = {**site.each_context(request), "title": _("Questionnaire versions"), "versions": versions}
        return TemplateResponse(request, "admin/intake/versions.html", context)

    def version(self, request: HttpRequest, pk: int) -> HttpResponse:
        require(request.user, "intake.view_questionnaireversion")
        version = get_object_or_404(QuestionnaireVersion, pk=pk)
        record(request, Action.RECORD_READ, f"questionnaireversion:{pk}")
        definition = version.definition()
        rules = sorted(definition.rules.values(), key=lambda rule: -rule.severity)
        context = {
            **site.each_context(request),
            "title": str(version),
            "version": version,
            "definition": definition,
            "rules": [(rule, read_reason(definition, rule.id)) for rule in rules],
        }
        return TemplateResponse(request, "admin/intake/version.html", context)
