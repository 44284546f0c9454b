"""The audit trail in the admin."""

from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Max, QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from clinic.audit.actions import Action, Kind, kind_of
from clinic.models import AuditEntry
from clinic.staff.site import ReadOnlyAdmin, site


class KindFilter(admin.SimpleListFilter):
    """Offer kinds of what can be written, not what a scan of the whole trail finds."""

    title = _("what")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(Kind.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
        actions = [action for action in Action.values if kind_of(action) == self.value()]
        return queryset.filter(action__in=actions) if self.value() else queryset


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
    list_filter = (KindFilter, "at")
    search_fields = ("actor", "subject", "action")
    list_display_links = None
    show_full_result_count = False
    paginator = TrailPaginator

    @admin.display(description=_("action"), ordering="action")
    def deed(self, entry: AuditEntry) -> str:
        return str(Action(entry.action).label) if entry.action in Action.values else entry.action
