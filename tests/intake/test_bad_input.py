"""Leaving, people under 18, what nobody would type, and what must not leak."""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from clinic.models import Clinic
from intake.models import Draft, Submission
from intake.questionnaires.publishing import publish
from tests.intake import cases, cases_v2
from tests.intake.cases import QUIET, definition
from tests.intake.factories import a_ready_draft, begin, fresh, main_text, page_url, post_page, put, send

pytestmark = pytest.mark.django_db

TASKS = reverse("intake:tasks")
CHECK = reverse("intake:check")
SENT = reverse("intake:sent")
ADULTS = reverse("intake:adults")


def test_save_and_leave_saves_the_page_first(client):
    draft = begin(client)

    response = post_page(client, draft, "who-fills-in", {"filled-by": "proxy"}, leave="yes")

    assert response["Location"] == reverse("intake:leave")
    assert fresh(draft).answers == {"filled-by": "proxy"}


def test_who_leaves_reads_the_day_of_deletion_where_the_clinic_is(client):
    put(begin(client), QUIET, expires_at=datetime(2100, 1, 2, 3, 0, tzinfo=UTC))  # an evening in Los Angeles

    assert "before Friday, January 1." in main_text(client.get(reverse("intake:leave")))


def test_save_and_leave_with_open_questions_leaves(client):
    draft = put(begin(client), QUIET)

    assert post_page(client, draft, "your-name", {}, leave="yes")["Location"] == reverse("intake:leave")


def test_save_and_leave_shows_what_could_not_be_saved(client):
    draft = put(begin(client), QUIET)

    response = post_page(client, draft, "your-name", {**QUIET, "legal-name": "x" * 300}, leave="yes")

    assert "Use 200 characters or fewer" in main_text(client.get(response["Location"]))


def birth_of_age(years, days=0):
    today = Clinic.current().today()
    return (today.replace(year=today.year - years) + timedelta(days=days)).isoformat()


def test_someone_under_18_gets_the_page_for_them_and_is_asked_nothing_more(client):
    draft = put(begin(client), {"filled-by": "self"})

    response = post_page(client, draft, "birth-date", {"date-of-birth": birth_of_age(18, days=1)})
    words = main_text(client.get(ADULTS))

    assert client.get(response["Location"])["Location"] == ADULTS
    assert words.startswith("Our clinic sees adults Our clinic sees adults, 18 and older.")
    assert "you do not need a parent's OK to call" in words
    assert "Need help right now?" not in words  # the page has its own numbers
    for url in (TASKS, CHECK, page_url("emergency-check"), page_url("who-fills-in")):
        assert client.get(url)["Location"] == ADULTS
    assert post_page(client, draft, "emergency-check", QUIET)["Location"] == ADULTS
    assert "chest-pain-now" not in fresh(draft).answers


def test_a_wrong_birth_date_can_be_changed(client):
    draft = put(begin(client), {"filled-by": "self", "date-of-birth": birth_of_age(10)})

    assert client.get(page_url("birth-date")).status_code == 200
    response = post_page(client, draft, "birth-date", {"date-of-birth": birth_of_age(18)})

    assert response["Location"] == page_url("emergency-check")
    assert client.get(page_url("emergency-check")).status_code == 200


def test_someone_under_18_cannot_send(client):
    draft = a_ready_draft(client)
    put(draft, {**draft.answers, "date-of-birth": birth_of_age(17)})

    assert send(client, draft)["Location"] == ADULTS
    assert Submission.objects.count() == 0


NASTY = ["\x00", "x" * 9000, "９", "-1", "1e999", "NaN", "[]", "{}", "<script>alert(1)</script>", "%s%n", "' OR 1=1 --"]


@pytest.mark.parametrize("version", [cases, cases_v2], ids=["version 1", "version 2"])
def test_no_page_breaks_on_what_nobody_would_type(client, version):
    publish(version.documents())
    draft = put(begin(client), version.QUIET)

    for page in pages_of_every_kind(version.definition()):
        names = [item.link_id for item in page.items]
        boxes = [f"{name}_{part}" for name in names for part in ("month", "day", "year", "value", "unit", "feet", "cm")]
        rows = [f"{item.link_id}[{n}].{part.link_id}" for item in page.items for part in item.items for n in (0, 1)]
        for value in NASTY:
            data = {name: [value, value] for name in (*names, *boxes, *rows, "revision", "shown", "leave", "back")}
            response = client.post(page_url(page.link_id, draft), data)
            assert response.status_code in (200, 302, 303, 409), (page.link_id, value)
            put(draft, version.QUIET)


def pages_of_every_kind(definition):
    """Return the first pages that hold every kind of question, each with a question that depends and one that does not.

    How a value is read hangs on its question's kind alone; tests/test_fuzz.py tries every page.
    """
    seen, chosen = set(), []
    for page in definition.pages:
        kinds = {(i.type, i.control, i.format, i.repeats, i.units, i.enable_when is None) for i in page.items}
        if not kinds <= seen:
            chosen.append(page)
        seen |= kinds
    return chosen


def test_an_empty_post_breaks_no_page(client):
    draft = put(begin(client), QUIET)

    for page in definition().pages:
        assert client.post(page_url(page.link_id)).status_code in (200, 303)
        put(draft, QUIET)


@pytest.mark.parametrize("method", ["put", "delete", "patch", "trace"])
def test_other_methods_are_refused(client, method):
    begin(client)

    for url in (reverse("intake:start"), TASKS, page_url("who-fills-in"), CHECK, SENT, reverse("intake:clear")):
        assert getattr(client, method)(url).status_code == 405


def test_posts_need_the_token():
    client = Client(enforce_csrf_checks=True)

    assert client.post(reverse("intake:start"), {}).status_code == 403
    assert Draft.objects.count() == 0


def test_nothing_typed_stands_in_log_cookie_or_address(client, caplog):
    caplog.set_level(0)
    draft = put(begin(client), QUIET)

    response = post_page(client, draft, "your-name", {**QUIET, "legal-name": "Marker Zebra", "sex-assigned": "bad"})
    post_page(client, draft, "your-name", {**QUIET, "legal-name": "Marker Zebra"})

    assert "Marker Zebra" in client.get(response["Location"]).content.decode()  # the page may show it
    assert "Zebra" not in caplog.text
    assert "Zebra" not in str(client.cookies)
    assert settings.SESSION_COOKIE_NAME not in client.cookies


def test_answers_are_sealed_in_the_database(client):
    from django.db import connection

    draft = put(begin(client), QUIET)
    post_page(client, draft, "your-name", {**QUIET, "legal-name": "Marker Zebra"})

    with connection.cursor() as cursor:
        cursor.execute("SELECT answers, journey FROM intake_draft")
        raw = b"".join(bytes(column) for row in cursor.fetchall() for column in row)

    assert b"Zebra" not in raw
