"""What a search can lead to: sections of pages, questions, words, and sources."""

from collections.abc import Iterator, Mapping

from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from education.documents.body import Body
from education.models import Page
from education.pages.library import Library
from education.search.index import Entry

SUMMARY_WORDS = 28


def entries_of(library: Library) -> Iterator[Entry]:
    """Yield every place of a language, pages first."""
    said = {**library.said, **{name: claim.statement for name, claim in library.claims.items()}}
    for page in library.pages.values():
        yield from section_entries(page, said)
    for entry in library.answers:
        sentences = Body.of(entry.body).sentences(said, closed=True)
        yield Entry(
            "faq",
            entry.anchor,
            entry.get_absolute_url(),
            entry.question,
            _("Questions and short answers"),
            shorten(sentences),
            ((entry.question, 4), (" ".join(sentences), 1)),
        )
    yield from word_entries(library, said)
    yield from source_entries(library)


def section_entries(page: Page, said: Mapping[str, str]) -> Iterator[Entry]:
    for number, section in enumerate(page.sections):
        sentences = Body.of(section.body).sentences(said, closed=True)
        is_first = number == 0
        top = [page.answer, *page.key_points] if is_first else []
        yield Entry(
            "section",
            section.link,
            section.get_absolute_url(),
            page.title if is_first else section.heading,
            "" if is_first else page.title,
            page.answer if is_first else shorten(Body.of(section.body).sentences(said, closed=True, cells=False)),
            ((section.heading, 3), (page.title, 3 if is_first else 1), (" ".join(top), 1), (" ".join(sentences), 1)),
        )


def word_entries(library: Library, said: Mapping[str, str]) -> Iterator[Entry]:
    for term in library.terms.values():
        sentences = Body.of(term.body).sentences(said)
        yield Entry(
            "glossary",
            f"glossary:{term.slug}",
            term.get_absolute_url(),
            term.term,
            _("Glossary"),
            shorten(sentences),
            ((f"{term.term} {term.abbreviation}", 4), (" ".join(sentences), 1)),
            boost=0.8,
        )


def source_entries(library: Library) -> Iterator[Entry]:
    for reference in library.references.values():
        yield Entry(
            "reference",
            reference.anchor,
            reverse("education:page", args=["references"]) + f"#{reference.anchor}",
            reference.title,
            _("Sources"),
            f"{reference.about} {reference.authors}",
            ((f"{reference.title} {reference.authors}", 1.5), (f"{reference.about} {reference.source}", 1)),
            boost=0.4,
        )


def shorten(blocks: list[str]) -> str:
    return Truncator(as_prose(blocks)).words(SUMMARY_WORDS, truncate=" …")


def as_prose(blocks: list[str]) -> str:
    """Join paragraphs and the items of lists so that they read; end before a list whose heading is not among them."""
    text = ""
    for block in blocks:
        last = text.rstrip('"”’)')[-1:]
        if not text:
            text = block[0].upper() + block[1:]
        elif last in ".!?" and block[0].islower():
            break
        elif last in ".!?:;,":
            text += f" {block}"
        else:
            text += f"; {block}" if block[0].islower() else f". {block}"
    return text
