"""A draft becomes a submission: checked again as a whole, screened, sealed, written once."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from clinic.models import Clinic
from clinic.sealing.lookup import hash_name, hash_name_and_birth
from intake.definition.model import Answer, Answers, Definition
from intake.journey.teach_back import ACK_DRIVING, can_sign
from intake.models import Draft, Flag, Status, Submission, UnfinishedForm, WorkItem
from intake.response.response import Response
from intake.screening.engine import HasSeverity, Screened, journey_ends, thresholds_in_force, worklist_rank
from intake.screening.history import Journey, screen_submission

# What says who somebody is and how to reach them: all that the front desk's pages open.
IDENTITY = (
    "filled-by",
    "filled-by-name",
    "filled-by-relationship",
    "date-of-birth",
    "legal-name",
    "preferred-name",
    "phone-number",
    "phone-message-ok",
    "email-address",
    "home-address",
    "emergency-contact-name",
    "emergency-contact-phone",
    "escort-name",
    "escort-phone",
    "signature-name",
)
ATTEMPTS = 3


class NotComplete(Exception):
    """Name the questions that must be answered, or agreed to, before a form can be sent."""

    def __init__(self, missing: Iterable[str]) -> None:
        self.missing = tuple(missing)
        super().__init__(", ".join(self.missing))


class ChangedMeanwhile(Exception):
    """The draft holds other answers than the person read before signing; `draft` is as it is now."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        super().__init__("changed meanwhile")


def submit(draft: Draft, *, profile: Clinic, now: datetime, seen: str | None = None) -> Submission:
    """Send a draft once: a repeat, or two at the same moment, give the one submission there is.

    `seen` is the revision the person checked. Raises ChangedMeanwhile, NotComplete, and
    Draft.DoesNotExist for a draft that was closed without being sent.
    """
    for attempt in range(ATTEMPTS):
        try:
            return _submit(draft.pk, profile, now, seen)
        except IntegrityError:
            # Another draft of the same person was sent at the same moment, or a reference came up twice.
            if attempt == ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")


@transaction.atomic
def _submit(draft_id: UUID, profile: Clinic, now: datetime, seen: str | None) -> Submission:
    draft = Draft.objects.select_for_update(of=("self",)).with_version().get(pk=draft_id)
    sent: Submission | None = Submission.objects.filter(draft_id=draft.pk).first()
    if sent is not None:
        return sent
    if draft.closed_at is not None:
        raise Draft.DoesNotExist("The draft was closed without being sent.")
    if seen is not None and seen != str(draft.revision):
        raise ChangedMeanwhile(draft)

    definition = draft.version.definition(draft.language)
    today = now.astimezone(ZoneInfo(profile.time_zone)).date()
    journey = journey_of(draft.journey)
    response = Response(definition, draft.answers)
    if journey_ends(response, as_of=today):
        raise NotComplete(["date-of-birth"])
    missing = response.missing or agreement_missing(definition, draft)
    if missing:
        raise NotComplete(missing)

    thresholds = thresholds_in_force(definition, profile.limits())
    screening = screen_submission(response, journey, as_of=today, thresholds=thresholds, language=draft.language)
    submission = make_submission(draft, definition, screening, now=now, profile=profile)
    submission.thresholds = {name: f"{value.normalize():f}" for name, value in thresholds.items()}
    submission.screened_on = today
    submission.save()
    flags = [add_flag(submission, position, flag) for position, flag in enumerate(screening.flags, start=1)]
    WorkItem.objects.create(submission=submission, submitted_at=now, **work_of_new(definition, flags))
    close_draft(draft, submission.reference, now)
    return submission


def make_submission(
    draft: Draft, definition: Definition, screening: Screened, *, now: datetime, profile: Clinic
) -> Submission:
    """Make the row, not yet saved: identity apart from the answers, and what happened on the way."""
    answers = Response(definition, draft.answers).enabled
    identity = {link_id: answers[link_id] for link_id in IDENTITY if link_id in answers}
    name, birth = str(identity.get("legal-name", "")), str(identity.get("date-of-birth", ""))
    return Submission(
        draft_id=draft.pk,
        version=draft.version,
        language=draft.language,
        severity=screening.severity,
        identity=identity,
        answers={link_id: value for link_id, value in answers.items() if link_id not in identity},
        computed=dict(screening.computed),
        record={
            **draft.journey,
            "started_at": draft.created_at.isoformat(),
            "clinic_time_zone": profile.time_zone,
            "is_own_device": draft.is_own_device,
            "help_panels": list(screening.help_panels()),
            "team_will_call": any(screening.fired(rule) for rule in definition.notice("team-calls").rules),
        },
        name_hash=hash_name(name),
        name_birth_hash=hash_name_and_birth(name, birth),
        submitted_at=now,
        supersedes=newest_of_same_person(hash_name_and_birth(name, birth)),
    )


def add_flag(submission: Submission, position: int, flag: Any) -> Flag:
    """Write one flag with all that it rests on, as it reads in this version."""
    return Flag.objects.create(
        submission=submission,
        rule=flag.rule,
        severity=flag.severity,
        position=position,
        evidence={
            "answers": dict(flag.answers),
            "reason": flag.reason,
            "patient": flag.patient,
            "sources": list(flag.sources),
            "learn": flag.learn,
        },
    )


def work_of_new(definition: Definition, flags: Sequence[HasSeverity]) -> dict[str, Any]:
    """Give the columns of a new submission's work item."""
    # A high safety level always stands on SR-C2 or SR-C3, so the flags alone give the place.
    worst = max((flag.severity for flag in flags), default=None)
    return {"status": Status.NEW, "is_open": True, "worst_unresolved": worst, "rank": worklist_rank(definition, flags)}


def close_draft(draft: Draft, reference: str, now: datetime) -> None:
    """Empty the draft, and let the submission take the place of its unfinished form."""
    for form in UnfinishedForm.objects.select_for_update().filter(draft=draft):
        form.reference = reference
        form.settled_at = form.settled_at or now
        form.save(update_fields=["reference", "settled_at"])
    draft.answers, draft.journey, draft.closed_at = {}, {}, now
    draft.save(update_fields=["answers", "journey", "closed_at"])


def journey_of(journey: Mapping[str, Any]) -> Journey:
    """Read what screening needs from a draft's journey."""
    crisis: dict[str, list[str]] = {}
    for fired in journey.get("fired", []):
        crisis.setdefault(fired["rule"], []).extend(fired.get("questions", []))
    tries: dict[str, list[str]] = {}
    for one_try in journey.get("tries", []):
        for link_id, code in one_try["answers"].items():
            tries.setdefault(link_id, []).append(code)
    return Journey(crisis=crisis, tries=tries)


def agreement_missing(definition: Definition, draft: Draft) -> list[str]:
    """Name the driving agreement when it was given before it was open, or without the notice's text."""
    if ACK_DRIVING not in definition.questions:
        return []
    tries = draft.journey.get("tries", [])
    is_open = can_sign(definition, Response(definition, draft.answers).enabled, tries)
    is_kept = any(notice.get("agreed_at") and notice.get("text") for notice in draft.journey.get("notices", []))
    return [] if is_open and is_kept else [ACK_DRIVING]


def answers_of(submission: Submission) -> dict[str, Answer]:
    """Put identity and answers together again, as they were screened."""
    return {**submission.answers, **submission.identity}


def screen_again(submission: Submission) -> Screened:
    """Screen a submission once more, under its own version, day and thresholds."""
    answers: Answers = answers_of(submission)
    return screen_submission(
        Response(submission.version.definition(submission.language), answers),
        journey_of(submission.record),
        as_of=submission.screened_on,
        thresholds={name: float(value) for name, value in submission.thresholds.items()},
        language=submission.language,
    )


def newest_of_same_person(name_birth_hash: str) -> Submission | None:
    """Give the newest earlier submission of the same name and birth date that none has followed yet."""
    if not name_birth_hash:
        return None
    same = Submission.objects.filter(name_birth_hash=name_birth_hash).current()
    found: Submission | None = same.order_by("-submitted_at").first()
    return found
