from datetime import date
from io import StringIO
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import RequestFactory

from clinic.models import AuditEntry, User
from intake.definition.rules import Severity
from intake.models import (
    Assignment,
    Flag,
    FlagResolution,
    Note,
    Review,
    Status,
    Submission,
    UnfinishedForm,
    WorkItem,
)
from intake.models.screenings import NO_FLAG_RANK
from intake.review.actions import Refused, add_note, assign
from intake.review.deciding import decide
from intake.review.settling import resolve_flag
from intake.review.unfinished import close_unfinished, open_unfinished
from tests.intake.submissions import make_staff, make_submission, make_unfinished

pytestmark = pytest.mark.django_db
STOP_AND_REVIEW = {"ketamine-allergy": "yes", "med-benzo": "yes"}


@pytest.fixture
def nurse():
    return make_staff("nurse")


@pytest.fixture
def clinician():
    return make_staff("clinician")


def flag_of(submission: Submission, rule: str) -> Flag:
    return submission.flags.get(rule=rule)


def resolve(submission, rule, by, **kwargs):
    return resolve_flag(flag_of(submission, rule), by=by, outcome="talked", reason="Talked by telephone.", **kwargs)


def test_resolve_flag_writes_a_row_moves_the_work_item_and_leaves_an_audit_row(clinician):
    submission = make_submission(STOP_AND_REVIEW)
    request = RequestFactory().post("/", REMOTE_ADDR="192.0.2.7")
    request.user = clinician

    resolve(submission, "SR-M1", clinician, request=request)

    work = WorkItem.objects.get(submission=submission)
    assert (work.status, work.worst_unresolved) == (Status.IN_REVIEW, Severity.REVIEW)
    assert work.rank == NO_FLAG_RANK - Severity.REVIEW
    kept = FlagResolution.objects.get()
    assert (kept.reason, kept.by, kept.outcome) == ("Talked by telephone.", clinician, "talked")
    entry = AuditEntry.objects.get(action="flag.resolve")
    written = (entry.actor, entry.subject, entry.detail, entry.address)
    assert written == ("clinician", f"submission:{submission.reference}", "SR-M1", "192.0.2.7")


def test_resolve_flag_of_stop_is_for_clinicians_only(nurse):
    submission = make_submission(STOP_AND_REVIEW)

    with pytest.raises(PermissionDenied):
        resolve(submission, "SR-M1", nurse)
    resolve(submission, "SR-M3", nurse)

    assert [kept.flag.rule for kept in FlagResolution.objects.all()] == ["SR-M3"]


@pytest.mark.parametrize("group", ["front desk", "content editor", None])
def test_resolve_flag_is_refused_to_others(group):
    submission = make_submission(STOP_AND_REVIEW)

    with pytest.raises(PermissionDenied):
        resolve(submission, "SR-M3", make_staff(group))

    assert not FlagResolution.objects.exists()
    assert not AuditEntry.objects.exclude(action__in=("submission.arrive", "questionnaire.publish")).exists()


def test_resolve_flag_tells_the_second_person_who_was_first(nurse, clinician):
    submission = make_submission(STOP_AND_REVIEW)
    resolve(submission, "SR-M3", nurse)

    with pytest.raises(Refused, match="nurse resolved SR-M3 before you"):
        resolve(submission, "SR-M3", clinician)

    assert FlagResolution.objects.get().by == nurse


@pytest.mark.django_db(transaction=True)
def test_resolve_flag_by_two_at_the_same_moment_is_one_row_and_one_is_told(nurse, clinician):
    submission = make_submission(STOP_AND_REVIEW)
    flag = flag_of(submission, "SR-M3")
    start, results = Barrier(2), []

    def one(user: User) -> None:
        try:
            start.wait()
            resolve_flag(Flag.objects.get(pk=flag.pk), by=user, outcome="plan", reason="A plan.")
            results.append("done")
        except Refused as refused:
            results.append(refused.message)
        finally:
            connection.close()

    threads = [Thread(target=one, args=[User.objects.get(pk=user.pk)]) for user in (nurse, clinician)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(result == "done" for result in results) == [False, True]
    assert any("before you" in result for result in results)
    assert FlagResolution.objects.count() == 1


@pytest.mark.parametrize("decision", ["cleared", "cleared-with-conditions"])
def test_decide_does_not_clear_while_a_stop_flag_is_open(clinician, decision):
    submission = make_submission(STOP_AND_REVIEW)

    with pytest.raises(Refused) as refused:
        decide(submission, by=clinician, decision=decision, reason="Fine.", conditions="Bring an EKG.")

    assert (
        refused.value.message
        == "This form cannot be cleared yet. A clinician must first settle: Hypersensitivity (SR-M1)."
    )
    assert refused.value.field == "decision"
    assert not Review.objects.exists()
    assert WorkItem.objects.get(submission=submission).status == Status.NEW


def test_decide_clears_once_the_stop_flag_is_resolved(clinician):
    submission = make_submission(STOP_AND_REVIEW)
    resolve(submission, "SR-M1", clinician)

    decide(submission, by=clinician, decision="cleared", reason="Allergy was to latex.")

    work = WorkItem.objects.get(submission=submission)
    assert (work.status, work.is_open) == (Status.CLEARED, False)


@pytest.mark.parametrize(
    ("decision", "more", "status", "is_open"),
    [
        ("cleared-with-conditions", {"conditions": "Bring an EKG."}, Status.CLEARED_WITH_CONDITIONS, False),
        ("more-information", {}, Status.WAITING, True),
        ("delayed", {"delayed_until": date(2099, 1, 4)}, Status.DELAYED, False),
        ("not-suitable", {}, Status.NOT_SUITABLE, False),
    ],
)
def test_decide_sets_the_status(clinician, decision, more, status, is_open):
    submission = make_submission({"med-benzo": "yes"})

    decide(submission, by=clinician, decision=decision, reason="Because.", **more)

    work = WorkItem.objects.get(submission=submission)
    assert (work.status, work.is_open, work.due_on) == (status, is_open, more.get("delayed_until"))


@pytest.mark.parametrize(
    ("decision", "reason", "field"),
    [
        ("cleared", " ", "reason"),
        ("cleared-with-conditions", "Fine.", "conditions"),
        ("delayed", "Later.", "delayed_until"),
    ],
)
def test_decide_asks_for_what_a_decision_needs(clinician, decision, reason, field):
    submission = make_submission()

    with pytest.raises(Refused) as refused:
        decide(submission, by=clinician, decision=decision, reason=reason)

    assert refused.value.field == field
    assert not Review.objects.exists()


def test_decide_the_latest_counts_and_the_earlier_ones_stay(clinician):
    submission = make_submission()
    decide(submission, by=clinician, decision="cleared", reason="Fine.")

    decide(submission, by=clinician, decision="not-suitable", reason="New facts.")

    assert WorkItem.objects.get(submission=submission).status == Status.NOT_SUITABLE
    assert sorted(review.decision for review in submission.reviews.all()) == ["cleared", "not-suitable"]


def test_decide_tells_when_someone_decided_since_the_page_was_made(clinician):
    submission = make_submission()
    other = make_staff("clinician", "other", first_name="Olga", last_name="Other")
    decide(submission, by=other, decision="not-suitable", reason="No.", decisions_seen=0)

    with pytest.raises(Refused, match="Olga Other decided 'Not suitable'"):
        decide(submission, by=clinician, decision="cleared", reason="Fine.", decisions_seen=0)

    assert Review.objects.count() == 1


@pytest.mark.parametrize("group", ["front desk", "nurse", "owner", "content editor", None])
def test_decide_is_for_clinicians_only(group):
    submission = make_submission()

    with pytest.raises(PermissionDenied):
        decide(submission, by=make_staff(group), decision="not-suitable", reason="No.")

    assert not Review.objects.exists()


def test_decide_leaves_nothing_when_its_audit_row_cannot_be_written(clinician):
    submission = make_submission()
    make_trail_unwritable()

    with pytest.raises(Exception, match=r"UNIQUE|unique"):
        decide(submission, by=clinician, decision="cleared", reason="Fine.")

    assert not Review.objects.exists()
    assert WorkItem.objects.get(submission=submission).status == Status.NEW


def make_trail_unwritable():
    from clinic.audit.actions import Action
    from clinic.audit.trail import record
    from clinic.models import AuditHead

    record(None, Action.RECORD_READ)
    AuditHead.objects.all().delete()


def test_reviews_and_resolutions_are_written_once(clinician):
    submission = make_submission({"med-benzo": "yes"})
    resolution = resolve(submission, "SR-M3", clinician)
    review = decide(submission, by=clinician, decision="cleared", reason="Fine.")
    note = add_note(submission, by=clinician, text="A note.")

    for row in (resolution, review, note):
        for forbidden in (row.save, row.delete, type(row).objects.all().delete):
            with pytest.raises(TypeError):
                forbidden()
    for forbidden in (
        lambda: FlagResolution.objects.update(outcome="plan"),
        lambda: Review.objects.update(decision="not-suitable"),
        lambda: Note.objects.update(by=clinician),
    ):
        with pytest.raises(TypeError):
            forbidden()


def test_the_database_refuses_a_status_and_a_decision_it_does_not_know(clinician):
    submission = make_submission()

    with pytest.raises(IntegrityError), transaction.atomic():
        WorkItem.objects.filter(submission=submission).update(status="fine")
    with pytest.raises(IntegrityError), transaction.atomic():
        Review(submission=submission, decision="fine", by=clinician).save()


def test_assign_gives_the_form_to_a_colleague_and_back(nurse, clinician):
    submission = make_submission()

    assign(submission, clinician, nurse)

    assert WorkItem.objects.get(submission=submission).assigned_to == clinician
    assert WorkItem.objects.get(submission=submission).status == Status.IN_REVIEW

    assign(submission, None, clinician, assignments_seen=1)

    assert WorkItem.objects.get(submission=submission).assigned_to is None
    assert Assignment.objects.count() == 2


def test_assign_is_refused_to_who_may_not_read_and_when_someone_took_it_meanwhile(nurse, clinician):
    submission = make_submission()

    with pytest.raises(Refused, match="may not read"):
        assign(submission, make_staff("front desk"), nurse)
    assign(submission, clinician, clinician, assignments_seen=0)
    with pytest.raises(Refused, match="clinician gave this form to clinician"):
        assign(submission, nurse, nurse, assignments_seen=0)


def test_add_note_sent_twice_is_one_note(nurse):
    submission, note_id = make_submission(), uuid4()

    for _ in range(2):
        add_note(submission, by=nurse, text="Left a message.", note_id=note_id)

    assert [note.text for note in Note.objects.all()] == ["Left a message."]
    assert AuditEntry.objects.filter(action="submission.note").count() == 1


def test_open_unfinished_keeps_who_was_first(nurse, clinician):
    form = make_unfinished()

    open_unfinished(form, nurse)
    open_unfinished(form, clinician)

    form.refresh_from_db()
    assert form.opened_by == nurse
    assert [entry.actor for entry in AuditEntry.objects.filter(action="unfinished.open").order_by("position")] == [
        "nurse",
        "clinician",
    ]


def test_close_unfinished_needs_a_clinician_and_a_reason(nurse, clinician):
    form = make_unfinished()

    with pytest.raises(PermissionDenied):
        close_unfinished(form, nurse, "Reached by telephone.")
    with pytest.raises(Refused):
        close_unfinished(form, clinician, "  ")
    close_unfinished(form, clinician, "Reached by telephone.")

    form.refresh_from_db()
    assert (form.closed_by, form.closed_reason) == (clinician, "Reached by telephone.")
    assert list(UnfinishedForm.objects.waiting()) == []
    with pytest.raises(Refused, match="clinician closed it before you"):
        close_unfinished(form, clinician, "Again.")


def test_rebuild_work_items_puts_every_row_right(nurse, clinician):
    first, second = make_submission(STOP_AND_REVIEW), make_submission({"med-benzo": "yes"})
    resolve(first, "SR-M1", clinician)
    assign(first, nurse, nurse)
    decide(second, by=clinician, decision="more-information", reason="Which dose?")
    right = list(WorkItem.objects.order_by("pk").values())
    WorkItem.objects.filter(submission=first).update(status=Status.CLEARED, is_open=False, rank=99, assigned_to=None)
    WorkItem.objects.filter(submission=second).delete()
    out = StringIO()

    call_command("rebuild_work_items", stdout=out)

    assert list(WorkItem.objects.order_by("pk").values()) == right
    assert out.getvalue() == "Work items: 1 made, 1 changed, 0 right already.\n"


@pytest.mark.parametrize(
    ("decision", "more", "field"),
    [
        ("delayed", {"delayed_until": date(2020, 1, 1)}, "delayed_until"),
        ("more-information", {"conditions": "Only with a companion."}, "conditions"),
        ("not-suitable", {"delayed_until": date(2099, 1, 1)}, "delayed_until"),
    ],
)
def test_decide_takes_nothing_that_would_be_lost_or_is_past(clinician, decision, more, field):
    submission = make_submission({"med-benzo": "yes"})

    with pytest.raises(Refused) as caught:
        decide(submission, by=clinician, decision=decision, reason="Because.", **more)

    assert caught.value.field == field
    assert submission.reviews.count() == 0
