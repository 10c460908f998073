"""Moderating with the keyboard alone, one moderator and two, on the real app in a real browser."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect
from sqlalchemy import select

from server.core import staff
from server.core.settings import Settings
from social.models import Moderation
from tests import stories
from tests.browser.conftest import NewWindow
from tests.conftest import Served
from tests.console.moderating import kinds, on_glass, open_house, waits

pytestmark = pytest.mark.browser
Desk = Callable[..., Awaitable[Page]]


@pytest.fixture
def desk(served: Served, window: NewWindow) -> Desk:
    """Opens a page of the console as somebody."""

    async def sit(name: str, path: str = "/console/queue", role: str = "moderator") -> Page:
        async with served.database.transaction() as db:
            person = await staff.add(db, email=f"{name.lower()}@house.test", name=name, role=role)
            secret = await staff.sign_in(db, person, hours=1)
        page = await window(path, secret, width=1440, height=900)
        await expect(page.locator("#live-state")).to_have_attribute("data-state", "live")
        if path == "/console/queue":
            await expect(page.locator("[data-queue][data-ready]")).to_be_visible()
        return page

    return sit


def on_table(page: Page):
    return page.locator(".laid:not(.beneath):not(.leaving)")


async def shows(page: Page, author: str) -> None:
    await expect(on_table(page)).to_have_attribute("data-author", author)


async def test_a_moderator_works_with_keys_alone(served: Served, settings: Settings, desk: Desk) -> None:
    await open_house(served)
    for name in ("ada", "bo", "cy"):
        await waits(served, settings, stories.post(handle=name))
    page = await desk("Mai")
    await shows(page, "ada")
    frames = on_table(page).locator("iframe")
    await expect(frames).to_have_count(2)
    for frame in await frames.all():
        inside = frame.content_frame
        await expect(inside.locator(".stage.ready article.card")).to_be_visible()
        await expect(inside.locator('[data-slot="where"]')).to_contain_text("Oxford Street")
    await expect(page.locator(".laid.beneath")).to_have_attribute("data-author", "bo")
    await page.keyboard.press("a")
    await shows(page, "bo")
    assert kinds(await on_glass(served)) == ["post_item"]
    await page.keyboard.press("n")
    await shows(page, "cy")
    await page.keyboard.press("r")
    await shows(page, "bo")
    await page.keyboard.press("z")
    await shows(page, "cy")
    await page.keyboard.press("ArrowUp")
    await shows(page, "bo")
    await expect(page.locator("[data-count]")).to_have_text("2")


async def test_the_item_is_changed_with_keys_and_a_consent_recorded(
    served: Served, settings: Settings, desk: Desk
) -> None:
    await open_house(served)
    await waits(served, settings, stories.post("Madder red lipstick, all day. #HouseSpring"))
    page = await desk("Mai")
    await expect(on_table(page).locator(".line-mode")).to_contain_text("Post alone")
    await page.keyboard.press("c")
    await page.keyboard.type("https://x.com/ada/status/5")
    await page.keyboard.press("Enter")
    await expect(on_table(page).locator(".line-mode")).to_contain_text("Velvet Lipstick")
    before = await on_table(page).get_attribute("data-digest")
    await page.keyboard.press("i")
    await page.keyboard.type("slip")
    await expect(on_table(page).locator('.choice-found [data-variant="slip-ink"]')).to_be_visible()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(on_table(page).locator(".line-mode")).to_contain_text("Bias Slip Dress")
    assert await on_table(page).get_attribute("data-digest") != before
    await page.keyboard.press("a")
    await expect(page.locator(".nothing")).to_be_visible()
    assert [spot["variants"] for spot in (await on_glass(served))["spots"] if spot["kind"] == "post_item"] == [
        ["slip-ink"]
    ]


async def test_whoever_types_among_the_items_searches_and_judges_nothing(
    served: Served, settings: Settings, desk: Desk
) -> None:
    await open_house(served)
    await waits(served, settings, stories.post(handle="ada"))
    page = await desk("Mai")
    await shows(page, "ada")
    await page.keyboard.press("i")
    await page.keyboard.type("bars")
    search = on_table(page).locator("[data-choices] input[type=search]")
    await expect(search).to_be_focused()
    await expect(search).to_have_value("bars")
    await search.fill("slip")
    found = on_table(page).locator('.choice-found [data-variant="slip-ink"]')
    await expect(found).to_be_visible()
    await page.keyboard.press("ArrowDown")
    await expect(found).to_be_focused()
    await shows(page, "ada")
    async with served.database.snapshot() as db:
        assert not list(await db.scalars(select(Moderation)))


async def test_two_moderators_see_each_others_decisions(served: Served, settings: Settings, desk: Desk) -> None:
    await open_house(served)
    for name in ("ada", "bo"):
        await waits(served, settings, stories.post(handle=name))
    mai, ola = await desk("Mai"), await desk("Ola")
    await shows(mai, "ada")
    await shows(ola, "ada")
    await ola.keyboard.press("i")
    await on_table(ola).locator("[data-mode=post]").focus()
    await ola.keyboard.press("Enter")
    await expect(mai.locator("#toast")).to_contain_text("The card has changed")
    await expect(on_table(mai).locator(".line-mode")).to_contain_text("Post alone")
    await ola.locator(".bench").focus()
    await ola.keyboard.press("r")
    await shows(ola, "bo")
    await expect(mai.locator("#toast")).to_contain_text("Ola rejected @ada a moment ago")
    await shows(mai, "bo")
    await ola.keyboard.press("z")
    await shows(ola, "ada")
    await expect(mai.locator("[data-count]")).to_have_text("2")


async def test_a_post_that_arrives_lies_down_on_an_empty_table(served: Served, settings: Settings, desk: Desk) -> None:
    await open_house(served)
    page = await desk("Mai")
    await expect(page.locator(".nothing")).to_contain_text("Everything has been decided")
    await waits(served, settings, stories.post())
    await shows(page, "ada")
    await expect(page.locator(".nothing")).to_be_hidden()


async def test_two_keys_send_all_glass_to_evergreen_from_anywhere(
    served: Served, settings: Settings, desk: Desk
) -> None:
    await open_house(served)
    await waits(served, settings, stories.post())
    page, other = await desk("Mai"), await desk("Ola", "/console/trends")
    await page.keyboard.press("a")
    await expect(page.locator(".nothing")).to_be_visible()
    await expect(page.locator("[data-red-open]")).to_be_visible()
    await page.keyboard.press("!")
    await page.keyboard.press("0")
    for one in (page, other):
        await expect(one.locator("html")).to_have_attribute("data-glass", "all")
        await expect(one.locator(".red-state")).to_contain_text("All glass on evergreen")
        await expect(one.locator(".red-state")).to_contain_text("0 of 2 screens confirmed")
    assert kinds(await on_glass(served)) == []
    await page.keyboard.press("Escape")
    await other.keyboard.press("!")
    await other.keyboard.press("z")
    for one in (page, other):
        await expect(one.locator("html")).to_have_attribute("data-glass", "")
    assert kinds(await on_glass(served)) == ["post_item"]


async def test_what_is_on_air_is_withdrawn_with_keys_and_taken_back(
    served: Served, settings: Settings, desk: Desk
) -> None:
    await open_house(served)
    await waits(served, settings, stories.post())
    queue = await desk("Mai")
    await queue.keyboard.press("a")
    await expect(queue.locator(".nothing")).to_be_visible()
    page = await desk("Ola", "/console/on-air")
    await expect(page.locator(".aired")).to_have_count(1)
    await page.keyboard.press("w")
    await page.keyboard.type("Her agent called")
    await page.keyboard.press("Enter")
    await expect(page.locator(".aired")).to_have_count(0)
    await expect(page.locator(".gone")).to_contain_text("withdrawn by Ola: Her agent called")
    assert kinds(await on_glass(served)) == []
    await page.keyboard.press("z")
    await expect(page.locator(".aired")).to_have_count(1)
    assert kinds(await on_glass(served)) == ["post_item"]
