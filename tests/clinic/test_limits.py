"""Limits on guessing: exact, nameless, and never unpickled."""

import base64
import pickle
from contextlib import suppress
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import IntegrityError, connection, models, transaction
from django.test import Client, RequestFactory
from django.utils import timezone

from clinic.models import AuditEntry, KnownAddress, RateLimit
from clinic.web.limits import count_up, network_of
from tests.intake.submissions import PASSWORD, make_staff, make_submission, make_unfinished, make_version
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
SIGN_IN = "/accounts/login/"
RAN: list[str] = []


def try_password(password, *, address="192.0.2.1", name="nina"):
    return Client().post(SIGN_IN, {"login": name, "password": password}, REMOTE_ADDR=address)


def all_at_once(count, deed):
    """Do something in many threads at the same moment; return what each got."""
    found, barrier = [], Barrier(count)

    def work():
        barrier.wait()
        try:
            found.append(deed())
        finally:
            connection.close()

    threads = [Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.mark.django_db(transaction=True)
def test_starts_at_the_same_moment_are_counted_exactly(settings):
    make_version()
    settings.INTAKE_STARTS_AN_HOUR = 10

    codes = all_at_once(24, lambda: Client().post("/intake/", {"device": "own"}).status_code)

    assert sorted(codes) == [303] * 10 + [429] * 14
    assert AuditEntry.objects.filter(action="intake.limited").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_several_who_take_a_lock_one_has_it():
    assert sorted(all_at_once(12, lambda: cache.add("lock", True, 600))) == [False] * 11 + [True]


def test_a_count_starts_again_when_its_window_is_over(monkeypatch):
    now = timezone.now().replace(minute=59, second=59)  # the clock's hour has no say

    def counted(what, whose, after):
        monkeypatch.setattr(timezone, "now", lambda: now + timedelta(seconds=after))
        return count_up(what, whose, 60)

    assert [counted("x", "a", 0), counted("x", "a", 59), counted("x", "b", 59), counted("y", "a", 59)] == [1, 2, 1, 1]
    assert [counted("x", "a", 60), counted("x", "a", 61)] == [1, 2]
    assert counted("x", "b", 61) == 2
    assert [counted("x", "b", 9_999), counted("x", "b", 62), counted("x", "b", 63)] == [1, 1, 2]  # a clock set right


def test_the_table_names_no_address_and_no_account(client):
    make_version()
    make_staff("nurse", "nina")
    client.post("/intake/", {"device": "own"}, REMOTE_ADDR="203.0.113.77")
    try_password("wrong", address="203.0.113.77")
    try_password(PASSWORD, address="203.0.113.77")

    for model in (RateLimit, KnownAddress):
        assert model.objects.exists()
        for row in model.objects.values():
            assert "203.0.113.77" not in str(row)
            assert "nina" not in str(row)


def test_an_ipv6_network_counts_as_one():
    def counted_as(address):
        return network_of(RequestFactory().get("/", REMOTE_ADDR=address))

    assert counted_as("2001:db8:1:2:aaaa::1") == counted_as("2001:db8:1:2:bbbb::2") != counted_as("2001:db8:1:3::1")


def test_a_flood_of_refusals_leaves_one_row_an_address():
    make_staff("nurse", "nina")
    for _ in range(12):
        try_password("wrong")

    found = list(AuditEntry.objects.order_by("position").values_list("action", flat=True))

    assert found == ["sign-in.refused"] * 5 + ["sign-in.limited"]


def test_a_flood_of_tries_too_quick_to_answer_leaves_one_row_too(settings):
    settings.ACCOUNT_RATE_LIMITS = {"login": "2/m/ip"}
    make_staff("nurse", "nina")

    codes = [try_password("wrong").status_code for _ in range(6)]

    assert codes == [200] * 2 + [429] * 4
    assert AuditEntry.objects.filter(action="sign-in.limited").count() == 1


def test_a_stranger_cannot_shut_a_known_name_out(settings):
    settings.SIGN_IN_TRIES_A_NAME = 6
    make_staff("nurse", "nina")
    assert try_password(PASSWORD, address="192.0.2.10").url == "/admin/"

    for number in range(8):
        try_password("wrong", address=f"203.0.113.{number}")

    assert try_password(PASSWORD, address="192.0.2.10").url == "/admin/"
    assert "Too many failed" in try_password(PASSWORD, address="198.51.100.1").content.decode()


def test_an_address_is_known_for_thirty_days(settings):
    settings.SIGN_IN_TRIES_A_NAME = 1
    make_staff("nurse", "nina")
    try_password(PASSWORD, address="192.0.2.10")
    KnownAddress.objects.update(seen_at=timezone.now() - timedelta(days=31))

    assert "Too many failed" in try_password(PASSWORD, address="192.0.2.10").content.decode()


def explode():
    RAN.append("ran")


class Bomb:
    """What a pickle can do when it is opened."""

    def __reduce__(self):
        return (explode, ())


def test_a_pickle_planted_in_any_column_never_runs(table_owner):
    """Who can write to the database must not run code in the application, nor reach its keys."""
    client = sign_in(Client(), make_staff("owner", "owner", is_superuser=True))
    make_submission({"bp-diagnosis": "yes", "bp-controlled": "no"})
    make_unfinished()
    patient = Client()
    patient.post("/intake/", {"device": "own"})
    cache.set("allauth:rl", [1.0], 3600)
    bomb = pickle.dumps(Bomb())
    pickle.loads(bomb)  # noqa: S301
    assert RAN.pop() == "ran"  # so it does when it is opened
    planted = 0
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            text = base64.b64encode(bomb).decode()
            is_text = isinstance(field, models.CharField | models.TextField) and not (field.unique or field.choices)
            if isinstance(field, models.BinaryField):
                value = bomb
            elif is_text and (field.max_length or len(text)) >= len(text):
                value = text
            else:
                continue
            # Where a constraint refuses it, it cannot be planted either.
            with suppress(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f'UPDATE {model._meta.db_table} SET "{field.column}" = %s', [value])  # noqa: S608
                planted += cursor.rowcount

    client.raise_request_exception = patient.raise_request_exception = False
    for address in ("/", "/intake/", "/intake/check/", "/learn/", "/glossary/"):
        patient.get(address)
    patient.post("/intake/", {"device": "own", "start_over": "1"})
    client.get("/admin/intake/submission/")
    try_password("wrong")
    with suppress(ValueError):  # not JSON
        cache.get("allauth:rl")

    assert planted > 20
    assert RAN == []
