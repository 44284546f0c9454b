"""Public pages come from memory while nothing changed, and are never older than the last change."""

import gzip

import brotli
import pytest
from django.db import DatabaseError, connection
from django.test import RequestFactory, override_settings
from django.utils import timezone

from clinic.models import Clinic, Limit, PublicVersion
from clinic.web.page_cache import LARGEST_PAGE, MOST_BYTES, KeptPage, page_cache
from clinic.web.public_pages import KeptPagesFirst
from clinic.web.public_version import Edition
from education.models import FaqEntry, Page
from tests.real_content import put_content

PAGES = (
    "/",
    "/privacy/",
    "/accessibility/",
    "/learn/",
    "/faq/",
    "/glossary/",
    "/evidence/",
    "/get-help-now/",
    "/learn/driving-home/",
)


@pytest.fixture(autouse=True)
def content(db):
    put_content()


@pytest.fixture
def patient_clock():
    """Look for a change once a minute, so that a test sees what happens in between."""
    with override_settings(PUBLIC_VERSION_SECONDS=60):
        yield


def test_a_page_shown_again_asks_the_database_nothing(client, patient_clock, django_assert_num_queries):
    first = {path: client.get(path) for path in PAGES}

    with django_assert_num_queries(0):
        again = {path: client.get(path) for path in PAGES}

    assert [page.content for page in again.values()] == [page.content for page in first.values()]
    assert [dict(page.items()) for page in again.values()] == [dict(page.items()) for page in first.values()]
    assert all("Content-Security-Policy" in page for page in again.values())
    assert not any(page.cookies for page in again.values())


def test_a_page_comes_in_the_encoding_that_is_taken(client):
    plain = client.get("/faq/").content
    cases = {"": "", "gzip": "gzip", "gzip, deflate, br": "br", "br;q=0, gzip;q=0.5": "gzip", "identity": ""}
    unpack = {"": bytes, "gzip": gzip.decompress, "br": brotli.decompress}

    for accepted, encoding in cases.items():
        response = client.get("/faq/", headers={"accept-encoding": accepted})

        assert response.get("Content-Encoding", "") == encoding
        assert unpack[encoding](response.content) == plain
        assert response["Content-Length"] == str(len(response.content))
        assert response["Vary"] == "Accept-Encoding"


def test_an_unchanged_page_is_not_sent_again_in_the_same_encoding_only(client):
    first = client.get("/faq/", headers={"accept-encoding": "br"})

    same = client.get("/faq/", headers={"accept-encoding": "br", "if-none-match": f'W/{first["ETag"]}, "other"'})
    other = client.get("/faq/", headers={"accept-encoding": "gzip", "if-none-match": first["ETag"]})

    assert (same.status_code, same.content, same["ETag"]) == (304, b"", first["ETag"])
    assert set(same.headers) == {"ETag", "Cache-Control", "Vary", "Permissions-Policy"}
    assert all(first[name] == value for name, value in same.items())
    assert other.status_code == 200


def change_name():
    Clinic.objects.update_or_create(pk=1, defaults={"name": "Elm Street Clinic"})


def change_by_sql():
    with connection.cursor() as cursor:
        cursor.execute("UPDATE education_page SET title = 'Changed' WHERE slug = 'driving-home'")


CHANGES = [
    change_name,
    change_by_sql,
    lambda: Page.objects.filter(slug="driving-home").update(title="Changed"),
    lambda: FaqEntry.objects.first().delete(),
    lambda: FaqEntry.objects.bulk_update([*FaqEntry.objects.all()[:1]], ["question"]),
]


def test_any_way_of_writing_what_the_public_reads_raises_the_version():
    for change in CHANGES:
        before = PublicVersion.objects.get().number

        change()

        assert PublicVersion.objects.get().number > before


def test_a_change_shows_at_the_next_look(client):
    old = client.get("/learn/driving-home/")

    Page.objects.filter(slug="driving-home").update(title="May I drive on Tuesday?")
    new = client.get("/learn/driving-home/", headers={"if-none-match": old["ETag"]})

    assert new.status_code == 200
    assert "May I drive on Tuesday?" in new.content.decode()


def test_who_posts_sees_the_change_at_once_in_this_process(client, patient_clock):
    client.get("/learn/driving-home/")
    Page.objects.filter(slug="driving-home").update(title="May I drive on Tuesday?")
    assert "Tuesday?" not in client.get("/learn/driving-home/").content.decode()

    client.post("/no-such-page/")

    assert "May I drive on Tuesday?" in client.get("/learn/driving-home/").content.decode()


def test_what_a_query_does_not_change_shares_one_page(client, django_assert_num_queries, patient_clock):
    plain, opened = client.get("/faq/"), client.get("/faq/?open=faq-05")

    with django_assert_num_queries(0):
        shared = [client.get(f"/faq/?{query}").content for query in ("utm=1", "open=junk")]
        kept = client.get("/faq/?x=1&open=faq-05").content

    assert shared == [plain.content] * 2
    assert kept == opened.content != plain.content


@pytest.mark.parametrize(
    ("crooked", "plain"),
    [
        ("/evidence/?claim=zz", "/evidence/"),
        ("/evidence/?claim=iv-01&claim=zz", "/evidence/"),
        ("/evidence/?claim=iv-01&claim=", "/evidence/"),
        ("/faq/?open=faq-05&open=all", "/faq/?open=all"),
        ("/faq/?open=all&open=faq-05", "/faq/?open=faq-05"),
    ],
)
def test_no_query_puts_another_page_in_the_place_of_one_that_is_kept(client, crooked, plain):
    right = client.get(plain).content
    page_cache.clear()

    first = client.get(crooked).content

    assert first == client.get(plain).content == right


def test_the_clinic_is_read_once_an_edition_and_its_limits_every_time(patient_clock, django_assert_num_queries):
    first = page_cache.watch.clinic()
    assert first.limits() == {}
    Limit.objects.create(name="systolic-high", value=150, confirmed_by="Dr. A", confirmed_at=timezone.now())

    with django_assert_num_queries(1):  # the limits
        again = page_cache.watch.clinic()
        assert again.limits() == {"systolic-high": 150}

    Clinic(pk=1, name="Another").save()
    assert page_cache.watch.clinic().name == first.name
    page_cache.watch.look_again()  # after a minute, or after a post of staff here
    assert page_cache.watch.clinic().name == "Another"


def test_without_the_database_what_is_kept_is_served(client, monkeypatch):
    before = client.get("/learn/driving-home/").content

    def refuse(*args):
        raise DatabaseError("away")

    with connection.execute_wrapper(refuse):
        during = client.get("/learn/driving-home/")
        makeshift = client.get("/get-help-now/")

    page_cache.watch.look_again()
    after = client.get("/get-help-now/")
    assert (during.status_code, during.content) == (200, before)
    assert makeshift.status_code == 200
    assert after.content != makeshift.content


def test_private_pages_errors_and_strange_hosts_are_never_answered_from_memory(client):
    client.get("/")

    for path in ("/intake/", "/accounts/login/", "/learn/no-such/", "/healthz"):
        client.get(path)

    assert set(page_cache.pages) == {"/"}
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400


@override_settings(SECURE_SSL_REDIRECT=True)
def test_plain_http_is_led_to_https_however_often_the_page_was_shown(client):
    assert client.get("/", secure=True).status_code == 200

    assert client.get("/").status_code == 301
    assert client.get("/", secure=True).status_code == 200


def test_memory_is_bounded():
    edition = Edition(1, None)
    for number in range(40):
        page_cache.put(f"/{number}", KeptPage(edition, b"x" * LARGEST_PAGE, {}))

    assert page_cache.size <= MOST_BYTES
    assert "/39" in page_cache.pages
    assert "/0" not in page_cache.pages


def ask(application, path, **headers):
    """Ask a WSGI application as a server does; return status, headers and body."""
    answered = []
    environ = RequestFactory().get(path).environ | headers
    body = b"".join(application(environ, lambda status, lines, _error=None: answered.append((status, dict(lines)))))
    return *answered[0], body


def test_the_server_is_answered_before_django_and_with_the_same_words(client, patient_clock):
    reached = []

    def django(environ, start_response):
        reached.append(environ["PATH_INFO"])
        return [b""] if start_response("404 Not Found", []) is None else []

    shown = client.get("/faq/", headers={"accept-encoding": "br"})
    first = KeptPagesFirst(django)

    status, headers, body = ask(first, "/faq/", HTTP_ACCEPT_ENCODING="br")
    again = ask(first, "/faq/", HTTP_ACCEPT_ENCODING="br", HTTP_IF_NONE_MATCH=shown["ETag"])
    head = ask(first, "/faq/", REQUEST_METHOD="HEAD")
    assert (status, headers, body) == ("200 OK", dict(shown.items()), shown.content)
    assert (again[0], again[1]["ETag"], again[2]) == ("304 Not Modified", shown["ETag"], b"")
    assert (head[0], head[2]) == ("200 OK", b"")
    assert reached == []

    for refused in ({"REQUEST_METHOD": "POST"}, {"HTTP_HOST": "evil.example"}, {"PATH_INFO": "/learn/"}):
        ask(first, "/faq/", **refused)
    with override_settings(SECURE_SSL_REDIRECT=True):
        ask(first, "/faq/")
    assert reached == ["/faq/", "/faq/", "/learn/", "/faq/"]
