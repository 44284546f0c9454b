"""Public pages: the same for every reader, so no cookie, no session and nothing that varies."""

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

from django.db import DatabaseError
from django.db.models import QuerySet
from django.utils.translation import get_language
from django.views.generic import DetailView, ListView, TemplateView, View

from clinic.models import Clinic
from clinic.web.links import learn_url
from clinic.web.page_cache import public_page
from education.documents.addresses import Scope, rendered
from education.documents.citations import sections_of_claims
from education.models import HELP_SLUG, Claim, FaqEntry, GlossaryTerm, Grade, Page, Reference
from education.pages.ledger import claim_groups, reference_groups
from education.pages.presenter import Reading, Source, minutes_to_read


def language() -> str:
    """Give the language of the path, which is the only thing that decides it."""
    return get_language() or "en"


class PublicView(View):
    """Reading only; the same for everyone. `varies` and `uncounted`: see clinic.web.page_cache.public_page."""

    http_method_names = ["get", "head"]
    varies: Mapping[str, str] = {}
    uncounted: tuple[str, ...] = ()

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        return public_page(super().as_view(**initkwargs), cls.varies, cls.uncounted)


class LearnIndex(PublicView, ListView):
    """List the pages in order, each with its question and the time it takes."""

    template_name = "education/learn.html"
    context_object_name = "pages"

    def get_queryset(self) -> QuerySet[Page]:
        return Page.objects.published(language()).prefetch_related("sections")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        cards = [(page, minutes_to_read(page.sections.all())) for page in context["pages"]]
        return context | {"cards": cards}


class PageDetail(PublicView, DetailView):
    """Show one page with its claims, sources and review dates."""

    template_name = "education/page.html"
    context_object_name = "page"

    def get_queryset(self) -> QuerySet[Page]:
        return Page.objects.published(language()).prefetch_related("sections")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | page_context(self.object)


def page_context(page: Page) -> dict[str, Any]:
    """Give everything a page is drawn from."""
    reading = Reading.of(page)
    pages = list(Page.objects.published(page.language))
    here = pages.index(page)
    kinds = {part.kind for section in reading.sections for part in section.parts}
    return {
        "reading": reading,
        "numbers": reading.numbers,
        "minutes": minutes_to_read(page.sections.all()),
        "shows_crisis_panel": "crisis" in kinds,
        "is_overdue": page.reviewed_on is not None and page.is_overdue(Clinic.current().today()),
        "previous_page": pages[here - 1] if here else None,
        "next_page": pages[here + 1] if here + 1 < len(pages) else None,
    } | (reference_lists(page.language) if kinds & {"reference-list", "conflicts"} else {})


def reference_lists(of_language: str) -> dict[str, Any]:
    """Give all references by kind, and those that clinics wrote to be believed."""
    references = list(Reference.objects.in_language(of_language))
    scope = Scope(of_language)
    return {
        "reference_groups": [
            (heading, [(row, text_html(row.body, scope)) for row in rows])
            for heading, rows in reference_groups(references)
        ],
        "conflicts": [row for row in references if row.kind.startswith("clinic opinion")],
    }


def text_html(text: str, scope: Scope) -> str:
    """Give a text that has no directives as HTML."""
    parts = rendered(text, scope)
    return parts[0].html if parts else ""


class GetHelpNow(PublicView, TemplateView):
    """Show crisis help; the numbers stand in the template, so the page answers without the database."""

    template_name = "education/get_help_now.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        try:
            page = Page.objects.published(language()).prefetch_related("sections").get(slug=HELP_SLUG)
            return context | {"page": page} | page_context(page)
        except (DatabaseError, Page.DoesNotExist):
            self.request.is_makeshift = True  # type: ignore[attr-defined]  # not to be kept as the real page
            return context


class Faq(PublicView, ListView):
    """Show the questions by group; `?open=all` or `?open=faq-05` opens answers without a script."""

    template_name = "education/faq.html"
    varies = {"open": r"all|faq-\d\d"}
    context_object_name = "entries"

    def get_queryset(self) -> QuerySet[FaqEntry]:
        return FaqEntry.objects.in_language(language())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        headings = section_headings(language())
        entries = [
            {
                "entry": entry,
                "html": text_html(entry.body, Scope(language())),
                "heading": headings.get(entry.section, ""),
                "section_url": learn_url(entry.section),
            }
            for entry in context["entries"]
        ]
        groups = [(name, list(rows)) for name, rows in groupby(entries, key=lambda row: row["entry"].group)]
        return context | {"groups": groups, "open": self.request.GET.get("open", "")}


def section_headings(of_language: str) -> dict[str, str]:
    """Give the heading of every section by `slug#anchor`."""
    pages: Iterable[Page] = Page.objects.published(of_language).prefetch_related("sections")
    return {f"{page.slug}#{section.anchor}": section.heading for page in pages for section in page.sections.all()}


class Glossary(PublicView, ListView):
    """List the words and their meanings by letter."""

    template_name = "education/glossary.html"
    context_object_name = "terms"

    def get_queryset(self) -> QuerySet[GlossaryTerm]:
        return GlossaryTerm.objects.in_language(language())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        terms = [(term, text_html(term.body, Scope(language()))) for term in context["terms"]]
        letters = [(letter, list(rows)) for letter, rows in groupby(terms, key=lambda row: row[0].term[0].upper())]
        return context | {"letters": letters}


class Evidence(PublicView, ListView):
    """Show every claim with its grade, its sources and every section that carries it."""

    template_name = "education/evidence.html"
    context_object_name = "claims"

    def get_queryset(self) -> QuerySet[Claim]:
        return Claim.objects.in_language(language())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        claims = list(context["claims"])
        references = {reference.key: reference for reference in Reference.objects.in_language(language())}
        cited = dict.fromkeys(key for claim in claims for key in claim.references if key in references)
        scope = Scope(language(), tuple(cited), frozenset(claim.claim_id for claim in claims))
        carried = sections_of_claims(language())
        rows = [(claim, text_html(claim.body, scope), carried.get(claim.claim_id, [])) for claim in claims]
        return context | {
            "groups": claim_groups(rows),
            "grades": Grade.choices,
            "numbers": dict(scope.numbers),
            "sources": [Source(number, references[key]) for key, number in scope.numbers.items()],
        }
