"""The whole story, once, in a real browser: read, answer, send; then sign in, resolve, clear, and the trail of it."""

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from clinic.models import AuditEntry
from intake.models import Decision, Draft, Outcome, Review, Status, Submission
from tests.browser.walking import RIGHT, begin, press, send, sign_in, walk
from tests.intake.submissions import make_staff, make_submission

pytestmark = [pytest.mark.browser, pytest.mark.long]

STOP_AND_NOT_SURE = {"bp-diagnosis": "yes", "bp-controlled": "no", "heart-rhythm": "not-sure"}


def test_a_patient_is_screened_and_a_clinician_clears_after_resolving(open_page, capsys):
    make_submission({"legal-name": "Quiet Person"})
    make_submission({"legal-name": "Other Person", "heart-failure": "not-sure"})
    patient = open_page()

    patient.goto("/")
    press(patient.get_by_role("link", name="Learn before you decide"))
    press(patient.get_by_role("link", name="When can I drive, and how do I get home?").first)
    expect(patient.get_by_role("heading", level=1)).to_be_visible()
    expect(patient.locator(".answer")).to_be_visible()
    begin(patient)
    walk(patient, STOP_AND_NOT_SURE, tries=[RIGHT | {"tb-1": "tuesday-morning"}, RIGHT])
    expect(patient.get_by_role("heading", level=1)).to_have_text("Check your answers")
    reference = send(patient)
    expect(patient.get_by_role("heading", level=1)).to_have_text("Your form was sent")

    submission = Submission.objects.get(reference=reference)
    assert sorted(submission.flags.values_list("rule", flat=True)) == ["SR-BP4", "SR-UNSURE"]
    assert [one["answers"] for one in submission.record["tries"]] == [
        RIGHT | {"tb-1": "tuesday-morning"},
        {"tb-1": RIGHT["tb-1"]},
    ]
    draft = Draft.objects.get(pk=submission.draft_id)
    assert (draft.answers, draft.journey) == ({}, {})

    clinician = make_staff("clinician", first_name="Dana", last_name="Reyes")
    staff = open_page()
    sign_in(staff, clinician)
    top = staff.locator("table.worklist tbody tr").first
    expect(top).to_contain_text(reference)
    expect(top).to_contain_text("Stop")
    press(top.get_by_role("link"))
    expect(staff.get_by_role("heading", level=1)).to_have_text("Alex Example")

    decide(staff, Decision.CLEARED, "The numbers were read over the phone.")
    expect(staff.locator(".error-summary")).to_contain_text("SR-BP4")
    assert not Review.objects.filter(submission=submission).exists()

    flag = staff.locator("#flag-SR-BP4")
    flag.locator("summary").first.click()
    flag.locator(f"input[type=radio][value={Outcome.values[0]}]").check()
    flag.get_by_label("What you did or found").fill("Her doctor changed the dose; 128/80 today.")
    press(flag.get_by_role("button", name="Settle SR-BP4 by itself"))
    expect(staff.locator("#flag-SR-BP4 summary").first).to_contain_text("✓")
    assert submission.flags.get(rule="SR-BP4").resolutions.get().by == clinician

    decide(staff, Decision.CLEARED, "The numbers were read over the phone.")
    expect(staff.get_by_text("Your decision is saved: Cleared.")).to_be_visible()
    submission.work_item.refresh_from_db()
    assert submission.work_item.status == Status.CLEARED
    assert Review.objects.get(submission=submission).by == clinician

    subject = f"submission:{reference}"
    deeds = AuditEntry.objects.exclude(action__in=("submission.arrive", "questionnaire.publish")).order_by("position")
    expected = [
        ("clinician", "submission.list", "submission"),
        ("clinician", "submission.read", subject),
        ("clinician", "submission.decide.refused", subject),
        ("clinician", "submission.read", subject),  # the page again, with the refusal
        ("clinician", "flag.resolve", subject),
        ("clinician", "submission.read", subject),
        ("clinician", "submission.decide", subject),
        ("clinician", "submission.read", subject),
    ]
    assert list(deeds.values_list("actor", "action", "subject")) == expected
    call_command("verify_audit")
    assert f"The audit trail holds: {AuditEntry.objects.count()} entries." in capsys.readouterr().out


def decide(page, decision: str, reason: str) -> None:
    form = page.locator("#decide form")
    if not form.is_visible():
        page.locator("#decide summary").click()
    form.locator(f"input[type=radio][value={decision}]").check()
    form.get_by_label("Reason").fill(reason)
    press(form.get_by_role("button", name="Save decision"))
