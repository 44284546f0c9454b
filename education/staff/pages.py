"""Pages in the admin: written beside the real page, reviewed by another, published now or at a time."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from clinic.staff.site import site
from clinic.web.requests import clinic_of
from education.documents.settings import settings_of
from education.models import Page
from education.pages.fingerprint import is_changed_since_review
from education.pages.library import Library
from education.staff.content import FROM_FILE, ContentAdmin, EditedFilter
from education.staff.forms import PageForm


class ReviewFilter(admin.SimpleListFilter):
    """Show the pages whose review is late or was never done, and those that changed since."""

    title = _("review")
    parameter_name = "review"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("overdue", _("Due or overdue")), ("current", _("Current"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Page]) -> QuerySet[Page]:
        if self.value() not in ("overdue", "current"):
            return queryset
        clinic = clinic_of(request)
        today, said = clinic.today(), settings_of(clinic)
        pages = list(queryset)
        libraries = {page.language: Library(page.language, said) for page in pages}
        late = [
            page.pk
            for page in pages
            if page.is_overdue(today) or is_changed_since_review(page, libraries[page.language])
        ]
        return queryset.filter(pk__in=late) if self.value() == "overdue" else queryset.exclude(pk__in=late)


@admin.register(Page, site=site)
class PageAdmin(ContentAdmin):
    """The pages: what is saved here is a draft until it is published."""

    form = PageForm
    always_drafts = True
    list_display = ("number", "title", "standing", "reviewed_on", "next_review")
    list_display_links = ("title",)
    list_filter = ("language", ReviewFilter, "is_published", EditedFilter)
    search_fields = ("title", "body")
    readonly_fields = ("source_hash", "edited_at", "reviewed_on", "reviewed_by", "next_review")
    permanent = ("language", "slug")
    fieldsets: ClassVar[Any] = (
        (_("The answer first"), {"fields": ("title", "answer", "key_points")}),
        (_("Sections"), {"fields": ("body",)}),
        (None, {"fields": ("description", "references", "review_months", "number", "slug")}),
        (None, {"fields": ("reason",)}),
        (_("Review"), {"fields": ("reviewed_on", "reviewed_by", "next_review")}),
        FROM_FILE,
    )

    @admin.display(description=_("next review"))
    def next_review(self, page: Page) -> Any:
        return page.next_review_on
