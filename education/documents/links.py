"""Refuse content whose links, claims, references or figures lead nowhere."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self

from education.documents.files import ContentError, Document
from education.documents.markdown import directives, link_targets
from education.documents.rows import parse_sections
from education.pages.figures.charts import FIGURES

LOOSE_DIRECTIVE = re.compile(r"\{(claim|figure|crisis|reference-list|conflicts)\b")
OPEN_SCHEMES = ("https://", "tel:", "sms:")
SITE_PATHS = ("/privacy/",)


@dataclass
class Targets:
    """Everything of one language that can be linked to."""

    pages: set[str] = field(default_factory=set)
    glossary: set[str] = field(default_factory=set)
    faq: set[str] = field(default_factory=set)
    claims: set[str] = field(default_factory=set)
    references: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, documents: Iterable[Document]) -> Self:
        targets = cls()
        for document in documents:
            if document.kind == "pages":
                anchors = {f"{document.name}#{section.anchor}" for section in parse_sections(document)}
                targets.pages |= {document.name} | anchors
            elif document.kind == "references":
                targets.references.add(document.meta["key"])
            elif document.kind == "claims":
                targets.claims.add(document.meta["id"])
            elif document.kind == "faq":
                targets.faq.add(document.name)
            else:
                targets.glossary.add(document.name)
        return targets

    def problem_with(self, target: str) -> str:
        """Say what is wrong with a link's target; empty when it leads somewhere."""
        scheme, _, name = target.partition(":")
        known = {
            "page": self.pages,
            "glossary": self.glossary,
            "faq": self.faq,
            "claim": self.claims,
            "ref": self.references,
            "intake": {""},
        }
        if scheme in known and "//" not in target:
            return "" if name in known[scheme] else f"The link {target} leads nowhere."
        if target.startswith(OPEN_SCHEMES) or target in SITE_PATHS:
            return ""
        return f"The link {target} is of a kind that is not used here."


def check_links(documents: list[Document]) -> None:
    """Raise a ContentError for the first thing in the documents that leads nowhere."""
    targets = Targets.of(documents)
    for document in documents:
        check_front_matter(document, targets)
        check_body(document, targets)


def check_front_matter(document: Document, targets: Targets) -> None:
    named = [(key, targets.references, "reference") for key in document.meta.get("references", [])]
    named += [(key, targets.claims, "claim") for key in document.meta.get("claims", [])]
    if "section" in document.meta:
        named.append((document.meta["section"], targets.pages, "section"))
    for key, known, word in named:
        if key not in known:
            raise ContentError(document.path, document.line_of(key), f"There is no {word} {key}.")


def check_body(document: Document, targets: Targets) -> None:
    for target in link_targets(document.body):
        if problem := targets.problem_with(target):
            raise ContentError(document.path, document.line_of(f"]({target})"), problem)
    lines_of_directives = set()
    for name, value, offset, level in directives(document.body):
        line = document.body_line + offset
        if level or document.kind != "pages":
            raise ContentError(document.path, line, f"{{{name}}} may stand only in a page, outside lists and boxes.")
        if name == "claim" and value not in targets.claims:
            raise ContentError(document.path, line, f"There is no claim {value}.")
        if name == "figure" and value not in FIGURES:
            raise ContentError(document.path, line, f"There is no figure {value}.")
        lines_of_directives.add(offset)
    for offset, text in enumerate(document.body.split("\n")):
        if LOOSE_DIRECTIVE.search(text) and offset not in lines_of_directives:
            line = document.body_line + offset
            raise ContentError(document.path, line, "A directive stands alone on its line, with blank lines around it.")
