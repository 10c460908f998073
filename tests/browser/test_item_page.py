"""The page behind a code in a real browser: in its room before any script, and one look counted once."""

import pytest
from playwright.async_api import Browser
from sqlalchemy import func, select

from displays.models import Scan
from tests import house
from tests.conftest import Served, until

pytestmark = pytest.mark.browser


@pytest.fixture
async def address(served: Served) -> str:
    async with served.database.transaction() as db:
        await house.catalogue(db)
        screen, _ = await house.screen(db)
    return f"{served.address}/v/stain-madder?s={screen.id}&p=e1"


async def scans(served: Served) -> int:
    async with served.database.snapshot() as db:
        return await db.scalar(select(func.count()).select_from(Scan)) or 0


async def test_one_opening_is_one_look_however_often_it_is_loaded_again(
    served: Served, address: str, browser: Browser
) -> None:
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(address)

    async def counted() -> bool:
        return await scans(served) == 1

    await until(counted)
    await page.reload()
    await page.wait_for_timeout(1500)
    await page.click("a.tile")
    await page.wait_for_load_state()
    await page.wait_for_timeout(1500)
    assert "/v/stain-plum" in page.url and await scans(served) == 1
    assert await page.context.cookies() == []


async def test_the_page_is_whole_and_in_its_room_without_a_script(
    served: Served, address: str, browser: Browser
) -> None:
    context = await browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = await context.new_page()
    broken: list[str] = []
    page.on("console", lambda message: broken.append(message.text) if message.type in ("error", "warning") else None)
    await page.goto(address)
    assert await page.locator("h1").inner_text() == "Velvet Lipstick"
    assert (
        await page.get_by_text("3 left").is_visible() and await page.get_by_role("link", name="Buy online").is_visible()
    )
    sheet = await (await context.new_page()).goto(f"{served.address}/room/8e1c2b.css")
    assert sheet and "--field" in await sheet.text()
    assert broken == []
