"""The whole form without JavaScript on a narrow phone, and by keyboard alone."""

import pytest
from playwright.sync_api import expect

from intake.models import Submission
from intake.response.response import Response
from tests.browser.keyboard import complete, tab_to
from tests.browser.walking import RIGHT, begin, send, typed, walk
from tests.intake.cases import QUIET, complete_answers, definition

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.long]

CHANGES = {
    "bp-diagnosis": "yes",
    "bp-controlled": "no",
    "bp-systolic": {"value": 130, "unit": "mm[Hg]"},
    "bp-diastolic": {"value": 85, "unit": "mm[Hg]"},
    "heart-rhythm": "not-sure",
}
FLAGS = ["SR-BP4", "SR-UNSURE"]


def assert_no_sideways_scroll(page) -> None:
    widths = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert widths[0] <= widths[1], (page.url, widths)


def test_form_is_complete_without_javascript_at_320_pixels(open_page):
    page = open_page(script=False, width=320)

    for path in ("/", "/learn/", "/learn/how-iv-compares/", "/faq/", "/intake/"):
        page.goto(path)
        assert_no_sideways_scroll(page)
    begin(page)
    walk(page, CHANGES, tries=[RIGHT | {"tb-3": "not-sure"}, RIGHT], each=assert_no_sideways_scroll)
    reference = send(page)
    assert_no_sideways_scroll(page)

    assert_kept(reference)


def test_form_is_complete_by_keyboard_alone(open_page):
    page = open_page(width=1280)
    wanted = typed(QUIET | CHANGES)

    page.goto("/")
    tab_to(page, "Start intake")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    for _ in range(80):
        complete(page, wanted)
        if "/sent/" in page.url:
            break

    expect(page.get_by_role("heading", level=1)).to_have_text("Your form was sent")
    assert_kept(page.locator(".reference").inner_text())


def assert_kept(reference: str) -> None:
    """The rows hold what was answered, nothing that was not asked, and the flags of it."""
    submission = Submission.objects.get(reference=reference)
    asked = Response(definition(), complete_answers(CHANGES)).enabled

    assert {**submission.identity, **submission.answers} == asked
    assert sorted(submission.flags.values_list("rule", flat=True)) == FLAGS
