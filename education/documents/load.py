"""Load a folder of content files into the database, and write it back out."""

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction

from education.documents.files import ContentError, Document, content_paths, parse_document, text_hash
from education.documents.links import check_links
from education.documents.rows import ROW_KINDS, document_from, file_name, row_from, save_row


@dataclass
class LoadReport:
    """What loading did with each file, by `folder/name`."""

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    without_file: list[str] = field(default_factory=list)


def read_folder(folder: Path) -> dict[str, bytes]:
    """Give each content file of a language as `folder/name` and its bytes."""
    return {f"{path.parent.name}/{path.stem}": path.read_bytes() for path in content_paths(folder)}


def parse_files(files: dict[str, bytes]) -> list[Document]:
    documents = []
    for path, content in files.items():
        kind, name = path.split("/")
        documents.append(parse_document(f"{path}.md", kind, name, content))
    return documents


def rows_by_path(language: str) -> dict[str, Any]:
    """Give the rows of a language by the path of their file."""
    return {
        f"{name}/{file_name(row)}": row
        for name, kind in ROW_KINDS.items()
        for row in kind.model.objects.filter(language=language)
    }


@transaction.atomic
def load_folder(folder: Path, language: str, overwrite: Collection[str] = ()) -> LoadReport:
    """Bring the rows of a language up to date with its files, all of them or none.

    A row that staff edited is kept, unless `overwrite` has its name or its path. A row without a file is
    left alone and reported. Files are parsed only when one of them has changed.
    """
    files, rows, report = read_folder(folder), rows_by_path(language), LoadReport()
    if not files:
        raise ContentError(folder, 1, "There are no content files here.")
    forced = {path for path in files if path in overwrite or path.split("/")[1] in overwrite}
    unknown = [name for name in overwrite if not any(name in (path, path.split("/")[1]) for path in forced)]
    if unknown:
        raise ContentError(folder, 1, f"There is no content file named {unknown[0]}.")
    changed = {
        path
        for path, content in files.items()
        if path in forced or path not in rows or rows[path].source_hash != text_hash(content)
    }
    documents = {document.path.removesuffix(".md"): document for document in parse_files(files if changed else {})}
    check_links(list(documents.values()))
    for path in files:
        old = rows.get(path)
        if old is not None and old.is_edited and path not in forced:
            report.kept.append(path)
        elif path not in changed:
            report.unchanged.append(path)
        else:
            save_row(row_from(documents[path], language), old, documents[path])
            (report.created if old is None else report.updated).append(path)
    report.without_file = [path for path in rows if path not in files]
    return report


def documents_of(language: str) -> list[Document]:
    """Write every row of a language as a document."""
    pages = ROW_KINDS["pages"].model.objects.filter(language=language).prefetch_related("sections")
    sections = {page.slug: list(page.sections.all()) for page in pages}
    return [document_from(row, sections.get(file_name(row))) for row in rows_by_path(language).values()]


def export_folder(folder: Path, language: str) -> int:
    """Write every row of a language as its file; say how many."""
    documents = documents_of(language)
    for document in documents:
        path = folder / document.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(document.text.encode())
    return len(documents)
