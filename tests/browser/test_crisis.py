"""A crisis answer: help on the very next response and on every page after it, and what staff see of it."""

import pytest
from playwright.sync_api import expect

from intake.models import Submission, UnfinishedForm
from tests.browser.conftest import WITH_AND_WITHOUT
from tests.browser.walking import begin, fill, give_draft, open_question, press, press_continue, send, sign_in, walk
from tests.intake.cases import NOT_AT_ALL, SEVERAL_DAYS
from tests.intake.submissions import make_staff

pytestmark = pytest.mark.browser

THOUGHTS = {"phq9-q9": SEVERAL_DAYS}
UNTIL_MOOD = [f"phq9-q{number}" for number in range(6, 10)]


def assert_one_line(page) -> None:
    """Help is one line of 44 pixels, and the page's heading or first question stands near the top."""
    bar = page.locator(".help-bar")
    assert bar.locator('a[href="tel:988"]').is_visible(), page.url
    assert page.locator(".crisis").count() == 0, page.url
    assert page.locator("h1, .field").first.bounding_box()["y"] <= 300, page.url


def assert_help_is_first(page, panel: str = "suicide-1") -> None:
    first = page.locator("main > *").first
    assert first.get_attribute("data-panel") == panel, page.url
    numbers = ["988", "911"] if panel == "suicide-1" else ["911"]
    for number in numbers:
        assert first.locator(f'a[href="tel:{number}"]').is_visible(), page.url
    assert page.locator("h1").count() == 1


@pytest.mark.parametrize("script", WITH_AND_WITHOUT)
def test_help_stands_first_from_the_next_response_to_the_confirmation(open_page, script):
    page = open_page(script=script, width=360)
    draft = give_draft(page, dict.fromkeys(UNTIL_MOOD))
    open_question(page, "mood-continued")
    expect(page.locator(".crisis-short")).to_be_visible()
    expect(page.locator(".crisis")).to_have_count(0)

    fill(page, {"phq9-q9": SEVERAL_DAYS})  # the others left blank: the page has errors
    press_continue(page)
    assert_help_is_first(page)
    press(page.get_by_role("button", name="Go on with the form"))
    expect(page.locator(".error-summary li")).to_have_count(3)
    draft.refresh_from_db()
    assert draft.answers["phq9-q9"] == SEVERAL_DAYS
    assert UnfinishedForm.objects.get(draft=draft).rules == ["SR-C1"]

    changed = {"phq9-q9": NOT_AT_ALL, "phq9-q6": NOT_AT_ALL, "phq9-q7": NOT_AT_ALL, "phq9-q8": NOT_AT_ALL}
    fill(page, changed)  # the answer is taken back: help stays
    press_continue(page)
    seen = walk(page, each=assert_one_line, until="organs")
    assert len(seen) > 5
    for path in ("/intake/tasks/", "/intake/leave/", "/intake/check/"):
        page.goto(path)
        assert_one_line(page)
    reference = send(page)
    assert_help_is_first(page)

    submission = Submission.objects.get(reference=reference)
    assert [flag.rule for flag in submission.flags] == ["SR-CHANGED"]
    assert UnfinishedForm.objects.waiting().count() == 0


def test_chest_pain_opens_the_emergency_panel(open_page):
    page = open_page(width=360)
    begin(page)
    walk(page, until="emergency-check")

    fill(page, {"chest-pain-now": "yes", "ack-not-emergency": True})
    press_continue(page)

    assert_help_is_first(page, "emergency-1")
    assert list(UnfinishedForm.objects.values_list("rules", flat=True)) == [["SR-C5"]]


def test_unfinished_form_shows_to_the_clinician_and_not_to_the_front_desk(open_page):
    patient = open_page(width=360)
    draft = give_draft(patient, dict.fromkeys(UNTIL_MOOD))
    open_question(patient, "mood-continued")
    fill(patient, {**dict.fromkeys(UNTIL_MOOD, NOT_AT_ALL), **THOUGHTS})
    press_continue(patient)
    assert_help_is_first(patient)

    clinician = open_page()
    sign_in(clinician, make_staff("clinician"))
    row = clinician.locator("tr.is-unfinished")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("Alex Example")
    expect(row).to_contain_text("555 0100")
    expect(row).to_contain_text("SR-C1")
    press(row.get_by_role("button"))
    expect(clinician.get_by_role("heading", level=1)).to_have_text("Form not sent yet")
    assert UnfinishedForm.objects.get(draft=draft).opened_by.username == "clinician"

    front_desk = open_page()
    sign_in(front_desk, make_staff("front desk"))
    expect(front_desk.locator(".is-unfinished")).to_have_count(0)
    expect(front_desk.get_by_text("Alex Example")).to_have_count(0)
    expect(front_desk.get_by_text("SR-C1")).to_have_count(0)
