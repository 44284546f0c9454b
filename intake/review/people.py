"""Which forms may be one person's: proposed by exact values, confirmed by a human, never merged."""

from django.db.models import Q
from msgspec import Struct

from clinic.sealing.lookup import normalise_name
from clinic.web.phone import same_phone
from intake.models import LookupHash, Match, Submission
from intake.models.lookup import hashes_of, said

FIELDS = ("legal-name", "birth-date", "phone", "email")
ENOUGH = 3
MOST = 20  # proposals looked at


class Likeness(Struct, frozen=True):
    """Another form, and what it shares with this one."""

    submission: Submission
    rows: tuple[tuple[str, str, str, bool], ...]  # question, here, there, whether they are equal
    match: Match | None  # what a human said last

    @property
    def is_same(self) -> bool:
        return bool(self.match and self.match.is_same)


def likely_same(submission: Submission) -> list[Likeness]:
    """Return the forms that share at least three of name, birth date, phone and email, or that a human matched."""
    hashes = dict(hashes_of(submission.definition, submission.identity))
    found = Q(pk__in=[])
    for kind in ("name-birth", "phone", "email"):
        if kind in hashes:
            found |= Q(kind=kind, hash=hashes[kind])
    ids = set(LookupHash.objects.filter(found).values_list("submission_id", flat=True)[: MOST * 3])
    said_of = latest_matches(submission)
    others = Submission.objects.with_version().for_front_desk()
    others = others.filter(pk__in=ids | set(said_of)).exclude(pk=submission.pk).order_by("-submitted_at")[:MOST]
    likenesses = [compare(submission, other, said_of.get(other.pk)) for other in others]
    return [one for one in likenesses if one.match or sum(same for *_rest, same in one.rows) >= ENOUGH]


def compare(one: Submission, other: Submission, match: Match | None) -> Likeness:
    rows = []
    for role in FIELDS:
        item = one.definition.role(role)
        here, there = (said(form.definition, form.identity, role) for form in (one, other))
        if item and (here or there):
            rows.append((item.text, here, there, as_compared(role, here) == as_compared(role, there)))
    return Likeness(other, tuple(rows), match)


def as_compared(role: str, value: str) -> str:
    if role == "legal-name":
        return normalise_name(value)
    if role == "phone":
        return same_phone(value)
    return value.strip().casefold()


def latest_matches(submission: Submission) -> "dict[object, Match]":
    """Return what was said last about this form and each other one."""
    latest: dict[object, Match] = {}
    rows = Match.objects.filter(Q(submission=submission) | Q(later=submission)).order_by("at")
    for match in rows.select_related("by"):
        latest[match.later_id if match.submission_id == submission.pk else match.submission_id] = match
    return latest


def last_confirmed(submission: Submission) -> Match | None:
    """Return the match with the newest earlier form that stands confirmed."""
    confirmed = [
        match for match in latest_matches(submission).values() if match.is_same and match.later_id == submission.pk
    ]
    return max(confirmed, key=lambda match: match.submission.submitted_at, default=None)


def newer_confirmed(submission: Submission) -> Submission | None:
    """Return the newest later form that stands confirmed as the same person's."""
    confirmed = [
        match.later
        for match in latest_matches(submission).values()
        if match.is_same and match.submission_id == submission.pk
    ]
    return max(confirmed, key=lambda later: later.submitted_at, default=None)
