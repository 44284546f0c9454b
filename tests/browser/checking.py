"""axe on a page, in each look: narrow and wide, light and dark."""

import re
import time
from pathlib import Path

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# Without `preload`: axe would put style sheets into the page that the Content-Security-Policy rightly refuses.
OPTIONS = {"resultTypes": ["violations"], "preload": False}
ALL_RULES = {"runOnly": {"type": "tag", "values": TAGS}, **OPTIONS}
# What a page's other color scheme can change at a width that was looked at.
COLORS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}, **OPTIONS}
# Only what is told of it comes back from the page: axe's whole answer takes longer to send than a small page to check.
CHECK = """options => axe.run(document, options).then(found => found.violations.map(
  violation => [violation.id, violation.nodes.slice(0, 5).map(node => node.target)]))"""
DIAGONAL = [(320, "light"), (1280, "dark")]
ALL_LOOKS = [*DIAGONAL, (320, "dark"), (1280, "light")]
# The stock admin fades its links from one color to the other.
SETTLED = """Promise.race([
  Promise.allSettled(document.getAnimations().map(animation => animation.finished)),
  new Promise(resolve => setTimeout(resolve, 3000)),
]).then(() => true)"""
FITS = "document.documentElement.scrollWidth <= window.innerWidth"
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "accessibility.md"
ALLOWED_ROW = re.compile(r"^\| `([^`]+)` \| `([a-z0-9-]+)` \|", re.MULTILINE)

Violation = tuple[str, str]  # the page and the rule


def violations(page: Page, looks: list[tuple[int, str]] = ALL_LOOKS) -> list[str]:
    """Give what axe finds on the page that is open, with the look, the rule and the elements."""
    found = []
    widths: set[int] = set()
    page.wait_for_load_state()
    page.evaluate(AXE_SCRIPT)
    for width, scheme in looks:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        page.evaluate(SETTLED)
        if goes_sideways(page):
            found.append(f"{page.url} {width} {scheme}: the page scrolls sideways")
        for rule, nodes in page.evaluate(CHECK, COLORS if width in widths else ALL_RULES):
            found.append(f"{page.url} {width} {scheme}: {rule} {nodes}")
        widths.add(width)
    return found


def goes_sideways(page: Page) -> bool:
    """Say whether a page is wider than its window, which may need a moment when it was just resized."""
    return not comes_true(page, FITS, seconds=3)


def comes_true(page: Page, expression: str, seconds: int = 30) -> bool:
    """Ask the page until it is so.

    The time is kept here: a page without scripts has no timer, and the Content-Security-Policy of the others forbids
    what Playwright's `wait_for_function` does from its second look on.
    """
    until = time.monotonic() + seconds
    while not page.evaluate(expression):
        if time.monotonic() > until:
            return False
        page.wait_for_timeout(50)
    return True


def rules(page: Page) -> set[str]:
    """Give only the names of the rules that the page breaks in some look."""
    return {line.split(": ", 1)[1].split(" ")[0] for line in violations(page) if "sideways" not in line}


def allowed() -> set[Violation]:
    """Read the list of what only upstream can cure: rule and page."""
    return set(ALLOWED_ROW.findall(DOCUMENT.read_text(encoding="utf-8")))
