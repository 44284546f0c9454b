"""Who may do what: one table. The groups are brought up to date with it after every migrate.

`manage.py show_permissions` prints it; docs/permissions.md holds what it prints; tests/intake/test_permissions.py
tries every cell at the addresses themselves.
"""

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db.models import Q
from msgspec import Struct

FRONT_DESK, NURSE, CLINICIAN = "front desk", "nurse", "clinician"
CONTENT_EDITOR, OWNER = "content editor", "owner"
GROUPS = (FRONT_DESK, NURSE, CLINICIAN, CONTENT_EDITOR, OWNER)
LETTERS = dict(zip("FNCEO", GROUPS, strict=True))


class Right(Struct, frozen=True):
    """One row: something done to a kind of object, the permission that it needs, and the groups that have it."""

    object: str
    action: str
    permission: str
    groups: frozenset[str]


def right(who: str, permission: str, object: str, action: str) -> Right:
    """Make a row; `who` names the groups by their first letters."""
    return Right(object, action, permission, frozenset(LETTERS[letter] for letter in who if letter != "."))


CONTENT = {
    "page": "page",
    "claim": "claim",
    "reference": "reference",
    "faqentry": "question and answer",
    "glossaryterm": "glossary term",
    "figurefacts": "figure",
    "searchwords": "search words",
}
TABLE = (
    right("FNC.O", "intake.view_submission", "submission", "worklist, find a person, contacts"),
    right("FNC.O", "intake.log_contact", "submission", "log a contact or a visit"),
    right(".NC.O", "intake.read_clinical", "submission", "read answers, flags, scores, reports"),
    right(".NC.O", "intake.write_note", "submission", "write a note, give it to a colleague"),
    right(".NC.O", "intake.resolve_flag", "submission", "settle or open again a note or review"),
    right("..C..", "intake.resolve_stop", "submission", "settle, open again or countersign a stop or crisis"),
    right(".NC.O", "intake.match_person", "submission", "say whose forms are one person's"),
    right("..C..", "intake.decide", "submission", "decide"),
    right("..C.O", "intake.export_submission", "submission", "take out: PDF, text, FHIR, tables, reports"),
    right("....O", "intake.delete_contents", "submission", "delete what it says, legal hold"),
    right(".NC.O", "intake.read_clinical", "unfinished form", "read, log a contact"),
    right("..C..", "intake.close_unfinished", "unfinished form", "close with a reason"),
    right(".NC.O", "intake.view_questionnaireversion", "questionnaire version", "read"),
    *(
        right(who, f"education.{verb}_{model}", words, action)
        for model, words in CONTENT.items()
        for who, verb, action in (
            ("..CEO", "view", "read"),
            ("...EO", "add", "add"),
            ("...EO", "change", "change, publish, roll back"),
            ("...EO", "delete", "delete"),
        )
    ),
    right("..C..", "education.sign_off_page", "page and what it shows", "approve, never one's own words"),
    right("..CEO", "education.view_searchmiss", "what nobody found", "read"),
    right("..CEO", "education.view_helpfulcount", "what readers said", "read"),
    *(
        right("....O", f"intake.{verb}_decisionreason", "reason for decisions", "read" if verb == "view" else verb)
        for verb in ("view", "add", "change", "delete")
    ),
    right("....O", "clinic.view_clinic", "clinic profile", "read"),
    right("....O", "clinic.change_clinic", "clinic profile", "change, rota too"),
    right("....O", "clinic.view_limit", "clinical limit", "read"),
    right("....O", "clinic.change_limit", "clinical limit", "change"),
    right("....O", "clinic.view_user", "staff account", "read"),
    right("....O", "clinic.add_user", "staff account", "add"),
    right("....O", "clinic.change_user", "staff account", "change, give groups, reset a lost second step"),
    right("....O", "auth.view_group", "group", "read"),
    right("....O", "clinic.view_auditentry", "audit trail", "read"),
)
PERMISSIONS = {group: {row.permission for row in TABLE if group in row.groups} for group in GROUPS}


def groups_with(permission: str) -> frozenset[str]:
    """Return who has a permission; nobody has one that is not in the table."""
    return frozenset(group for group in GROUPS if permission in PERMISSIONS[group])


def update_groups(**kwargs: Any) -> None:
    """Give each group exactly its permissions, as far as they exist yet. Safe to run again."""
    for name, wanted in PERMISSIONS.items():
        group, _ = Group.objects.get_or_create(name=name)
        found = Q(pk__in=[])
        for permission in wanted:
            app, codename = permission.split(".")
            found |= Q(content_type__app_label=app, codename=codename)
        group.permissions.set(Permission.objects.filter(found))
