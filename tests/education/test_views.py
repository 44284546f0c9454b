import cProfile
import re
import struct
from collections import Counter
from datetime import date
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import brotli
import pytest
from django.conf import settings
from django.contrib.staticfiles.finders import find
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve
from markdown_it import MarkdownIt

from clinic.models import Clinic
from clinic.web.public_pages import forget_pages
from education.documents.body import Body
from education.documents.files import Document
from education.documents.load import load_folder
from education.documents.settings import settings_of
from education.models import Claim, FaqEntry, FigureFacts, GlossaryTerm, Page, Reference
from education.pages.fingerprint import fingerprint
from education.pages.library import Library
from tests.education.folders import claim, faq, figure, page, write_tree
from tests.real_content import put_content

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
    "what-it-feels-like",
    "for-your-helper",
]
URLS = [
    "/learn/",
    "/faq/",
    "/faq/?open=all",
    "/glossary/",
    "/evidence/",
    "/evidence/?grade=trial",
    "/get-help-now/",
] + [f"/learn/{slug}/" for slug in SLUGS]

OTHERS = ["/", "/privacy/", "/accessibility/", "/search/"]
DRAWN = {}


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
        is_ours = tag == "script" and ("src" in attributes or attributes.get("type") == "application/ld+json")
        if (
            (tag in ("script", "style") and not is_ours)
            or "style" in attributes
            or any(name.startswith("on") for name in attributes)
        ):
            self.inline.append(tag)


def markup(client, url):
    response = client.get(url)
    assert response.status_code == 200
    return Markup(response.content.decode())


@pytest.fixture
def drawn(client, request):
    """The public pages of the whole content, drawn once a process: they are the same for whoever only reads them."""
    if not DRAWN:
        request.getfixturevalue("content")
        DRAWN.update((url, markup(client, url)) for url in URLS)
    return DRAWN


def test_the_page_of_every_source_stays_small(client, content):
    assert len(brotli.compress(client.get("/learn/references/").content)) <= 14 * 1024


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


def test_public_pages_are_well_made(drawn):
    found = {}
    for url, shown in drawn.items():
        skipped = [pair for pair in pairwise(shown.headings) if pair[1] - pair[0] > 1]
        twice = [name for name, count in Counter(shown.ids).items() if count > 1]
        found[url] = (shown.headings.count(1), skipped, twice, shown.inline)

    assert found == {url: (1, [], [], []) for url in URLS}


def test_every_internal_link_leads_to_a_place_that_is_there(drawn):
    missing = set()
    for url, shown in drawn.items():
        for link in shown.links:
            target, _, anchor = link.partition("#")
            target = target or url
            if not target.startswith("/"):
                continue
            path = target.partition("?")[0]
            if path.startswith("/intake/"):
                resolve(path)  # raises when there is no such address; what it answers is tested with the intake
            elif (
                path not in OTHERS
                and not path.endswith("/about/")
                and (path not in drawn or (anchor and anchor not in drawn[path].ids))
            ):
                missing.add((url, link))

    assert missing == set()


def test_learn_lists_the_series_in_order_with_the_time_each_takes(client, content):
    text = client.get("/learn/").content.decode()

    pages = Page.objects.published("en").exclude(slug="get-help-now")
    places = [text.index(page.title.replace("'", "&#x27;")) for page in pages]
    assert places == sorted(places)
    assert len(re.findall(r"\d+ minutes?\s*</span>", text)) == 13


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

    assert text.count('data-panel="suicide-2"') == 1
    assert text.index('data-panel="suicide-2"') < text.index('href="tel:711"')


def test_the_glossary_folds_its_unchecked_spanish_words_away(client, content):
    text = client.get("/glossary/").content.decode()
    words, _, spanish = text[text.index("<main") : text.index("</main>")].partition('<details id="spanish">')

    assert "lang=" not in words
    assert "<summary>Spanish (draft, not yet checked by a translator)</summary>" in spanish
    assert 'relapse: <span lang="es">recaída</span>' in spanish


# A small tree, for what must be exact ------------------------------------------------------------


@pytest.fixture
def small(db, tmp_path):
    def load(*documents):
        load_folder(write_tree(tmp_path, *documents), "en")

    return load


def show(client):
    return client.get("/learn/what-it-is/").content.decode()


def test_claim_is_a_sentence_with_one_mark_that_leads_to_the_sources(client, small):
    small(page("## A {#basics}\n\nFirst. {claim IV-01} Then rest."))

    text = re.sub(r"\s+", " ", show(client))

    assert re.search(
        r'<p>First. <span class="claim" id="claim-iv-01">We say 1\. <a class="mark" href="#source-1">', text
    )
    assert re.search(r"</svg>&nbsp;Trials</span>", text)
    assert re.search(r'<li id="source-1"> <span class="source-title"><a href="https://example.org/smith">A trial', text)
    assert '<a href="/evidence/?claim=iv-01#claim-iv-01"' in text


def test_claim_with_nothing_to_prove_has_no_mark(client, small):
    small(claim(statement_grade="none"))

    text = show(client)

    assert "We say 1." in text
    assert 'class="mark"' not in text


@pytest.mark.parametrize("slug", ["get-help-now", "driving-home", "for-your-helper"])
def test_pages_for_people_in_need_carry_no_mark(client, content, slug):
    url = "/get-help-now/" if slug == "get-help-now" else f"/learn/{slug}/"

    assert 'class="mark"' not in client.get(url).content.decode()


def test_page_never_shows_what_clinics_say(client, small):
    small(claim(verdict="drop"))

    assert "Clinics say 1." not in show(client)


def test_setting_is_the_fallback_until_the_clinic_says_it(client, small):
    small(page("## A {#basics}\n\nEat? {setting eating_rule}"))

    assert "Eat? Call us for the hours." in show(client)
    Clinic.objects.update_or_create(pk=1, defaults={"eating_rule": "No food for 6 hours."})
    assert "Eat? No food for 6 hours." in show(client)


def test_a_word_is_explained_on_the_page_itself(client, small):
    small(page("## A {#basics}\n\nAn [infusion](glossary:infusion) and two [infusions](glossary:infusion)."))

    text = show(client)

    assert text.count('popovertarget="term-infusion">') == 2
    assert text.count('id="term-infusion" popover') == 1
    assert "A slow drip." in text


def test_boxes_say_their_urgency_in_the_heading(client, small):
    small(figure(), page("## A {#basics}\n\n:::care 911\n{emergency-list}\n:::\n\n:::care today\n- you are ill\n:::"))

    text = re.sub(r"\s+", " ", show(client))

    assert re.search(r'<span class="visually-hidden">Emergency: </span>Call 911 if you, or the person', text)
    assert re.search(r'<span class="visually-hidden">Urgent: </span>Call us today if:', text)
    assert "<li>pass out</li>" in text
    assert 'class="btn btn-urgent" href="tel:911"' in text


def test_page_says_that_nobody_has_reviewed_it(client, small):
    small()

    assert "Not yet reviewed by this clinic's clinician" in unescape(show(client))


def test_page_shows_who_reviewed_it_and_when_it_is_due(client, small):
    small()
    sign_off("Dr. Ada Lee", date(2020, 1, 15))

    text = show(client)

    assert all(words in text for words in ("Jan. 15, 2020", "Dr. Ada Lee", "July 15, 2020", "(overdue)"))
    assert "Not yet reviewed" not in text


CHANGES = {
    "the page": (Page, {"answer": "Other words."}),
    "a claim": (Claim, {"statement": "You may drive at once."}),
    "the evidence of a claim": (Claim, {"body": "Other evidence."}),
    "a figure's fact": (FigureFacts, {"body": figure(items=["feel fine"]).text}),
    "a source": (Reference, {"title": "Another trial"}),
    "a word": (GlossaryTerm, {"body": "A fast drip."}),
    "the clinic's rule": (Clinic, {"eating_rule": "Eat well."}),
}


@pytest.mark.parametrize("changed", CHANGES)
def test_a_page_loses_its_stamp_when_anything_on_it_changes(client, small, changed):
    body = "An [infusion](glossary:infusion). {claim IV-01} {setting eating_rule}\n\n:::care 911\n{emergency-list}\n:::"
    small(page(f"## A {{#basics}}\n\n{body}"))
    Clinic.objects.get_or_create(pk=1)
    sign_off("Dr. Ada Lee", date(2026, 1, 15))
    assert "Dr. Ada Lee" in show(client)

    model, values = CHANGES[changed]
    model.objects.update(**values)

    assert "Changed since the review of" in show(client)
    assert "Dr. Ada Lee" not in show(client)


def sign_off(by, on):
    found = Page.objects.get()
    print_of = fingerprint(found, Library("en", settings_of(Clinic.current())))
    Page.objects.update(reviewed_by=by, reviewed_on=on, reviewed_fingerprint=print_of)


def test_words_of_staff_cannot_break_out_of_the_page(client, small):
    small()
    Page.objects.update(body="## <b>x</b> {#a}\n\n<script>alert(1)</script> {claim IV-01}")

    text = show(client)

    assert "<script>" not in text
    assert "<b>x</b>" not in text


def test_faq_opens_what_is_asked_for(client, small):
    small(faq(2))

    assert client.get("/faq/").content.count(b" open>") == 0
    assert re.findall(r'id="(faq-\d\d)" open>', client.get("/faq/?open=faq-02").content.decode()) == ["faq-02"]
    assert client.get("/faq/?open=all").content.count(b" open>") == 2


def test_faq_links_to_the_section_and_marks_the_claims_of_an_answer(client, small):
    small(Document("faq", "faq-01", faq().meta, "Yes. {claim IV-01}"))

    links = markup(client, "/faq/").links

    assert {
        "/learn/what-it-is/#basics",
        "#source-1",
        "/evidence/?claim=iv-01#claim-iv-01",
        "/faq/?open=faq-01#faq-01",
    } <= set(links)
    assert {"tel:988", "sms:988", "tel:911"} <= set(links)


def test_ledger_names_every_section_that_carries_a_claim(client, small):
    small()

    page_markup = markup(client, "/evidence/")

    assert "claim-iv-01" in page_markup.ids
    assert "/learn/what-it-is/#basics" in page_markup.links


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", {"iv-01", "iv-02"}),
        ("claim=iv-02", {"iv-02"}),
        ("grade=not-shown", {"iv-02"}),
        ("verdict=keep", {"iv-01"}),
        ("page=what-it-is", {"iv-01"}),
        ("q=evidence+2", {"iv-02"}),
        ("grade=trial&q=evidence+2", set()),
        ("grade=rumour", {"iv-01", "iv-02"}),
    ],
)
def test_ledger_shows_what_is_asked_for(client, small, query, shown):
    small(claim(2, statement_grade="not-shown", verdict="drop"))

    ids = markup(client, f"/evidence/?{query}").ids

    assert {name.removeprefix("claim-") for name in ids if name.startswith("claim-")} == shown


def test_ledger_opens_with_its_groups_closed(client, content):
    assert b'" open>' not in client.get("/evidence/").content


def more_rows(number):
    """One page with `number` sections, claims and questions."""
    anchors = ["basics", *(f"s{n}" for n in range(2, number + 1))]
    body = "\n\n".join(f"## S {{#{anchor}}}\n\nSo {{claim IV-{n:02}}}" for n, anchor in enumerate(anchors, 1))
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


def test_a_text_is_parsed_once_however_often_its_page_is_drawn(client, content):
    pages = [page.get_absolute_url() for page in Page.objects.all()]
    for path in pages:
        client.get(path)
    before = Body.of.cache_info()

    forget_pages()
    for path in pages:
        client.get(path)

    assert Body.of.cache_info().misses == before.misses
    assert before.currsize < before.maxsize


def test_a_page_is_drawn_cold_with_three_queries(client, content):
    client.get("/learn/how-iv-compares/")  # whatever is asked once in a process
    for url in URLS:
        forget_pages()
        with CaptureQueriesContext(connection) as queries:
            client.get(url)

        asked = [query["sql"] for query in queries if "clinic_publicversion" not in query["sql"]]
        tables = [sql.partition(" FROM ")[2].split(" ")[0].strip('"') for sql in asked]
        assert len(tables) <= 3, (url, tables)
        if url == "/learn/benefits-evidence/":
            assert tables == ["clinic_clinic", "education_page", "education_claim"]


def test_a_page_drawn_cold_parses_each_text_once(client, content):
    client.get("/learn/how-iv-compares/")
    for url in (
        "/learn/benefits-evidence/",
        "/learn/references/",
        "/get-help-now/",
        "/faq/",
        "/evidence/",
    ):
        forget_pages()
        Body.of.cache_clear()

        with cProfile.Profile() as profile:
            client.get(url)

        codes = [(entry.code, entry.callcount) for entry in profile.getstats() if not isinstance(entry.code, str)]
        parses = [n for code, n in codes if code is MarkdownIt.parse.__code__]
        assert 0 < sum(parses) <= Body.of.cache_info().misses, url


def test_sitemap_lists_the_pages_and_the_lists(client, content):
    text = client.get("/sitemap.xml").content.decode()

    assert text.count("<loc>") == 21
    assert "/get-help-now/</loc>" in text


PUBLIC = (
    "/", "/learn/", "/faq/", "/glossary/", "/evidence/", "/search/", "/get-help-now/", "/privacy/",
    "/accessibility/", "/learn/driving-home/", "/learn/references/", "/learn/driving-home/about/",
)  # fmt: skip


def test_every_public_page_has_one_card_that_says_what_its_head_says(client, db):
    put_content()

    for path in PUBLIC:
        page = client.get(path).content.decode()
        said = re.findall(r'<meta property="og:([a-z:_]+)" content="([^"]+)">', page)
        card = dict(said)
        (title,) = re.findall(r"<title>([^<]+) - [^<]+</title>", page)
        (description,) = re.findall(r'<meta name="description" content="([^"]+)">', page)
        assert len(said) == len(card) == 7, path
        assert (card["title"], card["description"]) == (title, description), path


def test_a_learn_page_has_one_card_that_says_what_the_page_shows(client, db):
    put_content()
    page = client.get("/learn/driving-home/").content.decode()

    said = re.findall(r'<meta property="og:([a-z:_]+)" content="([^"]*)">', page)
    card = dict(said)
    (heading,) = re.findall(r"<h1>([^<]+)</h1>", page)
    (description,) = re.findall(r'<meta name="description" content="([^"]+)">', page)
    assert len(said) == len(card)
    assert (card["title"], card["description"], card["type"]) == (heading, description, "article")
    assert card["url"] == f"{settings.SITE_URL}/learn/driving-home/"
    image = Path(str(find(card["image"].removeprefix(f"{settings.SITE_URL}/static/")))).read_bytes()
    assert struct.unpack(">8s8xII", image[:24]) == (b"\x89PNG\r\n\x1a\n", 1200, 630)
