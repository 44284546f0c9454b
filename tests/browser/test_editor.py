"""A page of content on its way through the admin in a browser: drafted, reviewed by another, published, and read."""

import pytest
from playwright.sync_api import expect

from education.models import Page as LearnPage
from education.models import Revision
from tests.browser.checking import violations
from tests.browser.conftest import WITH_AND_WITHOUT
from tests.browser.walking import enter, press
from tests.intake.submissions import make_staff

pytestmark = [pytest.mark.browser, pytest.mark.long]

LONG = f"It is {'very ' * 24}long."
WORDS = "The next day at the earliest. An adult takes you home."


SELECTED = "box => box.value.slice(box.selectionStart, box.selectionEnd)"
PLACE = "() => document.querySelector('iframe').contentWindow.scrollY"


def type_and_press_a_check(editor):
    """Type a wrong claim far down: the page is drawn anew where it was read, and the check leads to its words."""
    text = editor.get_by_label("Text:")
    last = text.input_value().rstrip()
    editor.evaluate("document.querySelector('iframe').contentWindow.scrollTo(0, 700)")
    text.fill(f"{last}\n\nTyped at the end. {{claim IV-99}}")
    expect(editor.frame_locator("iframe").get_by_text("Typed at the end.")).to_be_attached()
    assert editor.evaluate(PLACE) == 700
    text.evaluate("box => box.scrollTop = 0")
    editor.get_by_role("button", name="There is no claim IV-99.").press("Enter")
    expect(text).to_be_focused()
    assert text.evaluate(SELECTED) == "{claim IV-99}"
    assert text.evaluate("box => box.scrollTop") > 500
    text.fill(last)
    expect(editor.locator("#checks")).not_to_contain_text("IV-99")


@pytest.mark.parametrize("script", WITH_AND_WITHOUT)
def test_a_page_goes_from_an_editors_draft_to_the_public(open_page, script):
    found = LearnPage.objects.get(slug="driving-home")
    editor, clinician, reader = (open_page(script=script) for _person in range(3))
    enter(editor, make_staff("content editor"))
    enter(clinician, make_staff("clinician"))

    editor.goto(f"/admin/education/page/{found.pk}/change/")
    editor.get_by_label("Answer:").fill(f"{WORDS} {LONG}")
    if not script:
        editor.get_by_role("button", name="Show what is typed").click()
    preview = editor.frame_locator("iframe")
    expect(preview.locator(".answer")).to_have_text(f"{WORDS} {LONG}")
    checks = editor.locator("#checks") if script else preview.locator(".checks")
    expect(checks.get_by_text("Answer: A sentence of")).to_contain_text(LONG[:60])
    assert not Revision.objects.open().exists()
    if script:
        type_and_press_a_check(editor)
        assert violations(editor) == []
    editor.get_by_label("Answer:").fill(WORDS)
    editor.get_by_label("What changed and why:").fill("The rule is said first.")
    press(editor.get_by_role("button", name="Save draft"))
    expect(editor.frame_locator("iframe").locator(".answer")).to_have_text(WORDS)
    press(editor.get_by_role("button", name="Save and ask for review"))
    expect(editor.locator("#state-title")).to_contain_text("Waiting for review")

    clinician.goto("/admin/?all")
    press(clinician.get_by_role("link", name=found.title))
    if script:
        assert violations(clinician) == []
    press(clinician.get_by_role("button", name="Approve"))
    expect(clinician.locator("#state-title")).to_contain_text("Approved")
    reader.goto("/learn/driving-home/")
    expect(reader.locator(".answer")).not_to_have_text(WORDS)

    editor.goto("/admin/")
    press(editor.get_by_role("link", name=found.title))
    press(editor.get_by_role("button", name="Publish"))
    expect(editor.locator("#state-title")).to_contain_text("Published")
    reader.reload()
    expect(reader.locator(".answer")).to_have_text(WORDS)
    expect(reader.locator(".review-line")).to_contain_text("Last reviewed")
