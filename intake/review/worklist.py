"""Which forms wait, read straight from the work items' indexes: a page costs the same however long the table is."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from heapq import merge
from itertools import islice
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from msgspec import Struct

from clinic.models import User
from intake.definition.rules import Severity
from intake.models import LATER, QuestionnaireVersion, Status, UnfinishedForm, WorkItem
from intake.review.reasons import read_reason
from intake.review.search import Hashes, apply_search

PAGE_SIZE = 50
MOST_COUNTED = 100

Entry = WorkItem | UnfinishedForm
Rows = models.QuerySet[Any]


class Tab(TextChoices):
    """The parts of the worklist."""

    OPEN = "open", _("Open")
    MINE = "mine", _("Mine")
    NOBODY = "nobody", _("Nobody's")
    WAITING = "waiting", _("Waiting for the patient")
    LATER = "later", _("Delayed and due")
    DONE = "done", _("Done")


class Stream(Struct, frozen=True):
    """Rows in the order of one index; each name of `order` may begin with a minus."""

    rows: Rows
    order: tuple[str, ...]

    @property
    def is_newest_first(self) -> bool:
        return self.order[0].startswith("-")

    def key_of(self, row: Any) -> tuple[Any, ...]:
        return tuple(getattr(row, name.lstrip("-")) for name in self.order)

    def after(self, key: tuple[Any, ...] | None) -> Iterator[Any]:
        """Return the rows that follow a key. Each query is one range of the index: none skips over rows."""
        ordered = self.rows.order_by(*self.order)
        if key is None:
            yield from ordered[: PAGE_SIZE + 1]
            return
        for depth in range(len(self.order), 0, -1):
            name = self.order[depth - 1]
            equal = {part.lstrip("-"): value for part, value in zip(self.order[: depth - 1], key, strict=False)}
            beyond = f"{name.lstrip('-')}__{'lt' if name.startswith('-') else 'gt'}"
            yield from ordered.filter(**equal, **{beyond: key[depth - 1]})[: PAGE_SIZE + 1]

    def with_keys(self, after: tuple[Any, ...] | None) -> Iterator[tuple[tuple[Any, ...], Any]]:
        for row in self.after(after):
            yield self.key_of(row), row


# Written as a list: a bare boolean in the condition keeps SQLite from using the index.
STILL_OPEN, CLOSED = (True,), (False,)
WORST = ("rank", "submitted_at", "pk")
OLDEST = ("submitted_at", "pk")
NEWEST = ("-submitted_at", "-pk")
BY_DAY = ("due_on", "pk")


class Worklist(Struct, frozen=True):
    """What one person asked to see of it."""

    user: User
    is_clinical: bool
    tab: str = Tab.OPEN
    chosen: tuple[tuple[str, str], ...] = ()
    found: Hashes | None = None

    def page(self, after: UUID | None) -> tuple[list[Entry], bool]:
        """Return one page of rows, and whether more follow."""
        streams = self.streams()
        last = entry_of(after) if after else None
        key = next((stream.key_of(last) for stream in streams if last and stream.rows.model is type(last)), None)
        parts = [stream.with_keys(key) for stream in streams]
        in_order = merge(*parts, key=itemgetter(0), reverse=streams[0].is_newest_first)
        rows = [row for _key, row in islice(in_order, PAGE_SIZE + 1)]
        return rows[:PAGE_SIZE], len(rows) > PAGE_SIZE

    def streams(self) -> list[Stream]:
        work = WorkItem.objects.all()
        if self.found is not None:
            found = apply_search(work, self.found)
            return [Stream(self.filtered(found), NEWEST)]
        if self.tab == Tab.DONE:
            done = work.filter(is_open__in=CLOSED).exclude(status__in=LATER)
            return [Stream(self.filtered(done), NEWEST)]
        if self.tab == Tab.LATER:
            return [Stream(self.filtered(work.filter(status=status)), BY_DAY) for status in (*LATER, Status.DUE)]
        order = WORST if self.is_clinical else OLDEST
        streams = [Stream(self.filtered(self.open_work()), order)]
        if self.has_unfinished:
            forms = UnfinishedForm.objects.waiting().with_version().select_related("opened_by", "data_key")
            streams.append(Stream(forms, ("rank", "first_at", "pk")))
        return streams

    def open_work(self) -> Rows:
        work = WorkItem.objects.filter(is_open__in=STILL_OPEN)
        if self.tab == Tab.MINE:
            return work.filter(assigned_to=self.user)
        if self.tab == Tab.NOBODY:
            return work.filter(assigned_to=None)
        if self.tab == Tab.WAITING:
            return work.filter(status=Status.WAITING)
        return work

    @property
    def has_unfinished(self) -> bool:
        """Say whether unfinished forms stand among these rows."""
        chosen = dict(self.chosen)
        worst = chosen.pop("severity", Severity.CRISIS.word)
        return self.is_clinical and self.tab in (Tab.OPEN, Tab.NOBODY) and worst == Severity.CRISIS.word and not chosen

    def filtered(self, work: Rows) -> Rows:
        return apply_filters(work, dict(self.chosen))

    def counts(self) -> dict[str, str]:
        """Count every tab, exactly to a hundred."""
        counts = {}
        for tab in Tab:
            part = Worklist(self.user, self.is_clinical, tab)
            number = sum(capped(stream.rows) for stream in part.streams())
            counts[tab.value] = str(number) if number <= MOST_COUNTED else f"{MOST_COUNTED}+"
        return counts


def capped(rows: Rows) -> int:
    return int(rows.order_by()[: MOST_COUNTED + 1].count())


def new_ones(*, is_clinical: bool) -> int:
    """Count what nobody has looked at yet, to a hundred."""
    number = capped(WorkItem.objects.filter(status=Status.NEW))
    if is_clinical:
        number += capped(UnfinishedForm.objects.waiting().filter(opened_at=None))
    return number


def entry_of(pk: UUID) -> Entry | None:
    """Find the row that a page of the list ended with."""
    work: WorkItem | None = WorkItem.objects.filter(pk=pk).first()
    unfinished: UnfinishedForm | None = None if work else UnfinishedForm.objects.filter(pk=pk).first()
    return work or unfinished


def apply_filters(work: Rows, chosen: dict[str, str]) -> Rows:
    """Keep the rows that every chosen filter fits."""
    if "submitted" in chosen:
        work = work.filter(**days(chosen["submitted"]))
    if "severity" in chosen:
        worst = None if chosen["severity"] == "none" else Severity[chosen["severity"].upper()]
        work = work.filter(worst_unresolved=worst)
    if "rule" in chosen:
        work = work.filter(open_flags__rule=chosen["rule"])
    return work


def days(period: str) -> dict[str, datetime]:
    """Return the limits of a period in days of the clinic's clock."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    if period == "today":
        return {"submitted_at__gte": midnight}
    if period == "older":
        return {"submitted_at__lt": midnight - timedelta(days=30)}
    return {"submitted_at__gte": midnight - timedelta(days=int(period.removesuffix("-days")))}


def rules_to_filter_by() -> list[tuple[str, str]]:
    """Return every rule of the published versions with a few words for it."""
    words: dict[str, str] = {}
    for version in QuestionnaireVersion.objects.without_documents().order_by("published_at"):
        definition = version.definition()
        words |= {rule: f"{rule}: {read_reason(definition, rule).what}" for rule in definition.rules}
    return sorted(words.items())


def wake_due(today: date) -> int:
    """Bring back the forms whose day has come; return how many."""
    due = list(WorkItem.objects.due(today).select_related("submission")[:500])
    for work in due:
        with transaction.atomic():
            WorkItem.lock(work.submission).refresh(today)
    return len(due)
