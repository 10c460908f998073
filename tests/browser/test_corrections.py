"""A moderator asks why not, calls an item wrong, chooses another, and takes back what was learnt, by keys, in a real browser."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from server.core import staff
from server.core.settings import Settings
from tests import stories
from tests.browser.conftest import NewWindow
from tests.conftest import Served
from tests.console.moderating import open_house, waits

pytestmark = pytest.mark.browser
AXE = (Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]


async def test_why_not_wrong_and_what_was_learnt(served: Served, settings: Settings, window: NewWindow) -> None:
    await open_house(served)
    await waits(served, settings, stories.post(handle="ada"))
    await waits(served, settings, stories.post("Madder red lipstick again #HouseLoves", handle="bo"))
    async with served.database.transaction() as db:
        secret = await staff.sign_in(
            db, await staff.add(db, email="m@house.test", name="Mai", role="moderator"), hours=1
        )
    page = await window("/console/queue", secret, width=1440, height=900)
    await expect(page.locator("[data-queue][data-ready]")).to_be_visible()
    table = page.locator(".laid:not(.beneath):not(.leaving)")

    async def sound() -> None:
        await page.evaluate(AXE)
        found = await page.evaluate(
            "rules => axe.run('main', {runOnly: rules}).then(all => all.violations.map(one => one.id))", RULES
        )
        assert found == []

    await table.locator("mark", has_text="lipstick").hover()
    await expect(table.locator(".reason.lit")).to_contain_text("asks for lipstick")
    await page.keyboard.press("y")
    await page.keyboard.type("slip")
    await expect(table.locator('.choice-found [data-ask="slip-ink"]')).to_be_visible()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(table.locator(".why-told")).to_contain_text("this is of the kind ‘dress’")
    await sound()
    await page.keyboard.press("Escape")
    await page.keyboard.press("w")
    await expect(table.locator(".line-mode")).to_contain_text("Post alone")
    await page.keyboard.press("z")
    await expect(table.locator(".line-mode")).to_contain_text("Velvet Lipstick")
    await page.keyboard.press("i")
    await page.keyboard.type("slip")
    await table.locator('.choice-found [data-variant="slip-ink"]').click()
    await expect(table.locator(".line-mode")).to_contain_text("chosen by Mai")
    await page.keyboard.press("a")
    await expect(table).to_have_attribute("data-author", "bo")
    await page.goto("/console/corrections")
    rows = page.locator(".corrections tbody tr")
    await expect(rows).to_have_count(2)  # what was learnt, and what was taken back, folded away
    await expect(rows.first).to_contain_text("Bias Slip Dress goes 1 of at most 4 steps forward")
    await sound()
    await rows.first.locator("[data-act=undo]").click()
    await expect(page.locator(".empty")).to_contain_text("Nothing stands")
    await page.keyboard.press("z")
    await expect(rows.first).to_contain_text("goes 1 of at most 4 steps forward")
    await page.goto("/console/on-air")
    await page.locator(".aired").hover()
    await expect(page.locator(".aired [data-act=withdraw]")).to_be_visible()
    await sound()
    await page.locator(".aired [data-act=wrong]").click()
    await expect(page.locator(".toast")).to_contain_text("It is off the glass and waits in the queue")
    await expect(page.locator(".aired")).to_have_count(0)
