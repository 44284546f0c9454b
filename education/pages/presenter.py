"""A page as it is read: its sections' parts, its claims at their first place, its sources numbered."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Self

from django.utils.safestring import SafeString

from education.documents.addresses import Scope, rendered
from education.documents.markdown import NO_HTML, directives, link_targets, plain_words
from education.models import Claim, Page, Reference, Section
from education.pages.figures.charts import FIGURES, Figure

WORDS_A_MINUTE = 200
WORDS_OF_A_CLAIM = 20


@dataclass(frozen=True)
class ReadPart:
    """A piece of a section: exactly one of HTML, a claim, a figure, or a list to draw by its kind."""

    kind: str
    html: SafeString = NO_HTML
    claim: Claim | None = None
    evidence: SafeString = NO_HTML
    is_first: bool = False
    figure: Figure | None = None


@dataclass(frozen=True)
class ReadSection:
    section: Section
    parts: list[ReadPart]


@dataclass(frozen=True)
class Source:
    number: int
    reference: Reference


@dataclass(frozen=True)
class Reading:
    """Everything the page template draws."""

    page: Page
    sections: list[ReadSection]
    sources: list[Source]
    numbers: dict[str, int]
    claims: list[Claim] = field(default_factory=list)

    @classmethod
    def of(cls, page: Page) -> Self:
        """Read a page with three queries, however long it is."""
        sections = list(page.sections.all())
        claims = {
            claim.claim_id: claim
            for claim in Claim.objects.in_language(page.language).filter(claim_id__in=carried_claims(sections))
        }
        references = {reference.key: reference for reference in Reference.objects.in_language(page.language)}
        cited = [key for key in cited_keys(page, sections, claims) if key in references]
        scope = Scope(page.language, tuple(cited), frozenset(claims))
        seen: set[str] = set()
        read = [ReadSection(section, list(read_parts(section.body, scope, claims, seen))) for section in sections]
        sources = [Source(number, references[key]) for key, number in scope.numbers.items()]
        return cls(page, read, sources, dict(scope.numbers), list(claims.values()))


def read_parts(text: str, scope: Scope, claims: dict[str, Claim], seen: set[str]) -> Iterable[ReadPart]:
    """Give the parts of a text, with rows and figures in place of directives."""
    for part in rendered(text, scope):
        if part.kind == "claim":
            claim = claims.get(part.value)
            if claim is None:
                continue  # only possible after an edit here; `manage.py check --database default` names it
            evidence = rendered(claim.body, scope) if claim.is_dropped else ()
            html = SafeString("".join(piece.html for piece in evidence))
            yield ReadPart("claim", claim=claim, evidence=html, is_first=claim.claim_id not in seen)
            seen.add(claim.claim_id)
        elif part.kind == "figure":
            if part.value in FIGURES:
                yield ReadPart("figure", figure=FIGURES[part.value]())
        else:
            yield ReadPart(part.kind, html=part.html)


@lru_cache(maxsize=512)
def directive_values(text: str, name: str) -> tuple[str, ...]:
    """List the values that a directive has in a text, in order."""
    return tuple(value for found, value, _, _ in directives(text) if found == name)


def carried_claims(sections: Iterable[Section]) -> list[str]:
    """List the claims that sections carry, in reading order, each once."""
    return list(dict.fromkeys(claim for part in sections for claim in directive_values(part.body, "claim")))


@lru_cache(maxsize=512)
def linked_references(text: str) -> tuple[str, ...]:
    return tuple(target.removeprefix("ref:") for target in link_targets(text) if target.startswith("ref:"))


def cited_keys(page: Page, sections: list[Section], claims: dict[str, Claim]) -> list[str]:
    """List the sources of a page in the order in which a reader meets them."""
    keys: list[str] = []
    for section in sections:
        for line in re.split(r"\n{2,}", section.body):
            for claim_id in directive_values(line, "claim"):
                keys += claims[claim_id].references if claim_id in claims else []
            for name in directive_values(line, "figure"):
                keys += FIGURES[name]().references if name in FIGURES else ()
            keys += linked_references(line)
    return list(dict.fromkeys(keys + page.references))


@lru_cache(maxsize=512)
def words_in(text: str) -> int:
    return plain_words(text)


def minutes_to_read(sections: Iterable[Section]) -> int:
    """Give the whole minutes that reading takes, at least one; a claim said twice is read once."""
    rows = list(sections)
    words = sum(words_in(section.body) for section in rows) + WORDS_OF_A_CLAIM * len(carried_claims(rows))
    return max(1, round(words / WORDS_A_MINUTE))
