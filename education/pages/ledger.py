"""The claims ledger in its groups, by the letters of the claims' ids; the references in theirs, by their kind."""

from collections.abc import Iterable
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from education.models import Reference

GROUPS: tuple[tuple[str, Promise | str, tuple[str, ...]], ...] = (
    ("route", _("IV among other ways"), ("IV",)),
    ("onset", _("How fast it starts"), ("ON",)),
    ("dose", _("Control of the dose"), ("DC",)),
    ("blood", _("How much reaches the blood"), ("BA",)),
    ("duration", _("How long it lasts, and cost"), ("DU",)),
    ("safety", _("Safety and monitoring"), ("SM",)),
    ("hard-to-treat", _("When other treatments did not help"), ("TR",)),
    ("choice", _("Choosing a treatment"), ("CO",)),
    ("benefits", _("Benefits"), ("BR",)),
    ("risks", _("Risks on the day and after"), ("RC",)),
    ("studies", _("Studies that clinics cite"), ("RF",)),
    ("left-out", _("What clinics' articles leave out"), ("GAP",)),
)


def claim_groups(rows: Iterable[tuple[Any, ...]]) -> list[tuple[str, Promise | str, list[tuple[Any, ...]]]]:
    """Sort rows that begin with a claim into the groups; a group without rows is left out."""
    by_prefix: dict[str, list[tuple[Any, ...]]] = {}
    for row in rows:
        by_prefix.setdefault(row[0].claim_id.partition("-")[0], []).append(row)
    groups = []
    for anchor, heading, prefixes in GROUPS:
        found = [row for prefix in prefixes for row in by_prefix.pop(prefix, [])]
        if found:
            groups.append((anchor, heading, found))
    if by_prefix:
        groups.append(("more", _("More"), [row for rows in by_prefix.values() for row in rows]))
    return groups


KINDS: tuple[tuple[Promise | str, tuple[str, ...]], ...] = (
    (_("Labels, regulators and official pages"), ("label", "regulator", "patient drug", "government", "official")),
    (_("Guidelines and expert groups"), ("guideline",)),
    (_("Trials, and many trials taken together"), ("randomized", "meta-analysis", "systematic", "pooled")),
    (_("Other studies"), ("observational", "open-label", "drug level", "diagnostic")),
    (_("Reviews, textbooks and secondary sources"), ("review", "textbook", "secondary", "tertiary", "news")),
    (_("Sources of our forms"), ("instrument", "FHIR", "terminology")),
    (_("Clinics, and this clinic's own rules"), ("clinic", "local")),
)


def reference_groups(references: Iterable[Reference]) -> list[tuple[Promise | str, list[Reference]]]:
    """Sort references into groups by the first words of their kind; a group without any is left out."""
    waiting = list(references)
    groups = []
    for heading, kinds in KINDS:
        found = [row for row in waiting if row.kind.startswith(kinds)]
        waiting = [row for row in waiting if row not in found]
        groups.append((heading, found))
    return [(heading, found) for heading, found in [*groups, (_("Other"), waiting)] if found]
