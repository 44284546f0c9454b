"""What the built form asks of three people, measured at 360 by 740 from the first page to the printed confirmation."""

import re
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Page

from intake.journey.addresses import HELP
from intake.models import Submission
from intake.questionnaires.publishing import publish
from tests.browser.checking import violations
from tests.browser.version_2 import go
from tests.browser.walking import press
from tests.intake import cases_v2
from tests.intake.test_effort import HEALTHY, IN_CRISIS, IN_PAIN

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.long]

PEOPLE = {"healthy woman": HEALTHY, "in crisis": IN_CRISIS, "in pain": IN_PAIN}
PHONE = {"width": 360, "height": 740}
FIRST_RELEASE = {  # pages, answers, taps, words, screens; the first two were measured, the third was counted
    "healthy woman": (43, 105, 148, 4408, 117),
    "in crisis": (46, 119, 166, 8717, None),
    "in pain": (43, 103, 146, 4350, None),
}
# The words of the main part that are on the screen: nothing in a closed part, nothing for the ear alone.
WORDS = """() => {
  const main = document.querySelector("main").cloneNode(true);
  const gone = "details:not([open]) > :not(summary), .visually-hidden, datalist, option:not([selected])";
  for (const part of main.querySelectorAll(gone)) part.remove();
  return main.innerText ?? main.textContent;
}"""
HEIGHT = "document.documentElement.scrollHeight"
TYPED = "nodes => nodes.filter(node => !['radio', 'checkbox'].includes(node.type)).map(node => node.name)"


@dataclass
class Measured:
    answers: int = 0
    words: int = 0
    screens: float = 0
    characters: int = 0
    check: float = 0
    sheets: int = 0
    seen: list[str] = field(default_factory=list)

    @property
    def pages(self) -> int:
        return len(self.seen)

    @property
    def taps(self) -> int:
        return self.answers + self.pages

    @property
    def minutes(self) -> float:
        return self.words / 200 + (self.taps * 2.5 + self.characters * 0.3) / 60


def assert_one_line_of_help(page: Page, is_due: bool) -> None:
    """After a crisis answer a page begins with one line of help, and what it is for stands near the top."""
    bar = page.locator(".help-bar")
    assert bar.count() == is_due, page.url
    assert page.locator(".crisis").count() == 0, page.url
    first = page.locator("h1, .field").first.bounding_box()
    assert first
    assert first["y"] <= 300, (page.url, first)
    if is_due:
        box = bar.bounding_box()
        assert box
        assert box["height"] <= 45.5, (page.url, box)  # 44 px and the hairline under it


def measure(page: Page, changes: dict) -> Measured:
    """Walk the form as this person, and count."""
    found = Measured()

    def count(slug: str, filled: dict) -> None:
        found.words += len(re.findall(r"\S+", page.evaluate(WORDS)))
        found.screens += page.evaluate(HEIGHT) / PHONE["height"]
        if not slug.startswith(HELP):
            assert_one_line_of_help(page, any(name.startswith(HELP) for name in found.seen))
        typed = set(page.locator("#questions :is(input, textarea)").evaluate_all(TYPED))
        for name, value in filled.items():
            if name.endswith("_unit"):
                continue  # the unit that stands there already is no tap
            found.answers += len(value) if isinstance(value, list) else 1
            found.characters += len(value) if name in typed else 0
        found.seen.append(slug)

    page.goto("/intake/")
    press(page.locator("main form button").first)
    go(page, changes, count)
    found.check = page.evaluate(HEIGHT) / PHONE["height"]
    assert_one_line_of_help(page, any(name.startswith(HELP) for name in found.seen))
    return found


def send(page: Page, found: Measured) -> None:
    """Send by the button that is in sight at once; count the printed sheets of what comes."""
    button = page.get_by_role("button", name="My answers are true: send")
    box = button.bounding_box()
    assert box
    assert box["y"] + box["height"] <= PHONE["height"]
    assert violations(page, [(320, "light")]) == []
    press(button)
    assert Submission.objects.filter(reference=page.locator(".reference").inner_text()).exists()
    assert violations(page, [(320, "dark")]) == []
    found.sheets = len(re.findall(rb"/Type\s*/Page[^s]", page.pdf(format="Letter")))


def test_the_form_takes_no_more_than_this_of_three_people(open_page):
    publish(cases_v2.documents())
    rows = {}
    for name, changes in PEOPLE.items():
        page = open_page(width=PHONE["width"])
        page.set_viewport_size(PHONE)
        rows[name] = measure(page, changes)
        send(page, rows[name])

    print(f"\n{'':26} pages answers taps words screens minutes check sheets")  # noqa: T201
    for name, row in rows.items():
        pages, answers, taps, words, screens = FIRST_RELEASE[name]
        print(f"{name + ', first release':26} {pages:5} {answers:7} {taps:4} {words:5} {screens or '':>7}")  # noqa: T201
        print(  # noqa: T201
            f"{name + ', now':26} {row.pages:5} {row.answers:7} {row.taps:4} {row.words:5} {row.screens:7.1f}"
            f" {row.minutes:7.1f} {row.check:5.1f} {row.sheets:6}"
        )
    healthy = rows["healthy woman"]
    assert healthy.pages <= 16, healthy
    assert healthy.answers <= 71, healthy
    assert healthy.taps <= 87, healthy
    assert healthy.words <= 2450, healthy
    assert healthy.screens <= 45, healthy
    assert healthy.check <= 6, healthy
    assert rows["in crisis"].pages <= 23, rows["in crisis"]
    assert rows["in pain"].pages <= 20, rows["in pain"]
    assert max(row.sheets for row in rows.values()) <= 2, rows
