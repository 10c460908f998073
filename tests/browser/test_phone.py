"""The shopper's phone, in a real browser: it takes the bag of a tablet, follows it live, keeps it without a network, and shares it."""

import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, Playwright, expect

from tests import house, shopping
from tests.browser.glass import profile, until
from tests.browser.wire import Wire
from tests.conftest import Served
from tests.shopping import Tablet, add

pytestmark = pytest.mark.browser
NewPhone = Callable[..., Awaitable[Page]]
AXE = Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SIZE = {"width": 360, "height": 740}
EVERYTHING = Path(__file__).with_name("everything.js").read_text()
"""Reads all storage of an origin."""
COUNT_ASKING = """window.positionsAsked = 0;
const locate = Geolocation.prototype.getCurrentPosition;
Geolocation.prototype.getCurrentPosition = function (...wanted) { window.positionsAsked += 1; return locate.apply(this, wanted); };"""
REGENT_STREET = {"latitude": 51.5140, "longitude": -0.1430}


@pytest.fixture
async def tablet(served: Served) -> Tablet:
    """A tablet with a shopper in front of it, who has tapped one thing."""
    await shopping.catalogue(served.database)
    made = await shopping.tablet_at(served)
    await made.begin()
    await made.send(add("stain-madder"))
    return made


@pytest.fixture
async def new_phone(served: Served, browser: Browser) -> AsyncIterator[NewPhone]:
    """Opens a page on a phone of its own; fails at the end if one has complained of anything."""
    complaints: list[str] = []

    async def make(path: str, **options: object) -> Page:
        context = await browser.new_context(viewport=SIZE, has_touch=True, base_url=served.address, **options)  # type: ignore[arg-type]
        page = await context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
        await page.goto(path)
        return page

    yield make
    assert complaints == []


async def take(page: Page, tablet: Tablet, *, at: str = "") -> None:
    """Scan the tablet's code, and pick what it shows."""
    await page.goto(f"{at}/take#{await tablet.ticket()}")
    await page.locator(".number").first.wait_for()
    number = (await tablet.document())["visit"]["ticket"]["number"]
    await page.get_by_role("button", name=str(number), exact=True).click()
    await page.wait_for_url("**/bag")


async def broken(page: Page) -> list[str]:
    """The rules of WCAG 2.2 AA that axe knows and finds broken, each with where."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE.read_text())
    told = "v => `${v.id}: ${v.nodes.map(node => node.html.slice(0, 120))}`"
    return await page.evaluate(
        f"rules => axe.run({{runOnly: rules}}).then(found => found.violations.map({told}))", RULES
    )


def things(page: Page) -> Awaitable[list[str]]:
    """What the phone shows in the bag: the shades, from the top."""
    return page.locator(".item .shade").all_inner_texts()


async def test_a_phone_takes_the_bag_of_a_tablet_follows_it_live_and_ends_the_visit(
    tablet: Tablet, new_phone: NewPhone
) -> None:
    ticket = await tablet.ticket()
    phone = await new_phone(f"/take#{ticket}", locale="nb-NO")
    await expect(phone.get_by_role("heading", name="Hvilket tall står på nettbrettet?")).to_be_visible()
    assert "#" not in phone.url and ticket not in await phone.content()
    await expect(phone.locator(".where")).to_contain_text("Oxford Street")
    number = (await tablet.document())["visit"]["ticket"]["number"]
    assert await broken(phone) == []
    shown = [int(text) for text in await phone.locator(".number").all_inner_texts()]
    wrong = next(one for one in shown if one != number)
    await phone.get_by_role("button", name=str(wrong), exact=True).click()
    await expect(phone.get_by_role("alert")).to_contain_text("Det var ikke tallet")

    await phone.goto("/bag")
    await phone.get_by_label("Språk").select_option("en")
    await expect(phone.get_by_role("heading", name="Your bag is empty")).to_be_visible()
    await take(phone, tablet)
    await expect(phone.get_by_role("heading", name="Your bag", exact=True)).to_be_visible()  # the choice is remembered
    await until(lambda: _is(things(phone), ["Madder Red"]), what="the tablet's bag")
    await expect(phone.locator(".tablet")).to_contain_text("Oxford Street")
    await expect(phone.locator(".tablet")).to_contain_text("Lips, by the mirror")
    await tablet.send(add("slip-ink"))
    await until(lambda: _is(things(phone), ["Ink Blue", "Madder Red"]), what="what was tapped on the tablet")
    await phone.get_by_role("button", name="Remove Velvet Lipstick, Madder Red").click()
    await until(lambda: _holds(tablet, ["slip-ink"]), what="the removal on the tablet")
    assert await broken(phone) == []
    await phone.get_by_role("button", name="Undo").click()
    await until(lambda: _holds(tablet, ["slip-ink", "stain-madder"]), what="the undoing on the tablet")

    await phone.get_by_role("button", name="Clear that tablet").click()
    await expect(phone.locator(".tablet")).to_have_count(0)
    assert (await tablet.document())["visit"] is None
    assert await things(phone) == ["Ink Blue", "Madder Red"]


async def test_what_is_changed_without_a_network_outlives_a_restart_and_is_sent_once(
    served: Served, tablet: Tablet, playwright: Playwright, tmp_path: Path
) -> None:
    wire = Wire(served.port)
    await wire.join()
    phone = profile(playwright, tmp_path / "phone", viewport=SIZE)
    context = await phone()
    page = context.pages[0]
    await tablet.send(add("slip-ink"))
    await take(page, tablet, at=wire.url)
    await until(lambda: _is(things(page), ["Ink Blue", "Madder Red"]), what="the bag")
    await _kept(page)
    await wire.cut()
    await expect(page.locator(".offline")).to_be_visible(timeout=30_000)
    await page.get_by_role("button", name="Remove Velvet Lipstick, Madder Red").click()
    await expect(page.locator(".offline")).to_contain_text("One change waits")
    await tablet.send(add("stain-plum"))
    await context.close()

    context = await phone()
    page = await _opened(context, f"{wire.url}/bag")
    await expect(page.locator(".offline")).to_contain_text("No network. This is your bag as of")
    assert await things(page) == ["Ink Blue"], "as it was last seen, and as it was changed"
    sent: list[str] = []
    page.on("request", lambda asked: sent.append(asked.url) if asked.url.endswith("/operations") else None)
    await wire.join()
    await expect(page.locator(".offline")).to_have_count(0, timeout=30_000)
    await until(lambda: _is(things(page), ["Late Plum", "Ink Blue"]), what="what the tablet did meanwhile")
    await until(lambda: _holds(tablet, ["slip-ink", "stain-plum"]), what="the removal on the tablet")
    await page.reload()
    await until(lambda: _is(things(page), ["Late Plum", "Ink Blue"]), what="the bag after all")
    assert len(sent) == 1, "once sent, it waits no more"
    await context.close()
    await wire.cut()


async def test_what_a_billboard_showed_goes_into_the_bag_without_an_account_and_a_tablet_s_bag_joins_it(
    served: Served, tablet: Tablet, new_phone: NewPhone
) -> None:
    async with served.database.transaction() as db:
        screen, _ = await house.screen(db, "Oxford Street, window")
    phone = await new_phone(f"/v/stain-plum?s={screen.id}&p=m1")
    await phone.get_by_role("button", name="Add to my bag").click()
    await expect(phone.get_by_role("status")).to_contain_text("In your bag")
    await phone.get_by_role("button", name="Undo").click()
    await phone.get_by_role("button", name="Add to my bag").click()
    await expect(phone.get_by_role("link", name="See my bag")).to_be_visible()
    await phone.reload()
    await expect(phone.get_by_role("status")).to_contain_text("In your bag")  # it is known when the page comes again
    await phone.get_by_role("link", name="See my bag").click()
    await expect(phone.locator(".item")).to_have_count(1)
    await expect(phone.locator(".seen")).to_have_text("Seen on Oxford Street, window")

    await take(phone, tablet)
    await until(lambda: _is(things(phone), ["Late Plum", "Madder Red"]), what="one bag of two")
    bag = (await tablet.document())["visit"]["bag"]
    assert {item["variant"] for item in await tablet.items(bag)} == {"stain-plum", "stain-madder"}
    await tablet.client.delete(f"/api/visits/{tablet.visit}/tickets")
    await until(lambda: _is(things(phone), ["Late Plum"]), what="the tablet's things back on the tablet")


async def test_a_phone_finds_a_store_by_its_own_reckoning_and_shares_a_copy_that_it_withdraws(
    tablet: Tablet, new_phone: NewPhone
) -> None:
    phone = await new_phone("/bag", geolocation=REGENT_STREET, permissions=["clipboard-write", "clipboard-read"])
    await phone.context.add_init_script(COUNT_ASKING)
    await take(phone, tablet)
    asked: list[str] = []
    phone.on("request", lambda request: asked.append(f"{request.url} {request.post_data}"))
    await expect(phone.get_by_role("link", name="Buy online")).to_have_attribute(
        "href", "https://house.test/stain-madder"
    )
    await phone.get_by_role("button", name="In stores").click()
    await phone.get_by_role("button", name="Choose where").click()
    await expect(phone.locator(".choices")).to_contain_text("Oxford Street")
    assert await phone.evaluate("window.positionsAsked") == 0
    assert not any("/stock" in one for one in asked), "no store was asked before one was wanted"
    await phone.get_by_role("button", name="Use my position").click()
    await expect(phone.locator("#where")).to_contain_text("This phone does not tell this page where it is.")
    await phone.locator(".choices").get_by_role("button", name="Oxford Street").click()
    place = phone.locator(".place")
    await expect(place.locator(".place-stock")).to_have_text("3 left")
    await expect(place).to_contain_text("Open today 00:00–24:00")
    assert "walk" not in await place.inner_text(), "how far it is knows only who says where they are"
    await phone.context.grant_permissions(["geolocation", "clipboard-write", "clipboard-read"])
    await phone.get_by_role("button", name="Other stores").click()
    await phone.get_by_role("button", name="Use my position").click()
    await expect(place).to_contain_text("Oxford Street")
    await expect(place).to_contain_text("4 minutes’ walk")
    await expect(place).to_contain_text("Open today 00:00–24:00")
    await expect(place.locator(".place-stock")).to_have_text("3 left")
    assert await broken(phone) == []
    assert not any("51.51" in one or "-0.14" in one for one in asked), "the position stays on the phone"
    assert re.search(r"51\.51527(,|%2C)-0\.14035", await place.get_by_role("link").get_attribute("href") or "")

    await phone.get_by_role("button", name="Share a copy").click()
    await phone.get_by_role("button", name="Make a link").click()
    await phone.get_by_role("button", name="Send").click()
    await expect(phone.locator("#share")).to_contain_text("The link is copied.")
    address = await phone.evaluate("navigator.clipboard.readText()")
    path = "/shared/" + address.rpartition("/")[2]
    friend = await new_phone(path)
    await expect(friend.get_by_role("heading", name="A shared bag")).to_be_visible()
    await friend.get_by_role("link", name="Velvet Lipstick").click()
    await expect(friend.get_by_role("button", name="Add to my bag")).to_be_visible()
    await phone.get_by_role("button", name="Withdraw").click()
    await expect(phone.locator("#share")).to_contain_text("The link is withdrawn")
    await friend.goto(path)
    await expect(friend.get_by_role("heading", name="This link shows nothing any more")).to_be_visible()

    await phone.keyboard.press("Escape")
    await phone.get_by_role("button", name="Remove Velvet Lipstick, Madder Red").click()
    await expect(phone.locator(".toast")).to_contain_text("Velvet Lipstick, Madder Red is out of your bag.")
    await until(lambda: _holds(tablet, []), what="the removal on the tablet")
    await tablet.client.delete(f"/api/visits/{tablet.visit}/tickets")
    await expect(phone.get_by_role("heading", name="The tablet took its bag back")).to_be_visible()
    assert await _holding(phone, "Madder Red", "stain-madder") == []
    await phone.go_back()
    await phone.go_forward()
    await expect(phone.get_by_role("heading", name="The tablet took its bag back")).to_be_visible()
    assert await _holding(phone, "Madder Red", "stain-madder") == []


async def _holding(page: Page, *private: str) -> list[str]:
    """Which of these words the phone still shows or stores anywhere."""
    held = json.dumps([await page.evaluate(EVERYTHING), await page.content()])
    return [words for words in private if words in held]


async def _is(asked: Awaitable[list[str]], expected: list[str]) -> bool:
    return await asked == expected


async def _holds(tablet: Tablet, variants: list[str]) -> bool:
    return sorted(item["variant"] for item in await tablet.items()) == variants


async def _kept(page: Page) -> None:
    """Wait until the phone would open the bag without a network."""
    there = "navigator.serviceWorker.ready.then(() => caches.match('/bag', {ignoreVary: true})).then(Boolean)"
    await until(lambda: page.evaluate(there), within=20, what="the page to be kept on the phone")


async def _opened(context: BrowserContext, address: str) -> Page:
    page = context.pages[0]
    await page.goto(address)
    return page
