"""Requests that no page of ours makes, and doors that stay shut when something behind them fails."""

import os
import stat
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from gunicorn.config import Config

from clinic.audit.actions import Action
from clinic.audit.trail import breaks, record
from clinic.checks import keep_setup_gaps
from clinic.models import AuditEntry, AuditHead, Clinic, User
from clinic.web.access_log import EscapingLogger
from tests.intake.submissions import make_staff, make_submission, make_version
from tests.signing_in import sign_in as sign_in_as

pytestmark = pytest.mark.django_db


def sign_in(group: str) -> Client:
    return sign_in_as(Client(), make_staff(group))


@pytest.fixture
def owner() -> Client:
    return sign_in("owner")


@pytest.mark.parametrize("path", ["/", "/learn/", "/intake/", "/admin/", "/accounts/login/", "/sitemap.xml"])
@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE", "CONNECT", "MADE-UP"])
def test_a_method_of_no_page_is_refused_everywhere(path, method):
    response = Client(enforce_csrf_checks=True).generic(method, path)

    assert response.status_code == 405
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["/?q=%00", "/admin/clinic/user/?username=%00", "/a%00b"])
def test_a_nul_is_refused_before_anything_reads_it(client, path):
    response = client.get(path)

    assert response.status_code == 400
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "Content-Security-Policy" in response


def test_a_nul_in_a_cookie_is_refused(client):
    client.cookies["staff"] = "\x00aaaaaaaaaaaaaaaa"

    assert client.get("/admin/").status_code == 400


def test_a_huge_body_is_refused_unread(client):
    response = client.generic("POST", "/intake/", b"", CONTENT_LENGTH=str(150 * 1024 * 1024))

    assert response.status_code == 413


@pytest.mark.parametrize("path", ["/intake", "/admin", "/accounts/login"])
def test_the_way_to_a_private_page_is_not_kept_either(client, path):
    assert "no-store" in client.get(path)["Cache-Control"]


@pytest.mark.parametrize(
    ("forwarded", "found"),
    [
        ("1.1.1.1, 9.9.9.9:5555", "127.0.0.1"),
        ("1.1.1.1, unknown", "127.0.0.1"),
        ("1.1.1.1, 9.9.9.9", "9.9.9.9"),
        ("", "127.0.0.1"),
    ],
)
def test_an_address_the_proxy_did_not_write_does_not_count(settings, forwarded, found):
    settings.TRUSTED_PROXIES = ["127.0.0.1"]

    Client().post(reverse("account_login"), {"login": "x", "password": "y"}, HTTP_X_FORWARDED_FOR=forwarded)

    assert AuditEntry.objects.latest("position").address == found


@pytest.mark.parametrize(
    "address",
    [
        "/admin/clinic/user/?username__regex=(",
        "/admin/clinic/user/?password__startswith=a",
        "/admin/clinic/auditentry/?actor__regex=(",
        "/admin/education/page/?title__contains=x",
    ],
)
def test_a_typed_in_lookup_is_refused(owner, address):
    assert owner.get(address).status_code == 400


@pytest.mark.parametrize("ticked", ["x", "9" * 20, "9" * 5000, "\x00", "1.5", ""])
@pytest.mark.parametrize(
    ("place", "action"),
    [
        ("clinic/user", "reset_second_factor"),
        ("intake/decisionreason", "delete_selected"),
        ("education/claim", "delete_selected"),
    ],
)
def test_what_no_list_holds_cannot_be_ticked(owner, place, action, ticked):
    posted = {"action": action, "_selected_action": ["1", ticked]}

    response = owner.post(f"/admin/{place}/", posted, follow=True)

    assert "What was ticked is not on this list." in response.content.decode()


@pytest.mark.parametrize("query", ["at__gte=0001-01-01T00:00:00%2B23:59", "at__lt=9999-12-31T23:59:59-23:59"])
def test_a_day_that_no_clock_has_is_no_filter(owner, query):
    assert owner.get(f"/admin/clinic/auditentry/?{query}").status_code == 400
    assert owner.get("/admin/clinic/auditentry/?at__gte=2026-11-26+00:00:00-08:00").status_code == 200


@pytest.mark.parametrize("target", ["http://[::1", "//[x", "/\\evil.example"])
def test_a_place_to_go_on_to_that_is_no_address_is_left_out(owner, target):
    for signed_in in (Client(), owner):
        for place in ("login", "confirm", "second-factor/confirm", "passkey"):
            assert signed_in.get(f"/accounts/{place}/", {"next": target}).status_code in (200, 302)


@pytest.mark.parametrize("place", ["passkey", "second-factor/passkeys/confirm", "second-factor/passkeys/add"])
@pytest.mark.parametrize("answer", ["[" * 3000, '"x"', "[1]", "\x00"])
def test_what_no_passkey_answers_is_refused(owner, place, answer):
    address = f"/accounts/{place}/"
    for signed_in in (Client(), owner):
        signed_in.get(address)
        assert signed_in.post(address, {"credential": answer}).status_code in (200, 302)


def test_no_address_leads_to_any_row_by_its_type(owner):
    assert owner.get("/admin/r/1/1/").status_code == 404


@pytest.mark.parametrize("page", ["history", "password"])
def test_a_row_is_read_under_its_own_name_however_the_address_writes_it(owner, page):
    nurse = make_staff("nurse")

    owner.get(f"/admin/clinic/user/%20{nurse.pk}/{page}/")

    assert AuditEntry.objects.filter(action="record.read", subject=f"user:{nurse.pk}").exists()


@pytest.mark.parametrize("query", ["is_active__exact=1", "groups__id__exact=1", "q=ada", "o=1"])
def test_what_the_filters_offer_works(owner, query):
    assert owner.get(f"/admin/clinic/user/?{query}").status_code == 200


def test_a_search_among_staff_is_a_search_in_the_trail(owner):
    owner.get("/admin/clinic/user/?q=marker")

    entry = AuditEntry.objects.latest("position")
    assert (entry.action, entry.subject) == ("record.search", "user")


def test_a_password_is_not_set_without_an_audit_row(owner):
    other = User.objects.create_user("dana", password="the-old-password", is_staff=True)
    address = f"/admin/clinic/user/{other.pk}/password/"
    new = {"usable_password": "true", "password1": "a-brand-new-passphrase", "password2": "a-brand-new-passphrase"}
    owner.raise_request_exception = False

    def no_audit_rows(execute, sql, params, many, context):
        if sql.startswith('INSERT INTO "clinic_auditentry"'):
            raise DatabaseError("no room")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(no_audit_rows):
        response = owner.post(address, new)

    assert response.status_code == 500
    other.refresh_from_db()
    assert other.check_password("the-old-password")
    assert owner.post(address, new).status_code == 302
    other.refresh_from_db()
    assert other.check_password("a-brand-new-passphrase")


def test_what_staff_did_is_not_said_in_a_cookie():
    clinician = sign_in("clinician")
    submission = make_submission({"ketamine-allergy": "yes"})
    address = reverse("admin:intake_submission_page", args=[submission.pk])

    posted = {"SR-M1-outcome": "talked", "SR-M1-reason": "It was latex."}
    clinician.post(reverse("admin:intake_submission_resolve", args=[submission.pk, "SR-M1"]), posted)

    assert set(clinician.cookies) <= {"staff", "csrf"}
    assert "SR-M1 is resolved." in clinician.get(address).content.decode()


@pytest.mark.parametrize(
    ("name", "more", "form"),
    [
        ("decide", [], {"decide-decision": "delayed", "decide-reason": "x", "decide-decisions_seen": 7}),
        ("assign", [], {"assign-to": "", "assign-assignments_seen": 5}),
        ("resolve", ["SR-X"], {"rule": "\x00"}),
        ("note", [], {"note-text": "x", "note-note_id": "not-an-id"}),
        ("note", [], {"note-text": ["x", "y"], "note-note_id": ""}),
    ],
)
def test_a_made_up_form_breaks_nothing(name, more, form):
    clinician = sign_in("clinician")
    submission = make_submission({})

    response = clinician.post(reverse(f"admin:intake_submission_{name}", args=[submission.pk, *more]), form)

    assert response.status_code in (200, 302, 404, 409, 422)


def test_a_note_cannot_take_the_id_of_another_submissions_note():
    clinician = sign_in("clinician")
    first, second = make_submission({}), make_submission({})
    note = {"note-text": "x", "note-note_id": "2f0bb9b2-6c1c-4cc5-9a52-8d6dd5c6a0a1"}
    clinician.post(reverse("admin:intake_submission_note", args=[first.pk]), note)

    response = clinician.post(reverse("admin:intake_submission_note", args=[second.pk]), note)

    assert "This page is out of date." in response.content.decode()
    assert (first.notes.count(), second.notes.count()) == (1, 0)


def test_an_emptied_trail_is_not_a_trail_that_holds(table_owner, django_user_model):
    record(None, Action.RECORD_ADDED, "x", actor="someone")
    AuditEntry.objects.all()._raw_delete("default")
    AuditHead.objects.all().delete()
    assert list(breaks()) == []

    sign_in("nurse")
    User.objects.update(last_login="2026-11-01T00:00:00Z")

    assert [found.position for found in breaks()] == [1]


def test_an_address_cannot_forge_a_line_of_the_access_log():
    logger = EscapingLogger(Config())
    request = SimpleNamespace(headers=[])
    response = SimpleNamespace(status="404 Not Found", headers=[], sent=1)
    environ = {
        "RAW_URI": "/x",
        "PATH_INFO": '/x\n127.0.0.1 "POST /forged"\x1b[2J',
        "REQUEST_METHOD": "GET",
        "SERVER_PROTOCOL": "HTTP/1.1",
    }

    found = logger.atoms(response, request, environ, SimpleNamespace(seconds=0, microseconds=1, days=0))

    assert "\n" not in found["U"]
    assert "\x1b" not in found["U"]


def test_the_database_file_is_for_its_owner_only(tmp_path):
    from tests.clinic.test_settings import manage

    done = manage("migrate", "-v0", DATABASE_URL=f"sqlite:///{tmp_path}/new.sqlite3")

    assert done.returncode == 0, done.stderr
    assert stat.S_IMODE(os.stat(tmp_path / "new.sqlite3").st_mode) == 0o600


@pytest.mark.parametrize("path", ["/intake/q/seizures-lately/", "/es/intake/q/safety-thoughts/"])
def test_a_log_line_does_not_tell_which_page_a_person_was_on(path):
    from clinic.web.access_log import masked

    assert masked(f"Conflict: {path}") == f"Conflict: {path.rsplit('/', 2)[0]}/-/"


def test_a_staff_page_after_a_refused_post_leaves_its_read_row(owner):
    colleague = User.objects.create_user("cara", first_name="Cara")

    page = owner.post(f"/admin/clinic/user/{colleague.pk}/change/", {"username": ""})

    assert page.status_code == 200
    assert "cara" in page.content.decode()
    assert AuditEntry.objects.filter(action="record.read", subject=f"user:{colleague.pk}").count() == 1

    assert "cara" in owner.get(f"/admin/clinic/user/{colleague.pk}/history/").content.decode()
    assert AuditEntry.objects.filter(action="record.read", subject=f"user:{colleague.pk}").count() == 2

    page = owner.post(f"/admin/clinic/user/{colleague.pk}/password/", {"password1": "x", "password2": "y"})

    assert page.status_code == 200
    assert AuditEntry.objects.filter(action="record.read", subject=f"user:{colleague.pk}").count() == 3


@pytest.mark.parametrize("length", ["abc", "-1", "1e3", "１"])
def test_a_length_that_is_no_number_is_refused(client, length):
    assert client.post("/intake/", {"device": "own"}, CONTENT_LENGTH=length).status_code == 400


@pytest.mark.parametrize("path", ["/", "/healthz", "/intake/", "/admin/", "/no-such-page/", "/%00", "/static/x.css"])
def test_every_response_closes_the_devices_features(client, path):
    assert client.get(path)["Permissions-Policy"].startswith("camera=(), ")


def test_the_owners_landing_page_costs_what_a_nurses_costs():
    make_version()
    Clinic.objects.get_or_create(pk=1)
    keep_setup_gaps()
    counts = {}
    for group in ("nurse", "owner"):
        signed_in = sign_in_as(Client(), make_staff(group, f"{group}-1"))
        signed_in.get("/admin/intake/submission/")
        with CaptureQueriesContext(connection) as queries:
            page = signed_in.get("/admin/intake/submission/").content.decode()
        counts[group] = len(queries)

    assert "The clinic's telephone number is not set" in page.replace("&#x27;", "'")
    assert counts["owner"] == counts["nurse"]


def test_saving_the_profile_refreshes_what_is_still_to_set_up():
    Clinic.objects.get_or_create(pk=1)
    keep_setup_gaps()
    assert any("telephone" in gap for gap in Clinic.current().setup_gaps)

    Clinic.objects.update(phone="555 0100")
    keep_setup_gaps()

    assert not any("telephone" in gap for gap in Clinic.current().setup_gaps)


def test_a_database_of_another_release_is_named_and_left_as_it_is():
    Clinic.objects.get_or_create(pk=1)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE clinic_clinic DROP COLUMN phone")

    with pytest.raises(CommandError, match="made by another release") as refused:
        call_command("prepare")

    assert str(connection.settings_dict["NAME"]) in str(refused.value)


def test_what_was_changed_is_in_the_trail_old_and_new(owner):
    colleague = make_staff("nurse", "nina")
    clinician = Group.objects.get(name="clinician")
    nurse = Group.objects.get(name="nurse")
    typed = {"username": "nina", "is_active": "on", "groups": [nurse.pk, clinician.pk], "first_name": "Nina"}

    owner.post(f"/admin/clinic/user/{colleague.pk}/change/", typed)
    new = {"usable_password": "true", "password1": "a long new phrase", "password2": "a long new phrase"}
    owner.post(f"/admin/clinic/user/{colleague.pk}/password/", new)
    owner.post(f"/admin/clinic/user/{colleague.pk}/change/", {**typed, "groups": [clinician.pk]})

    details = AuditEntry.objects.filter(subject=f"user:{colleague.pk}", action="record.change").order_by("position")
    assert list(details.values_list("detail", flat=True)) == [
        "first_name:  -> Nina; groups: +clinician",
        "password",
        "groups: -nurse",
    ]
    assert "long new phrase" not in str(list(AuditEntry.objects.values()))
