"""Every group at every staff address: the table of clinic/staff/groups.py, tried over HTTP cell by cell."""

import re
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, models, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse

from clinic.models import AuditEntry, Clinic
from clinic.staff.groups import CLINICIAN, GROUPS, NURSE, OWNER, TABLE, groups_with
from clinic.staff.groups import CONTENT_EDITOR as EDITOR
from clinic.staff.site import site
from education.documents.files import Document
from education.documents.revisions import write_draft
from education.documents.rows import MODELS, document_from, save_document
from education.models import Page, SearchMiss
from intake.review.settling import resolve_flag
from tests.education.folders import figure
from tests.intake.submissions import make_staff, make_submission, make_unfinished, make_version
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db

FOUR_EYES = {
    "ketamine-allergy": "yes",
    "med-benzo": "yes",
    "med-lamotrigine": "yes",
    "stroke-tia": "yes",
    "brain-bleed": "yes",
}
# What everyone may read on the site: reading it as staff leaves no row.
PUBLIC = {"page", "claim", "reference", "faqentry", "glossaryterm", "figurefacts", "searchwords"}
# A person's own account, and what only leads on: for everybody who works here.
FOR_ALL_STAFF = {
    "index", "login", "logout", "password_change", "password_change_done", "jsi18n", "view_on_site", "app_list",
    "autocomplete", "clinic_clinic_changelist", "account_login", "account_logout", "sign-out-everywhere",
    "account_change_password",
    "account_reauthenticate", "second-factor-code", "kept-form",
}  # fmt: skip
OWN_FACTORS = "mfa_"
WRITES = re.compile(r'(?:INSERT INTO|UPDATE|DELETE FROM) "(\w+)"')
OF_A_REFUSAL = {"clinic_auditentry", "clinic_audithead", "django_session"}


class Cell(NamedTuple):
    """Something done at an address, and the permission that it needs."""

    name: str
    args: tuple[Any, ...]
    permission: str
    posted: dict[str, Any] | None = None  # None: it is read
    leaves_row: bool = True


@pytest.fixture
def cells(made):
    """Everything that staff can open or do: a new page of staff that is not here fails the last test."""
    return [*cells_of_admins(), *cells_of_submissions(*made), *cells_of_pages()]


@pytest.fixture
def made():
    """A submission with open flags and settled ones: one of each that the cells name."""
    doctor = make_staff(CLINICIAN, "doctor")
    Clinic(pk=1, four_eyes=True).save()
    Page.objects.create(slug="a-page", title="A page", number=1, answer="Yes.", body="## One {#one}\n\nWords.")
    save_document(figure(), "en")
    save_document(Document("search", "words", {"synonyms": [], "emergency": []}), "en")
    SearchMiss.objects.create(query_hash="x", words="x", last_on=date(2026, 1, 1))
    submission = make_submission(FOUR_EYES)
    for rule, outcome in (("SR-M8", "talked"), ("SR-N1", "talked"), ("SR-N2", "against")):
        resolve_flag(submission.flags.get(rule=rule), by=doctor, outcome=outcome, reason="x")
    return submission, make_submission(), make_unfinished(), make_version()


def cells_of_admins():
    """Return what every admin of a model has: what nobody has a right to is refused to everybody."""
    for model, admin in site._registry.items():
        label, name = model._meta.app_label, model._meta.model_name
        if (label, name) in (("intake", "submission"), ("intake", "questionnaireversion"), ("clinic", "limit")):
            continue
        pk = 1 if name == "clinic" else getattr(make_row(model), "pk", 1)
        kept = name not in PUBLIC and admin.audits_reading
        if name != "clinic":  # there is one: its list leads to it
            yield Cell(f"{label}_{name}_changelist", (), f"{label}.view_{name}", leaves_row=kept)
        yield Cell(f"{label}_{name}_change", (pk,), f"{label}.view_{name}", leaves_row=kept)
        yield Cell(f"{label}_{name}_history", (pk,), f"{label}.view_{name}", leaves_row=False)
        yield Cell(f"{label}_{name}_change", (pk,), f"{label}.change_{name}", {})
        for posted in (None, {}):
            yield Cell(f"{label}_{name}_add", (), f"{label}.add_{name}", posted, leaves_row=False)
            yield Cell(f"{label}_{name}_delete", (pk,), f"{label}.delete_{name}", posted, leaves_row=False)


def make_row(model):
    """Return a row of a model with something in each column that must have something."""
    if found := model._default_manager.first():
        return found
    values = {}
    for field in model._meta.concrete_fields:
        if isinstance(field, models.AutoField) or field.has_default() or field.null or field.blank or field.is_relation:
            continue
        first = field.choices[0][0] if field.choices else None
        kinds = {
            models.DateField: date(2026, 1, 1),
            models.IntegerField: 1,
            models.CharField: "x",
            models.TextField: "x",
        }
        values[field.name] = first or next((value for kind, value in kinds.items() if isinstance(field, kind)), None)
    return model._default_manager.create(**{name: value for name, value in values.items() if value is not None})


def cells_of_submissions(submission, other, unfinished, version):
    def verb(name, permission, *args, **posted):
        return Cell(f"intake_submission_{name}", (submission.pk, *args), f"intake.{permission}", posted)

    contact = {"contact-reached": "not-reached", "contact-means": "call", "contact-outcome": "talked"}
    decided = {"decide-decision": "not-suitable", "decide-reason": "x", "decide-decisions_seen": 0}
    closed = {"action": "close", "reason": "x"}
    tried = {"action": "contact", "contact-reached": "message-left", "contact-means": "call"}
    return [
        Cell("intake_submission_changelist", (), "intake.view_submission"),
        Cell("intake_submission_page", (submission.pk,), "intake.view_submission"),
        Cell("intake_submission_find", (), "intake.view_submission", {"name": "Alex Example"}),
        Cell("intake_submission_show_all", (), "intake.view_submission", {}),
        Cell("intake_submission_erase", (submission.pk,), "intake.delete_contents"),
        Cell("intake_submission_erase", (submission.pk,), "intake.delete_contents", {"action": "hold"}),
        Cell("intake_submission_export", (submission.pk,), "intake.export_submission"),
        *(
            Cell(f"intake_submission_{name}", (submission.pk,), "intake.export_submission")
            for name in ("summary", "record", "text")
        ),
        *(
            Cell(f"intake_submission_{name}", (), "intake.export_submission")
            for name in ("forms", "answers", "contacts", "fhir_lines")
        ),
        Cell("intake_submission_reports", (), "intake.read_clinical"),
        Cell("intake_submission_export_reports", (), "intake.export_submission"),
        Cell("intake_submission_many", (), "intake.export_submission", leaves_row=False),  # it asks, and shows nobody
        Cell("intake_unfinishedform_page", (unfinished.pk,), "intake.read_clinical"),
        Cell("intake_unfinishedform_page", (unfinished.pk,), "intake.read_clinical", {}),
        Cell("intake_unfinishedform_page", (unfinished.pk,), "intake.read_clinical", tried),
        Cell("intake_unfinishedform_page", (unfinished.pk,), "intake.close_unfinished", closed),
        Cell("intake_questionnaireversion_changelist", (), "intake.view_questionnaireversion"),
        Cell("intake_questionnaireversion_page", (version.pk,), "intake.view_questionnaireversion"),
        Cell("clinic_limit_changelist", (), "clinic.view_limit"),
        Cell("clinic_limit_changelist", (), "clinic.change_limit", {"confirmed_by": "Dr. A", "bmi-low": "18"}),
        verb("contact", "log_contact", **contact),
        verb("appointment", "log_contact", **{"appointment-companion": "Sam"}),
        verb("resolve", "resolve_flag", "SR-M3", **{"SR-M3-outcome": "plan", "SR-M3-reason": "x"}),
        verb("resolve", "resolve_stop", "SR-M1", **{"SR-M1-outcome": "plan", "SR-M1-reason": "x"}),
        verb("close_notes", "resolve_flag"),
        verb("read_section", "read_clinical", submission.definition.sections[0].link_id),
        verb("reopen", "resolve_flag", "SR-M8", **{"SR-M8-reason": "x"}),
        verb("reopen", "resolve_stop", "SR-N1", **{"SR-N1-reason": "x"}),
        verb("countersign", "resolve_stop", "SR-N2"),
        verb("match", "match_person", other.pk, is_same="yes"),
        verb("decide", "decide", **decided),
        verb("note", "write_note", **{"note-text": "x", "note-note_id": str(uuid4())}),
        verb("assign", "write_note", **{"assign-to": "", "assign-assignments_seen": 0}),
    ]


def cells_of_pages():
    """Return what each kind of content has beside Django's own: preview, review, and the steps of a revision."""
    editor = make_staff(EDITOR, "ed")
    for model in MODELS.values():
        row, name = make_row(model), model._meta.model_name
        revision = write_draft(document_from(row), row.language, editor)
        read, change = f"education.view_{name}", f"education.change_{name}"
        yield Cell(f"education_{name}_preview", (row.pk,), read, leaves_row=False)
        yield Cell(f"education_{name}_review", (row.pk,), read, leaves_row=False)
        yield Cell(f"education_{name}_preview", (row.pk,), change, {})
        yield Cell(f"education_{name}_new", (), f"education.add_{name}", {})
        for verb in ("ask", "publish", "roll-back", "discard", "take-out"):
            yield Cell(f"education_{name}_step", (row.pk, revision.pk, verb), change, {})
        yield Cell(f"education_{name}_step", (row.pk, revision.pk, "approve"), "education.sign_off_page", {})
        yield Cell(f"education_{name}_change", (row.pk,), change, {"title": "x"})


@pytest.mark.parametrize("group", GROUPS)
def test_who_may_read(group, cells, client):
    sign_in(client, make_staff(group))
    for cell in [cell for cell in cells if cell.posted is None]:
        before = AuditEntry.objects.count()

        status = client.get(reverse(f"admin:{cell.name}", args=cell.args)).status_code

        may = group in groups_with(cell.permission)
        assert status == (200 if may else 403), cell
        recorded = AuditEntry.objects.filter(position__gt=before).values_list("actor", "action")
        if not may:
            assert list(recorded) == [(group.replace(" ", "-"), "access.refused")], cell
        elif cell.leaves_row:
            assert [actor for actor, _action in recorded] == [group.replace(" ", "-")], cell


@pytest.mark.parametrize("group", GROUPS)
def test_who_may_do(group, cells, client):
    sign_in(client, make_staff(group))
    for cell in [cell for cell in cells if cell.posted is not None]:
        place = transaction.savepoint()

        with CaptureQueriesContext(connection) as queries:
            status = client.post(reverse(f"admin:{cell.name}", args=cell.args), cell.posted).status_code

        if group in groups_with(cell.permission):
            assert status in (200, 302), cell
        else:
            assert status == 403, cell
            assert AuditEntry.objects.order_by("position").last().action == "access.refused"
            assert {found[1] for query in queries if (found := WRITES.match(query["sql"]))} <= OF_A_REFUSAL, cell
        transaction.savepoint_rollback(place)


def test_a_person_without_a_group_and_a_stranger_see_nothing(cells, client):
    addresses = [reverse(f"admin:{cell.name}", args=cell.args) for cell in cells]

    assert {client.get(address).status_code for address in addresses} == {302}
    assert client.get(addresses[0]).url.startswith("/admin/login/")
    sign_in(client, make_staff(None))
    for address, cell in zip(addresses, cells, strict=True):
        assert client.generic("GET" if cell.posted is None else "POST", address).status_code == 403, cell


def test_every_staff_address_and_every_right_is_tried(cells):
    """A new page joins by its admin, or by a cell; a new right by a page that needs it."""
    names = {name for name in staff_names(get_resolver().url_patterns) if not name.startswith(OWN_FACTORS)}

    tried = {cell.name for cell in cells} | {"auth_user_password_change", "clinic_limit_changelist"}
    assert names - FOR_ALL_STAFF == tried
    rights = {row.permission for row in TABLE}
    assert rights - {cell.permission for cell in cells} == set()


@pytest.mark.parametrize("group", GROUPS)
def test_who_may_set_anothers_password(group, client):
    address = reverse("admin:auth_user_password_change", args=[make_staff(NURSE, "nina").pk])
    sign_in(client, make_staff(group))

    assert client.get(address).status_code == (200 if group in groups_with("clinic.change_user") else 403)


def staff_names(patterns, below=""):
    for pattern in patterns:
        place = f"{below}{pattern.pattern}"
        if hasattr(pattern, "url_patterns"):
            yield from staff_names(pattern.url_patterns, place)
        elif pattern.name and place.startswith(("admin/", "accounts/")):
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

    doctor = make_staff(CLINICIAN, "on-duty", email="duty@clinic.example")
    rota = {"rota-TOTAL_FORMS": 1, "rota-INITIAL_FORMS": 0, "rota-0-user": doctor.pk, "rota-0-weekday": 5}
    hours = {"rota-0-starts_at": "08:00", "rota-0-ends_at": "18:00", "escalate_after": 15}

    client.post(address, {**typed, **rota, **hours, "phone": "555 0199"})

    clinic = Clinic.objects.get()
    assert (clinic.pk, clinic.phone, clinic.escalate_after) == (1, "555 0199", 15)
    assert clinic.rota.get().user == doctor
    assert not any("rota" in gap for gap in clinic.setup_gaps)
    assert "weekday: " in AuditEntry.objects.get(action="record.change").detail
    assert list(AuditEntry.objects.order_by("position").values_list("action", flat=True)) == [
        "record.read",
        "record.change",
    ]


def test_telling_a_second_person_needs_somebody_on_the_rota(client):
    """Without anybody on it, and when the last one is taken off it, the field itself says so."""
    sign_in(client, make_staff(OWNER))
    address = reverse("admin:clinic_clinic_change", args=[1])
    form = client.get(address).context["adminform"].form
    typed = {name: value for name in form.fields if (value := form[name].value()) not in (None, "", False)}
    typed |= {"phone": "555 0199", "escalate_after": 15}
    nobody = {"rota-TOTAL_FORMS": 1, "rota-INITIAL_FORMS": 0, "rota-0-starts_at": "08:00", "rota-0-ends_at": "18:00"}

    refused = client.post(address, {**typed, **nobody})

    assert list(refused.context["adminform"].form.errors) == ["escalate_after"]
    page = refused.content.decode()
    assert "Nobody is on the rota below, so nobody would be told." in page
    assert 'value="555 0199"' in page
    assert not Clinic.objects.exists()
    doctor = make_staff(CLINICIAN, "on-duty", email="duty@clinic.example")
    somebody = {**typed, **nobody, "rota-0-user": doctor.pk, "rota-0-weekday": 5}
    assert client.post(address, somebody).status_code == 302
    row = {"rota-INITIAL_FORMS": 1, "rota-0-id": Clinic.objects.get().rota.get().pk, "rota-0-clinic": 1}
    taken_off = client.post(address, {**somebody, **row, "rota-0-DELETE": "on"})
    assert list(taken_off.context["adminform"].form.errors) == ["escalate_after"]
    assert client.post(address, {**somebody, **row, "rota-0-DELETE": "on", "escalate_after": ""}).status_code == 302
    assert not Clinic.objects.get().rota.exists()


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


def test_the_document_holds_what_the_command_prints(capsys):
    call_command("show_permissions")

    assert capsys.readouterr().out in (Path(settings.BASE_DIR) / "docs" / "permissions.md").read_text()
