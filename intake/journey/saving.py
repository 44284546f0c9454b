"""Save what one page posted: answers, what happened on the way, and help that staff should see. One transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from clinic.models import Clinic
from intake.definition.model import Answer, Definition
from intake.definition.rules import Notice
from intake.journey.crisis_help import crisis_flags, remember_panels
from intake.journey.drafts import definition_of, lifetime
from intake.journey.teach_back import ACK_DRIVING
from intake.models import Draft, UnfinishedForm, tell_staff
from intake.response.response import Response
from intake.screening.engine import Screened, screen, worklist_rank

Changes = Mapping[str, Answer | None]  # None: left blank

SIGNATURE = "signature-name"


@dataclass(frozen=True)
class Saved:
    """What a save came to. With `conflicts` (linkIds changed elsewhere in the meantime) nothing was saved."""

    draft: Draft
    screening: Screened
    conflicts: tuple[str, ...] = ()


def screen_draft(draft: Draft, profile: Clinic, now: datetime) -> Screened:
    """Screen the answers so far, by the clinic's clock and thresholds."""
    return screen(
        Response(definition_of(draft), draft.answers),
        as_of=now.astimezone(ZoneInfo(profile.time_zone)).date(),
        thresholds=profile.limits(),
        language=draft.language,
    )


def screen_posted(draft: Draft, changes: Changes, profile: Clinic, now: datetime) -> Screened:
    """Screen only what one page posted, as if nothing else had been answered."""
    alone = Draft(version=draft.version, language=draft.language, answers=drop_blanks(changes))
    return screen_draft(alone, profile, now)


def lock_draft(draft_id: UUID) -> Draft:
    """Give an open draft, locked until the transaction ends; raise DoesNotExist when it was sent meanwhile."""
    drafts = Draft.objects.select_for_update(of=("self",)).with_version()
    draft: Draft = drafts.get(pk=draft_id, closed_at=None)
    return draft


@transaction.atomic
def save_answers(
    draft: Draft,
    changes: Changes,
    *,
    revision: int,
    profile: Clinic,
    now: datetime,
    is_try: bool = False,
) -> Saved:
    """Keep what one page answered, screen it, and note what opened help.

    A page shown at an older revision, whose questions have other answers since, is not applied. Nor is a
    try of the no-driving questions when another one came since: a button pressed twice is one try.
    """
    draft = lock_draft(draft.pk)
    definition = definition_of(draft)
    changed_at = draft.journey.get("changed", {})
    seen = revision if revision <= draft.revision else 0
    conflicts = tuple(q for q, v in changes.items() if changed_at.get(q, 0) > seen and draft.answers.get(q) != v)
    tries = draft.journey.get("tries", [])
    if is_try and tries and tries[-1].get("revision", 0) > seen:
        conflicts = tuple(changes)
    if conflicts:
        screening = screen_posted(draft, merge(draft, changes), profile, now)
        note_crisis(draft, dict(draft.journey), screening, profile, now)
        draft.save(update_fields=["journey"])
        return Saved(draft, screening, conflicts)

    changed = {q: v for q, v in changes.items() if draft.answers.get(q) != v}
    journey = dict(draft.journey)
    draft.answers = merge(draft, changed)
    draft.revision += 1
    journey["changed"] = {**changed_at, **dict.fromkeys(changed, draft.revision)}
    if is_try:
        journey["tries"] = [*tries, {"at": now.isoformat(), "revision": draft.revision, "answers": dict(changes)}]
    note_agreements(journey, definition, draft, changes, changed, now)
    screening = screen_draft(draft, profile, now)
    note_crisis(draft, journey, screening, profile, now)
    draft.saved_at, draft.expires_at = now, now + lifetime(draft)
    draft.save(update_fields=["answers", "journey", "revision", "saved_at", "expires_at"])
    return Saved(draft, screening)


def note_crisis(draft: Draft, journey: dict[str, Any], screening: Screened, profile: Clinic, now: datetime) -> None:
    """Keep what a person said that may mean danger, also when the page it stood on was not applied."""
    remember_panels(journey, definition_of(draft), screening, now)
    draft.journey = journey
    if profile.unfinished_forms:
        keep_unfinished(draft, screening, now)


def merge(draft: Draft, changes: Changes) -> dict[str, Answer]:
    """Put changes over the answers; a blank takes its answer away."""
    return drop_blanks({**draft.answers, **changes})


def drop_blanks(answers: Changes) -> dict[str, Answer]:
    return {link_id: value for link_id, value in answers.items() if value is not None}


def note_agreements(
    journey: dict[str, Any], definition: Definition, draft: Draft, changes: Changes, changed: Changes, now: datetime
) -> None:
    """Write down what was agreed to, when and in which words, and when it was signed."""
    acknowledged = dict(journey.get("acknowledged", {}))
    response = Response(definition, draft.answers)
    for link_id, value in changed.items():
        item = definition.questions[link_id]
        if item.is_acknowledgment:
            acknowledged.pop(link_id, None)
            if value:
                label = response.text_of(item)
                acknowledged[link_id] = {"at": now.isoformat(), "label": label}
    journey["acknowledged"] = acknowledged
    if ACK_DRIVING in changes:
        agreed_at = now.isoformat() if changes[ACK_DRIVING] else None
        journey["notices"] = [
            notice if notice["agreed_at"] and agreed_at else {**notice, "agreed_at": agreed_at}
            for notice in journey.get("notices", [])
        ]
    if SIGNATURE in changed:
        journey["signed_at"] = now.isoformat() if changed[SIGNATURE] else None


@transaction.atomic
def note_notice_shown(draft: Draft, notice: Notice, sha256: str, now: datetime) -> None:
    """Keep the exact text of a notice the first time it is shown."""
    draft = lock_draft(draft.pk)
    kept = draft.journey.get("notices", [])
    if any(entry["sha256"] == sha256 for entry in kept):
        return
    entry = {
        "id": notice.id,
        "language": notice.language,
        "sha256": sha256,
        "text": notice.text,
        "shown_at": now.isoformat(),
        "agreed_at": None,
    }
    draft.journey = {**draft.journey, "notices": [*kept, entry]}
    draft.save(update_fields=["journey"])


def keep_unfinished(draft: Draft, screening: Screened, now: datetime) -> None:
    """Show staff that a crisis rule fired in a form not yet sent: rules, time, name and telephone, no more.

    Its rules only grow. One that a clinician closed comes back when another rule fires.
    """
    crisis = crisis_flags(screening)
    form = UnfinishedForm.objects.select_for_update().filter(draft=draft).first()
    if form is None and not crisis:
        return
    rank = worklist_rank(definition_of(draft), crisis)
    if form is None:
        form = UnfinishedForm(draft=draft, version=draft.version, rules=[], rank=rank, first_at=now, last_at=now)
    new_rules = [flag.rule for flag in crisis if flag.rule not in form.rules]
    contact = contact_of(draft)
    if not new_rules and form.contact == contact:
        return
    if new_rules:
        form.rules, form.rank, form.last_at = [*form.rules, *new_rules], min(form.rank, rank), now
        # Nobody has read this yet, whoever opened or closed it before; the reason given then stays.
        form.settled_at = form.closed_by = form.opened_at = form.opened_by = None
    form.contact = contact
    form.save()
    if new_rules:
        tell_staff(unfinished=form)


def contact_of(draft: Draft) -> dict[str, Answer]:
    """Give the name and telephone that were given so far."""
    answers = draft.answers
    name = answers.get("legal-name") or answers.get("preferred-name")
    contact = {"name": name, "phone": answers.get("phone-number")}
    return {key: value for key, value in contact.items() if value}
