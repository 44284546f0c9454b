"""Version 2 from the first page to the confirmation: without a script, by keyboard, in two tabs, and coming back."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from clinic.env import BASE_DIR
from intake.journey.addresses import HELP
from intake.models import Draft, DraftKey, Submission, UnfinishedForm
from intake.questionnaires.publishing import publish
from tests.browser.checking import goes_sideways
from tests.browser.keyboard import complete, tab_to
from tests.browser.version_2 import boxes, go
from tests.browser.walking import fill_boxes, open_question, press, press_continue, slug_of
from tests.intake.cases import NOT_AT_ALL, SEVERAL_DAYS
from tests.intake.cases_v2 import QUIET, definition, documents
from tests.intake.test_effort import HEALTHY, IN_CRISIS, medicines

pytestmark = pytest.mark.browser

SEND = "My answers are true: send"
PLAIN = "I am the patient"
LARGE_TEXT = "document.documentElement.style.fontSize = '200%'"
MANY_MEDICINES = medicines("sertraline", "lithium", "Xanex", "omeprazole", "Grandma's tea")
WRONG = {"birth_date_month": "1", "birth_date_day": "1", "birth_date_year": "1970"}


@pytest.fixture(autouse=True)
def version_2(clinic_site):
    publish(documents())


def begin(page: Page) -> None:
    page.goto("/intake/")
    press(page.get_by_role("button", name=PLAIN, exact=True))


def assert_sent(page: Page) -> Submission:
    expect(page.get_by_role("heading", level=1)).to_have_text("Your form was sent")
    return Submission.objects.get(reference=page.locator(".reference").inner_text())


def test_the_form_is_complete_without_a_script_at_320_px_and_with_large_text(open_page):
    page = open_page(script=False, width=320)
    begin(page)

    def fits(slug, _filled):
        assert not goes_sideways(page), slug
        page.evaluate(LARGE_TEXT)
        assert not goes_sideways(page), (slug, "large text")

    seen = go(page, {**IN_CRISIS, **MANY_MEDICINES}, fits)
    assert sum(slug.startswith(HELP) for slug in seen) == 2
    fits("check", {})
    press(page.get_by_role("button", name=SEND))
    fits("sent", {})

    submission = assert_sent(page)
    assert submission.answers["medicine[4].medicine-name"] == "Grandma's tea"
    assert {"SR-C6", "SR-BP4", "SR-M12", "SR-M19", "SR-X5"} <= {flag.rule for flag in submission.flags.all()}


@pytest.mark.once
def test_the_form_is_complete_by_keyboard_alone(open_page):
    page = open_page(width=1280)
    wanted = {}
    for one in definition().pages:
        wanted |= boxes(one.link_id, QUIET | HEALTHY | {"phq9-q9": SEVERAL_DAYS})

    page.goto("/intake/")
    tab_to(page, PLAIN)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    for _page in range(30):
        complete(page, wanted)
        if "/sent/" in page.url:
            break

    assert "SR-C1" in {flag.rule for flag in assert_sent(page).flags.all()}


@pytest.mark.parametrize("answer", ["yes", "not-sure"])
def test_chest_pain_stops_before_anything_else_is_asked(open_page, answer):
    page = open_page(width=360)
    begin(page)
    expect(page.locator("#questions .field")).to_have_count(1)
    fill_boxes(page, {"chest-pain-now": answer})
    press_continue(page)

    expect(page.get_by_role("heading", level=1)).to_have_text("Call 911 now.")
    expect(page.locator("main .field")).to_have_count(0)
    page.goto("/intake/tasks/")  # no way round it while it was not seen; then one line
    assert list(UnfinishedForm.objects.values_list("rules", flat=True)) == [["SR-C5"]]
    page.goto("/intake/go-on/")
    expect(page.locator(".help-bar a")).to_have_attribute("href", "tel:911")


@pytest.mark.once
def test_rows_are_added_by_a_script_and_the_home_page_offers_to_go_on(open_page):
    page = open_page(width=360)
    begin(page)
    go_until(page, "medicines")
    address = page.url
    page.get_by_role("button", name="Add another medicine").click()
    fourth = page.locator('[name="medicine[3].medicine-name"]')
    expect(fourth).to_be_focused()
    expect(page.get_by_text("Medicine 4", exact=True)).to_be_visible()
    assert page.url == address
    fourth.fill("sertraline")
    press(page.get_by_role("button", name="Save and stop here"))
    assert "sertraline" in Draft.objects.get().answers.values()

    page.goto("/")
    expect(page.get_by_role("link", name="Continue your form (part 5 of 6)").first).to_be_visible()
    without = open_page(script=False, state=page.context.storage_state())
    without.goto("/")
    press(without.get_by_role("link", name="Start or continue your intake").first)
    press(without.get_by_role("link", name="Continue your form (part 5 of 6)"))
    assert slug_of(without) == "medicines"


ROW = """<form><div data-rows="m" data-most="5"><div class="group"><fieldset><legend>Pump 1</legend>
<input name="m[0].name" value="A"><input type="radio" name="m[0].on" value="yes" checked>
<input type="radio" name="m[0].on" value="no"></fieldset></div><button name="add">Add</button></div></form>"""


@pytest.mark.once
def test_the_choices_of_a_row_that_a_script_adds_are_open(open_page):
    page = open_page()
    page.set_content(ROW)
    page.add_script_tag(path=BASE_DIR / "static" / "js" / "intake.js")
    page.get_by_role("button").click()

    added = page.locator(".group").last.locator("input")

    assert added.evaluate_all("boxes => boxes.map(box => [box.name, box.value, box.checked])") == [
        ["m[1].name", "", False],
        ["m[1].on", "yes", False],
        ["m[1].on", "no", False],
    ]


def go_until(page: Page, until: str) -> None:
    """Answer page by page until one is reached."""
    while (slug := slug_of(page)) != until:
        fill_boxes(page, boxes(slug, QUIET | HEALTHY))
        press_continue(page)


def test_two_tabs_back_refresh_coming_back_and_sending_twice(open_page):
    page = open_page(width=360)
    begin(page)
    go_until(page, "contact")
    other = page.context.new_page()
    open_question(other, "contact")
    fill_boxes(page, boxes("contact", QUIET))
    press_continue(page)
    fill_boxes(other, boxes("contact", QUIET | {"phone-number": "(503) 555-0122"}))
    press_continue(other)
    expect(other.get_by_role("heading", level=1)).to_have_text("Which answer is right?")
    other.reload()
    expect(other.get_by_role("heading", level=1)).to_have_text("Which answer is right?")
    press(other.get_by_role("button", name="Keep what is saved"))
    other.close()

    page.go_back()  # to the page that was answered: its answers stand there
    expect(page.locator("[name=phone-number]")).to_have_value(QUIET["phone-number"])
    page.reload()
    press_continue(page)
    go_until(page, "heart-head")
    press_continue(page)  # nothing answered: errors
    expect(page.locator(".error-summary")).to_be_focused()
    page.go_back()
    page.go_forward()
    page.reload()  # a page that asked to send again would hang here

    key = DraftKey.objects.get()
    key.keep(seen_at=(timezone.now() - timedelta(minutes=30)).isoformat())
    page.goto("/intake/")
    press(page.get_by_role("link", name="Continue your form"))
    for name, value in WRONG.items():
        page.locator(f"[name={name}]").fill(value)
    press_continue(page)
    expect(page.locator(".error-summary")).to_contain_text("That is not the date of birth")
    page.reload()
    assert DraftKey.objects.get().tries == 1
    for name, value in {"month": "5", "day": "17", "year": "1986"}.items():
        page.locator(f"[name=birth_date_{name}]").fill(value)
    press_continue(page)
    assert slug_of(page) == "heart-head"

    go(page, HEALTHY)
    row = page.locator("dl.summary > div", has_text="Wants help").or_(
        page.locator("dl.summary > div", has_text="How much do you weigh?")
    )
    press(row.first.get_by_role("link", name="Change"))
    expect(page.locator("#id_weight-value_0")).to_be_in_viewport()
    page.locator("[name=weight-value_value]").fill("81")
    press_continue(page)
    expect(page.locator("dl.summary > div:target")).to_contain_text("81 kg Changed")
    expect(page.locator("dl.summary > div:target")).to_be_in_viewport()

    page.get_by_role("button", name=SEND).dblclick()
    submission = assert_sent(page)
    page.go_back()
    page.reload()
    page.goto("/intake/sent/")
    assert assert_sent(page) == submission
    assert Submission.objects.count() == 1
    press(page.get_by_role("button", name="Clear this device"))
    expect(page.get_by_role("heading", level=1)).to_have_text("This device is cleared")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("This device is cleared")
    page.goto("/intake/sent/")
    expect(page.get_by_text("If you sent your form, we have it")).to_be_visible()
    assert NOT_AT_ALL not in page.content()
