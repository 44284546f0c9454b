"""A draft becomes a submission: checked again as a whole, screened, sealed, written once."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from clinic.models import Clinic
from intake.definition.model import Definition
from intake.journey.teach_back import ACK_DRIVING, can_sign
from intake.models import Draft, Submission, UnfinishedForm, start_work, write_submission
from intake.response.response import Response
from intake.screening.engine import Screened, journey_ends, thresholds_in_force
from intake.screening.history import Journey, screen_submission

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
    submission = write_submission(
        draft_id=draft.pk,
        version=draft.version,
        language=draft.language,
        now=now,
        content=content_of(draft, response, screening, profile),
        raised=screening.flags,
        thresholds=thresholds,
        screened_on=today,
    )
    start_work(submission, today)
    close_draft(draft, submission.reference, now)
    return submission


def content_of(draft: Draft, response: Response, screening: Screened, profile: Clinic) -> dict[str, Any]:
    """Return what a submission says: identity apart from the answers, and what happened on the way."""
    definition, answers = response.definition, response.enabled
    identity = {item.link_id: answers[item.link_id] for item in definition.identity if item.link_id in answers}
    return {
        "identity": identity,
        "answers": {link_id: value for link_id, value in answers.items() if link_id not in identity},
        "computed": dict(screening.computed),
        "record": {
            **draft.journey,
            "started_at": draft.created_at.isoformat(),
            "clinic_time_zone": profile.time_zone,
            "is_own_device": draft.is_own_device,
            "help_panels": list(screening.help_panels()),
            "team_will_call": any(screening.fired(rule) for rule in definition.notice("team-calls").rules),
        },
    }


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


def screen_again(submission: Submission) -> Screened:
    """Screen a submission once more, under its own version, day and thresholds."""
    before = submission.screening
    return screen_submission(
        Response(submission.definition, submission.answered()),
        journey_of(submission.record),
        as_of=before.screened_on,
        thresholds={name: float(value) for name, value in before.thresholds.items()},
        language=submission.language,
    )
