"""The way through the app that `make screenshots` takes: every kind of page, in the states people meet."""

from collections.abc import Callable
from typing import Any

from django.core.management import call_command
from django.urls import reverse
from msgspec.structs import replace
from playwright.sync_api import Page, expect

from clinic.models import User
from education.documents.revisions import write_draft
from education.documents.rows import document_from
from education.models import Claim
from education.models import Page as LearnPage
from intake.journey.addresses import HELP
from intake.models import WorkItem
from tests.browser.walking import enter, fill_boxes, press_continue, sign_in, slug_of
from tests.intake import cases_v2
from tests.intake.cases import CHILD
from tests.intake.factories import make_profile, posted
from tests.intake.submissions import make_staff, make_unfinished
from tests.intake.test_effort import HEALTHY, IN_CRISIS, IN_PAIN

Take = Callable[[Page, str], None]
NewPage = Callable[[], Page]

PUBLIC = {
    "home": "/",
    "learn": "/learn/",
    "search": "/search/?q=blader",
    "search-help": "/search/?q=want+to+die",
    "faq": "/faq/",
    "glossary": "/glossary/",
    "evidence": "/evidence/",
    "get-help-now": "/get-help-now/",
    "privacy": "/privacy/",
    "accessibility": "/accessibility/",
    "not-found": "/no-such-page/",
}
RIGHT = {"tb-1": cases_v2.QUIET["tb-1"]}  # for the second try of who answers wrong at first


def make_clinic() -> None:
    """Make a clinic, its staff, and forms in each state."""
    make_profile(name="Cedar Clinic", hours="Monday to Friday, 8 am to 5 pm", address="12 Cedar Street, Springfield")
    for group, name, first, last in (
        ("clinician", "dana", "Dana", "Reyes"),
        ("nurse", "lee", "Lee", "Okafor"),
        ("front desk", "pat", "Pat", "Moreno"),
        ("content editor", "sam", "Sam", "Whitlock"),
        ("owner", "robin", "Robin", "Ellis"),
    ):
        make_staff(group, name, first_name=first, last_name=last)
    call_command("make_demo_submissions", 40, seed=3, verbosity=0)
    make_unfinished(contact={"name": "Avery Sandoval", "phone": "+15035550142"})


def photograph_patient(new_page: NewPage, take: Take) -> None:
    page = new_page()
    for name, path in PUBLIC.items():
        page.goto(path)
        take(page, name)
    for learn in LearnPage.objects.filter(language="en").order_by("number"):
        page.goto(learn.get_absolute_url())
        take(page, f"page-{learn.slug}")

    walk = Walk(take)
    for name, changes in {"healthy": HEALTHY, "crisis": IN_CRISIS, "pain": IN_PAIN}.items():
        page = new_page()
        walk.go(page, changes)
        take(page, f"intake-check-{name}")
        press_continue(page)
        take(page, f"intake-sent-{name}")
    page.goto("/intake/clear/")
    take(page, "intake-clear")
    page.get_by_role("button", name="Clear this device").click()
    take(page, "intake-cleared")
    page.goto("/intake/tasks/")
    take(page, "intake-lost")

    page = new_page()
    walk.go(page, {}, until="mood")
    page.goto("/intake/tasks/")
    take(page, "intake-tasks")
    page.goto("/intake/check/")
    take(page, "intake-check-open")
    page.goto("/intake/leave/")
    take(page, "intake-leave")
    for name, changes in {"emergency": {"chest-pain-now": "yes"}, "adults": {"date-of-birth": CHILD}}.items():
        page = new_page()
        walk.go(page, changes, until="contact")
        take(page, f"intake-{name}")


class Walk:
    """Answer the form as a person does; take each page of questions once, empty and with its errors."""

    def __init__(self, take: Take) -> None:
        self.take = take
        self.taken: set[str] = set()

    def once(self, page: Page, name: str) -> None:
        if name not in self.taken:
            self.taken.add(name)
            self.take(page, f"intake-{name.replace(':', '-')}")

    def go(self, page: Page, changes: dict[str, Any], until: str = "") -> None:
        page.goto("/intake/")
        self.once(page, "start")
        page.locator("main form button").first.click()
        seen: list[str] = []
        while (slug := slug_of(page)) and slug != until and seen.count(slug) < 2:
            seen.append(slug)
            is_new = slug not in self.taken
            self.once(page, slug if seen.count(slug) == 1 else f"{slug}-again")
            if slug.startswith(HELP):
                page.locator("main form button").first.click()
                continue
            if is_new:
                press_continue(page)
                self.once(page, f"{slug}-error")
            fill_boxes(page, boxes_of(slug, changes | (RIGHT if seen.count(slug) > 1 else {})))
            press_continue(page)


def boxes_of(slug: str, changes: dict[str, Any]) -> dict[str, Any]:
    """Return what stands in each control of a page, by the control's name."""
    page = next(one for one in cases_v2.definition().pages if one.link_id == slug)
    answers = cases_v2.QUIET | changes
    return {name: value for item in page.items for name, value in posted(item, answers.get(item.link_id)).items()}


def photograph_staff(new_page: NewPage, take: Take) -> None:
    page = new_page()
    page.goto("/admin/")
    take(page, "staff-sign-in")
    sign_in(page, user("dana"))
    take(page, "staff-worklist")
    worst, *_, calm = WorkItem.objects.order_by("rank", "submitted_at")
    page.goto(reverse("admin:intake_submission_page", args=[worst.submission_id]))
    take(page, "staff-submission")
    page.locator("main details").evaluate_all("nodes => nodes.forEach(node => { node.open = true; })")
    take(page, "staff-submission-open")
    page.get_by_role("button", name="Save decision").click()
    expect(page.locator(".error-summary")).to_be_visible()
    take(page, "staff-decision-error")
    page.goto(reverse("admin:intake_submission_page", args=[calm.submission_id]))
    take(page, "staff-submission-calm")
    page.goto(reverse("admin:intake_submission_reports"))
    take(page, "staff-reports")
    page.goto("/admin/")
    page.get_by_role("button", name="Open").first.click()
    take(page, "staff-unfinished")

    desk = new_page()
    sign_in(desk, user("pat"))
    take(desk, "front-desk-worklist")
    desk.goto(reverse("admin:intake_submission_page", args=[worst.submission_id]))
    take(desk, "front-desk-submission")

    learn = LearnPage.objects.get(language="en", slug="driving-home")
    claim = Claim.objects.get(language="en", claim_id="RC-06")
    write_draft(replace(document_from(claim), body="A draft of the evidence."), "en", user("sam"), "Said more plainly.")
    places = {"admin-page": ("page_change", learn), "admin-claim": ("claim_change", claim)}
    places |= {"admin-page-review": ("page_review", learn), "admin-claim-review": ("claim_review", claim)}
    addresses = {name: reverse(f"admin:education_{at}", args=[row.pk]) for name, (at, row) in places.items()}
    photograph_admin(new_page, take, "sam", addresses)
    photograph_admin(
        new_page,
        take,
        "robin",
        {
            "admin-records": "/admin/?all=1",
            "admin-users": reverse("admin:clinic_user_changelist"),
            "admin-user": reverse("admin:clinic_user_change", args=[user("lee").pk]),
            "admin-clinic": reverse("admin:clinic_clinic_change", args=[1]),
            "admin-limits": reverse("admin:clinic_limit_changelist"),
            "admin-erase": reverse("admin:intake_submission_erase", args=[worst.submission_id]),
            "staff-export": reverse("admin:intake_submission_many"),
            "admin-audit": reverse("admin:clinic_auditentry_changelist"),
            "admin-pages": reverse("admin:education_page_changelist"),
            "admin-claims": reverse("admin:education_claim_changelist"),
            "admin-versions": reverse("admin:intake_questionnaireversion_changelist"),
        },
    )


def photograph_admin(new_page: NewPage, take: Take, name: str, places: dict[str, str]) -> None:
    page = new_page()
    enter(page, user(name))
    for place, path in places.items():
        page.goto(path)
        take(page, place)


def user(name: str) -> User:
    return User.objects.get(username=name)
