"""Pages in the admin: written beside the real page, reviewed by another, published now or at a time."""

from typing import Any, ClassVar

from csp.constants import SELF
from csp.decorators import csp_replace, csp_update
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST

from clinic.audit.actions import Action
from clinic.audit.trail import record
from clinic.staff.site import site
from clinic.web.requests import clinic_of
from education.documents.revisions import document_of, open_revision, write_draft
from education.documents.rows import row_from, save_document
from education.documents.settings import settings_of
from education.models import Page, Revision, State
from education.pages.library import Library
from education.pages.views import page_context
from education.staff.admin import FROM_FILE, ContentAdmin, EditedFilter, staff
from education.staff.forms import PageForm, RevisionForm
from education.staff.review import (
    SIGN_OFF,
    RevisionError,
    approve,
    ask_for_review,
    changes_since_approval,
    is_bound,
    may_publish_alone,
    publish,
    roll_back,
    steps_of,
)

WRITTEN = ("number", "title", "description", "answer", "key_points", "references", "body", "review_months")


class ReviewFilter(admin.SimpleListFilter):
    """Show the pages whose review is late or was never done."""

    title = _("review")
    parameter_name = "review"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("overdue", _("Due or overdue")), ("current", _("Current"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Page]) -> QuerySet[Page]:
        if self.value() not in ("overdue", "current"):
            return queryset
        today = clinic_of(request).today()
        late = [page.pk for page in queryset if page.is_overdue(today)]
        return queryset.filter(pk__in=late) if self.value() == "overdue" else queryset.exclude(pk__in=late)


@admin.register(Page, site=site)
class PageAdmin(ContentAdmin):
    """The pages: what is saved here is a draft until it is published."""

    form = PageForm
    change_form_template = "admin/education/page_form.html"
    list_display = (
        "number", "title", "language", "is_published", "open_state", "reviewed_on", "reviewed_by", "next_review",
    )  # fmt: skip
    list_display_links = ("title",)
    list_filter = ("language", ReviewFilter, "is_published", EditedFilter)
    search_fields = ("title", "body")
    readonly_fields = ("source_hash", "edited_at", "reviewed_on", "reviewed_by", "next_review")
    permanent = ("language", "slug")
    fieldsets: ClassVar[Any] = (
        (_("The answer first"), {"fields": ("title", "answer", "key_points")}),
        (_("Sections"), {"fields": ("body",)}),
        (None, {"fields": ("description", "references", "review_months", "number", "slug", "is_published")}),
        (_("Review"), {"fields": ("reviewed_on", "reviewed_by", "next_review")}),
        FROM_FILE,
    )

    @admin.display(description=_("next review"))
    def next_review(self, page: Page) -> Any:
        return page.next_review_on or _("not yet reviewed")

    @admin.display(description=_("not public yet"))
    def open_state(self, page: Page) -> Any:
        found = open_revision(page.language, page.content_key)
        return found.get_state_display() if found else ""

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Page | None:
        """Return the page with the words of its open revision, for that is what is edited."""
        page: Page | None = super().get_object(request, object_id, from_field)
        found = open_revision(page.language, page.content_key) if page else None
        if page is not None and found is not None:
            draft = row_from(document_of(found), page.language)
            for name in (
                "number",
                "title",
                "description",
                "answer",
                "key_points",
                "references",
                "body",
                "review_months",
            ):
                setattr(page, name, getattr(draft, name))
        return page

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Keep the document as a draft, and lead it as far as the button says."""
        user, language = staff(request), form.language()
        page = Page.objects.get(pk=obj.pk) if change else save_document(form.document, language)
        obj.pk = page.pk
        page.is_published = obj.is_published and change
        page.save(update_fields=["is_published"])
        if set(form.changed_data) - {"is_published"} or not change:
            write_draft(form.document, language, user)
        verb = next((name for name in ("ask", "publish") if f"_{name}" in request.POST), None)
        found = open_revision(language, page.content_key)
        if verb and found:
            self.lead(request, page, found, verb, {})

    def lead(self, request: HttpRequest, page: Page, revision: Revision, verb: str, data: dict[str, Any]) -> None:
        """Do one step of a revision's way, and say in the audit trail and on the page what came of it."""
        user, clinic = staff(request), clinic_of(request)
        words: Any
        try:
            if verb == "ask":
                ask_for_review(revision)
                action, words = Action.PAGE_SENT_TO_REVIEW, _("Sent to review.")
            elif verb == "approve":
                approve(revision, user, clinic)
                action, words = Action.PAGE_SIGNED_OFF, _("Approved by %(name)s.") % {"name": user.display_name}
            elif verb == "publish":
                publish(revision, user, clinic, data.get("at"), data.get("reason", ""))
                page.refresh_from_db()
                if not page.is_published and revision.state == State.PUBLISHED:
                    Page.objects.filter(pk=page.pk).update(is_published=True)
                is_alone = bool(revision.unapproved_reason)
                action = Action.PAGE_PUBLISHED_UNAPPROVED if is_alone else Action.PAGE_PUBLISHED
                words = _("Will be published at the time you gave.") if revision.publish_at else _("Published.")
            else:
                roll_back(revision, user)
                action, words = Action.PAGE_ROLLED_BACK, _("The earlier text is now the draft.")
        except RevisionError as error:
            messages.error(request, str(error))
            return
        record(request, action, self.subject(page))
        messages.success(request, str(words))

    def get_urls(self) -> list[URLPattern]:
        def at(place: str, view: Any, name: str) -> URLPattern:
            found: URLPattern = path(
                f"<int:pk>/{place}", self.admin_site.admin_view(view), name=f"education_page_{name}"
            )
            return found

        return [
            at("preview/", self.preview, "preview"),
            at("review/", self.review, "review"),
            at("review/<int:revision>/<slug:verb>/", self.step, "step"),
            *super().get_urls(),
        ]

    def shown_page(self, request: HttpRequest, pk: int) -> Page:
        page = get_object_or_404(Page, pk=pk)
        if not self.has_view_permission(request, page):
            raise PermissionDenied
        return page

    @method_decorator(xframe_options_sameorigin)
    @method_decorator(csp_replace({"frame-ancestors": [SELF]}))
    def preview(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the page as patients would see its open revision, or one that is named."""
        page = self.shown_page(request, pk)
        rows = Revision.objects.of(page.language, page.content_key)
        named = request.GET.get("revision", "")
        found = rows.filter(pk=named).first() if named.isdecimal() else open_revision(page.language, page.content_key)
        drawn = row_from(document_of(found), page.language) if found else page
        clinic = clinic_of(request)
        library = Library(page.language, settings_of(clinic))
        context = page_context(drawn, library, clinic) | {"clinic": clinic, "is_preview": True}
        return render(request, "education/page.html", context)

    @method_decorator(csp_update({"frame-src": [SELF]}))
    def review(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the page as it will be, what changed since a clinician last approved it, and every revision."""
        page = self.shown_page(request, pk)
        rows = list(Revision.objects.of(page.language, page.content_key).select_related("author", "approved_by"))
        found = next((row for row in rows if row.is_open), None)
        public = next((row for row in rows if row.state == State.PUBLISHED), None)
        user, clinic = staff(request), clinic_of(request)
        subject = found or public
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": page.title,
            "page": page,
            "revision": subject,
            "changes": changes_since_approval(subject, clinic) if subject else [],
            "steps": steps_of(rows),
            "may_edit": self.has_change_permission(request, page),
            "may_approve": user.has_perm(SIGN_OFF),
            "is_bound": is_bound(page.language, page.content_key),
            "is_alone": may_publish_alone(user),
            "form": RevisionForm(),
        }
        return TemplateResponse(request, "admin/education/review.html", context)

    @method_decorator(require_POST)
    def step(self, request: HttpRequest, pk: int, revision: int, verb: str) -> HttpResponse:
        """Do one step of a revision's way; approving needs its own permission, the others that of editing."""
        page = self.shown_page(request, pk)
        found = get_object_or_404(Revision.objects.of(page.language, page.content_key), pk=revision)
        if verb not in ("ask", "approve", "publish", "roll-back"):
            raise Http404
        if verb != "approve" and not self.has_change_permission(request, page):
            raise PermissionDenied
        if verb == "approve" and not staff(request).has_perm(SIGN_OFF):
            raise PermissionDenied
        form = RevisionForm(request.POST)
        if form.is_valid():
            self.lead(request, page, found, verb, form.cleaned_data)
        else:
            messages.error(request, _("Enter a day and a time, such as 2026-12-01 08:00."))
        return HttpResponseRedirect(reverse("admin:education_page_review", args=[page.pk]))

    @method_decorator(csp_update({"frame-src": [SELF]}))
    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        page = self.get_object(request, object_id)
        bound = page is not None and is_bound(page.language, page.content_key)
        context = {"is_bound": bound, "show_save_and_add_another": False} | (extra_context or {})
        return super().change_view(request, object_id, form_url, context)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """Stay beside the page as it now looks."""
        if "_ask" in request.POST or "_publish" in request.POST:
            return HttpResponseRedirect(reverse("admin:education_page_review", args=[obj.pk]))
        messages.success(request, _("Saved. Nothing that is not published is seen by patients."))
        return HttpResponseRedirect(reverse("admin:education_page_change", args=[obj.pk]))
