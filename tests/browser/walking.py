"""Walk the app in a browser as a person does: any page of the form from an answers dict, staff by the sign-in page."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from clinic.models import User
from intake.journey.addresses import HELP, DraftAddresses
from intake.journey.drafts import cookie_name, start_draft
from intake.models import Draft, QuestionnaireVersion
from tests import signing_in
from tests.intake.cases import QUIET, complete_answers, definition
from tests.intake.factories import posted
from tests.intake.submissions import make_journey

CONTROLS = "#questions :is(input:not([type=hidden]), select, textarea)"
DRIVING = "driving-notice"
RIGHT = {"tb-1": QUIET["tb-1"], "tb-2": QUIET["tb-2"], "tb-3": QUIET["tb-3"]}

Each = Callable[[Page], None]


def slug_of(page: Page) -> str:
    """Give the slug of the page of questions the browser stands on; empty elsewhere."""
    found = re.search(r"/q/([0-9a-f]+)/", page.url)
    names = (DraftAddresses("", draft.pk).name_of(found[1], draft.definition) for draft in drafts()) if found else ()
    return next((name for name in names if name), "")


def drafts() -> Iterable[Draft]:
    return Draft.objects.with_version().order_by("-created_at")


def press(leading_on: Locator) -> None:
    """Press a link or a button, and wait until the page that it leads to is whole: its styles, and its scripts run."""
    with leading_on.page.expect_navigation():
        leading_on.click()


def begin(page: Page, device: str = "own") -> None:
    """Start a form from the home page and come to its first question."""
    page.goto("/")
    press(page.get_by_role("navigation").get_by_role("link", name="Start intake"))
    if device == "shared":
        page.get_by_label("I share this device").check()
    press(page.get_by_role("button", name="Start the form"))


def give_draft(page: Page, changes: Mapping[str, Any] | None = None, **columns: Any) -> Draft:
    """Give this browser a form that somebody has answered already; an answer of None is left out."""
    version = QuestionnaireVersion.objects.latest_published("previsit")
    key, token = start_draft(version, kind="own", language="en", now=timezone.now())
    draft = key.draft
    key.keep(**{name: columns.pop(name) for name in ("seen_at", "tries") if name in columns})
    draft.answers = complete_answers(changes)
    draft.journey = make_journey(tries=[{"at": timezone.now().isoformat(), "revision": 0, "answers": RIGHT}])
    for name, value in columns.items():
        setattr(draft, name, value)
    draft.save()
    page.context.add_cookies([{"name": cookie_name("previsit"), "value": token, "domain": "localhost", "path": "/"}])
    return draft


def open_question(page: Page, slug: str) -> None:
    page.goto(DraftAddresses("", next(iter(drafts())).pk).page(slug))


def typed(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Give what stands in each control of the form for these answers, by the control's name."""
    found: dict[str, Any] = {}
    for item in definition().questions.values():
        found |= posted(item, answers.get(item.link_id))
    return found


def fill(page: Page, answers: Mapping[str, Any]) -> None:
    """Answer what this page asks; what has no answer here is left as it is."""
    fill_boxes(page, typed(answers))


def fill_boxes(page: Page, wanted: Mapping[str, Any]) -> None:
    """Fill the page's controls by their names."""
    controls = page.locator(CONTROLS).evaluate_all("nodes => nodes.map(node => [node.name, node.type])")
    for name, kind in dict(controls).items():
        value = wanted.get(name)
        control = page.locator(f'#questions [name="{name}"]')
        if value is None:
            continue
        if kind == "checkbox" and value == "on":
            control.check()
        elif kind in ("radio", "checkbox"):
            for code in [value] if isinstance(value, str) else value:
                page.locator(f'#questions [name="{name}"][value="{code}"]').check()
        elif kind.startswith("select"):
            control.select_option(value)
        else:
            control.fill(value)


def press_continue(page: Page) -> None:
    press(page.locator(".actions button.btn-primary"))


def try_driving(page: Page, answers: Mapping[str, Any]) -> None:
    """Answer the no-driving questions once."""
    fill(page, answers)
    press(page.get_by_role("button", name="Check my answers"))


def walk(
    page: Page,
    changes: Mapping[str, Any] | None = None,
    *,
    until: str = "",
    each: Each | None = None,
    tries: Iterable[Mapping[str, Any]] = (RIGHT,),
) -> list[str]:
    """Go on from a page of questions, page by page with Continue, to the check page or to the page `until`.

    `each` is called with every page when it is reached, and after each try of the no-driving questions.
    """
    answers = QUIET | dict(changes or {})
    seen: list[str] = []
    while (slug := slug_of(page)) and slug != until:
        assert slug not in seen, f"{slug} came twice after {seen}"
        seen.append(slug)
        if each:
            each(page)
        if slug == DRIVING:
            for one_try in tries:
                try_driving(page, one_try)
                if each:
                    each(page)
            if slug_of(page) == DRIVING:
                press(page.get_by_role("link", name="Continue"))
            continue
        if slug.startswith(HELP):
            go_on = page.get_by_role("button", name="Go on with the form").or_(page.get_by_role("button", name="go on"))
            press(go_on.first)
            continue
        fill(page, answers)
        press_continue(page)
        expect(page.locator(".error-summary")).to_have_count(0)
    if each and slug_of(page) == "":
        each(page)
    return seen


def send(page: Page) -> str:
    """Send the form from the check page; give the reference on the confirmation."""
    press(page.get_by_role("button", name="Send my form"))
    return page.locator(".reference").inner_text()


def enter(page: Page, user: User) -> None:
    """Sign in as the sign-in pages leave the session."""
    page.goto("/accounts/login/")
    key = signing_in.sign_in(Client(), user).cookies[settings.SESSION_COOKIE_NAME].value
    # By domain and path: from an address a cookie gets that address's folder.
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": key, "domain": "localhost", "path": "/"}
    page.context.add_cookies([cookie])


def sign_in(page: Page, user: User) -> None:
    """Sign in, and land where those land who read forms."""
    enter(page, user)
    page.goto("/admin/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Worklist")
