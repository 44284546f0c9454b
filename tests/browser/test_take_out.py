"""What leaves the desk, in a browser: the sheets, the text for a chart, FHIR, and paper."""

import json
from io import BytesIO
from pathlib import Path

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.browser.checking import violations
from tests.browser.test_desk import ELEVEN
from tests.browser.walking import press, sign_in
from tests.intake.submissions import make_staff, make_submission

pytestmark = [pytest.mark.browser, pytest.mark.once]
SHEETS = 2


def test_a_clinician_takes_a_form_out(open_page):
    submission = make_submission(ELEVEN)
    page = open_page()
    sign_in(page, make_staff("clinician"))
    press(page.locator("table.worklist a").first)

    for link, ending in (("One-page summary (PDF)", "-summary.pdf"), ("Full record (PDF)", "-record.pdf")):
        with page.expect_download() as waiting:
            page.get_by_role("link", name=link).click()
        assert waiting.value.suggested_filename == f"{submission.reference}{ending}"
        assert "Alex Example" in PdfReader(waiting.value.path()).pages[0].extract_text()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Save as FHIR").click()
    assert json.loads(Path(waiting.value.path()).read_text())["resourceType"] == "Bundle"

    paper = PdfReader(BytesIO(page.pdf(format="Letter")))
    print(f"the page of eleven flags prints on {len(paper.pages)} sheets")  # noqa: T201
    assert len(paper.pages) <= SHEETS

    press(page.get_by_role("link", name="Text for the chart"))
    box = page.get_by_label("Copy this into the chart")
    assert box.input_value().startswith("Clinical summary: Alex Example")
    assert violations(page) == []
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("status")).to_have_text("Copied.")
