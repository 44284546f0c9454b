"""The way through the app that `make screenshots` takes: every kind of page, in the states people meet."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from clinic.models import User
from intake.definition.rules import Severity
from intake.models import Decision, Outcome, Submission
from intake.review.actions import assign
from intake.review.deciding import decide
from intake.review.settling import resolve_flag
from tests.browser.walking import (
    RIGHT,
    fill,
    give_draft,
    open_question,
    press_continue,
    send,
    sign_in,
    slug_of,
    try_driving,
)
from tests.intake.factories import make_profile
from tests.intake.submissions import make_staff, make_submission, make_unfinished

Take = Callable[[Page, str], None]
NewPage = Callable[[], Page]

PUBLIC = {
    "home": "/",
    "learn": "/learn/",
    "page-what-is-iv-ketamine": "/learn/what-is-iv-ketamine/",
    "page-how-iv-compares": "/learn/how-iv-compares/",
    "page-benefits-evidence": "/learn/benefits-evidence/",
    "page-infusion-day": "/learn/infusion-day/",
    "page-driving-home": "/learn/driving-home/",
    "page-after-treatment": "/learn/after-treatment/",
    "page-references": "/learn/references/",
    "faq": "/faq/",
    "glossary": "/glossary/",
    "evidence": "/evidence/",
    "get-help-now": "/get-help-now/",
    "privacy": "/privacy/",
    "accessibility": "/accessibility/",
    "not-found": "/no-such-page/",
}
KINDS = [
    "who-fills-in",
    "birth-date",
    "emergency-check",
    "your-name",
    "weight-and-height",
    "reasons",
    "mood",
    "mood-continued",
    "safe-today",
    "heart-and-blood-pressure",
    "blood-pressure-numbers",
    "medicine-list",
    "medicines-to-check",
    "drugs",
    "plan-for-home",
    "your-agreement",
    "signature",
]
WITH_ERRORS = {
    "your-name": ("legal-name",),
    "weight-and-height": ("weight-value",),
    "medicines-to-check": ("med-maoi",),
}
STOP = {"bp-diagnosis": "yes", "bp-controlled": "no", "heart-rhythm": "not-sure"}
THOUGHTS = {"phq9-q9": "LA6569-3", "safety-q1": "yes"}


def make_clinic() -> None:
    """Make a clinic, its staff, and forms in each state."""
    make_profile(name="Cedar Clinic", hours="Monday to Friday, 8 am to 5 pm", address="12 Cedar Street, Springfield")
    clinician = make_staff("clinician", "dana", first_name="Dana", last_name="Reyes")
    make_staff("nurse", "lee", first_name="Lee", last_name="Okafor")
    make_staff("front desk", "pat", first_name="Pat", last_name="Moreno")
    make_staff("owner", "robin", first_name="Robin", last_name="Ellis")
    now = timezone.now()
    send_form("Morgan Ellery", {"sleep-apnea": "not-sure"}, now - timedelta(days=2))
    send_form("Casey Lindqvist", {"heart-failure": "yes"}, now - timedelta(hours=5))
    send_form("Riley Thornton", {}, now - timedelta(hours=3))
    crisis = send_form("Jamie Okonkwo", THOUGHTS, now - timedelta(minutes=50))
    assign(crisis, clinician, clinician)
    cleared = send_form("Taylor Brandt", STOP, now - timedelta(days=1))
    for flag in cleared.flags.filter(severity__gte=Severity.STOP):
        resolve_flag(flag, by=clinician, outcome=Outcome.values[0], reason="Her doctor changed the dose: 128/80 today.")
    decide(
        cleared, by=clinician, decision=Decision.CLEARED, reason="Spoke by phone; numbers are good.", decisions_seen=0
    )
    make_unfinished(contact={"name": "Avery Sandoval", "phone": "(555) 010-0142"})


def send_form(name: str, answers: dict[str, Any], at: datetime) -> Submission:
    return make_submission({"legal-name": name, "preferred-name": name.split()[0], **answers}, now=at)


def photograph_patient(new_page: NewPage, take: Take) -> None:
    page = new_page()
    for name, path in PUBLIC.items():
        page.goto(path)
        take(page, name)

    page.goto("/intake/")
    take(page, "intake-start")
    page.get_by_role("button", name="Start the form").click()
    take(page, "intake-start-error")
    page.locator("input[name=device][value=own]").check()
    page.get_by_role("button", name="Start the form").click()
    take(page, "intake-tasks-empty")
    page.get_by_role("link", name="Begin").click()
    photograph_questions(page, take)
    photograph_driving(page, take)
    photograph_states(page, take)


def photograph_questions(page: Page, take: Take) -> None:
    give_draft(page, {"signature-name": None, "heart-failure": None, **STOP})
    for slug in KINDS:
        open_question(page, slug)
        assert slug_of(page) == slug, page.url
        take(page, f"intake-{slug}")
    page.goto("/intake/tasks/")
    take(page, "intake-tasks")
    page.goto("/intake/check/")
    take(page, "intake-check-open")
    for slug, blank in WITH_ERRORS.items():
        give_draft(page, dict.fromkeys(blank))
        open_question(page, slug)
        press_continue(page)
        take(page, f"intake-{slug}-error")


def photograph_driving(page: Page, take: Take) -> None:
    give_draft(page, dict.fromkeys(RIGHT), journey={})
    open_question(page, "driving-notice")
    take(page, "intake-driving")
    try_driving(page, RIGHT | {"tb-1": "tuesday-morning"})
    take(page, "intake-driving-second-try")
    try_driving(page, RIGHT)
    take(page, "intake-driving-right")


def photograph_states(page: Page, take: Take) -> None:
    give_draft(page, {"phq9-q9": None, "legal-name": "Alex Example", **STOP})
    open_question(page, "mood-continued")
    press_continue(page)
    fill(page, THOUGHTS)
    press_continue(page)
    take(page, "intake-crisis")
    page.goto("/intake/check/")
    take(page, "intake-check")
    send(page)
    take(page, "intake-sent-crisis")
    page.goto("/intake/clear/")
    take(page, "intake-clear")
    page.get_by_role("button", name="Clear this device").click()
    take(page, "intake-cleared")
    page.goto("/intake/tasks/")
    take(page, "intake-lost")

    give_draft(page, {"chest-pain-now": "yes"})
    open_question(page, "your-name")
    take(page, "intake-emergency")
    give_draft(page, STOP)
    page.goto("/intake/leave/")
    take(page, "intake-leave")
    open_question(page, "how-to-reach-you")
    stale = page.context.new_page()
    open_question(stale, "how-to-reach-you")
    fill(page, {"phone-number": "555 0111"})
    press_continue(page)
    fill(stale, {"phone-number": "555 0122"})
    press_continue(stale)
    take(stale, "intake-conflict")
    stale.close()
    page.goto("/intake/check/")
    send(page)
    take(page, "intake-sent")
    give_draft(page, seen_at=(timezone.now() - timedelta(hours=1)).isoformat())
    page.goto("/intake/tasks/")
    take(page, "intake-welcome-back")
    give_draft(page, {"date-of-birth": "2015-01-01"})
    page.goto("/intake/tasks/")
    take(page, "intake-adults-only")


def photograph_staff(new_page: NewPage, take: Take) -> None:
    page = new_page()
    page.goto("/admin/")
    take(page, "staff-sign-in")
    sign_in(page, user("dana"))
    take(page, "staff-worklist")
    page.locator(".unfinished").get_by_role("button", name="Open").click()
    take(page, "staff-unfinished")
    page.goto(address_of("Alex Example"))
    take(page, "staff-submission")
    page.locator("#flags details summary").first.click()
    page.get_by_role("button", name="Save decision").click()
    expect(page.locator(".error-summary")).to_be_visible()
    take(page, "staff-decision-error")
    page.goto(address_of("Taylor Brandt"))
    take(page, "staff-submission-cleared")

    desk = new_page()
    sign_in(desk, user("pat"))
    take(desk, "front-desk-worklist")
    desk.goto(address_of("Riley Thornton"))
    take(desk, "front-desk-contacts")

    owner = new_page()
    sign_in(owner, user("robin"))
    for name, path in {
        "admin-records": "/admin/?all=1",
        "admin-users": reverse("admin:clinic_user_changelist"),
        "admin-user": reverse("admin:clinic_user_change", args=[user("lee").pk]),
        "admin-clinic": reverse("admin:clinic_clinic_change", args=[1]),
        "admin-audit": reverse("admin:clinic_auditentry_changelist"),
        "admin-pages": reverse("admin:education_page_changelist"),
        "admin-versions": reverse("admin:intake_questionnaireversion_changelist"),
    }.items():
        owner.goto(path)
        take(owner, name)


def user(name: str) -> User:
    return User.objects.get(username=name)


def address_of(name: str) -> str:
    newest_first = Submission.objects.order_by("-submitted_at")
    found = next(one for one in newest_first if one.identity["legal-name"] == name)
    return reverse("admin:intake_submission_page", args=[found.pk])
