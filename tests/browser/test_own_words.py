"""A merchandiser adds words to a feed by keyboard, sees at once what they change, saves, and takes it back."""

import json
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from server.core import staff
from server.core.settings import Settings
from social.models import Feed
from tests import stories
from tests.browser.conftest import NewWindow
from tests.browser.test_campaign import tab_to
from tests.conftest import Served
from tests.console.moderating import open_house, waits

pytestmark = pytest.mark.browser
AXE = (Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js").read_text()
POSTS = {
    "ada": "A red smudgie for the train home, obsessed #HouseLoves",
    "bo": "Sephora haul: madder red lipstick, love it #HouseLoves",
    "cy": "Ink blue dress, all day long #HouseLoves",
    "di": "Rain again at the bus stop #HouseLoves",
}


async def broken_rules(page: Page) -> list[str]:
    await page.evaluate(AXE)
    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
    told = "found => found.violations.map(one => [one.id, one.nodes.map(node => node.html.slice(0, 160))])"
    return await page.evaluate(f"axe.run(document, {json.dumps(rules)}).then({told})")


async def test_words_are_added_seen_to_change_posts_saved_and_taken_back_by_keyboard(
    served: Served, settings: Settings, window: NewWindow
) -> None:
    await open_house(served)
    await waits(served, settings, *(stories.post(text, handle=handle) for handle, text in POSTS.items()))
    async with served.database.transaction() as db:
        person = await staff.add(db, email="ann@house.test", name="Ann", role="merchandiser")
        secret = await staff.sign_in(db, person, hours=1)
    page = await window("/console/campaigns/1", secret)
    await page.keyboard.press("w")
    await page.wait_for_url("**/campaigns/1/words")
    changes = page.locator("#changes")
    await expect(changes).to_contain_text("tried on the newest 4 posts")

    await page.keyboard.press("n")
    await page.keyboard.type("smudgie")
    await expect(changes).to_contain_text("choose what it means")
    await page.keyboard.press("Tab")
    await page.keyboard.type("leppe")
    option = page.locator(".word [data-value='type:lipstick']")
    await expect(option).to_be_visible()
    for _ in range(8):
        if await option.get_attribute("aria-selected") == "true":
            break
        await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.locator(".word .picked")).to_contain_text("lipstick")
    await expect(changes).to_contain_text("Would show an item now")
    await expect(changes.locator("mark.mark-own")).to_have_text("smudgie")

    await tab_to(page, "#f-rival")
    await page.keyboard.type("ink blue")
    await tab_to(page, "#f-stop")
    await page.keyboard.type("Sephora")
    await expect(changes.locator(".stats")).to_contain_text("would fall silent")
    await expect(changes.locator(".changed-shows + ul > li")).to_have_count(2)
    await expect(page.locator(".savestate")).to_have_text("Not saved yet.")
    assert await broken_rules(page) == []

    await page.keyboard.press("Control+s")
    await expect(page.locator(".toast")).to_contain_text("judged again within seconds")
    await expect(page.locator(".last-change")).to_contain_text("Ann added ‘smudgie’")
    await page.keyboard.press("z")
    await expect(page.locator(".toast")).to_contain_text("from before are back")
    await expect(page.locator(".word")).to_have_count(0)
    async with served.database.snapshot() as db:
        feed = await db.get_one(Feed, 1)
    assert feed.words["now"] == [] and len(feed.words["before"]) == 3
