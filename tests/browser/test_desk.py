"""The desk's work in a browser: eleven flags after one call, without a script, with axe, at every width."""

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from clinic.models import Clinic
from intake.journey.sending import submit
from intake.journey.visit import Visit
from intake.models import FlagResolution
from intake.questionnaires.publishing import load_folder, publish
from tests.browser.checking import comes_true, goes_sideways, violations
from tests.browser.conftest import WITH_AND_WITHOUT
from tests.browser.walking import press, sign_in
from tests.intake.cases import SEVERAL_DAYS
from tests.intake.submissions import make_draft, make_staff, make_submission
from tests.intake.test_second_form import CALM
from tests.intake.test_second_form import FOLDER as SECOND

pytestmark = pytest.mark.browser

# One crisis, one stop, four reviews, five notes.
ELEVEN = {
    "phq9-q9": SEVERAL_DAYS,
    "ketamine-allergy": "yes",
    "med-benzo": "yes",
    "med-opioid": "yes",
    "med-stimulant": "yes",
    "liver-disease": "yes",
    "liver-severity": "mild-moderate",
    "med-lamotrigine": "yes",
    "med-bp": "yes",
    "med-list": "sertraline",
    "psychosis-family": "yes",
    "dissociation-distress": "yes",
}


class Hands:
    """What a person does with a page, counted."""

    def __init__(self, page: Page) -> None:
        self.page, self.clicks, self.texts = page, 0, 0

    def click(self, locator) -> None:
        locator.click()
        self.clicks += 1

    def type(self, locator, text: str) -> None:
        locator.fill(text)
        self.clicks += 1  # into the box
        self.texts += 1


@pytest.mark.parametrize("script", WITH_AND_WITHOUT)
def test_eleven_flags_after_one_call_take_at_most_eight_clicks_and_one_text(open_page, script):
    submission = make_submission(ELEVEN)
    counts = [submission.flags.filter(severity=severity).count() for severity in (4, 3, 2, 1)]
    assert (counts[:2], sum(counts)) == ([1, 1], 11), counts
    page = open_page(script=script)
    sign_in(page, make_staff("clinician"))
    press(page.locator("table.worklist a").first)
    hands = Hands(page)

    for card in page.locator(".flag-crisis, .flag-stop").all():
        hands.click(card.get_by_role("checkbox"))
    hands.click(page.get_by_label("Reached", exact=True))
    hands.click(page.locator("input[name=all][value=review]"))
    hands.click(page.locator("input[name=all][value=note]"))
    hands.type(page.get_by_label("What was said"), "Talked about all of it; her doctor tapers lorazepam.")
    hands.click(page.get_by_role("button", name="Save contact"))

    expect(page.get_by_text("The contact is logged, 11 flags settled.")).to_be_visible()
    assert FlagResolution.objects.count() == 11
    assert hands.clicks <= 8
    assert hands.texts == 1


@pytest.mark.once
@pytest.mark.parametrize("width", [360, 768, 1280])
def test_the_first_screen_says_whom_to_call_and_holds_what_to_do(open_page, width):
    make_submission(ELEVEN)
    page = open_page(width=width)
    sign_in(page, make_staff("clinician"))
    press(page.locator("table.worklist a").first)

    if width == 1280:
        assert violations(page) == []  # it takes every width of its own
        page.set_viewport_size({"width": width, "height": 800})
    expect(page.get_by_role("heading", name="Call today")).to_be_in_viewport()
    expect(page.locator(".call-link")).to_be_in_viewport()
    assert not goes_sideways(page)
    page.mouse.wheel(0, 20000)
    assert comes_true(page, "scrollY > 500")
    expect(page.locator(".jump")).to_be_in_viewport()


@pytest.mark.once
def test_the_worklist_refreshes_itself_and_keeps_what_was_typed(open_page):
    page = open_page(script=True)
    page.clock.install()
    sign_in(page, make_staff("nurse"))
    expect(page.get_by_text("No form is open")).to_be_visible()
    page.locator(".find > summary").click()
    page.locator("#id_name").fill("Okon")
    make_submission({"legal-name": "Newly Sent"})

    page.clock.run_for(31_000)

    expect(page.get_by_role("link", name="Newly Sent")).to_be_visible()
    assert page.title().startswith("(1) ")
    assert page.locator("#id_name").input_value() == "Okon"


@pytest.mark.once
def test_without_a_script_the_worklist_asks_the_browser_to_come_again(open_page):
    page = open_page(script=False)
    sign_in(page, make_staff("nurse"))

    refresh = page.locator("noscript meta[http-equiv=refresh], meta[http-equiv=refresh]").first

    assert refresh.get_attribute("content").startswith("60; url=?")


def test_a_second_questionnaire_is_reviewed_and_decided_beside_the_first(open_page):
    version, _is_new = publish(load_folder(SECOND))
    draft = make_draft(version=version, journey={})
    draft.answers = {**CALM, "in-danger": "yes", "tell-us": "Bad nights."}
    draft.save()
    submit(Visit(draft, Clinic.current(), timezone.now()))
    make_submission({"legal-name": "Previsit Person", "med-benzo": "yes"})
    page = open_page()
    sign_in(page, make_staff("clinician"))

    rows = page.locator("table.worklist tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("Kim Example")
    press(rows.first.get_by_role("link").first)
    expect(page.get_by_role("heading", name="Call today")).to_be_visible()
    expect(page.locator("#scores")).to_contain_text("Strain")
    expect(page.locator("#scores")).to_contain_text("Bad nights.")
    for box in page.locator(".flag").get_by_role("checkbox").all():
        box.check()
    page.get_by_label("Reached", exact=True).check()
    page.get_by_label("What was said").fill("Safe at home, sister with her.")
    press(page.get_by_role("button", name="Save contact"))
    form = page.locator("#decide form")
    form.locator("input[type=radio][value=cleared]").check()
    form.get_by_label("Reason").fill("Fit for the next visit.")
    press(form.get_by_role("button", name="Save decision"))

    expect(page.get_by_text("Your decision is saved: Cleared.")).to_be_visible()
    page.goto("/admin/intake/submission/?tab=done")
    expect(page.locator("table.worklist tbody tr")).to_contain_text(["Kim Example"])
