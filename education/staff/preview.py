"""What patients would see of a text that is not public yet, and what the checks say about it."""

from typing import Any

from django import forms

from clinic.models import Clinic
from education.documents.advice import advice_on
from education.documents.check import problems_of
from education.documents.files import Document
from education.documents.load import documents_of
from education.documents.problems import Problem
from education.documents.rows import row_from
from education.documents.sections import SectionError
from education.documents.settings import settings_of
from education.documents.targets import Targets
from education.models import FaqEntry, GlossaryTerm, Page, SearchWords
from education.pages.figures.facts import FigureError
from education.pages.fingerprint import shown_on
from education.pages.library import Library
from education.pages.views import faq_context, glossary_context, page_context


def preview_context(document: Document | None, language: str, clinic: Clinic, on: str = "") -> dict[str, Any]:
    """Return what a public page is drawn from where the text stands in it; of a piece, a page that shows it."""
    library = Library(language, settings_of(clinic))
    context: dict[str, Any] = {"clinic": clinic, "is_preview": True, "shown_on": [], "drawn_by": "base.html"}
    if document is None:
        return context
    row = row_from(document, language)
    try:
        if isinstance(row, Page):
            return context | page_context(row, library, clinic) | {"drawn_by": "education/page.html"}
        if isinstance(row, FaqEntry):
            return context | faq_context(library, row) | {"drawn_by": "education/faq.html"}
        if isinstance(row, SearchWords):
            return context
        library.put(row)
        pages = [page for page in library.pages.values() if row.content_key in shown_on(page, library)]
        context["shown_on"] = pages
        page = next((page for page in pages if page.slug == on), pages[0] if pages else None)
        if page is not None:
            return context | page_context(page, library, clinic) | {"drawn_by": "education/page.html"}
        if isinstance(row, GlossaryTerm):
            return context | glossary_context(library) | {"drawn_by": "education/glossary.html"}
    except (SectionError, FigureError):
        pass  # it cannot be drawn, and the checks say why
    return context


def checks_of(document: Document | None, language: str, form: forms.BaseForm | None = None) -> dict[str, Any]:
    """Return what keeps a text from being saved, what its writer should look at, and what its signer should know."""
    errors: list[Any] = []
    if form is not None:
        errors = [Problem(name, str(text)) for name, texts in form.errors.items() for text in texts]
    if document is None:
        return {"errors": errors, "warnings": [], "hosts": []}
    others = [other for other in documents_of(language) if other.content_key != document.content_key]
    targets = Targets.of([*others, document])
    if form is None:
        errors = list(problems_of(document, targets))
    advice = advice_on(document, targets.said)
    return {"errors": errors, "warnings": advice.warnings, "hosts": advice.hosts}
