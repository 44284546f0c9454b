import json
import re
from datetime import UTC, date, datetime

import pytest
from django.test import Client

from clinic.models import Clinic
from education.documents.load import load_folder
from education.documents.settings import settings_of
from education.models import HelpfulCount, Page, Revision
from education.pages.fingerprint import fingerprint
from education.pages.helpful import MOST_AN_HOUR
from education.pages.library import Library
from tests.education.folders import claim, faq, write_tree


@pytest.fixture
def small(db, tmp_path):
    def load(*documents):
        load_folder(write_tree(tmp_path, *documents), "en")

    load()
    return load


def structured(client, url):
    text = client.get(url).content.decode()
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    return json.loads(found[1]), text


def sign_off():
    found = Page.objects.get()
    hashed = fingerprint(found, Library("en", settings_of(Clinic.current())))
    Page.objects.update(reviewed_by="Dr. Ada Lee", reviewed_on=date(2026, 1, 15), reviewed_fingerprint=hashed)


def test_structured_data_names_no_reviewer_of_a_page_that_changed_since(client, small):
    sign_off()
    Clinic(pk=1, publish_only_approved=False).save()
    small(claim(statement="Something else."))

    data, _text = structured(client, "/learn/what-it-is/")

    assert "reviewedBy" not in data
    assert "lastReviewed" not in data


def test_structured_data_cannot_be_broken_out_of(client, small):
    Page.objects.update(title="</script><b>x</b>")

    data, text = structured(client, "/learn/what-it-is/")

    assert data["name"] == "</script><b>x</b>"
    assert "<b>x</b>" not in text


def test_faq_is_structured_with_its_answers(client, small):
    small(type(faq())("faq", "faq-01", faq().meta, "Yes. {claim IV-01}"))

    data, _text = structured(client, "/faq/")

    assert data["mainEntity"][0]["acceptedAnswer"]["text"] == "Yes. We say 1."


def test_trust_sheet_says_who_and_what_and_when(client, small):
    sign_off()
    Revision.objects.update(published_at=datetime(2026, 3, 3, 2, 0, tzinfo=UTC))  # an evening in Los Angeles

    text = re.sub(r"\s+", " ", client.get("/learn/what-it-is/about/").content.decode())

    assert "Last reviewed Jan. 15, 2026 by Dr. Ada Lee" in text
    assert '1 sentence: <span class="grade-mark">' in text
    assert "March 2, 2026: published, not approved by a clinician" in text
    assert client.get("/learn/nothing/about/").status_code == 404


def press(client, origin="http://localhost", **data):
    return client.post("/helpful/", {"page": "what-it-is", "helpful": "yes"} | data, headers={"origin": origin})


def test_a_press_is_counted_without_the_person(small):
    strict = Client(enforce_csrf_checks=True)

    response = press(strict)
    press(strict, helpful="no")

    assert (response.status_code, response.headers["Location"]) == (302, "/learn/what-it-is/#helpful-thanks")
    assert not response.cookies
    assert list(HelpfulCount.objects.values_list("slug", "yes", "no")) == [("what-it-is", 1, 1)]


@pytest.mark.parametrize(
    ("origin", "data", "status"),
    [
        ("https://evil.example", {}, 403),
        ("null", {}, 403),
        ("http://localhost", {"page": "nothing"}, 400),
        ("http://localhost", {"page": "what-it-is\x00"}, 400),
        ("http://localhost", {"helpful": "perhaps"}, 400),
    ],
)
def test_a_press_from_elsewhere_or_for_nothing_is_not_counted(client, small, origin, data, status):
    assert press(client, origin, **data).status_code == status
    assert not HelpfulCount.objects.exists()


def test_presses_of_one_address_are_limited(client, small):
    for _press in range(MOST_AN_HOUR + 5):
        assert press(client).status_code == 302

    assert HelpfulCount.objects.get().yes == MOST_AN_HOUR
