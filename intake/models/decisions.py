"""What staff did with a submission: rows that are only ever added."""

from typing import Self
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.audit.binding import BoundRow
from clinic.audit.models import AppendOnlyQuerySet
from intake.models.drafts import UnfinishedForm
from intake.models.rows import one_of
from intake.models.screenings import Flag
from intake.models.submissions import Submission, WithSealedPart, open_parts


class StaffRow(WithSealedPart):
    """A row that a member of staff added to a submission."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True
        default_permissions = ()


class Reached(models.TextChoices):
    """What came of trying to reach the patient."""

    REACHED = "reached", _("Reached")
    MESSAGE = "message-left", _("Message left")
    NOT_REACHED = "not-reached", _("Not reached")
    WRONG_NUMBER = "wrong-number", _("Wrong number")


class Means(models.TextChoices):
    """How it was tried."""

    CALL = "call", _("Call")
    TEXT = "text", _("Text message")
    EMAIL = "email", _("Email")
    IN_PERSON = "in-person", _("In person")


class Contact(StaffRow):
    """One try to reach the patient or someone close, about a form that was sent or one that is not sent yet.

    `is_clinical`: written by who may read answers.
    """

    submission = models.ForeignKey(Submission, models.PROTECT, null=True, blank=True, related_name="contacts")
    unfinished = models.ForeignKey(UnfinishedForm, models.PROTECT, null=True, blank=True, related_name="contacts")
    reached = models.CharField(max_length=20, choices=Reached)
    means = models.CharField(max_length=20, choices=Means, default=Means.CALL)
    is_clinical = models.BooleanField()

    class Meta(StaffRow.Meta):
        verbose_name = _("contact")
        constraints = [
            one_of("reached", Reached, "contact_reached_known"),
            one_of("means", Means, "contact_means_known"),
            models.CheckConstraint(
                condition=Q(submission__isnull=True) ^ Q(unfinished__isnull=True), name="contact_about_one"
            ),
        ]

    def __str__(self) -> str:
        return self.get_reached_display()

    @property
    def text(self) -> str:
        return str(self.sealed.get("text", ""))

    @classmethod
    def before_sending(cls, submission: Submission) -> "models.QuerySet[Contact]":
        """Return the tries that were made while the form was not sent yet."""
        return cls.objects.filter(unfinished__reference=submission.reference)

    @classmethod
    def all_about(cls, submission: Submission) -> "list[Contact]":
        """Return every try with its words, those from before the form was sent too, the oldest first."""
        before = list(cls.before_sending(submission).select_related("by"))
        since = list(submission.contacts.select_related("by"))
        open_parts(None, before)
        open_parts(submission, since)
        return sorted([*before, *since], key=lambda one: one.at)


class Appointment(StaffRow):
    """A visit that was agreed on, and the adult who comes along. The newest counts."""

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="appointments")
    starts_at = models.DateTimeField(null=True, blank=True)  # empty: called off

    class Meta(StaffRow.Meta):
        verbose_name = _("appointment")

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}" if self.starts_at else str(_("Called off"))

    @property
    def companion(self) -> str:
        return str(self.sealed.get("companion", ""))


class Outcome(models.TextChoices):
    """How a flag was settled."""

    TALKED = "talked", _("Talked with the patient")
    CHECKED = "checked", _("Checked with records or another clinician")
    PLAN = "plan", _("Plan made for the visit")
    MISTAKE = "mistake", _("Answered by mistake: corrected with the patient")
    AGAINST = "against", _("It is so, and we go on all the same")


class FlagResolutionQuerySet(AppendOnlyQuerySet):
    def standing(self) -> Self:
        """Those that count: not opened again, and countersigned where two must agree."""
        signed = Q(needs_second=False) | Q(countersignature__isnull=False)
        return self.filter(signed, reopening=None)


class FlagResolution(StaffRow):
    """Who settled a flag, when, how and why; by itself, or as one of several after one contact."""

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="+")
    flag = models.ForeignKey(Flag, models.PROTECT, related_name="resolutions")
    contact = models.ForeignKey(Contact, models.PROTECT, null=True, blank=True, related_name="resolutions")
    outcome = models.CharField(max_length=20, choices=Outcome)
    needs_second = models.BooleanField(default=False)

    objects = FlagResolutionQuerySet.as_manager()  # type: ignore[misc]

    class Meta(StaffRow.Meta):
        verbose_name = _("flag resolution")
        constraints = [one_of("outcome", Outcome, "resolution_outcome_known")]

    def __str__(self) -> str:
        return self.get_outcome_display()

    @property
    def reason(self) -> str:
        return str(self.sealed.get("reason", ""))


class Countersignature(BoundRow):
    """A second clinician agrees that a flag is settled."""

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="+")
    resolution = models.OneToOneField(FlagResolution, models.PROTECT, related_name="countersignature")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("countersignature")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


class Reopening(StaffRow):
    """A settled flag was opened again, and why."""

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="+")
    resolution = models.OneToOneField(FlagResolution, models.PROTECT, related_name="reopening")

    class Meta(StaffRow.Meta):
        verbose_name = _("reopening")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"

    @property
    def reason(self) -> str:
        return str(self.sealed.get("reason", ""))


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


class Note(StaffRow):
    """What a member of staff wrote down beside a submission."""

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="notes")

    class Meta(StaffRow.Meta):
        verbose_name = _("note")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"

    @property
    def text(self) -> str:
        return str(self.sealed.get("text", ""))


class Assignment(BoundRow):
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
