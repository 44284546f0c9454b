"""Flags as staff read them: in words, grouped by subject, what holds now apart from what was said earlier."""

from collections.abc import Iterable

from django import forms
from msgspec import Struct

from clinic.models import User
from clinic.web.links import learn_url, reference_url
from intake.definition.model import Definition
from intake.definition.rules import Severity
from intake.models import Flag, FlagResolution
from intake.response.response import Response
from intake.review.forms import ReopenForm, ResolveForm
from intake.review.reasons import Reason, answered_beside, read_reason
from intake.review.settling import permission_for


class FlagCard(Struct, frozen=True):
    """One flag: what, so what to do, what it rests on, and how it was settled."""

    flag: Flag
    severity: Severity
    reason: Reason
    answers: tuple[tuple[str, str], ...]
    patient: str
    sources: tuple[tuple[str, str], ...]
    learn: str
    resolution: FlagResolution | None
    waits_for_second: bool
    may_settle: bool
    form: forms.Form  # settles it by itself, or opens it again

    @property
    def title(self) -> str:
        return self.reason.what

    @property
    def is_open(self) -> bool:
        return self.resolution is None or self.waits_for_second

    @property
    def settled_words(self) -> str:
        """Return why it counts as settled: its own reason, or what was written about the contact."""
        if self.resolution is None:
            return ""
        return self.resolution.reason or (self.resolution.contact.text if self.resolution.contact else "")


class FlagGroup(Struct, frozen=True):
    """The flags of one subject, the worst first."""

    title: str
    cards: tuple[FlagCard, ...]

    @property
    def open_cards(self) -> tuple[FlagCard, ...]:
        return tuple(card for card in self.cards if card.is_open)

    @property
    def settled_cards(self) -> tuple[FlagCard, ...]:
        return tuple(card for card in self.cards if not card.is_open)


def make_card(flag: Flag, response: Response, user: User, bound: forms.Form | None) -> FlagCard:
    """Put one flag, its words loaded, into words; `bound` is its form when that has errors."""
    evidence = flag.evidence
    answers = evidence.get("answers", {})
    given = answered_beside(response, answers)
    resolution = next((row for row in flag.resolutions.all() if not hasattr(row, "reopening")), None)
    waits = bool(resolution and resolution.needs_second and not hasattr(resolution, "countersignature"))
    is_settled = resolution is not None and not waits
    return FlagCard(
        flag=flag,
        severity=Severity(flag.severity),
        reason=read_reason(response.definition, flag.rule, str(evidence.get("reason", "")), given),
        answers=tuple(evidence_rows(response, answers)),
        patient=str(evidence.get("patient", "")),
        sources=tuple((key, reference_url(key)) for key in evidence.get("sources", ())),
        learn=learn_url(evidence["learn"]) if evidence.get("learn") else "",
        resolution=resolution,
        waits_for_second=waits,
        may_settle=user.has_perm(permission_for(flag)),
        form=bound or (ReopenForm if is_settled else ResolveForm)(prefix=flag.rule),
    )


def evidence_rows(response: Response, answers: dict[str, object]) -> Iterable[tuple[str, str]]:
    """Return the questions a flag rests on, and what was answered, in words."""
    for path, value in answers.items():
        item = response.definition.item_at(path)
        words = response.words(item, value) if item and not item.computed else str(value)
        yield response.question_at(path), words


def group_cards(definition: Definition, cards: Iterable[FlagCard]) -> tuple[FlagGroup, ...]:
    """Group by subject; a questionnaire without subjects has one group a severity. The worst group is first."""
    groups: dict[str, list[FlagCard]] = {}
    for card in cards:
        groups.setdefault(title_of_group(definition, card), []).append(card)
    found = [FlagGroup(title, tuple(members)) for title, members in groups.items()]
    return tuple(sorted(found, key=lambda group: min(card.flag.rank for card in group.cards)))


def title_of_group(definition: Definition, card: FlagCard) -> str:
    rule = definition.rules.get(card.flag.rule)
    return next((subject.title for subject in definition.subjects if rule and subject.id == rule.subject), "")


def was_said_earlier(definition: Definition, card: FlagCard) -> bool:
    """Say whether a flag tells of what was answered on the way and no longer holds."""
    rule = definition.rules.get(card.flag.rule)
    return rule is not None and rule.raised_by == "changed"
