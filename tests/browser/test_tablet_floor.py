"""The tablet on Chromium 111, the oldest that it is promised to run on: a whole visit, a lost network, a restart."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Playwright, expect

from kiosk.models import Kiosk
from tests import shopping
from tests.browser.glass import until
from tests.browser.packed import CHROMIUM_111
from tests.browser.test_tablet import Glass, code_on
from tests.browser.wire import Wire
from tests.conftest import Served
from tests.shopping import Phone

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),  # what differs here is the browser
]
DROPPED = Path(__file__).with_name("dropped.js").read_text()
"""Reads what a browser does not understand of the style of a page."""
NICETIES = {"-webkit-touch-callout: none", "text-wrap: balance", "scrollbar-width: none"}
"""What Chromium 111 may drop: WebKit's own, evener lines, and thin air where ::-webkit-scrollbar says the same."""


@pytest.fixture
async def glass(playwright: Playwright) -> AsyncIterator[Glass]:
    """A tablet's page on Chromium 111."""
    if CHROMIUM_111.missing:
        pytest.skip(CHROMIUM_111.missing)
    browser = await playwright.chromium.launch(executable_path=CHROMIUM_111.binary, args=["--no-sandbox"])
    context = await browser.new_context(
        viewport={"width": 1024, "height": 768}, has_touch=True, reduced_motion="reduce"
    )
    made = Glass(await context.new_page())
    yield made
    await browser.close()
    assert made.complaints == []


async def test_a_shopper_collects_takes_it_along_goes_on_without_a_network_and_leaves_nothing(
    served: Served, glass: Glass
) -> None:
    await shopping.catalogue(served.database)
    tablet, phone, page = await shopping.tablet_at(served), Phone(served), glass.page
    async with served.database.transaction() as db:
        (await db.get_one(Kiosk, tablet.id)).idle_seconds = 600  # a slow machine has time
    wire = Wire(served.port)
    await wire.join()
    await glass.adopt(wire.url, tablet)
    assert "Chrome/111." in await page.evaluate("navigator.userAgent")
    await page.locator(".player-frame.player-plays").wait_for()
    sheets, dropped = await page.evaluate(DROPPED)
    assert sheets and set(dropped) <= NICETIES
    await page.locator(".begin").tap()
    await page.get_by_role("searchbox").fill("velv")
    await expect(page.locator(".tile-open")).to_have_count(1)
    await page.locator(".tile-open").tap()
    await page.get_by_role("radio", name="Late Plum").tap()
    await glass.sees("None left")
    await page.get_by_role("radio", name="Madder Red").tap()
    await glass.sees("3 left")
    await page.get_by_role("button", name="Add to bag").tap()
    await glass.count(1)
    await phone.client.post("/api/tickets", json={"ticket": await code_on(glass)})
    number = int(await page.locator(".digits").inner_text())
    assert (await phone.client.post("/api/tickets/pick", json={"number": number})).status_code == 200
    await glass.sees("A phone has your bag")
    await glass.touch("Go on looking")

    await glass.kept()
    await wire.cut()
    await glass.sees("No network. Stock as of")
    await glass.touch("Back")
    await page.get_by_role("searchbox").fill("")
    await glass.touch("Add Bias Slip Dress, Ink Blue to the bag")
    await glass.count(2)
    await until(glass.boxes, what="what was not sent to be sealed")
    assert '"operations"' not in await glass.storage()
    await page.reload()
    await glass.begin()
    await glass.count(0)
    await glass.touch("Add Bias Slip Dress, Ink Blue to the bag")
    await glass.touch("Take it with me")
    await glass.sees("A phone can take it when the network is back")
    await page.keyboard.press("Escape")
    await glass.touch("Done, clear this tablet")
    await page.locator(".begin").wait_for()
    await wire.join()

    async def arrived() -> bool:
        return sorted(item["variant"] for item in await phone.items()) == ["slip-ink", "stain-madder"]

    await until(arrived, within=30, what="what was done without a network, on the phone")
    held = await glass.storage()
    bag = json.dumps((await phone.bag())["bag"])
    assert "operations" not in held and bag not in held
    await wire.cut()
