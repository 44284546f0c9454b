"""Staff accounts and their groups."""

from http import HTTPStatus
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.forms import BaseForm, ModelMultipleChoiceField
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from clinic.audit.actions import Action
from clinic.audit.trail import record
from clinic.models import Device, User
from clinic.staff.account import end_sessions
from clinic.staff.kept_forms import asks_again, is_fresh
from clinic.staff.second_factor import reset_factors
from clinic.staff.site import AuditedAdmin, ReadOnlyAdmin, site


class GroupsField(ModelMultipleChoiceField):
    """Groups by their numbers; one that no database holds is no choice, and no error of ours."""

    def _check_values(self, value: Any) -> QuerySet[Group]:
        try:
            return super()._check_values(value)  # type: ignore[misc, no-any-return]
        except OverflowError:
            raise ValidationError(self.error_messages["invalid_list"], code="invalid_list") from None


@admin.register(User, site=site)
class StaffAdmin(AuditedAdmin, UserAdmin):
    """Staff accounts: groups decide what a person may do; nobody is made a superuser here."""

    list_display = ("username", "first_name", "last_name", "is_active", "last_login")
    list_filter = ("is_active", "groups")
    actions = ("reset_second_factor",)
    search_fields = ("username", "first_name", "last_name")
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Person"), {"fields": ("first_name", "last_name", "email", "is_told_by_mail")}),
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

    @admin.action(description=_("Reset the second step: the phone or key is lost"), permissions=["change"])
    def reset_second_factor(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Only for somebody whose identity is sure; the next sign-in sets up a new factor."""
        with transaction.atomic():
            for user in queryset:
                if not self.has_change_permission(request, user):
                    raise PermissionDenied
                reset_factors(user)
                end_sessions(user)
                record(request, Action.SECOND_FACTOR_RESET, f"user:{user.pk}")
        messages.success(request, _("Done. They set up a new second step when they next sign in."))

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Ask who it is again before groups change; before a new account at once, as its password is not kept."""
        view = asks_again(super().changeform_view, also_to_read=object_id is None)
        return view(request, object_id, form_url, extra_context)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return asks_again(super().changelist_view)(request, extra_context)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return super().formfield_for_manytomany(db_field, request, **{**kwargs, "form_class": GroupsField})

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
        response = asks_again(super().user_change_password, also_to_read=True)(request, id, form_url)
        if response.status_code == HTTPStatus.OK:  # the form, not drawn yet, at first or after a refused POST
            record(request, Action.RECORD_READ, self.subject(self.get_object(request, id)))
        elif request.method == "POST" and is_fresh(request):
            Device.objects.filter(user=self.get_object(request, id)).update(session_key="")
        return response

    def save_model(self, request: HttpRequest, obj: Any, form: BaseForm, change: bool) -> None:
        obj.is_staff = True
        super().save_model(request, obj, form, change)


@admin.register(Group, site=site)
class GroupAdmin(ReadOnlyAdmin):
    """The groups: what each may do is written in the code and tested."""

    fields = ("name",)
