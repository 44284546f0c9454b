"""The audit trail in the admin."""

from django.contrib import admin

from clinic.models import AuditEntry
from clinic.staff.site import ReadOnlyAdmin, site


@admin.register(AuditEntry, site=site)
class AuditEntryAdmin(ReadOnlyAdmin):
    """The audit trail."""

    list_display = ("position", "at", "actor", "action", "subject", "address")
    list_filter = ("action", "at")
    search_fields = ("actor", "subject")
    list_display_links = None
    show_full_result_count = False
