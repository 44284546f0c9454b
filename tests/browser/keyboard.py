"""Do everything with Tab, Space, arrows and Enter, and see at every stop where the focus is."""

from collections.abc import Mapping
from typing import Any

from playwright.sync_api import Page

MANY = 400  # more stops than any page has

# The ring stands on the element, or on the card that is its label.
FOCUSED = """() => {
  const node = document.activeElement;
  if (!node || node === document.body) return null;
  const hasRing = (one) => {
    if (!one) return false;
    const style = getComputedStyle(one);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  };
  const box = node.getBoundingClientRect();
  return {
    name: node.name || "",
    type: node.type || "",
    value: node.value || "",
    checked: Boolean(node.checked),
    words: (node.textContent || "").trim().replace(/\\s+/g, " "),
    isMain: node.matches(".actions .btn-primary"),
    isSeen: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    hasRing: hasRing(node) || hasRing(node.nextElementSibling) || hasRing(node.closest(".option")),
  };
}"""


def focused(page: Page) -> dict[str, Any] | None:
    found: dict[str, Any] | None = page.evaluate(FOCUSED)
    return found


def tab(page: Page) -> dict[str, Any] | None:
    """Go one stop on; what has the focus must be in sight and have a ring."""
    page.keyboard.press("Tab")
    stop = focused(page)
    if stop is not None:
        assert stop["isSeen"], (page.url, stop)
        assert stop["hasRing"], (page.url, stop)
    return stop


def tab_to(page: Page, words: str) -> None:
    """Tab to the link or button with these words."""
    for _ in range(MANY):
        stop = tab(page)
        if stop is not None and stop["words"] == words:
            return
    raise AssertionError(f"{words!r} cannot be reached on {page.url}")


def answer(page: Page, stop: dict[str, Any], wanted: Any) -> None:
    """Answer the control that has the focus."""
    press = page.keyboard.press
    if stop["type"] == "radio":
        if stop["value"] == wanted:
            press("Space")
        while stop["value"] != wanted:
            press("ArrowDown")
            stop = focused(page) or {}
    elif stop["type"] == "checkbox":
        is_wanted = wanted == "on" or stop["value"] in wanted
        if is_wanted != stop["checked"]:
            press("Space")
    elif stop["type"].startswith("select"):
        while stop["value"] != wanted:
            press("ArrowDown")
            stop = focused(page) or {}
    elif stop["value"] != wanted:
        page.keyboard.type(wanted)


def complete(page: Page, wanted: Mapping[str, Any]) -> None:
    """Go through a page stop by stop, answer what is wanted, and press its main button or link with Enter."""
    for _ in range(MANY):
        stop = tab(page)
        if stop is None:
            continue
        if stop["isMain"]:
            with page.expect_navigation():
                page.keyboard.press("Enter")
            return
        if stop["words"] == "Go to the end to send it":
            page.keyboard.press("Enter")
        elif stop["name"] in wanted:
            answer(page, stop, wanted[stop["name"]])
    raise AssertionError(f"the main button cannot be reached on {page.url}")
