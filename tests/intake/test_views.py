"""The pages: what is saved when, and where a page leads."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from tests.intake.cases import QUIET, complete_answers, definition, mmhg
from tests.intake.factories import begin, fresh, main_text, page_url, post_page, put, slug_of

pytestmark = pytest.mark.django_db

TASKS = reverse("intake:tasks")
CHECK = reverse("intake:check")
GO_ON = reverse("intake:go-on")


def test_every_page_has_one_heading_and_is_never_cached(client):
    put(begin(client), QUIET)
    slugs = [page.link_id for page in definition().pages]

    for url in [TASKS, CHECK, reverse("intake:leave"), reverse("intake:clear"), *map(page_url, slugs)]:
        response = client.get(url)
        if response.status_code == 200:
            assert len(re.findall(r"<h1[ >]", response.content.decode())) == 1, url
        assert "no-store" in response["Cache-Control"], url


def test_a_page_saves_before_it_leads_on(client):
    draft = begin(client)

    response = post_page(client, draft, "who-fills-in", {"filled-by": "self"})

    assert response["Location"] == page_url("birth-date")
    assert fresh(draft).answers == {"filled-by": "self"}


def test_a_follow_up_comes_on_the_next_page(client):
    draft = begin(client)

    response = post_page(client, draft, "who-fills-in", {"filled-by": "proxy"})

    assert response["Location"] == page_url("helper")


def test_a_page_with_errors_keeps_what_is_right(client):
    draft = put(begin(client), QUIET)

    response = post_page(client, draft, "your-name", {"legal-name": "Bo Kept", "sex-assigned": "nonsense"})

    assert response["Location"] == page_url("your-name")  # Back and refresh ask nothing again
    response = client.get(response["Location"])
    assert fresh(draft).answers["legal-name"] == "Bo Kept"
    assert fresh(draft).answers["sex-assigned"] == "female"  # the wrong one changed nothing
    html = response.content.decode()
    assert "<title>Error: Your name" in html
    assert 'href="#id_sex-assigned_0"' in html
    assert 'id="id_sex-assigned_0"' in html
    assert "autofocus" in html


def test_a_blank_takes_an_answer_away(client):
    draft = put(begin(client), QUIET)

    post_page(client, draft, "your-name", {**QUIET, "preferred-name": None})

    assert "preferred-name" not in fresh(draft).answers


def test_an_answer_switched_off_is_kept_and_comes_back(client):
    draft = put(begin(client), complete_answers({"filled-by": "proxy"}))

    post_page(client, draft, "who-fills-in", {"filled-by": "self"})
    assert fresh(draft).answers["filled-by-name"] == "Ruth Helper"
    assert "Ruth Helper" not in main_text(client.get(CHECK))
    post_page(client, draft, "who-fills-in", {"filled-by": "proxy"})

    assert "Ruth Helper" in main_text(client.get(CHECK))


def test_the_first_section_comes_first(client):
    begin(client)

    assert client.get(page_url("your-name"))["Location"] == page_url("who-fills-in")
    assert "The other parts open when" in main_text(client.get(TASKS))


def test_an_unknown_page_is_not_found_and_a_switched_off_one_leads_on(client):
    put(begin(client), QUIET)

    assert client.get(page_url("no-such-page")).status_code == 404
    assert client.get(reverse("intake:page", args=["your-name"])).status_code == 404
    assert client.get(page_url("helper"))["Location"] == GO_ON


def test_what_is_posted_to_a_page_that_another_answer_switched_off_is_kept_as_typed(client):
    draft = put(begin(client), QUIET)

    response = post_page(client, draft, "helper", {}, **{"filled-by-name": "Ruth", "shown": "filled-by-name"})

    assert response.status_code == 303
    assert fresh(draft).answers["filled-by-name"] == "Ruth"


def test_a_question_that_another_tab_switched_off_is_no_longer_demanded(client):
    draft = put(begin(client), complete_answers({"bp-diagnosis": "no"}))
    shown = "bp-diagnosis bp-controlled bp-systolic bp-diastolic"

    response = post_page(client, draft, "blood-pressure-numbers", {}, shown=shown)

    assert slug_of(draft, response["Location"]) != "blood-pressure-numbers"
    assert fresh(draft).unsaved == {}


def test_addresses_of_one_draft_are_of_no_use_in_another(client):
    first = page_url("safety-questions", put(begin(client), QUIET))
    second = page_url("safety-questions", put(begin(Client()), QUIET))

    assert first != second
    assert "safety" not in first
    assert client.get(second).status_code == 404


def test_what_was_typed_waits_with_its_errors_until_the_page_is_sent_again(client):
    draft = put(begin(client), QUIET)
    post_page(client, draft, "weight-and-height", {}, **{"weight-value_value": "lots", "weight-value_unit": "kg"})

    assert 'value="lots"' in client.get(page_url("weight-and-height")).content.decode()
    post_page(client, draft, "weight-and-height", QUIET)

    assert "lots" not in client.get(page_url("weight-and-height")).content.decode()
    assert fresh(draft).unsaved == {}


def test_task_list_says_how_far_each_section_is(client):
    first = ("filled-by", "date-of-birth", "chest-pain-now", "ack-not-emergency")
    draft = put(begin(client), {question: QUIET[question] for question in first})
    post_page(client, draft, "your-name", {"legal-name": "Bo", "sex-assigned": "male"})

    words = main_text(client.get(TASKS))

    assert "Before you start Done" in words
    assert "About you In progress" in words
    assert "Why you are coming about 1 minute" in words
    assert "Pregnancy" not in words  # not for a man
    assert "You have finished 1 of 11 parts." in words


def test_a_change_from_the_check_page_leads_back_to_it(client):
    draft = put(begin(client), QUIET)

    response = post_page(client, draft, "who-fills-in", {"filled-by": "helped"}, query="?back=check")

    path, _hash, row = response["Location"].partition("#")
    assert path == CHECK
    assert f'id="{row}"' in client.get(CHECK).content.decode()
    assert "With help, but I answer Changed" in main_text(client.get(CHECK)) or "Changed" in main_text(
        client.get(CHECK)
    )


def test_a_change_asks_only_for_what_it_made_necessary(client):
    draft = put(begin(client), complete_answers({"pain-condition": None, "visit-reason-other": None}))
    changed = {"visit-reason": ["depression", "long-term-pain", "other"]}

    response = post_page(client, draft, "reasons", changed, query="?back=check")
    assert response["Location"] == page_url("more-about-reasons") + "?back=check"
    response = post_page(
        client, draft, "more-about-reasons", {"pain-condition": "crps", "visit-reason-other": "x"}, query="?back=check"
    )

    assert response["Location"].startswith(CHECK)


def test_an_optional_follow_up_is_asked_too(client):
    draft = put(begin(client), complete_answers({"visit-reason-other": None}))

    response = post_page(client, draft, "reasons", {"visit-reason": ["other"]}, query="?back=check")

    assert response["Location"] == page_url("more-about-reasons") + "?back=check"


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example", "javascript:1"])
def test_back_goes_only_where_we_say(client, back):
    draft = put(begin(client), QUIET)

    response = post_page(client, draft, "who-fills-in", QUIET, query=f"?back={back}")

    assert response["Location"] == page_url("birth-date")


def test_an_emptied_box_is_not_judged_by_the_number_it_held(client):
    draft = put(begin(client), complete_answers({"bp-systolic": mmhg(185), "bp-diastolic": mmhg(121)}))

    response = post_page(client, draft, "blood-pressure-numbers", {"bp-systolic": mmhg(120)})

    assert response.status_code == 303
    assert fresh(draft).answers["bp-systolic"]["value"] == 120
    assert "bp-diastolic" not in fresh(draft).answers
