"""Revisions of a text: whole documents, written by the admin and by the loader alike."""

from collections.abc import Iterable
from difflib import unified_diff

from django.db import transaction
from django.utils import timezone

from clinic.models import Clinic, User
from clinic.web.links import HELP
from education.documents.files import SEARCH, Document, parse_document
from education.models import Page
from education.models.revisions import Revision, State


def document_of(revision: Revision) -> Document | None:
    """Return what a revision says; None of one that takes the text out of the public."""
    if revision.is_removal:
        return None
    kind, name = revision.content_key.split("/")
    return parse_document(revision.content_key, kind, name, revision.text.encode())


def open_revision(language: str, content_key: str) -> Revision | None:
    return Revision.objects.of(language, content_key).open().first()


def is_bound(language: str, content_key: str, clinic: Clinic) -> bool:
    """Say whether a text waits for an approval.

    If the clinic publishes only what is approved: a page from its own first approval on, what pages are made of
    and the answers of the FAQ from the first approval of any page. The help page and words of search never wait.
    """
    kind, name = content_key.split("/")
    if not clinic.publish_only_approved or name == HELP or kind == SEARCH:
        return False
    approved = Revision.objects.filter(language=language).approved()
    signed = Page.objects.filter(language=language).exclude(reviewed_on=None)
    if kind == Page.folder:
        approved, signed = approved.filter(content_key=content_key), signed.filter(slug=name)
    return signed.exists() or approved.exists()


@transaction.atomic
def write_draft(document: Document, language: str, author: User | None, reason: str = "") -> Revision:
    """Keep a document as the text's draft; an open revision before it is retired."""
    return write_open(language, document.content_key, document.text, State.DRAFT, author, reason)


@transaction.atomic
def write_open(
    language: str, content_key: str, text: str, state: State, author: User | None = None, reason: str = ""
) -> Revision:
    open_rows = Revision.objects.select_for_update().of(language, content_key).open()
    for before in open_rows:
        if (before.text, before.state) == (text, state):
            return before
    open_rows.update(state=State.RETIRED)
    return Revision.objects.create(
        language=language, content_key=content_key, text=text, state=state, author=author, reason=reason
    )


def bring_draft(document: Document, language: str, reason: str) -> None:
    """Keep a changed file as a draft, once, unless somebody is at work on the text."""
    if is_news(language, document.content_key, document.text):
        write_draft(document, language, None, reason)


def bring_removal(language: str, content_key: str, reason: str) -> None:
    """Send to review, once, that a text without a file leaves the public, unless somebody is at work on it."""
    if is_news(language, content_key, ""):
        write_open(language, content_key, "", State.WAITING, None, reason)


def is_news(language: str, content_key: str, text: str) -> bool:
    rows = Revision.objects.of(language, content_key)
    from_file = rows.filter(author=None).first()
    return (from_file is None or from_file.text != text) and not rows.open().exists()


def removed_keys(language: str) -> set[str]:
    """Return the texts that were taken out of the public."""
    rows = Revision.objects.filter(language=language, state=State.PUBLISHED, text="")
    return set(rows.values_list("content_key", flat=True))


def record_published(
    documents: Iterable[Document], language: str, author: User | None = None, reason: str = ""
) -> None:
    """Write the revisions of documents that are public already."""
    found, now = list(documents), timezone.now()
    keys = [document.content_key for document in found]
    if not keys:
        return
    before = Revision.objects.filter(language=language, state=State.PUBLISHED)
    for start in range(0, len(keys), 500):
        before.filter(content_key__in=keys[start : start + 500]).update(state=State.RETIRED)
    Revision.objects.bulk_create(
        Revision(
            language=language,
            content_key=document.content_key,
            text=document.text,
            state=State.PUBLISHED,
            author=author,
            reason=reason,
            published_at=now,
        )
        for document in found
    )


def difference(before: str, after: str) -> list[str]:
    """Return the lines that two texts do not share, each with its sign, and one line around them."""
    lines = unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=1)
    return [line for line in lines if not line.startswith(("---", "+++", "@@"))]
