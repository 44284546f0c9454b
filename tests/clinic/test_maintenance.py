"""The process beside the web server: what is over goes, the head is logged, a jumping clock deletes nothing."""

import logging
from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.utils import timezone

from clinic.audit.actions import Action
from clinic.audit.trail import head_line, record
from clinic.management.commands import maintain
from clinic.models import Clinic, Device, KeptForm, KnownAddress, RateLimit, User
from intake.models import Draft
from tests.intake.submissions import make_draft

pytestmark = pytest.mark.django_db


def prune(**options):
    out = StringIO()
    call_command("prune", stdout=out, **options)
    return out.getvalue()


def test_prune_deletes_what_is_over_and_nothing_else():
    now = timezone.now()
    Session.objects.create(session_key="over", session_data="x", expire_date=now - timedelta(seconds=1))
    Session.objects.create(session_key="living", session_data="x", expire_date=now + timedelta(minutes=1))
    RateLimit.objects.create(key="over", expires_at=now - timedelta(seconds=1))
    RateLimit.objects.create(key="living", expires_at=now + timedelta(minutes=1))
    KnownAddress.objects.create(address_hash="over", seen_at=now - timedelta(days=31))
    KnownAddress.objects.create(address_hash="living", seen_at=now - timedelta(days=29))
    user = User.objects.create_user("nina")
    for name, days in (("over", 366), ("living", 364)):
        at = now - timedelta(days=days)
        Device.objects.create(user=user, token_hash=name, words=name, first_at=at, last_at=at)
    KeptForm.objects.create(user=user, typed={"path": "over"}, kept_at=now - timedelta(minutes=61))
    KeptForm.objects.create(user=user, typed={"path": "living"}, kept_at=now - timedelta(minutes=59))
    make_draft(expires_at=now - timedelta(seconds=1))
    living = make_draft()

    prune()

    assert [row.words for row in Device.objects.all()] == ["living"]
    assert [row.typed for row in KeptForm.objects.all()] == [{"path": "living"}]

    assert [row.pk for row in Session.objects.all()] == ["living"]
    assert [row.pk for row in RateLimit.objects.all()] == ["living"]
    assert [row.pk for row in KnownAddress.objects.all()] == ["living"]
    assert list(Draft.objects.all()) == [living]


def test_a_clock_that_jumped_deletes_no_draft(monkeypatch):
    for _ in range(3):
        make_draft(expires_at=timezone.now() + timedelta(days=7))
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(days=9))

    with pytest.raises(CommandError, match="for more than a day"):
        prune()

    assert Draft.objects.count() == 3
    prune(force=True)
    assert Draft.objects.count() == 0


def test_a_clock_that_jumped_deletes_no_draft_though_staff_came_meanwhile(monkeypatch):
    Clinic.objects.create(pk=1)
    prune()
    for _ in range(3):
        make_draft(expires_at=timezone.now() + timedelta(days=7))
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(days=9))
    record(None, Action.RECORD_READ, actor="somebody")

    with pytest.raises(CommandError, match="3 of 3 drafts would go"):
        prune()

    assert Draft.objects.count() == 3


def test_the_head_is_logged_and_a_task_that_fails_ends_no_other(caplog, monkeypatch):
    record(None, Action.RECORD_READ, "submission:ABCD2345")
    head = head_line()

    def fails():
        raise ValueError("a secret")

    monkeypatch.setattr(maintain, "TASKS", (("fail", 1, fails), *maintain.TASKS))
    with caplog.at_level(logging.INFO):
        call_command("maintain", once=True)

    assert head in [entry.message for entry in caplog.records]
    assert "fail: ValueError" in [entry.message for entry in caplog.records]
    assert "a secret" not in caplog.text
