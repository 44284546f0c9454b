"""Help: on the very next response, then on every page, and what staff see of a form that is not sent."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from intake.models import Submission, UnfinishedForm
from intake.review.unfinished import close_unfinished, open_unfinished
from tests.intake.cases import NEARLY_EVERY_DAY, QUIET, complete_answers, definition
from tests.intake.factories import (
    agree_at_once,
    begin,
    fresh,
    main_text,
    make_profile,
    page_url,
    post_page,
    put,
)
from tests.intake.submissions import make_staff

pytestmark = pytest.mark.django_db

PANEL, EMERGENCY = "Need help right now? If you might hurt yourself or someone else", "Call 911 now. Chest pain"
CHECK, SENT = reverse("intake:check-answers"), reverse("intake:sent")
IN_PERSON = {"safety-q2": "in-person"}


def ready(client, **changes):
    return put(begin(client), complete_answers(changes))


def say(client, draft, slug, changes):
    """Answer one page and give the first words of the very next page."""
    response = post_page(client, draft, slug, {**fresh(draft).answers, **changes}, follow=True)
    while response.status_code == 302:
        response = client.get(response["Location"])
    return main_text(response)


@pytest.mark.parametrize(
    ("slug", "answers"),
    [
        ("mood-continued", {"phq9-q9": NEARLY_EVERY_DAY}),
        ("safety-questions", {"safety-q1": "yes"}),
        ("safety-questions", {"safety-q2": "yes"}),
        ("safety-questions", {"safety-q2": "in-person"}),
        ("safety-past", {"safety-q6": "in-person"}),
        ("safe-today", {"safe-now": "no"}),
        ("safe-today", {"safe-now": "not-sure"}),
        ("safe-today", {"harm-others": "yes"}),
        ("safe-today", {"harm-others": "in-person"}),
        ("reasons", {"visit-reason": ["thoughts-of-suicide"]}),
    ],
)
def test_help_is_the_first_thing_on_the_very_next_page(client, slug, answers):
    draft = ready(client)

    assert not main_text(client.get(page_url(slug))).startswith("Need help")

    assert say(client, draft, slug, answers).startswith(PANEL)


@pytest.mark.parametrize("answer", ["yes", "not-sure"])
def test_an_emergency_opens_its_own_panel_and_never_the_other(client, answer):
    draft = ready(client)

    words = say(client, draft, "emergency-check", {"chest-pain-now": answer})

    assert words.startswith(EMERGENCY)
    assert PANEL not in words
    assert "Call 911 now. Do not wait and do not drive yourself." in words


def test_quiet_answers_open_nothing(client):
    draft = ready(client)

    words = say(client, draft, "safe-today", {})

    assert PANEL not in words
    assert fresh(draft).journey["fired"] == []
    assert not UnfinishedForm.objects.exists()


def test_help_shows_though_the_page_has_errors_and_takes_no_focus_from_it(client):
    draft = ready(client)

    response = post_page(client, draft, "safe-today", {"safe-now": "no"})  # the other question stays blank

    assert response.status_code == 200
    assert main_text(response).startswith(PANEL)
    assert "Please check these answers" in main_text(response)
    assert "autofocus" not in response.content.decode()
    assert fresh(draft).answers["safe-now"] == "no"


def test_help_stays_on_every_page_though_the_answer_is_changed(client):
    draft = ready(client)
    say(client, draft, "safe-today", {"safe-now": "no"})
    say(client, draft, "safe-today", {"safe-now": "yes"})
    slugs = [page.link_id for page in definition().pages]

    shown = [
        client.get(url) for url in (*map(page_url, slugs), reverse("intake:tasks"), reverse("intake:leave"), CHECK)
    ]

    pages = [response for response in shown if response.status_code == 200]
    assert len(pages) > 30
    assert all(main_text(response).startswith(PANEL) for response in pages)


def test_help_stays_on_the_ways_in_and_out_for_who_was_here_just_now(client):
    draft = ready(client)
    say(client, draft, "safe-today", {"safe-now": "no"})
    urls = [reverse(f"intake:{name}") for name in ("start", "leave", "clear")]

    assert all(main_text(client.get(url)).startswith(PANEL) for url in urls)
    put(draft, fresh(draft).answers, seen_at=timezone.now() - timedelta(minutes=30))

    assert not any(main_text(client.get(url)).startswith(PANEL) for url in urls)


def test_help_stands_before_the_rest_of_the_main_part(client):
    draft = ready(client)
    say(client, draft, "safe-today", {"safe-now": "no"})

    html = client.get(page_url("worry")).content.decode()

    assert html.index("<main") < html.index('data-panel="suicide-1"') < html.index("<h1")
    assert 'href="tel:988"' in html
    assert 'href="sms:988"' in html


def test_the_rule_speaks_with_its_panel_the_most_urgent_first(client):
    draft = ready(client)
    say(client, draft, "mood-continued", {"phq9-q9": NEARLY_EVERY_DAY})
    say(client, draft, "safety-questions", {"safety-q2": "yes"})

    words = say(client, draft, "safety-thoughts", {"safety-q4": "yes"})

    assert words.index("Please get help right now.") < words.index("Thank you for telling us. You matter.")


def test_short_help_always_stands_below_a_question_that_can_open_it(client):
    ready(client)

    words = main_text(client.get(page_url("safe-today")))
    emergency = main_text(client.get(page_url("emergency-check")))

    assert words.count("Need help right now?") == 2  # one below each question
    assert "If you have any of these now, call 911 . Do not drive yourself." in emergency
    assert "988" not in emergency.replace("I will call 988 or 911", "")


def test_a_very_high_blood_pressure_is_said_at_once_without_a_panel(client):
    draft = ready(client)

    words = say(client, draft, "blood-pressure-numbers", {"bp-systolic": {"value": 180, "unit": "mmHg"}})

    assert words.startswith("About your blood pressure This number is high.")
    assert PANEL not in words
    assert "This number is high." in main_text(client.get(CHECK))
    say(client, draft, "blood-pressure-numbers", {"bp-systolic": {"value": 120, "unit": "mmHg"}})
    assert "This number is high." not in main_text(client.get(CHECK))


def test_the_journey_remembers_what_fired_and_forgets_nothing(client):
    draft = ready(client)

    say(client, draft, "safety-questions", IN_PERSON)
    first = fresh(draft).journey["fired"]
    say(client, draft, "safety-questions", {"safety-q2": "no"})
    later = fresh(draft).journey["fired"]

    assert [(entry["rule"], entry["panel"], entry["questions"]) for entry in first] == [
        ("SR-C11", "suicide-1", ["safety-q2"])
    ]
    assert later == first


def test_a_rule_that_another_one_silences_is_remembered_too(client):
    draft = ready(client)
    say(client, draft, "safety-questions", {"safety-q2": "yes"})

    say(client, draft, "safety-thoughts", {"safety-q3": "yes", "safety-q4": "yes", "safety-q5": "no"})

    assert {entry["rule"] for entry in fresh(draft).journey["fired"]} == {"SR-C12", "SR-C6", "SR-C2"}


# A form that is not sent --------------------------------------------------------------------------


def test_staff_see_rules_name_and_telephone_of_a_form_that_is_not_sent(client):
    draft = ready(client)

    say(client, draft, "safe-today", {"safe-now": "no"})

    form = UnfinishedForm.objects.get()
    assert (form.draft_id, form.rules, form.settled_at) == (draft.pk, ["SR-C4"], None)
    assert form.contact == {"name": "Alex Example", "phone": "555 0100"}


def test_an_early_answer_gets_its_name_and_telephone_later(client):
    draft = put(begin(client), {q: QUIET[q] for q in ("filled-by", "date-of-birth")})
    say(client, draft, "emergency-check", {"chest-pain-now": "yes", "ack-not-emergency": True})
    assert UnfinishedForm.objects.get().contact == {}

    post_page(client, draft, "your-name", QUIET)

    assert UnfinishedForm.objects.get().contact == {"name": "Alex Example"}


def test_a_later_change_never_takes_the_row_away(client):
    draft = ready(client)
    say(client, draft, "safe-today", {"safe-now": "no"})
    say(client, draft, "safe-today", {"safe-now": "yes", "harm-others": "yes"})

    form = UnfinishedForm.objects.get()

    assert form.rules == ["SR-C4", "SR-C13"]


def test_the_row_takes_the_worst_place_it_ever_had(client):
    draft = ready(client)
    say(client, draft, "emergency-check", {"chest-pain-now": "yes"})
    worst = UnfinishedForm.objects.get().rank
    say(client, draft, "emergency-check", {"chest-pain-now": "no"})
    say(client, draft, "mood-continued", {"phq9-q9": NEARLY_EVERY_DAY})

    assert UnfinishedForm.objects.get().rank == worst == 0


def test_a_review_answer_opens_help_but_makes_no_row(client):
    draft = ready(client)

    assert say(client, draft, "safety-questions", {"safety-q1": "yes"}).startswith(PANEL)
    assert not UnfinishedForm.objects.exists()


def test_with_the_setting_off_staff_see_nothing_before_sending(client):
    make_profile(unfinished_forms=False)
    draft = ready(client)

    assert say(client, draft, "safe-today", {"safe-now": "no"}).startswith(PANEL)

    assert not UnfinishedForm.objects.exists()
    assert "We cannot see your answers until you send the form." in main_text(client.get(page_url("mood")))


def test_the_safety_section_says_who_may_see_an_answer(client):
    ready(client)

    for slug in ("mood", "safety-questions", "safe-today"):
        words = main_text(client.get(page_url(slug)))
        assert "our staff may see your name, your phone number and that answer" in words
    assert "our staff may see" not in main_text(client.get(page_url("your-name")))


def test_a_row_that_a_clinician_closed_comes_back_for_another_rule_only(client):
    draft = ready(client)
    say(client, draft, "safe-today", {"safe-now": "no"})
    UnfinishedForm.objects.update(settled_at=timezone.now() - timedelta(hours=1))
    say(client, draft, "your-name", {"legal-name": "New Name"})
    assert UnfinishedForm.objects.get().settled_at is not None

    say(client, draft, "safe-today", {"harm-others": "yes"})

    assert UnfinishedForm.objects.get().settled_at is None


def test_sending_puts_the_submission_in_the_rows_place_and_tells_about_reaching_out(client):
    draft = ready(client, **{"tb-1": None, "tb-2": None, "tb-3": None, "ack-driving": None, "signature-name": None})
    say(client, draft, "safe-today", {"safe-now": "no"})
    agree_at_once(client, draft)
    before = main_text(client.get(CHECK))

    client.post(CHECK, {"revision": fresh(draft).revision})
    words = main_text(client.get(SENT))

    assert UnfinishedForm.objects.get().reference == Submission.objects.get().reference
    assert words.startswith(PANEL)
    assert "Our team will try to reach you when the clinic is open." in words
    assert "try to reach you" not in before


def test_an_answer_given_and_changed_still_shows_help_on_the_confirmation(client):
    draft = ready(client, **{"tb-1": None, "tb-2": None, "tb-3": None, "ack-driving": None, "signature-name": None})
    say(client, draft, "safe-today", {"safe-now": "no"})
    say(client, draft, "safe-today", {"safe-now": "yes"})
    agree_at_once(client, draft)

    client.post(CHECK, {"revision": fresh(draft).revision})
    words = main_text(client.get(SENT))

    assert [flag.rule for flag in Submission.objects.get().flags.all()] == ["SR-CHANGED-HIGH"]
    assert words.startswith(PANEL)
    assert "It is OK to change an answer." in words
    assert "Our team will try to reach you" in words


def test_a_warning_stands_on_the_very_next_page_in_whatever_section_that_is(client):
    draft = ready(client, **{"legal-name": None})
    high = {"bp-systolic": {"value": 200, "unit": "mm[Hg]"}, "bp-diastolic": {"value": 100, "unit": "mm[Hg]"}}

    response = post_page(client, draft, "blood-pressure-numbers", {**fresh(draft).answers, **high}, query="?back=check")

    assert response["Location"].startswith(page_url("your-name"))
    assert "This number is high. Please call your doctor today." in main_text(client.get(response["Location"]))


def test_a_new_crisis_in_a_form_that_was_closed_is_unread_again(client):
    draft = ready(client)
    say(client, draft, "safe-today", {"safe-now": "no"})
    form = UnfinishedForm.objects.get()
    clinician = make_staff("clinician")
    open_unfinished(form, clinician)
    close_unfinished(form, clinician, "Spoke with her.")

    say(client, draft, "emergency-check", {"chest-pain-now": "yes"})

    form = UnfinishedForm.objects.get()
    assert form.rules == ["SR-C4", "SR-C5"]
    assert (form.settled_at, form.opened_at, form.opened_by, form.closed_by) == (None, None, None, None)
    assert form.closed_reason == "Spoke with her."
