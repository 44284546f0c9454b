"""The words round version 2's questions, as served: reading grade 7, and no promise before the form is sent."""

import re
from html import unescape

import pytest
from django.urls import reverse

from intake.journey.addresses import HELP
from intake.questionnaires.publishing import publish
from tests.intake.cases_v2 import QUIET, definition, documents, response
from tests.intake.factories import begin, make_profile, page_url, post_page, put, send
from tests.intake.test_effort import HIGHEST_GRADE, IN_CRISIS, reading_grade

pytestmark = pytest.mark.django_db

TAGS = "p|li|ul|ol|dl|dt|dd|div|h1|h2|h3|section|form|button|summary|details|label|legend"
BLOCKS = rf"</?(?:{TAGS})\b[^>]*>"
PROMISE = re.compile(
    r"\b(we|our team|a nurse|a clinician|someone) (will|would) (call|contact|reach|phone|talk with) you", re.IGNORECASE
)


def texts(client, url):
    """Return the words of the main part, one text a block, without what is for programs."""
    html = client.get(url, follow=True).content.decode().partition("<main")[2].partition("</main>")[0].partition(">")[2]
    html = re.sub(r"(?s)<(svg|script|datalist|select)\b.*?</\1>", " ", html)
    blocks = (re.sub(r"<[^>]+>", "", block) for block in re.split(BLOCKS, html))
    return [" ".join(unescape(block).split()) for block in blocks if block.strip()]


def test_help_check_confirmation_and_the_pages_round_the_form_read_at_grade_7(client):
    publish(documents())
    make_profile()
    draft = begin(client)
    unsigned = dict.fromkeys(("tb-1", "tb-2", "tb-3", "ack-driving", "signature-name"))
    put(draft, response(IN_CRISIS | unsigned).answers)
    for slug in ("driving-rule", "sign"):
        post_page(client, draft, slug, QUIET)
    names = ("start", "tasks", "leave", "clear", "check")
    urls = {"help": page_url(f"{HELP}suicide", draft)} | {name: reverse(f"intake:{name}") for name in names}
    found = {name: texts(client, url) for name, url in urls.items()}
    before = found.copy()
    found["sent"] = texts(client, send(client, draft)["Location"])
    found["cleared"] = texts(client, client.post(urls["clear"])["Location"])
    found["lost"] = texts(client, urls["tasks"])

    grades = {name: round(reading_grade(words), 1) for name, words in found.items()}
    print(grades)  # noqa: T201
    assert {name: grade for name, grade in grades.items() if grade > HIGHEST_GRADE} == {}
    assert not [text for words in before.values() for text in words if PROMISE.search(text)]
    assert "Need help right now?" in found["help"]
    assert "Your form was sent" in found["sent"]


def test_what_is_said_at_once_promises_no_contact():
    at_once = [rule.at_once or rule.patient for rule in definition().rules.values() if rule.help or rule.shown_at_once]

    assert len(at_once) > 10
    # 'We would still like to talk with you' is said on the confirmation alone: its rule is raised by sending.
    assert not [text for text in at_once if PROMISE.search(text)]
