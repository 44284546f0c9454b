"""What people do to a form: stop and come back, go back, press twice, open two tabs, leave questions blank."""

import pytest
from playwright.sync_api import expect

from intake.models import Draft, Submission, UnfinishedForm
from tests.browser.walking import begin, fill, give_draft, open_question, press, press_continue, send, slug_of, walk
from tests.intake.cases import CHILD

pytestmark = pytest.mark.browser


def test_someone_under_18_is_met_kindly_and_nothing_is_kept_for_staff(page):
    begin(page)
    walk(page, until="birth-date")

    fill(page, {"date-of-birth": CHILD})
    press_continue(page)

    expect(page.get_by_role("heading", level=1)).to_have_text("Our clinic sees adults")
    expect(page.locator('main a[href="tel:988"]')).to_be_visible()
    page.goto("/intake/check/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Our clinic sees adults")
    assert (Submission.objects.count(), UnfinishedForm.objects.count()) == (0, 0)

    press(page.locator("main p a").last)
    fill(page, {"date-of-birth": "1986-05-17"})
    press_continue(page)
    assert slug_of(page) == "emergency-check"


def test_helper_who_answers_for_another_gives_their_own_name_and_signs_with_it(page):
    proxy = {"filled-by": "proxy", "filled-by-name": "Ruth Helper", "filled-by-relationship": "sister"}
    begin(page)
    seen = walk(page, proxy, until="birth-date")
    assert seen == ["who-fills-in", "helper"]

    give_draft(page, {**proxy, "signature-name": None})
    open_question(page, "signature")
    expect(page.get_by_text("You are filling this in for the patient")).to_be_visible()
    fill(page, {"signature-name": "Ruth Helper"})
    press_continue(page)
    submission = Submission.objects.get(reference=send(page))

    identity = submission.identity
    assert (identity["filled-by"], identity["filled-by-name"]) == ("proxy", "Ruth Helper")
    assert (identity["signature-name"], identity["legal-name"]) == ("Ruth Helper", "Alex Example")


def test_form_is_saved_left_and_found_again_in_the_same_browser(open_page):
    page = open_page()
    begin(page)
    walk(page, until="your-name")
    fill(page, {"legal-name": "Alex Example"})
    press(page.get_by_role("button", name="Save and stop here"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Your answers are saved")
    state = page.context.storage_state()
    page.context.close()

    again = open_page(state=state)
    again.goto("/intake/")
    press(again.get_by_role("link", name="Continue your form (part 2 of 12)"))

    assert slug_of(again) == "your-name"
    expect(again.locator("[name=legal-name]")).to_have_value("Alex Example")
    assert Draft.objects.get().answers["legal-name"] == "Alex Example"


def test_back_button_shows_the_kept_answer_and_a_change_is_one_change(page):
    begin(page)
    walk(page, until="emergency-check")

    page.go_back()
    assert slug_of(page) == "birth-date"
    expect(page.locator("[name=date-of-birth_year]")).to_have_value("1986")
    page.locator("[name=date-of-birth_year]").fill("1985")
    press_continue(page)

    assert slug_of(page) == "emergency-check"
    expect(page.locator(".error-summary")).to_have_count(0)
    assert Draft.objects.get().answers == {"filled-by": "self", "date-of-birth": "1985-05-17"}


def test_send_pressed_twice_is_one_submission(page):
    give_draft(page)
    page.goto("/intake/check/")

    page.get_by_role("button", name="Send my form").dblclick()

    expect(page.get_by_role("heading", level=1)).to_have_text("Your form was sent")
    reference = page.locator(".reference").inner_text()
    page.go_back()
    page.reload()
    page.goto("/intake/sent/")
    expect(page.locator(".reference")).to_have_text(reference)
    assert [submission.reference for submission in Submission.objects.all()] == [reference]


def test_stale_tab_is_asked_which_answer_is_right_and_loses_neither(page):
    draft = give_draft(page, {"phone-number": "555 0100"})
    open_question(page, "how-to-reach-you")
    stale = page.context.new_page()
    open_question(stale, "how-to-reach-you")

    fill(page, {"phone-number": "555 0111"})
    press_continue(page)
    fill(stale, {"phone-number": "555 0122", "home-address": "9 Elm Street"})
    press_continue(stale)

    expect(stale.get_by_role("heading", level=1)).to_have_text("Which answer is right?")
    expect(stale.locator(".difference").first).to_contain_text("555 0111")
    expect(stale.locator(".difference").first).to_contain_text("555 0122")
    draft.refresh_from_db()
    assert (draft.answers["phone-number"], draft.answers["home-address"]) == ("555 0111", "1 Main Street")

    press(stale.get_by_role("button", name="Use what I sent just now"))
    assert slug_of(stale) == "your-language"
    draft.refresh_from_db()
    assert (draft.answers["phone-number"], draft.answers["home-address"]) == ("555 0122", "9 Elm Street")


def test_check_page_in_a_stale_tab_does_not_send_what_was_not_seen(page):
    give_draft(page)
    page.goto("/intake/check/")
    other = page.context.new_page()
    open_question(other, "how-to-reach-you")
    fill(other, {"phone-number": "555 0111"})
    press_continue(other)

    press(page.get_by_role("button", name="Send my form"))

    expect(page.locator(".error-summary")).to_be_focused()
    expect(page.get_by_text("555 0111")).to_be_visible()
    assert Submission.objects.count() == 0
    assert Submission.objects.get(reference=send(page)).identity["phone-number"] == "555 0111"


@pytest.mark.once
@pytest.mark.parametrize("script", [True, False])
def test_error_summary_takes_focus_and_its_links_lead_into_the_fields(open_page, script):
    page = open_page(script=script, width=360)
    begin(page)
    press_continue(page)
    fill(page, {"filled-by": "self"})
    press_continue(page)
    press_continue(page)

    assert slug_of(page) == "birth-date"
    assert page.title().startswith("Error: ")
    expect(page.locator(".error-summary")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#id_date-of-birth_0")).to_be_focused()

    fill(page, {"date-of-birth": "1986-05-17"})
    press_continue(page)
    press_continue(page)
    links = page.locator(".error-summary a")
    expect(links).to_have_count(2)
    for link in links.all():
        link.click()
        expect(page.locator(link.get_attribute("href"))).to_be_focused()
    assert Draft.objects.get().answers == {"filled-by": "self", "date-of-birth": "1986-05-17"}
