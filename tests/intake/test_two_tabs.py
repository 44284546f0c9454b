"""Two tabs, a double click, a stale page: nothing is overwritten in silence."""

import re

import pytest
from django.urls import reverse

from intake.models import Draft, UnfinishedForm
from intake.questionnaires.publishing import publish
from tests.intake import cases_v2
from tests.intake.cases import QUIET, complete_answers
from tests.intake.factories import (
    a_ready_draft,
    begin,
    fresh,
    go_away,
    main_text,
    page_url,
    post_page,
    put,
    shown,
)

pytestmark = pytest.mark.django_db
NEED_HELP = "Need help right now?"


def test_an_older_tab_does_not_overwrite_a_newer_answer(client):
    draft = put(begin(client), QUIET)
    old = fresh(draft).revision
    post_page(client, draft, "your-name", {**QUIET, "legal-name": "Newer Name"})

    response = post_page(client, draft, "your-name", {**QUIET, "legal-name": "Older Name"}, revision=str(old))

    assert fresh(draft).answers["legal-name"] == "Newer Name"
    words = main_text(client.get(response["Location"]))
    assert "Saved already Newer Name" in words
    assert "Sent just now Older Name" in words


def test_the_person_chooses_which_answer_counts(client):
    draft = put(begin(client), QUIET)
    old = fresh(draft).revision
    post_page(client, draft, "your-name", {**QUIET, "legal-name": "Newer Name"})
    page = post_page(client, draft, "your-name", {**QUIET, "legal-name": "Older Name"}, revision=str(old))
    html = client.get(page["Location"]).content.decode()
    fields = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', html)
    chosen = {name: value for name, value in fields if name != "csrfmiddlewaretoken"}

    response = client.post(page_url("your-name"), chosen)

    assert response["Location"] == page_url("how-to-reach-you")
    assert fresh(draft).answers["legal-name"] == "Older Name"


def test_an_older_tab_with_the_same_answers_just_goes_on(client):
    draft = put(begin(client), QUIET)
    old = fresh(draft).revision
    changed = {**QUIET, "legal-name": "Twice Clicked"}
    post_page(client, draft, "your-name", changed)

    response = post_page(client, draft, "your-name", changed, revision=str(old))

    assert response["Location"] == page_url("how-to-reach-you")


def test_an_older_tab_of_another_page_is_no_conflict(client):
    draft = put(begin(client), QUIET)
    old = fresh(draft).revision
    post_page(client, draft, "your-name", {**QUIET, "legal-name": "Newer Name"})

    response = post_page(client, draft, "emergency-contact", QUIET, revision=str(old))

    assert response["Location"] != page_url("emergency-contact")


@pytest.mark.parametrize("revision", ["999999", "9" * 5000, "nonsense", ""], ids=len)
def test_a_made_up_revision_is_the_oldest(client, revision):
    draft = put(begin(client), QUIET)
    post_page(client, draft, "your-name", {**QUIET, "legal-name": "Newer Name"})

    response = post_page(client, draft, "your-name", {**QUIET, "legal-name": "Older"}, revision=revision)

    assert "Which answer is right?" in main_text(client.get(response["Location"]))
    assert fresh(draft).answers["legal-name"] == "Newer Name"


def test_keeping_what_is_saved_forgets_the_other_answers(client):
    draft = put(begin(client), QUIET)
    old = fresh(draft).revision
    post_page(client, draft, "your-name", {**QUIET, "legal-name": "Newer Name"})
    post_page(client, draft, "your-name", {**QUIET, "legal-name": "Older Name"}, revision=str(old))

    response = client.post(page_url("your-name"), {"keep": "yes", "legal-name": "Older Name"})

    assert 'value="Newer Name"' in client.get(response["Location"]).content.decode()
    assert fresh(draft).unsaved == {}


def test_an_answer_to_a_later_part_counts_though_another_tab_opened_the_first_part_again(client):
    draft = put(begin(client), complete_answers())
    post_page(client, draft, "who-fills-in", {})  # left blank

    response = post_page(client, draft, "safe-today", {"safe-now": "no", "harm-others": "no"})

    assert main_text(client.get(response["Location"])).startswith(NEED_HELP)
    assert fresh(draft).answers["safe-now"] == "no"
    onward = client.post(response["Location"])["Location"]
    assert client.get(client.get(onward)["Location"], follow=True).request["PATH_INFO"] == page_url("who-fills-in")


def test_an_agreement_that_came_too_early_is_kept_as_typed_and_not_given(client):
    acts = dict.fromkeys(("ack-offlabel", "ack-driving", "ack-risks", "ack-truth"), True)
    draft = put(begin(client), complete_answers({"tb-1": None, **dict.fromkeys(acts)}))

    response = post_page(client, draft, "your-agreement", acts)

    assert response["Location"] == page_url("driving-notice")
    assert acts.keys().isdisjoint(fresh(draft).answers)
    assert list(fresh(draft).unsaved) == ["your-agreement"]


def test_a_crisis_answer_in_an_older_tab_opens_help_though_it_is_not_applied(client):
    draft = put(begin(client), QUIET)
    old = fresh(draft).revision
    post_page(client, draft, "safe-today", {**QUIET, "harm-others": "no", "safe-now": "yes"})
    put(draft, fresh(draft).answers, journey={"changed": {"safe-now": old + 1}})

    response = post_page(client, draft, "safe-today", {**QUIET, "safe-now": "no"}, revision=str(old))

    assert main_text(client.get(response["Location"])).startswith(NEED_HELP)
    after = client.post(response["Location"])  # go on with the form
    assert "Which answer is right?" in main_text(shown(client, after))


def test_a_question_switched_on_by_another_tab_keeps_its_answer(client):
    """The older tab never showed the question: its silence is no blank."""
    draft = put(begin(client), complete_answers({"bp-diagnosis": "yes", "bp-controlled": "no"}))

    post_page(client, draft, "blood-pressure-numbers", {}, shown="bp-systolic bp-diastolic")

    assert fresh(draft).answers["bp-controlled"] == "no"


def test_a_crisis_answer_in_an_older_tab_is_kept_for_staff_though_it_is_not_applied(client):
    draft = put(begin(client), QUIET)
    old = fresh(draft).revision
    post_page(client, draft, "safe-today", {**QUIET, "harm-others": "in-person"})
    assert [entry["rule"] for entry in fresh(draft).journey["fired"]] == ["SR-C13"]

    response = post_page(client, draft, "safe-today", {**QUIET, "safe-now": "no"}, revision=str(old))

    assert response.status_code == 303
    assert fresh(draft).answers["safe-now"] == "yes"
    assert [entry["rule"] for entry in fresh(draft).journey["fired"]] == ["SR-C13", "SR-C4"]
    assert UnfinishedForm.objects.get().rules == ["SR-C13", "SR-C4"]


def test_an_answer_to_a_question_that_another_tab_switched_off_still_opens_help(client):
    publish(cases_v2.documents())
    draft = put(begin(client), cases_v2.complete_answers({"safety-q2": "yes"}))
    post_page(client, draft, "safety", {**cases_v2.QUIET, "safety-q2": "no"})

    response = post_page(client, draft, "safety-more", {"safety-q4": "yes"}, shown="safety-q3 safety-q4 safety-q5")

    assert main_text(client.get(response["Location"])).startswith(NEED_HELP)
    assert [entry["rule"] for entry in fresh(draft).journey["fired"]] == ["SR-C2"]
    assert UnfinishedForm.objects.get().rules == ["SR-C2"]
    assert fresh(draft).answers["safety-q4"] == "yes"


def test_a_page_posted_after_another_tab_gave_an_age_under_18_shows_its_help_and_waits(client):
    draft = put(begin(client), complete_answers({"date-of-birth": "2015-03-04"}))

    response = post_page(client, draft, "safe-today", {"safe-now": "no", "harm-others": "no"})

    assert main_text(client.get(response["Location"])).startswith(NEED_HELP)
    assert UnfinishedForm.objects.get().rules == ["SR-C4"]
    assert fresh(draft).answers["safe-now"] == "yes"
    onward = client.post(response["Location"])
    assert main_text(shown(client, onward)).startswith("Our clinic sees adults")
    post_page(client, draft, "birth-date", QUIET)
    assert "Something you typed is not saved yet" in main_text(client.get(reverse("intake:check")))
    page = client.get(page_url("safe-today")).content.decode()
    assert re.search(r'name="safe-now"[^>]* value="no"[^>]* checked', page)


@pytest.mark.parametrize("minutes", [0, 40], ids=["at once", "after a while"])
def test_a_page_of_a_form_that_another_tab_started_over_shows_help_and_what_was_typed(client, minutes):
    old = put(begin(client), QUIET)
    client.post(reverse("intake:start"), {"filled-by": "self", "start_over": "yes"})
    new = put(Draft.objects.exclude(pk=old.pk).get(), QUIET)
    go_away(new, minutes)

    crisis = client.post(page_url("safe-today", old), {"safe-now": "no", "harm-others": "no"})
    words = client.post(page_url("your-name", old), {"legal-name": "Newly Typed"})

    assert crisis.status_code == words.status_code == 410
    assert NEED_HELP in main_text(crisis)
    assert "Newly Typed" in main_text(words)
    assert fresh(new).answers == QUIET


def test_a_form_is_not_sent_from_a_check_page_that_does_not_name_what_waits(client):
    draft = a_ready_draft(client)
    old = fresh(draft).revision
    post_page(client, draft, "your-name", {**QUIET, "legal-name": "Newer Name"})
    checked = fresh(draft).revision
    post_page(client, draft, "your-name", {**QUIET, "legal-name": "Older Name"}, revision=str(old))

    response = client.post(reverse("intake:check"), {"revision": checked})

    assert response["Location"].endswith("?again=changed")
    assert not fresh(draft).is_sent
