"""The second questionnaire, walked in a browser beside the first, at an address of its own."""

import pytest
from playwright.sync_api import expect

from intake.models import Submission
from intake.questionnaires.publishing import publish
from tests.browser.conftest import WITH_AND_WITHOUT
from tests.browser.walking import begin, fill_boxes, press, slug_of
from tests.intake.factories import posted
from tests.intake.test_second_form import CALM, definition, second

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("script", WITH_AND_WITHOUT)
def test_second_form_is_walked_and_sent_beside_the_first(open_page, script):
    version, _new = publish(second())
    page = open_page(script=script, width=360)
    begin(page)  # the main form stays open beside it

    page.goto(f"/intake/{version.slug}/")
    press(page.get_by_role("button", name="Start the form"))
    seen = []
    while slug := slug_of(page):
        seen.append(slug)
        wanted: dict = {}
        for item in next(one for one in definition().pages if one.link_id == slug).items:
            wanted |= posted(item, CALM.get(item.link_id))
        fill_boxes(page, wanted)
        press(page.locator(".actions button.btn-primary").last)
        expect(page.locator(".error-summary")).to_have_count(0)
    assert f"/intake/{version.slug}/check/" in page.url
    press(page.get_by_role("button", name="Send my form"))

    expect(page.get_by_role("heading", level=1)).to_have_text("Your form was sent")
    submission = Submission.objects.get(reference=page.locator(".reference").inner_text())
    assert submission.version == version
    assert {**submission.identity, **submission.answers} == CALM
    assert seen == ["page-one", "page-two", "page-three"]
    page.goto("/intake/")
    expect(page.get_by_role("link", name="Continue your form")).to_be_visible()
