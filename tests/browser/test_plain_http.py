"""A house that is opened without TLS: a tablet says what it lacks and does not begin, a shopper's phone works."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from playwright.async_api import Browser, Playwright, expect

from server.core.settings import Settings
from tests import shopping
from tests.browser.glass import EXECUTABLE, SWITCHES, until
from tests.conftest import Served
from tests.shopping import add

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]
HOUSE = "shop.example"
"""A name that no browser takes for its own machine, and so for secure."""


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A house that listens at whatever name it is asked by."""
    return replace(settings, public_url="")


@pytest.fixture
async def outside(playwright: Playwright) -> AsyncIterator[Browser]:
    """A browser on another machine than the house."""
    rules = f"--host-resolver-rules=MAP {HOUSE} 127.0.0.1"
    running = await playwright.chromium.launch(executable_path=EXECUTABLE, args=[*SWITCHES, rules])
    yield running
    await running.close()


async def test_a_tablet_without_a_secure_address_says_so_and_a_phone_takes_the_bag_all_the_same(
    served: Served, outside: Browser
) -> None:
    await shopping.catalogue(served.database)
    tablet = await shopping.tablet_at(served)
    await tablet.begin()
    await tablet.send(add("stain-madder"), add("slip-ink"))
    house, complaints = f"http://{HOUSE}:{served.port}", list[str]()
    page = await (await outside.new_context(locale="nb-NO")).new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    await page.goto(f"{house}/kiosk/adopt#{tablet.id}.{tablet.token}")
    await expect(page.get_by_role("heading", name="Dette nettbrettet trenger en sikker adresse")).to_be_visible()
    await page.get_by_role("link", name="/trust").click()
    await page.wait_for_url("**/trust")

    fresh = await (await outside.new_context()).new_page()
    asked = list[str]()
    fresh.on("request", lambda request: asked.append(request.url))
    await fresh.goto(f"{house}/kiosk")
    await expect(fresh.get_by_role("heading", name="A tablet needs a secure address")).to_be_visible()
    await expect(fresh.get_by_role("link", name="/trust")).to_be_visible()
    assert not [url for url in asked if "/api/" in url], "no code is offered that would lead nowhere"
    await expect(fresh.get_by_label("Pairing code")).to_be_hidden()

    phone = await (await outside.new_context(viewport={"width": 390, "height": 844}, has_touch=True)).new_page()
    phone.on("pageerror", lambda error: complaints.append(str(error)))
    await phone.goto(f"{house}/take#{await tablet.ticket()}")
    assert await phone.evaluate("[isSecureContext, typeof crypto.randomUUID]") == [False, "undefined"]
    await phone.locator(".number").first.wait_for()
    number = (await tablet.document())["visit"]["ticket"]["number"]
    await phone.get_by_role("button", name=str(number), exact=True).click()
    await phone.wait_for_url("**/bag")
    await phone.get_by_role("button", name="Remove Velvet Lipstick, Madder Red").click()

    async def removed() -> bool:
        return [item["variant"] for item in await tablet.items()] == ["slip-ink"]

    await until(removed, what="the removal on the tablet")
    assert complaints == []
