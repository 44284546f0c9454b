"""Whole journeys through the HTTP client, as different people make them."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse

from intake.journey.drafts import cookie_name
from intake.models import Draft, Submission, UnfinishedForm
from intake.questionnaires.publishing import publish
from tests.intake import cases_v2
from tests.intake.cases import QUIET, SEVERAL_DAYS
from tests.intake.factories import begin, fresh, main_text, post_page, publish_previsit, put, send, slug_of, walk
from tests.intake.test_effort import HEALTHY

CHECK, SENT = reverse("intake:check"), reverse("intake:sent")


def sent(client, changes=None):
    draft = begin(client)
    assert walk(client, draft, changes) == CHECK
    assert send(client, draft)["Location"] == SENT
    return Submission.objects.get()


@pytest.mark.django_db
def test_a_healthy_person_sends_a_form_without_a_flag(client):
    submission = sent(client)

    assert list(submission.flags.all()) == []
    assert submission.identity["legal-name"] == "Alex Example"
    assert submission.answers["weight-value"] == {"value": 70, "unit": "kg"}
    assert "filled-by-name" not in submission.identity  # asked only of helpers
    assert {"notices", "tries", "acknowledged", "signed_at"} <= set(submission.record)


@pytest.mark.django_db
def test_a_stop_answer_and_a_not_sure_reach_staff_and_the_person_reads_kind_words(client):
    submission = sent(client, {"brain-bleed": "yes", "heart-failure": "not-sure"})

    rules = {flag.rule: flag.get_severity_display() for flag in submission.flags.all()}
    words = main_text(client.get(SENT))

    assert "stop" in rules.values()
    assert "SR-UNSURE" in rules
    assert "denied" not in words
    assert "failed" not in words


@pytest.mark.django_db
def test_a_person_in_crisis_can_go_on_to_the_end(client):
    submission = sent(
        client, {"phq9-q9": SEVERAL_DAYS, "phq9-difficulty": None, "safety-q2": "yes", "safety-q4": "yes"}
    )

    assert {"SR-C1", "SR-C2"} <= {flag.rule for flag in submission.flags.all()}
    assert UnfinishedForm.objects.get().reference == submission.reference
    assert main_text(client.get(SENT)).startswith("Need help right now?")


@pytest.mark.django_db
def test_a_helper_is_asked_for_their_own_name(client):
    submission = sent(client, {"filled-by": "proxy", "signature-name": "Ruth Helper"})

    assert submission.identity["filled-by-name"] == "Ruth Helper"
    assert [flag.rule for flag in submission.flags.all()] == ["SR-F1"]
    assert "Thank you for helping. We will also talk with the patient." in main_text(client.get(SENT))


@pytest.mark.django_db
def test_a_draft_survives_a_new_browser_window_and_finishes_where_it_was(client):
    draft = begin(client)
    walk(client, draft, until="organs")
    again = Client()
    again.cookies[cookie_name("previsit")] = client.cookies[cookie_name("previsit")].value

    on = again.get(reverse("intake:go-on"))["Location"]

    assert slug_of(draft, on) == "organs"
    assert fresh(draft).answers["legal-name"] == "Alex Example"


@pytest.mark.django_db
def test_two_people_do_not_see_each_other(client):
    put(begin(client), QUIET)
    other = Client()
    begin(other)

    assert "Alex" not in other.get(CHECK).content.decode()


@pytest.mark.django_db(transaction=True)
def test_saves_at_the_same_moment_lose_nothing(client):
    draft = put(begin(client), QUIET)
    cookie = client.cookies[cookie_name("previsit")].value
    pages = {
        "your-name": {"preferred-name": "Together"},
        "how-to-reach-you": {"home-address": "2 Other Street"},
        "emergency-contact": {"emergency-contact-name": "Somebody New"},
        "your-clinician": {"clinician-contact": "Dr. New"},
    }

    def save(slug):
        browser = Client()
        browser.cookies[cookie_name("previsit")] = cookie
        try:
            return post_page(browser, draft, slug, QUIET | pages[slug]).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        codes = list(pool.map(save, pages))

    assert codes == [303] * 4
    answers = fresh(draft).answers
    assert all(answers[q] == value for changes in pages.values() for q, value in changes.items())
    assert fresh(draft).revision == 4


@pytest.mark.django_db(transaction=True)
def test_sending_twice_at_the_same_moment_makes_one_submission(client):
    draft = begin(client)
    walk(client, draft)
    revision, cookie = fresh(draft).revision, client.cookies[cookie_name("previsit")].value

    def press(_number):
        browser = Client()
        browser.cookies[cookie_name("previsit")] = cookie
        try:
            return browser.post(CHECK, {"revision": revision})["Location"]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        places = list(pool.map(press, range(4)))

    assert places == [SENT] * 4
    assert Submission.objects.count() == 1
    assert Draft.objects.get().answers == {}


# The second version ------------------------------------------------------------------------------


def begin_2(client, **changes):
    """Start a form of the second version with the button of a patient who fills it in alone."""
    publish_previsit()
    publish(cases_v2.documents())
    draft = begin(client)
    seen = []
    url = walk(client, draft, changes, quiet=cases_v2.QUIET, seen=seen)
    return fresh(draft), seen, url


@pytest.mark.django_db
def test_a_healthy_woman_walks_the_second_version_in_sixteen_pages(client):
    draft, seen, url = begin_2(client, **HEALTHY)

    assert url == CHECK
    assert len(seen) == 16, seen
    assert send(client, draft)["Location"] == SENT
    submission = Submission.objects.get()
    assert [flag.rule for flag in submission.flags] == ["SR-P15"]
    assert set(submission.record["acknowledged"]) == {
        "ack-not-emergency",
        "ack-offlabel",
        "ack-driving",
        "ack-risks",
        "ack-truth",
    }


@pytest.mark.django_db
def test_medicines_in_rows_and_a_crisis_answer_reach_staff(client):
    medicines = [{"medicine-name": "Klonopin", "medicine-dose": "1 mg", "medicine-often": "once a day"}]
    draft, seen, _url = begin_2(client, **{"medicine": medicines, "med-none": None, "safety-q2": "yes"})

    assert seen.count("help:suicide") == 1
    send(client, draft)
    submission = Submission.objects.get()
    assert submission.answers["medicine[0].medicine-name"] == "Klonopin"
    assert {"SR-M3", "SR-C12"} <= {flag.rule for flag in submission.flags}
    words = main_text(client.get(SENT))
    assert "Klonopin" in words, [(flag.rule, flag.evidence) for flag in submission.flags]
