"""What the clinic says of itself, and its clinical limits."""

from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


def validate_time_zone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError(_("Enter a time zone such as America/Los_Angeles."))


A_YEAR = 365
LONGEST = 100 * A_YEAR


def keeping(name: Any, *, least: int, **kwargs: Any) -> "models.PositiveIntegerField[Any, Any]":
    """Make the field that says how many days a kind is kept; empty: for good."""
    limits = [MinValueValidator(least), MaxValueValidator(LONGEST)]
    return models.PositiveIntegerField(name, null=True, blank=True, validators=limits, **kwargs)


class Clinic(models.Model):
    """What the clinic says of itself. There is one row: one deployment serves one clinic."""

    is_shown_in_public = True

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
    eating_rule = models.CharField(
        _("food and drink before a visit"),
        max_length=200,
        blank=True,
        help_text=_(
            "A whole sentence, printed on the pages for patients. While empty they say 'Call us for the hours.'"
        ),
    )
    recovery_time = models.CharField(
        _("how long a visit takes"),
        max_length=200,
        blank=True,
        help_text=_("A whole sentence. While empty: 'Plan for half a day.'"),
    )
    adult_stays = models.CharField(
        _("how long an adult stays with the patient"),
        max_length=200,
        blank=True,
        help_text=_("Completes 'An adult stays with you'. While empty: 'for the rest of the day and the night'."),
    )
    companion_rule = models.CharField(
        _("whether someone may sit with the patient"),
        max_length=200,
        blank=True,
        help_text=_("A whole sentence. While empty: 'Ask us if someone may sit with you.'"),
    )
    time_zone = models.CharField(
        _("time zone"), max_length=60, default="America/Los_Angeles", validators=[validate_time_zone]
    )

    publish_only_approved = models.BooleanField(
        _("publish only what a clinician has approved"),
        default=True,
        help_text=_(
            "On: from a first approval on, a changed text waits until another person approves it. Off: it is public at "
            "once, and each page that shows it says that it was changed since its review."
        ),
    )

    main_form = models.SlugField(
        _("main form"), max_length=60, default="previsit", help_text=_("The form that the address /intake/ opens.")
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
        _("unfinished forms with a crisis answer: days kept at least"),
        default=30,
        validators=[MinValueValidator(30), MaxValueValidator(365)],
    )

    keep_decided_days = keeping(_("forms with a decision: days kept"), least=A_YEAR)
    keep_undecided_days = keeping(
        _("forms without a decision: days kept"),
        least=A_YEAR,
        help_text=_("Also those that still wait for somebody, crisis and stop too. They then leave the worklist."),
    )
    keep_unsent_days = keeping(_("closed forms that were never sent: days kept"), least=30)
    keep_messages_days = keeping(_("mail to staff: days kept"), least=7, default=90)
    four_eyes = models.BooleanField(
        _("a second clinician must agree where a stop is settled against its rule"),
        default=False,
        help_text=_("Until then the flag stays open."),
    )

    escalate_after = models.PositiveSmallIntegerField(
        _("minutes until a second person is told"),
        null=True,
        blank=True,
        validators=[MinValueValidator(5), MaxValueValidator(1440)],
        help_text=_(
            "A crisis or stop that nobody opened by then is mailed to whoever is on duty below. Empty: nobody is."
        ),
    )

    confirmation_call_by = models.CharField(
        _("when patients are called"),
        max_length=120,
        blank=True,
        help_text=_("Completes 'We call you', such as 'within one working day'. Printed only when confirmed below."),
    )
    promises_confirmed_by = models.CharField(_("promises confirmed by"), max_length=120, blank=True)
    promises_confirmed_on = models.DateField(_("promises confirmed on"), null=True, blank=True)

    setup_gaps = models.JSONField(default=list, editable=False)  # see clinic.checks.keep_setup_gaps

    pruned_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("clinic profile")
        verbose_name_plural = _("clinic profile")
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_clinic")]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def current(cls) -> "Clinic":
        """Return the profile, or the defaults while none is saved. In a request, ask `request.clinic`.

        A database that does not answer raises: its limits may be stricter than the defaults.
        """
        try:
            return cls.objects.get(pk=1)
        except cls.DoesNotExist:
            return cls(pk=1)

    def clean(self) -> None:
        if self.confirmation_call_by and not (self.promises_confirmed_by and self.promises_confirmed_on):
            raise ValidationError(_("A promise to patients needs the name of who confirmed it, and the date."))
        if self.keep_unsent_days is not None and self.unfinished_days and self.keep_unsent_days < self.unfinished_days:
            raise ValidationError(
                {"keep_unsent_days": _("Unfinished forms are kept longer than this: see the days above.")}
            )

    def limits(self) -> dict[str, Decimal]:
        """Return the clinical limits that the clinic has set, by the names that screening rules use.

        A limit that is not here has the default of the questionnaire, which also holds each in its range.
        """
        return self._limits

    @cached_property
    def _limits(self) -> dict[str, Decimal]:
        return dict(Limit.objects.values_list("name", "value"))

    def today(self) -> date:
        """Return today's date where the clinic is."""
        return timezone.localdate(timezone=ZoneInfo(self.time_zone))

    @property
    def promised_call(self) -> str:
        return self.confirmation_call_by if self.promises_confirmed_on else ""


class Limit(models.Model):
    """One clinical limit that somebody has confirmed by name. Its range and default are the questionnaire's."""

    name = models.SlugField(_("name"), max_length=60, primary_key=True)
    value = models.DecimalField(_("value"), max_digits=7, decimal_places=2)
    confirmed_by = models.CharField(_("confirmed by"), max_length=120)
    confirmed_at = models.DateTimeField(_("confirmed at"))

    class Meta:
        verbose_name = _("clinical limit")
        verbose_name_plural = _("clinical limits")
        default_permissions = ("view", "change")

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.value = Decimal(self.value)
        super().save(*args, **kwargs)
