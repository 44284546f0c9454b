"""A page as it is read: its sections' parts, its claims with their marks, its sources numbered."""

from collections.abc import Iterable, Iterator
from functools import cached_property

from django.utils.safestring import SafeString
from msgspec import Struct

from education.documents.body import Body
from education.documents.measure import blocks_of, minutes_to_read, words_in
from education.documents.plan import UNMARKED
from education.documents.render import NO_HTML, Part, Scope, rendered
from education.documents.rows import document_from
from education.models import Claim, FaqEntry, GlossaryTerm, Page, Reference, Section
from education.pages.figures.drawing import Figure
from education.pages.figures.facts import all_references
from education.pages.library import Library


class Source(Struct, frozen=True):
    """A numbered source, with the claims of the page that rest on it."""

    number: int
    reference: Reference
    claims: tuple[Claim, ...] = ()


class PresentedPart(Struct, frozen=True):
    """A piece of a text with all that its template draws: HTML, a claim, the clinic's words, a figure, a box."""

    kind: str
    html: SafeString = NO_HTML
    value: str = ""
    title: str = ""
    claim: Claim | None = None
    numbers: tuple[int, ...] = ()
    is_marked: bool = False
    anchor: str = ""
    words: str = ""
    figure: Figure | None = None
    parts: tuple["PresentedPart", ...] = ()


class Reader(Struct, frozen=True):
    """Reads texts that share a list of sources."""

    library: Library
    scope: Scope
    is_marked: bool = True
    has_anchors: bool = True

    def read(self, text: str) -> tuple[PresentedPart, ...]:
        return tuple(self.present(rendered(text, self.scope)))

    def present(self, parts: Iterable[Part]) -> Iterator[PresentedPart]:
        for part in parts:
            if part.kind == "html":
                yield PresentedPart("html", html=part.html)
            elif part.kind == "claim":
                if claim := self.library.claims.get(part.value):
                    yield self.present_claim(claim)
            elif part.kind == "setting":
                yield PresentedPart("setting", words=self.library.said.get(part.value, ""))
            elif part.kind in ("figure", "emergency-list"):
                if figure := self.library.figure(part.value or part.kind):
                    yield PresentedPart("figure", figure=figure)
            else:
                yield PresentedPart(
                    part.kind, value=part.value, title=part.title, parts=tuple(self.present(part.parts))
                )

    def present_claim(self, claim: Claim) -> PresentedPart:
        numbers = tuple(sorted(self.scope.numbers[key] for key in claim.references if key in self.scope.numbers))
        return PresentedPart(
            "claim",
            claim=claim,
            numbers=numbers,
            is_marked=self.is_marked and claim.is_marked and bool(numbers),
            anchor=claim.anchor if self.has_anchors else "",
        )


class PresentedSection(Struct, frozen=True):
    section: Section
    parts: tuple[PresentedPart, ...]


class PagePresenter(Struct, frozen=True, dict=True):
    """Everything the page template draws."""

    page: Page
    library: Library

    @cached_property
    def bodies(self) -> list[Body]:
        return [Body.of(section.body) for section in self.page.sections]

    @cached_property
    def claims(self) -> dict[str, Claim]:
        """The claims that the page carries, in reading order."""
        names = dict.fromkeys(name for body in self.bodies for name in body.claims)
        return {name: self.library.claims[name] for name in names if name in self.library.claims}

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Its sources, in the order in which a reader meets them; none of its own where the page lists them all."""
        if "reference-list" in self.shows:
            return ()
        keys = [key for body in self.bodies for key in cited_by(body, self.library)]
        return tuple(key for key in dict.fromkeys(keys + self.page.references) if key in self.library.references)

    @property
    def is_marked(self) -> bool:
        return self.page.slug not in UNMARKED

    @cached_property
    def scope(self) -> Scope:
        return Scope(self.page.language, self.keys, frozenset(self.claims), explains_terms=True)

    @cached_property
    def sections(self) -> list[PresentedSection]:
        reader = Reader(self.library, self.scope, self.is_marked)
        return [PresentedSection(section, reader.read(section.body)) for section in self.page.sections]

    @cached_property
    def sources(self) -> list[Source]:
        return sources_of(self.keys, self.library, self.claims.values())

    @property
    def references(self) -> list[Reference]:
        """Return the sources that a reader sees on it."""
        if self.shows & {"reference-list", "conflicts"}:
            return list(self.library.references.values())
        return [source.reference for source in self.sources]

    @property
    def numbers(self) -> dict[str, int]:
        return dict(self.scope.numbers)

    @cached_property
    def terms(self) -> list[tuple[GlossaryTerm, SafeString]]:
        """The words it explains in place."""
        return explained(self.bodies, self.library)

    @property
    def shows(self) -> frozenset[str]:
        return frozenset().union(*(body.directives for body in self.bodies))

    @cached_property
    def minutes(self) -> int:
        return minutes_to_read(words_in(self.blocks))

    @cached_property
    def blocks(self) -> list[str]:
        """Its blocks of words, closed parts left out."""
        return blocks_of(document_from(self.page), self.library.words)


def cited_by(body: Body, library: Library) -> Iterator[str]:
    """Yield the sources of a text: those it links to, and those of its claims and figures."""
    for kind, name in body.sources:
        if kind == "references":
            yield name
        elif kind == "claims" and name in library.claims:
            yield from library.claims[name].references
        elif kind == "figures" and (figure := library.figure(name)):
            yield from all_references(figure.facts)


def sources_of(keys: Iterable[str], library: Library, claims: Iterable[Claim]) -> list[Source]:
    marked = [claim for claim in claims if claim.is_marked]
    return [
        Source(number, library.references[key], tuple(claim for claim in marked if key in claim.references))
        for number, key in enumerate(keys, 1)
    ]


def explained(bodies: Iterable[Body], library: Library) -> list[tuple[GlossaryTerm, SafeString]]:
    names = sorted({name for body in bodies for name in body.linked("glossary")} & set(library.terms))
    scope = Scope(library.language)
    return [
        (library.terms[name], SafeString("".join(p.html for p in rendered(library.terms[name].body, scope))))
        for name in names
    ]


class PresentedAnswer(Struct, frozen=True):
    """A question of the FAQ with its answer."""

    entry: FaqEntry
    parts: tuple[PresentedPart, ...]
    more: str = ""
    more_url: str = ""
