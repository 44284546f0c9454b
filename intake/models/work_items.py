"""Where a submission stands: computed from the rows that are only ever added, kept for the worklist."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from intake.definition.rules import Severity
from intake.models.decisions import CLEARING, DATED, Decision
from intake.models.rows import one_of
from intake.models.screenings import NO_FLAG_RANK, Flag
from intake.models.submissions import Submission


class Status(models.TextChoices):
    """Where a submission stands."""

    NEW = "new", _("New")
    IN_REVIEW = "in-review", _("In review")
    REOPENED = "reopened", _("Reopened")
    DUE = "due", _("Due again")
    WAITING = "waiting", _("Waiting for the patient")
    DELAYED = "delayed", _("Delayed")
    NOT_REACHED = "not-reached", _("Could not reach")
    CLEARED = "cleared", _("Cleared")
    CLEARED_WITH_CONDITIONS = "cleared-with-conditions", _("Cleared with conditions")
    NOT_SUITABLE = "not-suitable", _("Not suitable")
    DELETED = "deleted", _("Deleted")


OPEN = (Status.NEW, Status.IN_REVIEW, Status.REOPENED, Status.DUE, Status.WAITING)
LATER = (Status.DELAYED, Status.NOT_REACHED)
STATUS_AFTER = {
    Decision.CLEARED: Status.CLEARED,
    Decision.CLEARED_WITH_CONDITIONS: Status.CLEARED_WITH_CONDITIONS,
    Decision.MORE_INFORMATION: Status.WAITING,
    Decision.DELAYED: Status.DELAYED,
    Decision.NOT_SUITABLE: Status.NOT_SUITABLE,
    Decision.COULD_NOT_REACH: Status.NOT_REACHED,
}


class WorkItemQuerySet(models.QuerySet["WorkItem"]):
    def due(self, today: date) -> Self:
        """Those whose decision said 'until', and the day has come."""
        return self.filter(status__in=LATER, due_on__lte=today)


class WorkItem(models.Model):
    """What changes about a submission; can be rebuilt. `rank` is the worklist's order, 0 the worst.

    Changed only by `refresh()`, under its own lock. Each index ends in the key, so that a page of the
    list is read from it in order, from where the last one ended.
    """

    submission = models.OneToOneField(Submission, models.PROTECT, primary_key=True, related_name="work_item")
    status = models.CharField(max_length=30, choices=Status, default=Status.NEW)
    is_open = models.BooleanField(default=True)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    worst_unresolved = models.PositiveSmallIntegerField(choices=Severity, null=True, blank=True)
    rank = models.PositiveSmallIntegerField()
    due_on = models.DateField(null=True, blank=True)
    submitted_at = models.DateTimeField()  # the submission's own, so that one index serves the list

    objects = WorkItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("work item")
        default_permissions = ()
        indexes = [
            models.Index(fields=["is_open", "rank", "submitted_at", "submission"], name="work_worst_first"),
            models.Index(fields=["is_open", "submitted_at", "submission"], name="work_oldest_first"),
            models.Index(
                fields=["is_open", "assigned_to", "rank", "submitted_at", "submission"], name="work_by_person"
            ),
            models.Index(fields=["status", "rank", "submitted_at", "submission"], name="work_by_status"),
            models.Index(fields=["status", "due_on"], name="work_by_day"),
            models.Index(
                fields=["is_open", "worst_unresolved", "rank", "submitted_at", "submission"], name="work_by_severity"
            ),
        ]
        constraints = [
            one_of("status", Status, "work_item_status_known"),
            models.CheckConstraint(
                condition=models.Q(worst_unresolved=None) | models.Q(worst_unresolved__in=Severity.values),
                name="work_item_severity_known",
            ),
        ]

    def __str__(self) -> str:
        return self.get_status_display()

    @classmethod
    def lock(cls, submission: Submission) -> "WorkItem":
        """Hold the submission's work item until the transaction ends."""
        work = cls.objects.select_for_update().get(submission=submission)
        work.submission = submission
        return work

    def refresh(self, today: date) -> bool:
        """Bring a locked work item up to date; say whether anything was different."""
        unresolved = list(self.submission.flags.unresolved())
        columns = columns_of(self.submission, unresolved, today)
        changed = [name for name, value in columns.items() if getattr(self, name) != value]
        for name in changed:
            setattr(self, name, columns[name])
        if changed:
            self.save(update_fields=changed)
        return index_open_flags(self, unresolved) or bool(changed)


class OpenFlag(models.Model):
    """An unresolved flag of an open form: what the worklist names and filters by; can be rebuilt."""

    flag = models.OneToOneField(Flag, models.CASCADE, primary_key=True, related_name="+")
    work_item = models.ForeignKey(WorkItem, models.CASCADE, related_name="open_flags")
    rule = models.CharField(max_length=40)
    severity = models.PositiveSmallIntegerField(choices=Severity)
    position = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("open flag")
        default_permissions = ()
        indexes = [models.Index(fields=["rule", "work_item"], name="open_flag_by_rule")]

    def __str__(self) -> str:
        return self.rule


def start_work(submission: Submission, today: date) -> WorkItem:
    """Add the work item of a new submission, or of one that has lost it."""
    unresolved = list(submission.flags.unresolved())
    work = WorkItem.objects.create(submission=submission, **columns_of(submission, unresolved, today))
    index_open_flags(work, unresolved)
    return work


def columns_of(submission: Submission, unresolved: list[Flag], today: date) -> dict[str, Any]:
    """Compute the work item's columns from the rows that are only ever added."""
    latest = submission.reviews.order_by("-at").first()
    given = submission.assignments.order_by("-at").first()
    status = Status.NEW
    if hasattr(submission, "deletion"):
        status = Status.DELETED
    elif latest is not None:
        status = status_after(submission, latest, unresolved, today)
    elif given is not None or was_touched(submission):
        status = Status.IN_REVIEW
    return {
        "status": status,
        "is_open": status in OPEN,
        "assigned_to": given.to if given else None,
        "worst_unresolved": max((flag.severity for flag in unresolved), default=None),
        "rank": min((flag.rank for flag in unresolved), default=NO_FLAG_RANK),
        "due_on": latest.delayed_until if latest and status in (*LATER, Status.DUE) else None,
        "submitted_at": submission.submitted_at,
    }


def status_after(submission: Submission, latest: Any, unresolved: list[Flag], today: date) -> Status:
    """Say where a decided submission stands: the day may have come, or something grave may have come up since."""
    grave = [flag for flag in unresolved if flag.severity >= Severity.STOP]
    if (
        (grave and latest.decision in CLEARING)
        or opened_again(grave, latest.at)
        or worse_newer_form(submission, latest.at)
    ):
        return Status.REOPENED
    if latest.decision in DATED and latest.delayed_until <= today:
        return Status.DUE
    return STATUS_AFTER[Decision(latest.decision)]


def opened_again(flags: list[Flag], decided_at: Any) -> bool:
    """Say whether one of these flags was settled, and opened again after the decision."""
    again = Flag.objects.filter(pk__in=[flag.pk for flag in flags], resolutions__reopening__at__gt=decided_at)
    return bool(flags) and again.exists()


def worse_newer_form(submission: Submission, decided_at: Any) -> bool:
    """Say whether a newer form, confirmed as the same person's after the decision, raised a stop or crisis."""
    newest: dict[Any, Any] = {}
    for match in submission.later_matches.filter(at__gt=decided_at).select_related("later").order_by("at"):
        newest[match.later_id] = match
    return any(match.is_same and match.later.flags.stopping().exists() for match in newest.values())


def was_touched(submission: Submission) -> bool:
    """Say whether staff did anything with it beyond reading."""
    return (
        submission.notes.exists()
        or submission.contacts.exists()
        or submission.flags.filter(resolutions__isnull=False).exists()
    )


def index_open_flags(work: WorkItem, unresolved: Iterable[Flag]) -> bool:
    """Keep one row for each unresolved flag of an open form; say whether any was added or taken away."""
    wanted = {flag.pk: flag for flag in unresolved} if work.is_open else {}
    kept = set(work.open_flags.values_list("flag_id", flat=True))
    gone, new = kept - set(wanted), set(wanted) - kept
    if gone:
        work.open_flags.filter(flag_id__in=gone).delete()
    OpenFlag.objects.bulk_create(
        OpenFlag(
            flag=wanted[pk],
            work_item=work,
            rule=wanted[pk].rule,
            severity=wanted[pk].severity,
            position=wanted[pk].position,
        )
        for pk in new
    )
    return bool(gone or new)


class Presence(models.Model):
    """Somebody has a submission open, or had it a moment ago."""

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()

    class Meta:
        verbose_name = _("presence")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["submission", "user"], name="one_presence_each")]

    def __str__(self) -> str:
        return f"{self.seen_at:%Y-%m-%d %H:%M}"
