"""The Nu HTML checker on every page that a patient or a visitor can meet, as it was sent: no error at all."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from intake.models import Draft
from intake.questionnaires.publishing import publish
from tests.browser.nu import IS_THERE, html_errors
from tests.intake import cases, cases_v2
from tests.intake.cases import CHILD
from tests.intake.factories import begin, fresh, go_away, page_url, post_page, publish_previsit, put, send, walk
from tests.real_content import put_content
from tests.recording import recorded

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.once,
    pytest.mark.long,
    pytest.mark.skipif(not IS_THERE, reason="no HTML checker: put its jar's path into VNU_JAR, and install Java"),
]

SEARCHES = ("", "?q=ketamin", "?q=suicide", "?q=no-such-word")
MEDICINES = [{"medicine-name": name, "medicine-dose": "1", "medicine-often": "daily"} for name in ("Klonopin", "Xanex")]
LOUD = {"chest-pain-now": "yes", "safety-q2": "yes", "heart-any": "yes", "seizures": "yes", "mind-list": ["bipolar"]}
PLACES = ("start", "go-on", "tasks", "check", "sent", "leave", "clear")


def test_every_public_page_is_valid_html(client):
    put_content()
    addresses = re.findall(r"<loc>https?://[^/]+(/[^<]*)</loc>", client.get("/sitemap.xml").content.decode())
    with recorded() as pages:
        for path in (*addresses, "/faq/?open=all", "/no-such-page/", *(f"/search/{query}" for query in SEARCHES)):
            client.get(path)
        client.get("/", headers={"host": "evil.example"})

    assert len(pages) >= 25
    assert html_errors(pages) == []


@pytest.mark.parametrize("version", [1, 2])
def test_every_page_of_the_form_is_valid_html(version):
    publish_previsit()
    quiet, complete, more = cases.QUIET, cases.complete_answers(), {}
    if version == 2:
        publish(cases_v2.documents())
        quiet, complete = cases_v2.QUIET, cases_v2.complete_answers()
        more = {**LOUD, "medicine": MEDICINES, "med-none": None}
    with recorded() as pages:
        for changes in ({}, more) if more else ({},):
            browser, seen = Client(), []
            draft = begin(browser)
            walk(browser, draft, changes, quiet=quiet, seen=seen)
            visit_all(browser)
            send(browser, draft)
            visit_all(browser)
        show_errors(complete)
        show_the_rest(quiet, complete)

    names = {name.split("/")[2] for name in pages.values() if "/intake/" in name}
    assert names >= {"q", "tasks", "check", "sent", "leave", "clear", "birth-date", "adults"}, names
    assert len(pages) > 2 * len(seen)
    assert html_errors(pages) == []


def visit_all(browser: Client) -> None:
    for place in PLACES:
        browser.get(reverse(f"intake:{place}"))


def show_errors(complete: dict) -> None:
    """Post every page blank, and see it again with what is wrong."""
    browser = Client()
    draft = begin(browser)
    for page in draft.definition.pages:
        put(draft, complete)
        post_page(browser, draft, page.link_id, {})
        browser.get(page_url(page.link_id, draft))
    browser.get(reverse("intake:check"))


def show_the_rest(quiet: dict, complete: dict) -> None:
    """Meet what few do: two tabs, another name as signature, three wrong tries, coming back, being under 18."""
    browser = Client()
    draft = put(begin(browser), complete)
    first = next(page.link_id for page in draft.definition.pages if "legal-name" in [i.link_id for i in page.items])
    for name in ("Somebody Else", "Another Person"):
        post_page(browser, draft, first, quiet | {"legal-name": name}, revision="1")
        browser.get(page_url(first, draft))
    asked = next(page for page in draft.definition.pages if page.kind == "teach-back" or "tb-1" in names_of(page))
    wrong = dict.fromkeys(draft.definition.teach_back, "not-sure")
    put(draft, {q: answer for q, answer in complete.items() if q not in wrong})
    for _try in range(3):
        post_page(browser, draft, asked.link_id, wrong)
        browser.get(page_url(asked.link_id, draft))
    put(draft, complete)
    signed = next(page for page in draft.definition.pages if any(item.role == "signature" for item in page.items))
    post_page(browser, draft, signed.link_id, quiet | {"signature-name": "Nobody At All"})
    browser.get(page_url(signed.link_id, draft))
    put(draft, complete | {"date-of-birth": CHILD})
    browser.get(reverse("intake:tasks"), follow=True)
    go_away(draft, 30)
    browser.get(reverse("intake:tasks"), follow=True)
    browser.post(reverse("intake:birth-date"), {})
    Client().post(page_url(first, fresh(draft)), {"legal-name": "Without a draft"})
    assert Draft.objects.exists()


def names_of(page) -> list[str]:
    return [item.link_id for item in page.items]
