"""Load a folder of content files into the database, and write it back out."""

from collections.abc import Collection, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from django.db import transaction
from msgspec import Struct, field

from clinic.models import Clinic
from education.documents.check import check_documents
from education.documents.files import ContentError, Document, content_paths, parse_document, suffix_of, text_hash
from education.documents.revisions import (
    bring_draft,
    bring_removal,
    is_bound,
    record_published,
    removed_keys,
    write_open,
)
from education.documents.rows import MODELS, document_from, save_document
from education.documents.targets import sections_or_none
from education.models import Page
from education.models.citations import cited_anchors
from education.models.revisions import State


class LoadReport(Struct):
    """What loading did with each file, by `folder/name`."""

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    without_file: list[str] = field(default_factory=list)


def read_folder(folder: Path) -> dict[str, bytes]:
    """Return each content file of a language as `folder/name` and its bytes."""
    return {f"{path.parent.name}/{path.stem}": path.read_bytes() for path in content_paths(folder)}


def parse_files(files: dict[str, bytes]) -> list[Document]:
    documents = []
    for path, content in files.items():
        kind, name = path.split("/")
        documents.append(parse_document(f"{path}.{suffix_of(kind)}", kind, name, content))
    return documents


def rows_by_key(language: str) -> dict[str, Any]:
    """Return the rows of a language by `folder/name`."""
    return {row.content_key: row for model in MODELS.values() for row in model.objects.filter(language=language)}


def named_files(files: Collection[str], names: Collection[str], folder: Path) -> Iterator[str]:
    """Yield the files that are named by their path or by their name alone."""
    for name in names:
        found = [path for path in files if name in (path, path.split("/")[1])]
        if not found:
            raise ContentError(folder, 1, f"There is no content file named {name}.")
        yield from found


@transaction.atomic
def load_folder(folder: Path, language: str, overwrite: Collection[str] = ()) -> LoadReport:
    """Bring the rows of a language up to date with its files, all of them or none.

    A row that staff edited, or whose text needs an approval, is kept: its changed file becomes a draft. With its name
    or its path in `overwrite` the file is taken for it: in public at once, or, where an approval is needed, as what
    waits for it in place of any draft. A row whose file is gone is kept; that it leaves the public is sent to review.
    Files are parsed only when one of them has changed.
    """
    files, rows, report = read_folder(folder), rows_by_key(language), LoadReport()
    removed = removed_keys(language)
    needs_approval = partial(is_bound, language, clinic=Clinic.current())
    if not files:
        raise ContentError(folder, 1, "There are no content files here.")
    forced = set(named_files(files, overwrite, folder))
    changed = {
        path
        for path, content in files.items()
        if path not in rows or rows[path].source_hash != text_hash(content) or (path in forced and rows[path].is_edited)
    }
    documents = {document.content_key: document for document in parse_files(files if changed else {})}
    check_documents(list(documents.values()))
    for path in files:
        old = rows.get(path)
        waits = path in changed and old is not None and (path in removed or needs_approval(path))
        if path in forced and waits:
            report.waiting.append(path)
            reason = "The content file was taken, in place of any draft."
            write_open(language, path, documents[path].text, State.WAITING, None, reason)
        elif old is not None and path not in forced and (old.is_edited or waits):
            report.kept.append(path)
            if path in changed:
                bring_draft(documents[path], language, "The content file changed.")
        elif path not in changed:
            report.unchanged.append(path)
        else:
            save_document(documents[path], language, old, from_file=True).forget_edit()
            (report.created if old is None else report.updated).append(path)
    loaded = [documents[path] for path in report.created + report.updated]
    for document in loaded:  # after all of them, for two files may have moved together
        check_anchors(document, language)
    record_published(loaded, language)
    report.without_file = [path for path in rows if path not in files and path not in removed]
    for path in report.without_file:
        if rows[path].source_hash and rows[path].is_published:  # it had a file, and readers see it
            bring_removal(language, path, "Its content file is gone.")
    return report


def check_anchors(document: Document, language: str) -> None:
    """Refuse a page without a section that others rest on."""
    for anchor, citing in lost_sections(document, language):
        raise ContentError(document.path, 1, f"The section #{anchor} must stay; it is needed by: {', '.join(citing)}")


def lost_sections(document: Document, language: str) -> Iterator[tuple[str, list[str]]]:
    """Yield each section that others rest on and a page would no longer have, with who does."""
    if document.kind != Page.folder:
        return
    anchors = {section.anchor for section in sections_or_none(document)}
    for anchor, citing in cited_anchors(language, document.content_key).items():
        if anchor not in anchors:
            yield anchor, citing


def documents_of(language: str) -> list[Document]:
    """Write every row of a language as a document, those left out that were taken out of the public."""
    removed = removed_keys(language)
    return [document_from(row) for key, row in rows_by_key(language).items() if key not in removed]


def export_folder(folder: Path, language: str) -> int:
    """Write every row of a language as its file; say how many."""
    documents = documents_of(language)
    for document in documents:
        path = folder / document.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(document.text.encode())
    return len(documents)
