"""The content in the admin: words to edit, reviews to sign off, what is overdue."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from clinic.audit.actions import Action
from clinic.audit.trail import record
from clinic.models import Clinic
from clinic.staff.site import AuditedAdmin, ReadOnlyAdmin, site
from education.documents.rows import save_document
from education.documents.settings import settings_of
from education.models import (
    Claim,
    ContentRow,
    FaqEntry,
    FigureFacts,
    GlossaryTerm,
    Page,
    Reference,
    SearchMiss,
    SearchWords,
)
from education.pages.fingerprint import fingerprint
from education.pages.library import Library
from education.staff.forms import (
    ClaimForm,
    FaqEntryForm,
    FigureForm,
    GlossaryTermForm,
    PageForm,
    ReferenceForm,
    SearchWordsForm,
    needed_by,
)

FROM_FILE: tuple[Any, Any] = (
    _("Where it comes from"),
    {
        "fields": ("language", "source_hash", "edited_at"),
        "description": _("What is edited here is kept when the content files are loaded again."),
    },
)


class EditedFilter(admin.SimpleListFilter):
    """Show what staff changed since it was loaded."""

    title = _("edited here")
    parameter_name = "edited"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Yes")), ("no", _("No"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() in ("yes", "no"):
            return queryset.filter(edited_at__isnull=self.value() == "no")
        return queryset


class ReviewFilter(admin.SimpleListFilter):
    """Show the pages whose review is late or was never done."""

    title = _("review")
    parameter_name = "review"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("overdue", _("Due or overdue")), ("current", _("Current"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Page]) -> QuerySet[Page]:
        if self.value() not in ("overdue", "current"):
            return queryset
        today = Clinic.current().today()
        late = [page.pk for page in queryset if page.is_overdue(today)]
        return queryset.filter(pk__in=late) if self.value() == "overdue" else queryset.exclude(pk__in=late)


class ContentAdmin(AuditedAdmin):
    """Content of any kind: a change marks the row as edited here. Reading public words leaves no audit row."""

    audits_reading = False
    readonly_fields: ClassVar[Any] = ("source_hash", "edited_at")
    list_filter: ClassVar[Any] = ("language", EditedFilter)
    save_on_top = True
    permanent: ClassVar[tuple[str, ...]] = ("language",)

    def subject(self, obj: Model | None) -> str:
        return f"{self.opts.model_name}:{obj.name}" if isinstance(obj, ContentRow) else super().subject(obj)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Keep the document that the check has judged, and whatever of the row is not in it."""
        old = self.model.objects.get(pk=obj.pk) if change else None
        if old is not None and not form.has_changed():
            return
        saved = save_document(form.document, form.language(), old)
        obj.pk = saved.pk
        if isinstance(obj, Page):
            saved.is_published = obj.is_published
            saved.save(update_fields=["is_published"])
        saved.mark_edited()

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Name what rests on the rows; a row that others need is not deleted."""
        shown, counts, permissions, protected = super().get_deleted_objects(objs, request)
        needed = [f"{obj.content_key}: {needed_by(rests)}" for obj in objs if (rests := obj.rests())]
        return shown, counts, permissions, [*protected, *needed]

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        """Keep what other texts link to as it is, once it is there."""
        fixed = self.permanent if obj is not None else ()
        return (*super().get_readonly_fields(request, obj), *fixed)


@admin.register(Page, site=site)
class PageAdmin(ContentAdmin):
    """The pages, with their reviews."""

    form = PageForm
    list_display = (
        "number",
        "title",
        "language",
        "is_published",
        "reviewed_on",
        "reviewed_by",
        "next_review",
        "edited_at",
    )
    list_display_links = ("title",)
    list_filter = ("language", ReviewFilter, "is_published", EditedFilter)
    search_fields = ("title", "body")
    readonly_fields = ("source_hash", "edited_at", "reviewed_on", "reviewed_by", "next_review")
    permanent = ("language", "slug")
    actions = ("sign_off",)
    fieldsets: ClassVar[Any] = (
        (None, {"fields": ("number", "slug", "title", "description", "is_published")}),
        (_("The answer first"), {"fields": ("answer", "key_points")}),
        (_("Sections"), {"fields": ("body",)}),
        (_("Sources"), {"fields": ("references",)}),
        (
            _("Review"),
            {
                "fields": ("review_months", "reviewed_on", "reviewed_by", "next_review"),
                "description": _(
                    "Set only by signing the whole page off: tick it in the list of pages and choose 'Sign off as "
                    "reviewed today'. An edit does not change the date of the review. A signed-off page is "
                    "kept as it is when the content files are loaded again, like an edited one."
                ),
            },
        ),
        FROM_FILE,
    )

    @admin.display(description=_("next review"))
    def next_review(self, page: Page) -> Any:
        return page.next_review_on or _("not yet reviewed")

    def has_sign_off_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("education.sign_off_page")

    @admin.action(description=_("Sign off as reviewed today"), permissions=["sign_off"])
    def sign_off(self, request: HttpRequest, queryset: QuerySet[Page]) -> None:
        user = request.user
        name = (user.get_full_name() if user.is_authenticated else "") or user.get_username()
        clinic = Clinic.current()
        pages = list(queryset)
        with transaction.atomic():
            for page in pages:
                page.reviewed_by, page.reviewed_on = name, clinic.today()
                page.reviewed_fingerprint = fingerprint(page, Library(page.language, settings_of(clinic)))
                page.save(update_fields=["reviewed_by", "reviewed_on", "reviewed_fingerprint", "changed_at"])
                page.mark_edited()
                record(request, Action.PAGE_SIGNED_OFF, self.subject(page))
        count = len(pages)
        messages.success(
            request,
            ngettext("%(count)d page is signed off by %(name)s.", "%(count)d pages are signed off by %(name)s.", count)
            % {"count": count, "name": name},
        )


@admin.register(Claim, site=site)
class ClaimAdmin(ContentAdmin):
    form = ClaimForm
    list_display = ("claim_id", "statement", "statement_grade", "verdict", "language", "edited_at")
    list_filter = ("language", "statement_grade", "verdict", EditedFilter)
    search_fields = ("claim_id", "seed", "statement", "body")
    permanent = ("language", "claim_id")
    fieldsets: ClassVar[Any] = (
        (_("What we say"), {"fields": ("claim_id", "position", "statement", "statement_grade", "body", "references")}),
        (_("What some clinics say"), {"fields": ("seed", "verdict", "quoted_grade")}),
        FROM_FILE,
    )


@admin.register(Reference, site=site)
class ReferenceAdmin(ContentAdmin):
    form = ReferenceForm
    list_display = ("key", "title", "kind", "verified", "language", "edited_at")
    list_filter = ("language", "verified", "kind", EditedFilter)
    search_fields = ("key", "authors", "title", "source", "doi")
    permanent = ("language", "key")
    fieldsets: ClassVar[Any] = (
        (None, {"fields": ("key", "authors", "title", "source", "kind", "detail", "interest")}),
        (_("Where to find it"), {"fields": ("url", "doi")}),
        (_("What was checked"), {"fields": ("verified", "about", "body")}),
        FROM_FILE,
    )


@admin.register(FaqEntry, site=site)
class FaqEntryAdmin(ContentAdmin):
    form = FaqEntryForm
    list_display = ("faq_id", "question", "group", "language", "edited_at")
    list_display_links = ("faq_id", "question")
    list_filter = ("language", "group", EditedFilter)
    search_fields = ("faq_id", "question", "body")
    permanent = ("language", "faq_id")
    fieldsets: ClassVar[Any] = (
        (None, {"fields": ("faq_id", "group", "position", "question", "body")}),
        (_("Behind the answer"), {"fields": ("section", "claims", "references")}),
        FROM_FILE,
    )


@admin.register(GlossaryTerm, site=site)
class GlossaryTermAdmin(ContentAdmin):
    form = GlossaryTermForm
    list_display = ("term", "abbreviation", "spanish", "language", "edited_at")
    search_fields = ("term", "abbreviation", "spanish", "body")
    permanent = ("language", "slug")
    fieldsets: ClassVar[Any] = ((None, {"fields": ("slug", "term", "abbreviation", "spanish", "body")}), FROM_FILE)


@admin.register(FigureFacts, site=site)
class FigureAdmin(ContentAdmin):
    form = FigureForm
    list_display = ("slug", "language", "edited_at")
    search_fields = ("slug", "body")
    permanent = ("language", "slug")
    fieldsets: ClassVar[Any] = ((None, {"fields": ("slug", "body")}), FROM_FILE)


@admin.register(SearchWords, site=site)
class SearchWordsAdmin(ContentAdmin):
    form = SearchWordsForm
    list_display = ("slug", "language", "edited_at")
    permanent = ("language", "slug")
    fieldsets: ClassVar[Any] = ((None, {"fields": ("slug", "body")}), FROM_FILE)


@admin.register(SearchMiss, site=site)
class SearchMissAdmin(ReadOnlyAdmin):
    """What many looked for and did not find: words for the list of synonyms, or a page to write."""

    audits_reading = False
    list_display = ("words", "days", "last_on")
    list_display_links = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[SearchMiss]:
        return super().get_queryset(request).exclude(words="")
