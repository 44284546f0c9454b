"""A page as it is read: the contents go along on a wide screen, and paper shows all that a click would."""

import pytest

from tests.browser.checking import comes_true

pytestmark = [pytest.mark.browser, pytest.mark.once]
CLICKABLE = "button:not(.term), .btn, input, .search-link, .contents, .pager"
TRIANGLES = "all => all.filter(one => getComputedStyle(one).listStyleType !== 'none').length"
FOLDED = "all => all.filter(one => getComputedStyle(one, '::details-content').contentVisibility === 'hidden').length"
UNPRINTED = (
    "(all) => all.filter(one => !getComputedStyle(one, '::after').content.includes(one.getAttribute('href'))).length"
)


def test_the_contents_follow_and_paper_has_full_addresses_and_nothing_to_press(open_page):
    page = open_page(width=1280)
    page.goto("/learn/risks-side-effects/")
    contents = page.locator(".contents").filter(visible=True)
    page.mouse.wheel(0, 3000)
    assert comes_true(page, "scrollY > 2000")
    box = contents.bounding_box()
    assert box is not None
    assert 0 <= box["y"] < 100
    text = page.locator(".page-text").bounding_box()
    assert text is not None
    assert box["x"] >= text["x"] + text["width"]

    page.emulate_media(media="print")

    assert page.locator(CLICKABLE).filter(visible=True).count() == 0
    assert page.locator("summary").evaluate_all(TRIANGLES) == 0
    assert page.locator("details").evaluate_all(FOLDED) == 0
    links = page.locator('main a[href^="http"]')
    assert links.count() > 5
    assert links.evaluate_all(UNPRINTED) == 0
