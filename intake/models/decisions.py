"""What staff did with a submission, and where it stands."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.audit.models import AppendOnly, AppendOnlyQuerySet
from clinic.sealing.fields import SealedTextField
from intake.definition.rules import Severity
from intake.models.rows import WrittenOnceQuerySet, one_of
from intake.models.submissions import Flag, Submission


class Outcome(models.TextChoices):
    """How a flag was settled."""

    TALKED = "talked", _("Talked with the patient")
    CHECKED = "checked", _("Checked with records or another clinician")
    PLAN = "plan", _("Plan made for the visit")
    MISTAKE = "mistake", _("Answered by mistake: corrected with the patient")


class FlagResolution(AppendOnly):
    """Who settled a flag, when, how and why."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    flag = models.OneToOneField(Flag, models.PROTECT, related_name="resolution")
    outcome = models.CharField(max_length=20, choices=Outcome)
    reason = SealedTextField(label="resolution.reason")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = WrittenOnceQuerySet.as_manager()

    class Meta:
        verbose_name = _("flag resolution")
        default_permissions = ()
        constraints = [one_of("outcome", Outcome, "resolution_outcome_known")]

    def __str__(self) -> str:
        return self.get_outcome_display()


class Decision(models.TextChoices):
    """What a clinician decided."""

    CLEARED = "cleared", _("Cleared")
    CLEARED_WITH_CONDITIONS = "cleared-with-conditions", _("Cleared with conditions")
    MORE_INFORMATION = "more-information", _("More information needed")
    DELAYED = "delayed", _("Delayed")
    NOT_SUITABLE = "not-suitable", _("Not suitable")


CLEARING = (Decision.CLEARED, Decision.CLEARED_WITH_CONDITIONS)


class Review(AppendOnly):
    """One decision of one clinician. The latest counts; earlier ones stay."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="reviews")
    decision = models.CharField(max_length=30, choices=Decision)
    reason = SealedTextField(label="review.reason")
    conditions = SealedTextField(label="review.conditions", null=True, blank=True)
    delayed_until = models.DateField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = WrittenOnceQuerySet.as_manager()

    class Meta:
        verbose_name = _("review")
        default_permissions = ()
        constraints = [
            one_of("decision", Decision, "review_decision_known"),
            models.CheckConstraint(
                condition=~models.Q(decision=Decision.DELAYED) | models.Q(delayed_until__isnull=False),
                name="delay_has_date",
            ),
            models.CheckConstraint(
                condition=~models.Q(decision=Decision.CLEARED_WITH_CONDITIONS) | models.Q(conditions__isnull=False),
                name="conditions_are_named",
            ),
        ]

    def __str__(self) -> str:
        return self.get_decision_display()


class Note(AppendOnly):
    """What a member of staff wrote down beside a submission."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="notes")
    text = SealedTextField(label="note.text")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = WrittenOnceQuerySet.as_manager()

    class Meta:
        verbose_name = _("note")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


class Assignment(AppendOnly):
    """Who was given a submission, by whom; `to` is empty when it was handed back."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="assignments")
    to = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("assignment")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


class Status(models.TextChoices):
    """Where a submission stands."""

    NEW = "new", _("New")
    IN_REVIEW = "in-review", _("In review")
    WAITING = "waiting", _("Waiting for the patient")
    CLEARED = "cleared", _("Cleared")
    CLEARED_WITH_CONDITIONS = "cleared-with-conditions", _("Cleared with conditions")
    DELAYED = "delayed", _("Delayed")
    NOT_SUITABLE = "not-suitable", _("Not suitable")


OPEN = (Status.NEW, Status.IN_REVIEW, Status.WAITING)


class WorkItem(models.Model):
    """What changes about a submission, for the worklist; can be rebuilt from the append-only rows.

    Changed only by `submission` and `review`. `rank` is the worklist's order, 0 the worst.
    """

    submission = models.OneToOneField(Submission, models.PROTECT, primary_key=True, related_name="work_item")
    status = models.CharField(max_length=30, choices=Status, default=Status.NEW)
    is_open = models.BooleanField(default=True)
    assigned_to = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    worst_unresolved = models.PositiveSmallIntegerField(choices=Severity, null=True, blank=True)
    rank = models.PositiveSmallIntegerField()
    due_on = models.DateField(null=True, blank=True)
    submitted_at = models.DateTimeField()  # the submission's own, so that one index serves the list

    class Meta:
        verbose_name = _("work item")
        default_permissions = ()
        indexes = [
            models.Index(fields=["-is_open", "rank", "submitted_at"], name="work_item_worst_first"),
            models.Index(fields=["-is_open", "submitted_at"], name="work_item_oldest_first"),
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
