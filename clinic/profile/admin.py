"""The clinic profile in the admin."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from clinic.checks import keep_setup_gaps
from clinic.models import Clinic, Duty
from clinic.profile.duty import hindrance
from clinic.staff.site import AuditedAdmin, site

Rota = forms.inlineformset_factory(Clinic, Duty, fields="__all__")


class DutyInline(admin.StackedInline):
    """Who is on duty when."""

    model = Duty
    extra = 1

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm("clinic.change_clinic"))

    has_change_permission = has_add_permission = has_delete_permission = has_view_permission


class ClinicForm(forms.ModelForm):
    """The profile; that a second person is told needs a second person."""

    def clean_escalate_after(self) -> int | None:
        minutes: int | None = self.cleaned_data["escalate_after"]
        if minutes and not self.rota_will_stand():
            raise forms.ValidationError(
                _("Nobody is on the rota below, so nobody would be told. Add somebody, or leave this empty.")
            )
        return minutes

    def rota_will_stand(self) -> bool:
        """Say whether the rota posted with this form leaves anybody on it who can be told."""
        rota = Rota(self.data, instance=self.instance)
        rota.is_valid()
        kept: list[Any] = [row for row in rota.forms if row not in rota.deleted_forms]
        users = [row.cleaned_data.get("user") for row in kept if hasattr(row, "cleaned_data")]
        return any(user and not hindrance(user) for user in users)


@admin.register(Clinic, site=site)
class ClinicAdmin(AuditedAdmin):
    """The one clinic profile."""

    form = ClinicForm
    inlines = (DutyInline,)

    fieldsets = (
        (None, {"fields": ("name", "phone", "address", "hours", "after_hours", "time_zone")}),
        (
            _("What the pages for patients say"),
            {"fields": ("eating_rule", "recovery_time", "adult_stays", "companion_rule", "publish_only_approved")},
        ),
        (_("Forms"), {"fields": ("main_form", "unfinished_forms")}),
        (_("Review"), {"fields": ("four_eyes", "escalate_after")}),
        (
            _("How long it is kept"),
            {
                "description": _(
                    "[POLICY] Not verified: your state's law and your records policy decide. Empty: for good. Names, "
                    "answers and staff's words are deleted for good, in backups too; that a form was sent and decided "
                    "on stays. Days count from the day it was sent or closed. A form on legal hold is kept. "
                    "It is deleted by itself, once a day; the first time, and after a change here, it is only counted, "
                    "and deleted a day later. "
                    "manage.py apply_retention --dry-run counts."
                ),
                "fields": (
                    "unfinished_days",
                    "keep_unsent_days",
                    "keep_undecided_days",
                    "keep_decided_days",
                    "keep_messages_days",
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

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Clinic | None:
        """Return the profile, or the defaults to be saved for the first time."""
        return Clinic.current() if object_id == "1" else None

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        keep_setup_gaps()  # after the rota, which is a part of it

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:clinic_clinic_change", args=[1]))
