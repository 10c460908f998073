"""Every page of the tablet as a hand, a screen reader and a speaker of another language find it, lying and upright."""

from collections.abc import AsyncIterator
from datetime import UTC
from pathlib import Path

import pytest
from babel.dates import format_date
from babel.numbers import format_currency
from playwright.async_api import Browser
from sqlalchemy import select

from catalog.models import Product, Stock, Store, Variant
from kiosk import counting, documents, kiosks
from kiosk.models import Kiosk, VisitCount
from server.core.clock import now
from server.core.settings import ROOT, Settings
from server.core.wording import catalogue
from social.incoming import IncomingPost
from social.models import Trend
from tests import house, shopping, stories
from tests.browser.glass import until
from tests.browser.tablet import AXE, LYING, UPRIGHT, Glass, opened
from tests.conftest import Served
from tests.shopping import Phone, Tablet

# What two databases do differently is tried without browsers, in tests/kiosk.
pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]
GTIN = "09526010100017"
TARGETS = Path(__file__).with_name("targets.js").read_text()
SAID = """[...document.querySelectorAll('#app *')].filter((one) => !one.closest('[lang]:not(html)') && one.checkVisibility())
    .flatMap((one) => [one.getAttribute('aria-label'), one.getAttribute('placeholder'),
        ...[...one.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.data.trim())])
    .filter(Boolean)"""
"""What stands on the page in its own language, whether it is seen or heard."""


@pytest.fixture
def said() -> list[IncomingPost]:
    """What somebody who agreed to be shown wrote of the lipstick."""
    return [stories.post()]


@pytest.fixture
async def glass(browser: Browser) -> AsyncIterator[Glass]:
    """A tablet that lies."""
    async with opened(browser) as made:
        yield made


@pytest.fixture
async def tablet(
    served: Served, settings: Settings, said: list[IncomingPost], monkeypatch: pytest.MonkeyPatch
) -> Tablet:
    """A tablet in a house where everything is that a page may show: sizes, a second store, a post, a trend, what goes with it."""
    monkeypatch.setattr(documents, "GRACE_SECONDS", 60)
    await shopping.catalogue(served.database)
    async with served.database.transaction() as db:
        (await db.get_one(Variant, "stain-madder")).gtin = GTIN
        (await db.get_one(Variant, "slip-ink")).size = "M"
        db.add(Product(id="bag", title="Moire Clutch", brand="Atelier", product_type="Fashion > Bags"))
        db.add(Product(id="tint", title="Soft Tint", brand="Atelier", product_type="Beauty > Lips > Lipstick"))
        db.add(Store(id="NEAR", name="Covent Garden", latitude=51.512, longitude=-0.124, time_zone="Europe/London",
                     hours=house.HOURS))  # fmt: skip
        await db.flush()
        db.add(Variant(id="bag-wine", product_id="bag", title="Wine", colour="Wine", swatch="#8e1c2f", price=9900, sale_price=7900,
                       currency="GBP", availability="in_stock", changed_at=now()))  # fmt: skip
        db.add(Variant(id="tint-brick", product_id="tint", title="Brick", colour="Brick", swatch="#96262b", price=1900, currency="GBP",
                       availability="in_stock", changed_at=now()))  # fmt: skip
        await db.flush()
        db.add(VisitCount(store_id="OXF", day=counting.today(await db.get_one(Store, "OXF"), now()), variant_id="bag-wine",
                          kind="bag", count=6))  # fmt: skip
        for variant, store in (("bag-wine", "OXF"), ("stain-madder", "NEAR"), ("tint-brick", "OXF")):
            db.add(Stock(variant_id=variant, store_id=store, quantity=2, availability="in_stock", as_of=now()))
        feed = await house.feed(db)
        await house.campaign(db, feed)
        db.add(Trend(feed_id=feed.id, key="winedark", word="WineDark", kind="hashtag", authors=3, previous=0, rise=1.0,
                     state="pinned", variants=["stain-madder"], counted_at=now()))  # fmt: skip
    await stories.arrive(served.database, settings, *said)
    return await shopping.tablet_at(served)


async def changed(served: Served, tablet: Tablet, *, language: str = "en", idle: int = 45) -> None:
    """Somebody sets the tablet otherwise; a test may have it ask sooner than a house may."""
    async with served.database.transaction() as db:
        row = await db.get_one(Kiosk, tablet.id)
        await kiosks.change(db, row, kiosks.Setting(name="Lips", store_id="OXF", language=language), by="x")
        row.idle_seconds = idle


async def walk(glass: Glass, served: Served, tablet: Tablet) -> AsyncIterator[str]:
    """Go through every page of a visit, whatever its language; yields what is on the glass."""
    page, phone = glass.page, Phone(served)
    await page.locator("#collected").wait_for()
    yield "home"
    await page.locator(".holder").click()
    yield "an empty bag"
    await page.locator(".bag .primary").click()
    await page.locator(".kind").first.click()
    yield "one kind"
    await page.get_by_role("searchbox").fill("qwertz")
    await page.locator(".nothing").wait_for()
    yield "nothing found"
    await page.locator(".search-clear").click()
    await page.locator(".summary .plain").click()
    await glass.scan("/v/slip-ink")
    await page.locator(".sizes").wait_for()
    yield "a dress"
    await page.locator(".act .second").click()
    await page.locator(".chosen").wait_for()
    yield "a dress, to be compared with one more"
    await glass.scan("/v/tint-brick")
    await page.locator(".of .post").wait_for()
    yield "a lipstick like one that people speak of"
    await glass.scan(GTIN)
    await page.locator("#next-to").wait_for()
    await page.locator(".act .primary").click()
    await page.locator(".toast").wait_for()
    await page.locator(".act .second").click()
    yield "a lipstick that people speak of, put into the bag"
    await page.locator(".chosen .second").click()
    await page.locator(".side").nth(1).wait_for()
    yield "two side by side"
    await page.locator(".holder").click()
    await page.locator(".kept").wait_for()
    await page.locator(".said .post").wait_for()
    yield "the bag, with what goes with what is in it"
    async with page.expect_response(lambda answer: answer.url.endswith("/tickets") and answer.ok) as coming:
        await page.locator(".foot-take").click()
    await page.locator("img.qr").wait_for()
    yield "the code"
    secret = (await (await coming.value).json())["address"].partition("#")[2]
    await phone.client.post("/api/tickets", json={"ticket": secret})
    number = int(await page.locator(".digits").inner_text())
    yield "the number"
    await phone.client.post("/api/tickets/pick", json={"number": number})
    await page.locator(".take-done").wait_for()
    yield "taken by a phone"
    await page.locator(".take-done .plain").click()
    await until(page.locator(".take-done .plain").is_hidden)
    yield "taken back"
    await page.keyboard.press("Escape")
    await page.locator(".foot-plain").nth(1).click()
    await page.locator(".call").wait_for()
    yield "somebody is called"
    await page.keyboard.press("Escape")
    await changed(served, tablet, language=await tongue(glass), idle=1)
    await page.locator(".still").wait_for()
    yield "still there"
    await page.locator(".still .second").click()
    await page.locator(".begin").wait_for()
    yield "nobody is there"


async def tongue(glass: Glass) -> str:
    return str(await glass.page.locator("html").get_attribute("lang"))


async def look(glass: Glass, where: str, english: set[str]) -> None:
    """No target too small, no rule of accessibility broken, no sentence left in English."""
    where = f"{where}, in {await tongue(glass)}"
    assert await glass.page.evaluate(TARGETS) == [True, []], where
    assert english & set(await glass.page.evaluate(SAID)) == set(), where
    if not await glass.page.evaluate("Boolean(window.axe)"):
        await glass.page.evaluate(AXE)
    await glass.accessible(where)


def foreign(language: str) -> set[str]:
    """The English sentences that have other words in a language."""
    return {english for english, words in catalogue(ROOT, language).items() if words != english}


@pytest.mark.parametrize(("language", "viewport"), [("vi", UPRIGHT), ("nb", LYING)])
async def test_every_page_can_be_touched_heard_and_understood(
    served: Served, tablet: Tablet, browser: Browser, language: str, viewport: dict
) -> None:
    async with opened(browser, viewport=viewport, timezone_id="UTC") as glass:
        await glass.adopt(served.address, tablet)
        await look(glass, "nobody is there", set())
        await glass.begin()
        await glass.page.locator(f".languages [lang={language}]").click()
        await until(lambda: tongue_is(glass, language), what="the language")
        async for where in walk(glass, served, tablet):
            await look(glass, where, set() if where == "nobody is there" else foreign(language))


async def tongue_is(glass: Glass, language: str) -> bool:
    return await tongue(glass) == language


async def test_the_language_of_the_glass_is_the_shopper_s_until_the_visit_ends_and_then_the_tablet_s_again(
    served: Served, tablet: Tablet, said: list[IncomingPost], browser: Browser
) -> None:
    async with opened(browser, timezone_id="UTC") as glass:
        page, written = glass.page, said[0].created_at.astimezone(UTC)
        await glass.adopt(served.address, tablet)
        await glass.begin()
        await glass.touch("Tiếng Việt")
        await page.get_by_role("heading", name="Bạn đang tìm gì?").wait_for()
        await glass.scan(GTIN)
        await page.locator(".post time").wait_for()
        assert plain(await page.locator(".cost .price").inner_text()) == plain(format_currency(24, "GBP", locale="vi"))
        assert await page.locator(".post time").inner_text() == format_date(written, "d MMMM", locale="vi")
        await glass.touch("Cho vào giỏ")
        await glass.sees("Velvet Lipstick, Madder Red đã vào giỏ của bạn")
        await glass.touch("Xong, xóa máy này")
        await glass.begin()
        await page.get_by_role("heading", name="What are you looking for?").wait_for()
        await glass.touch("Done, clear this tablet")
        await page.locator(".begin").wait_for()

        await changed(served, tablet, language="nb")
        await page.locator(".begin-words :first-child[lang=nb]").wait_for()
        await glass.begin()
        await page.get_by_role("heading", name="Hva ser du etter?").wait_for()
        await glass.scan(GTIN)
        await page.locator(".post time").wait_for()
        assert plain(await page.locator(".cost .price").inner_text()) == plain(format_currency(24, "GBP", locale="nb"))
        assert await page.locator(".post time").inner_text() == format_date(written, "d. MMMM", locale="nb")
        await glass.touch("English")
        await glass.sees("What others say")
        await glass.touch("Done, clear this tablet")
        await glass.begin()
        await page.get_by_role("heading", name="Hva ser du etter?").wait_for()


def plain(price: str) -> str:
    """With the same space wherever somebody set one of another kind."""
    return " ".join(price.split())


async def test_what_shoppers_do_is_counted_without_a_network_too_and_sent_when_it_is_back(
    served: Served, tablet: Tablet, glass: Glass
) -> None:
    page = glass.page
    await glass.adopt(served.address, tablet)
    await glass.begin()
    await page.context.set_offline(True)
    await glass.scan(GTIN)
    await page.locator(".act .primary").click()
    await glass.count(1)
    assert not await counted(served)
    await page.context.set_offline(False)
    await until(lambda: counted(served), what="the counts", state=lambda: told(served))


async def counted(served: Served) -> bool:
    async with served.database.snapshot() as db:
        found = await db.scalars(select(VisitCount).where(VisitCount.variant_id == "stain-madder"))
        return sorted((one.kind, one.count) for one in found) == [("bag", 1), ("scan", 1), ("view", 1)]


async def test_a_post_that_was_approved_stands_with_what_it_matched_and_is_gone_from_the_glass_when_it_is_deleted(
    served: Served, settings: Settings, tablet: Tablet, said: list[IncomingPost], glass: Glass
) -> None:
    page = glass.page
    quiet = stories.post("Madder red lipstick, and nobody asked me.", handle="zoe")
    await stories.arrive(served.database, settings, quiet)
    await glass.adopt(served.address, tablet)
    await glass.begin()
    await glass.scan(GTIN)
    await glass.sees("What others say")
    [post] = await page.locator(".post").all_inner_texts()
    assert "@ada" in post or "ada" in post
    assert said[0].text in post and "zoe" not in post, "only who agreed is shown"
    face = page.locator(".post .avatar")
    await until(
        lambda: face.evaluate("(image) => image.complete && image.naturalWidth > 0"), what="the author's picture"
    )
    await stories.arrive(served.database, settings, stories.deleted(said[0]))
    await page.locator(".post").wait_for(state="detached", timeout=5000)
    assert await page.get_by_text("What others say").count() == 0
    assert await page.locator("h1").inner_text() == "Velvet Lipstick", "and the page stays where it was"


async def told(served: Served) -> str:
    async with served.database.snapshot() as db:
        return str([(one.variant_id, one.kind, one.count) for one in await db.scalars(select(VisitCount))])
