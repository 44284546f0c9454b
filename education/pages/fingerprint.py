"""What a sign-off belongs to: everything that a reader sees on a page, as one hash."""

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from education.documents.rows import document_from
from education.models import ContentRow, Page
from education.pages.library import Library
from education.pages.presenter import PagePresenter

REVIEW = ("reviewed_on", "reviewed_by")


def fingerprint(page: Page, library: Library) -> str:
    """Return the hash of a page's document, claims, figures, sources and words, and of what the clinic says in it.

    Header, footer and program are left out, and so is the review itself.
    """
    presenter = PagePresenter(page, library)
    meta, body = content_of(page)
    shown: list[Any] = [{key: value for key, value in meta.items() if key not in REVIEW}, body]
    shown += [[row.content_key, *content_of(row)] for row in pieces_of(presenter)]
    shown += [[name, library.said[name]] for name in settings_in(presenter)]
    return sha256(json.dumps(shown, default=str, sort_keys=True).encode()).hexdigest()


def content_of(row: ContentRow) -> tuple[dict[str, Any], str]:
    document = document_from(row)
    return document.meta, document.body


def pieces_of(presenter: PagePresenter) -> Iterator[ContentRow]:
    """Yield the rows of which a page is made."""
    library = presenter.library
    yield from presenter.claims.values()
    for body in presenter.bodies:
        yield from (library.figure_rows[name] for name in body.figures if name in library.figure_rows)
    if presenter.shows & {"reference-list", "conflicts"}:
        yield from library.references.values()
    else:
        yield from (source.reference for source in presenter.sources)
    yield from (term for term, _meaning in presenter.terms)


def settings_in(presenter: PagePresenter) -> list[str]:
    names = {name for body in presenter.bodies for name in body.settings}
    return sorted(names & set(presenter.library.said))
