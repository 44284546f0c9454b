from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import Resolver404, resolve
from django.utils import timezone

from clinic.models import AuditEntry, Clinic
from clinic.staff.sessions import hash_key
from clinic.staff.sign_in import SIGNED_IN_AT
from tests.intake.submissions import PASSWORD, make_staff
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
SIGN_IN = "/accounts/login/"


@pytest.fixture
def nurse():
    return make_staff("nurse", "nina")


def try_password(password, *, address="192.0.2.1", client=None, name="nina"):
    return (client or Client()).post(SIGN_IN, {"login": name, "password": password}, REMOTE_ADDR=address)


def is_sent_to_sign_in(client):
    chain = client.get("/admin/intake/submission/", follow=True).redirect_chain
    return bool(chain) and chain[-1][0].startswith(SIGN_IN)


def actions():
    return list(AuditEntry.objects.order_by("position").values_list("action", flat=True))


def test_sign_in_leads_to_the_admin_with_a_new_session_key_and_an_audit_row(nurse, client):
    client.get("/admin/")
    before = client.session.session_key

    response = try_password(PASSWORD, client=client)

    assert response.url == "/admin/"
    assert client.session.session_key != before
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.address) == ("sign-in", "nina", "192.0.2.1")


def test_sign_in_goes_on_to_the_page_that_was_asked_for_but_to_no_other_site(nurse, client):
    asked = client.get("/admin/clinic/auditentry/", follow=True)
    assert asked.redirect_chain[-1][0] == "/accounts/login/?next=%2Fadmin%2Fclinic%2Fauditentry%2F"
    assert 'value="/admin/clinic/auditentry/"' in asked.content.decode()

    for target, goes_to in (
        ("/admin/x/", "/admin/x/"),
        ("https://evil.example/", "/admin/"),
        ("//evil.example", "/admin/"),
    ):
        posted = {"login": "nina", "password": PASSWORD, "next": target}
        assert Client().post(SIGN_IN, posted).url == goes_to


def test_the_sixth_wrong_try_is_refused_in_words_and_leaves_a_row(nurse):
    for _ in range(5):
        assert try_password("wrong").status_code == 200
    sixth = try_password("wrong")

    assert "Too many failed login attempts" in sixth.content.decode()
    assert actions() == ["sign-in.refused"] * 5 + ["sign-in.limited"]
    assert all("wrong" not in entry.subject + entry.actor for entry in AuditEntry.objects.all())


def test_after_the_refusal_the_right_password_is_refused_there_and_taken_elsewhere(nurse):
    for _ in range(6):
        try_password("wrong")

    here = try_password(PASSWORD)
    elsewhere = try_password(PASSWORD, address="192.0.2.200")

    assert here.status_code == 200
    assert "Too many failed login attempts" in here.content.decode()
    assert elsewhere.url == "/admin/"


def test_five_wrong_tries_do_not_lock_the_right_one_out(nurse):
    for _ in range(4):
        try_password("wrong")

    assert try_password(PASSWORD).url == "/admin/"


def test_a_forwarded_address_from_a_stranger_does_not_count(nurse):
    for number in range(6):
        Client().post(
            SIGN_IN,
            {"login": "nina", "password": "x"},
            REMOTE_ADDR="192.0.2.1",
            HTTP_X_FORWARDED_FOR=f"10.0.0.{number}",
        )

    assert actions()[-1] == "sign-in.limited"
    assert {entry.address for entry in AuditEntry.objects.all()} == {"192.0.2.1"}


def test_an_unknown_name_gets_the_same_answer_as_a_wrong_password(nurse):
    known, unknown = try_password("wrong"), try_password("wrong", name="nobody")

    def words(response):
        return [str(error) for error in response.context["form"].non_field_errors()]

    assert words(known) == words(unknown) != []


@pytest.mark.parametrize(
    "address",
    [
        "/accounts/signup/",
        "/accounts/password/reset/",
        "/accounts/password/reset/key/1-x/",
        "/accounts/email/",
        "/accounts/confirm-email/",
        "/accounts/reauthenticate/",
        "/accounts/login/code/",
    ],
)
def test_there_is_no_other_way_in(client, address):
    with pytest.raises(Resolver404):
        resolve(address)
    assert client.get(address).status_code == 404


def test_the_admins_own_sign_in_only_leads_to_ours(client):
    response = client.post("/admin/login/", {"username": "nina", "password": PASSWORD})

    assert response.url.startswith(SIGN_IN)


def test_a_session_ends_when_the_account_is_made_inactive(client, nurse):
    sign_in(client, nurse)
    assert client.get("/admin/intake/submission/").status_code == 200

    nurse.is_active = False
    nurse.save(update_fields=["is_active"])

    assert is_sent_to_sign_in(client)


def test_an_inactive_account_cannot_sign_in(client, nurse):
    nurse.is_active = False
    nurse.save(update_fields=["is_active"])

    response = try_password(PASSWORD, client=client)

    assert response.status_code in (200, 403)
    assert is_sent_to_sign_in(client)
    assert "sign-in" not in actions()


def test_a_session_ends_after_the_idle_time_and_each_page_starts_it_anew(client, nurse, settings):
    sign_in(client, nurse)
    client.get("/admin/intake/submission/")
    expires = Session.objects.get(session_key=hash_key(client.session.session_key)).expire_date
    assert timedelta(minutes=29) < expires - timezone.now() <= timedelta(minutes=30)
    assert settings.SESSION_EXPIRE_AT_BROWSER_CLOSE

    Session.objects.update(expire_date=timezone.now() + timedelta(minutes=1))
    client.get("/admin/intake/submission/")
    assert Session.objects.get().expire_date > timezone.now() + timedelta(minutes=29)

    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert is_sent_to_sign_in(client)


def test_a_session_ends_after_the_absolute_time_however_busy(client, nurse, settings):
    sign_in(client, nurse)
    session = client.session
    session[SIGNED_IN_AT] = timezone.now().timestamp() - settings.STAFF_SESSION_HOURS * 3600 - 1
    session.save()

    assert is_sent_to_sign_in(client)


def test_an_account_that_is_not_staff_is_refused_and_the_refusal_recorded(client, nurse):
    nurse.is_staff = False
    nurse.save(update_fields=["is_staff"])

    response = Client()
    try_password(PASSWORD, client=response)

    assert response.get("/admin/", follow=True).status_code == 403
    assert actions() == ["sign-in", "access.refused"]


def test_a_session_without_a_sign_in_time_is_not_let_in(client, nurse):
    client.force_login(nurse)

    assert is_sent_to_sign_in(client)


def test_sign_out_ends_the_session_on_the_server_and_leaves_a_row(client, nurse):
    try_password(PASSWORD, client=client)
    key = client.session.session_key

    response = client.post("/accounts/logout/")

    assert response["Clear-Site-Data"] == '"cache", "storage"'
    assert not Session.objects.filter(session_key=hash_key(key)).exists()
    assert actions() == ["sign-in", "sign-out"]


def test_changing_the_password_needs_the_old_one_and_ends_other_sessions(client, nurse):
    other = Client()
    sign_in(client, nurse)
    sign_in(other, nurse)
    new = "another long phrase to remember"

    wrong = client.post("/accounts/password/", {"oldpassword": "x", "password1": new, "password2": new})
    assert wrong.status_code == 200
    client.post("/accounts/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new})

    assert is_sent_to_sign_in(other)
    assert "password.change" in actions()
    assert try_password(new).url == "/admin/"


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("short", "too short"),
        ("password1234", "too common"),
        ("P@ssw0rd2026!!", "too common"),
        ("--Sunshine!1999", "too common"),
        ("KetamineClinic2026", "names and words of this clinic"),
        ("riverbend-infusion-1", "names and words of this clinic"),
        ("Nina Nurse 2026!", "names and words of this clinic"),
        ("previsit.previsit", "names and words of this clinic"),
        ("aaaaaaaaaaaa", "repeats itself"),
        (" " * 12, "repeats itself"),
        ("password password", "repeats itself"),
        ("123456789012", "along the keyboard"),
        ("qwertyuiopas", "along the keyboard"),
        ("lkjhgfdsa4321", "along the keyboard"),
    ],
)
def test_weak_passwords_are_refused(client, nurse, password, says):
    Clinic(pk=1, name="Riverbend Infusion").save()
    sign_in(client, nurse)

    posted = {"oldpassword": PASSWORD, "password1": password, "password2": password}
    response = client.post("/accounts/password/", posted)

    assert response.status_code == 200
    assert says in response.content.decode()


@pytest.mark.parametrize(
    "password", ["482913 771204 66", "ketamine orchard lantern", "水曜日の朝は静かな川辺で", "x7k2m9q4w1z8"]
)
def test_passwords_need_no_kinds_of_characters(client, nurse, password):
    sign_in(client, nurse)

    posted = {"oldpassword": PASSWORD, "password1": password, "password2": password}
    assert client.post("/accounts/password/", posted).status_code == 302


def test_a_long_password_of_any_characters_is_taken_whole(client):
    long = "pässwörd ✓ " * 12
    user = make_staff("nurse", "lena")
    user.set_password(long)
    user.save()

    assert try_password(long[:-1], name="lena").status_code == 200
    assert try_password(long, name="lena").url == "/admin/"


def test_every_staff_page_offers_sign_out(client, nurse):
    sign_in(client, nurse)

    for address in ("/admin/intake/submission/", "/admin/?all=1"):
        assert 'action="/accounts/logout/"' in client.get(address).content.decode()
