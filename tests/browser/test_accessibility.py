"""axe on every public page, every page of the form, and the staff's pages; only the documented list may differ."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from education.models import Page as LearnPage
from intake.models import QuestionnaireVersion, Submission
from tests.browser.checking import ALL_LOOKS, DIAGONAL, allowed, goes_sideways, rules, violations
from tests.browser.nu import IS_THERE, html_errors
from tests.browser.walking import (
    RIGHT,
    fill,
    give_draft,
    open_question,
    press,
    press_continue,
    send,
    sign_in,
    slug_of,
    try_driving,
)
from tests.intake.cases import CHILD, definition
from tests.intake.factories import key_of
from tests.intake.submissions import make_staff, make_submission, make_unfinished
from tests.recording import recorded

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.long]

PUBLIC = [
    "/",
    "/learn/",
    "/faq/",
    "/glossary/",
    "/get-help-now/",
    "/search/?q=ketamin",
    "/privacy/",
    "/accessibility/",
    "/no-such-page/",
]

# Answers that switch every follow-up question on.
EVERYTHING = {
    "filled-by": "proxy",
    "preferred-language": "other",
    "visit-reason": ["depression", "long-term-pain", "other"],
    "phq9-q1": "LA6569-3",
    "safety-q2": "yes",
    "safety-q6": "yes",
    "bp-diagnosis": "yes",
    "seizures": "yes",
    "liver-disease": "yes",
    "kidney-disease": "yes",
    "thyroid-problem": "yes",
    "sleep-apnea": "yes",
    "psychosis-ever": "yes",
    "auditc-q1": "LA18929-2",
    "ketamine-misuse": "yes",
    "prior-ketamine": "yes",
}
# One page of each kind is looked at with errors too, and in every look.
KINDS = {
    "who-fills-in": "choice",
    "birth-date": "date",
    "your-name": "text and choice",
    "weight-and-height": "quantity and height",
    "reasons": "several answers",
    "mood": "instrument",
    "safe-today": "short panel",
    "heart-and-blood-pressure": "yes, no, not sure",
    "medicine-list": "long text",
    "medicines-to-check": "grid",
    "your-agreement": "acknowledgments",
    "signature": "signature",
}


@pytest.fixture(scope="module", autouse=True)
def valid_html() -> Iterator[None]:
    """Read every page that axe sees below, as it was sent, with the Nu HTML checker too."""
    with recorded() as pages:
        yield
    if IS_THERE and pages:
        assert html_errors(pages) == []


@pytest.mark.skipif(not IS_THERE, reason="no HTML checker: put its jar's path into VNU_JAR, and install Java")
def test_html_checker_finds_what_is_planted():
    page = "<!doctype html><html lang=en><title>A</title><p id=a>a</p><ul id=a><p>b</p></ul>"

    assert len(html_errors({page: "planted"})) == 2


def test_checker_finds_what_is_planted(page):
    page.goto("/privacy/")
    page.locator("main p").first.evaluate("node => { node.innerHTML = '<img src=\"/static/img/icon.svg\">'; }")
    page.locator("main p").nth(1).evaluate("node => { node.style.color = '#777'; node.style.background = '#888'; }")

    found = Counter(line.split(": ")[1].split(" ")[0] for line in violations(page))
    assert found == {"image-alt": 2, "color-contrast": 4}  # by width; by width and scheme


@pytest.mark.parametrize("path", PUBLIC)
def test_public_page_has_no_violation(page, path):
    page.goto(path)

    assert violations(page) == []


def test_learn_pages_have_no_violation(page):
    slugs = sorted(LearnPage.objects.values_list("slug", flat=True))
    found = []
    for slug in slugs:
        page.goto(f"/learn/{slug}/")
        page.locator("details").evaluate_all("nodes => nodes.forEach(node => { node.open = true; })")
        found += violations(page, ALL_LOOKS if slug == "how-iv-compares" else DIAGONAL)

    assert len(slugs) == 14
    assert found == []


def test_evidence_page_has_no_violation(page):
    page.goto("/evidence/")

    assert violations(page, DIAGONAL) == []


def test_every_page_of_questions_has_no_violation(page):
    give_draft(page, EVERYTHING)
    found = []
    for one in definition().pages:
        open_question(page, one.link_id)
        if slug_of(page) != one.link_id:  # asked only of others
            continue
        page.locator("details").evaluate_all("nodes => nodes.forEach(node => { node.open = true; })")
        found += violations(page, ALL_LOOKS if one.link_id in KINDS else DIAGONAL)

    assert found == []


def test_pages_with_errors_have_no_violation(page):
    found = []
    for slug in KINDS:
        give_draft(page, dict.fromkeys(items_of(slug)))
        open_question(page, slug)
        press_continue(page)
        expect(page.locator(".error-summary")).to_be_visible()
        found += violations(page)

    assert found == []


def items_of(slug: str) -> list[str]:
    return next([item.link_id for item in one.items] for one in definition().pages if one.link_id == slug)


def test_driving_pages_have_no_violation(page):
    give_draft(page, dict.fromkeys(RIGHT), journey={})
    open_question(page, "driving-notice")
    found = violations(page)
    press(page.get_by_role("button", name="Check my answers"))
    found += violations(page)
    try_driving(page, RIGHT | {"tb-1": "monday-evening"})
    found += violations(page)
    press(page.get_by_role("button", name="phone"))
    found += violations(page)

    assert found == []


def test_other_pages_of_the_form_have_no_violation(open_page):
    page = open_page()
    found = []

    page.goto("/intake/")
    found += violations(page)
    press(page.get_by_role("button", name="Start the form"))
    found += violations(page)

    give_draft(page, {"phq9-q9": "LA6569-3", "chest-pain-now": "yes", "legal-name": None})
    for path in ("/intake/", "/intake/tasks/", "/intake/check/", "/intake/leave/", "/intake/clear/"):
        page.goto(path)
        found += violations(page)
    open_question(page, "your-name")
    stale = page.context.new_page()
    open_question(stale, "your-name")
    fill(page, {"legal-name": "Alex Example"})
    press_continue(page)
    for name in ("Call 911 now.", "Need help right now?"):
        expect(page.get_by_role("heading", level=1)).to_have_text(name)
        found += violations(page)
        press(page.locator("main form .btn-primary"))
    fill(stale, {"legal-name": "Alex Other"})
    press_continue(stale)
    expect(stale.get_by_role("heading", level=1)).to_have_text("Which answer is right?")
    found += violations(stale)

    page.goto("/intake/check/")
    found += violations(page)
    send(page)
    found += violations(page)

    draft = give_draft(page, seen_at=(timezone.now() - timedelta(hours=1)).isoformat())
    page.goto("/intake/tasks/")
    found += violations(page)
    press(page.get_by_role("button", name="Continue"))
    found += violations(page)
    key_of(draft).keep(tries=4)
    page.locator("[name=birth_date_month]").fill("1")
    page.locator("[name=birth_date_day]").fill("1")
    page.locator("[name=birth_date_year]").fill("1970")
    press(page.get_by_role("button", name="Continue"))
    expect(page.get_by_role("heading", level=1)).to_have_text("This form is closed on this device")
    found += violations(page)

    give_draft(page, {"date-of-birth": CHILD})
    page.goto("/intake/tasks/")
    found += violations(page)
    page.goto("/intake/clear/")
    press(page.get_by_role("button", name="Clear this device"))
    found += violations(page)
    page.goto("/intake/tasks/")  # lost: the start page, which says so
    found += violations(page)

    assert found == []


def test_staff_pages_have_no_violation(open_page):
    make_submission({"legal-name": "Stop Person", "bp-diagnosis": "yes", "bp-controlled": "no", "seizures": "not-sure"})
    make_submission({"legal-name": "Crisis Person", "safety-q1": "yes", "phq9-q9": "LA6569-3"})
    make_submission({"legal-name": "Quiet Person"})
    unfinished = make_unfinished()
    clinician = make_staff("clinician", first_name="Dana", last_name="Reyes")
    page = open_page()

    page.goto("/admin/")
    found = violations(page)
    press(page.get_by_role("button", name="Sign in"))
    expect(page.locator(".error-summary")).to_be_visible()
    found += violations(page)
    sign_in(page, clinician)
    found += violations(page)
    page.locator(".find > summary").click()
    press(page.locator(".find").get_by_role("button", name="Find"))
    expect(page.locator(".error-summary")).to_be_visible()
    found += violations(page)
    page.goto(reverse("admin:intake_unfinishedform_page", args=[unfinished.pk]))
    found += violations(page)
    press(page.get_by_role("button", name="Close this unfinished form"))
    found += violations(page)
    stop = next(one for one in Submission.objects.all() if one.identity["legal-name"] == "Stop Person")
    page.goto(reverse("admin:intake_submission_page", args=[stop.pk]))
    found += violations(page)
    page.locator("details").evaluate_all("nodes => nodes.forEach(node => { node.open = true; })")
    press(page.get_by_role("button", name="Save decision"))
    expect(page.locator(".error-summary")).to_be_visible()
    found += violations(page)
    page.goto("/accounts/password/")
    found += violations(page)

    front_desk = open_page()
    sign_in(front_desk, make_staff("front desk"))
    found += violations(front_desk)
    front_desk.goto(reverse("admin:intake_submission_page", args=[stop.pk]))
    found += violations(front_desk)

    assert found == []


def test_stock_admin_pages_have_only_the_documented_violations(open_page):
    submission = make_submission()
    page = open_page()
    owner = make_staff("owner")
    sign_in(page, owner)
    learn = LearnPage.objects.get(slug="driving-home")
    paths = [
        "/admin/?all=1",
        reverse("admin:clinic_user_changelist"),
        reverse("admin:clinic_user_add"),
        reverse("admin:clinic_user_change", args=[owner.pk]),
        reverse("admin:clinic_clinic_change", args=[1]),
        reverse("admin:clinic_limit_changelist"),
        reverse("admin:auth_group_changelist"),
        reverse("admin:intake_submission_erase", args=[submission.pk]),
        reverse("admin:intake_submission_many"),
        reverse("admin:intake_submission_forms") + "?first=2026-02-02&last=2026-01-01",
        reverse("admin:clinic_auditentry_changelist"),
        reverse("admin:education_page_changelist"),
        reverse("admin:education_page_change", args=[learn.pk]),
        reverse("admin:intake_questionnaireversion_changelist"),
        reverse("admin:intake_questionnaireversion_page", args=[QuestionnaireVersion.objects.get().pk]),
    ]

    found = set()
    for path in paths:
        page.goto(path)
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        found |= {(re.sub(r"/\d+/", "/N/", path), rule) for rule in rules(page)}

    assert found == allowed()


@pytest.mark.parametrize("width", [360, 1280])
def test_a_name_without_a_space_does_not_stretch_the_staff_pages(open_page, width):
    submission = make_submission({"legal-name": "N" * 150, "med-list": "m" * 900, "email-address": "e" * 120})
    page = open_page(script=True, width=width)
    sign_in(page, make_staff("clinician"))

    for address in ("/admin/", reverse("admin:intake_submission_page", args=[submission.pk])):
        page.goto(address)
        assert not goes_sideways(page), address


def test_public_pages_fit_a_phone_with_large_text(open_page):
    page = open_page(script=True, width=320)

    for path in [
        "/evidence/",
        "/get-help-now/",
        *(f"/learn/{slug}/" for slug in ("benefits-evidence", "driving-home")),
    ]:
        page.goto(path)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert not goes_sideways(page), path
