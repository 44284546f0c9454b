"""One line of the worklist, in words; the front desk's lines have nothing that comes from answers."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from msgspec import Struct
from msgspec.structs import replace

from intake.definition.contact import show_phone
from intake.definition.rules import Severity
from intake.models import Contact, Match, OpenFlag, SealedPart, Submission, UnfinishedForm, WorkItem
from intake.models.lookup import said
from intake.review.actions import name_of
from intake.review.presenter import call_words
from intake.review.reasons import Reason, read_reason
from intake.review.worklist import Entry
from intake.screening.results import place_of

FLAGS_SHOWN, UNFINISHED_SHOWN = 3, 2


class Row(Struct, frozen=True):
    """One form that was sent."""

    work: WorkItem
    submission: Submission
    name: str
    preferred_name: str
    age: str
    assigned: str
    phone: str
    email: str
    escort_name: str
    escort_phone: str
    severity: Severity | None = None
    reasons: tuple[tuple[str, str], ...] = ()  # rule, and what it is in words
    more: int = 0
    call: str = ""
    has_newer: bool = False


class UnfinishedRow(Struct, frozen=True):
    """A crisis answer in a form that is not sent: rules, time, name and telephone."""

    form: UnfinishedForm
    name: str
    phone: str
    age: str
    holds: tuple[tuple[str, Reason], ...]  # by rule, the gravest first
    earlier: tuple[tuple[str, Reason], ...]
    opened_by: str
    tried: str = ""  # what came of the last try to reach the person, when, and whose it was
    others: tuple["UnfinishedRow", ...] = ()  # of the same name and telephone, less grave or later
    is_unfinished: bool = True

    @property
    def shown(self) -> tuple[tuple[str, Reason], ...]:
        return self.holds[:UNFINISHED_SHOWN]

    @property
    def more(self) -> int:
        return len(self.holds) - len(self.shown)


def make_rows(entries: Sequence[Entry], *, is_clinical: bool) -> list[Row | UnfinishedRow]:
    """Read what a page of the list shows, with as many queries for one row as for fifty."""
    ids = [entry.pk for entry in entries if isinstance(entry, WorkItem)]
    forms = Submission.objects.with_version().for_front_desk().filter(pk__in=ids).in_bulk()
    reasons = open_reasons(forms) if is_clinical else {}
    newer = (
        set(Match.objects.filter(submission__in=ids, is_same=True).values_list("submission_id", flat=True))
        if is_clinical
        else set()
    )
    tries = last_tries([entry.pk for entry in entries if isinstance(entry, UnfinishedForm)])
    rows = [
        make_unfinished_row(entry, tries.get(entry.pk, ""))
        if isinstance(entry, UnfinishedForm)
        else make_row(entry, forms[entry.pk], is_clinical, reasons.get(entry.pk, []), entry.pk in newer)
        for entry in entries
    ]
    return fold(rows)


def fold(rows: list[Row | UnfinishedRow]) -> list[Row | UnfinishedRow]:
    """Put unfinished forms of the same name and telephone behind the first of them; nobody else is ever behind it."""
    alike = defaultdict[Any, list[Any]](list)
    for row in rows:
        is_named = isinstance(row, UnfinishedRow) and row.name and row.phone
        alike[(row.name.casefold(), row.phone) if is_named else id(row)].append(row)
    return [replace(first, others=tuple(others)) if others else first for first, *others in alike.values()]


def open_reasons(forms: Mapping[UUID, Submission]) -> dict[UUID, list[tuple[str, str]]]:
    """Return the open flags of forms, worst first, in words: what each says, not what it rests on."""
    flags: dict[UUID, list[OpenFlag]] = defaultdict(list)
    for flag in OpenFlag.objects.filter(work_item__in=forms).order_by("-severity", "position"):
        flags[flag.work_item_id].append(flag)
    shown = {flag.pk: forms[pk] for pk, some in flags.items() for flag in some[:FLAGS_SHOWN]}
    said = {}
    for part in SealedPart.objects.filter(pk__in=shown):
        part.data_key = shown[part.pk].data_key  # opened for the form's name already
        said[part.pk] = str(part.value.get("reason", ""))
    return {
        pk: [(flag.rule, read_reason(forms[pk].definition, flag.rule, said.get(flag.pk, "")).what) for flag in some]
        for pk, some in flags.items()
    }


def make_row(
    work: WorkItem, submission: Submission, is_clinical: bool, reasons: list[tuple[str, str]], has_newer: bool
) -> Row:
    definition, identity = submission.version.definition(), submission.identity
    name, called = said(definition, identity, "legal-name"), said(definition, identity, "preferred-name")
    plain: dict[str, Any] = {
        "work": work,
        "submission": submission,
        "name": name,
        "preferred_name": "" if f" {called} " in f" {name} " else called,
        "age": age_of(submission.submitted_at),
        "assigned": name_of(submission.work_item.assigned_to) if submission.work_item.assigned_to else "",
        "phone": show_phone(said(definition, identity, "phone")),
        "email": said(definition, identity, "email"),
        "escort_name": said(definition, identity, "escort-name"),
        "escort_phone": show_phone(said(definition, identity, "escort-phone")),
    }
    if not is_clinical:
        return Row(**plain)
    worst = work.worst_unresolved
    return Row(
        **plain,
        severity=Severity(worst) if worst else None,
        reasons=tuple(reasons[:FLAGS_SHOWN]),
        more=max(0, len(reasons) - FLAGS_SHOWN),
        call=call_words(submission) if worst == Severity.CRISIS and work.is_open else "",
        has_newer=has_newer,
    )


def last_tries(ids: list[UUID]) -> dict[UUID | None, str]:
    """Say of unfinished forms what came of the last try to reach the person; the words of it are not opened."""
    rows = Contact.objects.filter(unfinished__in=ids).select_related("by").order_by("at") if ids else ()
    return {row.unfinished_id: f"{row.get_reached_display()} {clock(row.at)}, {name_of(row.by)}" for row in rows}


def clock(at: datetime) -> str:
    """Return the time; with the day when that is not today."""
    here = timezone.localtime(at)
    return date_format(here, "TIME_FORMAT" if here.date() == timezone.localdate() else "DATETIME_FORMAT")


def make_unfinished_row(form: UnfinishedForm, tried: str = "") -> UnfinishedRow:
    """Read a form's rules with their staff reasons; no answer is opened for it."""
    definition = form.version.definition()
    rules = sorted(form.rules, key=lambda rule: place_of(definition, rule))
    said = [(rule, read_reason(definition, rule)) for rule in rules]
    contact = form.contact or {}
    opened_by = name_of(form.opened_by) if form.opened_by else ""
    return UnfinishedRow(
        form,
        contact.get("name", ""),
        show_phone(contact.get("phone", "")),
        age_of(form.first_at),
        tuple(one for one in said if one[0] in form.holds),
        tuple(one for one in said if one[0] not in form.holds),
        opened_by,
        tried,
    )


def age_of(at: datetime) -> str:
    """Say how long ago something was, in one unit."""
    if timezone.now() - at < timedelta(minutes=1):
        return _("just now")
    return _("%(time)s ago") % {"time": timesince(at, depth=1)}
