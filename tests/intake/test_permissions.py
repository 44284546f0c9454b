"""Every group at every staff address: the table of docs/permissions.md, tested."""

from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.urls import get_resolver, reverse

from clinic.models import AuditEntry, Clinic
from clinic.staff.groups import PERMISSIONS
from education.models import Page
from intake.models import (
    Appointment,
    Assignment,
    Contact,
    Countersignature,
    FlagResolution,
    Match,
    Note,
    Reopening,
    Review,
    UnfinishedForm,
    WorkItem,
)
from intake.review.admin import VERBS
from intake.review.settling import resolve_flag
from tests.intake.submissions import make_staff, make_submission, make_unfinished, make_version
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db

FRONT, NURSE, CLINICIAN, EDITOR, OWNER = "front desk", "nurse", "clinician", "content editor", "owner"
GROUPS = (FRONT, NURSE, CLINICIAN, EDITOR, OWNER)
LISTED = {FRONT, NURSE, CLINICIAN, OWNER}
READERS = {NURSE, CLINICIAN, OWNER}
TEXTS = {CLINICIAN, EDITOR, OWNER}
# What everyone may read on the site: reading it as staff leaves no row.
PUBLIC = ("education pages", "education page", "claims", "references", "questions and answers", "glossary")


@pytest.fixture
def rows():
    """A submission with open flags and settled ones: one of each that the tables below name."""
    doctor = make_staff(CLINICIAN, "doctor")
    Clinic(pk=1, four_eyes=True).save()
    answers = ("ketamine-allergy", "med-benzo", "med-lamotrigine", "stroke-tia", "brain-bleed")
    submission = make_submission(dict.fromkeys(answers, "yes"))
    for rule, outcome in (("SR-M8", "talked"), ("SR-N1", "talked"), ("SR-N2", "against")):
        resolve_flag(submission.flags.get(rule=rule), by=doctor, outcome=outcome, reason="x")
    return {
        "submission": submission,
        "other": make_submission(),
        "unfinished": make_unfinished(),
        "version": make_version(),
        "page": Page.objects.create(slug="a-page", title="A page", number=1),
        "before": AuditEntry.objects.count(),
    }


def page(rows):
    return reverse("admin:intake_submission_page", args=[rows["submission"].pk])


def verb(name, *more):
    return lambda rows: reverse(f"admin:intake_submission_{name}", args=[rows["submission"].pk, *more])


def plain(name, *args):
    return lambda rows: reverse(f"admin:{name}", args=args)


# What can be read: an address, and the groups that it answers with 200. All others get 403.
READ = {
    "worklist": (lambda rows: reverse("admin:intake_submission_changelist"), LISTED),
    "submission": (page, LISTED),
    "export": (verb("export"), {CLINICIAN, OWNER}),
    "export all": (plain("intake_submission_export_table"), {CLINICIAN, OWNER}),
    "unfinished form": (
        lambda rows: reverse("admin:intake_unfinishedform_page", args=[rows["unfinished"].pk]),
        READERS,
    ),
    "versions": (lambda rows: reverse("admin:intake_questionnaireversion_changelist"), READERS),
    "version": (lambda rows: reverse("admin:intake_questionnaireversion_page", args=[rows["version"].pk]), READERS),
    "education pages": (plain("education_page_changelist"), TEXTS),
    "education page": (lambda rows: plain("education_page_change", rows["page"].pk)(rows), TEXTS),
    "add education page": (plain("education_page_add"), {EDITOR, OWNER}),
    "claims": (plain("education_claim_changelist"), TEXTS),
    "references": (plain("education_reference_changelist"), TEXTS),
    "questions and answers": (plain("education_faqentry_changelist"), TEXTS),
    "glossary": (plain("education_glossaryterm_changelist"), TEXTS),
    "audit trail": (lambda rows: reverse("admin:clinic_auditentry_changelist"), {OWNER}),
    "users": (lambda rows: reverse("admin:clinic_user_changelist"), {OWNER}),
    "add user": (lambda rows: reverse("admin:clinic_user_add"), {OWNER}),
    "groups": (lambda rows: reverse("admin:auth_group_changelist"), {OWNER}),
    "limits": (lambda rows: reverse("admin:clinic_limit_changelist"), {OWNER}),
    "clinic profile": (lambda rows: reverse("admin:clinic_clinic_change", args=[1]), {OWNER}),
}

# What can be done: an address, what is posted, and the groups that may. All others get 403 and change nothing.
DO = {
    "find": (lambda rows: reverse("admin:intake_submission_find"), {"name": "Alex Example"}, LISTED),
    "show all": (lambda rows: reverse("admin:intake_submission_show_all"), {}, LISTED),
    "contact": (
        verb("contact"),
        {"contact-reached": "not-reached", "contact-means": "call", "contact-outcome": "talked"},
        LISTED,
    ),
    "visit": (verb("appointment"), {"appointment-companion": "Sam"}, LISTED),
    "resolve review": (verb("resolve", "SR-M3"), {"SR-M3-outcome": "plan", "SR-M3-reason": "x"}, READERS),
    "resolve stop": (verb("resolve", "SR-M1"), {"SR-M1-outcome": "plan", "SR-M1-reason": "x"}, {CLINICIAN}),
    "close notes": (verb("close_notes"), {}, READERS),
    "reopen": (verb("reopen", "SR-M8"), {"SR-M8-reason": "x"}, READERS),
    "reopen a stop": (verb("reopen", "SR-N1"), {"SR-N1-reason": "x"}, {CLINICIAN}),
    "countersign": (verb("countersign", "SR-N2"), {}, {CLINICIAN}),
    "match": (lambda rows: verb("match", rows["other"].pk)(rows), {"is_same": "yes"}, READERS),
    "decide": (
        verb("decide"),
        {"decide-decision": "not-suitable", "decide-reason": "x", "decide-decisions_seen": 0},
        {CLINICIAN},
    ),
    "note": (verb("note"), {"note-text": "x", "note-note_id": str(uuid4())}, READERS),
    "assign": (verb("assign"), {"assign-to": "", "assign-assignments_seen": 0}, READERS),
    "open unfinished": (READ["unfinished form"][0], {}, READERS),
    "close unfinished": (READ["unfinished form"][0], {"action": "close", "reason": "x"}, {CLINICIAN}),
}


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("what", READ)
def test_who_may_read(what, group, rows, client):
    address, allowed = READ[what]
    sign_in(client, make_staff(group))

    status = client.get(address(rows)).status_code

    assert status == (200 if group in allowed else 403)
    recorded = [(entry.actor, entry.action) for entry in AuditEntry.objects.filter(position__gt=rows["before"])]
    if status == 403:
        assert recorded == [(group.replace(" ", "-"), "access.refused")]
    elif not what.startswith("add") and what not in PUBLIC:  # an empty form shows nobody's record
        assert [actor for actor, _ in recorded] == [group.replace(" ", "-")]


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("what", DO)
def test_who_may_do(what, group, rows, client):
    address, posted, allowed = DO[what]
    sign_in(client, make_staff(group))

    before = written()

    status = client.post(address(rows), posted).status_code

    assert status == (302 if group in allowed else 403)
    if group not in allowed:
        assert AuditEntry.objects.order_by("position").last().action == "access.refused"
        assert written() == before


def written():
    """Everything that staff write about forms, as it stands."""
    tables = (Appointment, Assignment, Contact, Countersignature, FlagResolution, Match, Note, Reopening, Review)
    return [list(table.objects.order_by("pk").values()) for table in (*tables, WorkItem)] + [
        list(UnfinishedForm.objects.values_list("settled_at", "opened_at"))
    ]


@pytest.mark.parametrize("what", READ)
def test_a_person_without_a_group_and_a_stranger_see_nothing(what, rows, client):
    address = READ[what][0](rows)

    assert client.get(address).url.startswith("/admin/login/")
    sign_in(client, make_staff(None))
    assert client.get(address).status_code == 403


def test_every_address_of_intake_in_the_admin_is_in_these_tables():
    names = {name for name in names_of(get_resolver().url_patterns) if name.startswith("intake_")}

    assert names == {
        "intake_submission_changelist",
        "intake_submission_page",
        "intake_submission_find",
        "intake_submission_show_all",
        "intake_submission_export",
        "intake_submission_export_table",
        *(f"intake_submission_{name}" for name in VERBS),
        "intake_unfinishedform_page",
        "intake_questionnaireversion_changelist",
        "intake_questionnaireversion_page",
    }


def names_of(patterns):
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            yield from names_of(pattern.url_patterns)
        elif pattern.name:
            yield pattern.name


def test_an_owner_can_neither_make_a_superuser_nor_take_one_over(client):
    sign_in(client, make_staff(OWNER))
    root = make_staff(None, "root", is_superuser=True)
    new = {
        "username": "new",
        "usable_password": "true",
        "password1": "a long new phrase",
        "password2": "a long new phrase",
    }

    client.post(reverse("admin:clinic_user_add"), {**new, "is_superuser": "on"})
    client.post(reverse("admin:clinic_user_change", args=[root.pk]), {"username": "mine", "is_superuser": "on"})
    client.post(reverse("admin:auth_user_password_change", args=[root.pk]), new)

    root.refresh_from_db()
    assert (root.username, root.check_password(new["password1"])) == ("root", False)
    made = type(root).objects.get(username="new")
    assert (made.is_superuser, made.is_staff) == (False, True)


def test_the_owner_saves_the_first_clinic_profile(client):
    sign_in(client, make_staff(OWNER))
    address = reverse("admin:clinic_clinic_change", args=[1])
    form = client.get(address).context["adminform"].form
    typed = {name: value for name in form.fields if (value := form[name].value()) not in (None, "", False)}

    client.post(address, {**typed, "phone": "555 0199"})

    clinic = Clinic.objects.get()
    assert (clinic.pk, clinic.phone) == (1, "555 0199")
    assert list(AuditEntry.objects.order_by("position").values_list("action", flat=True)) == [
        "record.read",
        "record.change",
    ]


def test_accounts_are_never_deleted(client):
    sign_in(client, make_staff(OWNER))
    nurse = make_staff(NURSE)

    assert client.post(reverse("admin:clinic_user_delete", args=[nurse.pk]), {"post": "yes"}).status_code == 403
    assert client.get(reverse("admin:clinic_auditentry_changelist")).status_code == 200


def test_audit_entries_cannot_be_added_changed_or_deleted_by_anyone(client):
    sign_in(client, make_staff(OWNER, is_superuser=True))
    client.get("/admin/intake/submission/")
    entry = AuditEntry.objects.first()

    assert client.post(reverse("admin:clinic_auditentry_add"), {"position": 9}).status_code == 403
    assert client.post(reverse("admin:clinic_auditentry_delete", args=[entry.pk]), {"post": "yes"}).status_code == 403
    assert client.post(reverse("admin:clinic_auditentry_change", args=[entry.pk]), {"actor": "x"}).status_code == 403
    assert AuditEntry.objects.get(pk=entry.pk).actor == entry.actor


def test_the_document_names_every_group_and_permission():
    text = (Path(settings.BASE_DIR) / "docs" / "permissions.md").read_text()

    for group, permissions in PERMISSIONS.items():
        assert group in text
        for permission in permissions:
            if permission.startswith(("intake.", "clinic.", "auth.")):
                assert f"`{permission}`" in text, permission
