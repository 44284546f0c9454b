"""Tries to reach a patient, and visits that were agreed on: rows that are only ever added."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from intake.models.drafts import UnfinishedForm
from intake.models.rows import one_of
from intake.models.staff_rows import StaffRow
from intake.models.submissions import Submission, open_parts


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
