"""What a page of questions costs: queries, and questions walked, counted over HTTP."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from intake.questionnaires.publishing import publish
from intake.response import walk
from intake.response.response import Response
from tests.intake import cases_v2
from tests.intake.cases import MORE_THAN_HALF, NOT_AT_ALL, SEVERAL_DAYS
from tests.intake.factories import begin, fresh, page_url, post_page, posted, put, slug_of

pytestmark = pytest.mark.django_db

CONTROL = ("BEGIN", "SAVEPOINT", "RELEASE", "COMMIT", "ROLLBACK")
OTHER = {
    "legal-name": "Somebody Else",
    "phq9-q1": "LA6570-1",
    "bp-diagnosis": "yes",
    "memory-dementia": "yes",
    "med-benzo": "yes",
}


@pytest.fixture
def walked(monkeypatch):
    """Collect the questions that are walked, as often as they are."""
    found = []
    walk_page = walk.walk_page

    def counting(*given):
        page = walk_page(*given)
        found.extend(page.asked)
        return page

    monkeypatch.setattr(walk, "walk_page", counting)
    return found


@pytest.fixture
def draft(client):
    publish(cases_v2.documents())
    return begin(client)


def queries(action):
    with CaptureQueriesContext(connection) as captured:
        action()
    return sum(not query["sql"].startswith(CONTROL) for query in captured)


def asked(draft, pages=None):
    """Count the questions that the draft asks now, on all pages or on some."""
    walk = Response(draft.definition, fresh(draft).answers).walk
    return sum(pages is None or one.page.link_id in pages for one in walk)


def led_to(definition, slug):
    """Name a page and all whose conditions read it, or one of those."""
    found = {slug}
    for page in definition.compiled.pages:
        found |= {page.page.link_id} if found & page.reads else set()
    return found


def test_a_page_costs_few_queries_and_walks_each_question_once(client, draft, walked):
    """After a change only the page itself is walked again, and the pages whose conditions read it."""
    put(draft, cases_v2.complete_answers())
    client.get(page_url("you", draft))  # what a process asks once
    for slug in ("you", "mood", "heart-head", "mind", "medicine-kinds"):
        url, data = page_url(slug, draft), form_data(draft, slug, cases_v2.QUIET | OTHER)
        cost = {}
        for name, ask in (
            ("GET", lambda url=url: client.get(url)),
            ("POST", lambda url=url, data=data: client.post(url, data)),
            ("POST again", lambda url=url, data=data: client.post(url, data)),
        ):
            before = asked(draft)
            walked.clear()
            cost[name] = queries(ask), len(walked), before
        again = asked(draft, led_to(draft.definition, slug))
        print(slug, *(f"{name}: {q} queries, {n} of {all_} walked" for name, (q, n, all_) in cost.items()))  # noqa: T201

        assert cost["GET"][0] <= 3
        assert cost["POST"][0] <= 6
        assert cost["GET"][1] == cost["GET"][2]
        assert cost["POST"][1] == cost["POST"][2] + again
        assert again <= cost["POST"][2] / 4  # a quarter at most
        assert cost["POST again"][1] == cost["POST again"][2]  # nothing was changed


def test_the_same_change_leads_to_what_it_made_necessary(client, draft, walked):
    """An optional question that was left blank before is not asked for again; one that the change opens is."""
    low = {f"phq9-q{number}": NOT_AT_ALL for number in range(1, 10)} | {"phq9-difficulty": None}
    changed = cases_v2.complete_answers(low | {"phq9-q1": SEVERAL_DAYS})
    led = []
    for before in (NOT_AT_ALL, MORE_THAN_HALF):
        put(draft, cases_v2.complete_answers(low | {"phq9-q1": before}))
        walked.clear()
        answer = post_page(client, draft, "mood", changed, query="?back=check")
        count, all_ = len(walked), asked(draft)
        print(f"back to the check page: {count} of {all_} walked")  # noqa: T201
        led.append(answer["Location"].partition("#")[0])

        assert fresh(draft).answers == changed
        assert count <= all_ * 1.25

    assert slug_of(draft, led[0]) == "safety"
    assert led[1] == reverse("intake:check")


def test_the_start_page_does_not_read_again_what_a_version_says(client, draft):
    client.get(reverse("intake:start"))
    with CaptureQueriesContext(connection) as captured:
        client.get(reverse("intake:start"))

    assert [query["sql"] for query in captured if '."questionnaire"' in query["sql"]] == []


def form_data(draft, slug, answers):
    """Return what a browser posts for a page, at the newest revision."""
    data = {"revision": "99"}
    for item in next(page for page in draft.definition.pages if page.link_id == slug).items:
        data |= posted(item, answers.get(item.link_id))
    return data
