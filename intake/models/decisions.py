"""What was decided about a submission: treatment, whose it is, whether it may go. Rows that are only ever added."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.audit.binding import BoundRow
from clinic.audit.models import AppendOnlyQuerySet
from intake.models.rows import one_of
from intake.models.staff_rows import StaffRow
from intake.models.submissions import Submission


class Decision(models.TextChoices):
    """What a clinician decided."""

    CLEARED = "cleared", _("Cleared")
    CLEARED_WITH_CONDITIONS = "cleared-with-conditions", _("Cleared with conditions")
    MORE_INFORMATION = "more-information", _("More information needed")
    DELAYED = "delayed", _("Delayed")
    NOT_SUITABLE = "not-suitable", _("Not suitable")
    COULD_NOT_REACH = "could-not-reach", _("Could not reach the patient")


CLEARING = (Decision.CLEARED, Decision.CLEARED_WITH_CONDITIONS)
DATED = (Decision.DELAYED, Decision.COULD_NOT_REACH)


class Review(StaffRow):
    """One decision of one clinician. The latest counts; earlier ones stay."""

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="reviews")
    decision = models.CharField(max_length=30, choices=Decision)
    has_conditions = models.BooleanField(default=False)
    delayed_until = models.DateField(null=True, blank=True)

    class Meta(StaffRow.Meta):
        verbose_name = _("review")
        constraints = [
            one_of("decision", Decision, "review_decision_known"),
            models.CheckConstraint(
                condition=~Q(decision__in=DATED) | Q(delayed_until__isnull=False), name="delay_has_date"
            ),
            models.CheckConstraint(
                condition=~Q(decision=Decision.CLEARED_WITH_CONDITIONS) | Q(has_conditions=True),
                name="conditions_are_named",
            ),
        ]

    def __str__(self) -> str:
        return self.get_decision_display()

    @property
    def reason(self) -> str:
        return str(self.sealed.get("reason", ""))

    @property
    def conditions(self) -> str:
        return str(self.sealed.get("conditions", ""))


class Match(BoundRow):
    """A member of staff said that two forms are one person's, or that they are not. The newest row counts."""

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="later_matches")  # the earlier one
    later = models.ForeignKey(Submission, models.PROTECT, related_name="earlier_matches")
    is_same = models.BooleanField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("match")
        verbose_name_plural = _("matches")
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=~Q(submission=F("later")), name="match_of_two")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


class Hold(BoundRow):
    """A legal hold: while the newest row says so, nothing of the submission is deleted."""

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="holds")
    is_held = models.BooleanField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField(default=timezone.now)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("hold")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d}"


class Deletion(BoundRow):
    """The tombstone: what a submission said was deleted; that it was sent, screened and decided on stays."""

    submission = models.OneToOneField(Submission, models.PROTECT, primary_key=True, related_name="deletion")
    reason = models.CharField(max_length=40)  # retention, request: never a text about the person
    by = models.CharField(max_length=150)
    at = models.DateTimeField(default=timezone.now)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("deletion")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d}"
