"""What old submissions say is deleted; what remains still verifies."""

import re
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from clinic.audit.actions import Action
from clinic.audit.binding import broken_bindings
from clinic.audit.trail import record
from clinic.models import AuditEntry, Clinic, DataKey
from intake.management.commands import apply_retention
from intake.models import Deletion, LookupHash, Message, SealedPart, Status, SubmissionContent, UnfinishedForm, WorkItem
from intake.models.retention import delete_contents, hold
from intake.review.actions import add_note
from intake.review.deciding import decide
from intake.review.unfinished import log_try
from tests.intake.cases import SEVERAL_DAYS
from tests.intake.submissions import make_staff, make_submission, make_unfinished
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def old():
    clinician = make_staff("clinician")
    submission = make_submission({"legal-name": "Old Person"}, now=timezone.now() - timedelta(days=800))
    add_note(submission, by=clinician, text="A note.")
    decide(submission, by=clinician, decision="not-suitable", reason="Heart.")
    return submission


def keep(days, **kinds):
    defaults = kinds or {"keep_decided_days": days, "keep_unsent_days": days}
    Clinic.objects.update_or_create(pk=1, defaults=defaults)


def test_nothing_is_deleted_until_the_clinic_says_how_long_to_keep(old, capsys):
    call_command("apply_retention")

    assert capsys.readouterr().out.splitlines() == [
        "forms with a decision: kept for good.",
        "forms without a decision: kept for good.",
        "closed forms that were never sent: kept for good.",
        "messages to staff: 0 older than 90 days deleted.",
    ]
    assert SubmissionContent.objects.exists()


def test_each_kind_has_its_own_days_and_a_hold_keeps_all_of_a_form(old, client, capsys):
    make_staff("nurse", "told", email="told@example.org", is_told_by_mail=True)
    waiting, held, recent = (
        make_submission({"legal-name": name, "phq9-q9": SEVERAL_DAYS}, now=timezone.now() - timedelta(days=days))
        for name, days in (("Waiting Person", 500), ("Held Person", 500), ("Recent Person", 300))
    )
    hold(held, held=True, by="test")
    Message.objects.update(sent_at=timezone.now(), created_at=timezone.now() - timedelta(days=20))
    keep(0, keep_undecided_days=400, keep_messages_days=10)

    call_command("apply_retention", "--dry-run")
    assert "forms without a decision: 1 older than 400 days would be deleted." in capsys.readouterr().out
    call_command("apply_retention")

    assert "forms without a decision: 1 older than 400 days deleted." in capsys.readouterr().out
    assert set(SubmissionContent.objects.values_list("submission", flat=True)) == {old.pk, held.pk, recent.pk}
    assert list(Message.objects.values_list("submission", flat=True)) == [held.pk]
    work = WorkItem.objects.get(submission=waiting)
    assert (work.status, work.is_open, work.open_flags.count()) == (Status.DELETED, False, 0)
    deeds = AuditEntry.objects.filter(actor="command apply_retention").values_list("action", "subject")
    assert set(deeds) == {("submission.delete", waiting.subject), ("message.delete", "count:1")}
    call_command("verify_audit")
    sign_in(client, make_staff("clinician", "reader"))
    assert waiting.reference not in client.get("/admin/intake/submission/").content.decode()
    assert waiting.reference in client.get("/admin/intake/submission/?tab=done").content.decode()


def test_the_timer_counts_first_deletes_a_day_later_and_does_not_trust_a_clock_that_jumped(old, monkeypatch):
    keep(700)
    start = timezone.now()

    def day(days, *, by_anybody=True, by="apply_retention", **options):
        monkeypatch.setattr(timezone, "now", lambda: start + timedelta(days=days))
        if by_anybody:
            record(None, Action.RECORD_READ, actor="somebody")
        call_command(by, **options or {"daily": True})
        runs = AuditEntry.objects.filter(subject="retention").order_by("position")
        return list(runs.values_list("detail", flat=True)), SubmissionContent.objects.count()

    kept = ": days 700, for good, 700, 90"
    counted = [f"1 counted, deleted in a day{kept}"]
    assert day(0, by="maintain", once=True) == (counted, 1)
    assert day(0.5) == (counted, 1)
    assert day(400, by_anybody=False) == (counted, 1)
    assert day(400) == (counted * 2, 1)
    assert day(400.5) == (counted * 2, 1)
    monkeypatch.setattr(apply_retention, "AT_ONCE", 1)
    assert day(401) == (counted * 2, 0)
    assert day(401) == ([*counted * 2, f"0 deleted{kept}"], 0)


def test_days_that_were_never_counted_delete_nothing_yet(old, monkeypatch):
    start = timezone.now()

    def day(days):
        monkeypatch.setattr(timezone, "now", lambda: start + timedelta(days=days))
        record(None, Action.RECORD_READ, actor="somebody")
        call_command("apply_retention", daily=True)
        return SubmissionContent.objects.count()

    assert [day(0), day(1)] == [1, 1]  # nothing is asked for yet
    keep(70)  # for 700
    assert [day(2), day(3)] == [1, 0]


def test_what_is_decided_or_sent_while_the_timer_works_is_kept(monkeypatch):
    long_ago = timezone.now() - timedelta(days=800)
    _forms, closed = [make_submission(now=long_ago) for _ in range(2)], make_unfinished()
    closed.settled_at, closed.closed_by, closed.closed_reason = long_ago, make_staff("nurse"), "Reached."
    closed.save()
    keep(700, keep_undecided_days=700, keep_unsent_days=700)
    call_command("apply_retention", daily=True)
    tomorrow = timezone.now() + timedelta(hours=23, minutes=30)
    monkeypatch.setattr(timezone, "now", lambda: tomorrow)
    meanwhile = {
        'DELETE FROM "clinic_datakey"': lambda: WorkItem.objects.filter(submission__content__isnull=False).update(
            status=Status.CLEARED
        ),
        'FROM "intake_unfinishedform"': lambda: UnfinishedForm.objects.update(reference="ABCD2345"),
    }

    def go_on(execute, sql, *args):
        done = execute(sql, *args)
        for words in [words for words in meanwhile if words in sql]:
            meanwhile.pop(words)()
        return done

    with connection.execute_wrapper(go_on):
        call_command("apply_retention", daily=True)

    assert (meanwhile, Deletion.objects.count()) == ({}, 1)
    closed.refresh_from_db()
    assert closed.contact["name"] == "Robin Unsent"


def test_an_owner_says_how_long_within_limits(client):
    owner, address = sign_in(client, make_staff("owner")), "/admin/clinic/clinic/1/change/"
    page = owner.get(address)
    assert "[POLICY] Not verified" in page.content.decode()
    form = page.context["adminform"].form
    typed = {name: value for name in form.fields if (value := form[name].value()) not in (None, "", False)}
    typed |= {"rota-TOTAL_FORMS": 0, "rota-INITIAL_FORMS": 0, "keep_undecided_days": 400, "unfinished_days": 60}

    refused = owner.post(address, {**typed, "keep_decided_days": 300, "keep_unsent_days": 40})

    assert set(refused.context["adminform"].form.errors) == {"keep_decided_days", "keep_unsent_days"}
    assert owner.post(address, {**typed, "keep_decided_days": 3000, "keep_unsent_days": 90}).status_code == 302
    clinic = Clinic.objects.get()
    assert (clinic.keep_decided_days, clinic.keep_undecided_days, clinic.keep_unsent_days) == (3000, 400, 90)
    assert "keep_decided_days" in AuditEntry.objects.filter(action="record.change").latest("position").detail


def test_contents_go_and_the_rows_that_remain_still_verify(old, client, capsys):
    still_open = make_submission(now=timezone.now() - timedelta(days=800))
    form = make_unfinished()
    earlier = log_try(form, make_staff("nurse"), reached="message-left", means="call", text="Of Old Person.")
    UnfinishedForm.objects.update(reference=old.reference, settled_at=timezone.now())
    keep(700)
    call_command("apply_retention", "--dry-run")
    assert SubmissionContent.objects.count() == 2

    call_command("apply_retention")

    assert list(SubmissionContent.objects.values_list("submission", flat=True)) == [still_open.pk]
    assert not SealedPart.objects.filter(pk=earlier.pk).exists()
    form.refresh_from_db()
    assert (form.contact, form.closed_reason) == (None, None)
    assert not DataKey.objects.filter(pk=old.draft_id).exists()
    for model in (LookupHash, SealedPart):
        assert not model.objects.filter(submission=old).exists()
    assert (Deletion.objects.get().submission, Deletion.objects.get().reason) == (old, "retention")
    assert list(broken_bindings()) == []
    sign_in(client, make_staff("clinician", "reader"))
    page = client.get(f"/admin/intake/submission/{old.pk}/")
    assert page.status_code == 200
    assert "Old Person" not in page.content.decode()
    assert "What this form said was deleted" in page.content.decode()
    assert client.get("/admin/intake/submission/?tab=done").status_code == 200


def test_a_closed_form_that_was_never_sent_is_emptied_too(capsys):
    nurse, long_ago = make_staff("nurse"), timezone.now() - timedelta(days=800)
    old, recent, waiting = (make_unfinished() for _ in range(3))
    tried = log_try(old, nurse, reached="message-left", means="call", text="Of Robin Unsent.")
    closed = {"closed_reason": "Reached.", "closed_by": nurse}
    for form, at in ((old, long_ago), (recent, timezone.now())):
        for name, value in {**closed, "settled_at": at}.items():
            setattr(form, name, value)
        form.save()
    keep(700)
    call_command("apply_retention", "--dry-run")
    assert "closed forms that were never sent: 1 older than 700 days would" in capsys.readouterr().out

    call_command("apply_retention")

    for form in (old, recent, waiting):
        form.refresh_from_db()
    assert (old.contact, old.closed_reason, old.closed_by) == (None, None, nurse)
    assert sorted(DataKey.objects.values_list("pk")) == sorted([(recent.data_key_id,), (waiting.data_key_id,)])
    assert not SealedPart.objects.filter(pk=tried.pk).exists()
    assert recent.contact["name"] == waiting.contact["name"] == "Robin Unsent"
    assert AuditEntry.objects.order_by("position").last().subject == old.subject
    call_command("apply_retention", "--dry-run")
    assert "closed forms that were never sent: 0 older" in capsys.readouterr().out


def test_a_hold_keeps_it_and_a_request_deletes_it(old):
    keep(700)
    call_command("delete_submission", old.reference, "--hold")

    call_command("apply_retention")
    with pytest.raises(CommandError, match="on hold"):
        call_command("delete_submission", old.reference, "--yes")
    assert not Deletion.objects.exists()

    call_command("delete_submission", old.reference, "--release")
    call_command("delete_submission", old.reference, "--yes")

    assert Deletion.objects.get().reason == "request"


def test_an_owner_deletes_at_a_request_in_two_steps_unless_a_hold_stands(old, client):
    owner = sign_in(client, make_staff("owner"))
    address, asked = f"/admin/intake/submission/{old.pk}/erase/", {"reason": "request", "reference": old.reference}

    assert "Save the full record first" in owner.get(address).content.decode()
    wrong = owner.post(address, {"reason": "request", "reference": "WRONG"})
    assert "not the reference of this form" in wrong.content.decode()
    assert "Choose why" in owner.post(address, {"reference": old.reference}).content.decode()
    owner.post(address, {"action": "hold"})
    assert "legal hold stands" in owner.post(address, asked).content.decode()
    assert SubmissionContent.objects.filter(submission=old).exists()
    owner.post(address, {"action": "release"})

    done = owner.post(address, asked)

    assert done.url == f"/admin/intake/submission/{old.pk}/"
    assert not SubmissionContent.objects.filter(submission=old).exists()
    tombstone = Deletion.objects.get()
    assert (tombstone.reason, tombstone.by) == ("request", "owner")
    assert list(broken_bindings()) == []
    entries = AuditEntry.objects.filter(subject=old.subject, actor="owner").order_by("position")
    deeds = [entry.action for entry in entries if entry.action != "record.read"]
    assert deeds == ["submission.hold", "submission.delete.refused", "submission.release", "submission.delete"]
    assert re.search(r"was deleted on .* \(owner\)\.", owner.get(address).content.decode())


def test_of_a_deleted_form_only_what_is_left_is_shown_and_nothing_more_is_written(client):
    old = make_submission({"safe-now": "no"})
    typed = {"contact-reached": "reached", "contact-means": "call", "contact-outcome": "talked", "contact-text": "x"}
    delete_contents(old, reason="request", by="owner")
    here = f"/admin/intake/submission/{old.pk}/"
    for group in ("clinician", "front desk"):
        staff = sign_in(client, make_staff(group))
        page = staff.get(here).content.decode()
        assert "was deleted on" in page
        assert "Save contact" not in page
        assert not re.search(r"Call now|Call today|telephone given|\{[a-z]+\}", page)
        refused = staff.post(f"{here}contact/", typed)
        assert refused.status_code == 200
        assert "Nothing more is written about it" in refused.content.decode()
    assert not old.contacts.exists()
    owner = sign_in(client, make_staff("owner", "reader"))
    for kind in ("summary", "record", "text", "export"):
        assert owner.get(f"{here}{kind}/").headers["Location"] == here
    assert not AuditEntry.objects.filter(action="submission.export").exists()
