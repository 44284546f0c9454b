import re
from collections import Counter
from datetime import date
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve

from clinic.web.page_cache import forget_pages
from education.documents.load import load_folder
from education.models import FaqEntry, Page, Section
from tests.education.folders import claim, faq, page, write_tree

SLUGS = [
    "what-is-iv-ketamine",
    "how-iv-compares",
    "benefits-evidence",
    "risks-side-effects",
    "tell-us-first",
    "infusion-day",
    "driving-home",
    "after-treatment",
    "other-options",
    "cost-approval",
    "references",
]
URLS = ["/learn/", "/faq/", "/faq/?open=all", "/glossary/", "/evidence/", "/get-help-now/"] + [
    f"/learn/{slug}/" for slug in SLUGS
]

OTHERS = ["/", "/privacy/", "/accessibility/"]


class Markup(HTMLParser):
    """What the tests ask of a page: its headings, ids, links, and anything inline."""

    def __init__(self, text):
        super().__init__()
        self.headings, self.ids, self.links, self.inline = [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if "id" in attributes:
            self.ids.append(attributes["id"])
        if tag == "a":
            self.links.append(attributes.get("href", ""))
        if tag in ("script", "style") or "style" in attributes or any(name.startswith("on") for name in attributes):
            self.inline.append(tag)


def markup(client, url):
    response = client.get(url)
    assert response.status_code == 200
    return Markup(response.content.decode())


def test_public_pages_are_the_same_for_everyone_and_can_be_kept(client, content):
    found = {}
    for url in URLS:
        response = client.get(url)
        again = client.get(url, headers={"if-none-match": response.headers["ETag"]})
        found[url] = (
            response.status_code,
            response.headers.get("Vary", "Accept-Encoding"),
            dict(response.cookies),
            again.status_code,
            client.post(url).status_code,
        )

    assert found == {url: (200, "Accept-Encoding", {}, 304, 405) for url in URLS}


def test_public_pages_are_well_made(client, content):
    found = {}
    for url in URLS:
        shown = markup(client, url)
        skipped = [pair for pair in pairwise(shown.headings) if pair[1] - pair[0] > 1]
        twice = [name for name, count in Counter(shown.ids).items() if count > 1]
        found[url] = (shown.headings.count(1), skipped, twice, shown.inline)

    assert found == {url: (1, [], [], []) for url in URLS}


def test_every_internal_link_leads_to_a_place_that_is_there(client, content):
    pages = {url: markup(client, url) for url in URLS}
    missing = set()
    for url, shown in pages.items():
        for link in shown.links:
            target, _, anchor = link.partition("#")
            target = target or url
            if not target.startswith("/"):
                continue
            path = target.partition("?")[0]
            if path.startswith("/intake/"):
                resolve(path)  # raises when there is no such address; what it answers is tested with the intake
            elif path not in OTHERS and (path not in pages or (anchor and anchor not in pages[path].ids)):
                missing.add((url, link))

    assert missing == set()


def test_learn_lists_the_pages_in_order_with_question_and_time(client, content):
    text = client.get("/learn/").content.decode()

    places = [text.index(page.question.replace("'", "&#x27;")) for page in Page.objects.published("en")]
    assert places == sorted(places)
    assert len(re.findall(r"\d+ minutes?\s*</span>", text)) == 12


def test_get_help_now_has_one_address(client, content):
    response = client.get("/learn/get-help-now/")

    assert (response.status_code, response.headers["Location"]) == (301, "/get-help-now/")


def test_unpublished_page_is_not_found(client, content):
    Page.objects.filter(slug="driving-home").update(is_published=False)

    assert client.get("/learn/driving-home/").status_code == 404
    assert "/learn/driving-home/" not in markup(client, "/learn/").links


def test_get_help_now_answers_without_its_row(client, db):
    assert_help(client.get("/get-help-now/"))


def test_get_help_now_answers_when_the_database_does_not(content):
    def refuse(execute, sql, params, many, context):
        raise OperationalError("the database is away")

    with connection.execute_wrapper(refuse):
        response = Client().get("/get-help-now/")

    assert_help(response)


def assert_help(response):
    assert response.status_code == 200
    page = Markup(response.content.decode())
    assert {"tel:988", "sms:988", "tel:911", "sms:838255", "sms:741741"} <= set(page.links)
    assert {"now", "emergency", "talk"} <= set(page.ids)


def test_get_help_now_shows_the_panel_first(client, content):
    text = client.get("/get-help-now/").content.decode()

    assert text.count('data-panel="suicide-1"') == 1
    assert text.index('data-panel="suicide-1"') < text.index("key-points-title")


# A small tree, for what must be exact ------------------------------------------------------------


@pytest.fixture
def small(db, tmp_path):
    def load(*documents):
        load_folder(write_tree(tmp_path, *documents), "en")

    return load


def show(client):
    return client.get("/learn/what-it-is/").content.decode()


def test_claim_carries_its_anchor_once_and_is_linked_to_afterwards(client, small):
    small(page("## A {#basics}\n\n{claim IV-01}\n\n## B {#b}\n\n{claim IV-01}"))

    text = show(client)

    assert text.count('id="claim-iv-01"') == 1
    assert text.count("We say 1.") == 2
    assert text.index('id="claim-iv-01"') < text.index('href="#claim-iv-01"')


def test_claim_shows_its_grade_in_words_and_its_sources_by_number(client, small):
    small(claim(grade="disputed"))

    text = show(client)

    assert re.search(r"</svg> Disputed</span>", text)
    assert '<a href="#ref-1">' in text
    assert re.search(r'<li id="ref-1">\s*<span class="source-title"><a href="https://example.org/smith">A trial', text)


def test_dropped_claim_is_shown_only_as_what_some_clinics_say(client, small):
    small(claim(verdict="drop"))

    text = re.sub(r"\s+", " ", show(client))

    assert "<strong>Some clinics say:</strong> Clinics say 1." in text
    assert "<strong>What the evidence says:</strong> We say 1." in text
    assert "<p>Evidence 1.</p>" in text
    assert text.count("Clinics say 1.") == 1


def test_claim_that_is_kept_never_shows_what_clinics_say(client, small):
    small(claim(verdict="correct"))

    assert "Clinics say 1." not in show(client)


def test_page_says_that_nobody_has_reviewed_it(client, small):
    small()

    assert "Not yet reviewed by this clinic's clinician" in unescape(show(client))


def test_page_shows_who_reviewed_it_and_when_it_is_due(client, small):
    small()
    Page.objects.get().sign_off(by="Dr. Ada Lee", on=date(2020, 1, 15))

    text = show(client)

    assert all(words in text for words in ("January 15, 2020", "Dr. Ada Lee", "July 15, 2020", "(overdue)"))
    assert "Not yet reviewed" not in text


def test_words_of_staff_cannot_break_out_of_the_page(client, small):
    small()
    Section.objects.update(body="<script>alert(1)</script>\n\n{claim IV-01}", heading="<b>x</b>")

    text = show(client)

    assert "<script" not in text
    assert "<b>x</b>" not in text


def test_faq_opens_what_is_asked_for(client, small):
    small(faq(2))

    assert client.get("/faq/").content.count(b" open>") == 0
    assert re.findall(r'id="(faq-\d\d)" open>', client.get("/faq/?open=faq-02").content.decode()) == ["faq-02"]
    assert client.get("/faq/?open=all").content.count(b" open>") == 2


def test_faq_links_to_the_section_and_the_claims_behind_an_answer(client, small):
    small()

    links = markup(client, "/faq/").links

    assert {"/learn/what-it-is/#basics", "/evidence/#claim-iv-01", "/faq/?open=faq-01#faq-01"} <= set(links)
    assert {"tel:988", "sms:988", "tel:911"} <= set(links)


def test_evidence_names_every_section_that_carries_a_claim(client, small):
    small(page("## A {#basics}\n\n{claim IV-01}\n\n## B {#b}\n\n{claim IV-01}"))

    page_markup = markup(client, "/evidence/")

    assert "claim-iv-01" in page_markup.ids
    assert {"/learn/what-it-is/#basics", "/learn/what-it-is/#b"} <= set(page_markup.links)


def more_rows(number):
    """One page with `number` sections, claims and questions."""
    anchors = ["basics", *(f"s{n}" for n in range(2, number + 1))]
    body = "\n\n".join(f"## S {{#{anchor}}}\n\n{{claim IV-{n:02}}}" for n, anchor in enumerate(anchors, 1))
    return [page(body), *(claim(n) for n in range(1, number + 1)), *(faq(n) for n in range(1, number + 1))]


@pytest.mark.parametrize("url", ["/learn/", "/learn/what-it-is/", "/faq/", "/glossary/", "/evidence/"])
def test_public_page_asks_the_same_number_of_queries_at_any_length(client, small, url):
    counts = []
    for number in (1, 3):
        small(*more_rows(number))
        forget_pages()
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        counts.append(len(queries))

    assert FaqEntry.objects.count() == 3
    assert counts[0] == counts[1]


def test_sitemap_lists_the_pages_and_the_lists(client, content):
    text = client.get("/sitemap.xml").content.decode()

    assert text.count("<loc>") == 16
    assert "/get-help-now/</loc>" in text
