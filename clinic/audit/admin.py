"""The audit trail in the admin."""

from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Max, QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from clinic.audit.actions import Action
from clinic.models import AuditEntry
from clinic.staff.site import ReadOnlyAdmin, site


class ActionFilter(admin.SimpleListFilter):
    """Offer what can be written, not what a scan of the whole trail finds."""

    title = _("action")
    parameter_name = "action"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(Action.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
        return queryset.filter(action=self.value()) if self.value() else queryset


class TrailPaginator(Paginator):
    """Know how long the whole trail is by its last position, for positions have no gap; count a part of it."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return super().count if rows.query.where else rows.aggregate(last=Max("position"))["last"] or 0


@admin.register(AuditEntry, site=site)
class AuditEntryAdmin(ReadOnlyAdmin):
    """The audit trail."""

    list_display = ("position", "at", "actor", "deed", "subject", "detail", "address")
    list_filter = (ActionFilter, "at")
    search_fields = ("actor", "subject")
    list_display_links = None
    show_full_result_count = False
    paginator = TrailPaginator

    @admin.display(description=_("action"), ordering="action")
    def deed(self, entry: AuditEntry) -> str:
        return str(Action(entry.action).label) if entry.action in Action.values else entry.action
