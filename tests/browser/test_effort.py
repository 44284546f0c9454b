"""What the built form asks of three people, measured at 360 by 740: pages, taps, words, screens."""

import re
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Page

from intake.journey.addresses import HELP
from intake.questionnaires.publishing import publish
from tests.browser.walking import CONTROLS, slug_of
from tests.intake import cases_v2
from tests.intake.factories import posted
from tests.intake.test_effort import HEALTHY, IN_CRISIS, IN_PAIN

pytestmark = pytest.mark.browser

HEIGHT = 740
DRIVING = "driving-rule"
RIGHT = {"tb-1": cases_v2.QUIET["tb-1"]}
# The words of the main part that are on the screen: nothing in a closed part, nothing for the ear alone.
WORDS = """() => {
  const main = document.querySelector("main").cloneNode(true);
  const gone = "details:not([open]) > :not(summary), .visually-hidden, datalist, option:not([selected])";
  for (const part of main.querySelectorAll(gone)) part.remove();
  return main.innerText ?? main.textContent;
}"""


@dataclass
class Measured:
    pages: int = 0
    answers: int = 0
    words: int = 0
    screens: float = 0
    characters: int = 0
    seen: list[str] = field(default_factory=list)

    @property
    def taps(self) -> int:
        return self.answers + self.pages

    @property
    def minutes(self) -> float:
        return self.words / 200 + (self.taps * 2.5 + self.characters * 0.3) / 60


def measure(page: Page, changes: dict) -> Measured:
    """Walk the form as this person, and count."""
    found = Measured()
    page.goto("/intake/")
    page.locator("main form button").first.click()
    answers = cases_v2.QUIET | changes
    definition = cases_v2.definition()
    while slug := slug_of(page):
        found.pages += 1
        found.seen.append(slug)
        words = len(re.findall(r"\S+", page.evaluate(WORDS)))
        found.words += words
        found.screens += page.evaluate("document.documentElement.scrollHeight") / HEIGHT
        if slug.startswith(HELP):
            page.locator("main form button").first.click()
            continue
        wanted: dict = {}
        for item in next(one for one in definition.pages if one.link_id == slug).items:
            wanted |= posted(item, answers.get(item.link_id))
        if found.seen.count(slug) > 1:  # the no-driving questions once more
            wanted |= RIGHT
        fill(page, wanted, found)
        page.locator(".actions button.btn-primary").last.click()
        assert page.locator(".error-summary").count() == 0, (slug, page.locator(".error-summary").inner_text())
    return found


def fill(page: Page, wanted: dict, found: Measured) -> None:
    controls = page.locator(CONTROLS).evaluate_all("nodes => nodes.map(node => [node.name, node.type])")
    for name, kind in dict(controls).items():
        value = wanted.get(name)
        if value is None:
            continue
        control = page.locator(f'#questions [name="{name}"]')
        if kind == "checkbox" and value == "on":
            control.check()
            found.answers += 1
        elif kind in ("radio", "checkbox"):
            for code in [value] if isinstance(value, str) else value:
                page.locator(f'#questions [name="{name}"][value="{code}"]').check()
                found.answers += 1
        elif kind.startswith("select"):
            control.select_option(value)  # the unit that stands there already is no tap
        else:
            control.fill(value)
            found.answers += 1
            found.characters += len(value)


def test_the_form_takes_no_more_than_this_of_three_people(open_page):
    publish(cases_v2.documents())
    people = {"healthy woman": HEALTHY, "in crisis": IN_CRISIS, "in pain": IN_PAIN}
    rows = {}
    for name, changes in people.items():
        page = open_page(width=360)
        page.set_viewport_size({"width": 360, "height": HEIGHT})
        rows[name] = measure(page, changes)

    print(f"{'':15} pages answers taps words screens minutes")  # noqa: T201
    for name, row in rows.items():
        print(  # noqa: T201
            f"{name:15} {row.pages:5} {row.answers:7} {row.taps:4} {row.words:5} {row.screens:7.1f} {row.minutes:7.1f}"
        )
    healthy = rows["healthy woman"]
    assert healthy.pages <= 16, healthy
    assert healthy.answers <= 71, healthy
    assert healthy.taps <= 87, healthy
    assert healthy.words <= 2450, healthy
    assert healthy.screens <= 45, healthy
    assert rows["in crisis"].pages <= 23, rows["in crisis"]
    assert rows["in pain"].pages <= 20, rows["in pain"]
