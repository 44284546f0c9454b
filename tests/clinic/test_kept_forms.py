"""What staff typed is not lost when their session ends, nothing happens without them, and nobody else sees it."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic.models import AuditEntry, Device, KeptForm, User
from clinic.staff.devices import COOKIE
from clinic.staff.kept_forms import MOST
from clinic.staff.second_factor import add_app
from intake.models import Note
from tests.intake.submissions import PASSWORD, make_staff, make_submission
from tests.signing_in import code_of, sign_in

pytestmark = pytest.mark.django_db
KEPT = "/admin/kept/"
TYPED = "Called twice, <b>left</b> a message."


@pytest.fixture
def secret():
    return add_app(make_staff("nurse", "nina"))


def really_sign_in(client, secret, target="", name="nina", **headers):
    """Sign in through the pages, as a person does."""
    address = f"/accounts/login/?next={target}"
    client.post(address, {"login": name, "password": PASSWORD, "next": target}, **headers)
    cache.clear()  # or its code would have to be another half minute's
    data = {"code": code_of(secret)}
    return client.post("/accounts/second-factor/sign-in/", data, follow=True, **headers)


def let_sessions_end():
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))


def note(submission, text=TYPED):
    address = reverse("admin:intake_submission_note", args=[submission.pk])
    return address, {"note-text": text, "note-note_id": "6f1a2c9e-5b0d-4c7e-9a51-0d3c1f2b4a60"}


def test_a_note_that_arrives_after_the_idle_time_waits_and_is_saved_after_signing_in(client, secret):
    submission = make_submission()
    really_sign_in(client, secret)
    address, posted = note(submission)
    let_sessions_end()
    client.get("/admin/intake/submission/")  # another tab refreshes itself meanwhile

    response = client.post(address, posted)

    assert response.url == f"/admin/login/?next={KEPT.replace('/', '%2F')}"
    assert not Note.objects.exists()
    page = really_sign_in(client, secret, KEPT)
    html = page.content.decode()
    assert page.redirect_chain[-1][0] == KEPT
    assert "Called twice, &lt;b&gt;left&lt;/b&gt; a message.</textarea>" in html
    assert f'action="{address}"' in html
    assert not Note.objects.exists()  # it was shown, not carried out
    kept = KeptForm.objects.get()
    assert client.post(address, {**posted, "kept_form": str(kept.pk)}).status_code == 302
    assert Note.objects.get().text == TYPED
    assert not KeptForm.objects.exists()
    assert client.get(KEPT).url == "/admin/"


def test_a_note_posted_after_signing_in_again_in_another_tab_waits_too(secret):
    submission = make_submission()
    client = Client(enforce_csrf_checks=True)
    sign_in(client, User.objects.get(username="nina"))
    client.cookies[settings.CSRF_COOKIE_NAME] = "a" * 32
    address, posted = note(submission)

    response = client.post(address, {**posted, "csrfmiddlewaretoken": "b" * 32})

    assert response.url == KEPT
    assert TYPED.replace("<b>", "&lt;b&gt;").replace("</b>", "&lt;/b&gt;") in client.get(KEPT).content.decode()
    assert not Note.objects.exists()
    stranger = Client(enforce_csrf_checks=True)  # as a form of another site: no cookie of ours comes with it
    assert stranger.post(address, posted).status_code == 403


def test_what_one_person_typed_is_shown_to_nobody_else(client, secret, table_owner):
    submission = make_submission()
    really_sign_in(client, secret)
    let_sessions_end()
    client.post(*note(submission))
    other = sign_in(Client(), make_staff("nurse", "olga"))

    assert other.get(KEPT).url == "/admin/"
    other.post(KEPT, {"kept_form": str(KeptForm.objects.get().pk)})
    assert KeptForm.objects.exists()
    KeptForm.objects.update(user=User.objects.get(username="olga"))  # by who can write to the database
    assert other.get(KEPT).url == "/admin/"


@pytest.mark.parametrize("ends", ["hour", "sign-out", "stranger", "password"])
def test_nothing_is_kept_for_long_or_for_who_signed_out_or_with_a_password(client, secret, ends):
    submission = make_submission()
    really_sign_in(client, secret)
    if ends == "sign-out":
        client.post("/accounts/logout/")
    if ends == "stranger":
        client = Client()
    let_sessions_end()
    more = {"password1": "x"} if ends == "password" else {}
    address, posted = note(submission)
    client.post(address, posted | more)
    KeptForm.objects.update(kept_at=timezone.now() - timedelta(minutes=61))

    sign_in(client, User.objects.get(username="nina"))

    assert client.get(KEPT).url == "/admin/"
    assert KeptForm.objects.count() == (ends == "hour")


def test_what_was_typed_last_is_kept_however_much_was_before_it(client, secret):
    address, posted = note(make_submission())
    really_sign_in(client, secret)
    let_sessions_end()
    for number in range(MOST):
        client.post(address, posted | {"note-text": f"{number}"})

    client.post(address, posted | {"note-text": "The last one."})
    # A preview that a script asks for while somebody types on: their text stands in the page.
    client.post(address, posted | {"note-text": "By a script."}, headers={"sec-fetch-mode": "cors"})

    assert KeptForm.objects.count() == MOST
    assert "The last one." in really_sign_in(client, secret, KEPT).content.decode()


def make_stale(client):
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": timezone.now().timestamp() - 301}]
    session.save()


@pytest.mark.parametrize("what", ["groups", "limits", "reset"])
def test_groups_limits_and_resets_ask_who_it_is_again_and_keep_what_was_typed(client, what):
    owner, nurse = make_staff("owner"), make_staff("nurse", "nina")
    sign_in(client, owner)
    make_stale(client)
    address, posted = {
        "groups": (reverse("admin:clinic_user_change", args=[nurse.pk]), {"username": "nina", "first_name": "Nina R"}),
        "limits": (reverse("admin:clinic_limit_changelist"), {"confirmed_by": "Dr. A"}),
        "reset": (
            reverse("admin:clinic_user_changelist"),
            {"action": "reset_second_factor", "_selected_action": nurse.pk},
        ),
    }[what]

    response = client.post(address, posted)

    assert response.url == "/accounts/confirm/?next=%2Fadmin%2Fkept%2F"
    assert client.post(response.url, {"password": "wrong"}).status_code == 200
    back = client.post(response.url, {"password": PASSWORD, "next": KEPT}, follow=True)
    assert f'action="{address}"' in back.content.decode()
    assert client.post(address, posted).status_code in (200, 302)
    assert AuditEntry.objects.order_by("position").last().action != "access.refused"


@pytest.mark.parametrize("name", ["admin:clinic_user_add", "admin:auth_user_password_change"])
def test_a_password_of_somebody_is_set_only_by_who_has_just_shown_who_they_are(client, name):
    owner, nurse = make_staff("owner"), make_staff("nurse", "nina")
    sign_in(client, owner)
    make_stale(client)

    address = reverse(name, args=[nurse.pk] if "change" in name else [])

    assert client.get(address).url.startswith("/accounts/confirm/")
    assert client.post(address, {"password1": "x", "password2": "x"}).url.startswith("/accounts/confirm/")


CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Safari/604"


def device_rows(html):
    """Return what the list of devices says, without its times."""
    rows = re.findall(r"<li>(\w+, \w+.*?)</li>", html)
    return [" ".join(re.sub(r"(?<=,) \w{3}\S*? \d+, \d+, .*?\.m\.|<[^>]+>", "", row).split()) for row in rows]


def test_the_account_page_tells_of_new_devices_and_which_are_signed_in(secret):
    desk, phone = Client(), Client()
    really_sign_in(desk, secret, HTTP_USER_AGENT=CHROME)
    Device.objects.update(first_at=timezone.now() - timedelta(days=3), last_at=timezone.now() - timedelta(days=2))
    really_sign_in(phone, secret, HTTP_USER_AGENT=PHONE)

    html = desk.get("/accounts/second-factor/").content.decode()
    assert device_rows(html) == ["Safari, iPhone (signed in), New", "Chrome, Windows (this one),"]
    desk.post("/accounts/logout/everywhere/")
    html = desk.get("/accounts/second-factor/").content.decode()
    assert device_rows(html) == ["Safari, iPhone, New", "Chrome, Windows (this one),"]
    desk.post("/accounts/logout/")
    again = really_sign_in(desk, secret, HTTP_USER_AGENT=CHROME)

    assert "New since you were last here: Safari, iPhone" in again.content.decode()
    assert Device.objects.count() == 2
    cookie = desk.cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert cookie.value not in str(list(Device.objects.values()))
