"""Six reports on the last weeks: how long people wait, why, where the form loses them, and what rules are overruled.

Each reads one stretch of an index: the forms sent since a Monday, the open ones, or what is counted by the month.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import cached_property
from statistics import median_low
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, OuterRef, Subquery, Sum
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from msgspec import Struct

from clinic.models import Clinic
from education.pages.figures.drawing import drawn_bars
from education.pages.figures.facts import Bar, Drawing
from intake.definition.rules import Severity
from intake.models import (
    FlagResolution,
    Outcome,
    QuestionnaireVersion,
    Review,
    SealedPart,
    Stop,
    Submission,
    WorkItem,
)
from intake.models.screenings import Flag
from intake.review.reasons import Reason, read_reason

WEEKS, MOST_ROWS, MOST_READ, LABEL = 12, 12, 300, 44
GAP = re.compile(r"\{[^}]*\}")
CLAUSE = re.compile(r"[:.;(]")
FEW = 5  # an export hides a number under this


class Row(Struct, frozen=True):
    """One bar, and one row of the table beside it."""

    label: str
    count: int
    words: str = ""
    of: int | None = None
    texts: tuple[str, ...] = ()  # what staff wrote: never exported
    is_few: bool = False  # its words say something of fewer than five

    @property
    def number(self) -> str:
        return (
            _("%(count)d of %(of)d") % {"count": self.count, "of": self.of} if self.of is not None else f"{self.count}"
        )

    def exported(self) -> tuple[str, str]:
        """Return number and words, without what could point at somebody."""
        others = FEW if self.of is None else self.of - self.count
        if min(self.count, others) < FEW:
            return _("under %(few)d") % {"few": FEW}, ""
        return self.number, "" if self.is_few else self.words


class Report(Struct, frozen=True, dict=True):
    name: str
    title: str
    lead: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]

    @cached_property
    def drawing(self) -> dict[str, Any]:
        most = max((row.of or row.count for row in self.rows), default=0) or 1
        bars = tuple(
            Bar(label=Truncator(row.label).chars(LABEL), words=row.number, value=row.count) for row in self.rows
        )
        drawing = Drawing(title=self.title, unit="", most=most, ticks=(0, most), caption=self.lead, bars=bars)
        return drawn_bars(drawing)


def all_reports(clinic: Clinic) -> list[Report]:
    today = clinic.today()
    monday = today - timedelta(days=today.weekday(), weeks=WEEKS - 1)
    zone = ZoneInfo(clinic.time_zone)
    since = datetime(monday.year, monday.month, monday.day, tzinfo=zone)
    versions = list(QuestionnaireVersion.objects.without_documents().order_by("published_at"))
    return [
        by_week(since, zone),
        waiting(),
        stops(monday, versions),
        flags(since, versions),
        against(since, versions),
        teach_back(since),
    ]


def by_week(since: datetime, zone: ZoneInfo) -> Report:
    """Count what was sent each week, and how long until the first decision."""
    sent: dict[date, list[timedelta | None]] = {since.date() + timedelta(weeks=week): [] for week in range(WEEKS)}
    first = Review.objects.filter(submission=OuterRef("pk")).order_by("at").values("at")[:1]  # grouping would scan
    found = Submission.objects.filter(submitted_at__gte=since).annotate(decided_at=Subquery(first))
    for submitted_at, decided_at in found.values_list("submitted_at", "decided_at"):
        day = submitted_at.astimezone(zone).date()
        week = day - timedelta(days=day.weekday())
        sent.setdefault(week, []).append(decided_at - submitted_at if decided_at else None)
    rows: list[Row] = []
    for week, waits in sorted(sent.items()):
        decided = [wait for wait in waits if wait is not None]
        words = f"{duration(median_low(decided))} ({len(decided)})" if decided else ""
        label = _("Week of %(day)s") % {"day": date_format(week, _("M j"))}
        if rows or waits:  # from the first week with a form
            rows.append(Row(label, len(waits), words, is_few=len(decided) < FEW))
    return Report(
        "weeks",
        _("Forms sent, and time to the first decision"),
        _("By week. The middle time, and how many were decided."),
        (_("Week"), _("Sent"), _("Time to decision (decided)")),
        tuple(rows),
    )


def duration(wait: timedelta) -> str:
    """Say a time in the one unit that fits."""
    minutes = round(wait.total_seconds() / 60)
    if minutes < 90:
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    if (hours := round(minutes / 60)) < 48:
        return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    days = round(hours / 24)
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}


def waiting() -> Report:
    """Count the open forms by their worst open flag."""
    found = WorkItem.objects.filter(is_open__in=(True,)).values_list("worst_unresolved").annotate(Count("pk"))
    counted = dict(found.order_by())
    labels = [(Severity(value), Severity(value).label.capitalize()) for value in sorted(Severity.values, reverse=True)]
    return Report(
        "waiting",
        _("Open forms"),
        _("Now, by the worst open flag."),
        (_("Worst open flag"), _("Forms")),
        tuple(Row(str(label), counted.get(value, 0)) for value, label in [*labels, (None, _("None open"))]),
    )


def stops(since: date, versions: Iterable[QuestionnaireVersion]) -> Report:
    """Name the questions at which forms were left."""
    questions = {version.pk: version.definition().items for version in versions}
    found = Stop.objects.filter(month__gte=since.replace(day=1)).values_list("version", "question")
    rows = []
    for version, question, count in found.annotate(total=Sum("count")).order_by("-total")[:MOST_ROWS]:
        item = questions[version].get(question)
        rows.append(Row((item.text if item else question) if question else _("Only the sending was missing"), count))
    return Report(
        "stops",
        _("Where people stop"),
        _("The first question without an answer, in forms that were never sent. Counted when the draft is deleted."),
        (_("Question"), _("Forms")),
        tuple(rows),
    )


def flags(since: datetime, versions: Iterable[QuestionnaireVersion]) -> Report:
    """Count the forms on which each rule fired."""
    titles = titles_of(versions)
    found = Flag.objects.filter(submission__submitted_at__gte=since).values_list("rule")
    counted = found.annotate(forms=Count("submission", distinct=True)).order_by("-forms", "rule")[:MOST_ROWS]
    return Report(
        "flags",
        _("Commonest flags"),
        _("Forms on which the rule fired."),
        (_("Flag"), _("Forms"), _("Rule")),
        tuple(Row(titles.get(rule, rule), count, rule) for rule, count in counted),
    )


def against(since: datetime, versions: Iterable[QuestionnaireVersion]) -> Report:
    """Count, and give the reasons, where staff went on although the rule says otherwise."""
    titles, texts = titles_of(versions), defaultdict[str, list[str]](list)
    found = FlagResolution.objects.standing().filter(submission__submitted_at__gte=since, outcome=Outcome.AGAINST)
    settled = list(found.order_by("-at").values_list("pk", "flag__rule")[:MOST_READ])
    parts = SealedPart.objects.with_key().filter(pk__in=dict(settled))
    words = {part.pk: str(part.value.get("reason", "")) for part in parts}
    for pk, rule in settled:
        texts[rule].append(words.get(pk, ""))
    ordered = sorted(texts.items(), key=lambda one: (-len(one[1]), one[0]))
    return Report(
        "against",
        _("Settled against the rule"),
        _("Where a clinician went on all the same, and why."),
        (_("Flag"), _("Times"), _("Reasons")),
        tuple(Row(titles.get(rule, rule), len(said), rule, texts=tuple(filter(None, said))) for rule, said in ordered),
    )


def teach_back(since: datetime) -> Report:
    """Count who answered each no-driving question right the first time, in the newest forms."""
    asked: Counter[str] = Counter()
    right: Counter[str] = Counter()
    texts: dict[str, str] = {}
    newest = Submission.objects.with_version().filter(submitted_at__gte=since).select_related("content__data_key")
    newest = newest.defer(*(f"content__{name}" for name in ("identity", "answers", "computed")))
    for submission in newest.order_by("-submitted_at")[:MOST_READ]:
        definition = submission.version.definition()
        for link_id, code in next(iter(submission.record.get("tries", [])), {"answers": {}})["answers"].items():
            if item := definition.teach_back.get(link_id):
                texts.setdefault(link_id, definition.questions[link_id].text)
                asked[link_id] += 1
                right[link_id] += code == item.correct
    return Report(
        "teach-back",
        _("Understood at the first try"),
        _("Who answered the no-driving question right at once, in the newest %(n)d forms at most.") % {"n": MOST_READ},
        (_("Question"), _("Right at once")),
        tuple(Row(text, right[link_id], of=asked[link_id]) for link_id, text in texts.items()),
    )


def titles_of(versions: Iterable[QuestionnaireVersion]) -> dict[str, str]:
    """Return each rule in a few words, those of the newest version, with a gap for what each form says itself."""
    return {
        rule: short(read_reason(version.definition(), rule))
        for version in versions
        for rule in version.definition().rules
    }


def short(reason: Reason) -> str:
    """Say what a rule is about; where a gap leaves too little, with the first words of why it counts."""
    what = GAP.sub("…", reason.what)
    return ": ".join(filter(None, (what, CLAUSE.split(reason.why)[0].strip() if what != reason.what else "")))
