"""`make screenshots`: serve the app with its real content on a temporary database, walk patient and staff, and write
a picture of each kind of page, narrow to wide, light and dark, into `screenshots/`.

With `--picture` it writes only docs/previsit.png, the picture in the README.
"""

import os
import sys
from argparse import ArgumentParser
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "screenshots"
PICTURE = ROOT / "docs" / "previsit.png"
WIDTHS = (360, 768, 1280)
SCHEMES = ("light", "dark")
TALLEST = 7000  # pixels: the end of a longer page looks like its middle

DATABASE_FOLDER = TemporaryDirectory(prefix="previsit-screenshots-")
os.environ["TEST_DATABASE_URL"] = f"sqlite:///{DATABASE_FOLDER.name}/screenshots.sqlite3"
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
# Playwright's event loop stands still whenever this script asks the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

import django  # noqa: E402

django.setup()

from django.contrib.staticfiles.handlers import StaticFilesHandler  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test.testcases import LiveServerThread  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402
from playwright.sync_api import Browser, Page, expect, sync_playwright  # noqa: E402

from intake.definition import Severity  # noqa: E402
from intake.models import Decision, Outcome, Submission  # noqa: E402
from intake.review import assign, decide, resolve_flag  # noqa: E402
from tests.browser.conftest import CHROMIUM_ARGS  # noqa: E402
from tests.browser.walking import (  # noqa: E402
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
from tests.conftest import CHROMIUM  # noqa: E402
from tests.intake.factories import make_profile  # noqa: E402
from tests.intake.submissions import make_staff, make_submission, make_unfinished  # noqa: E402

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


class Camera:
    """Take a page in every width and scheme, without loading it again."""

    def __init__(self) -> None:
        FOLDER.mkdir(exist_ok=True)
        for old in FOLDER.glob("*.png"):
            old.unlink()
        self.count = 0

    def take(self, page: Page, name: str) -> None:
        self.count += 1
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            for scheme in SCHEMES:
                page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                height = page.evaluate("document.documentElement.scrollHeight")
                clip = {"x": 0, "y": 0, "width": width, "height": min(height, TALLEST)}
                path = FOLDER / f"{self.count:02d}-{name}-{width}-{scheme}.png"
                page.screenshot(path=path, full_page=True, clip=clip)  # type: ignore[arg-type]
        print(f"{self.count:02d} {name}", flush=True)


@contextmanager
def served() -> Iterator[str]:
    """Serve the app on a free port of this machine; give its address."""
    server = LiveServerThread("127.0.0.1", static_handler=StaticFilesHandler)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    if server.error:
        raise server.error
    yield f"http://localhost:{server.port}"
    server.terminate()


def prepare() -> None:
    """Make the database: content, questionnaire, clinic, staff, and forms in each state."""
    for command in ("migrate", "createcachetable", "load_content", "load_questionnaires"):
        call_command(command, verbosity=0)
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


def send_form(name: str, answers: dict, at) -> Submission:  # type: ignore[no-untyped-def, type-arg]
    return make_submission({"legal-name": name, "preferred-name": name.split()[0], **answers}, now=at)


def photograph_patient(browser: Browser, url: str, camera: Camera) -> None:
    page = browser.new_context(base_url=url).new_page()
    for name, path in PUBLIC.items():
        page.goto(path)
        camera.take(page, name)

    page.goto("/intake/")
    camera.take(page, "intake-start")
    page.get_by_role("button", name="Start the form").click()
    camera.take(page, "intake-start-error")
    page.locator("input[name=device][value=own]").check()
    page.get_by_role("button", name="Start the form").click()
    camera.take(page, "intake-tasks-empty")
    page.get_by_role("link", name="Begin").click()
    photograph_questions(page, camera)
    photograph_driving(page, camera)
    photograph_states(page, camera)


def photograph_questions(page: Page, camera: Camera) -> None:
    give_draft(page, {"signature-name": None, "heart-failure": None, **STOP})
    for slug in KINDS:
        open_question(page, slug)
        assert slug_of(page) == slug, page.url
        camera.take(page, f"intake-{slug}")
    page.goto("/intake/tasks/")
    camera.take(page, "intake-tasks")
    page.goto("/intake/check/")
    camera.take(page, "intake-check-open")
    for slug, blank in WITH_ERRORS.items():
        give_draft(page, dict.fromkeys(blank))
        open_question(page, slug)
        press_continue(page)
        camera.take(page, f"intake-{slug}-error")


def photograph_driving(page: Page, camera: Camera) -> None:
    give_draft(page, dict.fromkeys(RIGHT), journey={})
    open_question(page, "driving-notice")
    camera.take(page, "intake-driving")
    try_driving(page, RIGHT | {"tb-1": "tuesday-morning"})
    camera.take(page, "intake-driving-second-try")
    try_driving(page, RIGHT)
    camera.take(page, "intake-driving-right")


def photograph_states(page: Page, camera: Camera) -> None:
    give_draft(page, {"phq9-q9": None, "legal-name": "Alex Example", **STOP})
    open_question(page, "mood-continued")
    press_continue(page)
    fill(page, THOUGHTS)
    press_continue(page)
    camera.take(page, "intake-crisis")
    page.goto("/intake/check/")
    camera.take(page, "intake-check")
    send(page)
    camera.take(page, "intake-sent-crisis")
    page.goto("/intake/clear/")
    camera.take(page, "intake-clear")
    page.get_by_role("button", name="Clear this device").click()
    camera.take(page, "intake-cleared")
    page.goto("/intake/tasks/")
    camera.take(page, "intake-lost")

    give_draft(page, {"chest-pain-now": "yes"})
    open_question(page, "your-name")
    camera.take(page, "intake-emergency")
    give_draft(page, STOP)
    page.goto("/intake/leave/")
    camera.take(page, "intake-leave")
    open_question(page, "how-to-reach-you")
    stale = page.context.new_page()
    open_question(stale, "how-to-reach-you")
    fill(page, {"phone-number": "555 0111"})
    press_continue(page)
    fill(stale, {"phone-number": "555 0122"})
    press_continue(stale)
    camera.take(stale, "intake-conflict")
    stale.close()
    page.goto("/intake/check/")
    send(page)
    camera.take(page, "intake-sent")
    give_draft(page, seen_at=timezone.now() - timedelta(hours=1))
    page.goto("/intake/tasks/")
    camera.take(page, "intake-welcome-back")
    give_draft(page, {"date-of-birth": "2015-01-01"})
    page.goto("/intake/tasks/")
    camera.take(page, "intake-adults-only")


def photograph_staff(browser: Browser, url: str, camera: Camera) -> None:
    page = browser.new_context(base_url=url).new_page()
    page.goto("/admin/")
    camera.take(page, "staff-sign-in")
    sign_in(page, user("dana"))
    camera.take(page, "staff-worklist")
    page.locator(".unfinished").get_by_role("button", name="Open").click()
    camera.take(page, "staff-unfinished")
    page.goto(address_of("Alex Example"))
    camera.take(page, "staff-submission")
    page.locator("#flags details summary").first.click()
    page.get_by_role("button", name="Save decision").click()
    expect(page.locator(".error-summary")).to_be_visible()
    camera.take(page, "staff-decision-error")
    page.goto(address_of("Taylor Brandt"))
    camera.take(page, "staff-submission-cleared")

    desk = browser.new_context(base_url=url).new_page()
    sign_in(desk, user("pat"))
    camera.take(desk, "front-desk-worklist")
    desk.goto(address_of("Riley Thornton"))
    camera.take(desk, "front-desk-contacts")

    owner = browser.new_context(base_url=url).new_page()
    sign_in(owner, user("robin"))
    for name, path in {
        "admin-records": "/admin/?all=1",
        "admin-users": reverse("admin:clinic_user_changelist"),
        "admin-user": reverse("admin:clinic_user_change", args=[user("lee").pk]),
        "admin-clinic": reverse("admin:clinic_clinicprofile_change", args=[1]),
        "admin-audit": reverse("admin:clinic_auditentry_changelist"),
        "admin-pages": reverse("admin:education_page_changelist"),
        "admin-versions": reverse("admin:intake_questionnaireversion_changelist"),
    }.items():
        owner.goto(path)
        camera.take(owner, name)


def user(name: str):  # type: ignore[no-untyped-def]
    from clinic.models import User

    return User.objects.get(username=name)


def address_of(name: str) -> str:
    newest_first = Submission.objects.order_by("-submitted_at")
    found = next(one for one in newest_first if one.identity["legal-name"] == name)
    return reverse("admin:intake_submission_page", args=[found.pk])


COMPOSITION = """<!doctype html><meta charset="utf-8"><style>
  body {{ margin: 0; width: 1240px; background: #dfe7e5; }}
  main {{ display: grid; grid-template-columns: 1fr 1fr; gap: 28px; padding: 36px; }}
  img {{ display: block; width: 100%; border-radius: 10px; box-shadow: 0 2px 14px rgb(20 40 40 / 22%); }}
</style><main>{images}</main>"""


def make_picture(browser: Browser, url: str) -> None:
    """Compose home, a learn page, a page of the form and the worklist into the README's picture."""
    page = browser.new_context(base_url=url, viewport={"width": 1000, "height": 720}).new_page()
    shots = []
    page.goto("/")
    shots.append(page.screenshot())
    page.goto("/learn/how-iv-compares/#chart")
    shots.append(page.screenshot())
    give_draft(page, {"heart-failure": None, "bp-diagnosis": "yes"})
    open_question(page, "heart-and-blood-pressure")
    shots.append(page.screenshot())
    sign_in(page, user("dana"))
    shots.append(page.screenshot())

    sheet = browser.new_page(viewport={"width": 1240, "height": 600})
    tags = [f'<img alt="" src="data:image/png;base64,{b64encode(shot).decode()}">' for shot in shots]
    sheet.set_content(COMPOSITION.format(images="".join(tags)), wait_until="load")
    sheet.screenshot(path=PICTURE, full_page=True)
    print(f"{PICTURE.relative_to(ROOT)}: {PICTURE.stat().st_size // 1000} kB")


def main() -> int:
    parser = ArgumentParser(prog="python -m tests.screenshots", description=__doc__.split("\n\n")[0])
    parser.add_argument("--picture", action="store_true", help="make only the picture in the README")
    options = parser.parse_args()
    if CHROMIUM is None:
        print("Screenshots need Chromium: apt install chromium.", file=sys.stderr)
        return 1
    prepare()
    with served() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGS)
        if options.picture:
            make_picture(browser, url)
        else:
            camera = Camera()
            photograph_patient(browser, url, camera)
            photograph_staff(browser, url, camera)
            print(f"{len(list(FOLDER.glob('*.png')))} pictures of {camera.count} pages in {FOLDER.name}/")
        browser.close()
    DATABASE_FOLDER.cleanup()
    return 0


if __name__ == "__main__":
    sys.exit(main())
