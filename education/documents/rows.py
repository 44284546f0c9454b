"""Documents <-> rows: which field of which model holds what of a content file."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from django.core.exceptions import ValidationError

from education.documents.files import KINDS, ContentError, Document
from education.models import Claim, ContentRow, FaqEntry, GlossaryTerm, Page, Reference, Section

SECTION_HEADING = re.compile(r"^## (?P<heading>.+) \{#(?P<anchor>[a-z0-9-]+)\}$")


@dataclass(frozen=True)
class RowKind:
    """Where one kind of file is kept: its model, the field that names the row, and keys under other names."""

    model: type[Any]
    identity: str
    renamed: Mapping[str, str] = field(default_factory=dict)


ROW_KINDS: Mapping[str, RowKind] = {
    "references": RowKind(Reference, "key"),
    "glossary": RowKind(GlossaryTerm, "slug"),
    "claims": RowKind(Claim, "claim_id", {"id": "claim_id"}),
    "pages": RowKind(Page, "slug"),
    "faq": RowKind(FaqEntry, "faq_id", {"id": "faq_id"}),
}


@dataclass(frozen=True)
class SectionText:
    """A section as it stands in a page's file."""

    heading: str
    anchor: str
    body: str
    line: int


def file_name(row: ContentRow) -> str:
    """Give the name, without `.md`, of the file that a row comes from or would be written to."""
    return next(str(getattr(row, kind.identity)).lower() for kind in ROW_KINDS.values() if type(row) is kind.model)


def parse_sections(document: Document) -> list[SectionText]:
    """Cut a page's body at its `## Heading {#anchor}` lines."""
    lines = document.body.split("\n")
    starts = [number for number, line in enumerate(lines) if line.startswith("## ")]
    if not starts or starts[0] != 0:
        raise ContentError(document.path, document.body_line, "A page begins with '## Heading {#anchor}'.")
    sections = []
    for start, end in pairwise([*starts, len(lines)]):
        line = document.body_line + start
        match = SECTION_HEADING.match(lines[start])
        if not match:
            raise ContentError(document.path, line, "A section's heading is '## Heading {#anchor}'.")
        body = "\n".join(lines[start + 1 : end]).strip("\n")
        sections.append(SectionText(match["heading"], match["anchor"], body, line))
    if document.body != sections_text(sections):
        raise ContentError(
            document.path, document.body_line, "Headings of sections need exactly one blank line before and after."
        )
    anchors = [section.anchor for section in sections]
    for number, section in enumerate(sections):
        if len(section.heading) > 160 or len(section.anchor) > 60:
            raise ContentError(document.path, section.line, "A heading has at most 160 characters, an anchor 60.")
        if section.anchor in anchors[:number]:
            raise ContentError(document.path, section.line, f"The anchor #{section.anchor} stands twice.")
    return sections


def sections_text(sections: list[SectionText]) -> str:
    """Write the sections as a page's body."""
    return "\n\n".join(f"## {section.heading} {{#{section.anchor}}}\n\n{section.body}" for section in sections)


def row_from(document: Document, language: str) -> Any:
    """Make the unsaved row that a file describes, checked as far as one file can be."""
    kind = ROW_KINDS[document.kind]
    values = {kind.renamed.get(key, key): value for key, value in document.meta.items()}
    if kind.identity not in values:
        values[kind.identity] = document.name
    if values[kind.identity].lower() != document.name:
        raise ContentError(document.path, 2, f"The file of {values[kind.identity]} must be named after it.")
    if document.kind != "pages":
        values["body"] = document.body
    row = kind.model(language=language, source_hash=document.hash, **values)
    try:
        row.clean_fields(exclude=["key_points", "references", "claims"])
    except ValidationError as error:
        name, problems = next(iter(error.message_dict.items()))
        raise ContentError(document.path, document.line_of(f"{name}:"), f"{name}: {problems[0]}") from error
    return row


def document_from(row: Any, sections: list[Section] | None = None) -> Document:
    """Write a row as a document; a page takes its sections in their order."""
    kind_name = next(name for name, kind in ROW_KINDS.items() if type(row) is kind.model)
    renamed = ROW_KINDS[kind_name].renamed
    meta = {key: getattr(row, renamed.get(key, key)) for key in KINDS[kind_name]}
    if kind_name != "pages":
        return Document(kind_name, file_name(row), meta, row.body)
    texts = [SectionText(part.heading, part.anchor, part.body, 0) for part in sections or []]
    return Document(kind_name, file_name(row), meta, sections_text(texts))


def save_row(new: Any, old: Any | None, document: Document) -> None:
    """Keep a row read from a file, in place of the old one; the sections of a page with it."""
    if old is not None:
        new.pk = old.pk
        if isinstance(new, Page):
            new.is_published = old.is_published
    new.save()
    if isinstance(new, Page):
        new.sections.all().delete()
        Section.objects.bulk_create(
            Section(page=new, position=number, anchor=text.anchor, heading=text.heading, body=text.body)
            for number, text in enumerate(parse_sections(document), 1)
        )
