"""The check page and the confirmation of the second version: what stands open, what is changed, what is said once."""

import re

import pytest
from django.urls import reverse

from intake.definition.model import Item, Option
from intake.journey.check_page import says_no
from intake.models import Submission
from intake.questionnaires.publishing import publish
from intake.review.presenter import SubmissionPresenter
from tests.intake.cases_v2 import QUIET, complete_answers, documents, response
from tests.intake.factories import begin, fresh, main_text, make_profile, page_url, post_page, put, send
from tests.intake.submissions import make_staff
from tests.intake.test_effort import IN_CRISIS, IN_PAIN, NO_EXTRAS, medicines

pytestmark = pytest.mark.django_db

CHECK = reverse("intake:check")


@pytest.fixture
def draft(client):
    publish(documents())
    make_profile()
    return begin(client)


def confirmation(client, draft, changes):
    unsigned = dict.fromkeys(("tb-1", "tb-2", "tb-3", "ack-driving", "signature-name"))
    put(draft, response(changes | unsigned).answers)
    for slug in ("driving-rule", "sign"):
        post_page(client, draft, slug, QUIET)
    return main_text(client.get(send(client, draft)["Location"]))


def in_order(words, *parts):
    places = [words.find(part) for part in parts]
    return -1 not in places and places == sorted(places)


def test_staff_read_on_which_row_a_flag_rests(client, draft):
    confirmation(client, draft, medicines("Xanax"))

    cards = SubmissionPresenter(Submission.objects.get(), make_staff("clinician")).cards

    assert [card.answers for card in cards if card.flag.rule == "SR-M3"] == [(("Medicine 1: Name", "Xanax"),)]


def test_who_looks_early_reads_what_comes_next_and_not_every_question_twice(client, draft):
    html = client.get(CHECK).content.decode()
    notice = html[html.index("questions still need an answer") : html.index("<section")]

    assert notice.count("<li>") == 5
    assert "The others stand in their parts below." in notice


def test_what_says_no_is_folded_and_the_rest_stands_open(client, draft):
    answers = {**NO_EXTRAS, **medicines("sertraline"), "heart-any": "not-sure", "harm-others": "in-person"}
    put(draft, response(answers).answers)

    html = client.get(CHECK).content.decode()
    open_part = re.sub(r"(?s)<details.*?</details>", "", html)

    assert "Have you ever had a heart problem?" in open_part
    assert "I would rather say this in person" in open_part
    assert "sertraline, 20 mg, once a day" in open_part
    assert "Left blank:" in open_part
    assert "Your email" in open_part
    assert "I would like an interpreter" not in html  # a box left empty is an answer
    assert "Do you have liver disease?" not in open_part
    assert "Do you have liver disease?" in html
    assert re.search(r"\d+ answers, all no", html)
    assert "How should you get home?" not in open_part  # answered right, and said so already


def test_a_no_that_counts_points_is_not_folded_with_those_that_say_all_is_well():
    better = Item("better", "choice", "Better?", options=(Option("yes", "Yes", 0), Option("no", "No", 2)))

    assert [says_no(better, code) for code in ("yes", "no")] == [True, False]


def test_what_was_typed_and_is_not_saved_is_said_before_the_form_is_sent(client, draft):
    put(draft, response().answers)
    contact = {**response().answers, "email-address": "no address"}
    waits = f'<a href="{page_url("contact", draft)}?back=check">'

    post_page(client, draft, "contact", contact)
    assert waits in client.get(CHECK).content.decode()
    assert "Something you typed is not saved yet" in main_text(client.get(CHECK))

    post_page(client, draft, "contact", contact | {"email-address": ""})
    assert "is not saved yet" not in main_text(client.get(CHECK))


def test_a_change_leads_to_the_question_and_back_to_its_row(client, draft):
    put(draft, response().answers)
    page = client.get(CHECK).content.decode()
    assert f"{page_url('body', draft)}?back=check#div_id_liver-disease" in page

    back = post_page(
        client, draft, "body", complete_answers({"weight-value": {"value": 80, "unit": "kg"}}), query="?back=check"
    )
    address, _, row = back["Location"].partition("#")

    html = client.get(address).content.decode()
    row_html = html.partition(f'id="{row}"')[2].partition("</div>")[0]
    assert "80 kg" in row_html
    assert "Changed" in row_html


def test_who_fills_it_in_is_changed_there_too(client, draft):
    put(draft, response({"filled-by-name": None}).answers)
    url = f"{page_url('start', draft)}?back=check"
    assert url in client.get(CHECK).content.decode()
    assert "Who is filling in this form?" in main_text(client.get(url))

    same = post_page(client, draft, "start", {**QUIET, "filled-by": "helped"}, query="?back=check")
    assert same["Location"].startswith(CHECK)
    helper = post_page(client, draft, "start", {**QUIET, "filled-by": "proxy"}, query="?back=check")

    assert fresh(draft).answers["filled-by"] == "proxy"
    assert helper["Location"].startswith(page_url("helper", draft))  # who helps is asked now


def test_confirmation_has_one_entry_a_subject_in_the_version_s_order(client, draft):
    words = confirmation(client, draft, IN_PAIN)

    assert in_order(
        words,
        "Blood pressure We",
        "Kidneys We",
        "Breathing A clinician",
        "Tramadol",
        "Lisinopril, Amlodipine",
        "What you wrote",
        "No driving",
    )
    assert "Thank you. We will keep this in mind" not in words
    assert words.count("Ask us when to take your blood pressure medicine that day.") == 1


def test_confirmation_says_help_once_and_what_comes_next(client, draft):
    words = confirmation(client, draft, IN_CRISIS)

    assert words.startswith("Need help right now?")
    assert words.count("If you may act on these thoughts") == 1
    assert in_order(
        words, "Please do not come for an infusion", "Blood pressure.", "What happens now", "Clonazepam A clinician"
    )
    assert "I need help now" not in words  # help is in sight already
    assert Submission.objects.count() == 1
