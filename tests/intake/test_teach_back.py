"""The no-driving rule: exact text kept, tries logged, kind words, and a way on for everyone."""

import re
from hashlib import sha256

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from intake.journey.teach_back import can_sign, needs_call
from intake.models import Submission
from intake.response.journey import Journey, Try
from tests.intake.cases import complete_answers, definition
from tests.intake.factories import begin, fresh, main_text, page_url, post_page, put

RIGHT = {"tb-1": "tuesday-after-4pm", "tb-2": "named-adult", "tb-3": "do-not-drive"}
WRONG_ONE = {**RIGHT, "tb-1": "tuesday-morning"}
DRIVING, AGREEMENT = "driving-notice", "your-agreement"
UNSIGNED = {**dict.fromkeys(RIGHT), "ack-driving": None, "signature-name": None}
BEFORE = complete_answers(UNSIGNED)


def reader(client):
    draft = put(begin(client), BEFORE)
    return draft


def answer(client, draft, answers, **more):
    return post_page(client, draft, DRIVING, answers, **more)


def tries(draft):
    return [one_try["answers"] for one_try in fresh(draft).journey["tries"]]


def shown(client):
    return main_text(client.get(page_url(DRIVING)))


def test_three_wrong_tries_open_the_agreement_and_two_do_not():
    two = (Try("", {"tb-1": "not-sure"}),) * 2

    assert not can_sign(definition(), {"tb-1": "not-sure"}, Journey(tries=two))
    three = (*two, Try("", {"tb-1": "monday-evening"}))
    assert can_sign(definition(), {"tb-1": "not-sure"}, Journey(tries=three))


def test_wrong_tries_of_different_questions_do_not_add_up():
    tried = (Try("", {"tb-1": "not-sure", "tb-2": "taxi-alone"}),) * 2

    assert not needs_call(definition(), {}, Journey(tries=tried))


def test_by_phone_is_no_wrong_try_but_opens_the_agreement():
    assert can_sign(definition(), {"tb-1": "by-phone"}, Journey(tries=(Try("", {"tb-1": "by-phone"}),)))


def test_two_right_answers_do_not_open_the_agreement():
    assert not can_sign(definition(), {"tb-1": "tuesday-after-4pm", "tb-2": "named-adult"}, Journey())


@pytest.mark.django_db
def test_the_notice_is_kept_as_it_was_shown(client):
    draft = reader(client)
    answer(client, draft, WRONG_ONE)
    answer(client, draft, WRONG_ONE)

    notice = definition().driving_notice()
    (kept,) = fresh(draft).journey["notices"]

    assert (kept["id"], kept["language"], kept["text"]) == ("drive-1.1-en", "en", notice.text)
    assert kept["sha256"] == sha256(notice.text.encode()).hexdigest()
    assert kept["agreed_at"] is None
    words = shown(client)
    assert notice.title in words  # in a closed part, to be read again
    assert all(bullet in words for bullet in notice.bullets)


@pytest.mark.django_db
def test_other_words_of_the_notice_are_kept_beside_the_first(client):
    draft = reader(client)
    answer(client, draft, WRONG_ONE)
    journey = fresh(draft).journey
    journey["notices"][0] |= {"text": "Earlier words.", "sha256": sha256(b"Earlier words.").hexdigest()}
    put(draft, fresh(draft).answers, journey=journey)

    answer(client, draft, WRONG_ONE)

    texts = [kept["text"] for kept in fresh(draft).journey["notices"]]
    assert texts == ["Earlier words.", definition().driving_notice().text]


@pytest.mark.django_db
def test_reading_the_notice_writes_nothing(client):
    reader(client)

    with CaptureQueriesContext(connection) as queries:
        assert client.get(page_url(DRIVING)).status_code == 200

    asked = [query["sql"] for query in queries]
    assert asked
    assert [sql for sql in asked if not sql.startswith("SELECT") or "FOR UPDATE" in sql] == []


@pytest.mark.django_db
def test_the_agreement_is_closed_before_the_questions(client):
    draft = reader(client)

    assert client.get(page_url(AGREEMENT))["Location"] == page_url(DRIVING)
    response = post_page(client, draft, AGREEMENT, {"ack-driving": True})

    assert response["Location"] == page_url(DRIVING)
    assert "ack-driving" not in fresh(draft).answers


@pytest.mark.django_db
def test_all_right_at_once_leads_on(client):
    draft = reader(client)

    response = answer(client, draft, RIGHT)

    assert response["Location"] == page_url(AGREEMENT)
    page = client.get(page_url(DRIVING))
    assert "All three are right" in main_text(page)
    assert "Right. Both the 24 hours and the sleep count." in main_text(page)
    assert page.context["next_url"] == page_url(AGREEMENT)
    assert tries(draft) == [RIGHT]


@pytest.mark.django_db
def test_a_wrong_answer_gets_kind_words_and_another_try(client):
    draft = reader(client)

    answer(client, draft, WRONG_ONE)
    page = client.get(page_url(DRIVING))

    assert "One answer needs another look" in main_text(page)
    assert "Sleep is part of the rule, but you also need 24 hours" in main_text(page)
    assert "The right answer:" not in main_text(page)
    assert list(page.context["form"].fields) == ["revision", "tb-1"]
    assert "checked" not in str(page.context["form"]["tb-1"])
    assert not page.context["is_open"]


@pytest.mark.django_db
def test_a_right_answer_stays_right(client):
    draft = reader(client)
    answer(client, draft, WRONG_ONE)

    answer(client, draft, {"tb-1": "tuesday-after-4pm", "tb-2": "taxi-alone", "tb-3": "drive-slowly"})

    assert {q: fresh(draft).answers[q] for q in RIGHT} == RIGHT
    assert tries(draft) == [WRONG_ONE, {"tb-1": "tuesday-after-4pm"}]


@pytest.mark.django_db
def test_who_stops_here_finds_what_was_chosen_and_it_was_no_try(client):
    draft = reader(client)
    assert 'name="leave"' in client.get(page_url(DRIVING)).content.decode()

    response = answer(client, draft, {"tb-2": "named-adult"}, leave="yes")

    assert response["Location"] == reverse("intake:leave")
    assert not fresh(draft).journey.get("tries")
    assert client.get(reverse("intake:go-on"))["Location"] == page_url(DRIVING)
    html = client.get(page_url(DRIVING)).content.decode()
    assert re.search(r'value="named-adult"[^>]* checked', html)
    assert "Please check these answers" not in html


@pytest.mark.django_db
def test_a_blank_is_an_error_and_no_try(client):
    draft = reader(client)

    response = answer(client, draft, {"tb-1": "tuesday-after-4pm", "tb-2": "named-adult"})

    page = client.get(response["Location"])
    assert 'href="#id_tb-3_0"' in page.content.decode()
    assert (
        'value="named-adult" id="id_tb-2_1" aria-describedby' in page.content.decode()
        or "checked" in page.content.decode()
    )
    assert not fresh(draft).journey.get("tries")
    assert "tb-1" not in fresh(draft).answers


@pytest.mark.django_db
def test_a_button_pressed_twice_is_one_try(client):
    draft = reader(client)
    tried = [WRONG_ONE, {"tb-1": WRONG_ONE["tb-1"]}]  # the same again, meant so

    for one in tried:
        revision = str(fresh(draft).revision)
        answer(client, draft, one, revision=revision)
        answer(client, draft, one, revision=revision)

    assert tries(draft) == tried
    assert fresh(draft).unsaved == {}


@pytest.mark.django_db
def test_three_wrong_tries_show_the_right_answer_offer_the_call_and_lead_on(client):
    draft = reader(client)
    for code in ("tuesday-morning", "not-sure", "monday-evening"):
        answer(client, draft, {**RIGHT, "tb-1": code})

    page = client.get(page_url(DRIVING))

    assert "The right answer: Tuesday after 4 pm, if I slept well" in main_text(page)
    assert "Please go over this with me by phone" in main_text(page)
    assert page.context["is_open"]
    assert client.get(page_url(AGREEMENT)).status_code == 200


@pytest.mark.django_db
def test_by_phone_answers_every_question_not_yet_right(client):
    draft = reader(client)
    answer(client, draft, WRONG_ONE)

    answer(client, draft, {}, by_phone="yes")
    words = shown(client)

    assert tries(draft)[-1] == {"tb-1": "by-phone"}
    assert fresh(draft).answers["tb-1"] == "by-phone"
    assert fresh(draft).answers["tb-2"] == "named-adult"
    assert "That is OK" in words
    assert "The right answer: Tuesday after 4 pm, if I slept well" in words
    assert "call you" not in words  # nothing before sending promises a call
    assert client.get(page_url(AGREEMENT)).status_code == 200


@pytest.mark.django_db
def test_the_phone_choice_is_not_among_the_radio_buttons_nor_taken_from_them(client):
    draft = reader(client)

    assert 'value="by-phone"' not in client.get(page_url(DRIVING)).content.decode()
    answer(client, draft, {**RIGHT, "tb-1": "by-phone"})

    assert "tb-1" not in fresh(draft).answers


def sign(client, draft):
    acks = dict.fromkeys(("ack-offlabel", "ack-driving", "ack-risks", "ack-truth"), True)
    post_page(client, draft, AGREEMENT, acks)
    return post_page(client, draft, "signature", {"signature-name": "  Alex Q. Example "})


@pytest.mark.django_db
def test_signing_keeps_words_times_and_the_name_as_typed(client):
    draft = reader(client)
    answer(client, draft, RIGHT)

    response = sign(client, draft)
    journey = fresh(draft).journey

    assert response["Location"] == reverse("intake:check")
    label = definition().questions["ack-driving"].text
    assert journey["acknowledged"]["ack-driving"]["label"] == label
    assert journey["notices"][0]["agreed_at"] == journey["acknowledged"]["ack-driving"]["at"]
    assert journey["signed_at"]
    assert fresh(draft).answers["signature-name"] == "Alex Q. Example"


@pytest.mark.django_db
def test_what_was_agreed_and_signed_keeps_its_time_until_it_is_taken_back(client):
    draft = reader(client)
    answer(client, draft, RIGHT)
    sign(client, draft)
    first = fresh(draft).journey

    sign(client, draft)

    again = fresh(draft).journey
    for what in ("notices", "acknowledged", "signed_at"):
        assert again[what] == first[what]
    post_page(client, draft, "signature", {})
    assert fresh(draft).journey["signed_at"] is None
    assert "signature-name" not in fresh(draft).answers


@pytest.mark.django_db
def test_taking_back_the_agreement_closes_the_signature(client):
    draft = reader(client)
    answer(client, draft, RIGHT)
    sign(client, draft)

    post_page(client, draft, AGREEMENT, {"ack-offlabel": True, "ack-risks": True, "ack-truth": True})

    assert fresh(draft).journey["notices"][0]["agreed_at"] is None
    assert "ack-driving" not in fresh(draft).journey["acknowledged"]
    assert client.get(page_url("signature"))["Location"] == reverse("intake:go-on")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("steps", "flags"),
    [
        ([RIGHT], []),
        ([WRONG_ONE, RIGHT], []),
        ([WRONG_ONE, WRONG_ONE, WRONG_ONE], ["SR-V9"]),
        ([WRONG_ONE, WRONG_ONE, WRONG_ONE, RIGHT], ["SR-V9"]),
        (["by phone"], ["SR-V9"]),
    ],
)
def test_everyone_can_send_and_the_form_says_how_it_went(client, steps, flags):
    draft = reader(client)
    for step in steps:
        answer(client, draft, {}, by_phone="yes") if step == "by phone" else answer(client, draft, step)
    sign(client, draft)

    client.post(reverse("intake:check"), {"revision": fresh(draft).revision})

    submission = Submission.objects.get()
    assert [flag.rule for flag in submission.flags.all()] == flags
    assert len(submission.record["tries"]) == len(steps)
