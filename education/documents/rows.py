"""Documents <-> rows: which field of which model holds what of a content file."""

from collections.abc import Mapping
from typing import Any

import msgspec

from education.documents.files import KINDS, YAML_KINDS, Document
from education.documents.targets import citations_of
from education.models import Claim, ContentRow, FaqEntry, FigureFacts, GlossaryTerm, Page, Reference, SearchWords
from education.models.citations import rewrite_citations

MODELS: Mapping[str, type[Any]] = {
    model.folder: model for model in (Reference, GlossaryTerm, FigureFacts, Claim, Page, FaqEntry, SearchWords)
}
# Keys of the front matter that are fields of another name.
RENAMED: Mapping[tuple[str, str], str] = {("claims", "id"): "claim_id", ("faq", "id"): "faq_id"}


def field_of(kind: str, key: str) -> str:
    """Return the field of the model that holds a key of the front matter."""
    return RENAMED.get((kind, key), key)


def row_from(document: Document, language: str) -> Any:
    """Return the unsaved row that a document describes."""
    model = MODELS[document.kind]
    values = {field_of(document.kind, key): value for key, value in document.meta.items()}
    if document.kind in YAML_KINDS:
        values = {"body": document.text}
    else:
        values["body"] = document.body
    values.setdefault(model.identity, document.name)
    return model(language=language, source_hash=document.hash, **values)


def document_from(row: Any) -> Document:
    """Write a row as a document."""
    if row.folder in YAML_KINDS:
        return Document(row.folder, row.name, msgspec.yaml.decode(row.body))
    meta = {key: getattr(row, field_of(row.folder, key)) for key in KINDS[row.folder]}
    return Document(row.folder, row.name, meta, row.body)


def take_out(row: ContentRow) -> None:
    """Keep a row out of the public; it rests on nothing any more, and its file, put back, counts as changed."""
    row.is_published, row.source_hash = False, ""
    row.save()
    rewrite_citations(row.language, row.content_key, ())


def save_document(document: Document, language: str, old: ContentRow | None = None, from_file: bool = False) -> Any:
    """Keep a document as a row, in place of the old one, and what it rests on."""
    row = row_from(document, language)
    if not from_file:
        row.source_hash = old.source_hash if old is not None else ""
    if old is not None:
        row.pk, row.edited_at, row.is_published = old.pk, old.edited_at, old.is_published
        if isinstance(row, Page) and isinstance(old, Page):
            row.reviewed_fingerprint = old.reviewed_fingerprint
    row.save()
    rewrite_citations(language, document.content_key, citations_of(document))
    return row
