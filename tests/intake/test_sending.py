"""The check page, sending once, and the confirmation."""

from datetime import timedelta

import pytest
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from clinic.models import Clinic
from intake.journey.drafts import cookie_name
from intake.journey.sending import ChangedMeanwhile, submit
from intake.journey.views.pages import receive
from intake.journey.visit import Visit
from intake.models import Draft, Submission
from tests.intake.cases import QUIET, complete_answers
from tests.intake.factories import a_ready_draft, begin, fresh, go_away, main_text, page_url, post_page, put, send

pytestmark = pytest.mark.django_db

TASKS = reverse("intake:tasks")
CHECK = reverse("intake:check")
SENT = reverse("intake:sent")


def test_check_page_reads_like_what_was_said(client):
    put(begin(client), complete_answers({"height-value": {"value": 66, "unit": "[in_i]"}}))

    words = main_text(client.get(CHECK))

    assert "What is your date of birth? May 17, 1986 Change" in words
    assert "How tall are you? 5 ft 6 in" in words
    assert "Ruth Helper" not in words  # asked only of helpers


def test_check_page_lists_what_is_missing_and_does_not_send(client):
    draft = put(begin(client), complete_answers({"safe-now": None}))

    words = main_text(client.get(CHECK))
    refused = send(client, draft)

    assert "1 question still needs an answer Do you feel able to keep yourself safe today?" in words
    page = client.get(refused["Location"])
    assert "Your form was not sent yet" in main_text(page)
    assert page_url("safe-today") + "?back=check#div_id_safe-now" in page.content.decode()
    assert Submission.objects.count() == 0


def test_the_last_step_alone_sends_nothing(client):
    draft = begin(client)

    assert "Your form was not sent yet" in main_text(client.get(send(client, draft)["Location"]))
    assert (Submission.objects.count(), fresh(draft).closed_at) == (0, None)


def test_a_page_sent_again_with_the_same_answers_leaves_the_check_page_good(client):
    draft = a_ready_draft(client)

    post_page(client, draft, "your-name", draft.answers)

    assert client.post(CHECK, {"revision": draft.revision})["Location"] == SENT


def test_a_page_that_was_on_its_way_while_the_form_was_sent_is_not_put_into_the_empty_draft(client):
    draft = a_ready_draft(client)
    visit = Visit(draft, Clinic.current(), timezone.now())
    send(client, draft)
    late = QueryDict(f"revision={draft.revision}&legal-name=Too+Late")

    assert receive(visit, "your-name", late, "") == visit.urls["sent"]
    assert client.get(receive(visit, "your-name", QueryDict("keep=1"), ""))["Location"] == visit.urls["sent"]

    sent = fresh(draft)
    assert (sent.answers, sent.journey, sent.unsaved) == ({}, {}, {})


def test_a_check_page_that_is_out_of_date_sends_nothing(client):
    draft = a_ready_draft(client)
    old = draft.revision
    post_page(client, draft, "your-name", {**QUIET, "legal-name": "Changed Elsewhere"})

    response = client.post(CHECK, {"revision": old})

    page = main_text(client.get(response["Location"]))
    assert "Your form was not sent Some answers were changed" in page
    assert "Changed Elsewhere" in page
    assert Submission.objects.count() == 0


def test_sending_shows_the_reference_and_never_puts_it_in_an_address(client):
    draft = a_ready_draft(client)

    response = send(client, draft)
    page = client.get(response["Location"])

    submission = Submission.objects.get()
    assert response["Location"] == SENT
    assert f"Your reference {submission.reference}" in main_text(page)
    assert submission.reference not in str(page.redirect_chain if hasattr(page, "redirect_chain") else "")
    assert fresh(draft).answers == {}


def test_sending_twice_the_back_button_and_a_stale_tab_show_the_first_confirmation(client):
    draft = a_ready_draft(client)
    revision = draft.revision
    client.post(CHECK, {"revision": revision})
    reference = Submission.objects.get().reference

    assert client.post(CHECK, {"revision": revision})["Location"] == SENT
    assert post_page(client, draft, "your-name", {**QUIET, "legal-name": "Too Late"})["Location"] == SENT
    for url in (CHECK, TASKS, page_url("your-name"), reverse("intake:leave")):
        assert client.get(url)["Location"] == SENT
    assert reference in main_text(client.get(SENT))
    assert Submission.objects.count() == 1
    assert "Too Late" not in str(Submission.objects.get().identity)


def test_the_confirmation_is_there_for_a_day(client):
    draft = a_ready_draft(client)
    send(client, draft)

    Draft.objects.update(closed_at=timezone.now() - timedelta(hours=23))
    assert client.get(SENT).status_code == 200
    Draft.objects.update(closed_at=timezone.now() - timedelta(hours=25))

    assert client.get(SENT).status_code == 410


def test_the_confirmation_too_asks_for_the_birth_date_after_a_while(client):
    draft = a_ready_draft(client)
    send(client, draft)
    go_away(draft, 30)

    assert client.get(SENT)["Location"] == reverse("intake:birth-date")
    birth = {"birth_date_month": "5", "birth_date_day": "17", "birth_date_year": "1986"}
    client.post(reverse("intake:birth-date"), birth)

    assert client.get(SENT).status_code == 200


def test_the_confirmation_says_what_we_will_talk_about(client):
    draft = a_ready_draft(client, **{"psychosis-ever": "not-sure"})
    send(client, draft)

    words = main_text(client.get(SENT))

    assert "It is OK not to be sure." in words
    assert "We have your form. Our team will try to reach you" not in words


def test_the_confirmation_without_a_flag_thanks(client):
    draft = a_ready_draft(client)
    send(client, draft)

    assert "Thank you. A clinician will review your form and confirm your visit." in main_text(client.get(SENT))


def test_clear_this_device_after_sending_forgets_the_confirmation(client):
    draft = a_ready_draft(client)
    send(client, draft)
    token = client.cookies[cookie_name("previsit")].value

    response = client.post(reverse("intake:clear"))

    assert response.status_code == 303
    assert "The clinic has your form. This device has forgotten it." in main_text(client.get(response["Location"]))
    client.cookies[cookie_name("previsit")] = token
    assert client.get(SENT).status_code == 410
    assert Submission.objects.count() == 1


def test_answers_saved_after_the_page_was_fetched_are_not_sent_unseen(client):
    """The revision is compared under the lock, not on the row the request began with."""
    draft = a_ready_draft(client)
    stale = fresh(draft)
    post_page(client, draft, "your-name", {**stale.answers, "preferred-name": "Later"})

    with pytest.raises(ChangedMeanwhile) as caught:
        submit(Visit(stale, Clinic.current(), timezone.now()), seen=str(stale.revision))

    assert caught.value.draft.answers["preferred-name"] == "Later"
    assert Submission.objects.count() == 0
