"""Campaigns and screens in a real browser: edited by keyboard alone, warned of what is unsaved, placed on the map."""

import re
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect
from sqlalchemy import select

from displays.models import Campaign, Screen, ScreenReport, Spot
from server.core import staff, topics
from server.core.clock import now
from social.models import Feed, FeedTerms
from tests import house
from tests.browser.conftest import NewWindow
from tests.conftest import Served

pytestmark = pytest.mark.browser
Open = Callable[..., Awaitable[Page]]


@pytest.fixture
async def open_page(served: Served, window: NewWindow) -> Open:
    """Opens the console as a merchandiser of a small house."""
    async with served.database.transaction() as db:
        await house.catalogue(db)
        await house.screen(db, "Window", labels=("window",))
        await house.screen(db, "Street", labels=("street",))
        person = await staff.add(db, email="ann@house.test", name="Ann", role="merchandiser")
        secret = await staff.sign_in(db, person, hours=1)
    return lambda path: window(path, secret)


async def tab_to(page: Page, selector: str) -> None:
    """Press Tab until something has the focus, as somebody without a mouse does."""
    for _ in range(90):
        if await page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reaches {selector}")


async def test_a_campaign_is_made_filled_in_and_published_by_keyboard_alone(served: Served, open_page: Open) -> None:
    page = await open_page("/console")
    await page.keyboard.press("g")
    await page.keyboard.press("c")
    await page.wait_for_url("**/console/campaigns")
    await page.keyboard.press("n")
    await page.wait_for_url("**/console/campaigns/new")
    await tab_to(page, "#f-name")
    await page.keyboard.type("Autumn")
    await page.keyboard.press("Tab")
    await page.keyboard.type("penisland")
    await expect(page.locator("#lint")).to_contain_text("penis land")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/console/campaigns/1")

    await tab_to(page, "#f-labels")
    await page.keyboard.type("window")
    await expect(page.locator("#reach")).to_contain_text("1 of 2 screens")
    await expect(page.locator(".savestate")).to_have_text("Not saved yet.")

    await page.keyboard.press("Escape")
    await page.keyboard.press("3")
    await tab_to(page, "[data-name=products] [role=combobox]")
    await page.keyboard.type("velvet")
    await expect(page.locator("[data-name=products] [role=option]").first).to_be_visible()
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-name=products] .picked")).to_contain_text("Velvet Lipstick")

    await tab_to(page, "[data-add-pair]")
    await page.keyboard.press("Enter")
    await page.keyboard.type("#plumlips")
    await page.keyboard.press("Tab")
    await page.keyboard.type("velvet")
    option = page.locator(".pair [role=option]", has_text="Late Plum")
    await expect(option).to_be_visible()
    for _ in range(6):
        if await option.get_attribute("aria-selected") == "true":
            break
        await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.locator(".pair .picked")).to_contain_text("Late Plum")

    await page.keyboard.press("Control+s")
    await expect(page.locator(".toast")).to_contain_text("Saved")
    await page.keyboard.press("p")
    await expect(page.locator("#confirm")).to_be_visible()
    await expect(page.locator("#confirm-words")).to_contain_text("1 screen")
    await page.keyboard.press("Enter")
    await expect(page.locator(".standing .chip")).to_have_text("on air")
    async with served.database.snapshot() as db:
        campaign, feed = await db.get_one(Campaign, 1), await db.get_one(Feed, 1)
    assert campaign.published_at
    assert campaign.labels == ["window"]
    assert feed.sells["products"] == ["stain"]
    assert feed.sells["pairs"] == {"plumlips": ["stain-plum"]}


async def begun(open_page: Open, served: Served) -> Page:
    page = await open_page("/console/campaigns/new")
    await page.fill("#f-name", "Autumn")
    await page.fill("#f-tags", "HouseAutumn")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/console/campaigns/1")
    return page


async def test_leaving_with_unsaved_changes_is_asked_about(served: Served, open_page: Open) -> None:
    page = await begun(open_page, served)
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss())[1])
    await page.click("#f-name")
    await page.keyboard.type(" windows")
    await page.keyboard.press("Escape")
    await page.evaluate("setTimeout(() => { location.href = '/console/campaigns'; })")
    await page.wait_for_timeout(500)
    assert asked == ["beforeunload"]
    await expect(page.locator("#f-name")).to_have_value("Autumn windows")
    await page.keyboard.press("Control+s")
    await expect(page.locator(".toast")).to_contain_text("Saved")
    asked.clear()
    await page.goto("/console/campaigns")
    assert asked == []


async def test_the_rule_reads_itself_back_while_it_is_set(served: Served, open_page: Open) -> None:
    page = await begun(open_page, served)
    await expect(page.locator("#rule-said")).to_contain_text("Nothing goes live by itself")
    await page.fill("#f-optin_tag", "MyHouse")
    await page.fill("#f-least_score", "0.7")
    await page.check("[name=automatic]")
    await expect(page.locator("#rule-said")).to_contain_text("carry #MyHouse")
    await expect(page.locator("#rule-said")).to_contain_text("score of at least 0.7")


async def test_spots_are_added_moved_removed_and_put_back_without_losing_other_edits(
    served: Served, open_page: Open
) -> None:
    page = await begun(open_page, served)
    await page.fill("#f-name", "Unsaved name")
    for headline in ("First", "Second"):
        await page.keyboard.press("Escape")
        await page.keyboard.press("e")
        await expect(page.locator("#snew-headline")).to_be_focused()
        await page.keyboard.type(headline)
        await page.keyboard.press("Enter")
        await expect(page.locator(".spot-words", has_text=headline)).to_be_visible()
        await expect(page.locator(".htmx-added, .htmx-settling")).to_have_count(0)
    up = page.get_by_role("button", name="Move Second up")
    await up.focus()
    await page.keyboard.press("Enter")
    await expect(page.locator(".spot-words b").first).to_have_text("Second")
    await expect(page.locator(".htmx-added, .htmx-settling")).to_have_count(0)
    await page.locator(".spot", has_text="Second").get_by_role("button", name="Remove").press("Enter")
    await expect(page.locator(".undo")).to_contain_text("‘Second’ is out")
    await expect(page.locator(".htmx-added, .htmx-settling")).to_have_count(0)
    await page.keyboard.press("z")
    await expect(page.locator(".spot-words b").first).to_have_text("Second")
    await expect(page.locator("#f-name")).to_have_value("Unsaved name")
    await expect(page.locator(".savestate")).to_have_text("Not saved yet.")
    async with served.database.snapshot() as db:
        spots = list(await db.scalars(select(Spot).order_by(Spot.position)))
    assert [spot.headline for spot in spots] == ["Second", "First"]
    frame = page.frame_locator(".thumb-landscape iframe").first
    await expect(frame.locator(".card")).to_contain_text("Second")


async def test_a_spot_that_cannot_be_shown_keeps_its_fields(served: Served, open_page: Open) -> None:
    page = await begun(open_page, served)
    await page.keyboard.press("e")
    await page.fill("#snew-words", "Only words below")
    await page.fill("#snew-seconds", "900")
    await page.get_by_role("button", name="Add spot").click()
    await expect(page.locator(".spot-fields .field-error").first).to_be_visible()
    await expect(page.locator("#snew-words")).to_have_value("Only words below")
    await page.fill("#snew-headline", "Now it has one")
    await page.fill("#snew-seconds", "9")
    await page.get_by_role("button", name="Add spot").click()
    await expect(page.locator(".spot-words")).to_contain_text("Now it has one")


async def test_terms_typed_survive_a_save_of_the_rest_until_they_are_published(served: Served, open_page: Open) -> None:
    page = await begun(open_page, served)
    await page.fill("#f-terms", "We may show your post.")
    await page.fill("#f-optin_tag", "MyHouse")
    await page.keyboard.press("Control+s")
    await expect(page.locator(".toast")).to_contain_text("Saved")
    await expect(page.locator("#f-terms")).to_have_value("We may show your post.")
    await page.click("#publish-terms")
    await expect(page.locator("#confirm-words")).to_contain_text("Only posts made after that moment")
    await page.keyboard.press("Enter")
    await expect(page.locator("#terms")).to_contain_text("Version 1 is in force")
    async with served.database.snapshot() as db:
        assert [terms.text for terms in await db.scalars(select(FeedTerms))] == ["We may show your post."]


async def test_the_preview_is_the_real_player(served: Served, open_page: Open) -> None:
    page = await begun(open_page, served)
    await page.keyboard.press("e")
    await page.fill("#snew-headline", "Autumn, in every shade")
    await page.keyboard.press("Enter")
    await expect(page.locator(".spot-words")).to_be_visible()
    await page.click("[data-replay]")
    for frame in (".glass-landscape", ".glass-portrait"):
        await page.locator(frame).scroll_into_view_if_needed()
        await expect(page.frame_locator(f"{frame} iframe").locator(".card-evergreen").first).to_contain_text("Autumn")


async def pair_by_keyboard(page: Page, served: Served) -> None:
    async with served.client() as glass:
        code = (await glass.post("/api/pairing", json={"kind": "screen", "width": 1920, "height": 1080})).json()["code"]
    await page.keyboard.press("n")
    await expect(page.locator("#f-code")).to_be_focused()
    await page.keyboard.type(code.lower())
    await page.keyboard.press("Enter")
    await expect(page.locator(".found")).to_contain_text("1,920 × 1,080")


async def test_a_screen_is_paired_and_placed_on_the_map_without_a_mouse(served: Served, open_page: Open) -> None:
    page = await open_page("/console/screens")
    await pair_by_keyboard(page, served)
    await expect(page.locator("#f-name")).to_be_focused()
    await page.keyboard.type("Corner")
    await tab_to(page, ".chart svg")
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("+")
    await page.keyboard.press("Enter")
    await expect(page.locator("#f-latitude")).to_have_value(re.compile(r"^51\.51"))
    await expect(page.locator("#near")).to_contain_text("Oxford Street")
    await expect(page.locator(".mark-here")).to_be_visible()
    await tab_to(page, "[name=rotation]")
    await page.keyboard.press("ArrowRight")
    await tab_to(page, "#f-labels")
    await page.keyboard.type("corner")
    await page.keyboard.press("Enter")
    await page.wait_for_url(re.compile(r"/console/screens/[a-z0-9]{10}$"))
    async with served.database.snapshot() as db:
        screen = await db.scalar(select(Screen).where(Screen.name == "Corner"))
    assert screen.rotation == 90
    assert screen.labels == ["corner"]
    assert abs(screen.latitude - 51.515) < 0.01


async def test_a_click_on_the_map_sets_a_place_and_a_drag_only_moves_it(served: Served, open_page: Open) -> None:
    page = await open_page("/console/screens")
    await pair_by_keyboard(page, served)
    chart = page.locator(".chart svg")
    await chart.scroll_into_view_if_needed()
    box = await chart.bounding_box()
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    await page.mouse.move(*middle)
    await page.mouse.down()
    await page.mouse.move(middle[0] + 80, middle[1] + 20, steps=4)
    await page.mouse.up()
    await expect(page.locator("#f-latitude")).to_have_value("")
    await page.mouse.click(*middle)
    await expect(page.locator("#f-latitude")).not_to_have_value("")
    await page.select_option("#f-at_store", "OXF")
    await expect(page.locator("#f-longitude")).to_have_value("-0.14035")
    await expect(page.locator("#near")).to_contain_text("1 min")


async def test_the_list_of_screens_changes_by_itself(served: Served, open_page: Open) -> None:
    page = await open_page("/console/screens")
    await expect(page.locator("#screens")).to_contain_text("Window")
    await expect(page.locator("#live-state")).to_have_attribute("data-state", "live")
    async with served.database.transaction() as db:
        await house.screen(db, "Just added")
    await expect(page.locator("#screens")).to_contain_text("Just added")


async def test_a_live_list_does_not_load_its_pictures_anew(served: Served, open_page: Open) -> None:
    page = await open_page("/console/screens")
    await expect(page.locator("#screens")).to_contain_text("Window")
    await expect(page.locator("#live-state")).to_have_attribute("data-state", "live")
    await page.evaluate("document.querySelector('#screens tbody tr:last-child').marked = true")
    async with served.database.transaction() as db:
        window = await db.scalar(select(Screen).where(Screen.name == "Street"))
        window.venue = "By the river"
        topics.note(db, "screens")
    await expect(page.locator("#screens")).to_contain_text("By the river")
    assert await page.evaluate("document.querySelector('#screens tbody tr:last-child').marked") is True


async def test_the_map_follows_how_screens_stand(served: Served, open_page: Open) -> None:
    page = await open_page("/console/screens")
    await expect(page.locator("#live-state")).to_have_attribute("data-state", "live")
    mark = page.locator(".chart .mark-screen", has_text="Street").first
    await expect(mark).to_be_visible()
    async with served.database.transaction() as db:
        screen = await db.scalar(select(Screen).where(Screen.name == "Street"))
        report = await db.get_one(ScreenReport, screen.id)
        report.seen_at, report.connected = now(), False
        topics.note(db, "screens")
    await expect(page.locator(f'[data-id="screen-{screen.id}"]')).to_have_class(re.compile("tone-bad"))
    await page.locator(f'[data-id="screen-{screen.id}"]').press("Enter")
    await page.wait_for_url(re.compile(rf"/console/screens/{screen.id}$"))
