"""What a page of questions costs: queries and walks of the questions, counted over HTTP."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from intake.questionnaires.publishing import publish
from intake.response.response import Response
from tests.intake import cases_v2
from tests.intake.factories import begin, page_url, posted, publish_previsit, put

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
def walks(monkeypatch):
    """Count how often the questions are walked."""
    counted = []
    walk = Response._walk.func

    def counting(response):
        counted.append(response)
        return walk(response)

    monkeypatch.setattr(Response._walk, "func", counting)
    return counted


def queries(action):
    with CaptureQueriesContext(connection) as captured:
        action()
    return sum(not query["sql"].startswith(CONTROL) for query in captured)


def test_a_page_costs_few_queries_and_each_state_of_the_answers_one_walk(client, walks):
    """A POST meets two states: the answers as kept say what the page asks, as they become, where it leads."""
    publish_previsit()
    publish(cases_v2.documents())
    draft = put(begin(client), cases_v2.complete_answers())
    client.get(page_url("you", draft))  # what a process asks once
    rows = []
    for slug in ("you", "mood", "heart-head", "mind", "medicine-kinds"):
        url = page_url(slug, draft)
        changed = form_data(draft, slug, cases_v2.QUIET | OTHER)
        cost = {}
        for name, ask in (
            ("GET", lambda url=url: client.get(url)),
            ("POST", lambda url=url, data=changed: client.post(url, data)),
            ("POST again", lambda url=url, data=changed: client.post(url, data)),
        ):
            walks.clear()
            cost[name] = queries(ask), len(walks), len({repr(one.answers) for one in walks})
        rows.append((slug, cost))

    for slug, cost in rows:
        print(slug, *(f"{name}: {asked} queries, {walked} walks" for name, (asked, walked, _states) in cost.items()))  # noqa: T201
    for slug, cost in rows:
        assert cost["GET"][0] <= 3, (slug, cost)
        assert cost["POST"][0] <= 6, (slug, cost)
        assert cost["GET"][1:] == (1, 1), (slug, cost)
        assert cost["POST"][1:] == (2, 2), (slug, cost)
        assert cost["POST again"][1:] == (1, 1), (slug, cost)  # nothing was changed: one state


def form_data(draft, slug, answers):
    """Return what a browser posts for a page, at the newest revision."""
    data = {"revision": "99"}
    for item in next(page for page in draft.definition.pages if page.link_id == slug).items:
        data |= posted(item, answers.get(item.link_id))
    return data
