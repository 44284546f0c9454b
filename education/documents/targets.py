"""What documents name of each other: everything that can be linked to, and who names what."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Self

from msgspec import Struct, field

from education.documents.body import Body
from education.documents.files import FIGURES, SEARCH, Document
from education.documents.sections import SectionError, SectionText, sections_of
from education.documents.settings import SETTINGS
from education.pages.figures.facts import FigureError, all_references, read_facts

SITE_PATHS = ("/privacy/", "/accessibility/")
# Lines that anyone may call: a link to another number could lead a person in need astray.
NUMBERS = frozenset({
    "911", "988", "711", "741741", "838255", "88788", "+18006624357", "+18004874889", "+18002738255",
    "+18002221222", "+18007997233", "+18338526262", "+18009853059",
})  # fmt: skip


class Targets(Struct):
    """Everything of one language that can be linked to."""

    pages: set[str] = field(default_factory=set)
    glossary: set[str] = field(default_factory=set)
    faq: set[str] = field(default_factory=set)
    claims: set[str] = field(default_factory=set)
    references: set[str] = field(default_factory=set)
    figures: set[str] = field(default_factory=set)
    said: dict[str, str] = field(default_factory=lambda: {name: str(words) for name, words in SETTINGS.items()})

    @classmethod
    def of(cls, documents: Iterable[Document]) -> Self:
        targets = cls()
        for document in documents:
            targets.add(document)
        return targets

    def add(self, document: Document) -> None:
        if document.kind == "pages":
            anchors = {f"{document.name}#{section.anchor}" for section in sections_or_none(document)}
            self.pages |= {document.name} | anchors
        elif document.kind == "references":
            self.references.add(document.meta["key"])
        elif document.kind == "claims":
            self.claims.add(document.meta["id"])
            self.said[document.meta["id"]] = document.meta["statement"]
        elif document.kind != SEARCH:  # nothing names the words of search
            getattr(self, document.kind).add(document.name)

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
        if scheme in ("tel", "sms"):
            return "" if name in NUMBERS else f"The number {name} is none that pages may give."
        if target.startswith("https://") or target in SITE_PATHS:
            return ""
        return f"The link {target} is of a kind that is not used here."


def sections_or_none(document: Document) -> Sequence[SectionText]:
    """Return a page's sections; none when it is not so made, which the check names."""
    try:
        return sections_of(document.body)
    except SectionError:
        return ()


def citations_of(document: Document) -> Iterator[tuple[str, str]]:
    """Yield what a document rests on, as (source, target)."""
    key = document.content_key
    for name in document.meta.get("references", []):
        yield key, f"references/{name.lower()}"
    for name in document.meta.get("claims", []) if document.kind == "faq" else ():
        yield key, f"claims/{name.lower()}"
    if document.kind == "faq" and document.meta["section"]:
        yield key, f"pages/{document.meta['section']}"
    if document.kind == FIGURES:
        try:
            names = all_references(read_facts(document.meta))
        except FigureError:
            names = ()
        for name in names:
            yield key, f"references/{name.lower()}"
        return
    texts = [(key, document.body)]
    if document.kind == "pages":
        texts = [(f"{key}#{section.anchor}", section.body) for section in sections_or_none(document)]
    for source, text in texts:
        yield from body_citations(source, Body.of(text))


def body_citations(source: str, body: Body) -> Iterator[tuple[str, str]]:
    for kind, name in body.sources:
        yield source, f"{kind}/{name.lower()}"
    schemes = {"page": "pages", "glossary": "glossary", "faq": "faq", "claim": "claims"}
    for scheme, folder in schemes.items():
        for name in body.linked(scheme):
            yield source, f"{folder}/{name if scheme == 'page' else name.lower()}"
