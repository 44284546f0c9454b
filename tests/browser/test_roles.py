"""A morning of each role in a browser: done what they come for, axe finds nothing, and none of it needs a script."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from clinic.models import Clinic
from intake.models import DecisionReason, Submission
from tests.browser.checking import DIAGONAL, violations
from tests.browser.conftest import WITH_AND_WITHOUT
from tests.browser.walking import enter, press
from tests.intake.submissions import make_staff, make_submission

pytestmark = pytest.mark.browser
STOP_AND_REVIEW = {"ketamine-allergy": "yes", "med-benzo": "yes", "legal-name": "Rosa Delgado"}
Look = Callable[[], None]


def front_desk(page: Page, look: Look) -> None:
    page.goto("/admin/")
    expect(page.get_by_text("Stop", exact=True)).to_have_count(0)
    look()
    press(page.get_by_role("link", name="Rosa Delgado"))
    look()
    page.get_by_label("Message left").check()
    press(page.get_by_role("button", name="Save contact"))
    expect(page.get_by_text("The contact is logged.")).to_be_visible()
    expect(page.get_by_text("SR-M1")).to_have_count(0)


def nurse(page: Page, look: Look) -> None:
    page.goto("/admin/")
    look()
    press(page.get_by_role("link", name="Rosa Delgado"))
    look()
    part = page.locator("details.part[open]").first
    press(part.get_by_role("button", name="I have read this part"))
    expect(page.get_by_text("nurse read it")).to_be_visible()
    page.get_by_label("Reached", exact=True).check()
    page.locator("input[name=all][value=review]").check()
    page.get_by_label("What was said").fill("Takes lorazepam at night only.")
    press(page.get_by_role("button", name="Save contact"))
    expect(page.get_by_text("1 flag settled")).to_be_visible()
    expect(page.get_by_text("A clinician decides.")).to_be_visible()


def clinician(page: Page, look: Look) -> None:
    page.goto("/admin/")
    press(page.get_by_role("link", name="Rosa Delgado"))
    page.locator("#decide > summary").click()
    page.get_by_label("Delayed", exact=True).check()
    expect(page.get_by_text("Your visit has to wait")).to_be_visible()
    expect(page.get_by_text("Your visit can go ahead.", exact=False).first).to_be_hidden()
    look()
    page.get_by_label("Reason", exact=True).select_option(label="Waits for a test")
    page.get_by_label("Comes back on").fill("2099-01-31")
    press(page.get_by_role("button", name="Save decision"))
    expect(page.get_by_text("Your decision is saved: Delayed.")).to_be_visible()
    expect(page.locator("#timeline")).to_contain_text("Waits for a test")


def owner(page: Page, look: Look) -> None:
    make_staff("nurse", "lee", email="lee@example.org")
    page.goto("/admin/")
    press(page.get_by_role("link", name="Reports"))
    look()
    page.get_by_text("Table: Commonest flags").click()
    expect(page.get_by_role("row", name="SR-M1")).to_be_visible()
    page.goto("/admin/intake/decisionreason/add/")
    page.get_by_label("Decision").select_option("delayed")
    page.get_by_label("Reason").fill("Waits for its letter")
    press(page.get_by_role("button", name="Save", exact=True))
    expect(page.locator("#result_list").get_by_role("link", name="Waits for its letter")).to_be_visible()
    page.goto("/admin/clinic/clinic/1/change/")
    page.get_by_label("Minutes until a second person is told").fill("15")
    page.locator("[name=rota-0-user]").select_option(label="lee")
    page.locator("[name=rota-0-weekday]").select_option(label="Monday")
    press(page.get_by_role("button", name="Save", exact=True))
    assert Clinic.current().escalate_after == 15
    submission = Submission.objects.get()
    page.goto(f"/admin/intake/submission/{submission.pk}/erase/")
    press(page.get_by_role("button", name="Delete for good"))
    expect(page.locator(".error-summary")).to_be_visible()
    look()
    page.get_by_label("The patient asked for it").check()
    page.get_by_label("Type the reference").fill(submission.reference)
    press(page.get_by_role("button", name="Delete for good"))
    expect(page.locator(".banner").first).to_contain_text("What this form said was deleted")
    look()


MORNINGS = {"front desk": front_desk, "nurse": nurse, "clinician": clinician, "owner": owner}


@pytest.mark.parametrize("script", WITH_AND_WITHOUT)
@pytest.mark.parametrize("group", MORNINGS)
def test_a_morning_of_each_role(open_page, group, script):
    make_submission(STOP_AND_REVIEW)
    DecisionReason.objects.create(decision="delayed", text="Waits for a test")
    page = open_page(script=script)
    enter(page, make_staff(group))

    def look() -> None:
        if script:
            page.evaluate("scrollTo(0, 0)")  # what the line above covers by half is no small target
            assert violations(page, DIAGONAL) == []

    MORNINGS[group](page, look)
