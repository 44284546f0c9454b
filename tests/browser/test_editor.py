"""A page of content on its way through the admin in a browser: drafted, reviewed by another, published, and read."""

import pytest
from playwright.sync_api import expect

from education.models import Page as LearnPage
from education.models import Revision
from tests.browser.checking import violations
from tests.browser.walking import enter
from tests.intake.submissions import make_staff

pytestmark = pytest.mark.browser

LONG = f"It is {'very ' * 24}long."
WORDS = "The next day at the earliest. An adult takes you home."


@pytest.mark.parametrize("script", [True, False])
def test_a_page_goes_from_an_editors_draft_to_the_public(open_page, script):
    found = LearnPage.objects.get(slug="driving-home")
    editor, clinician, reader = (open_page(script=script) for _person in range(3))
    enter(editor, make_staff("content editor"))
    enter(clinician, make_staff("clinician"))

    editor.goto(f"/admin/education/page/{found.pk}/change/")
    editor.get_by_label("Answer:").fill(f"{WORDS} {LONG}")
    editor.get_by_role("button", name="Show what is typed").click()
    preview = editor.frame_locator("iframe")
    expect(preview.locator(".answer")).to_have_text(f"{WORDS} {LONG}")
    expect(preview.locator(".checks")).to_contain_text("aim for 20")
    assert not Revision.objects.open().exists()
    if script:
        assert violations(editor) == []
    editor.get_by_label("Answer:").fill(WORDS)
    editor.get_by_label("What changed and why:").fill("The rule is said first.")
    editor.get_by_role("button", name="Save draft").click()
    expect(editor.frame_locator("iframe").locator(".answer")).to_have_text(WORDS)
    editor.get_by_role("button", name="Save and ask for review").click()
    expect(editor.locator("#state-title")).to_contain_text("Waiting for review")

    clinician.goto(f"/admin/education/page/{found.pk}/review/")
    if script:
        assert violations(clinician) == []
    clinician.get_by_role("button", name="Approve").click()
    expect(clinician.locator("#state-title")).to_contain_text("Approved")
    reader.goto("/learn/driving-home/")
    expect(reader.locator(".answer")).not_to_have_text(WORDS)

    editor.reload()
    editor.get_by_role("button", name="Publish").click()
    expect(editor.locator("#state-title")).to_contain_text("Published")
    reader.wait_for_timeout(1100)  # every process looks for a new edition once a second
    reader.reload()
    expect(reader.locator(".answer")).to_have_text(WORDS)
    expect(reader.locator(".review-line")).to_contain_text("Last reviewed")
