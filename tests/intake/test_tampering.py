"""What somebody changes in the database is found by verify_audit, and refused where it would be used."""

from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from clinic.audit.actions import Action
from clinic.audit.binding import broken_bindings, digest_of, rows_where
from clinic.audit.trail import record
from clinic.models import Clinic
from intake.definition.rules import DefinitionError
from intake.models import Flag, QuestionnaireVersion, Submission, UnfinishedForm, versions
from intake.review.actions import Refused, is_as_written
from intake.review.deciding import decide
from intake.review.settling import resolve_flag
from intake.review.unfinished import close_unfinished, log_try
from tests.intake.submissions import make_staff, make_submission, make_unfinished, make_version
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
CRISIS = {"safety-q2": "yes", "safety-q3": "no", "safety-q4": "no", "safety-q5": "yes"}


COPIED = ("intake_flagresolution", "intake_review", "intake_flag")
TAMPERED = {
    "severity": "UPDATE intake_flag SET severity = 1",
    "rule": "UPDATE intake_flag SET rule = 'SR-N8'",
    "flag deleted": "DELETE FROM intake_flagresolution; DELETE FROM intake_openflag; DELETE FROM intake_flag",
    "settlement": "UPDATE intake_flagresolution SET outcome = 'checked'",
    "settlement deleted": "DELETE FROM intake_reopening; DELETE FROM intake_flagresolution",
    "decision": "UPDATE intake_review SET decision = 'not-suitable'",
    "decision deleted": "DELETE FROM intake_review",
    "submission": "UPDATE intake_submission SET language = 'es'",
    "screening": "UPDATE intake_screening SET severity = NULL",
    "entry deleted": "DELETE FROM clinic_auditentry WHERE action = 'submission.decide'",
    "who vouches": "UPDATE intake_screening SET audit_position = audit_position - 1",
}


def tamper(statements):
    with connection.cursor() as cursor:
        for one in statements.split(";"):
            cursor.execute(one)


def add_copy(table, **changed):
    """Add a row that stands there once more under another key, as who can write to the database would."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} LIMIT 1")  # noqa: S608
        row = dict(zip([column[0] for column in cursor.description], cursor.fetchone(), strict=True))
        row["id"] = row["id"] + 1000 if isinstance(row["id"], int) else uuid4().hex
        if "rule" in row:
            row["rule"] = "SR-ADDED"
        row |= changed
        places = ", ".join(["%s"] * len(row))
        cursor.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})", list(row.values()))  # noqa: S608


@pytest.mark.parametrize("what", [*TAMPERED, *(f"added to {table}" for table in COPIED)])
def test_the_trail_tells_when_a_row_was_changed_behind_its_back_and_nothing_is_cleared(what, table_owner, client):
    clinician = make_staff("clinician")
    submission = make_submission({"med-benzo": "yes"})
    resolve_flag(submission.flags.get(), by=clinician, outcome="plan", reason="A plan.")
    decide(submission, by=clinician, decision="more-information", reason="A question.")
    sign_in(client, clinician)
    page = reverse("admin:intake_submission_page", args=[submission.pk])
    assert list(broken_bindings()) == []
    assert "changed outside the application" not in client.get(page).content.decode()

    if what in TAMPERED:
        tamper(TAMPERED[what])
    else:
        add_copy(what.removeprefix("added to "))

    with pytest.raises(SystemExit):
        call_command("verify_audit")
    for decision in ("cleared", "not-suitable"):
        with pytest.raises(Refused, match="changed outside the application"):
            decide(Submission.objects.get(), by=clinician, decision=decision, reason="Fine.")
    assert "changed outside the application" in client.get(page).content.decode()


def test_a_digest_that_was_made_anew_does_not_vouch_for_a_changed_row(table_owner, capsys):
    submission = make_submission({"med-benzo": "yes"})
    tamper("UPDATE intake_flag SET severity = 1")
    position = submission.audit_position
    digest = digest_of(rows_where(audit_position=position)[position])
    tamper(f"UPDATE clinic_auditentry SET binds = '{digest}' WHERE position = {position}")  # noqa: S608
    assert list(broken_bindings()) == []

    with pytest.raises(SystemExit):
        call_command("verify_audit")
    assert f"position {position}: changed" in capsys.readouterr().err
    with pytest.raises(Refused, match="changed outside the application"):
        decide(submission, by=make_staff("clinician"), decision="more-information", reason="A question.")


@pytest.mark.parametrize("claims", ["an entry that wrote nothing", "no entry", "the entry to come"])
def test_a_row_that_no_entry_wrote_is_found_and_nothing_rests_on_it(claims, table_owner):
    clinician = make_staff("clinician")
    submission = make_submission({"med-benzo": "yes"})
    decide(submission, by=clinician, decision="more-information", reason="A question.")
    other = record(None, Action.RECORD_READ).position
    position = {"an entry that wrote nothing": other, "no entry": 0, "the entry to come": other + 1}[claims]
    add_copy("intake_review", audit_position=position)

    assert [place.position for place in broken_bindings()] == [position]
    with pytest.raises(Refused, match="changed outside the application"):
        decide(submission, by=clinician, decision="not-suitable", reason="Fine.")


def test_no_stop_is_settled_by_who_may_not_after_its_severity_was_lowered(table_owner):
    submission = make_submission(CRISIS)
    flag = submission.flags.filter(severity__gte=3).first()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE intake_flag SET severity = 1")

    with pytest.raises(Refused, match="changed outside the application"):
        resolve_flag(Flag.objects.get(pk=flag.pk), by=make_staff("nurse"), outcome="plan", reason="x")


@pytest.mark.parametrize(
    ("statements", "says"),
    [
        (["DELETE FROM intake_openflag", "DELETE FROM intake_workitem"], "missing from the worklist"),
        (["UPDATE intake_workitem SET rank = 500"], "its place on the worklist"),
        (["UPDATE intake_workitem SET status = 'cleared', is_open = %s"], "its status on the worklist"),
        (["DELETE FROM intake_openflag"], "what the worklist says of its flags"),
        (["UPDATE intake_openflag SET severity = 1"], "what the worklist says of its flags"),
        (["UPDATE intake_openflag SET rule = 'SR-N8'"], "what the worklist says of its flags"),
    ],
)
def test_verify_audit_finds_a_form_that_was_taken_off_the_worklist(statements, says, capsys):
    make_submission(CRISIS)
    call_command("verify_audit")
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, [False] if "%s" in statement else None)

    with pytest.raises(SystemExit):
        call_command("verify_audit")
    assert says in capsys.readouterr().err
    assert not is_as_written(Submission.objects.get(), Clinic.current().today())


def test_verify_audit_finds_an_unfinished_form_that_nobody_closed(capsys):
    form = make_unfinished()
    call_command("verify_audit")
    UnfinishedForm.objects.update(settled_at=timezone.now())

    with pytest.raises(SystemExit):
        call_command("verify_audit")
    assert "nobody sent or closed it" in capsys.readouterr().err
    UnfinishedForm.objects.update(settled_at=None)
    close_unfinished(form, make_staff("clinician"), "A test.")
    call_command("verify_audit")


@pytest.mark.parametrize(
    "change",
    ["UPDATE intake_questionnaireversion SET rules = '{}'", "UPDATE intake_questionnaireversion SET version = 9"],
)
def test_a_version_changed_in_the_database_is_not_used(change, table_owner, monkeypatch):
    version = make_version()
    monkeypatch.setattr(versions, "PARSED", {})
    assert version.definition()
    with connection.cursor() as cursor:
        cursor.execute(change)
    versions.PARSED.clear()

    with pytest.raises(DefinitionError, match="not those that were published"):
        QuestionnaireVersion.objects.get().definition()
    with pytest.raises(SystemExit):
        call_command("verify_audit")


@pytest.mark.parametrize(
    "table", ["intake_submissioncontent", "intake_sealedpart", "intake_draft", "intake_unfinishedform"]
)
def test_a_row_that_names_the_key_of_another_form_is_found(table, capsys):
    forms = [make_submission(CRISIS) for _ in range(2)]
    begun = [make_unfinished() for _ in range(2)]
    for one in begun:
        log_try(one, make_staff("nurse", f"nurse-{one.pk}"), reached="not-reached", means="call", text="Early.")
    call_command("verify_audit")
    keys = (
        {one.data_key_id for one in begun}
        if table in ("intake_draft", "intake_unfinishedform")
        else {one.draft_id for one in forms}
    )
    first, second = sorted(key.hex if connection.vendor == "sqlite" else str(key) for key in keys)

    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET data_key_id = %s WHERE data_key_id = %s", [first, second])  # noqa: S608

    with pytest.raises(SystemExit):
        call_command("verify_audit")
    assert "it names the key of another form" in capsys.readouterr().err
