"""What patients would see of a text that is not public yet, and what the checks say about it."""

from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.utils.translation import gettext as _
from msgspec import Struct

from clinic.models import Clinic
from education.documents.advice import advice_on
from education.documents.check import problems_of
from education.documents.files import Document
from education.documents.load import documents_of
from education.documents.places import placed, typed_text
from education.documents.problems import Problem
from education.documents.rows import field_of, row_from
from education.documents.sections import SectionError
from education.documents.settings import settings_of
from education.documents.targets import Targets
from education.models import FaqEntry, GlossaryTerm, Page, SearchWords
from education.pages.figures.facts import FigureError
from education.pages.fingerprint import shown_on
from education.pages.library import AND_ANSWERS, Library
from education.pages.views import faq_context, glossary_context, page_context


def preview_context(document: Document | None, language: str, clinic: Clinic, on: str = "") -> dict[str, Any]:
    """Return what a public page is drawn from where the text stands in it; of a piece, a page that shows it."""
    library = Library(language, settings_of(clinic), AND_ANSWERS)
    context: dict[str, Any] = {"clinic": clinic, "is_preview": True, "shown_on": [], "drawn_by": "base.html"}
    if document is None:
        return context
    row = row_from(document, language)
    try:
        if isinstance(row, Page):
            return context | page_context(row, library, clinic) | {"drawn_by": "education/page.html"}
        if isinstance(row, SearchWords):
            return context
        library.put(row)
        if isinstance(row, FaqEntry):
            return context | faq_context(library) | {"open": row.anchor, "drawn_by": "education/faq.html"}
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


class Check(Struct, frozen=True):
    """What a check says, and where: the field, its line from 0, and the words as they are typed there."""

    text: str
    field: str = ""
    where: str = ""
    line: int = 0
    words: str = ""


def checks_of(document: Document | None, language: str, form: Any = None) -> dict[str, Any]:
    """Return what keeps a text from being saved, what its writer should look at, and what its signer should know."""
    refused = [(name, str(text)) for name, texts in form.errors.items() for text in texts] if form else []
    if document is None:
        return {"errors": [Check(text, name, label_of(name, form)) for name, text in refused]}
    others = [other for other in documents_of(language) if other.content_key != document.content_key]
    targets = Targets.of([*others, document])
    problems = list(form.problems if form else problems_of(document, targets))
    known = {str(problem) for problem in problems}
    advice = advice_on(document, targets.said)
    return {
        "errors": [
            *(Check(text, name, label_of(name, form)) for name, text in refused if text not in known),
            *(check_of(problem, document, targets, form) for problem in problems),
        ],
        "warnings": [check_of(problem, document, targets, form) for problem in advice.warnings],
        "hosts": advice.hosts,
    }


def check_of(problem: Problem, document: Document, targets: Targets, form: Any) -> Check:
    found = placed(problem, document, targets.said)
    name = field_of(document.kind, found.field)
    where = label_of(name, form)
    if found.line is not None and "\n" in typed_text(document, found.field):
        where = _("%(field)s, line %(line)s") % {"field": where, "line": found.line + 1}
    return Check(found.text, name, where if found.line is not None else "", found.line or 0, found.words)


def label_of(name: str, form: Any) -> str:
    """Return what a field is called where it is typed; nothing for the form as a whole."""
    if name == NON_FIELD_ERRORS:
        return ""
    fields = form.fields if form else {}
    label = fields[name].label if name in fields else name.replace("_", " ")
    return str(label)[:1].upper() + str(label)[1:]
