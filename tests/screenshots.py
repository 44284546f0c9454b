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
from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402

from tests.browser.conftest import CHROMIUM_ARGS  # noqa: E402
from tests.browser.walking import sign_in  # noqa: E402
from tests.conftest import CHROMIUM  # noqa: E402
from tests.screenshot_tour import Walk, make_clinic, photograph_patient, photograph_staff, user  # noqa: E402


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
                page.screenshot(path=path, full_page=True, clip=clip, animations="disabled")  # type: ignore[arg-type]
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
    """Make the database: content, questionnaire, and a clinic at work."""
    for command in ("migrate", "load_content", "load_questionnaires"):
        call_command(command, verbosity=0)
    make_clinic()


COMPOSITION = """<!doctype html><meta charset="utf-8"><style>
  body {{ margin: 0; width: 1240px; background: #dfe7e5; }}
  main {{ display: grid; grid-template-columns: 1fr 1fr; gap: 28px; padding: 36px; }}
  img {{ display: block; width: 100%; border-radius: 10px; box-shadow: 0 2px 14px rgb(20 40 40 / 22%); }}
</style><main>{images}</main>"""


def make_picture(browser: Browser, url: str) -> None:
    """Compose home, a learn page, a page of the form and the worklist into the README's picture."""
    page = browser.new_context(base_url=url, viewport={"width": 1000, "height": 760}).new_page()
    shots = []
    page.goto("/")
    shots.append(page.screenshot())
    page.goto("/learn/how-iv-compares/")
    page.locator(".figure-title").first.evaluate("node => scrollTo(0, node.getBoundingClientRect().top - 24)")
    shots.append(page.screenshot())
    Walk(lambda page, name: None).go(page, {}, until="heart-head")
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

            def new_page() -> Page:
                return browser.new_context(base_url=url).new_page()

            photograph_patient(new_page, camera.take)
            photograph_staff(new_page, camera.take)
            print(f"{len(list(FOLDER.glob('*.png')))} pictures of {camera.count} pages in {FOLDER.name}/")
        browser.close()
    DATABASE_FOLDER.cleanup()
    return 0


if __name__ == "__main__":
    sys.exit(main())
