"""Where an answer must not be after a walk: cookies, storage, addresses, the log, the database in clear."""

import logging
from pathlib import Path

import pytest
from django.db import connection
from playwright.sync_api import expect

from intake.models import Draft, Submission
from tests.browser.walking import begin, fill, give_draft, open_question, press, press_continue, send, sign_in, walk
from tests.intake.submissions import make_staff

pytestmark = pytest.mark.browser

MARKS = {
    "legal-name": "Quixotiana Vermillionde",
    "preferred-name": "Zzyzxa",
    "phone-number": "555 0166",
    "email-address": "zyrqoul@example.org",
    "home-address": "77 Wyvernhaus Lane",
    "med-list": "vorpaline 20 mg",
    "other-allergies": "snarkberries",
    "other-conditions": "jabberwitis",
    "escort-name": "Balthazarine Quill",
    "signature-name": "Quixotiana Vermillionde",
    "phq9-q9": "LA6569-3",
    "bp-diagnosis": "not-sure",
}
WORDS = [words for link_id, words in MARKS.items() if link_id not in ("phq9-q9", "bp-diagnosis")]
CODES = ["LA6569-3", "not-sure", "bp-diagnosis"]


@pytest.fixture
def log(caplog):
    """Everything the server logs: Django's own logger does not hand its lines on."""
    logger = logging.getLogger("django")
    logger.addHandler(caplog.handler)
    caplog.set_level(logging.INFO)
    yield caplog
    logger.removeHandler(caplog.handler)


@pytest.mark.long
def test_no_answer_is_left_in_the_browser_the_addresses_the_log_or_the_database(open_page, log, capfd):
    page = open_page()
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url))
    begin(page)
    walk(page, MARKS, each=assert_browser_keeps_nothing, until="your-agreement")
    assert_found_nowhere(WORDS, database_text())  # while it is a draft
    fill(page, {"ack-offlabel": True})
    press_continue(page)  # a page with errors
    walk(page, MARKS, each=assert_browser_keeps_nothing)
    reference = send(page)
    assert_browser_keeps_nothing(page)

    staff = open_page()
    staff.context.on("request", lambda request: asked.append(request.url))
    sign_in(staff, make_staff("clinician"))
    staff.locator("details.find > summary").click()
    staff.get_by_label("Full legal name").fill(MARKS["legal-name"])
    press(staff.get_by_role("button", name="Find"))
    press(staff.get_by_role("link", name=MARKS["legal-name"]))
    staff.locator('details:has-text("vorpaline 20 mg") > summary').first.click()
    expect(staff.get_by_text("vorpaline 20 mg").first).to_be_visible()

    assert Submission.objects.get().identity["legal-name"] == MARKS["legal-name"]
    assert Draft.objects.get().answers == {}
    assert_found_nowhere(WORDS, database_text())
    assert_found_nowhere([*WORDS, *CODES, reference], *asked)
    staff.goto("/no-such-page/")
    written = capfd.readouterr()
    logged = [log.handler.format(record) for record in log.records]
    assert any("/no-such-page/" in line for line in logged), "the watch on the log is deaf"
    assert_found_nowhere([*WORDS, *CODES], *logged, written.out, written.err)


@pytest.mark.once
def test_back_after_clearing_the_device_shows_no_answer(page):
    give_draft(page, MARKS)
    open_question(page, "your-name")
    expect(page.locator("[name=legal-name]")).to_have_value(MARKS["legal-name"])
    page.goto("/intake/check/")
    expect(page.get_by_text("vorpaline 20 mg")).to_be_visible()
    reference = send(page)
    press(page.get_by_role("button", name="Clear this device"))
    expect(page.get_by_role("heading", level=1)).to_have_text("This device is cleared")
    assert page.context.cookies() == []

    for _ in range(4):
        page.go_back()
        assert_found_nowhere([*WORDS, reference], page.content())
    page.goto("/intake/sent/")
    assert_found_nowhere([*WORDS, reference], page.content())
    assert Submission.objects.get().reference == reference


def assert_browser_keeps_nothing(page) -> None:
    storage = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    cookies = page.context.cookies()

    assert storage == "[{},{}]"
    assert {cookie["name"] for cookie in cookies} <= {"csrf", "draft-previsit", "intake-part", "messages", "staff"}
    assert_found_nowhere([*WORDS, *CODES], repr(cookies))


def assert_found_nowhere(words: list[str], *texts: str) -> None:
    found = [word for word in words for text in texts if word.casefold() in text.casefold()]
    assert found == []


def database_text() -> str:
    """Give every value of every table, and on SQLite the bytes of the file too."""
    parts: list[str] = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            for row in cursor.fetchall():
                parts += [as_text(value) for value in row]
    if connection.vendor == "sqlite":
        parts.append(as_text(Path(connection.settings_dict["NAME"]).read_bytes()))
    assert any("IV ketamine" in part for part in parts), "the content is there in clear"
    return "\n".join(parts)


def as_text(value) -> str:
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).decode("utf-8", "replace")
    return str(value)
