"""Walk the second version as a person does, with what is typed on every page, and what is seen of it."""

from collections.abc import Callable, Mapping
from typing import Any

from playwright.sync_api import Page, expect

from intake.journey.addresses import HELP
from tests.browser.walking import CONTROLS, fill_boxes, press, slug_of
from tests.intake import cases_v2
from tests.intake.factories import posted

DRIVING = "driving-rule"
RIGHT = {link_id: cases_v2.QUIET[link_id] for link_id in ("tb-1", "tb-2", "tb-3")}

Each = Callable[[str, dict[str, Any]], None]  # of the page's name and what is going to be filled in


def go(page: Page, changes: Mapping[str, Any], each: Each | None = None) -> list[str]:
    """Go from the first page of questions to the check page; `each` is called when everything is filled in."""
    answers = cases_v2.QUIET | dict(changes)
    seen: list[str] = []
    while slug := slug_of(page):
        seen.append(slug)
        filled: dict[str, Any] = {}
        if not slug.startswith(HELP):
            filled = boxes(slug, answers | (RIGHT if seen.count(DRIVING) > 1 else {}))
            add_rows(page, filled)
            fill_boxes(page, filled)
            there = set(page.locator(CONTROLS).evaluate_all("nodes => nodes.map(node => node.name)"))
            filled = {name: value for name, value in filled.items() if name in there}
        if each:
            each(slug, filled)
        press(page.locator(".actions .btn-primary").last)
        assert page.locator(".error-summary").count() == 0, (slug, page.locator(".error-summary").inner_text())
        assert len(seen) < 40, seen
    return seen


def boxes(slug: str, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return what stands in each control of a page for these answers."""
    items = next(one for one in cases_v2.definition().pages if one.link_id == slug).items
    found: dict[str, Any] = {}
    for item in items:
        found |= posted(item, answers.get(item.link_id))
    return {name: value for name, value in found.items() if value is not None}


def add_rows(page: Page, filled: Mapping[str, Any]) -> None:
    """Press 'Add another' until there is a row for everything."""
    for name in (name for name in filled if "[" in name and filled[name]):
        box = page.locator(f'#questions [name="{name}"]')
        if not box.count():
            page.locator("button[name=add]").click()
            expect(box).to_be_attached()
            page.wait_for_load_state()  # without a script it is another page
