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


@pytest.fixture
def walks(monkeypatch):
    """Count how often the questions are walked."""
    counted = []
    walk = Response._walked.func

    def counting(response):
        counted.append(response)
        return walk(response)

    monkeypatch.setattr(Response._walked, "func", counting)
    return counted


def queries(action):
    with CaptureQueriesContext(connection) as captured:
        action()
    return [query["sql"] for query in captured if not query["sql"].startswith(CONTROL)]


def test_a_page_costs_few_queries_and_one_walk_for_each_set_of_answers(client, walks):
    publish_previsit()
    publish(cases_v2.documents())
    draft = put(begin(client), cases_v2.complete_answers())
    rows = []
    for slug in ("you", "mood", "heart-head", "mind", "medicine-kinds"):
        walks.clear()
        got = queries(lambda slug=slug: client.get(page_url(slug)))
        walked_on_get = len(walks)
        answers = cases_v2.QUIET | {"legal-name": f"Somebody {slug}"}
        walks.clear()
        sent = queries(lambda slug=slug, answers=answers: saved(client, draft, slug, answers))
        rows.append((slug, len(got), walked_on_get, len(sent), len(walks)))

    print("page", "GET queries", "GET walks", "POST queries", "POST walks")  # noqa: T201
    for row in rows:
        print(*row)  # noqa: T201
    assert max(row[1] for row in rows) <= 3, rows
    assert max(row[2] for row in rows) == 1, rows
    assert max(row[3] for row in rows) <= 6, rows
    assert max(row[4] for row in rows) <= 2, rows  # the answers before, and the answers after


def saved(client, draft, slug, answers):
    data = {"revision": "0"}
    for item in next(page for page in draft.definition.pages if page.link_id == slug).items:
        data |= posted(item, answers.get(item.link_id))
    assert client.post(page_url(slug, draft), data).status_code == 303
