"""Setting up a second factor as a newcomer does: an app without a script, a passkey with one."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.walking import press
from tests.intake.submissions import PASSWORD, make_staff
from tests.signing_in import code_of

pytestmark = [pytest.mark.browser, pytest.mark.once]


def give_password(page: Page, name: str) -> None:
    page.goto("/admin/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    press(page.get_by_role("button", name="Sign in", exact=True))


def test_an_app_is_set_up_without_a_script_and_asked_for_the_next_time(open_page: OpenPage) -> None:
    make_staff("nurse", "nina")
    page = open_page(script=False)

    give_password(page, "nina")
    press(page.get_by_role("link", name="Set up an authenticator app"))
    assert page.locator("img.qr").bounding_box()["width"] > 100
    secret = page.locator("code.secret").inner_text()
    page.get_by_label("Authenticator code").fill(code_of(secret))
    press(page.get_by_role("button", name="Set up"))
    expect(page.locator(".codes li")).to_have_count(10)
    press(page.get_by_role("link", name=re.compile("go to the staff pages")))
    expect(page.get_by_role("heading", level=1)).to_have_text("Worklist")

    press(page.get_by_role("button", name="Sign out"))
    give_password(page, "nina")
    expect(page.get_by_role("heading", level=1)).to_have_text("Second step")
    page.get_by_label("Code").fill(code_of(secret))
    press(page.get_by_role("button", name="Sign in", exact=True))
    expect(page.get_by_role("heading", level=1)).to_have_text("Worklist")


def test_a_passkey_is_set_up_and_then_opens_the_door(page: Page) -> None:
    make_staff("nurse", "nina")
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options |= {"isUserVerified": False, "automaticPresenceSimulation": True}
    key = device.send("WebAuthn.addVirtualAuthenticator", {"options": options})

    give_password(page, "nina")
    # On a slow line the page stands there before its scripts; a button pressed then did nothing.
    line = {"offline": False, "latency": 300, "downloadThroughput": -1, "uploadThroughput": -1}
    device.send("Network.emulateNetworkConditions", line)
    press(page.get_by_role("link", name="Set up a passkey"))
    page.get_by_label("Name").fill("This computer")
    page.get_by_role("button", name="Set up").click()
    expect(page.get_by_role("alert")).to_have_text(re.compile("did not give the passkey"))
    device.send("Network.emulateNetworkConditions", line | {"latency": 0})
    device.send("WebAuthn.setUserVerified", {"authenticatorId": key["authenticatorId"], "isUserVerified": True})
    page.get_by_role("button", name="Set up").click()
    expect(page.locator(".codes li")).to_have_count(10)
    page.goto("/admin/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Worklist")

    press(page.get_by_role("button", name="Sign out"))
    give_password(page, "nina")
    page.get_by_role("button", name="Use a passkey instead").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Worklist")
