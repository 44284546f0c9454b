"""Search: the right place among the first three, help before anything else, and nobody's words kept."""

import re
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from hashlib import sha256

import pytest
import snowballstemmer
import yaml
from django.db import connection
from django.test import override_settings

from clinic.models import Clinic
from education.documents.files import Document
from education.models import Page, SearchMiss, SearchWords
from education.search.engine import engine_of
from education.search.entries import as_prose
from education.search.index import Index
from education.search.misses import DAYS_UNTIL_KEPT, count_miss
from education.search.text import Analyzer
from tests.education.search_queries import LATER, SET_ASIDE, TRIED
from tests.real_content import put_content

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 26)


@pytest.fixture(autouse=True)
def content():
    put_content()


def test_patients_find_the_right_place_among_the_first_three():
    index = engine_of("en", Clinic()).index
    found = {query: {entry.key for entry in index.search(query).entries[:3]} for of in SETS.values() for query in of}

    right = {
        name: [q for q, keys in asked.items() if any(key.startswith(tuple(keys)) for key in found[q])]
        for name, asked in SETS.items()
    }

    for name, asked in SETS.items():
        print(f"{name}: {len(right[name])} of {len(asked)} queries find the right place among the first three")
        for query in asked.keys() - set(right[name]):
            print(f"    {query}: {sorted(found[query])}")
    assert len(right["tried"]) + len(right["set aside"]) >= 0.95 * len(TRIED | SET_ASIDE)
    assert len(right["later"]) >= 0.85 * len(LATER)


SETS = {"tried": TRIED, "set aside": SET_ASIDE, "later": LATER}


def test_results_do_not_hang_on_the_order_in_which_a_database_gives_its_rows():
    """Each database sorts in its own way; the content is the same, so the results are."""
    index = engine_of("en", Clinic()).index
    groups = [group.split(",") for row in SearchWords.objects.all() for group in yaml.safe_load(row.body)["synonyms"]]
    turned = Index(index.entries[::-1], index.analyzer, groups)
    turned.known_words |= index.known_words

    found, again = ([one.search(query).entries for query in TRIED | SET_ASIDE] for one in (index, turned))

    assert found == again
    keys = "\n".join(entry.key for entries in found for entry in entries)
    print(f"{connection.vendor}: the results of {len(found)} queries, {sha256(keys.encode()).hexdigest()[:16]}")


def test_a_result_names_its_section_and_jumps_to_it(client):
    page = client.get("/search/", {"q": "when can i drive"}).content.decode()

    assert 'href="/learn/driving-home/#rule"' in page
    assert page.count("<h1") == 1


def test_misspelt_words_are_read_as_the_nearest_and_can_be_taken_as_typed(client):
    corrected = client.get("/search/", {"q": "blader"}).content.decode()
    exact = client.get("/search/", {"q": "blader", "exact": "1"}).content.decode()

    assert "Showing results for <strong>bladder</strong>" in corrected
    assert "Nothing found" in exact
    assert 'href="/learn/tell-us-first/"' in exact  # an illness or a medicine that no page names


@pytest.mark.parametrize(
    ("words", "panels"),
    [
        ("suicide", ["suicide-2"]),
        ("i want to die", ["suicide-2"]),
        ("Killing myself", ["suicide-2"]),
        ("i want to kil my self", ["suicide-2"]),  # too short to be corrected from all words; cut in two
        ("do not really want to live", ["suicide-2"]),  # a word between
        ("quiero morir", ["suicide-2"]),
        ("988", ["suicide-2"]),
        ("took too many pills", ["emergency-2", "suicide-2"]),
        ("overdoze", ["emergency-2", "suicide-2"]),
        ("chest pain", ["emergency-2"]),
        ("cant breathe", ["emergency-2"]),
        ("her throat is swelling", ["emergency-2"]),
        ("no puedo respirar", ["emergency-2"]),
    ],
)
def test_what_sounds_like_an_emergency_brings_its_help_first_and_is_not_counted(client, words, panels):
    page = client.get("/search/", {"q": words}).content.decode()
    first = page[page.index("<main") : page.index('name="q"')]

    assert re.findall(r'data-panel="([^"]+)"', first) == panels
    assert ("tel:988" in first, "tel:911" in first) == ("suicide-2" in panels, True)
    assert 'href="/get-help-now/"' in page[page.index("<main") :]
    assert "Nothing found" not in page
    assert not SearchMiss.objects.exists()


@pytest.mark.parametrize("words", ["chest x-ray and pain", "what helps", "can i cut my dose", "is it a death sentence"])
def test_other_words_bring_no_panel(client, words):
    page = client.get("/search/", {"q": words}).content.decode()

    main = page[page.index("<main") : page.index("</main>")]
    assert "data-panel" not in main


@pytest.mark.parametrize(
    "words", ["", "   ", "?!", "é" * 500, "<script>alert(1)</script>", "a\u202eb", "%00", "' OR 1=1 --"]
)
def test_odd_input_is_answered(client, words):
    response = client.get("/search/", {"q": words})

    assert response.status_code == 200
    assert "<script>alert" not in response.content.decode()


def test_a_search_sets_no_cookie_and_is_not_indexed(client):
    response = client.get("/search/?q=nausea")

    assert not response.cookies
    assert '<meta name="robots" content="noindex">' in response.content.decode()


def test_a_changed_page_is_found_by_its_new_words(client):
    client.get("/search/", {"q": "zebra"})
    page = Page.objects.get(slug="driving-home")
    page.title = "May I ride a zebra home?"
    page.save()

    assert "May I ride a zebra home?" in client.get("/search/", {"q": "zebra"}).content.decode()


def test_synonyms_are_content(client):
    assert "Nothing found" in client.get("/search/?q=quagga").content.decode()

    words = SearchWords.objects.get()
    words.body = Document("search", "words", {"synonyms": ["quagga, driving"], "emergency": [], "crisis": []}).text
    words.save()

    assert "/learn/driving-home/" in client.get("/search/?q=quagga").content.decode()


def test_words_of_several_lists_count_together_and_none_silences_another(client):
    words = {"synonyms": None, "emergency": ["quagga bite"], "crisis": []}
    for name in ("a", "z"):  # before the list that is there, and after it
        row = SearchWords(slug=name, body=Document("search", name, words).text)
        row.save()

    danger = engine_of("en", Clinic()).help_for

    assert (danger("quagga bite"), danger("chest pain")) == ({"emergency"}, {"emergency"})


def test_two_words_are_joined_where_they_stand():
    joined = engine_of("en", Clinic()).index.join(["breast", "pain", "breast", "feeding"])

    assert joined == ["breast", "pain", "breastfeeding"]


def test_words_have_their_own_stems_whoever_searches_meanwhile():
    tools = Analyzer("english", frozenset())
    words = [f"{start}{end}" for start in "bcdfghlmnprstv" for end in ("unning", "ationalities", "appiness", "itality")]
    stemmer = snowballstemmer.stemmer("english")
    right, found = [stemmer.stemWord(word) for word in words], []
    switch = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)

    try:
        with ThreadPoolExecutor(4) as threads:
            found = list(threads.map(tools.stem, words * 20))
    finally:
        sys.setswitchinterval(switch)

    assert found == right * 20


def test_words_are_kept_only_when_they_come_on_three_days():
    for day in range(DAYS_UNTIL_KEPT):
        for _again in range(5):
            count_miss("moon landing", DAY + timedelta(days=day))
            kept = SearchMiss.objects.get()
        assert (kept.days, kept.words) == (day + 1, "moon landing" if day + 1 == DAYS_UNTIL_KEPT else "")
        assert "moon" not in kept.query_hash


@override_settings(PUBLIC_VERSION_SECONDS=60)
def test_the_table_of_misses_is_bounded(monkeypatch):
    monkeypatch.setattr("education.search.misses.MOST_ROWS", 20)

    for number in range(60):
        count_miss(f"nothing {number}", DAY)

    assert SearchMiss.objects.count() <= 20
    count_miss("later", DAY + timedelta(days=400))
    assert SearchMiss.objects.count() == 1


def test_a_database_that_only_reads_still_searches(client):
    from django.db import DatabaseError, connection

    def refuse_writing(execute, sql, params, many, context):
        if sql.startswith(("INSERT", "UPDATE", "DELETE")):
            raise DatabaseError("read-only")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse_writing):
        assert client.get("/search/?q=quagga").status_code == 200


@pytest.mark.parametrize(
    ("blocks", "text"),
    [
        (["Tell us about:", "liver disease", "pain (when you pee)", "Never with X"],
         "Tell us about: liver disease; pain (when you pee). Never with X"),
        (["They should know you.", "is foggy or unsteady", "vomits"], "They should know you."),
        (["is foggy", "vomits"], "Is foggy; vomits"),
        (["He said \"yes.\"", "Then he left."], "He said \"yes.\" Then he left."),
    ],
)  # fmt: skip
def test_an_excerpt_reads_as_prose(blocks, text):
    assert as_prose(blocks) == text
