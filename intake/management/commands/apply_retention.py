"""Delete what is older than the clinic profile says, kind by kind."""

from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from clinic.audit.actions import Action
from clinic.audit.trail import record
from clinic.models import AuditEntry, Clinic
from intake.models.keeping import BY, KINDS

SUBJECT = "retention"
AT_ONCE = 200  # of a kind, by the timer: the same process sends the mail of a crisis within a minute
DAILY, JUMP, PAUSE = timedelta(hours=23), timedelta(days=1), timedelta(days=8)


def last_run() -> AuditEntry | None:
    return AuditEntry.objects.filter(subject=SUBJECT).order_by("-position").first()


def days_of(clinic: Clinic) -> str:
    """Write how long each kind is kept, for the trail: a run under other days than the last one only counts."""
    return "days " + ", ".join(str(getattr(clinic, kind.field) or "for good") for kind in KINDS)


def why_not(now: datetime) -> str:
    """Say why the clock cannot be believed, if so: what a wrong day deletes is gone for good."""
    by_people = AuditEntry.objects.exclude(actor__startswith="command ").order_by("-position")
    newest = by_people.values_list("at", flat=True).first()
    if newest is None or now - newest > JUMP:
        return "nobody has done anything for more than a day: nothing is deleted until somebody does."
    return ""


class Command(BaseCommand):
    help = "Deletes what is older than the clinic profile says, kind by kind. What is on legal hold is kept."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only count")
        parser.add_argument(
            "--daily",
            action="store_true",
            help="for a timer: once a day; only count the first time, under other days than before and after a pause, "
            "and not while the clock may be wrong",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        clinic, now, counts_only = Clinic.current(), timezone.now(), options["dry_run"]
        days = days_of(clinic)
        if options["daily"]:
            last = last_run()
            if last is not None and now - last.at < DAILY:
                return
            if reason := why_not(now):
                self.stderr.write(f"Retention: {reason}")
                return
            is_known = last is not None and now - last.at <= PAUSE and last.detail.endswith(days)
            counts_only = counts_only or not is_known
        at_most = AT_ONCE if options["daily"] else None
        applied = list(apply(clinic, now, counts_only=counts_only, at_most=at_most))
        for number, words in applied:
            if number or not options["daily"]:  # what happens every day is not worth a line
                self.stdout.write(words)
        is_done = counts_only or all(number != at_most for number, _words in applied)  # else again in an hour
        if options["daily"] and not options["dry_run"] and is_done:
            done = "counted, deleted in a day" if counts_only else "deleted"
            total = sum(number for number, _words in applied)
            record(None, Action.RETENTION_APPLIED, SUBJECT, actor=BY, detail=f"{total} {done}: {days}")


def apply(clinic: Clinic, now: datetime, *, counts_only: bool, at_most: int | None) -> Iterator[tuple[int, str]]:
    """Delete each kind, or only count; yield how many, and that in words."""
    for kind in KINDS:
        days = getattr(clinic, kind.field)
        if days is None:
            yield 0, f"{kind.name}: kept for good."
            continue
        found = kind.older(now - timedelta(days=days))
        if at_most is not None and not counts_only:
            found = found.filter(pk__in=list(found.values_list("pk", flat=True)[:at_most]))
        number = found.count() if counts_only else kind.delete(found)
        done = "would be deleted" if counts_only else "deleted"
        yield number, f"{kind.name}: {number} older than {days} days {done}."
