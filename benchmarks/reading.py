"""`python -m benchmarks.reading`: what each public page asks of a reader and of a phone, on the real content.

Words and reading grade as `measure_pages` has them; height at 360 px, sheets of paper (Letter), what a first visit
fetches, what one after it fetches, and how far the page shifts, in Chromium.
"""

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from benchmarks.public import PORT, manage, own_environment
from benchmarks.serving import serving

SCREEN = 740  # pixels of a phone that show a page
HELP = "get-help-now"
PATHS = (
    "/",
    "/learn/",
    "/faq/",
    "/glossary/",
    "/evidence/",
    "/search/",
    "/get-help-now/",
    "/privacy/",
    "/accessibility/",
)
SHEET = re.compile(rb"/Type\s*/Page\b")
SHIFTS = """() => new Promise(done => {
  let sum = 0
  const seen = new PerformanceObserver(list => list.getEntries().forEach(entry => sum += entry.value))
  seen.observe({type: 'layout-shift', buffered: true})
  setTimeout(() => done(sum), 200)
})"""


@dataclass(frozen=True)
class Visit:
    """A first visit of a phone, with nothing kept, and the one after it."""

    path: str
    height: int
    requests: int
    html: int  # bytes as sent, with the headers
    weight: int
    again: int
    shift: float
    sheets: int

    @property
    def screens(self) -> float:
        return self.height / SCREEN


@contextmanager
def served() -> Iterator[str]:
    """Serve the real content as it is deployed; give the address."""
    with TemporaryDirectory(prefix="previsit-reading-") as name:
        environment = own_environment(Path(name))
        for words in (["migrate"], ["load_content"], ["load_questionnaires"], ["collectstatic", "--no-input"]):
            manage(environment, *words)
        with serving("clinic.wsgi:application", PORT, environment):
            yield f"http://localhost:{PORT}"


@contextmanager
def chromium() -> Iterator[Browser]:
    from tests.conftest import CHROMIUM

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


def visit(browser: Browser, address: str, path: str) -> Visit:
    context = browser.new_context(viewport={"width": 360, "height": SCREEN}, is_mobile=True, has_touch=True)
    page = context.new_page()
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    bytes_of: dict[str, int] = {}
    documents: list[str] = []
    network.on("Network.loadingFinished", lambda event: note(bytes_of, event))
    network.on("Network.requestWillBeSent", lambda event: note_document(documents, event))
    page.goto(address + path, wait_until="networkidle")
    first, html = list(bytes_of.values()), bytes_of[documents[0]]
    height = page.evaluate("document.documentElement.scrollHeight")
    shift = page.evaluate(SHIFTS)
    bytes_of.clear()
    page.goto("about:blank")
    page.goto(address + path, wait_until="networkidle")
    again = sum(bytes_of.values())
    sheets = len(SHEET.findall(page.pdf(format="Letter")))
    context.close()
    return Visit(path, height, len(first), html, sum(first), again, shift, sheets)


def note(bytes_of: dict[str, int], event: dict[str, Any]) -> None:
    bytes_of[event["requestId"]] = int(event["encodedDataLength"])


def note_document(documents: list[str], event: dict[str, Any]) -> None:
    if event["type"] == "Document":
        documents.append(event["requestId"])


def read_pages() -> dict[str, tuple[int, float]]:
    """Return words and reading grade of each page of the content, in the order it is read."""
    from education.documents.load import parse_files, read_folder
    from education.documents.measure import blocks_of, page_words, reading_grade
    from education.documents.targets import Targets
    from education.management.commands.load_content import CONTENT

    documents = parse_files(read_folder(CONTENT / "en"))
    said = Targets.of(documents).said
    pages = sorted((row for row in documents if row.kind == "pages"), key=lambda row: row.meta["number"])
    paths = {row.name: "/get-help-now/" if row.name == HELP else f"/learn/{row.name}/" for row in pages}
    return {paths[row.name]: (page_words(row, said), reading_grade(blocks_of(row, said))) for row in pages}


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    read = read_pages()
    print("| page | words | grade | px | screens | sheets | requests | HTML | first visit | again | shift |")
    print("|---|" + "---|" * 10)
    with served() as address, chromium() as browser:
        for path in (*read, *(path for path in PATHS if path not in read)):
            words, grade = read.get(path, ("", ""))
            one = visit(browser, address, path)
            print(
                f"| {path} | {words} | {grade} | {one.height:,} | {one.screens:.1f} | {one.sheets} | {one.requests} "
                f"| {one.html:,} | {one.weight:,} | {one.again:,} | {one.shift:g} |",
                flush=True,
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
