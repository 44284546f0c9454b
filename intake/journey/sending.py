"""A draft becomes a submission: checked again as a whole, screened, sealed, written once."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from msgspec.structs import replace

from clinic.models import Clinic
from intake.journey.steps import acts_on_check
from intake.journey.teach_back import can_sign
from intake.journey.visit import Visit
from intake.models import Draft, Submission, UnfinishedForm, start_work, write_submission
from intake.response.journey import Agreement
from intake.response.journey import Journey as Way
from intake.response.response import Response
from intake.screening.engine import journey_ends, thresholds_in_force
from intake.screening.history import Journey, screen_submission
from intake.screening.results import Screened

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


def submit(visit: Visit, *, seen: str | None = None) -> Submission:
    """Send a draft once: a repeat, or two at the same moment, give the one submission there is.

    `seen` is the revision the person checked. Raises ChangedMeanwhile, NotComplete, and
    Draft.DoesNotExist for a draft that was closed without being sent.
    """
    for attempt in range(ATTEMPTS):
        try:
            return _submit(visit, seen)
        except IntegrityError:
            # Another draft of the same person was sent at the same moment, or a reference came up twice.
            if attempt == ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")


@transaction.atomic
def _submit(visit: Visit, seen: str | None) -> Submission:
    draft = Draft.objects.select_for_update(of=("self",)).with_version().with_key().get(pk=visit.draft.pk)
    sent: Submission | None = Submission.objects.filter(draft_id=draft.pk).first()
    if sent is not None:
        return sent
    if draft.closed_at is not None:
        raise Draft.DoesNotExist("The draft was closed without being sent.")
    if seen is not None and seen != str(draft.revision):
        raise ChangedMeanwhile(draft)

    here = visit.at(draft)
    give_acts(here)
    response = here.at(draft).response
    if journey_ends(response, as_of=visit.today):
        raise NotComplete(item.link_id for item in (response.definition.role("birth-date"),) if item)
    missing = response.missing or agreement_missing(response, draft)
    if missing:
        raise NotComplete(missing)

    thresholds = thresholds_in_force(response.definition, visit.clinic.limits())
    screening = screen_submission(
        response, journey_of(draft.journey), as_of=visit.today, thresholds=thresholds, language=draft.language
    )
    submission = write_submission(
        draft_id=draft.pk,
        version=draft.version,
        language=draft.language,
        now=visit.now,
        content=content_of(draft, response, screening, visit.clinic),
        raised=screening.flags,
        thresholds=thresholds,
        screened_on=visit.today,
    )
    start_work(submission, visit.today)
    close_draft(draft, submission.reference, visit.now)
    return submission


def give_acts(visit: Visit) -> None:
    """Give the agreements that the button gives by which the form is sent."""
    draft, way, at = visit.draft, visit.journey, visit.now.isoformat()
    agreed = {item.link_id: Agreement(at, visit.response.text_of(item)) for item in acts_on_check(visit.definition)}
    if not agreed:
        return
    draft.answers = {**draft.answers, **dict.fromkeys(agreed, True)}
    draft.journey = replace(way, acknowledged={**way.acknowledged, **agreed}).to_json()


def content_of(draft: Draft, response: Response, screening: Screened, clinic: Clinic) -> dict[str, Any]:
    """Return what a submission says: identity apart from the answers, and what happened on the way."""
    definition, answers = response.definition, response.enabled
    identity = {item.link_id: answers[item.link_id] for item in definition.identity if item.link_id in answers}
    calls = definition.notice("team-calls").rules if "team-calls" in definition.notices_by_use else ()
    return {
        "identity": identity,
        "answers": {path: value for path, value in answers.items() if path not in identity},
        "computed": dict(screening.computed),
        "record": {
            **draft.journey,
            "started_at": draft.created_at.isoformat(),
            "clinic_time_zone": clinic.time_zone,
            "help_panels": list(screening.help_panels()),
            "team_will_call": any(screening.fired(rule) for rule in calls),
        },
    }


def close_draft(draft: Draft, reference: str, now: datetime) -> None:
    """Empty the draft, and let the submission take the place of its unfinished form."""
    for form in UnfinishedForm.objects.select_for_update().filter(draft=draft):
        form.reference = reference
        form.settled_at = form.settled_at or now
        form.save(update_fields=["reference", "settled_at"])
    draft.answers, draft.journey, draft.unsaved, draft.closed_at = {}, {}, {}, now
    draft.save(update_fields=["answers", "journey", "unsaved", "closed_at"])


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


def agreement_missing(response: Response, draft: Draft) -> list[str]:
    """Name the driving agreement when it was given before it was open, or without the notice's text."""
    agreement = response.definition.role("driving-agreement")
    if agreement is None:
        return []
    way = Way.from_json(draft.journey)
    is_open = can_sign(response.definition, response.enabled, way)
    is_kept = any(notice.agreed_at and notice.text for notice in way.notices)
    return [] if is_open and is_kept else [agreement.link_id]


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
