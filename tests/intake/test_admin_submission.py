import html
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from clinic.audit.actions import Action, Kind, kind_of
from clinic.models import AuditEntry, Clinic, User
from intake.definition.model import Fact
from intake.models import (
    DATED,
    Appointment,
    Contact,
    Decision,
    DecisionReason,
    FlagResolution,
    Note,
    Review,
    Submission,
    WorkItem,
)
from intake.models.work_items import STATUS_AFTER
from intake.response.response import Response
from intake.review.actions import Refused, add_note, assign
from intake.review.deciding import TOLD, decide
from intake.review.reasons import read_reason
from intake.review.settling import log_contact, resolve_flag
from tests.intake.cases import MORE_THAN_HALF, SEVERAL_DAYS
from tests.intake.factories import begin, fresh, walk
from tests.intake.submissions import make_journey, make_staff, make_submission, make_version
from tests.signing_in import sign_in

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
    entries = AuditEntry.objects.exclude(action__in=("submission.arrive", "questionnaire.publish")).order_by("position")
    return list(entries.values_list("action", flat=True))


def verb(submission, name, *more):
    return reverse(f"admin:intake_submission_{name}", args=[submission.pk, *more])


def test_an_owner_sees_who_read_a_form_in_two_clicks(clinician):
    submission = make_submission()
    clinician.get(page_of(submission))
    owner = sign_in(Client(), make_staff("owner", is_superuser=True))

    link = re.search(r'href="([^"]*auditentry/[^"]*)"', owner.get(page_of(submission)).content.decode())[1]
    page = text_of(owner.get(html.unescape(link)))

    assert page.count("Form opened") == 2
    assert "Worklist opened" not in page
    assert {kind_of(action) for action in Action.values} == set(Kind)


def test_page_shows_flags_with_answers_reason_sources_and_what_the_patient_reads(clinician):
    submission = make_submission({**STOP_AND_REVIEW, "heart-failure": "not-sure"})

    response = clinician.get(page_of(submission))

    words = text_of(response)
    definition = make_version().definition()
    rules = definition.rules
    for rule in ("SR-M1", "SR-M3", "SR-UNSURE"):
        reason = read_reason(definition, rule)
        assert all(part in words for part in (reason.what, reason.why, reason.do))
        assert f'id="flag-{rule}"' in response.content.decode()
    assert rules["SR-M1"].patient in words
    assert "Has anyone told you that you have a weak heart or heart failure? Not sure" in words
    assert "/learn/references/#ref-label-ketalar" in response.content.decode()
    assert "A stop is open" in words
    assert "(3 of 3 open)" in words


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
    assert "Not fully answered: may be higher." in words


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
    patient.post(reverse("intake:check"), {"revision": fresh(draft).revision})
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

    assert [(event.kind, event.title) for event in response.context["shown"].timeline] == [
        ("opened", "Opened"),
        ("decided", "Decided: More information needed"),
        ("note", "Note"),
        ("resolved", "Settled: Plan made for the visit"),
        ("assigned", "Given to Nina Ortiz"),
        ("sent", "Sent by the patient"),
        ("help", "Help was shown in the form"),
    ]


def test_the_same_person_is_proposed_and_nothing_is_compared_before_a_human_confirms(clinician):
    first = make_submission({"med-list": "sertraline"})
    second = make_submission({"med-list": "lithium"})
    make_submission({"date-of-birth": "1970-02-02", "phone-number": "555 0111", "email-address": "x@example.org"})

    page = clinician.get(page_of(second))
    assert [one.submission for one in page.context["same_person"]] == [first]
    assert page.context["shown"].changes == []
    assert "This person sent a newer form" not in text_of(clinician.get(page_of(first)))

    clinician.post(verb(second, "match", first.pk), {"is_same": "yes"})

    changes = clinician.get(page_of(second)).context["shown"].changes
    assert [(change.before, change.now) for change in changes] == [("sertraline", "lithium")]
    assert "This person sent a newer form" in text_of(clinician.get(page_of(first)))

    clinician.post(verb(second, "match", first.pk), {"is_same": "no"})

    assert clinician.get(page_of(second)).context["shown"].before is None
    assert [action for action in actions() if "match" in action] == ["submission.match", "submission.match.undo"]


def test_a_question_that_was_worded_otherwise_is_no_change(clinician):
    first = make_submission()
    helper = {"filled-by-name": "Ann Lee", "filled-by-relationship": "Sister", "med-benzo": "not-sure"}
    second = make_submission({"filled-by": "proxy", **helper})
    clinician.post(verb(second, "match", first.pk), {"is_same": "yes"})

    shown = clinician.get(page_of(second)).context["shown"]

    assert {change.now for change in shown.changes} == {
        "I am filling it in for the patient",
        "Ann Lee",
        "Sister",
        "Not sure",
    }
    assert shown.words_of(Fact("Medicines", ("med-benzo", "med-opioid"))) == "Not sure, No"
    assert shown.words_of(Fact("Twice", ("med-benzo", "med-benzo"))) == "Not sure, Not sure"


def status_on_worklist(clinician, submission):
    rows = clinician.get(reverse("admin:intake_submission_changelist")).context["rows"]
    return next((row.work.status for row in rows if row.submission == submission), "not open")


@pytest.mark.parametrize("decision", Decision.values)
def test_a_new_flagged_answer_reopens_every_decision(clinician, decision):
    first = make_submission({"ketamine-allergy": "yes"})
    settled = {"SR-M1-outcome": "mistake", "SR-M1-reason": "Latex."}
    decided = {"decide-decision": decision, "decide-reason": "So.", "decide-decisions_seen": 0}
    if decision == "cleared-with-conditions":
        decided["decide-conditions"] = "A driver."
    if decision in DATED:
        decided["decide-delayed_until"] = timezone.localdate() + timedelta(days=30)
    after = STATUS_AFTER[decision]
    clinician.post(verb(first, "resolve", "SR-M1"), settled)
    clinician.post(verb(first, "decide"), decided)
    assert WorkItem.objects.get(submission=first).status == after

    clinician.post(verb(first, "reopen", "SR-M1"), {"SR-M1-reason": "It was ketamine after all."})
    assert status_on_worklist(clinician, first) == "reopened"
    clinician.post(verb(first, "resolve", "SR-M1"), settled)
    assert WorkItem.objects.get(submission=first).status == after

    harmless, crisis = make_submission(), make_submission({"phq9-q9": SEVERAL_DAYS})
    clinician.post(verb(harmless, "match", first.pk), {"is_same": "yes"})
    assert WorkItem.objects.get(submission=first).status == after
    clinician.post(verb(crisis, "match", first.pk), {"is_same": "yes"})
    assert status_on_worklist(clinician, first) == "reopened"
    assert (
        "until" not in clinician.get(page_of(first)).content.decode().partition("under-title")[2].partition("</p>")[0]
    )
    clinician.post(verb(crisis, "match", first.pk), {"is_same": "no"})
    assert WorkItem.objects.get(submission=first).status == after


def test_page_cannot_be_read_without_an_audit_row(clinician):
    submission = make_submission()
    taken = AuditEntry.objects.count() + 1
    AuditEntry.objects.create(position=taken, at=timezone.now(), action="x", mac="x")

    with pytest.raises(Exception, match=r"UNIQUE|unique"):
        clinician.get(page_of(submission))


def test_page_records_the_read_even_when_it_cannot_be_made(table_owner, clinician):
    submission = make_submission()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE intake_submissioncontent SET answers = %s", [b"\x01broken"])

    with pytest.raises(Exception, match="sealed under a key"):
        clinician.get(page_of(submission))

    assert actions() == ["submission.read"]


def test_resolve_then_clear_leaves_every_step_in_the_trail(clinician):
    submission = make_submission({"ketamine-allergy": "yes"})
    address = page_of(submission)
    decision = {"decide-decision": "cleared", "decide-reason": "Fine.", "decide-decisions_seen": 0}

    clinician.get(address)
    refused = clinician.post(verb(submission, "decide"), decision)
    assert "This form cannot be cleared yet. A clinician must first settle: Hypersensitivity (SR-M1)." in text_of(
        refused
    )
    assert "Fine." in refused.content.decode()
    settled = {"SR-M1-outcome": "talked", "SR-M1-reason": "It was latex."}
    assert clinician.post(verb(submission, "resolve", "SR-M1"), settled).url == f"{address}#flag-SR-M1"
    clinician.get(address)
    assert clinician.post(verb(submission, "decide"), decision).url == f"{address}#timeline"

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
    ("where", "posted", "message"),
    [
        (("resolve", "SR-M1"), {"SR-M1-reason": "typed text"}, "Choose what was done."),
        (("resolve", "SR-M1"), {"SR-M1-outcome": "talked"}, "Say what you did or found."),
        (("decide",), {"decide-reason": "typed text", "decide-decisions_seen": 0}, "Choose a decision."),
        (
            ("decide",),
            {"decide-decision": "delayed", "decide-reason": "typed text", "decide-decisions_seen": 0},
            "Give the date on which it comes back, after today.",
        ),
        (
            ("decide",),
            {"decide-decision": "delayed", "decide-delayed_until": "x", "decide-reason": "typed text"},
            "Enter a date such as 04/25/1980.",
        ),
        (("note",), {"note-text": " ", "note-note_id": str(uuid4())}, "Write the note."),
        (("contact",), {"contact-text": "typed text", "contact-means": "call"}, "Choose what came of it."),
        (
            ("contact",),
            {
                "contact-text": "typed text",
                "contact-reached": "not-reached",
                "contact-means": "call",
                "contact-outcome": "talked",
                "flag": "SR-M1",
            },
            "Only a contact with the patient settles a flag.",
        ),
        (("appointment",), {"appointment-starts_at": "2020-01-01T10:00"}, "Give a time that is still to come."),
        (("appointment",), {"appointment-starts_at": "9999-12-31T23:59"}, "Enter a day and time such as"),
        (("appointment",), {"appointment-starts_at": "0001-01-01T00:00:00+23:59"}, "Enter a day and time such as"),
        (
            ("decide",),
            {
                "decide-decision": "delayed",
                "decide-reason": "typed text",
                "decide-delayed_until": "9999-12-31",
                "decide-decisions_seen": 0,
            },
            "Enter a date such as",
        ),
    ],
)
def test_errors_stand_beside_their_field_and_what_was_typed_is_kept(clinician, where, posted, message):
    submission = make_submission(STOP_AND_REVIEW)

    response = clinician.post(verb(submission, *where), posted)

    page = response.content.decode()
    assert response.status_code == 200
    assert "<title>Error:" in page
    bound = response.context["bound"]
    field = bound[next(iter(bound.errors))].auto_id
    assert message in page.split(f'id="div_{field}"')[1].split("</div>")[0]
    assert f'href="#{field}' in page or f'href="#div_{field}' in page
    if "typed text" in posted.values():
        assert "typed text</textarea>" in page
    for model in (FlagResolution, Review, Note, Contact, Appointment):
        assert not model.objects.exists()


def test_decide_tells_the_second_clinician_and_lets_them_decide_again(clinician):
    submission = make_submission()
    other = make_staff("clinician", "olga")
    decide(submission, by=other, decision="not-suitable", reason="Heart.")
    stale = {"decide-decision": "cleared", "decide-reason": "Fine.", "decide-decisions_seen": 0}

    told = clinician.post(verb(submission, "decide"), stale)

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
    ("where", "posted"),
    [
        (("resolve", "SR-M1"), {"SR-M1-outcome": "talked", "SR-M1-reason": "x"}),
        (("decide",), {"decide-decision": "not-suitable", "decide-reason": "x", "decide-decisions_seen": 0}),
        (
            ("contact",),
            {
                "contact-reached": "reached",
                "contact-means": "call",
                "contact-text": "x",
                "contact-outcome": "talked",
                "flag": "SR-M1",
            },
        ),
    ],
)
def test_nurse_is_refused_what_is_a_clinicians_and_the_refusal_is_recorded(nurse, where, posted):
    submission = make_submission(STOP_AND_REVIEW)

    assert nurse.post(verb(submission, *where), posted).status_code == 403

    for model in (FlagResolution, Review, Contact):
        assert not model.objects.exists()
    assert actions() == ["access.refused"]


def test_note_and_assignment_are_saved_from_the_page(nurse):
    submission, note_id = make_submission(), str(uuid4())
    colleague = make_staff("clinician")
    make_staff("front desk")

    page = nurse.get(page_of(submission))
    offered = {user.username for user in page.context["assign_form"].fields["to"].queryset}
    for _ in range(2):
        nurse.post(verb(submission, "note"), {"note-text": "Call at 4.", "note-note_id": note_id})
    nurse.post(verb(submission, "assign"), {"assign-to": colleague.pk, "assign-assignments_seen": 0})

    assert offered == {"nurse", "clinician"}
    assert [note.text for note in Note.objects.all()] == ["Call at 4."]
    assert WorkItem.objects.get().assigned_to == colleague


def test_unknown_verb_rule_and_submission(clinician):
    submission = make_submission()

    assert clinician.post(f"{page_of(submission)}delete/").status_code == 404
    assert clinician.post(page_of(submission), {"action": "decide"}).status_code == 405
    assert clinician.post(verb(submission, "resolve", "SR-X")).status_code == 404
    assert clinician.get(verb(submission, "decide")).url == page_of(submission)
    assert clinician.get("/admin/intake/submission/00000000-0000-4000-8000-000000000000/").status_code == 404


ELEVEN = {
    "ketamine-allergy": "yes",  # stop
    "med-benzo": "yes",  # review
    "med-lamotrigine": "yes",  # note
    "phq9-q9": SEVERAL_DAYS,  # crisis
}


def contact(**more):
    said = {
        "contact-reached": "reached",
        "contact-means": "call",
        "contact-text": "Talked.",
        "contact-outcome": "talked",
    }
    return {**said, **more}


def test_one_contact_settles_what_was_ticked_with_one_text(clinician):
    submission = make_submission(ELEVEN)
    open_before = {flag.rule for flag in submission.flags.unresolved()}
    stopping = {flag.rule for flag in submission.flags.stopping()}

    clinician.post(verb(submission, "contact"), contact(flag=sorted(stopping), all=["review", "note"]))

    assert not submission.flags.unresolved().exists()
    assert len(open_before) == FlagResolution.objects.count() >= 4
    assert {row.contact.text for row in FlagResolution.objects.all()} == {"Talked."}
    assert {row.reason for row in FlagResolution.objects.all()} == {""}
    page = clinician.get(page_of(submission))
    assert page.context["shown"].open_cards == []
    assert "Every flag is settled" in text_of(page)


def test_a_group_tick_never_settles_a_stop_or_crisis(clinician):
    submission = make_submission(ELEVEN)

    clinician.post(verb(submission, "contact"), contact(all=["review", "note", "stop", "crisis"]))

    assert {flag.severity for flag in submission.flags.unresolved()} == {3, 4}


def test_notes_close_with_one_button_and_without_a_text(nurse):
    submission = make_submission(ELEVEN)

    nurse.post(verb(submission, "close_notes"))

    assert not submission.flags.unresolved().filter(severity=1).exists()
    assert submission.flags.unresolved().count() == submission.flags.exclude(severity=1).count()


def test_a_settled_flag_is_opened_again_with_a_reason(clinician):
    submission = make_submission({"ketamine-allergy": "yes"})
    doctor = User.objects.get(username="clinician")
    resolve_flag(submission.flags.get(), by=doctor, outcome="mistake", reason="Latex.")
    decide(submission, by=doctor, decision="cleared", reason="Fine.")

    refused = clinician.post(verb(submission, "reopen", "SR-M1"), {"SR-M1-reason": " "})
    assert "Say why it is open again." in text_of(refused)
    clinician.post(verb(submission, "reopen", "SR-M1"), {"SR-M1-reason": "It was ketamine after all."})

    assert not submission.can_be_cleared()
    assert WorkItem.objects.get().status == "reopened"
    assert "It was ketamine after all." in text_of(clinician.get(page_of(submission)))
    clinician.post(verb(submission, "resolve", "SR-M1"), {"SR-M1-outcome": "plan", "SR-M1-reason": "Plan."})
    assert submission.can_be_cleared()


def test_going_on_against_a_stop_needs_its_own_reason_and_a_second_clinician_where_the_clinic_says_so(clinician):
    Clinic(pk=1, four_eyes=True).save()
    submission = make_submission({"ketamine-allergy": "yes"})
    doctor = User.objects.get(username="clinician")
    flag = submission.flags.get()
    with pytest.raises(Refused, match="a reason of its own"):
        log_contact(submission, by=doctor, reached="reached", means="call", text="x", settles=[flag], outcome="against")

    clinician.post(verb(submission, "resolve", "SR-M1"), {"SR-M1-outcome": "against", "SR-M1-reason": "Benefit."})
    assert not submission.can_be_cleared()
    own = clinician.post(verb(submission, "countersign", "SR-M1"))
    assert "A second clinician must agree" in text_of(own)
    second = sign_in(Client(), make_staff("clinician", "second"))
    second.post(verb(submission, "countersign", "SR-M1"))

    assert submission.can_be_cleared()
    assert "flag.countersign" in actions()


def test_the_page_says_who_else_has_it_open(clinician):
    submission = make_submission()
    sign_in(other := Client(), make_staff("nurse", first_name="Dana", last_name="Cole"))
    other.get(page_of(submission))

    assert "Dana Cole has this open." in text_of(clinician.get(page_of(submission)))
    assert "has this open" not in text_of(Client().get(page_of(submission)))


def test_what_holds_now_stands_apart_from_what_was_said_earlier(clinician):
    fired = [{"rule": "SR-C2", "at": timezone.now().isoformat(), "panel": "suicide-1", "questions": ["safety-q5"]}]
    submission = make_submission({"med-benzo": "yes"}, journey=make_journey(fired=fired))

    shown = clinician.get(page_of(submission)).context["shown"]

    assert [card.flag.rule for card in shown.earlier] == ["SR-CHANGED-HIGH"]
    assert [card.flag.rule for group in shown.groups for card in group.cards] == ["SR-M3"]


def test_answers_are_folded_and_open_where_more_than_no_was_said(clinician):
    submission = make_submission({"heart-failure": "not-sure", "med-list": "sertraline"})

    shown = clinician.get(page_of(submission)).context["shown"]

    assert [row.words for row in shown.written if row.words == "sertraline"] == ["sertraline"]
    assert len(shown.unsure) == 1
    assert {part.is_open for part in shown.sections} == {True, False}


def test_page_costs_the_same_queries_for_one_flag_and_for_many(clinician):
    few, many = make_submission({"ketamine-allergy": "yes"}), make_submission({**ELEVEN, "legal-name": "Other Person"})
    for submission in (few, many):
        clinician.get(page_of(submission))  # notes who has it open
    counts = []
    for submission in (few, many):
        with CaptureQueriesContext(connection) as queries:
            clinician.get(page_of(submission))
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_front_desks_page_shows_contacts_and_nothing_else():
    front_desk = sign_in(Client(), make_staff("front desk"))
    submission = make_submission({**STOP_AND_REVIEW, "phq9-q9": SEVERAL_DAYS, "med-list": "sertraline"})

    response = front_desk.get(page_of(submission))

    words = text_of(response).replace(submission.reference, "")  # random letters
    assert "Alex Example" in words
    assert "555 0100" in words
    assert "Status New" in words
    for hidden in ("SR-", "crisis", "Crisis", "Flag", "flag", "Stop", "sertraline", "PHQ", "Timeline", "1986"):
        assert hidden not in words, hidden
    assert actions() == ["submission.read-contacts"]
    assert front_desk.post(verb(submission, "note"), {"note-text": "x"}).status_code == 403
    assert not Note.objects.exists()


def test_front_desk_logs_a_call_and_a_visit_and_reads_no_clinical_text():
    front_desk = sign_in(Client(), make_staff("front desk"))
    submission = make_submission(STOP_AND_REVIEW)
    nurse = make_staff("nurse")
    log_contact(submission, by=nurse, reached="reached", means="call", text="Takes lorazepam.")

    front_desk.post(
        verb(submission, "contact"),
        {"contact-reached": "message-left", "contact-means": "call", "contact-text": "Asked to call.", "flag": "SR-M3"},
    )
    front_desk.post(
        verb(submission, "appointment"),
        {"appointment-starts_at": "2099-01-04T10:00", "appointment-companion": "Sam, brother"},
    )

    assert not FlagResolution.objects.exists()
    assert Appointment.objects.get().companion == "Sam, brother"
    words = text_of(front_desk.get(page_of(submission)))
    assert "Asked to call." in words
    assert "Sam, brother" in words
    assert "Call: Reached" in words
    assert "lorazepam" not in words


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
    assert "Uncontrolled hypertension. Label contraindication" in text_of(read)
    assert "Needs care first" in text_of(read)
    assert version.content_hash in text_of(read)
    assert actions() == ["record.list", "record.read"]


def test_a_listed_reason_is_enough_and_one_for_another_decision_is_not(clinician):
    submission = make_submission()
    delayed = DecisionReason.objects.create(decision="delayed", text="Waits for lab results")
    fine = DecisionReason.objects.create(decision="cleared", text="Nothing found")
    page = clinician.get(page_of(submission)).content.decode()
    decide_at = f"{page_of(submission)}decide/"
    posted = {"decide-decision": "cleared", "decide-reason": "Talked.", "decide-decisions_seen": 0}

    refused = clinician.post(decide_at, {**posted, "decide-listed": delayed.pk}).content.decode()
    clinician.post(decide_at, {**posted, "decide-listed": fine.pk})

    assert "Nothing found" in page
    assert all(str(words) in html.unescape(page) for words in TOLD.values())
    assert "This reason is for" in refused
    assert "Talked." in refused
    assert submission.reviews.get().reason == "Nothing found\nTalked."


def test_a_part_is_marked_as_read_by_whom_and_when_with_one_click(clinician):
    submission = make_submission()
    part = Response(submission.definition, submission.answered()).rows()[1].section.link_id
    there = f"{page_of(submission)}read-part/{part}/"

    for _ in range(2):
        assert clinician.post(there).url.endswith(f"#part-{part}")

    assert submission.sections_read.count() == 1
    page = clinician.get(page_of(submission)).content.decode()
    assert "Carla Reyes read it " in page
    assert there not in page
    assert clinician.post(f"{page_of(submission)}read-part/no-part/").status_code == 404
