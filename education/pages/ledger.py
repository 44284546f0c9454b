"""The claims ledger: what a reader asks for, in groups by the letters of the claims' ids; references by their kind."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from msgspec import Struct, field

from education.documents.body import Body
from education.documents.render import Scope, text_html
from education.models import Claim, Grade, Page, Reference, Section, SourceKind, Verdict
from education.pages.library import Library

Words = Promise | str

GROUPS: tuple[tuple[str, Words, str], ...] = (
    ("route", _("IV among other ways"), "IV"),
    ("onset", _("How fast it starts"), "ON"),
    ("dose", _("Control of the dose"), "DC"),
    ("blood", _("How much reaches the blood"), "BA"),
    ("duration", _("How long it lasts, and cost"), "DU"),
    ("safety", _("Safety and monitoring"), "SM"),
    ("hard-to-treat", _("When other treatments did not help"), "TR"),
    ("choice", _("Choosing a treatment"), "CO"),
    ("benefits", _("Benefits"), "BR"),
    ("risks", _("Risks on the day and after"), "RC"),
    ("studies", _("Studies that clinics cite"), "RF"),
    ("left-out", _("What clinics' articles leave out"), "GAP"),
)
MORE = ("more", _("More"), "")


class LedgerFilter(Struct, frozen=True):
    """What a reader of the ledger asks for; whatever is not known is not asked."""

    claim: str = ""
    grade: str = ""
    verdict: str = ""
    page: str = ""
    words: str = ""

    @classmethod
    def of(cls, query: QueryDict, pages: Mapping[str, Page]) -> "LedgerFilter":
        grade, verdict, page = query.get("grade", ""), query.get("verdict", ""), query.get("page", "")
        return cls(
            query.get("claim", "")[:12].lower(),
            grade if grade in Grade.values else "",
            verdict if verdict in Verdict.values else "",
            page if page in pages else "",
            query.get("q", "").strip()[:80],
        )

    @property
    def is_set(self) -> bool:
        return self != LedgerFilter()

    def admits(self, row: "LedgerRow") -> bool:
        claim = row.claim
        if self.claim:
            return claim.name == self.claim
        said = " ".join((claim.claim_id, claim.statement, claim.seed, claim.body)).lower()
        return (
            self.grade in ("", claim.statement_grade)
            and self.verdict in ("", claim.verdict)
            and (not self.page or any(section.page.slug == self.page for section in row.sections))
            and all(word in said for word in self.words.lower().split())
        )


class LedgerRow(Struct, frozen=True):
    """A claim with its evidence, its sources and where it stands."""

    claim: Claim
    evidence: SafeString
    references: list[Reference]
    sections: list[Section]


class LedgerGroup(Struct):
    anchor: str
    heading: Words
    rows: list[LedgerRow] = field(default_factory=list)


def sections_of_claims(pages: Iterable[Page]) -> dict[str, list[Section]]:
    """Return, for each claim, the sections that carry it, in reading order."""
    found: dict[str, list[Section]] = defaultdict(list)
    for section in (section for page in pages for section in page.sections):
        for name in dict.fromkeys(Body.of(section.body).claims):
            found[name].append(section)
    return found


def ledger_groups(library: Library, asked: LedgerFilter) -> list[LedgerGroup]:
    """Return the claims that are asked for, in their groups; a group without any is left out."""
    carried = sections_of_claims(library.pages.values())
    groups = {prefix: LedgerGroup(anchor, heading) for anchor, heading, prefix in (*GROUPS, MORE)}
    scope = Scope(library.language)
    for claim in library.claims.values():
        references = [library.references[key] for key in claim.references if key in library.references]
        row = LedgerRow(claim, text_html(claim.body, scope), references, carried.get(claim.claim_id, []))
        if asked.admits(row):
            prefix = claim.claim_id.partition("-")[0]
            groups.get(prefix, groups[""]).rows.append(row)
    return [group for group in groups.values() if group.rows]


KINDS: tuple[tuple[Words, frozenset[str]], ...] = (
    (
        _("Labels, regulators and official pages"),
        frozenset({SourceKind.LABEL, SourceKind.REGULATOR, SourceKind.OFFICIAL, SourceKind.PATIENT_INFORMATION}),
    ),
    (_("Guidelines and expert groups"), frozenset({SourceKind.GUIDELINE})),
    (_("Trials, and many trials taken together"), frozenset({SourceKind.TRIAL, SourceKind.META_ANALYSIS})),
    (
        _("Other studies"),
        frozenset({SourceKind.OBSERVATIONAL, SourceKind.INTERVIEWS, SourceKind.DRUG_LEVEL}),
    ),
    (_("Reviews and second-hand sources"), frozenset({SourceKind.REVIEW, SourceKind.SECONDARY})),
    (_("Sources of our forms"), frozenset({SourceKind.INSTRUMENT})),
    (_("Clinics, and this clinic's own rules"), frozenset({SourceKind.CLINIC_OPINION, SourceKind.POLICY})),
)


def reference_groups(references: Iterable[Reference]) -> list[tuple[Words, list[Reference]]]:
    """Return references in groups by their kind; a group without any is left out."""
    rows = list(references)
    groups = [(heading, [row for row in rows if row.kind in kinds]) for heading, kinds in KINDS]
    return [(heading, found) for heading, found in groups if found]


def ledger_context(library: Library, query: QueryDict) -> dict[str, Any]:
    """Return everything the ledger is drawn from."""
    asked = LedgerFilter.of(query, library.pages)
    groups = ledger_groups(library, asked)
    return {
        "asked": asked,
        "groups": groups,
        "count": sum(len(group.rows) for group in groups),
        "total": len(library.claims),
        "grades": Grade.choices,
        "verdicts": Verdict.choices,
        "pages": library.pages.values(),
    }
