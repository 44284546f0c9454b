"""What a sign-off belongs to: everything that a reader sees on a page, and its hash."""

import json
from collections.abc import Iterator
from hashlib import sha256

from education.documents.files import Document
from education.documents.rows import document_from
from education.models import ContentRow, Page
from education.pages.library import Library
from education.pages.presenter import PagePresenter

REVIEW = ("reviewed_on", "reviewed_by")


def shown_on(page: Page, library: Library) -> dict[str, str]:
    """Return what a reader sees of content by name: the page, its claims, figures, sources, words, the clinic's words.

    Header, footer and program are left out, and so is the review itself.
    """
    presenter = PagePresenter(page, library)
    document = document_from(page)
    meta = {key: value for key, value in document.meta.items() if key not in REVIEW}
    shown = {document.content_key: Document(document.kind, document.name, meta, document.body).text}
    shown |= {row.content_key: document_from(row).text for row in pieces_of(presenter)}
    shown |= {f"settings/{name}": library.said[name] for name in settings_in(presenter)}
    return shown


def fingerprint(page: Page, library: Library) -> str:
    return hash_of(shown_on(page, library))


def is_changed_since_review(page: Page, library: Library) -> bool:
    return page.reviewed_on is not None and page.reviewed_fingerprint != fingerprint(page, library)


def hash_of(shown: dict[str, str]) -> str:
    return sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()


def pieces_of(presenter: PagePresenter) -> Iterator[ContentRow]:
    """Yield the rows of which a page is made."""
    library = presenter.library
    yield from presenter.claims.values()
    for body in presenter.bodies:
        yield from (library.figure_rows[name] for name in body.figures if name in library.figure_rows)
    yield from presenter.references
    yield from (term for term, _meaning in presenter.terms)


def settings_in(presenter: PagePresenter) -> list[str]:
    names = {name for body in presenter.bodies for name in body.settings}
    return sorted(names & set(presenter.library.said))
