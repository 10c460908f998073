"""The console's frame in a real browser: by keyboard alone, live, said when it is not, and small enough for a phone."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect
from sqlalchemy import select

from server.core import staff, topics
from server.core.database import Database
from tests import house
from tests.browser.conftest import NewWindow
from tests.conftest import Served, until

pytestmark = pytest.mark.browser
NewPage = Callable[..., Awaitable[Page]]
PASSWORD = "late-plum worn once"


@pytest.fixture
def open_page(served: Served, window: NewWindow) -> NewPage:
    """Opens the console as an administrator, or as nobody."""

    async def make(path: str, *, signed_in: bool = True, width: int = 1280) -> Page:
        if not signed_in:
            return await window(path, width=width)
        async with served.database.transaction() as db:
            secret = await staff.sign_in(db, await administrator(served.database, db), hours=1)
        return await window(path, secret, width=width)

    return make


async def administrator(database: Database, db) -> staff.Staff:
    found = await db.scalar(select(staff.Staff).where(staff.Staff.email == "ines@house.test"))
    if found is None:
        found = await staff.add(db, email="ines@house.test", name="Ines", role="admin")
        await staff.set_password(found, PASSWORD)
    return found


async def test_one_signs_in_goes_about_and_out_without_a_mouse(served: Served, open_page: NewPage) -> None:
    async with served.database.transaction() as db:
        await administrator(served.database, db)
    page = await open_page("/console/audit", signed_in=False)
    await expect(page).to_have_url(f"{served.address}/console/sign-in?next=/console/audit")
    await page.keyboard.type("ines@house.test")
    await page.keyboard.press("Tab")
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(f"{served.address}/console/audit")
    for key, path in (("d", "/console/health"), ("b", "/console/brand"), ("h", "/console")):
        await expect(page.locator("#live-state")).to_have_text("Live")
        await page.keyboard.press("g")
        await page.keyboard.press(key)
        await expect(page).to_have_url(f"{served.address}{path}")
    await expect(page.locator("#live-state")).to_have_text("Live")
    await page.keyboard.press("?")
    await expect(page.locator("#keys")).to_be_visible()
    await expect(page.locator("#keys-list")).to_contain_text("Health")
    await page.keyboard.press("Escape")
    await expect(page.locator("#keys")).to_be_hidden()


async def test_keys_do_nothing_while_somebody_types(served: Served, open_page: NewPage) -> None:
    page = await open_page("/console/audit")
    await expect(page.locator("#live-state")).to_have_text("Live")
    await page.keyboard.press("/")
    await expect(page.locator("#which")).to_be_focused()
    await page.keyboard.type("gh?")
    await expect(page.locator("#which")).to_have_value("gh?")
    await expect(page.locator("#keys")).to_be_hidden()
    await page.keyboard.press("Escape")
    await page.keyboard.press("g")
    await page.keyboard.press("h")
    await expect(page).to_have_url(f"{served.address}/console")


async def test_what_cannot_be_undone_is_asked_about_first(served: Served, open_page: NewPage) -> None:
    async with served.database.transaction() as db:
        await administrator(served.database, db)
        await staff.add(db, email="v@house.test", name="Vera", role="viewer")
    page = await open_page("/console/staff")
    row = page.locator("tr", has_text="Vera")
    await row.get_by_role("button", name="End").click()
    await expect(page.locator("#confirm")).to_contain_text("End the access of Vera?")
    await page.keyboard.press("Escape")
    await expect(row.get_by_role("button", name="End")).to_be_visible()
    await row.get_by_role("button", name="End").click()
    await page.get_by_role("button", name="End access").click()
    await expect(page.locator(".toast")).to_contain_text("Vera has no access any more.")
    await expect(page.locator("tr", has_text="Vera")).to_contain_text("left")


async def test_home_hears_of_a_change_by_itself(served: Served, open_page: NewPage) -> None:
    page = await open_page("/console")
    await expect(page.locator("#live-state")).to_have_text("Live")
    await expect(page.get_by_text("No campaign yet")).to_be_visible()
    async with served.database.transaction() as db:
        await house.catalogue(db)
        await house.campaign(db, await house.feed(db))
        await house.screen(db, "Oxford Street, window left")
    await expect(page.get_by_text("Oxford Street, window left")).to_be_visible(timeout=15_000)


async def test_a_page_that_hears_nothing_says_so_and_comes_back(served: Served, open_page: NewPage) -> None:
    page = await open_page("/console/account")
    state = page.locator("#live-state")
    await expect(state).to_have_text("Live")
    for peer in list(served.app.state.hub._peers):
        peer.wire.close(4409, "a test")
    await expect(state).to_have_text("Live", timeout=15_000)
    await page.context.set_offline(True)
    for peer in list(served.app.state.hub._peers):
        peer.wire.close(4409, "a test")
    await expect(state).to_have_text("Offline: changes are not live", timeout=15_000)
    await page.context.set_offline(False)
    await expect(state).to_have_text("Live", timeout=30_000)


async def test_a_session_that_was_ended_shows_the_sign_in(served: Served, open_page: NewPage) -> None:
    page = await open_page("/console/account")
    await expect(page.locator("#live-state")).to_have_text("Live")
    async with served.database.transaction() as db:
        await staff.end_sessions(db, await administrator(served.database, db))
    await expect(page).to_have_url(f"{served.address}/console/sign-in?next=/console/account", timeout=15_000)


async def test_a_page_that_was_rendered_after_a_change_does_not_fetch_itself_again(
    served: Served, open_page: NewPage
) -> None:
    async with served.database.transaction() as db:
        topics.note(db, "screens", "queue")
    page = await open_page("/console")
    await expect(page.locator("#live-state")).to_have_text("Live")
    noted = "() => Boolean(sessionStorage.getItem('vitrine-versions')?.includes('queue'))"
    await until(lambda: page.evaluate(noted))  # page.wait_for_function is eval, which the page forbids
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/home/now") else None)
    await page.reload()
    await expect(page.locator("#live-state")).to_have_text("Live")
    await page.wait_for_timeout(800)
    assert asked == []


async def test_colours_are_judged_in_words_while_they_are_chosen(served: Served, open_page: NewPage) -> None:
    page = await open_page("/console/brand")
    await expect(page.locator("#contrast")).to_contain_text("Words are read easily")
    await page.locator("#ink").fill("#333")
    await expect(page.locator("#contrast")).to_contain_text("Words vanish on this field")
    await page.locator("#accent").fill("mauve")
    await expect(page.locator("#contrast")).to_contain_text("six hexadecimal digits")


@pytest.mark.parametrize("width", (1280, 1024, 390))
async def test_no_page_is_wider_than_its_window(served: Served, open_page: NewPage, width: int) -> None:
    page = await open_page("/console", width=width)
    for path in ("/console", "/console/brand", "/console/staff", "/console/audit", "/console/health", "/trust"):
        await page.goto(path)
        wide = await page.evaluate(WIDER)
        assert wide == [], path


async def test_every_field_and_button_has_a_name(served: Served, open_page: NewPage) -> None:
    page = await open_page("/console")
    for path in (
        "/console",
        "/console/brand",
        "/console/staff",
        "/console/audit",
        "/console/account",
        "/console/sign-in",
    ):
        await page.goto(path)
        nameless = await page.evaluate(NAMELESS)
        assert nameless == [], path


WIDER = """() => document.documentElement.scrollWidth <= innerWidth ? [] : ['the page', ...[...document.querySelectorAll('*')]
  .filter((one) => one.getBoundingClientRect().right > innerWidth).map((one) => one.outerHTML.slice(0, 120))]"""
NAMELESS = """() => [...document.querySelectorAll('main input:not([type=hidden]):not([hidden]), main select, main textarea, button, a')]
  .filter((one) => !(one.labels?.length || one.getAttribute('aria-label') || one.textContent.trim()))
  .map((one) => one.outerHTML)"""
