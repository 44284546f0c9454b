"""What pages say of the clinic's own way of working, with a fallback while the clinic has not said it."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SETTINGS: Mapping[str, Promise | str] = {
    "eating_rule": _("Call us for the hours."),
    "recovery_time": _("Plan for half a day."),
    "adult_stays": _("for the rest of the day and the night"),
    "companion_rule": _("Ask us if someone may sit with you."),
    "after_hours": _("If we are closed, call your own doctor's on-call line; for an emergency call 911."),
}


def settings_of(clinic: Any) -> dict[str, str]:
    """Return what each setting prints."""
    return {name: str(getattr(clinic, name, "") or fallback) for name, fallback in SETTINGS.items()}
