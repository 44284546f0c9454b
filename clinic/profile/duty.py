"""The rota: who is told when nobody opened a form in time."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from clinic.profile.models import Clinic


class Weekday(models.IntegerChoices):
    """Days as Python counts them."""

    MONDAY = 0, _lazy("Monday")
    TUESDAY = 1, _lazy("Tuesday")
    WEDNESDAY = 2, _lazy("Wednesday")
    THURSDAY = 3, _lazy("Thursday")
    FRIDAY = 4, _lazy("Friday")
    SATURDAY = 5, _lazy("Saturday")
    SUNDAY = 6, _lazy("Sunday")


class Duty(models.Model):
    """Some hours of one weekday at which one colleague is the second person; they may go past midnight."""

    clinic = models.ForeignKey(Clinic, models.CASCADE, related_name="rota")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_lazy("who"))
    weekday = models.PositiveSmallIntegerField(_lazy("day"), choices=Weekday)
    starts_at = models.TimeField(_lazy("from"), default=time(8))
    ends_at = models.TimeField(_lazy("to"), default=time(18))

    class Meta:
        verbose_name = _lazy("hours on duty")
        default_permissions = ()
        verbose_name_plural = _lazy("rota: whom to tell when nobody opened a form in time")
        ordering = ["weekday", "starts_at"]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.starts_at:%H:%M}-{self.ends_at:%H:%M}"

    def clean(self) -> None:
        if self.user_id and hindrance(self.user):
            raise ValidationError({"user": _("Choose somebody with an email address who may read forms.")})

    def covers(self, at: datetime) -> bool:
        """Say whether a moment, on the clinic's clock, is in these hours."""
        day, clock = at.weekday(), at.time()
        if self.starts_at < self.ends_at:
            return day == self.weekday and self.starts_at <= clock < self.ends_at
        yesterday = (at - timedelta(days=1)).weekday()
        return (day == self.weekday and clock >= self.starts_at) or (yesterday == self.weekday and clock < self.ends_at)


def hindrance(user: Any) -> str:
    """Say why somebody on the rota cannot be told; empty when they can."""
    if not user.is_active:
        return _("their account is not active")
    if not user.email:
        return _("they have no email address")
    return "" if user.has_perm("intake.read_clinical") else _("they may not read forms")


def on_duty(clinic: Clinic, now: datetime) -> list[Any]:
    """Return who is on duty and can be told."""
    here = now.astimezone(ZoneInfo(clinic.time_zone))
    listed = {duty.user for duty in Duty.objects.filter(clinic=clinic).select_related("user") if duty.covers(here)}
    able = [user for user in listed if not hindrance(user)]
    return sorted(able, key=lambda user: str(user.get_username()))
