"""Staff sessions: a reader of the database cannot use one."""

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client

from clinic.staff.sessions import SessionStore
from tests.intake.submissions import make_staff
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
WORKLIST = "/admin/intake/submission/"


@pytest.fixture
def nurse():
    return sign_in(Client(), make_staff("nurse", "nina"))


def test_no_key_in_the_table_opens_a_session(nurse):
    assert nurse.get(WORKLIST).status_code == 200
    cookie = nurse.cookies[settings.SESSION_COOKIE_NAME].value

    for row in Session.objects.all():
        assert cookie not in (row.session_key, row.session_data)
        thief = Client()
        thief.cookies[settings.SESSION_COOKIE_NAME] = row.session_key
        assert thief.get(WORKLIST).status_code == 302


def test_a_session_is_kept_found_cycled_and_ended():
    session = SessionStore()
    session["x"] = 1
    session.save()
    key = session.session_key

    assert session.exists(key)
    assert SessionStore(key)["x"] == 1
    session.cycle_key()
    assert (SessionStore(key).get("x"), SessionStore(session.session_key)["x"]) == (None, 1)
    session.flush()
    assert not Session.objects.exists()
