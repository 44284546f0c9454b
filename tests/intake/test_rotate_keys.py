from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from clinic.models import DataKey
from clinic.sealing.cipher import current_key_id
from intake.models import Draft, SealedPart, Submission, SubmissionContent, UnfinishedForm
from intake.review.actions import add_note
from intake.review.deciding import decide
from intake.review.settling import resolve_flag
from intake.review.unfinished import close_unfinished
from tests.intake.submissions import make_draft, make_staff, make_submission, make_unfinished
from tests.settings import TEST_KEYS

pytestmark = pytest.mark.django_db
SEALED = (Draft, SealedPart, SubmissionContent, UnfinishedForm)
FORMS = 3  # each with one key


@pytest.fixture
def rows():
    """One row of every table with sealed fields, sealed under the key of the test settings."""
    clinician = make_staff("clinician")
    submission = make_submission({"ketamine-allergy": "yes"})
    resolve_flag(submission.flags.get(), by=clinician, outcome="talked", reason="Talked.")
    decide(submission, by=clinician, decision="cleared", reason="Fine.")
    add_note(submission, by=clinician, text="A note.")
    close_unfinished(make_unfinished(), clinician, "Reached.")
    make_draft()
    return submission


def key_ids() -> set[bytes]:
    """The keys under which anything in the database is sealed."""
    return {key.__dict__["wrapped"].key_id for key in DataKey.objects.all()}


def rotate() -> str:
    out = StringIO()
    call_command("rotate_keys", stdout=out)
    return out.getvalue()


def test_rotate_keys_seals_the_forms_keys_anew_and_touches_nothing_sealed_under_them(rows, settings):
    before = {model: [plain(row) for row in model._default_manager.order_by("pk")] for model in SEALED}
    settings.ANSWER_KEYS = [TEST_KEYS["old"], TEST_KEYS["answers"]]

    said = rotate()

    assert key_ids() == {current_key_id()}
    settings.ANSWER_KEYS = [TEST_KEYS["old"]]  # the first key is taken out
    assert {model: [plain(row) for row in model._default_manager.order_by("pk")] for model in SEALED} == before
    assert Submission.objects.get().answered()["ketamine-allergy"] == "yes"
    assert f"clinic.DataKey: {FORMS} sealed anew, 0 right already, 0 not opened." in said
    assert "intake." not in said.replace("intake.DraftKey", "")
    assert "ketamine" not in said


def test_rotate_keys_run_again_finds_nothing_to_do(rows, settings):
    settings.ANSWER_KEYS = [TEST_KEYS["old"], TEST_KEYS["answers"]]
    rotate()

    said = rotate()

    assert all(" 0 sealed anew" in line for line in said.splitlines())


def test_rotate_keys_goes_on_where_it_was_stopped(rows, settings):
    for _ in range(3):
        make_submission({"legal-name": uuid4().hex})
    settings.ANSWER_KEYS = [TEST_KEYS["old"], TEST_KEYS["answers"]]
    from clinic.sealing.fields import reseal

    reseal(DataKey.objects.first())

    assert f"clinic.DataKey: {FORMS + 2} sealed anew, 1 right already, 0 not opened." in rotate()


def test_rotate_keys_counts_what_it_cannot_open_and_says_to_keep_the_keys(table_owner, rows, settings):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE clinic_datakey SET wrapped = %s", [b"\x01" + b"\x00" * 60])
    settings.ANSWER_KEYS = [TEST_KEYS["old"], TEST_KEYS["answers"]]

    with pytest.raises(CommandError, match=f"{FORMS} rows do not open"):
        rotate()


def plain(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
