"""How flags were settled, agreed to by a second clinician, and opened again: rows that are only ever added."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.audit.binding import BoundRow
from clinic.audit.models import AppendOnlyQuerySet
from intake.models.contacts import Contact
from intake.models.rows import one_of
from intake.models.screenings import Flag
from intake.models.staff_rows import StaffRow
from intake.models.submissions import Submission


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
