"""What happened to a submission, the newest first."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from msgspec import Struct

from clinic.audit.actions import Action
from clinic.audit.trail import entries_of
from clinic.models import User
from intake.models import Appointment, Assignment, Contact, FlagResolution, Note, Review, Submission
from intake.review.actions import format_time, name_of
from intake.review.driving import as_time
from intake.review.flags import FlagCard
from intake.review.reasons import read_reason


class Event(Struct, frozen=True):
    """One line of the timeline."""

    at: datetime
    title: str
    who: str = ""
    text: str = ""
    kind: str = ""


class History(Struct, frozen=True):
    """The rows that staff added, their words loaded."""

    notes: list[Note]
    reviews: list[Review]
    contacts: list[Contact]
    appointments: list[Appointment]
    assignments: list[Assignment]


def timeline(submission: Submission, history: History, cards: Iterable[FlagCard]) -> list[Event]:
    """Tell what happened, the newest first; a decision that was overtaken stays."""
    found = [*before_staff(submission), *opened(submission), *settled(cards), *contacts(history), *decided(history)]
    found += [Event(note.at, _("Note"), name_of(note.by), note.text, "note") for note in history.notes]
    for given in history.assignments:
        to = name_of(given.to) if given.to else _("nobody")
        found.append(Event(given.at, _("Given to %(to)s") % {"to": to}, name_of(given.by), kind="assigned"))
    return sorted(found, key=lambda event: event.at, reverse=True)


def before_staff(submission: Submission) -> Iterator[Event]:
    for fired in submission.record.get("fired", []):
        at = as_time(fired["at"])
        if at is not None:
            said = (read_reason(submission.definition, fired["rule"]).what, fired.get("panel", ""))
            yield Event(at, _("Help was shown in the form"), text=", ".join(filter(None, said)), kind="help")
    yield Event(submission.submitted_at, _("Sent by the patient"), kind="sent")


def settled(cards: Iterable[FlagCard]) -> Iterator[Event]:
    """Tell of flags in words; those that one contact settled in one way are one line."""
    together = defaultdict[Any, list[tuple[FlagCard, FlagResolution]]](list)
    for card in cards:
        for row in card.flag.resolutions.all():
            together[(row.contact_id, row.outcome) if row.contact_id else row.pk].append((card, row))
            if hasattr(row, "countersignature"):
                title = _("Agreed that it is settled: %(flag)s") % {"flag": card.title}
                yield Event(row.countersignature.at, title, name_of(row.countersignature.by), kind="resolved")
            if hasattr(row, "reopening"):
                again = row.reopening
                title = _("Opened again: %(flag)s") % {"flag": card.title}
                yield Event(again.at, title, name_of(again.by), again.reason, "reopened")
    for found in together.values():
        row = found[0][1]
        title = _("Settled: %(outcome)s") % {"outcome": row.get_outcome_display()}
        text = "\n".join(filter(None, ("; ".join(card.title for card, _row in found), row.reason)))
        yield Event(row.at, title, name_of(row.by), text, "resolved")


def contacts(history: History) -> Iterator[Event]:
    yield from tries(history.contacts)
    for visit in history.appointments:
        title = _("Visit called off")
        if visit.starts_at:
            title = _("Visit agreed for %(time)s") % {"time": format_time(visit.starts_at)}
        text = _("Comes along: %(who)s") % {"who": visit.companion} if visit.companion else ""
        yield Event(visit.at, title, name_of(visit.by), text, "appointment")


def tries(contacts: Iterable[Contact]) -> Iterator[Event]:
    for row in contacts:
        title = f"{row.get_means_display()}: {row.get_reached_display()}"
        yield Event(row.at, title, name_of(row.by), row.text, "contact")


def decided(history: History) -> Iterator[Event]:
    for review in history.reviews:
        title = _("Decided: %(decision)s") % {"decision": review.get_decision_display()}
        parts = [review.reason]
        if review.conditions:
            parts.append(_("Conditions: %(text)s") % {"text": review.conditions})
        if review.delayed_until:
            parts.append(_("Until %(day)s") % {"day": date_format(review.delayed_until)})
        yield Event(review.at, title, name_of(review.by), "\n".join(parts), "decided")


def opened(submission: Submission) -> Iterator[Event]:
    """Read from the audit trail who opened it: one line a person, at the first time."""
    by_actor: dict[str, list[datetime]] = {}
    for entry in entries_of(submission.subject, Action.SUBMISSION_READ):
        by_actor.setdefault(entry.actor, []).append(entry.at)
    names = {user.get_username(): name_of(user) for user in User.objects.filter(username__in=by_actor)}
    for actor, times in by_actor.items():
        title = _("Opened") if len(times) == 1 else _("Opened, the first of %(times)d times") % {"times": len(times)}
        yield Event(times[0], title, names.get(actor, actor), kind="opened")
