"""Nobody reaches a staff page without a second factor, and no way leads around it."""

import json
import re
import time

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from msgspec.structs import replace

from clinic.models import AuditEntry, User
from clinic.staff import second_factor
from clinic.staff.second_factor import add_app
from tests.intake.submissions import PASSWORD, make_staff
from tests.settings import TEST_KEYS
from tests.signing_in import code_of, sign_in

pytestmark = pytest.mark.django_db
SIGN_IN = "/accounts/login/"
SECOND_STEP = "/accounts/second-factor/sign-in/"
WORKLIST = "/admin/intake/submission/"


def give_password(name="nina", client=None, **kwargs):
    client = client or Client()
    return client, client.post(SIGN_IN, {"login": name, "password": PASSWORD}, **kwargs)


@pytest.fixture
def nurse():
    return make_staff("nurse", "nina")


@pytest.fixture
def secret(nurse):
    return add_app(nurse)


def actions():
    return [entry.action for entry in AuditEntry.objects.order_by("position")]


def test_the_first_sign_in_sets_a_factor_up_and_then_shows_the_worklist(nurse):
    client, _response = give_password()
    assert client.get("/admin/", follow=True).redirect_chain[-1][0].startswith("/accounts/second-factor/")

    page = client.get(reverse("mfa_activate_totp")).content.decode()
    secret = re.search(r'<code class="secret">([A-Z2-7]+)</code>', page)[1]
    drawing = client.get(reverse("second-factor-code"))
    wrong = client.post(reverse("mfa_activate_totp"), {"code": "000000"})
    done = client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)}, follow=True)

    assert drawing["Content-Type"].startswith("image/svg+xml")
    assert "no-store" in drawing["Cache-Control"]
    assert "Incorrect code" in wrong.content.decode()
    assert done.redirect_chain[-1][0] == reverse("mfa_view_recovery_codes")
    assert len(re.findall(r"<li><code>", done.content.decode())) == 10
    assert client.get(WORKLIST).status_code == 200
    assert "second-factor.change" in actions()


@pytest.mark.parametrize("path", [WORKLIST, "/admin/", "/admin/clinic/user/", "/accounts/password/"])
def test_a_password_alone_opens_no_staff_page(nurse, path):
    client, _response = give_password()

    response = client.get(path, follow=True)

    assert response.redirect_chain[-1][0].startswith("/accounts/second-factor/")


def test_with_a_factor_set_up_the_password_leads_to_the_second_step_and_no_further(nurse, secret):
    client, response = give_password()

    assert response.url.startswith(SECOND_STEP)
    assert client.get(WORKLIST, follow=True).redirect_chain[-1][0].startswith(SECOND_STEP)
    assert "sign-in" not in actions()

    assert client.post(SECOND_STEP, {"code": code_of(secret)}).url == "/admin/"
    assert client.get(WORKLIST).status_code == 200
    assert actions()[:1] == ["sign-in"]


def test_a_code_works_once(nurse, secret):
    code = code_of(secret)
    first, second = give_password()[0], give_password()[0]

    assert first.post(SECOND_STEP, {"code": code}).status_code == 302
    assert "Incorrect code" in second.post(SECOND_STEP, {"code": code}).content.decode()


@pytest.mark.parametrize("steps", [-2, -1, 1, 2])
def test_a_code_of_another_half_minute_is_refused_and_leaves_a_row(nurse, secret, steps):
    client, _response = give_password()

    refused = client.post(SECOND_STEP, {"code": code_of(secret, steps)})

    assert refused.status_code == 200
    assert actions() == ["second-factor.refused"]


def test_codes_cannot_be_guessed_from_many_addresses(nurse, secret, monkeypatch):
    monkeypatch.setattr(second_factor, "WRONG_CODES_AN_HOUR", 6)
    for number in range(8):
        client, _response = give_password(REMOTE_ADDR=f"192.0.2.{number}")
        client.post(SECOND_STEP, {"code": "000000"}, REMOTE_ADDR=f"192.0.2.{number}")

    client, _response = give_password(REMOTE_ADDR="198.51.100.9")
    right = client.post(SECOND_STEP, {"code": code_of(secret)}, REMOTE_ADDR="198.51.100.9")

    assert "Too many codes" in right.content.decode()


def test_a_recovery_code_opens_once(nurse):
    client, _response = give_password()
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    secret = re.search(r'<code class="secret">([A-Z2-7]+)</code>', page)[1]
    codes_page = client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)}, follow=True).content.decode()
    recovery = re.search(r"<li><code>(\d+)</code>", codes_page)[1]

    first, second = give_password()[0], give_password()[0]

    assert first.post(SECOND_STEP, {"code": recovery}).status_code == 302
    assert second.post(SECOND_STEP, {"code": recovery}).status_code == 200


def test_the_database_holds_no_secret_in_clear(nurse, secret):
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM mfa_authenticator")
        stored = json.dumps(cursor.fetchall())

    assert secret not in stored
    assert Authenticator.objects.get().wrap().validate_code(code_of(secret))


def test_rotation_seals_the_secrets_under_the_newest_key(nurse, secret, settings):
    before = Authenticator.objects.get().data["secret"]
    settings.ANSWER_KEYS = [TEST_KEYS["old"], *settings.ANSWER_KEYS]

    call_command("rotate_keys")
    settings.ANSWER_KEYS = [TEST_KEYS["old"]]

    factor = Authenticator.objects.get()
    assert factor.data["secret"] != before
    assert factor.wrap().validate_code(code_of(secret))


def test_a_session_from_before_the_factor_is_asked_for_it(nurse, secret):
    client = sign_in(Client(), nurse)
    session = client.session
    session["account_authentication_methods"] = []
    session.save()

    chain = client.get(WORKLIST, follow=True).redirect_chain

    assert chain[-1][0].startswith("/accounts/second-factor/confirm/")


def test_the_last_factor_cannot_be_removed(nurse, secret):
    client = sign_in(Client(), nurse)
    session = client.session
    session["account_authentication_methods"] += [{"method": "password", "at": time.time(), "reauthenticated": True}]
    session.save()

    client.post(reverse("mfa_deactivate_totp"))

    assert Authenticator.objects.filter(user=nurse).exists()


def test_changing_factors_asks_who_it_is_again(nurse, secret):
    client = sign_in(Client(), nurse)

    for name in ("mfa_deactivate_totp", "mfa_generate_recovery_codes", "mfa_add_webauthn"):
        response = client.get(reverse(name))

        assert response.status_code == 302
        assert response.url.startswith("/accounts/confirm/")


def test_signing_out_everywhere_ends_the_other_sessions_only(nurse):
    here, there = sign_in(Client(), nurse), sign_in(Client(), nurse)

    here.post(reverse("sign-out-everywhere"))

    assert here.get(WORKLIST).status_code == 200
    assert there.get(WORKLIST, follow=True).redirect_chain[-1][0].startswith(SIGN_IN)
    assert "sessions.end" in actions()


def test_an_owner_resets_a_lost_factor_and_ends_the_sessions(nurse, secret):
    theirs = sign_in(Client(), nurse)
    owner = sign_in(Client(), make_staff("owner"))

    posted = {"action": "reset_second_factor", "_selected_action": [nurse.pk]}
    owner.post("/admin/clinic/user/", posted)

    assert not Authenticator.objects.filter(user=nurse).exists()
    assert theirs.get(WORKLIST).status_code == 302
    assert ("second-factor.reset", f"user:{nurse.pk}") in AuditEntry.objects.values_list("action", "subject")


def test_who_waits_at_the_second_step_while_it_is_reset_begins_anew(nurse, secret):
    client, _response = give_password()
    second_factor.reset_factors(nurse)

    again = client.get(WORKLIST, follow=True)
    assert again.redirect_chain[-1][0] == SIGN_IN
    give_password(client=client)

    assert client.get(WORKLIST, follow=True).redirect_chain[-1][0].startswith("/accounts/second-factor/")


@pytest.mark.parametrize("group", ["front desk", "nurse", "clinician", "content editor"])
def test_nobody_else_resets_a_factor(nurse, secret, group):
    client = sign_in(Client(), make_staff(group, "other"))

    client.post("/admin/clinic/user/", {"action": "reset_second_factor", "_selected_action": [nurse.pk]})

    assert Authenticator.objects.filter(user=nurse).exists()


def test_make_staff_gives_a_key_on_this_machine_only(capsys, settings):
    call_command("make_staff", "dana", group=["nurse"], totp=True)
    key = re.search(r"Authenticator key: ([A-Z2-7]+)", capsys.readouterr().out)[1]

    assert Authenticator.objects.get(user=User.objects.get(username="dana")).wrap().validate_code(code_of(key))

    settings.SITE = replace(settings.SITE, host="clinic.example")
    with pytest.raises(CommandError, match="this machine only"):
        call_command("make_staff", "eve", group=["nurse"], totp=True)


@pytest.mark.parametrize("name", ["", "Dana Lee", "x" * 151])
def test_make_staff_takes_no_name_that_the_admin_would_refuse(name):
    with pytest.raises(CommandError):
        call_command("make_staff", name, group=["nurse"])

    assert not User.objects.exists()
