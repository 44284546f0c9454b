"""The clinic profile in the admin."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from clinic.models import ClinicProfile
from clinic.staff.site import AuditedAdmin, site


@admin.register(ClinicProfile, site=site)
class ClinicProfileAdmin(AuditedAdmin):
    """The one clinic profile."""

    fieldsets = (
        (None, {"fields": ("name", "phone", "address", "hours", "after_hours", "time_zone")}),
        (_("Unfinished forms"), {"fields": ("unfinished_forms", "unfinished_days")}),
        (
            _("Policy thresholds"),
            {
                "description": _(
                    "Defaults of the rule set, marked [POLICY] there: the medical director confirms or tightens them."
                ),
                "fields": (
                    ("bp1_systolic", "bp1_diastolic"),
                    ("bp2_systolic", "bp2_diastolic"),
                    "low_systolic",
                    ("low_weight", "high_weight"),
                    ("low_bmi", "high_bmi"),
                    ("pcptsd5_cut", "auditc_high"),
                ),
            },
        ),
        (
            _("Promises to patients"),
            {
                "description": _("Printed only when someone has confirmed them by name."),
                "fields": (
                    "confirmation_call_by",
                    "promises_confirmed_by",
                    "promises_confirmed_on",
                ),
            },
        ),
    )

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> ClinicProfile | None:
        """Give the profile, or the defaults to be saved for the first time."""
        return ClinicProfile.current() if object_id == "1" else None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:clinic_clinicprofile_change", args=[1]))
