"""An account in a real browser: in by a code, a passkey made and used, what came taken out, told, erased."""

from dataclasses import replace

import pytest
from playwright.async_api import Browser, Page, expect

from server.core.settings import ROOT, Settings
from tests import shopping
from tests.conftest import Served
from tests.shopping import Phone, Tablet, add
from tests.signing import newest_code, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("patient")]
EMAIL = "ada@example.com"
AXE = ROOT / "node_modules/axe-core/axe.min.js"
DEVICE = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A house whose mail is read in the console."""
    return replace(settings, mail="console", public_url="")


async def opened(served: Served, browser: Browser, complaints: list[str], *, language: str = "en-GB") -> Page:
    """A phone's browser, on the house by the name that passkeys may be used at."""
    context = await browser.new_context(
        viewport={"width": 390, "height": 844}, base_url=f"http://localhost:{served.port}", locale=language
    )
    page = await context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
    return page


async def accessible(page: Page) -> None:
    """Nothing that axe-core finds wrong by WCAG 2.2 AA."""
    await page.evaluate(AXE.read_text())
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    found = await page.evaluate("async (tags) => (await axe.run(document, {runOnly: tags})).violations", tags)
    assert [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found] == []


async def scan(page: Page, tablet: Tablet) -> None:
    """Take a tablet's bag, as the page behind its code does."""
    post = """async ([path, body]) => (await fetch(path, {method: 'POST', body: JSON.stringify(body),
        headers: {'Content-Type': 'application/json'}})).status"""
    assert await page.evaluate(post, ["/api/tickets", {"ticket": await tablet.ticket()}]) == 200
    number = (await tablet.document())["visit"]["ticket"]["number"]
    assert await page.evaluate(post, ["/api/tickets/pick", {"number": number}]) == 200


async def test_somebody_signs_in_on_a_phone_and_has_the_account_in_hand(served: Served, browser: Browser) -> None:
    complaints: list[str] = []
    await shopping.catalogue(served.database)
    tablet = await shopping.tablet_at(served)
    await tablet.begin()
    await tablet.send(add("stain-madder"), add("slip-ink"))
    page = await opened(served, browser, complaints)
    await page.goto("/me")
    await scan(page, tablet)
    await page.reload()
    await expect(page.get_by_text("What is in your bag comes along: 2 things.")).to_be_visible()

    await accessible(page)
    email = page.get_by_label("E-mail address")
    await email.fill("nobody")
    await email.press("Enter")
    await expect(page.get_by_role("alert").first).to_contain_text("such as name@example.com")
    await expect(email).to_be_focused()
    await email.fill(EMAIL)
    await email.press("Enter")
    code = page.get_by_label("Code")
    await expect(code).to_be_focused()
    assert (
        await code.get_attribute("autocomplete") == "one-time-code"
        and await code.get_attribute("inputmode") == "numeric"
    )
    right = await newest_code(served, EMAIL)
    await code.press_sequentially(f"{(int(right) + 1) % 10**6:06d}")
    await expect(page.get_by_role("alert")).to_have_text("That is not the code. Tries left: 4.")
    await expect(code).to_be_focused()
    await code.fill(f" {right[:3]} {right[3:]}\n")  # as it is pasted
    await expect(page.get_by_role("heading", name="Your account")).to_be_focused()
    await expect(page.get_by_role("link", name="Your bag")).to_contain_text("2 things")
    await expect(page.get_by_role("status")).to_contain_text("what you had collected came along")

    await accessible(page)
    tablets = page.locator("section", has=page.get_by_role("heading", name="Open on a tablet"))
    await expect(tablets).to_contain_text("Oxford Street")
    await tablets.get_by_role("button", name="Clear it").click()
    await expect(tablets).to_have_count(0)
    assert (await tablet.document())["visit"] is None
    await page.get_by_role("button", name="Take out").click()
    await expect(page.get_by_role("link", name="Your bag")).to_contain_text("Nothing in it yet")
    await expect(page.get_by_role("status")).to_contain_text("This browser opens it again when you sign out.")

    elsewhere = Phone(served)
    elsewhere.client.headers["user-agent"] = "<b>Firefox/140</b> (Windows NT 10.0)"
    await sign_in(served, elsewhere, EMAIL)
    await page.reload()
    await (
        page.get_by_role("listitem").filter(has_text="Firefox · Windows").get_by_role("button", name="Sign out").click()
    )
    await expect(page.get_by_text("Firefox · Windows")).to_have_count(0)
    assert (await elsewhere.client.get("/api/me")).status_code == 401

    agree = page.get_by_role("switch")
    await expect(agree).not_to_be_checked()
    await agree.check()
    await expect(page.get_by_text("Turn it off, and no such mail comes any more.")).to_be_visible()
    await agree.uncheck()
    await expect(page.get_by_text("Off, until you turn it on.")).to_be_visible()
    await page.get_by_role("radio", name="Norsk").check()
    await expect(page.get_by_role("heading", name="Kontoen din")).to_be_visible()
    await page.get_by_role("button", name="Logg ut").last.click()
    await expect(page.get_by_label("E-postadresse")).to_be_visible()
    await expect(page.get_by_text("Det som er i posen din, blir med: 2 ting.")).to_be_visible()
    assert complaints == []
    await page.context.close()


async def test_a_passkey_is_made_named_used_and_the_account_erased(served: Served, browser: Browser) -> None:
    complaints: list[str] = []
    page = await opened(served, browser, complaints)
    device = await page.context.new_cdp_session(page)
    await device.send("WebAuthn.enable")
    key = (await device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE}))["authenticatorId"]
    await page.goto("/me")
    await page.get_by_role("button", name="Use a passkey").click()
    await expect(page.get_by_text("No passkey was used.")).to_be_visible()
    await page.get_by_label("E-mail address").fill(EMAIL)
    await page.get_by_role("button", name="Send me a code").click()
    await expect(page.get_by_label("Code")).to_be_focused()
    await page.get_by_label("Code").fill(await newest_code(served, EMAIL))
    await page.get_by_role("button", name="Add a passkey").click()
    await expect(page.get_by_role("status")).to_contain_text("The passkey is added.")
    [kept] = (await device.send("WebAuthn.getCredentials", {"authenticatorId": key}))["credentials"]
    assert kept["isResidentCredential"] and kept["rpId"] == "localhost"
    await page.get_by_role("button", name="Rename").click()
    await page.get_by_label("Name of the passkey").fill("My <b>phone</b>")
    await page.get_by_label("Name of the passkey").press("Enter")
    await expect(page.get_by_text("My <b>phone</b>")).to_be_visible()
    await page.get_by_role("button", name="Add a passkey").click()
    await expect(page.get_by_role("status")).to_contain_text("has a passkey for your account already")

    await page.get_by_role("button", name="Sign out").last.click()
    await page.get_by_role("button", name="Use a passkey").click()
    await expect(page.get_by_role("heading", name="Your account")).to_be_focused()
    await expect(page.get_by_role("listitem").filter(has_text="My <b>phone</b>")).to_contain_text("last used")

    async with page.expect_download() as waiting:
        await page.get_by_role("link", name="Download all of it").click()
    assert (await waiting.value).suggested_filename.startswith("my-bag-")
    await page.get_by_role("button", name="Erase everything").click()
    await page.get_by_role("button", name="Keep it").click()
    await page.get_by_role("button", name="Erase everything").click()
    await page.get_by_role("button", name="Erase it all").click()
    await expect(page.get_by_role("heading", name="Everything is erased")).to_be_visible()
    assert await page.evaluate("document.cookie") in ("", "vitrine_language=en")
    await page.reload()
    await page.get_by_role("button", name="Use a passkey").click()
    await expect(page.get_by_text("This passkey is not known here.")).to_be_visible()
    assert complaints == []
    await page.context.close()
