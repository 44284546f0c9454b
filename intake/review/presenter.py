"""A submission put into words for the people who review it: flags, scores, driving record, answers, timeline."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from clinic.audit.actions import Action
from clinic.audit.trail import entries_of
from clinic.models import User
from clinic.web.links import learn_url, reference_url
from intake.definition.model import Answer, Definition
from intake.definition.rules import Severity
from intake.journey.sending import answers_of
from intake.models import Flag, FlagResolution, Submission
from intake.response.response import Response, SectionRows
from intake.response.words import display_value
from intake.review.actions import name_of, subject_of
from intake.screening.scores import band, score_notes


@dataclass(frozen=True)
class FlagReading:
    """One flag: its rule, what it rests on, in words, and how it was settled."""

    flag: Flag
    severity: Severity
    answers: tuple[tuple[str, str], ...]
    reason: str
    patient: str
    sources: tuple[tuple[str, str], ...]
    learn: str
    resolution: FlagResolution | None


@dataclass(frozen=True)
class ScoreReading:
    name: str
    value: str
    maximum: int | None
    band: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Event:
    """One line of the timeline."""

    at: datetime
    title: str
    who: str = ""
    text: str = ""
    kind: str = ""


@dataclass(frozen=True)
class DrivingReading:
    """What the person was shown about driving, tried, agreed to and signed."""

    notices: tuple[dict[str, Any], ...]
    tries: tuple[dict[str, Any], ...]
    acknowledged: tuple[dict[str, Any], ...]
    signature: str
    helper: str  # who answered, agreed and signed for the patient; empty when the patient did
    signed_at: datetime | None
    escort: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Reading:
    submission: Submission
    definition: Definition
    answers: dict[str, Answer]
    flags: list[FlagReading] = field(default_factory=list)

    def sections(self) -> tuple[SectionRows, ...]:
        return Response(self.definition, self.answers).rows()

    def words(self, link_id: str) -> str:
        """Give one answer, or a computed one, in words; empty when there is none."""
        if link_id in self.definition.computed:
            return str(self.submission.computed.get(link_id, ""))
        item = self.definition.questions.get(link_id)
        return display_value(item, self.answers.get(link_id)) if item else ""

    def question(self, link_id: str) -> str:
        item = self.definition.items.get(link_id)
        return Response(self.definition, self.answers).text_of(item) if item else link_id


def read(submission: Submission) -> Reading:
    """Open a submission for reading, in the language it was answered in."""
    definition = submission.version.definition(submission.language)
    reading = Reading(submission, definition, answers_of(submission))
    rows = submission.flags.worst_first().select_related("resolution__by")
    reading.flags.extend(read_flag(reading, flag) for flag in rows)
    return reading


def read_flag(reading: Reading, flag: Flag) -> FlagReading:
    evidence = flag.evidence
    answers = []
    for link_id, value in evidence["answers"].items():
        item = reading.definition.items.get(link_id)
        words = display_value(item, value) if item and not item.computed else str(value)
        answers.append((reading.question(link_id), words))
    return FlagReading(
        flag=flag,
        severity=Severity(flag.severity),
        answers=tuple(answers),
        reason=evidence["reason"],
        patient=evidence["patient"],
        sources=tuple((key, reference_url(key)) for key in evidence["sources"]),
        learn=learn_url(evidence["learn"]),
        resolution=getattr(flag, "resolution", None),
    )


def scores(reading: Reading) -> list[ScoreReading]:
    """Give each score that was asked for, its range and band, and the lines that belong beside it."""
    found = []
    for link_id in reading.definition.scores:
        item = reading.definition.computed.get(link_id)
        value = reading.submission.computed.get(link_id)
        notes = tuple(score_notes(reading.definition, link_id, reading.answers))
        if item is None or (value is None and reading.definition.scores[link_id].sum):
            continue
        found.append(
            ScoreReading(
                item.text,
                str(value) if value is not None else _("none found"),
                maximum_of(reading.definition, link_id),
                band(reading.definition, link_id, value),
                notes,
            )
        )
    order = [item.text for item in reading.definition.computed.values()]
    return sorted(found, key=lambda score: order.index(score.name))


def maximum_of(definition: Definition, link_id: str) -> int | None:
    """Give the highest total that the questions of a score allow."""
    items = [definition.questions[q] for q in definition.scores[link_id].sum if q in definition.questions]
    return sum(max((option.score or 0 for option in item.options), default=0) for item in items) or None


def driving(reading: Reading) -> DrivingReading:
    kept = reading.submission.record
    tries = []
    for number, one_try in enumerate(kept.get("tries", []), start=1):
        chosen = [
            {
                "question": reading.question(link_id),
                "words": display_value(reading.definition.questions[link_id], code),
                "is_right": code == reading.definition.teach_back[link_id].correct,
            }
            for link_id, code in one_try["answers"].items()
        ]
        tries.append({"number": number, "at": parse_datetime(one_try["at"]), "answers": chosen})
    signed_at = kept.get("signed_at")
    return DrivingReading(
        notices=tuple(
            {**notice, "shown_at": as_time(notice.get("shown_at")), "agreed_at": as_time(notice.get("agreed_at"))}
            for notice in kept.get("notices", [])
        ),
        tries=tuple(tries),
        acknowledged=tuple(
            {"label": given.get("label") or reading.question(link_id), "at": as_time(given.get("at"))}
            for link_id, given in kept.get("acknowledged", {}).items()
        ),
        signature=str(reading.answers.get("signature-name", "")),
        helper=helper_of(reading),
        signed_at=as_time(signed_at),
        escort=tuple(
            (reading.question(link_id), reading.words(link_id))
            for link_id in ("escort-arranged", "escort-name", "escort-phone")
            if reading.words(link_id)
        ),
    )


def helper_of(reading: Reading) -> str:
    """Name the person who filled the form in for the patient, and how they know each other."""
    if reading.answers.get("filled-by") != "proxy":
        return ""
    return ", ".join(filter(None, (reading.words("filled-by-name"), reading.words("filled-by-relationship"))))


def as_time(text: str | None) -> datetime | None:
    return parse_datetime(text) if text else None


def timeline(reading: Reading) -> list[Event]:
    """Tell what happened to a submission, the newest first; a decision that was overtaken stays."""
    return sorted(events(reading), key=lambda event: event.at, reverse=True)


def events(reading: Reading) -> Iterator[Event]:
    submission = reading.submission
    for fired in submission.record.get("fired", []):
        at = as_time(fired["at"])
        if at is not None:
            title = _("Help was shown in the form: %(rule)s") % {"rule": fired["rule"]}
            yield Event(at, title, text=fired.get("panel", ""), kind="help")
    yield Event(submission.submitted_at, _("Sent by the patient"), kind="sent")
    yield from opened(submission)
    for shown in reading.flags:
        if shown.resolution:
            settled = shown.resolution
            title = _("Resolved %(rule)s: %(outcome)s") % {
                "rule": shown.flag.rule,
                "outcome": settled.get_outcome_display(),
            }
            yield Event(settled.at, title, name_of(settled.by), settled.reason, "resolved")
    for note in submission.notes.select_related("by"):
        yield Event(note.at, _("Note"), name_of(note.by), note.text, "note")
    for review in submission.reviews.select_related("by"):
        title = _("Decided: %(decision)s") % {"decision": review.get_decision_display()}
        parts = [review.reason]
        if review.conditions:
            parts.append(_("Conditions: %(text)s") % {"text": review.conditions})
        if review.delayed_until:
            parts.append(_("Until %(day)s") % {"day": review.delayed_until.strftime("%b %-d, %Y")})
        yield Event(review.at, title, name_of(review.by), "\n".join(parts), "decided")
    for given in submission.assignments.select_related("to", "by"):
        to = name_of(given.to) if given.to else _("nobody")
        yield Event(given.at, _("Given to %(to)s") % {"to": to}, name_of(given.by), kind="assigned")


def opened(submission: Submission) -> Iterator[Event]:
    """Read from the audit trail who opened it: one line a person, at the first time."""
    by_actor: dict[str, list[datetime]] = {}
    for entry in entries_of(subject_of(submission), Action.SUBMISSION_READ):
        by_actor.setdefault(entry.actor, []).append(entry.at)
    names = {user.get_username(): name_of(user) for user in User.objects.filter(username__in=by_actor)}
    for actor, times in by_actor.items():
        title = _("Opened") if len(times) == 1 else _("Opened, the first of %(times)d times") % {"times": len(times)}
        yield Event(times[0], title, names.get(actor, actor), kind="opened")
