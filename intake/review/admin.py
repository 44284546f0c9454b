"""Intake in the admin: the worklist, the submission page, and the questionnaire's versions; nothing to edit."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.audit.actions import Action
from clinic.audit.trail import record
from clinic.staff.site import ReadOnlyAdmin, site
from intake.models import QuestionnaireVersion, Submission
from intake.review.actions import require
from intake.review.submission import submission_page
from intake.review.unfinished import unfinished
from intake.review.worklist import find, show_all, worklist


@admin.register(Submission, site=site)
class SubmissionAdmin(ReadOnlyAdmin):
    """The worklist and what is reached from it. Every address checks who asks and leaves an audit row."""

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        private = sensitive_post_parameters()
        page = require_http_methods(["GET", "HEAD", "POST"])
        return [
            path("", wrap(require_safe(self.worklist)), name="intake_submission_changelist"),
            path("find/", wrap(private(require_POST(self.find))), name="intake_submission_find"),
            path("show-all/", wrap(require_POST(self.show_all)), name="intake_submission_show_all"),
            path("unfinished/<uuid:pk>/", wrap(private(page(unfinished))), name="intake_unfinishedform_page"),
            path("<uuid:pk>/", wrap(private(page(submission_page))), name="intake_submission_page"),
        ]

    def worklist(self, request: HttpRequest) -> HttpResponse:
        require(request.user, "intake.view_submission")  # type: ignore[arg-type]
        return worklist(request)

    def find(self, request: HttpRequest) -> HttpResponse:
        require(request.user, "intake.view_submission")  # type: ignore[arg-type]
        return find(request)

    def show_all(self, request: HttpRequest) -> HttpResponse:
        require(request.user, "intake.view_submission")  # type: ignore[arg-type]
        return show_all(request)


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
        require(request.user, "intake.view_questionnaireversion")  # type: ignore[arg-type]
        record(request, Action.RECORD_LISTED, "questionnaireversion")
        versions = QuestionnaireVersion.objects.defer("questionnaire", "rules", "notices").order_by("slug", "-version")
        context = {**site.each_context(request), "title": _("Questionnaire versions"), "versions": versions}
        return TemplateResponse(request, "admin/intake/versions.html", context)

    def version(self, request: HttpRequest, pk: int) -> HttpResponse:
        require(request.user, "intake.view_questionnaireversion")  # type: ignore[arg-type]
        version = get_object_or_404(QuestionnaireVersion, pk=pk)
        record(request, Action.RECORD_READ, f"questionnaireversion:{pk}")
        definition = version.definition()
        context = {
            **site.each_context(request),
            "title": str(version),
            "version": version,
            "definition": definition,
            "rules": sorted(definition.rules.values(), key=lambda rule: -rule.severity),
        }
        return TemplateResponse(request, "admin/intake/version.html", context)
