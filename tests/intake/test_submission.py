from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.utils import timezone

from clinic.models import Clinic, Limit
from clinic.sealing.lookup import keyed_hash
from intake.definition.rules import Severity
from intake.journey.sending import NotComplete, screen_again, submit
from intake.journey.visit import Visit
from intake.models import (
    Draft,
    Flag,
    LookupHash,
    Status,
    Submission,
    UnfinishedForm,
    WorkItem,
)
from intake.models.lookup import hash_of
from intake.models.screenings import NO_FLAG_RANK
from tests.intake.cases import CHILD, QUIET
from tests.intake.submissions import (
    make_draft,
    make_journey,
    make_submission,
    make_unfinished,
)

pytestmark = pytest.mark.django_db
CRISIS = {"safety-q2": "yes", "safety-q3": "no", "safety-q4": "no", "safety-q5": "yes"}


def send(draft, **kwargs):
    return submit(Visit(draft, Clinic.current(), timezone.now()), **kwargs)


def test_submit_keeps_what_counts_and_empties_the_draft():
    draft = make_draft()

    submission = send(draft)

    draft.refresh_from_db()
    kept = Submission.objects.get(pk=submission.pk).answered()
    assert kept["legal-name"] == QUIET["legal-name"]
    assert "interpreter-needed" not in kept  # English: the question did not come up
    assert "legal-name" not in submission.answers
    assert "phq9-q1" not in submission.identity
    assert (draft.answers, draft.journey, draft.closed_at) == ({}, {}, submission.submitted_at)
    assert submission.screening.severity is None
    work = submission.work_item
    assert (work.status, work.is_open, work.worst_unresolved, work.rank) == (Status.NEW, True, None, NO_FLAG_RANK)
    assert submission.screening.thresholds["bp1-systolic"] == "180"


def test_submit_raises_each_flag_with_its_evidence_worst_first():
    submission = make_submission({**CRISIS, "heart-failure": "not-sure"})

    flags = list(submission.flags.order_by("position"))
    assert flags[0].rule == "SR-C2"
    assert [flag.severity for flag in flags] == sorted((flag.severity for flag in flags), reverse=True)
    first = Flag.objects.get(submission=submission, rule="SR-C2").evidence
    assert first["answers"] == {"safety-q5": "yes"}
    kept = {"answers", "reason", "patient", "sources", "learn", "titles", "do_not_come", "always_say"}
    assert set(first) == kept
    assert submission.screening.severity == Severity.CRISIS
    assert submission.record["team_will_call"] is True
    assert submission.work_item.rank == 1


def test_submit_screened_again_raises_the_same_flags():
    submission = make_submission({**CRISIS, "bp-systolic": {"value": 170, "unit": "mmHg"}})

    again = screen_again(Submission.objects.get(pk=submission.pk))

    assert list(again.rules) == [flag.rule for flag in submission.flags.order_by("position")]


def test_submit_screens_with_the_clinics_thresholds():
    Limit.objects.create(name="bp2-systolic", value=150, confirmed_by="Dr. Lee", confirmed_at=timezone.now())

    submission = make_submission({"bp-systolic": {"value": 152, "unit": "mmHg"}})

    assert submission.flags.filter(rule="SR-BP2").exists()
    assert submission.screening.thresholds["bp2-systolic"] == "150"


def test_submit_counts_the_age_on_the_clinics_day():
    profile = Clinic(pk=1, time_zone="America/Los_Angeles")
    draft = make_draft({"date-of-birth": "1961-11-22"})

    # In Los Angeles it is still the 21st: 64 years old, not 65.
    submission = submit(Visit(draft, profile, datetime(2026, 11, 22, 5, 0, tzinfo=UTC)))

    assert submission.computed["age"] == 64
    assert not submission.flags.filter(rule="SR-A2").exists()


def test_submit_twice_gives_the_one_submission():
    draft = make_draft()

    first, second = send(draft), send(Draft.objects.get(pk=draft.pk))

    assert first.pk == second.pk
    assert Submission.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_submit_twice_at_the_same_moment_gives_one_row():
    draft = make_draft(CRISIS)
    start, references, errors = Barrier(4), [], []

    def one():
        try:
            start.wait()
            references.append(send(Draft.objects.get(pk=draft.pk)).reference)
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    assert len(references) == 4
    assert len(set(references)) == 1
    assert (Submission.objects.count(), WorkItem.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_submit_of_two_drafts_of_one_person_at_the_same_moment_keeps_both():
    make_submission()
    drafts = [make_draft().pk for _ in range(3)]
    start, errors = Barrier(3), []

    def one(pk):
        try:
            start.wait()
            send(Draft.objects.get(pk=pk))
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [Thread(target=one, args=[pk]) for pk in drafts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    assert Submission.objects.count() == 4


@pytest.mark.parametrize(
    ("answers", "missing"),
    [
        ({"safety-q1": None}, ("safety-q1",)),
        ({"ack-driving": False}, ("ack-driving",)),
        ({"date-of-birth": CHILD}, ("date-of-birth",)),
    ],
)
def test_submit_refuses_what_is_not_complete_and_stores_nothing(answers, missing):
    draft = make_draft(answers)

    with pytest.raises(NotComplete) as refused:
        send(draft)

    assert refused.value.missing == missing
    assert Submission.objects.count() == 0
    assert Draft.objects.get(pk=draft.pk).answers == draft.answers


def test_submit_refuses_an_agreement_given_before_it_was_open_or_without_the_notice():
    wrong = {"tb-1": "monday-evening"}
    once = make_journey(tries=[{"at": timezone.now().isoformat(), "answers": {**wrong}}])
    for draft in (make_draft(wrong, journey=once), make_draft(journey=make_journey(notices=[]))):
        with pytest.raises(NotComplete) as refused:
            send(draft)
        assert refused.value.missing == ("ack-driving",)


def test_submit_after_three_wrong_tries_raises_the_call_about_driving():
    one_try = {"at": timezone.now().isoformat(), "answers": {"tb-1": "monday-evening"}}
    right = {"at": timezone.now().isoformat(), "answers": {"tb-1": QUIET["tb-1"]}}

    submission = make_submission(journey=make_journey(tries=[one_try, one_try, one_try, right]))

    assert [flag.rule for flag in submission.flags.all()] == ["SR-V9"]


def test_submit_remembers_a_high_concern_answer_that_was_changed():
    fired = [{"rule": "SR-C2", "at": timezone.now().isoformat(), "panel": "suicide-1", "questions": ["safety-q4"]}]

    submission = make_submission(journey=make_journey(fired=fired))

    assert [flag.rule for flag in submission.flags.all()] == ["SR-CHANGED-HIGH"]
    assert submission.screening.severity == Severity.CRISIS
    assert submission.work_item.rank == 1


def test_submit_does_not_call_in_person_said_later_a_change():
    at = timezone.now().isoformat()
    fired = [{"rule": "SR-C11", "at": at, "panel": "suicide-1", "questions": ["safety-q2"]}]

    submission = make_submission(
        {"safety-q2": "yes", "safety-q3": "no", "safety-q4": "no", "safety-q5": "no"}, journey=make_journey(fired=fired)
    )

    assert not submission.flags.filter(rule="SR-CHANGED").exists()


def test_submit_links_nothing_to_an_earlier_form_by_itself():
    first = make_submission({"legal-name": "José Ñandú"}, now=timezone.now() - timedelta(days=3))

    second = make_submission({"legal-name": "  jose   NANDU "})

    assert not second.earlier_matches.exists()
    assert WorkItem.objects.get(submission=first).status == Status.NEW


def test_submit_settles_the_unfinished_form():
    draft = make_draft(CRISIS)
    form = make_unfinished(draft=draft)

    submission = send(draft)

    form.refresh_from_db()
    assert (form.reference, form.settled_at) == (submission.reference, submission.submitted_at)
    assert list(UnfinishedForm.objects.waiting()) == []


def test_submission_is_written_once():
    submission = make_submission(CRISIS)

    for forbidden in (
        lambda: submission.save(),
        lambda: submission.delete(),
        lambda: Submission.objects.update(language="es"),
        lambda: Submission.objects.all().delete(),
        lambda: submission.flags.update(severity=1),
        lambda: submission.flags.all().delete(),
    ):
        with pytest.raises(TypeError):
            forbidden()


def test_hashes_of_names_differ_by_label_and_key(settings):
    first = hash_of("name-birth", "ana", "1980-01-01")

    settings.INDEX_KEY = settings.AUDIT_KEYS[0]

    assert hash_of("name-birth", "ana", "1980-01-01") != first
    assert keyed_hash("submission.name", "ana") != keyed_hash("submission.last", "ana")


def test_a_submission_is_found_by_its_hashes_and_keeps_no_readable_name():
    submission = make_submission({"legal-name": "Zoë O’Hara-Núñez", "phone-number": "(202) 555-0143"})

    kinds = sorted(LookupHash.objects.filter(submission=submission).values_list("kind", flat=True))

    assert set(kinds) >= {"name", "name-birth", "last", "last-birth", "last-phone", "birth-phone", "phone"}
    for row in LookupHash.objects.values_list("hash", flat=True):
        assert len(row) == 64
