"""Public pages: the same for every reader, so no cookie, no session and nothing that varies."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from django.db import DatabaseError
from django.http import Http404
from django.utils.translation import get_language
from django.views.generic import TemplateView

from clinic.profile.models import Clinic
from clinic.web.links import learn_url
from clinic.web.page_cache import public_page
from clinic.web.requests import Request
from education.documents.body import Body
from education.documents.render import Scope, text_html
from education.documents.settings import settings_of
from education.models import HELP_SLUG, Page, Reference
from education.pages.fingerprint import is_changed_since_review
from education.pages.ledger import ledger_context, reference_groups
from education.pages.library import AND_ANSWERS, PIECES, Library
from education.pages.presenter import PagePresenter, PresentedAnswer, Reader, cited_by, explained, sources_of
from education.pages.structured import as_script, faq_data, page_data
from education.pages.trust import trust_context


def language() -> str:
    """Return the language of the path, which is the only thing that decides it."""
    return get_language() or "en"


class PublicView(TemplateView):
    """Reading only; the same for everyone. `varies` and `uncounted`: see clinic.web.page_cache.public_page."""

    http_method_names = ["get", "head"]
    varies: Mapping[str, str] = {}
    uncounted: tuple[str, ...] = ()
    request: Request

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        return public_page(super().as_view(**initkwargs), cls.varies, cls.uncounted)

    kinds = PIECES

    def library(self) -> Library:
        return Library(language(), settings_of(self.request.clinic), self.kinds)


class LearnIndex(PublicView):
    """List the pages in order, each with the time it takes; the page for people in need stands outside the series."""

    template_name = "education/learn.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        library = self.library()
        cards = [(page, PagePresenter(page, library).minutes) for page in series(library)]
        return super().get_context_data(**kwargs) | {"cards": cards}


def series(library: Library) -> list[Page]:
    return [page for page in library.pages.values() if page.slug != HELP_SLUG]


class PageDetail(PublicView):
    """Show one page with its claims, sources and review dates."""

    template_name = "education/page.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        library = self.library()
        page = library.pages.get(self.kwargs["slug"])
        if page is None:
            raise Http404("No such page")
        return super().get_context_data(**kwargs) | page_context(page, library, self.request.clinic)


class TrustSheet(PublicView):
    """Say of one page who reviewed it, what stands behind it, how hard it is to read, and what was changed when."""

    template_name = "education/trust.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        library = self.library()
        page = library.pages.get(self.kwargs["slug"])
        if page is None:
            raise Http404("No such page")
        return super().get_context_data(**kwargs) | trust_context(page, library, self.request.clinic)


def page_context(page: Page, library: Library, clinic: Clinic) -> dict[str, Any]:
    """Return everything a page is drawn from."""
    presenter = PagePresenter(page, library)
    pages = series(library)
    here = pages.index(page) if page in pages else None
    is_changed = is_changed_since_review(page, library)
    return {
        "page": page,
        "presenter": presenter,
        "numbers": presenter.numbers,
        "is_changed": is_changed,
        "structured": as_script(page_data(page, presenter, clinic, is_changed)),
        "is_overdue": page.is_long_overdue(clinic.today()),
        "previous_page": pages[here - 1] if here else None,
        "next_page": pages[here + 1] if here is not None and here + 1 < len(pages) else None,
    } | (reference_lists(library) if presenter.shows & {"reference-list", "conflicts"} else {})


def reference_lists(library: Library) -> dict[str, Any]:
    """Return all references by kind, and those that have something to sell."""
    scope = Scope(library.language)
    return {
        "reference_groups": [
            (heading, [(row, text_html(row.body, scope)) for row in rows])
            for heading, rows in reference_groups(library.references.values())
        ],
        "conflicts": conflicts(library),
    }


def conflicts(library: Library) -> list[Reference]:
    return [row for row in library.references.values() if row.interest]


class GetHelpNow(PublicView):
    """Show crisis help; the numbers stand in the template, so the page answers without the database."""

    template_name = "education/get_help_now.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        try:
            library = self.library()
            page = library.pages[HELP_SLUG]
            return context | page_context(page, library, self.request.clinic)
        except (DatabaseError, KeyError):
            self.request.is_makeshift = True  # type: ignore[attr-defined]  # not to be kept as the real page
            return context


class Faq(PublicView):
    """Show the questions by group; `?open=all` or `?open=faq-05` opens answers without a script."""

    template_name = "education/faq.html"
    varies = {"open": r"all|faq-[0-9]{2,3}"}
    kinds = AND_ANSWERS

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = faq_context(self.library()) | {"open": self.request.GET.get("open", "")}
        return super().get_context_data(**kwargs) | context


def faq_context(library: Library) -> dict[str, Any]:
    """Return everything the questions are drawn from."""
    entries = library.answers
    bodies = [Body.of(entry.body) for entry in entries]
    cited = dict.fromkeys(key for body in bodies for key in cited_by(body, library))
    keys = tuple(key for key in cited if key in library.references)
    reader = Reader(library, Scope(library.language, keys, explains_terms=True), has_anchors=False)
    headings = {section.link: section.heading for page in library.pages.values() for section in page.sections}
    answers = [
        PresentedAnswer(entry, reader.read(entry.body), headings.get(entry.section, ""), learn_url(entry.section))
        for entry in entries
    ]
    said = [library.claims[name] for body in bodies for name in body.claims if name in library.claims]
    return {
        "groups": [(name, list(rows)) for name, rows in groupby(answers, key=lambda row: row.entry.group)],
        "count": len(answers),
        "structured": as_script(faq_data(entries, library.words)),
        "sources": sources_of(keys, library, dict.fromkeys(said)),
        "terms": explained(bodies, library),
    }


class Glossary(PublicView):
    """List the words by letter."""

    template_name = "education/glossary.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | glossary_context(self.library())


def glossary_context(library: Library) -> dict[str, Any]:
    scope = Scope(library.language)
    rows = [(term, text_html(term.body, scope)) for term in library.terms.values()]
    letters = [(letter, list(found)) for letter, found in groupby(rows, key=lambda row: row[0].slug[:1].upper())]
    return {"letters": letters}


class Evidence(PublicView):
    """Show the claims that are asked for, with their evidence, their sources and where they stand."""

    template_name = "education/evidence.html"
    varies = {"claim": r"[a-zA-Z]{2,3}-[0-9]{2,3}"}
    uncounted = ("grade", "verdict", "page", "q")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | ledger_context(self.library(), self.request.GET)
