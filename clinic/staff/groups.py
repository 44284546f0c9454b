"""The staff groups and what each may do; brought up to date after every migrate."""

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db.models import Q

FRONT_DESK, NURSE, CLINICIAN = "front desk", "nurse", "clinician"
CONTENT_EDITOR, OWNER = "content editor", "owner"

CONTACTS = {"intake.view_submission", "intake.log_contact"}
READING = CONTACTS | {"intake.read_clinical", "intake.view_questionnaireversion"}
NURSING = READING | {"intake.write_note", "intake.resolve_flag", "intake.match_person"}
DECIDING = NURSING | {"intake.export_submission", "intake.resolve_stop", "intake.decide", "intake.close_unfinished"}
EDITING = {
    f"education.{verb}_{model}"
    for verb in ("view", "add", "change", "delete")
    for model in ("page", "claim", "reference", "faqentry", "glossaryterm", "figurefacts", "searchwords")
} | {"education.view_searchmiss", "education.view_helpfulcount"}
OWNING = (
    NURSING
    | EDITING
    | {
        "intake.export_submission",
        "clinic.view_clinic",
        "clinic.change_clinic",
        "clinic.view_limit",
        "clinic.change_limit",
        "clinic.view_auditentry",
        "clinic.view_user",
        "clinic.add_user",
        "clinic.change_user",
        "auth.view_group",
    }
)

PERMISSIONS: dict[str, set[str]] = {
    FRONT_DESK: CONTACTS,
    NURSE: NURSING,
    CLINICIAN: DECIDING | {name for name in EDITING if ".view_" in name} | {"education.sign_off_page"},
    CONTENT_EDITOR: EDITING,
    OWNER: OWNING,
}


def update_groups(**kwargs: Any) -> None:
    """Give each group exactly its permissions, as far as they exist yet. Safe to run again."""
    for name, wanted in PERMISSIONS.items():
        group, _ = Group.objects.get_or_create(name=name)
        found = Q(pk__in=[])
        for permission in wanted:
            app, codename = permission.split(".")
            found |= Q(content_type__app_label=app, codename=codename)
        group.permissions.set(Permission.objects.filter(found))
