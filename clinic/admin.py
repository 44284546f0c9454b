"""The one admin site: who may enter, where they land, and the clinic's own rows."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.auth import logout
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.core.checks import WARNING, CheckMessage, Tags, run_checks
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model, QuerySet
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from clinic.audit import record
from clinic.models import AuditEntry, ClinicProfile, User
from clinic.sign_in import SIGNED_IN_AT


class ClinicAdminSite(admin.AdminSite):
    """Django's admin with the clinic's name and sign-in; a second factor belongs in `has_permission`."""

    site_title = _("Staff")
    index_title = _("All records")
    site_url = "/"
    enable_nav_sidebar = False  # the header leads to the worklist and to all records

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        return {
            **super().each_context(request),
            "site_header": ClinicProfile.current().name,
            "setup_gaps": self.setup_gaps(request),
        }

    def setup_gaps(self, request: HttpRequest) -> list[CheckMessage]:
        """Tell the owner, where they land, what the database checks find unfinished."""
        places = (reverse("admin:index"), reverse("admin:intake_submission_changelist"))
        if request.path not in places or not request.user.has_perm("clinic.change_clinicprofile"):
            return []
        return [found for found in run_checks(tags=[Tags.database], databases=["default"]) if found.level >= WARNING]

    def has_permission(self, request: HttpRequest) -> bool:
        """Admit active staff whose session is not older than STAFF_SESSION_HOURS."""
        if not super().has_permission(request):
            return False
        age = timezone.now().timestamp() - request.session.get(SIGNED_IN_AT, 0)
        if age > settings.STAFF_SESSION_HOURS * 3600:
            return False
        request.session.modified = True  # an answered request starts the idle time anew
        return True

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Lead to our own sign-in; a session that is too old ends here, or its browser would go round in circles."""
        if request.user.is_authenticated and not super().has_permission(request):
            raise PermissionDenied
        if request.user.is_authenticated and not self.has_permission(request):
            record(request, "session.ended")
            logout(request)
        target = request.GET.get("next") or reverse("admin:index")
        return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode({'next': target})}")

    def logout(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # type: ignore[override]
        return HttpResponseRedirect(reverse("account_logout"))

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # type: ignore[override]
        return HttpResponseRedirect(reverse("account_change_password"))

    def index(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # type: ignore[override]
        """Land on the worklist; who may not see it lands on the list of records."""
        if request.user.has_perm("intake.view_submission") and "all" not in request.GET:
            return HttpResponseRedirect(reverse("admin:intake_submission_changelist"))
        return super().index(request, extra_context)


site = ClinicAdminSite(name="admin")


FILTER_LOOKUPS = ("", "exact", "id__exact", "isnull", "gte", "lt")


class AuditedAdmin(admin.ModelAdmin):
    """A ModelAdmin whose writes, and reads where those matter, each leave a row in the audit trail."""

    audits_reading = True

    def subject(self, obj: Model | None) -> str:
        return f"{self.opts.model_name}:{obj.pk if obj else ''}".rstrip(":")

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Refuse typed-in lookups other than those that the filters beside the list make."""
        field, _separator, kind = lookup.partition("__")
        offered = {getattr(item, "parameter_name", item) for item in self.list_filter}
        return field in offered and kind in FILTER_LOOKUPS

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if self.audits_reading and self.has_view_or_change_permission(request):
            record(request, "search" if request.GET.get("q") else "list", self.subject(None))
        return super().changelist_view(request, extra_context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if self.audits_reading and request.method != "POST" and self.has_view_or_change_permission(request):
            record(request, "read", self.subject(self.get_object(request, object_id)))
        return super().change_view(request, object_id, form_url, extra_context)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        if self.audits_reading and self.has_view_or_change_permission(request):
            record(request, "read", self.subject(self.get_object(request, object_id)))
        return super().history_view(request, object_id, extra_context)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        context["audit_subject"] = self.subject(context.get("original"))
        return super().render_change_form(request, context, *args, **kwargs)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:  # type: ignore[override]
        record(request, "add", self.subject(obj))

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:  # type: ignore[override]
        record(request, "change", self.subject(obj))

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:  # type: ignore[override]
        for obj in queryset:
            record(request, "delete", self.subject(obj))


class ReadOnlyAdmin(AuditedAdmin):
    """Rows to read: nobody adds, changes or deletes them here, whatever their permissions."""

    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(User, site=site)
class StaffAdmin(AuditedAdmin, UserAdmin):
    """Staff accounts: groups decide what a person may do; nobody is made a superuser here."""

    list_display = ("username", "first_name", "last_name", "is_active", "last_login")
    list_filter = ("is_active", "groups")
    search_fields = ("username", "first_name", "last_name")
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Person"), {"fields": ("first_name", "last_name", "email")}),
        (
            _("May do"),
            {
                "fields": ("is_active", "groups"),
                "description": _(
                    "A person who leaves: clear 'active'. Accounts are never deleted, the audit trail names them."
                ),
            },
        ),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"classes": ("wide",), "fields": ("username", "usable_password", "password1", "password2", "groups")}),
    )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # An owner is not a superuser, and may not take a superuser's account over.
        if obj is not None and obj.is_superuser and not request.user.is_superuser:
            return False
        return super().has_change_permission(request, obj)

    @transaction.atomic
    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        # Django saves the password before it logs the change: without a row there is no change.
        if request.method != "POST":
            record(request, "read", f"user:{id}"[:120])
        return super().user_change_password(request, id, form_url)

    def save_model(self, request: HttpRequest, obj: Any, form: BaseForm, change: bool) -> None:
        obj.is_staff = True
        super().save_model(request, obj, form, change)


@admin.register(Group, site=site)
class GroupAdmin(ReadOnlyAdmin):
    """The groups: what each may do is written in the code and tested."""

    fields = ("name",)


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


@admin.register(AuditEntry, site=site)
class AuditEntryAdmin(ReadOnlyAdmin):
    """The audit trail."""

    list_display = ("position", "at", "actor", "action", "subject", "address")
    list_filter = ("action", "at")
    search_fields = ("actor", "subject")
    list_display_links = None
    show_full_result_count = False
