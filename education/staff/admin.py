"""The content in the admin: words to edit, reviews to sign off, what is overdue."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from clinic.staff.site import ReadOnlyAdmin, site
from education.models import (
    Claim,
    FaqEntry,
    FigureFacts,
    GlossaryTerm,
    HelpfulCount,
    Reference,
    SearchMiss,
    SearchWords,
)
from education.staff.content import FROM_FILE, ContentAdmin, EditedFilter
from education.staff.forms import (
    ClaimForm,
    FaqEntryForm,
    FigureForm,
    GlossaryTermForm,
    ReferenceForm,
    SearchWordsForm,
)


@admin.register(Claim, site=site)
class ClaimAdmin(ContentAdmin):
    form = ClaimForm
    list_display = ("claim_id", "statement", "standing", "statement_grade", "verdict")
    list_filter = ("language", "statement_grade", "verdict", EditedFilter)
    search_fields = ("claim_id", "seed", "statement", "body")
    permanent = ("language", "claim_id")
    fieldsets: ClassVar[Any] = (
        (_("What we say"), {"fields": ("claim_id", "position", "statement", "statement_grade", "body", "references")}),
        (_("What some clinics say"), {"fields": ("seed", "verdict", "quoted_grade")}),
        (None, {"fields": ("reason",)}),
        FROM_FILE,
    )


@admin.register(Reference, site=site)
class ReferenceAdmin(ContentAdmin):
    form = ReferenceForm
    list_display = ("key", "title", "standing", "kind", "verified")
    list_filter = ("language", "verified", "kind", EditedFilter)
    search_fields = ("key", "authors", "title", "source", "doi")
    permanent = ("language", "key")
    fieldsets: ClassVar[Any] = (
        (None, {"fields": ("key", "authors", "title", "source", "kind", "detail", "interest")}),
        (_("Where to find it"), {"fields": ("url", "doi")}),
        (_("What was checked"), {"fields": ("verified", "about", "body")}),
        (None, {"fields": ("reason",)}),
        FROM_FILE,
    )


@admin.register(FaqEntry, site=site)
class FaqEntryAdmin(ContentAdmin):
    form = FaqEntryForm
    list_display = ("faq_id", "question", "standing", "group")
    list_display_links = ("faq_id", "question")
    list_filter = ("language", "group", EditedFilter)
    search_fields = ("faq_id", "question", "body")
    permanent = ("language", "faq_id")
    fieldsets: ClassVar[Any] = (
        (None, {"fields": ("faq_id", "group", "position", "question", "body")}),
        (_("Behind the answer"), {"fields": ("section", "claims", "references")}),
        (None, {"fields": ("reason",)}),
        FROM_FILE,
    )


@admin.register(GlossaryTerm, site=site)
class GlossaryTermAdmin(ContentAdmin):
    form = GlossaryTermForm
    list_display = ("term", "abbreviation", "spanish", "standing")
    search_fields = ("term", "abbreviation", "spanish", "body")
    permanent = ("language", "slug")
    fieldsets: ClassVar[Any] = (
        (None, {"fields": ("slug", "term", "abbreviation", "spanish", "body", "reason")}),
        FROM_FILE,
    )


@admin.register(FigureFacts, site=site)
class FigureAdmin(ContentAdmin):
    form = FigureForm
    list_display = ("slug", "standing")
    search_fields = ("slug", "body")
    permanent = ("language", "slug")
    fieldsets: ClassVar[Any] = ((None, {"fields": ("slug", "body", "reason")}), FROM_FILE)


@admin.register(SearchWords, site=site)
class SearchWordsAdmin(ContentAdmin):
    form = SearchWordsForm
    list_display = ("slug", "language", "edited_at")
    permanent = ("language", "slug")
    fieldsets: ClassVar[Any] = ((None, {"fields": ("slug", "body", "reason")}), FROM_FILE)


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
