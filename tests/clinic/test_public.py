"""What every response promises: headers, cookies, errors, languages, and whose address it was."""

import re

import pytest
from django.conf import settings
from django.core.signals import request_started
from django.db import DatabaseError, connection
from django.test import Client, override_settings
from django.urls import clear_url_caches, reverse

from clinic.models import AuditEntry, Clinic
from clinic.web.links import learn_url, reference_url

pytestmark = pytest.mark.django_db

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
)
OPEN_PAGES = ["/", "/privacy/", "/accessibility/", "/healthz"]


@pytest.mark.parametrize("path", [*OPEN_PAGES, "/intake/", "/accounts/login/", "/no-such-page"])
def test_every_response_carries_the_whole_policy(client, path):
    response = client.get(path)

    assert sorted(response["Content-Security-Policy"].split("; ")) == sorted(CSP.split("; "))
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "Access-Control-Allow-Origin" not in response
    assert response["Referrer-Policy"] == "same-origin"
    assert response["X-Frame-Options"] == "DENY"
    assert "charset=utf-8" in response["Content-Type"]


@pytest.mark.parametrize("path", OPEN_PAGES)
def test_open_pages_set_no_cookie_and_can_be_kept(client, path):
    first = client.get(path)

    assert first.status_code == 200
    assert not first.cookies
    assert first.get("Vary", "Accept-Encoding") == "Accept-Encoding"
    again = client.get(path, HTTP_IF_NONE_MATCH=first["ETag"])
    assert again.status_code == 304


@pytest.mark.parametrize("path", ["/intake/", "/intake/tasks/", "/intake/no-such", "/accounts/login/", "/admin/"])
def test_private_pages_are_never_kept(client, path):
    assert "no-store" in client.get(path)["Cache-Control"]


@pytest.mark.parametrize("path", ["/", "/privacy/", "/healthz"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "TRACE"])
def test_what_only_reads_takes_no_other_method(client, path, method):
    assert client.generic(method, path).status_code == 405


@pytest.mark.parametrize("path", ["/", "/privacy/", "/accessibility/", "/intake/", "/accounts/login/"])
def test_pages_have_one_heading_a_language_and_nothing_inline(client, path):
    page = client.get(path).content.decode()

    assert page.count("<h1") == 1
    assert '<html lang="en"' in page
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", page)
    assert "http://" not in re.sub(
        r'xmlns="[^"]*"|<link rel="canonical"[^>]*>|<meta property="og:(?:url|image)"[^>]*>', "", page
    )


@pytest.mark.parametrize("path", ["/", "/privacy/", "/intake/", "/no-such-page"])
def test_help_is_in_the_same_place_on_every_page(client, path):
    page = client.get(path).content.decode()

    header = page[page.index("<header") : page.index("</header>")]
    assert header.rindex("<a ") == header.rindex("<a ", 0, header.rindex("Get help now"))
    footer = page[page.index("<footer") :]
    for link in ("tel:988", "sms:988", "tel:911"):
        assert link in footer


def test_a_strange_charset_is_refused_with_our_own_page(client):
    kind = "application/x-www-form-urlencoded; charset=utf-7"
    response = client.generic("POST", "/intake/", b"+AGEAYg-", content_type=kind)

    assert response.status_code in (400, 403, 503)
    assert "Content-Security-Policy" in response
    assert b"<h1" in response.content


def test_a_failed_csrf_check_says_what_to_do():
    response = Client(enforce_csrf_checks=True).post("/intake/", {"own_device": "yes"})

    assert response.status_code == 403
    assert b"<h1" in response.content
    assert "no-store" in response["Cache-Control"]


def test_an_error_of_ours_shows_nothing_of_it(client, monkeypatch):
    client.raise_request_exception = False

    with override_settings(ROOT_URLCONF="tests.clinic.broken_urls"):
        clear_url_caches()
        response = client.get("/broken/")
    clear_url_caches()

    assert response.status_code == 500
    assert b"secret-detail" not in response.content
    assert b"988" in response.content


def test_the_health_check_asks_the_database_nothing(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.get("/healthz")

    assert response.content == b"ok"


def test_readiness_asks_the_database(client):
    assert client.get("/readyz").content == b"ok"

    def no_answer(execute, sql, params, many, context):
        raise DatabaseError("gone")

    with connection.execute_wrapper(no_answer):
        assert client.get("/readyz").status_code == 503
        assert client.get("/healthz").status_code == 200


def test_the_cookie_against_forgery_is_gone_with_the_browser(client):
    cookie = client.get("/accounts/login/").cookies[settings.CSRF_COOKIE_NAME]

    assert (cookie["max-age"], cookie["expires"]) == ("", "")


def test_open_pages_hide_a_telephone_number_that_is_not_set(client):
    assert "555-0100" not in client.get("/").content.decode()

    Clinic.objects.update_or_create(pk=1, defaults={"phone": "555-0100"})

    assert "555-0100" in client.get("/").content.decode()


def test_the_path_alone_decides_the_language(client):
    response = client.get("/", HTTP_ACCEPT_LANGUAGE="es")

    assert response["Content-Language"] == "en"
    assert client.get("/es/").status_code == 404


def test_another_language_gets_its_own_paths(client, settings):
    settings.LANGUAGES = [("en", "English"), ("es", "Spanish")]

    response = client.get("/es/privacy/")

    assert response.status_code == 200
    assert response["Content-Language"] == "es"
    assert client.get("/privacy/")["Content-Language"] == "en"


def test_links_between_apps():
    assert learn_url("tell-us-first#list") == "/learn/tell-us-first/#list"
    assert learn_url("get-help-now#now") == "/get-help-now/#now"
    assert reference_url("LABEL-KETALAR") == "/learn/references/#ref-label-ketalar"


def address_of_refused_sign_in(client: Client, **headers: str) -> str:
    client.post(reverse("account_login"), {"login": "x", "password": "y"}, **headers)
    return AuditEntry.objects.order_by("-position").first().address


def test_a_forged_forwarded_address_is_not_believed(client):
    assert address_of_refused_sign_in(client, HTTP_X_FORWARDED_FOR="203.0.113.9") == "127.0.0.1"


def test_a_trusted_proxy_names_the_client(settings):
    settings.TRUSTED_PROXIES = ["127.0.0.0/8", "10.0.0.0/8"]

    found = address_of_refused_sign_in(Client(), HTTP_X_FORWARDED_FOR="198.51.100.7, 203.0.113.9, 10.1.2.3")

    assert found == "203.0.113.9"


def test_a_promise_needs_the_name_of_who_confirmed_it():
    profile = Clinic(pk=1, confirmation_call_by="within one working day")

    with pytest.raises(Exception, match="promise"):
        profile.full_clean()
    assert profile.promised_call == ""


def test_sqlite_is_set_so_that_nothing_acknowledged_is_lost():
    if connection.vendor != "sqlite":
        assert connection.settings_dict["CONN_HEALTH_CHECKS"]
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous")
        assert cursor.fetchone()[0] == 3  # EXTRA
    assert connection.transaction_mode == "IMMEDIATE"


def test_limits_are_never_the_defaults_because_the_database_did_not_answer(client):
    def no_answer(execute, sql, params, many, context):
        raise DatabaseError("gone")

    with connection.execute_wrapper(no_answer):
        with pytest.raises(DatabaseError):
            Clinic.current()
        assert client.get("/privacy/").status_code == 200


@pytest.mark.parametrize(
    "path", ["/", "/privacy/", "/accessibility/", "/learn/", "/faq/", "/glossary/", "/get-help-now/"]
)
def test_public_pages_say_what_they_are_and_where(client, path):
    page = client.get(path + "?from=elsewhere").content.decode()

    (described,) = re.findall(r'<meta name="description" content="([^"]+)">', page)
    assert 40 < len(described) < 200
    assert re.findall(r'<link rel="canonical" href="([^"]+)">', page) == [f"http://localhost{path}"]
    assert re.findall(r'property="og:url" content="([^"]+)"', page) == [f"http://localhost{path}"]
    (title,) = re.findall(r"<title>([^<]+)</title>", page)
    assert len(title) > 10


@pytest.mark.parametrize("path", ["/intake/", "/accounts/login/", "/no-such-page"])
def test_pages_that_are_not_for_search_say_so_and_name_no_canonical_address(client, path):
    page = client.get(path).content.decode()

    assert '<meta name="robots" content="noindex">' in page
    assert "canonical" not in page
    assert 'name="description" content=""' not in page


def test_a_page_that_is_not_there_keeps_the_clinics_name_and_the_way_on(client):
    Clinic(pk=1, name="Cedar Clinic").save()

    page = client.get("/no-such-page").content.decode()

    header = page[page.index("<header") : page.index("</header>")]
    assert "Cedar Clinic" in header
    assert "- Cedar Clinic</title>" in page
    for way in ("/", "/learn/", "/faq/", "/intake/", "/get-help-now/"):
        assert f'href="{way}"' in header


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_died_costs_no_page(client):
    if connection.vendor != "postgresql":
        return  # SQLite has no server that could go
    connection.ensure_connection()
    dying = connection.connection.info.backend_pid
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [dying])
    other.close()

    request_started.send(sender=None)  # the test client keeps Django from trying the connection, as a server does

    assert client.get("/readyz").content == b"ok"
