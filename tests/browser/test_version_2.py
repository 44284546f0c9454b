"""The second version's pages as they look: axe, large text, errors, segments; and pages of learning on paper."""

import re

import pytest
from playwright.sync_api import Page, expect

from education.models import Page as LearnPage
from intake.questionnaires.publishing import publish
from tests.browser.checking import DIAGONAL, comes_true, goes_sideways, violations
from tests.browser.walking import give_draft, open_question, press_continue
from tests.intake.cases_v2 import complete_answers, documents, response

pytestmark = [pytest.mark.browser, pytest.mark.once]

# Answers that switch the follow-up pages on; none opens a page of help, which would come first.
EVERYTHING = {
    "filled-by": "proxy",
    "visit-reason": ["depression", "ptsd", "anxiety", "long-term-pain", "other"],
    "other-treatments": ["not-sure"],
    "bp-diagnosis": "yes",
    "heart-any": "yes",
    "brain-vessels-any": "not-sure",
    "seizures": "yes",
    "liver-disease": "yes",
    "health-list": ["not-sure"],
    "psychosis-ever": "yes",
    "mind-list": ["not-sure"],
    "med-kinds-list": ["not-sure"],
    "auditc-q1": "LA18929-2",
    "ketamine-misuse": "yes",
}
SMALLEST_SEGMENT = "() => Math.min(...[...document.querySelectorAll('.segments label')].map(node => node.offsetHeight))"
STICKS = "node => getComputedStyle(node).position === 'sticky'"


@pytest.fixture
def form_page(page: Page) -> Page:
    publish(documents())
    return page


@pytest.mark.long
def test_every_page_has_no_violation_and_takes_large_text(form_page):
    answers = complete_answers(EVERYTHING)
    give_draft(form_page, answers=answers)
    found = []
    slugs = [page.link_id for page in response(EVERYTHING).pages]
    for slug in slugs:
        open_question(form_page, slug)
        form_page.locator("details").evaluate_all("nodes => nodes.forEach(node => { node.open = true; })")
        found += violations(form_page, DIAGONAL)
        form_page.set_viewport_size({"width": 320, "height": 900})
        if form_page.locator(".segments").count() and form_page.evaluate(SMALLEST_SEGMENT) < 48:
            found.append(f"{slug}: a segment is less than 48 px high")
        form_page.evaluate("document.documentElement.style.fontSize = '200%'")
        if goes_sideways(form_page):
            found.append(f"{slug}: the page scrolls sideways with text twice as large")

    assert len(slugs) > 20
    assert found == []


@pytest.mark.parametrize("slug", ["you", "contact", "reasons", "mood", "heart-head", "body", "medicines", "sign"])
def test_a_page_with_errors_has_no_violation_and_says_them_above_the_controls(form_page, slug):
    blank = {
        link_id: None
        for page in response().pages
        if page.link_id == slug
        for link_id in [item.link_id for item in page.items] + ["med-none"]
    }
    give_draft(form_page, answers=complete_answers(blank))
    open_question(form_page, slug)
    press_continue(form_page)
    expect(form_page.locator(".error-summary")).to_be_visible()

    assert violations(form_page, DIAGONAL) == []
    for field in form_page.locator(".field.is-invalid").all():
        error, control = field.locator(".error").first, field.locator(":is(input, select, textarea)").first
        described = control.evaluate(
            "node => (node.closest('.field > fieldset') || node).getAttribute('aria-describedby')"
        )
        assert error.get_attribute("id") in described.split()
        assert error.evaluate(
            "(node) => Boolean(node.compareDocumentPosition(node.closest('.field').querySelector("
            "'input, select, textarea')) & Node.DOCUMENT_POSITION_FOLLOWING)"
        )


def test_rows_stand_beside_their_question_from_600_px_and_under_it_before(form_page):
    give_draft(form_page, answers=complete_answers())
    open_question(form_page, "medicine-kinds")
    row = form_page.locator(".segments").first

    for width, is_beside in ((599, False), (600, True), (1280, True)):
        form_page.set_viewport_size({"width": width, "height": 800})
        assert comes_true(form_page, f"innerWidth === {width}")
        question, control = row.locator("legend").bounding_box(), row.locator(".options").bounding_box()
        assert question
        assert control
        assert (control["x"] >= question["x"] + question["width"]) == is_beside, width


def test_the_whole_of_a_segment_can_be_pressed(form_page):
    give_draft(form_page, answers=complete_answers({"liver-disease": None}))
    open_question(form_page, "body")
    row = form_page.locator("#div_id_liver-disease .option")

    for segment in row.all():
        for x, y in ((3, 3), (-3, -3)):
            form_page.locator("#id_liver-disease_0").evaluate("node => { node.form.reset(); }")
            box = segment.bounding_box()
            assert box
            segment.click(position={"x": x % box["width"], "y": y % box["height"]})
            assert segment.locator("input").is_checked()


def test_none_of_these_clears_the_others_and_they_clear_it(form_page):
    give_draft(form_page, answers=complete_answers({"health-list": ["kidney", "bladder"]}))
    open_question(form_page, "body")
    kidney, bladder, none = (
        form_page.locator(f'[name="health-list"][value="{code}"]') for code in ("kidney", "bladder", "none")
    )

    none.check()
    assert (kidney.is_checked(), bladder.is_checked(), none.is_checked()) == (False, False, True)
    bladder.check()
    kidney.check()
    assert (kidney.is_checked(), bladder.is_checked(), none.is_checked()) == (True, True, False)


def test_a_page_of_learning_prints_on_four_sheets_at_most(page):
    sheets = {}
    for slug in LearnPage.objects.exclude(slug="references").values_list("slug", flat=True):
        page.goto(f"/learn/{slug}/")
        sheets[slug] = len(re.findall(rb"/Type\s*/Page[^s]", page.pdf(format="Letter", prefer_css_page_size=True)))

    assert {slug: count for slug, count in sheets.items() if count > 4} == {}


def test_contents_follow_beside_the_text_where_there_is_room(page):
    page.goto("/learn/risks-side-effects/")
    contents, text = page.locator(".contents-side"), page.locator(".page-text")
    beside, words = contents.bounding_box(), text.bounding_box()
    assert beside
    assert words
    assert beside["x"] >= words["x"] + words["width"]

    page.evaluate("scrollTo(0, 2500)")

    expect(contents).to_be_in_viewport()
    assert contents.evaluate(STICKS)
