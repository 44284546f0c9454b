"""One Chromium for the session, a clinic with its content, and a watch over everything a page does."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    expect,
    sync_playwright,
)

from tests.conftest import CHROMIUM
from tests.intake.factories import make_profile, publish_previsit
from tests.real_content import put_content

CHROMIUM_ARGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 30_000  # milliseconds a page or a part of it may take on a busy machine
expect.set_options(timeout=PATIENCE)

# By whether the browser runs scripts. What is posted is the same, so PostgreSQL gets the one without.
WITH_AND_WITHOUT = [pytest.param(True, marks=pytest.mark.once), False]

OpenPage = Callable[..., Page]


@dataclass
class Watch:
    """Whatever went wrong in one browser."""

    host: str
    problems: list[str] = field(default_factory=list)

    def attach(self, context: BrowserContext) -> None:
        context.on("request", self.note_request)
        context.on("response", self.note_response)
        context.on("console", self.note_console)
        context.on("weberror", lambda error: self.problems.append(f"script error: {error.error}"))
        context.on("requestfailed", self.note_failed)

    def note_request(self, request: Request) -> None:
        if urlsplit(request.url).netloc != self.host and not request.url.startswith("data:"):
            self.problems.append(f"request to another host: {request.url}")

    def note_response(self, response: Response) -> None:
        # A page may answer 403 or 409 and mean it; what a page is made of must be there.
        if response.status >= 400 and response.request.resource_type != "document":
            self.problems.append(f"{response.status} for {response.url}")
        if response.status >= 500:
            self.problems.append(f"{response.status} for {response.url}")

    def note_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith("Failed to load resource"):
            place = message.location
            where = f"{place['url']}:{place['lineNumber']}"
            self.problems.append(f"console {message.type} at {where}: {message.text}")

    def note_failed(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # a page that was left while it loaded
            self.problems.append(f"{request.failure}: {request.url}")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    # Playwright keeps an event loop in this thread, and beside one Django refuses its database calls. Nothing
    # here is async: the loop stands still whenever a test or a fixture asks the database.
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGS)
        yield browser
        browser.close()


@pytest.fixture
def clinic_site(chromium: Browser, transactional_db: None, live_server) -> str:
    """Give the address of a clinic with all its pages and its questionnaire."""
    put_content()
    publish_previsit()
    make_profile(name="Cedar Clinic")
    return str(live_server.url)


@pytest.fixture
def open_page(chromium: Browser, clinic_site: str) -> Iterator[OpenPage]:
    """Give a function that opens a page in a browser of its own; at the end nothing may have gone wrong in any."""
    watches: list[Watch] = []
    contexts: list[BrowserContext] = []

    def open_one(*, script: bool = True, width: int = 1280, scheme: str = "light", state=None) -> Page:
        context = chromium.new_context(
            base_url=clinic_site,
            java_script_enabled=script,
            viewport={"width": width, "height": 800},
            color_scheme=scheme,
            storage_state=state,
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        watches.append(Watch(urlsplit(clinic_site).netloc))
        watches[-1].attach(context)
        return context.new_page()

    yield open_one
    for context in contexts:
        context.close()
    assert [problem for watch in watches for problem in watch.problems] == []


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    return open_page()
