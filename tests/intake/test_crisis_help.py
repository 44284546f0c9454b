"""Help: on the very next response, then on every page, and what staff see of a form that is not sent."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from intake.models import Submission, UnfinishedForm
from intake.review.unfinished import close_unfinished, log_try, open_unfinished
from tests.intake.cases import NEARLY_EVERY_DAY, NOT_AT_ALL, QUIET, complete_answers, definition
from tests.intake.factories import (
    a_ready_draft,
    agree_at_once,
    begin,
    fresh,
    go_away,
    main_text,
    make_profile,
    page_url,
    post_page,
    publish_previsit,
    put,
    send,
    shown,
)
from tests.intake.submissions import make_staff
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db

PANEL, EMERGENCY = (
    "Need help right now? Call 988 Text 988 Call 911 If you might hurt",
    "Call 911 now. Call 911 Chest pain",
)
LINE = "Help any time: call 988 text 988 call 911"
CHECK, SENT = reverse("intake:check"), reverse("intake:sent")
IN_PERSON = {"safety-q2": "in-person"}


def ready(client, **changes):
    return put(begin(client), complete_answers(changes))


def say(client, draft, slug, changes):
    """Answer one page and give the words of the very next page."""
    response = post_page(client, draft, slug, {**fresh(draft).answers, **changes})
    return main_text(shown(client, response))


def line(client, url):
    """Give the one line of help on a page; empty when there is none."""
    html = client.get(url).content.decode()
    found = re.search(r'class="help-bar".*?</div>', html, re.DOTALL)
    return " ".join(re.sub("<[^>]+>", " ", found[0]).partition(">")[2].split()) if found else ""


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


def test_quiet_answers_open_nothing(client):
    draft = ready(client)

    words = say(client, draft, "safe-today", {})

    assert PANEL not in words
    assert fresh(draft).journey["fired"] == []
    assert not UnfinishedForm.objects.exists()


def test_help_comes_though_the_page_has_errors_and_leads_back_to_them(client):
    draft = ready(client)

    response = post_page(client, draft, "safe-today", {"safe-now": "no"})  # the other question stays blank

    assert main_text(client.get(response["Location"])).startswith(PANEL)
    page = shown(client, client.post(response["Location"]))
    assert "Please check these answers" in main_text(page)
    assert fresh(draft).answers["safe-now"] == "no"


def test_a_change_that_opened_help_still_leads_back_to_the_check_page(client):
    draft = ready(client)

    response = post_page(client, draft, "safe-today", {"safe-now": "no"}, query="?back=check")  # the other one is blank
    client.get(response["Location"])
    errors = shown(client, client.post(response["Location"]))

    assert errors.request["PATH_INFO"] == page_url("safe-today")
    assert errors.request["QUERY_STRING"] == "back=check"


def test_no_page_is_shown_before_the_help_that_is_due(client):
    draft = ready(client)
    help_page = post_page(client, draft, "safe-today", {**QUIET, "safe-now": "no"})["Location"]

    for url in (page_url("worry"), CHECK, reverse("intake:tasks"), reverse("intake:go-on")):
        assert client.get(url)["Location"] == help_page
    client.head(help_page)
    assert client.get(CHECK)["Location"] == help_page
    client.get(help_page)

    assert client.get(CHECK).status_code == 200


def test_the_help_page_says_nothing_in_its_address_or_its_tab(client):
    make_profile(name="Cedar Clinic")
    draft = ready(client)
    url = post_page(client, draft, "safe-today", {**QUIET, "safe-now": "no"})["Location"]

    assert re.fullmatch(r"/intake/q/[0-9a-f]{16}/", url)
    assert "<title>Cedar Clinic - Cedar Clinic</title>" in client.get(url).content.decode()


def test_after_its_page_help_is_one_line_though_the_answer_is_changed(client):
    draft = ready(client)
    say(client, draft, "safe-today", {"safe-now": "no"})
    say(client, draft, "safe-today", {"safe-now": "yes"})
    urls = [page_url(page.link_id) for page in definition().pages]
    urls += [reverse(f"intake:{name}") for name in ("start", "tasks", "leave", "clear")] + [CHECK]

    pages = [url for url in urls if client.get(url).status_code == 200]

    assert len(pages) > 30
    assert {line(client, url) for url in pages} == {LINE}
    assert not any(PANEL in main_text(client.get(url)) for url in pages)


def test_the_line_is_not_for_who_must_first_give_the_date_of_birth(client):
    draft = ready(client)
    say(client, draft, "safe-today", {"safe-now": "no"})
    go_away(draft, 30)

    assert [line(client, reverse(f"intake:{name}")) for name in ("start", "leave", "clear", "birth-date")] == [""] * 4


def test_the_panel_comes_again_only_for_a_graver_answer_and_speaks_for_it(client):
    draft = ready(client)

    assert say(client, draft, "mood-continued", {"phq9-q9": NEARLY_EVERY_DAY}).startswith(PANEL)
    assert not say(client, draft, "safety-questions", {"safety-q1": "yes"}).startswith(PANEL)
    say(client, draft, "safety-questions", {"safety-q2": "yes"})
    assert say(client, draft, "safety-thoughts", {"safety-q4": "yes"}).startswith(PANEL)
    kept = fresh(draft).journey["help"][0]

    assert kept["rules"] == ["SR-C2"]
    assert kept["words"].startswith("Please get help right now.")
    assert not say(client, draft, "mood-continued", {"phq9-q9": NEARLY_EVERY_DAY}).startswith(PANEL)


def test_the_button_that_leads_on_is_kept_and_is_no_answer(client):
    draft = ready(client)
    url = post_page(client, draft, "safe-today", {**QUIET, "safe-now": "no"})["Location"]
    client.get(url)
    before = fresh(draft).answers

    assert client.post(url, {"stop": "yes"})["Location"] == reverse("intake:leave")
    client.post(url)

    pressed = fresh(draft).journey["pressed"]
    assert [(one["button"], one["rules"], one["notice"]) for one in pressed] == [
        ("stop", ["SR-C4"], "suicide-1"),
        ("go-on", ["SR-C4"], "suicide-1"),
    ]
    assert fresh(draft).answers == before


def test_the_help_that_is_shown_is_the_versions_own_text_and_the_record_names_it(client):
    draft = ready(client)
    for changes, panel in (({"safe-now": "no"}, "suicide"), ({"chest-pain-now": "yes"}, "emergency")):
        slug = "safe-today" if panel == "suicide" else "emergency-check"
        words = say(client, draft, slug, changes).replace(" .", ".")  # a link may end a sentence
        notice = draft.definition.panel(panel)
        journey = fresh(draft).journey
        opened = {one["panel"]: one["notice"] for one in journey["help"]}

        assert opened[panel] == journey["fired"][-1]["panel"] == notice.id
        assert all(paragraph in words for paragraph in notice.paragraphs), (panel, words)


def test_who_comes_back_on_a_later_day_meets_help_once_more(client):
    draft = ready(client)
    say(client, draft, "safe-today", {"safe-now": "no"})
    journey = fresh(draft).journey
    journey["help"][0]["shown_on"] = "2026-01-01"
    put(draft, fresh(draft).answers, journey=journey)

    response = client.get(CHECK)

    assert main_text(client.get(response["Location"])).startswith(PANEL)
    assert client.get(CHECK).status_code == 200


@pytest.mark.parametrize("state", ["cleared", "expired", "sent"])
def test_a_crisis_answer_posted_when_the_draft_is_gone_shows_help_first(client, state):
    draft = ready(client)
    url = page_url("safe-today")
    if state == "cleared":
        client.post(reverse("intake:clear"))
    elif state == "expired":
        put(draft, QUIET, expires_at=timezone.now())
    else:
        put(draft, QUIET, closed_at=timezone.now() - timedelta(hours=25))

    response = client.post(url, {"safe-now": "no"})

    assert response.status_code == 410
    assert main_text(response).startswith(PANEL)
    assert "If you sent your form, we have it" in main_text(response)
    assert not UnfinishedForm.objects.exists()
    assert not main_text(client.post(url, {"safe-now": "yes"})).startswith(PANEL)


def test_a_crisis_answer_posted_to_a_form_that_was_sent_shows_help_first(client):
    draft = a_ready_draft(client)
    send(client, draft)

    response = client.post(page_url("safe-today"), {"safe-now": "no"})

    assert main_text(response).startswith(PANEL)


def test_a_crisis_answer_without_the_token_shows_help_first_and_keeps_what_was_typed():
    client = Client(enforce_csrf_checks=True)
    publish_previsit()

    response = client.post("/intake/q/0123456789abcdef/", {"safe-now": "no", "legal-name": "Kept Here"})

    assert response.status_code == 403
    assert main_text(response).startswith(PANEL)
    assert 'name="legal-name" value="Kept Here"' in response.content.decode()


def test_short_help_stands_once_on_a_page_whose_answers_can_open_it(client):
    ready(client)

    words = main_text(client.get(page_url("safe-today")))
    emergency = main_text(client.get(page_url("emergency-check")))

    assert words.count("Help any time: call 988 , text 988 , call 911") == 1
    assert "If you have any of these now, call 911 . Do not drive yourself." in emergency
    assert "988" not in emergency.replace("I will call 988 or 911", "")


def test_a_very_high_blood_pressure_is_said_at_once_without_a_panel(client):
    draft = ready(client)

    words = say(client, draft, "blood-pressure-numbers", {"bp-systolic": {"value": 180, "unit": "mmHg"}})

    assert words.startswith("Please read this first This number is high.")
    assert PANEL not in words
    kept = fresh(draft).answers
    again = post_page(client, draft, "blood-pressure-numbers", kept, **{"bp-systolic_value": "many"})
    assert "This number is high." not in main_text(client.get(again["Location"]))  # nor with an error
    say(client, draft, "heart-and-blood-pressure", {"heart-failure": "not-sure"})
    assert "This number is high." not in main_text(client.get(CHECK))  # said once


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


def words_for_staff(form):
    """Give the words of the unfinished form's page between its facts and its first form."""
    nurse = sign_in(Client(), make_staff("nurse", f"nurse-{uuid4()}"))
    words = main_text(nurse.get(reverse("admin:intake_unfinishedform_page", args=[form.pk])))
    return words.partition("I have opened it")[2].partition("Log a contact")[0]


def test_staff_read_what_holds_now_apart_from_what_was_said_earlier(client):
    draft = ready(client)
    say(client, draft, "safe-today", {"safe-now": "no"})
    form = UnfinishedForm.objects.get()
    assert words_for_staff(form).split()[:2] == ["Holds", "now"]
    assert "earlier" not in words_for_staff(form)

    say(client, draft, "safe-today", {"safe-now": "yes", "harm-others": "yes"})
    now, _, earlier = words_for_staff(form).partition("Said earlier, no longer so")
    assert ("SR-C13" in now, "SR-C4" in now, "SR-C13" in earlier, "SR-C4" in earlier) == (True, False, False, True)

    say(client, draft, "safe-today", {"harm-others": "no"})
    assert "Nothing of it stands in the form" in words_for_staff(form)


def test_the_worklist_says_of_an_unfinished_form_only_what_holds_now(client):
    draft = ready(client)
    say(client, draft, "mood-continued", {"phq9-q9": NEARLY_EVERY_DAY})
    say(client, draft, "safe-today", {"safe-now": "no", "harm-others": "yes"})
    nurse = sign_in(Client(), make_staff("nurse"))

    def row():
        page = nurse.get(reverse("admin:intake_submission_changelist")).content.decode()
        return re.search(r'<tr class="is-unfinished">.*?</tr>', page, re.S)[0]

    assert re.findall(r"SR-\w+", row()) == ["SR-C4", "SR-C13"]
    assert "and 1 more" in row()
    say(client, draft, "safe-today", {"safe-now": "yes", "harm-others": "no"})
    assert re.findall(r"SR-\w+", row()) == ["SR-C1"]
    assert "more" not in row()
    say(client, draft, "mood-continued", {"phq9-q9": NOT_AT_ALL})
    assert "Said earlier, no longer so" in row()


def test_a_crisis_answer_on_a_page_that_waits_is_never_said_to_be_over(client):
    """A page that comes after a long while is kept unapplied; what it says of danger still counts."""
    draft = ready(client)
    go_away(draft, 60)
    post_page(client, draft, "safe-today", {**fresh(draft).answers, "safe-now": "no"})

    words = words_for_staff(UnfinishedForm.objects.get())

    assert fresh(draft).answers["safe-now"] == "yes"
    assert "SR-C4" in words
    assert "no longer so" not in words


def test_while_a_page_waits_a_save_elsewhere_does_not_say_that_the_crisis_is_over(client):
    draft = ready(client)
    old = fresh(draft).revision
    say(client, draft, "safe-today", {"harm-others": "yes"})
    conflicting = {**fresh(draft).answers, "safe-now": "no", "harm-others": "no"}
    post_page(client, draft, "safe-today", conflicting, revision=str(old))
    assert fresh(draft).answers["safe-now"] == "yes"

    say(client, draft, "your-name", {"preferred-name": "Al"})
    assert UnfinishedForm.objects.get().holds == ["SR-C13", "SR-C4"]

    say(client, draft, "safe-today", {"safe-now": "yes"})
    assert UnfinishedForm.objects.get().holds == ["SR-C13"]


def test_what_holds_no_more_is_folded_once_the_form_was_closed(client):
    draft = ready(client)
    say(client, draft, "safe-today", {"safe-now": "no"})
    form = UnfinishedForm.objects.get()
    close_unfinished(form, make_staff("clinician"), "Spoke with her.")

    nurse = sign_in(Client(), make_staff("nurse"))
    page = nurse.get(reverse("admin:intake_unfinishedform_page", args=[form.pk])).content.decode()

    folded = re.findall(r"<details>\s*<summary>(.*?)</summary>", page)
    assert folded == ["Why it stood on the worklist", "Timeline"]
    assert "Holds now" not in page
    assert "Log a contact" not in page


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

    submission = Submission.objects.get()
    assert UnfinishedForm.objects.get().reference == submission.reference
    assert words.startswith(PANEL)
    assert "Our team will try to reach you when the clinic is open." in words
    assert "try to reach you" not in before


def test_a_try_before_sending_stands_in_the_timeline_of_what_was_sent_but_not_for_the_front_desk(client):
    draft = ready(client, **{"tb-1": None, "tb-2": None, "tb-3": None, "ack-driving": None, "signature-name": None})
    say(client, draft, "safe-today", {"safe-now": "no"})
    nurse = make_staff("nurse")
    log_try(UnfinishedForm.objects.get(), nurse, reached="message-left", means="call", text="Asked to call back.")
    agree_at_once(client, draft)
    client.post(CHECK, {"revision": fresh(draft).revision})

    page = reverse("admin:intake_submission_page", args=[Submission.objects.get().pk])
    words = main_text(sign_in(Client(), nurse).get(page))
    others = main_text(sign_in(Client(), make_staff("front desk")).get(page))

    assert "Call: Message left nurse Asked to call back." in words
    assert "Tried so far" not in others


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
