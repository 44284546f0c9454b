"""The content in the admin: words to edit, reviews to sign off, what is overdue."""

from typing import Any, ClassVar, cast

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from clinic.models import User
from clinic.staff.site import AuditedAdmin, ReadOnlyAdmin, site
from education.documents.revisions import record_published
from education.documents.rows import save_document
from education.models import (
    Claim,
    ContentRow,
    FaqEntry,
    FigureFacts,
    GlossaryTerm,
    HelpfulCount,
    Reference,
    SearchMiss,
    SearchWords,
)
from education.staff.forms import (
    ClaimForm,
    FaqEntryForm,
    FigureForm,
    GlossaryTermForm,
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


def staff(request: HttpRequest) -> User:
    """Return who is at work: the admin lets nobody else in."""
    return cast(User, request.user)


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
        """Keep the document that the check has judged, as a row and as a revision."""
        old = self.model.objects.get(pk=obj.pk) if change else None
        if old is not None and not form.has_changed():
            return
        saved = save_document(form.document, form.language(), old)
        obj.pk = saved.pk
        saved.mark_edited()
        record_published([form.document], form.language(), staff(request))

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Name what rests on the rows; a row that others need is not deleted."""
        shown, counts, permissions, protected = super().get_deleted_objects(objs, request)
        needed = [f"{obj.content_key}: {needed_by(rests)}" for obj in objs if (rests := obj.rests())]
        return shown, counts, permissions, [*protected, *needed]

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        """Keep what other texts link to as it is, once it is there."""
        fixed = self.permanent if obj is not None else ()
        return (*super().get_readonly_fields(request, obj), *fixed)


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


@admin.register(HelpfulCount, site=site)
class HelpfulCountAdmin(ReadOnlyAdmin):
    """What readers said of each page, by day."""

    audits_reading = False
    list_display = ("day", "slug", "language", "yes", "no")
    list_filter = ("language", "slug")
