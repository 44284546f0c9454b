"""What the clinic says of itself, and its policy thresholds."""

from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import DatabaseError, models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


def validate_time_zone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError(_("Enter a time zone such as America/Los_Angeles."))


def limit(default: float, low: float, high: float, label: Any, **kwargs: Any) -> models.DecimalField:
    """Make a policy threshold: a number with a range that cannot be left."""
    return models.DecimalField(
        label,
        max_digits=5,
        decimal_places=1,
        default=default,
        validators=[MinValueValidator(low), MaxValueValidator(high)],
        **kwargs,
    )


class ClinicProfile(models.Model):
    """What the clinic says of itself, and its policy thresholds. There is one row."""

    name = models.CharField(_("clinic name"), max_length=120, default="Ketamine Infusion Clinic")
    phone = models.CharField(
        _("telephone"), max_length=40, blank=True, help_text=_("Pages hide the row while this is empty.")
    )
    address = models.CharField(_("address"), max_length=300, blank=True)
    hours = models.CharField(_("opening hours"), max_length=200, blank=True)
    after_hours = models.TextField(
        _("when the clinic is closed"),
        max_length=500,
        blank=True,
        help_text=_("What a patient should do. 911 and 988 always stand beside it."),
    )
    time_zone = models.CharField(
        _("time zone"), max_length=60, default="America/Los_Angeles", validators=[validate_time_zone]
    )

    unfinished_forms = models.BooleanField(
        _("show unfinished forms that hold a crisis answer"),
        default=True,
        help_text=_(
            "Clinic policy. On: nurses and clinicians see at once that such an answer was given, with name and "
            "telephone if given. Patients are told which it is. What counts is the setting when the answer was saved."
        ),
    )
    unfinished_days = models.PositiveSmallIntegerField(
        _("days an unfinished form is kept at least"),
        default=30,
        validators=[MinValueValidator(30), MaxValueValidator(365)],
    )

    bp1_systolic = limit(
        180,
        160,
        180,
        _("very high blood pressure, top number"),
        help_text=_("At or over: stop. It can be made stricter, never looser."),
    )
    bp1_diastolic = limit(120, 100, 120, _("very high blood pressure, bottom number"))
    bp2_systolic = limit(160, 140, 160, _("high blood pressure, top number"), help_text=_("At or over: stop."))
    bp2_diastolic = limit(100, 90, 100, _("high blood pressure, bottom number"))
    low_systolic = limit(90, 90, 110, _("low blood pressure, top number"), help_text=_("Under: a note."))
    low_weight = limit(45, 45, 60, _("low weight in kg"), help_text=_("Under: review."))
    high_weight = limit(150, 100, 150, _("high weight in kg"), help_text=_("Over: review."))
    low_bmi = limit(18.5, 18.5, 22, _("low BMI"), help_text=_("Under: review."))
    high_bmi = limit(40, 30, 40, _("high BMI"), help_text=_("At or over: review."))
    pcptsd5_cut = limit(4, 3, 4, _("PC-PTSD-5 cut"), help_text=_("At or over: a note. Some clinics use 3."))
    auditc_high = limit(8, 6, 8, _("high AUDIT-C"), help_text=_("At or over: review."))

    confirmation_call_by = models.CharField(
        _("when patients are called"),
        max_length=120,
        blank=True,
        help_text=_("Completes 'We call you', such as 'within one working day'. Printed only when confirmed below."),
    )
    promises_confirmed_by = models.CharField(_("promises confirmed by"), max_length=120, blank=True)
    promises_confirmed_on = models.DateField(_("promises confirmed on"), null=True, blank=True)

    class Meta:
        verbose_name = _("clinic profile")
        verbose_name_plural = _("clinic profile")
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_clinic_profile")]

    THRESHOLDS = (
        "bp1_systolic", "bp1_diastolic", "bp2_systolic", "bp2_diastolic", "low_systolic", "low_weight",
        "high_weight", "low_bmi", "high_bmi", "pcptsd5_cut", "auditc_high",
    )  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @classmethod
    def current(cls) -> "ClinicProfile":
        """Return the profile, or the defaults while none is saved.

        A database that does not answer raises: its limits may be stricter than the defaults.
        """
        try:
            return cls.objects.get(pk=1)
        except cls.DoesNotExist:
            return cls(pk=1)

    @classmethod
    def current_or_default(cls) -> "ClinicProfile":
        """Return the profile for a page's head and foot, which are drawn even when the database does not answer."""
        try:
            return cls.current()
        except DatabaseError:
            return cls(pk=1)

    def clean(self) -> None:
        if self.bp2_systolic > self.bp1_systolic or self.bp2_diastolic > self.bp1_diastolic:
            raise ValidationError(_("'High' blood pressure cannot start above 'very high'."))
        if self.confirmation_call_by and not (self.promises_confirmed_by and self.promises_confirmed_on):
            raise ValidationError(_("A promise to patients needs the name of who confirmed it, and the date."))

    def thresholds(self) -> dict[str, Decimal]:
        """Return the thresholds by the names that screening rules use."""
        return {field.replace("_", "-"): Decimal(str(getattr(self, field))) for field in self.THRESHOLDS}

    def today(self) -> date:
        """Return today's date where the clinic is."""
        return timezone.localdate(timezone=ZoneInfo(self.time_zone))

    @property
    def promised_call(self) -> str:
        return self.confirmation_call_by if self.promises_confirmed_on else ""
