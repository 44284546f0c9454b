"""The cookie, how long a draft lives, who may see it again, and what is deleted when."""

from datetime import timedelta
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic.models import AuditEntry, Clinic
from intake.journey.drafts import cookie_name
from intake.models import Draft, DraftKey, Submission, UnfinishedForm
from intake.models.drafts import hash_token
from tests.intake.cases import QUIET, complete_answers
from tests.intake.factories import (
    begin,
    fresh,
    go_away,
    key_of,
    main_text,
    make_profile,
    page_url,
    post_page,
    publish_previsit,
    put,
)
from tests.intake.submissions import make_submission, make_unfinished

pytestmark = pytest.mark.django_db

START, TASKS, CONFIRM = reverse("intake:start"), reverse("intake:tasks"), reverse("intake:birth-date")
GO_ON = reverse("intake:go-on")
BIRTH = {"birth_date_month": "5", "birth_date_day": "17", "birth_date_year": "1986"}
OTHER_BIRTH = {**BIRTH, "birth_date_day": "18"}


def test_looking_at_the_start_page_makes_no_draft_and_no_session(client):
    publish_previsit()

    response = client.get(START)

    assert response.status_code == 200
    assert Draft.objects.count() == 0
    assert cookie_name("previsit") not in response.cookies
    assert settings.SESSION_COOKIE_NAME not in response.cookies


def test_start_page_tells_what_a_person_must_know_before_beginning(client):
    publish_previsit()

    words = main_text(client.get(START))

    for part in ("minutes", "your medicine bottles", "nurses and clinicians"):
        assert part in words
    assert "call 988 or text 988" in words
    assert "our staff may see your name, your phone number and that answer" in words


def test_start_page_tells_the_other_sentence_when_unfinished_forms_are_off(client):
    publish_previsit()
    make_profile(unfinished_forms=False)

    words = main_text(client.get(START))

    assert "We cannot see your answers until you send the form." in words
    assert "our staff may see" not in words


def test_start_without_a_published_questionnaire_says_so(client):
    assert client.get(START).status_code == 503
    assert client.post(START, {}).status_code == 503


def test_the_device_is_a_persons_own_unless_they_say_that_they_share_it(client):
    assert key_of(begin(client)).kind == "own"
    assert key_of(begin(Client(), "shared")).kind == "shared"


def test_only_the_hash_of_the_cookie_is_stored(client):
    draft = begin(client)
    token = client.cookies[cookie_name("previsit")].value

    assert len(token) >= 43  # 256 bits in base64
    assert key_of(draft).token_hash == hash_token(token)
    assert token not in str(vars(key_of(draft)) | vars(draft))


def test_cookie_on_an_own_device_lives_as_long_as_the_draft(client):
    draft = begin(client, "own")
    cookie = client.cookies[cookie_name("previsit")]

    assert cookie["max-age"] == settings.DRAFT_DAYS * 24 * 3600
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["secure"]) == (True, "Lax", "/", "")
    assert draft.expires_at - draft.saved_at == timedelta(days=settings.DRAFT_DAYS)


def test_cookie_on_a_shared_device_ends_with_the_browser(client):
    draft = begin(client, "shared")

    assert client.cookies[cookie_name("previsit")]["max-age"] == ""
    assert draft.expires_at - draft.saved_at == timedelta(hours=2)


def test_cookie_is_secure_where_the_site_is(client, settings):
    settings.SESSION_COOKIE_SECURE = True
    begin(client)

    assert client.cookies[cookie_name("previsit")]["secure"] is True


def test_a_save_makes_draft_and_cookie_live_on(client):
    draft = begin(client)
    earlier = timezone.now() - timedelta(days=3)
    put(draft, {}, saved_at=earlier, expires_at=earlier + timedelta(days=7))
    client.cookies[cookie_name("previsit")]["max-age"] = ""

    response = post_page(client, draft, "who-fills-in", {"filled-by": "self"})

    assert fresh(draft).expires_at > timezone.now() + timedelta(days=6)
    assert response.cookies[cookie_name("previsit")]["max-age"] == settings.DRAFT_DAYS * 24 * 3600


def test_pressing_start_again_goes_on_with_the_same_draft(client):
    draft = begin(client)

    response = client.post(START, {"shared": "on"})

    assert response["Location"] == GO_ON
    assert list(Draft.objects.all()) == [draft]


def test_start_over_makes_a_second_draft_and_keeps_the_first(client):
    first = put(begin(client), QUIET)

    client.post(START, {"start_over": "yes"})

    assert Draft.objects.count() == 2
    assert fresh(first).answers == QUIET
    assert client.get(TASKS).context["draft"].pk != first.pk


def test_a_returning_browser_is_offered_to_go_on(client):
    begin(client)

    assert "Continue your form (part 1 of 12)" in main_text(client.get(START))


@pytest.mark.parametrize("cookie", ["", "unknown", "x" * 5000, "é"])
def test_a_lost_draft_leads_to_the_start_page_with_a_sentence(client, cookie):
    publish_previsit()
    client.cookies[cookie_name("previsit")] = cookie

    for url in (TASKS, page_url("who-fills-in"), reverse("intake:check"), reverse("intake:sent")):
        response = client.get(url)
        assert response.status_code == 410
        assert "If you sent your form, we have it" in main_text(response)
        assert settings.SESSION_COOKIE_NAME not in response.cookies


def test_an_expired_draft_is_lost(client):
    draft = put(begin(client), QUIET, expires_at=timezone.now())

    assert post_page(client, draft, "who-fills-in", {"filled-by": "proxy"}).status_code == 410
    assert fresh(draft).answers == QUIET


def test_too_many_starts_from_one_address_are_paused(client):
    publish_previsit()

    codes = [Client().post(START, {}).status_code for _ in range(settings.INTAKE_STARTS_AN_HOUR + 1)]

    assert codes == [303] * settings.INTAKE_STARTS_AN_HOUR + [429]
    assert Draft.objects.count() == settings.INTAKE_STARTS_AN_HOUR
    assert AuditEntry.objects.exclude(action="questionnaire.publish").get().action == "intake.limited"
    assert Client(REMOTE_ADDR="192.0.2.7").post(START, {}).status_code == 303


def test_too_many_starts_from_everywhere_are_paused_but_for_who_has_a_draft(client, settings):
    publish_previsit()
    Clinic(pk=1, phone="(202) 555-0143").save()
    settings.INTAKE_STARTS_SITE_AN_HOUR = 3
    client.post(START, {})

    others = [Client(REMOTE_ADDR=f"192.0.2.{last}").post(START, {}) for last in range(1, 5)]

    assert [response.status_code for response in others] == [303, 303, 429, 429]
    assert "was kept" in main_text(others[-1])
    assert 'href="tel:2025550143"' in others[-1].content.decode()
    assert client.post(START, {}).status_code == 303  # goes on
    assert client.post(START, {"start_over": "yes"}).status_code == 303
    assert Draft.objects.count() == 4
    paused = AuditEntry.objects.filter(action="intake.limited")
    assert [entry.detail for entry in paused] == ["whole site"]


def test_back_after_twenty_minutes_needs_the_birth_date_before_any_answer(client):
    draft = put(begin(client), QUIET)
    go_away(draft, 21)

    for url in (TASKS, page_url("your-name"), reverse("intake:check")):
        assert client.get(url)["Location"] == CONFIRM
    page = client.get(CONFIRM)

    assert "Alex" not in page.content.decode()
    assert client.post(CONFIRM, BIRTH)["Location"] == GO_ON
    assert client.get(page_url("your-name")).status_code == 200


def test_back_after_nineteen_minutes_needs_nothing(client):
    draft = put(begin(client), QUIET)
    go_away(draft, 19)

    assert client.get(TASKS).status_code == 200
    assert timezone.now() - key_of(draft).seen_at < timedelta(minutes=1)


def test_back_without_a_birth_date_given_needs_nothing(client):
    draft = put(begin(client), {"filled-by": "self"})
    go_away(draft, 500)

    assert client.get(TASKS).status_code == 200


def test_five_wrong_birth_dates_close_the_draft_to_this_browser(client):
    draft = put(begin(client), QUIET)
    go_away(draft, 60)

    for _ in range(4):
        response = client.post(CONFIRM, OTHER_BIRTH)
        assert response.status_code == 303  # Back asks nothing again
        assert "That is not the date of birth in this form" in main_text(client.get(response["Location"]))
    last = client.post(CONFIRM, OTHER_BIRTH)
    closed = client.get(last["Location"])

    assert closed.status_code == 403
    assert "This form is closed on this device" in main_text(closed)
    assert client.cookies[cookie_name("previsit")].value == ""
    assert fresh(draft).answers == QUIET


def test_after_five_wrong_birth_dates_the_right_one_does_not_help(client):
    draft = put(begin(client), QUIET)
    token = client.cookies[cookie_name("previsit")].value
    put(draft, QUIET, tries=5)
    client.cookies[cookie_name("previsit")] = token

    assert client.post(CONFIRM, BIRTH).status_code == 410
    assert client.get(TASKS).status_code == 410


def test_a_blank_birth_date_is_no_try(client):
    draft = put(begin(client), QUIET)
    go_away(draft, 60)

    response = client.get(client.post(CONFIRM, {})["Location"])

    assert "Enter the month, the day and the year." in main_text(response)
    assert key_of(draft).tries == 0


def test_the_right_birth_date_forgets_the_wrong_tries(client):
    draft = put(begin(client), QUIET, tries=4)
    go_away(draft, 60)

    client.post(CONFIRM, BIRTH)

    assert key_of(draft).tries == 0


def test_an_answer_posted_after_half_an_hour_is_kept_but_nothing_is_shown(client):
    draft = put(begin(client), QUIET)
    go_away(draft, 30)

    response = post_page(client, draft, "your-name", {**QUIET, "preferred-name": "Lexi"})

    assert response["Location"] == CONFIRM
    assert "preferred-name" not in fresh(draft).answers or fresh(draft).answers["preferred-name"] != "Lexi"
    assert "Lexi" not in client.get(CONFIRM).content.decode()
    assert client.post(CONFIRM, BIRTH)["Location"] == page_url("how-to-reach-you")
    assert fresh(draft).answers["preferred-name"] == "Lexi"


def test_of_two_late_pages_the_last_leads_on(client):
    draft = put(begin(client), QUIET)
    following = post_page(client, draft, "emergency-contact", QUIET)["Location"]
    go_away(draft, 30)

    for slug in ("your-name", "emergency-contact"):
        post_page(client, draft, slug, QUIET)

    assert client.post(CONFIRM, BIRTH)["Location"] == following


def test_what_was_typed_with_an_error_or_beside_a_newer_answer_still_waits_for_who_comes_back(client):
    draft = put(begin(client), QUIET)
    old = str(fresh(draft).revision)
    post_page(client, draft, "your-name", {**QUIET, "legal-name": "Newer Name"})
    post_page(client, draft, "your-name", {**QUIET, "legal-name": "Older Name"}, revision=old)
    post_page(client, draft, "blood-pressure-numbers", {}, **{"bp-systolic_value": "9999"})
    go_away(draft, 40)

    client.post(CONFIRM, BIRTH)

    assert 'value="9999"' in client.get(page_url("blood-pressure-numbers")).content.decode()
    assert "Saved already Newer Name Sent just now Older Name" in main_text(client.get(page_url("your-name")))


def test_a_late_page_that_meets_a_newer_answer_is_shown_beside_it(client):
    draft = put(begin(client), QUIET)
    old = str(fresh(draft).revision)
    post_page(client, draft, "your-name", {**QUIET, "legal-name": "Newer Name"})
    go_away(draft, 40)

    post_page(client, draft, "your-name", {**QUIET, "legal-name": "Typed Late"}, revision=old)
    words = main_text(client.get(client.post(CONFIRM, BIRTH)["Location"]))

    assert "Saved already Newer Name" in words
    assert "Sent just now Typed Late" in words
    assert fresh(draft).answers["legal-name"] == "Newer Name"


def test_a_late_page_with_an_error_is_shown_with_it_and_with_what_was_typed(client):
    draft = put(begin(client), QUIET)
    go_away(draft, 40)

    typed = {"bp-systolic_value": "9999", "bp-systolic_unit": "mm[Hg]"}
    post_page(client, draft, "blood-pressure-numbers", {}, **typed)
    html = client.get(client.post(CONFIRM, BIRTH)["Location"]).content.decode()

    assert 'value="9999"' in html
    assert "Error:" in html


def test_a_late_try_of_the_driving_questions_is_one_try(client):
    draft = put(begin(client), complete_answers({"tb-1": None, "tb-2": None, "tb-3": None}))
    go_away(draft, 40)

    post_page(client, draft, "driving-notice", QUIET)
    assert not fresh(draft).journey.get("tries")
    client.post(CONFIRM, BIRTH)

    assert len(fresh(draft).journey["tries"]) == 1


@pytest.mark.parametrize("slug", ["your-name", "safety-thoughts", "pregnancy-plans", "your-agreement"])
def test_a_late_page_changes_nothing_before_the_date_of_birth(client, slug):
    """Every address answers alike, so that none tells which questions the answers switched on."""
    draft = put(begin(client), QUIET)
    before = fresh(draft)
    go_away(draft, 30)

    response = client.post(page_url(slug), {"revision": str(before.revision), "legal-name": "X"})

    assert response["Location"] == CONFIRM
    assert (fresh(draft).answers, fresh(draft).revision) == (before.answers, before.revision)


@pytest.mark.parametrize("date", [None, "1990-01-01"])
def test_the_date_of_birth_cannot_be_changed_by_who_must_first_give_it(client, date):
    draft = put(begin(client), QUIET)
    go_away(draft, 30)

    response = post_page(client, draft, "birth-date", {"date-of-birth": date} if date else {})

    assert response["Location"] == CONFIRM
    assert fresh(draft).answers["date-of-birth"] == QUIET["date-of-birth"]
    assert client.get(reverse("intake:check"))["Location"] == CONFIRM


def test_starting_over_leaves_nothing_for_a_copied_cookie(client):
    put(begin(client), QUIET)
    copied = client.cookies[cookie_name("previsit")].value

    client.post(START, {"start_over": "yes"})
    client.cookies[cookie_name("previsit")] = copied

    assert client.get(TASKS).status_code == 410


def test_a_crisis_answer_posted_after_half_an_hour_still_opens_help_at_once(client):
    draft = put(begin(client), QUIET)
    go_away(draft, 30)

    response = post_page(client, draft, "safe-today", {**QUIET, "safe-now": "no"})
    page = client.get(response["Location"])

    assert main_text(page).startswith("Need help right now?")
    assert UnfinishedForm.objects.get().rules == ["SR-C4"]
    assert client.post(response["Location"])["Location"] == GO_ON
    assert client.get(GO_ON)["Location"] == CONFIRM
    assert not main_text(client.get(CONFIRM)).startswith("Need help right now?")


def test_leave_says_how_to_come_back(client):
    begin(client)

    words = main_text(client.get(reverse("intake:leave")))

    assert words.startswith("Your answers are saved")
    assert "Come back on this device, in this browser" in words
    assert "You have not sent the form yet. If an answer tells us you may be in danger" in words


def test_leave_on_a_shared_device_says_that_it_forgets(client):
    begin(client, "shared")

    assert "2 hours, and only until the browser is closed" in main_text(client.get(reverse("intake:leave")))


def test_looking_at_clear_changes_nothing(client):
    draft = put(begin(client), QUIET)

    assert client.get(reverse("intake:clear")).status_code == 200
    assert client.get(TASKS).status_code == 200
    assert key_of(draft) is not None


def test_clear_forgets_the_draft_here_and_for_every_copy_of_the_cookie(client):
    put(begin(client), QUIET)
    copy = Client()
    copy.cookies[cookie_name("previsit")] = client.cookies[cookie_name("previsit")].value

    response = client.post(reverse("intake:clear"))

    assert response["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert client.cookies[cookie_name("previsit")].value == ""
    assert copy.get(TASKS).status_code == 410


def swap(found, **columns):
    """Change a key as somebody would who can write the table, but holds no key of ours."""
    DraftKey.objects.filter(draft=found).update(**columns)


def test_a_key_with_another_token_opens_nothing(client):
    victim, thief = put(begin(client), QUIET), Client()
    swap(begin(thief), token_hash="0" * 64)
    swap(victim, token_hash=hash_token(thief.cookies[cookie_name("previsit")].value))

    assert thief.get(reverse("intake:check")).status_code == 410


def test_a_key_that_is_pointed_at_another_draft_opens_nothing(client):
    victim, thief = put(begin(client), QUIET), Client()
    swap(begin(thief), draft=victim)

    assert thief.get(reverse("intake:check")).status_code == 410


def test_a_key_with_the_state_of_another_opens_nothing(client):
    mine = key_of(begin(client)).token_hash
    begin(Client())
    other = "SELECT state FROM intake_draftkey WHERE token_hash <> %s"
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE intake_draftkey SET state = ({other}) WHERE token_hash = %s", [mine, mine])  # noqa: S608

    assert client.get(TASKS).status_code == 410


def test_the_part_that_was_reached_is_told_to_the_device_of_ones_own_alone(client):
    draft = begin(client)
    post_page(client, draft, "who-fills-in", {"filled-by": "self"})

    assert client.cookies["intake-part"].value == "1-12"
    other = Client()
    begin(other, "shared")
    assert "intake-part" not in other.cookies


def prune() -> str:
    out = StringIO()
    call_command("prune_drafts", stdout=out)
    return out.getvalue().strip()


def test_prune_deletes_expired_drafts_and_keeps_living_ones(client):
    living = begin(client)
    put(begin(Client()), QUIET, expires_at=timezone.now() - timedelta(minutes=1))

    assert prune() == "1 drafts deleted, 0 kept for an unfinished form."
    assert list(Draft.objects.all()) == [living]


def test_prune_deletes_a_sent_draft_after_a_day_and_never_its_submission():
    submission = make_submission()
    Draft.objects.update(closed_at=timezone.now() - timedelta(hours=23))
    assert prune().startswith("0 drafts")

    Draft.objects.update(closed_at=timezone.now() - timedelta(hours=25))

    assert prune().startswith("1 drafts")
    assert Submission.objects.get() == submission


def test_prune_keeps_an_expired_draft_while_its_unfinished_form_waits():
    long_ago = timezone.now() - timedelta(days=400)
    form = make_unfinished(first_at=long_ago)
    Draft.objects.update(expires_at=long_ago)

    assert prune() == "0 drafts deleted, 1 kept for an unfinished form."
    assert UnfinishedForm.objects.get().draft == form.draft


@pytest.mark.parametrize(("days", "deleted"), [(29, 0), (31, 1)])
def test_prune_keeps_a_closed_unfinished_form_for_thirty_days(days, deleted):
    then = timezone.now() - timedelta(days=days)
    make_unfinished(first_at=then, settled_at=timezone.now())
    Draft.objects.update(expires_at=then)

    assert prune().startswith(f"{deleted} drafts")
    assert UnfinishedForm.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_database_that_cannot_be_written_still_shows_pages(client):
    begin(client)
    go_away(Draft.objects.get(), 5)

    def cannot_write(execute, sql, params, many, context):
        if sql.startswith(("UPDATE", "INSERT", "DELETE")):
            raise DatabaseError("attempt to write a readonly database")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(cannot_write):
        assert client.get(TASKS).status_code == 200
        assert client.get("/intake/").status_code == 200


@pytest.mark.parametrize("button", [{}, {"leave": "yes"}])
def test_who_left_a_page_with_errors_comes_back_to_it(client, button):
    draft = put(begin(client), {name: QUIET[name] for name in ("filled-by", "date-of-birth")})
    post_page(client, draft, "emergency-check", {}, **button)
    go_away(draft, 60)

    client.post(CONFIRM, BIRTH)

    assert client.get(GO_ON)["Location"] == page_url("emergency-check")


def test_the_privacy_page_speaks_of_every_cookie_that_the_form_sets(client):
    publish_previsit()
    client.get(reverse("intake:start"))
    begin(client)
    client.get(page_url("who-fills-in"))

    words = main_text(client.get("/privacy/"))

    assert len(client.cookies) == 3
    assert "two small cookies" in words
    assert "On your own device a third holds the number of the part you are in" in words
