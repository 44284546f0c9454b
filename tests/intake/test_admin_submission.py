import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from clinic.models import AuditEntry, User
from intake.models import FlagResolution, Note, Review, Submission, WorkItem
from intake.review.actions import add_note, assign, decide, resolve_flag
from tests.intake.cases import MORE_THAN_HALF, SEVERAL_DAYS
from tests.intake.factories import begin, fresh, walk
from tests.intake.submissions import make_journey, make_staff, make_submission, make_version, sign_in

pytestmark = pytest.mark.django_db
STOP_AND_REVIEW = {"ketamine-allergy": "yes", "med-benzo": "yes"}


@pytest.fixture
def clinician(client):
    return sign_in(client, make_staff("clinician", first_name="Carla", last_name="Reyes"))


@pytest.fixture
def nurse(client):
    return sign_in(client, make_staff("nurse"))


def page_of(submission):
    return reverse("admin:intake_submission_page", args=[submission.pk])


def text_of(response):
    """The page's words as a person reads them."""
    page = re.sub(r"<(script|style).*?</\1>", " ", response.content.decode(), flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", page).replace("&#x27;", "'").split())


def actions():
    return list(AuditEntry.objects.order_by("position").values_list("action", flat=True))


def test_page_shows_flags_with_answers_reason_sources_and_what_the_patient_reads(clinician):
    submission = make_submission({**STOP_AND_REVIEW, "heart-failure": "not-sure"})

    response = clinician.get(page_of(submission))

    words = text_of(response)
    rules = make_version().definition().rules
    for rule in ("SR-M1", "SR-M3", "SR-UNSURE"):
        assert rules[rule].reason in words
        assert f'id="flag-{rule}"' in response.content.decode()
    assert rules["SR-M1"].patient in words
    assert "Has anyone told you that you have a weak heart or heart failure? Not sure" in words
    assert "/learn/references/#ref-label-ketalar" in response.content.decode()
    assert "Stop 3 of 3 flags are open: SR-M1 , SR-M3 , SR-UNSURE" in words


def test_page_shows_scores_with_range_band_and_their_lines(clinician):
    submission = make_submission(
        {
            **{f"phq9-q{n}": MORE_THAN_HALF for n in range(1, 9)},
            "safety-q2": "yes",
            "safety-q3": "yes",
            "safety-q4": "in-person",
            "safety-q5": "no",
        }
    )

    words = text_of(clinician.get(page_of(submission)))

    assert "16 of 27" in words
    assert "moderately severe" in words
    assert "Not a validated instrument: a clinician must assess." in words
    assert words.count("Not fully answered: may be higher.") == 2  # in the summary too


def test_page_shows_the_driving_record(clinician):
    at = timezone.now().isoformat()
    journey = make_journey()
    wrong = {"at": at, "answers": {"tb-1": "monday-evening"}}
    submission = make_submission(journey={**journey, "tries": [wrong, *journey["tries"]]})

    words = text_of(clinician.get(page_of(submission)))

    notice = make_version().definition().driving_notice()
    assert notice.id in words
    assert notice.bullets[0] in words
    assert "0" * 64 in words
    assert "Monday evening, if I feel fine ✗ Not right" in words
    assert "✓ Right" in words
    assert "I will not drive. Agreed" in words
    assert "Signature, as typed Alex Example" in words


def test_page_shows_every_answer_as_it_was_asked_and_no_other(clinician):
    submission = make_submission({"med-list": "sertraline 50 mg\nat night", "email-address": None})

    words = text_of(clinician.get(page_of(submission)))

    assert "What is your email? Left blank" in words
    assert "sertraline 50 mg at night" in words
    assert "Which language?" not in words
    for section in make_version().definition().sections:
        assert f"{section.number}. {section.title}" in words


def test_page_says_when_a_helper_signed(clinician):
    words = text_of(clinician.get(page_of(make_submission({"filled-by": "proxy"}))))

    assert "signed by a helper: Ruth Helper, sister. This is not the patient's own signature." in words


def test_page_shows_a_form_as_a_patient_really_sent_it(clinician):
    patient = Client()
    draft = begin(patient)
    walk(patient, draft, {"brain-bleed": "yes", "heart-failure": "not-sure"})
    patient.post(reverse("intake:check-answers"), {"revision": fresh(draft).revision})
    submission = Submission.objects.get()

    words = text_of(clinician.get(page_of(submission)))

    notice = submission.version.definition().driving_notice()
    assert [kept["text"] for kept in submission.record["notices"]] == [notice.text]
    assert "Have you ever had bleeding in or around your brain? Yes" in words
    assert "SR-UNSURE" in words
    assert "✓ Right" in words
    assert notice.bullets[0] in words


def test_page_escapes_what_a_patient_typed(clinician):
    submission = make_submission({"legal-name": "<script>alert(1)</script>", "med-list": "<img src=x onerror=y>"})

    page = clinician.get(page_of(submission)).content.decode()

    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;" in page


def test_page_tells_what_happened_newest_first(clinician):
    nurse = make_staff("nurse", first_name="Nina", last_name="Ortiz")
    fired = [{"rule": "SR-C1", "at": (timezone.now() - timedelta(hours=1)).isoformat(), "panel": "suicide-1"}]
    submission = make_submission({"med-benzo": "yes"}, journey=make_journey(fired=fired))
    doctor = User.objects.get(username="clinician")
    assign(submission, nurse, nurse)
    resolve_flag(submission.flags.get(rule="SR-M3"), by=nurse, outcome="plan", reason="Taper is not needed.")
    add_note(submission, by=nurse, text="Left a message.")
    decide(submission, by=doctor, decision="more-information", reason="Which dose?")

    response = clinician.get(page_of(submission))

    assert [(event.kind, event.title) for event in response.context["timeline"]] == [
        ("opened", "Opened"),
        ("decided", "Decided: More information needed"),
        ("note", "Note"),
        ("resolved", "Resolved SR-M3: Plan made for the visit"),
        ("assigned", "Given to Nina Ortiz"),
        ("sent", "Sent by the patient"),
        ("help", "Help was shown in the form: SR-C1"),
    ]


def test_page_shows_the_same_persons_other_forms(clinician):
    first = make_submission()
    second = make_submission()
    make_submission({"date-of-birth": "1970-02-02"})

    assert [other.pk for other in clinician.get(page_of(second)).context["same_person"]] == [first.pk]
    assert "This person sent a newer form" in text_of(clinician.get(page_of(first)))


def test_page_cannot_be_read_without_an_audit_row(clinician):
    submission = make_submission()
    AuditEntry.objects.create(position=1, at=timezone.now(), action="x", mac="x")  # position 1 is taken

    with pytest.raises(Exception, match=r"UNIQUE|unique"):
        clinician.get(page_of(submission))


def test_page_records_the_read_even_when_it_cannot_be_made(table_owner, clinician):
    submission = make_submission()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE intake_submission SET answers = %s", [b"\x01broken"])

    with pytest.raises(Exception, match="sealed under a key"):
        clinician.get(page_of(submission))

    assert actions() == ["submission.read"]


def test_resolve_then_clear_leaves_every_step_in_the_trail(clinician):
    submission = make_submission({"ketamine-allergy": "yes"})
    address = page_of(submission)
    decision = {"action": "decide", "decide-decision": "cleared", "decide-reason": "Fine.", "decide-decisions_seen": 0}

    clinician.get(address)
    refused = clinician.post(address, decision)
    assert "This form cannot be cleared yet. A clinician must first resolve: SR-M1." in text_of(refused)
    assert "Fine." in refused.content.decode()
    resolved = clinician.post(
        address,
        {"action": "resolve", "rule": "SR-M1", "SR-M1-outcome": "talked", "SR-M1-reason": "It was latex."},
    )
    assert resolved.url == f"{address}#flag-SR-M1"
    clinician.get(address)
    assert clinician.post(address, decision).url == f"{address}#timeline"

    assert WorkItem.objects.get().status == "cleared"
    assert FlagResolution.objects.get().reason == "It was latex."
    assert actions() == [
        "submission.read",
        "submission.decide.refused",
        "submission.read",
        "flag.resolve",
        "submission.read",
        "submission.decide",
    ]


@pytest.mark.parametrize(
    ("posted", "message"),
    [
        ({"action": "resolve", "rule": "SR-M1", "SR-M1-reason": "typed text"}, "Choose what was done."),
        ({"action": "resolve", "rule": "SR-M1", "SR-M1-outcome": "talked"}, "Say what you did or found."),
        ({"action": "decide", "decide-reason": "typed text", "decide-decisions_seen": 0}, "Choose a decision."),
        (
            {
                "action": "decide",
                "decide-decision": "delayed",
                "decide-reason": "typed text",
                "decide-decisions_seen": 0,
            },
            "Give the date it is delayed until, after today.",
        ),
        (
            {
                "action": "decide",
                "decide-decision": "delayed",
                "decide-delayed_until": "x",
                "decide-reason": "typed text",
            },
            "Enter a date such as 04/25/1980.",
        ),
        ({"action": "note", "note-text": " ", "note-note_id": str(uuid4())}, "Write the note."),
    ],
)
def test_errors_stand_beside_their_field_and_what_was_typed_is_kept(clinician, posted, message):
    submission = make_submission(STOP_AND_REVIEW)

    response = clinician.post(page_of(submission), posted)

    page = response.content.decode()
    assert response.status_code == 200
    assert "<title>Error:" in page
    field = response.context["bound"][next(iter(response.context["bound"].errors))]
    part = page.split(f'id="div_{field.auto_id}"')[1].split("</div>")[0]
    assert message in part
    control = f"{field.auto_id}_0" if field.use_fieldset else field.auto_id
    assert f'href="#{control}"' in page
    assert f' id="{control}"' in page
    if "typed text" in posted.values():
        assert "typed text</textarea>" in page
    assert not FlagResolution.objects.exists()
    assert not Review.objects.exists()
    assert not Note.objects.exists()


def test_decide_tells_the_second_clinician_and_lets_them_decide_again(clinician):
    submission = make_submission()
    other = make_staff("clinician", "olga")
    decide(submission, by=other, decision="not-suitable", reason="Heart.")
    stale = {"action": "decide", "decide-decision": "cleared", "decide-reason": "Fine.", "decide-decisions_seen": 0}

    told = clinician.post(page_of(submission), stale)

    assert "olga decided 'Not suitable'" in text_of(told)
    assert 'name="decide-decisions_seen" value="1"' in told.content.decode()
    assert Review.objects.count() == 1


def test_nurse_resolves_review_flags_and_sees_no_form_for_the_rest(nurse):
    submission = make_submission(STOP_AND_REVIEW)

    page = nurse.get(page_of(submission)).content.decode()

    assert "SR-M3-reason" in page
    assert "SR-M1-reason" not in page
    assert "Only a clinician resolves this flag." in page
    assert "decide-decision" not in page


@pytest.mark.parametrize(
    "posted",
    [
        {"action": "resolve", "rule": "SR-M1", "SR-M1-outcome": "talked", "SR-M1-reason": "x"},
        {"action": "decide", "decide-decision": "not-suitable", "decide-reason": "x", "decide-decisions_seen": 0},
    ],
)
def test_nurse_is_refused_what_is_a_clinicians_and_the_refusal_is_recorded(nurse, posted):
    submission = make_submission(STOP_AND_REVIEW)

    assert nurse.post(page_of(submission), posted).status_code == 403

    assert not FlagResolution.objects.exists()
    assert not Review.objects.exists()
    assert actions() == ["access.refused"]


def test_note_and_assignment_are_saved_from_the_page(nurse):
    submission, note_id = make_submission(), str(uuid4())
    colleague = make_staff("clinician")
    make_staff("front desk")

    page = nurse.get(page_of(submission))
    offered = {user.username for user in page.context["assign_form"].fields["to"].queryset}
    for _ in range(2):
        nurse.post(page_of(submission), {"action": "note", "note-text": "Call at 4.", "note-note_id": note_id})
    nurse.post(page_of(submission), {"action": "assign", "assign-to": colleague.pk, "assign-assignments_seen": 0})

    assert offered == {"nurse", "clinician"}
    assert [note.text for note in Note.objects.all()] == ["Call at 4."]
    assert WorkItem.objects.get().assigned_to == colleague


def test_unknown_action_rule_and_submission(clinician):
    submission = make_submission()

    assert clinician.post(page_of(submission), {"action": "delete"}).status_code == 400
    assert clinician.post(page_of(submission), {"action": "resolve", "rule": "SR-X"}).status_code == 404
    assert clinician.get("/admin/intake/submission/00000000-0000-4000-8000-000000000000/").status_code == 404


def test_front_desks_page_shows_contacts_and_nothing_else():
    front_desk = sign_in(Client(), make_staff("front desk"))
    submission = make_submission({**STOP_AND_REVIEW, "phq9-q9": SEVERAL_DAYS, "med-list": "sertraline"})

    response = front_desk.get(page_of(submission))

    words = text_of(response)
    assert "Alex Example" in words
    assert "555 0100" in words
    assert "Status New" in words
    for hidden in ("SR-", "crisis", "Crisis", "Flag", "flag", "Stop", "sertraline", "PHQ", "Timeline", "1986"):
        assert hidden not in words, hidden
    assert actions() == ["submission.read-contacts"]
    assert front_desk.post(page_of(submission), {"action": "note", "note-text": "x"}).status_code == 403
    assert not Note.objects.exists()


@pytest.mark.parametrize("name", ["add", "change", "delete", "history"])
@pytest.mark.parametrize(
    "model",
    [
        "submission",
        "flag",
        "flagresolution",
        "review",
        "note",
        "assignment",
        "workitem",
        "draft",
        "questionnaireversion",
    ],
)
def test_no_row_of_intake_has_an_address_to_change_it_at(model, name):
    with pytest.raises(NoReverseMatch):
        reverse(f"admin:intake_{model}_{name}", args=[] if name == "add" else [1])


def test_typed_addresses_of_the_stock_admin_do_not_exist(clinician):
    submission = make_submission()
    stock = f"/admin/intake/submission/{submission.pk}"

    for address in ("/admin/intake/submission/add/", f"{stock}/change/", f"{stock}/delete/", f"{stock}/history/"):
        assert clinician.get(address).status_code == 404
        assert clinician.post(address).status_code == 404
    assert Submission.objects.count() == 1


def test_questionnaire_versions_can_be_read_and_each_read_is_recorded(nurse):
    version = make_version()

    listed = nurse.get(reverse("admin:intake_questionnaireversion_changelist"))
    read = nurse.get(reverse("admin:intake_questionnaireversion_page", args=[version.pk]))

    assert "previsit 1" in text_of(listed)
    assert "SR-M1" in text_of(read)
    assert version.content_hash in text_of(read)
    assert actions() == ["record.list", "record.read"]
