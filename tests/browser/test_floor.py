"""The floor on an associate's phone: a call is there at once, said aloud, answered by a key, and fits the glass."""

import pytest
from playwright.async_api import expect

from server.core import staff
from tests import shopping
from tests.browser.conftest import NewWindow
from tests.conftest import Served, until
from tests.shopping import add

pytestmark = pytest.mark.browser


async def test_a_call_comes_in_is_answered_and_done_without_a_reload(served: Served, window: NewWindow) -> None:
    await shopping.catalogue(served.database)
    tablet = await shopping.tablet_at(served)
    await tablet.begin()
    await tablet.send(add("stain-madder"))
    async with served.database.transaction() as db:
        ines = await staff.add(db, email="i@house.test", name="Ines Lund", role="associate", store_id="OXF")
        secret = await staff.sign_in(db, ines, hours=1)
    page = await window("/console", secret, width=390, height=844)
    await expect(page).to_have_url(f"{served.address}/console/floor/OXF")
    await expect(page.locator("#live-state")).to_have_text("Live")
    await expect(page.locator("#floor")).to_contain_text("Nobody is calling")
    await tablet.client.post(f"/api/visits/{tablet.visit}/call")
    await expect(page.locator(".call")).to_contain_text("Madder Red")
    await expect(page.locator("#announce")).to_have_text("A shopper calls: Lips, by the mirror")
    await expect(page).to_have_title("(1) Oxford Street · Vitrine")
    assert await page.evaluate("document.documentElement.scrollWidth") == 390
    box = await page.get_by_role("button", name="I am coming").bounding_box()
    assert box and box["height"] >= 44
    await page.keyboard.press("a")
    await expect(page.locator(".call")).to_contain_text("Ines is coming")
    await expect(page).to_have_title("Oxford Street · Vitrine")

    async def told() -> bool:
        call = (await tablet.document())["visit"]["call"]
        return call is not None and call["answered_by"] == "Ines"

    await until(told)
    await page.get_by_role("button", name="Done").click()
    await expect(page.locator("#floor")).to_contain_text("Nobody is calling")
