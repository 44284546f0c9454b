"""The one admin site: who may enter, where they land; and admins whose reads and writes are audited."""

import re
from functools import wraps
from http import HTTPStatus
from typing import Any, cast

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, QuerySet
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from clinic.audit.actions import Action
from clinic.audit.trail import record
from clinic.staff.kept_forms import KEPT, drop_kept, keep_form, kept_form, writer_of
from clinic.staff.second_factor import has_factor, has_used_factor
from clinic.staff.sign_in import SIGNED_IN_AT
from clinic.web.requests import Request

REFRESH = "refresh"  # in the address of a page that refreshes itself


class ClinicAdminSite(admin.AdminSite):
    """Django's admin with the clinic's name, its sign-in and a second factor."""

    site_title = _("Staff")
    index_title = _("All records")
    site_url = "/"
    enable_nav_sidebar = False  # the header leads to the worklist and to all records

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        return {
            **super().each_context(request),
            "site_header": cast(Request, request).clinic.name,
            "setup_gaps": self.setup_gaps(request),
        }

    def setup_gaps(self, request: HttpRequest) -> list[str]:
        """Tell the owner, where they land, what was found unfinished. Nothing is looked for here."""
        places = (reverse("admin:index"), reverse("admin:intake_submission_changelist"))
        if request.path not in places or not request.user.has_perm("clinic.change_clinic"):
            return []
        return list(cast(Request, request).clinic.setup_gaps)

    def has_permission(self, request: HttpRequest) -> bool:
        """Admit active staff who used their second factor, in a session not older than STAFF_SESSION_HOURS."""
        if not super().has_permission(request):
            return False
        if not (is_young(request) and has_used_factor(request)):
            return False
        if REFRESH not in request.GET:  # a page that refreshes itself is nobody at work
            request.session.modified = True  # an answered request starts the idle time anew
        return True

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Keep what is posted when its session has ended, and let go of it when it arrives after all."""
        inner = super().admin_view(view, cacheable)

        @wraps(view)
        def keep_or_go_on(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            is_lost = request.method == "POST" and not self.has_permission(request)
            if is_lost and (kept := keep_form(request, writer_of(request))):
                return HttpResponseRedirect(f"{reverse('admin:login')}?{urlencode({'next': kept})}")
            response: HttpResponse = inner(request, *args, **kwargs)
            if KEPT in request.POST and response.status_code < HTTPStatus.BAD_REQUEST and self.has_permission(request):
                drop_kept(request, request.POST[KEPT])
            return response

        return keep_or_go_on

    def get_urls(self) -> list[Any]:
        """Leave out Django's address that leads to any row by its type: each page links to its own."""
        kept = self.admin_view(lambda request: kept_form(request, self.each_context(request)))
        stock = [found for found in super().get_urls() if getattr(found, "name", "") != "view_on_site"]
        return [path("kept/", kept, name="kept-form"), *stock]

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Lead to our own sign-in; a session that is too old ends here, or its browser would go round in circles."""
        if request.user.is_authenticated and not super().has_permission(request):
            raise PermissionDenied
        target = request.GET.get("next") or reverse("admin:index")
        if request.user.is_authenticated and is_young(request) and not has_used_factor(request):
            missing = "mfa_reauthenticate" if has_factor(request.user) else "mfa_index"
            return HttpResponseRedirect(f"{reverse(missing)}?{urlencode({'next': target})}")
        if request.user.is_authenticated and not self.has_permission(request):
            record(request, Action.SESSION_ENDED)
            logout(request)
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


def is_young(request: HttpRequest) -> bool:
    age = timezone.now().timestamp() - request.session.get(SIGNED_IN_AT, 0)
    return bool(age <= settings.STAFF_SESSION_HOURS * 3600)


site = ClinicAdminSite(name="admin")


LONG = 80
# A moment as a filter writes it, in a year and a zone that any database knows.
MOMENT = re.compile(r"(1[89]|2[0-9])[0-9]{2}-[0-9]{2}-[0-9]{2}( [0-9:]{8}([+-](0[0-9]|1[0-4]):[0-9]{2})?)?")
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
        is_made = kind not in ("gte", "lt") or bool(MOMENT.fullmatch(value))
        return field in offered and kind in FILTER_LOOKUPS and is_made

    def get_view_on_site_url(self, obj: Any = None) -> str | None:
        return obj.get_absolute_url() if hasattr(obj, "get_absolute_url") else None

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any], *more: Any) -> HttpResponse | None:
        """Do what was chosen; what was ticked must be able to be a row."""
        try:
            for ticked in request.POST.getlist(ACTION_CHECKBOX_NAME):
                self.opts.pk.clean(ticked, None)
        except ValidationError:
            messages.error(request, _("What was ticked is not on this list. Nothing was changed."))
            return None
        return super().response_action(request, queryset, *more)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if self.audits_reading and self.has_view_or_change_permission(request):
            record(
                request, Action.RECORD_SEARCHED if request.GET.get("q") else Action.RECORD_LISTED, self.subject(None)
            )
        title = {"title": capfirst(self.opts.verbose_name_plural)}  # Django's own says 'Select ... to change'
        return super().changelist_view(request, title | (extra_context or {}))

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        if self.audits_reading and self.has_view_or_change_permission(request):
            record(request, Action.RECORD_READ, self.subject(self.get_object(request, object_id)))
        return super().history_view(request, object_id, extra_context)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """Draw a record, also after a refused POST: no row, no page."""
        if self.audits_reading and context.get("original") is not None:
            record(request, Action.RECORD_READ, self.subject(context["original"]))
        context["audit_subject"] = self.subject(context.get("original"))
        return super().render_change_form(request, context, *args, **kwargs)

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        beside = [one for formset in formsets or () for one in formset.forms if one.has_changed()]
        return "; ".join(filter(None, (changes_in(one) for one in (form, *beside))))

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:  # type: ignore[override]
        record(request, Action.RECORD_ADDED, self.subject(obj), detail=str(message))

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:  # type: ignore[override]
        record(request, Action.RECORD_CHANGED, self.subject(obj), detail=str(message))

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:  # type: ignore[override]
        for obj in queryset:
            record(request, Action.RECORD_DELETED, self.subject(obj))


def changes_in(form: BaseForm) -> str:
    """Say what a form changed, old and new; no such form is about a patient. Long texts and secrets by name only."""
    said = []
    for name in form.changed_data:
        before, after = form.initial.get(name), getattr(form, "cleaned_data", {}).get(name)
        if "password" in name:
            said.append("password")
        elif isinstance(after, QuerySet):
            old, new = {str(one) for one in before or ()}, {str(one) for one in after}
            turns = [f"+{one}" for one in sorted(new - old)] + [f"-{one}" for one in sorted(old - new)]
            said.append(f"{name}: {', '.join(turns)}")
        elif len(f"{before}{after}") > LONG:
            said.append(name)
        else:
            said.append(f"{name}: {'' if before is None else before} -> {'' if after is None else after}")
    return "; ".join(dict.fromkeys(said))


class ReadOnlyAdmin(AuditedAdmin):
    """Rows to read: nobody adds, changes or deletes them here, whatever their permissions."""

    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
