"""The tablet in a real browser: a shopper collects, a phone takes it, nobody is there any more, the network is gone."""

import json
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
from playwright.async_api import Browser, Playwright
from sqlalchemy import select

from catalog.models import Variant
from kiosk import documents, kiosks
from kiosk.models import BagOperation, Kiosk, Visit
from server.core import topics
from server.core.assets import Assets
from tests import shopping
from tests.browser.glass import profile, until
from tests.browser.tablet import AXE, UPRIGHT, Glass, opened
from tests.browser.wire import Wire
from tests.conftest import Served
from tests.shopping import Phone, Tablet, add

pytestmark = pytest.mark.browser
GTIN = "09526010100017"
WORKERS = """navigator.serviceWorker.getRegistration('/kiosk').then((r) => [
    ...[r.active, r.waiting, r.installing].map((one) => one && [one.scriptURL, one.state]), document.body.innerText, performance.now(),
    performance.getEntriesByType('resource').filter((one) => /shell.json|worker.js|api/.test(one.name))
        .map((one) => [one.name, Math.round(one.startTime), Math.round(one.responseEnd)])])"""

HELD = """caches.keys().then((names) => Promise.all(names.filter((name) => name.startsWith('vitrine-kiosk-shell-'))
    .map((name) => caches.open(name).then((shell) => shell.keys()).then((files) => [name, files.length]))))"""
SHELLS = f"{HELD}.then((held) => held.length === 1 && held[0][0].endsWith('-feedfacefeedface') && held[0][1] > 20)"


@pytest.fixture
async def tablet(served: Served) -> Tablet:
    """A paired tablet in a store with three variants, one of them with a GTIN. It asks nobody whether they are still there
    while a busy machine is slow."""
    await shopping.catalogue(served.database)
    made = await shopping.tablet_at(served)
    async with served.database.transaction() as db:
        (await db.get_one(Variant, "stain-madder")).gtin = GTIN
        (await db.get_one(Kiosk, made.id)).idle_seconds = 600
    return made


@pytest.fixture
async def glass(browser: Browser) -> AsyncIterator[Glass]:
    """A fresh browser of a tablet's size, that wants no motion."""
    async with opened(browser) as made:
        yield made


async def operations(served: Served) -> list[tuple[str, str]]:
    async with served.database.snapshot() as db:
        rows = await db.execute(select(BagOperation.kind, BagOperation.variant_id).order_by(BagOperation.received_at))
        return [(kind, variant) for kind, variant in rows]


async def test_a_shopper_looks_collects_compares_and_takes_back_what_was_a_mistake(
    served: Served, tablet: Tablet, glass: Glass
) -> None:
    page = glass.page
    await glass.adopt(served.address, tablet)
    await glass.begin()
    await page.evaluate(AXE)
    await glass.accessible("home")
    await glass.touch("Add Bias Slip Dress, Ink Blue to the bag")
    await glass.count(1)
    await glass.touch("Undo")
    await glass.count(0)
    await page.get_by_role("searchbox").fill("velv")
    await page.locator(".tile-open").first.click()
    await page.get_by_role("radio", name="Late Plum").click()
    assert await page.locator(".shade-name").inner_text() == "Late Plum"
    await glass.sees("None left")
    await page.get_by_role("radio", name="Madder Red").click()
    await glass.sees("3 left")
    await glass.touch("Add to bag")
    await glass.count(1)
    asked_again = page.expect_request(lambda asked: "/api/item?" in asked.url)
    async with asked_again, served.database.transaction() as db:
        topics.note(db, "talk:now")  # something that was said is withdrawn
    await glass.sees("3 left")
    await glass.accessible("product")
    await glass.touch("Compare", exact=True)
    await glass.scan("]C1019526010100018")  # somebody scans beside, badly
    await glass.sees("That is no code of an article.")
    await glass.touch("Back")
    await page.get_by_role("searchbox").click()
    await glass.scan("9526010100018")
    await glass.sees("That code was not read right.")
    assert await page.get_by_role("searchbox").input_value() == "velv", "a scan types into no field"
    await glass.scan(GTIN[1:])
    assert await page.locator("h1").inner_text() == "Velvet Lipstick"
    await glass.scan(f"{served.address}/v/slip-ink")
    await until(lambda: page.locator("h1").inner_text(), what="the dress")
    await glass.sees("Bias Slip Dress")
    await glass.touch("Compare", exact=True)
    await glass.touch("Compare 2")
    assert await page.locator(".side").count() == 2
    await glass.accessible("side by side")
    await page.locator(".side").nth(1).get_by_role("button", name="Add to bag").click()
    await glass.count(2)
    await glass.touch("Your bag, 2 things")
    await glass.accessible("bag")
    await glass.touch("Take Velvet Lipstick, Madder Red out of the bag")
    await glass.count(1)
    await glass.touch("Undo")
    await glass.count(2)
    await glass.touch("Tiếng Việt")
    await glass.sees("Giỏ của bạn")

    async def all_sent() -> bool:
        return len(await operations(served)) == 6

    await until(all_sent, what="what was done to be at the server")


async def code_on(glass: Glass) -> str:
    """The secret in the code that the tablet shows next."""
    async with glass.page.expect_response(lambda answer: answer.url.endswith("/tickets") and answer.ok) as coming:
        await glass.touch("Take it with me")
    return (await (await coming.value).json())["address"].partition("#")[2]


async def test_a_phone_takes_the_bag_by_two_digits_and_nothing_is_left_when_nobody_is_there(
    served: Served, tablet: Tablet, glass: Glass, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "GRACE_SECONDS", 2)
    page, phone = glass.page, Phone(served)
    said: list[str] = []
    page.on("request", lambda asked: said.append(asked.post_data or "") if asked.method in ("PUT", "POST") else None)
    await glass.adopt(served.address, tablet)
    await glass.begin()
    await page.evaluate(AXE)
    await glass.touch("Add Bias Slip Dress, Ink Blue to the bag")
    secret = await code_on(glass)
    await page.locator("img.qr").wait_for()
    box = await page.locator("img.qr").bounding_box()
    assert box and box["width"] > 420, "as large as a hand"
    await glass.accessible("code")
    await phone.client.post("/api/tickets", json={"ticket": secret})
    await glass.sees("Is this your phone?")
    await glass.touch("Not my phone")
    await glass.sees("No phone has your bag")
    assert (await phone.client.post("/api/tickets/pick", json={"number": 11})).status_code == 410
    async with page.expect_response(lambda answer: answer.url.endswith("/tickets") and answer.ok) as coming:
        await glass.touch("Show a new code")
    secret = (await (await coming.value).json())["address"].partition("#")[2]
    await phone.client.post("/api/tickets", json={"ticket": secret})
    digits = int(await page.locator(".digits").inner_text())
    assert (await phone.client.post("/api/tickets/pick", json={"number": digits})).status_code == 200
    await glass.sees("A phone has your bag")
    await glass.touch("Go on looking")
    await phone.send(add("stain-plum"))
    await glass.count(2)
    await glass.touch("Ask someone")
    await glass.sees("Somebody is being called")
    await glass.touch("Go on looking")
    await page.get_by_role("searchbox").fill("bias qwertz")
    async with served.database.transaction() as db:
        visit = await db.scalar(select(Visit))
        await kiosks.change(db, await db.get_one(Kiosk, tablet.id), kiosks.Setting(name="Lips", store_id="OXF"), by="x")
        (await db.get_one(Kiosk, tablet.id)).idle_seconds = 1
    assert visit
    await glass.sees("Still there?")
    await glass.accessible("still there")
    await glass.touch("Yes, I’m still here")
    await page.locator(".still").wait_for(state="detached")
    await page.locator(".begin").wait_for(timeout=15_000)
    secrets = {json.loads(text)["secret"] for text in said if '"secret"' in text}
    made = [one["id"] for text in said if '"operations"' in text for one in json.loads(text)["operations"]]
    held = await glass.storage()
    assert len(secrets) == 1 and made
    for private in (visit.id, visit.bag_id, *secrets, *made, "qwertz", "operations"):
        assert private not in held, "what is on the tablet after a wipe can be read by whoever comes next"
    await page.go_back()
    assert "Bias" not in await page.locator("body").inner_text()
    async with served.database.snapshot() as db:
        ended = await db.get_one(Visit, visit.id)
        assert (ended.ended_by, ended.ended_at is not None) == ("idle", True)
    assert len(await phone.items()) == 2, "the phone keeps what it took"


async def test_without_a_network_and_after_a_restart_it_goes_on_and_loses_nothing(
    served: Served, tablet: Tablet, cable: Wire, playwright: Playwright, tmp_path: Path
) -> None:
    open_again = profile(playwright, tmp_path / "profile", viewport=UPRIGHT, reduced_motion="reduce")
    context, phone = await open_again(), Phone(served)
    glass = Glass(context.pages[0])
    await glass.adopt(cable.url, tablet)
    await glass.kept()
    await glass.begin()
    secret = await code_on(glass)
    await phone.client.post("/api/tickets", json={"ticket": secret})
    digits = int(await glass.page.locator(".digits").inner_text())
    await phone.client.post("/api/tickets/pick", json={"number": digits})
    await glass.touch("Go on looking")
    await cable.cut()
    await glass.sees("No network. Stock as of")
    await glass.touch("Add Bias Slip Dress, Ink Blue to the bag")
    await glass.count(1)
    await until(glass.boxes, what="the operation to be sealed on the disk")
    held = await glass.storage()
    assert '"operations"' not in held and "stain-madder" in held, "the range can be read, the bag cannot"
    await context.close()  # the plug is pulled: nobody has wiped anything

    context = await open_again()
    glass = Glass(context.pages[0])
    await glass.page.goto(f"{cable.url}/kiosk/{tablet.id}")
    await glass.begin()
    await glass.count(0)
    await glass.scan(GTIN)
    await glass.sees("Velvet Lipstick")
    await glass.sees("as of")
    await glass.touch("Add to bag")
    await glass.touch("Take it with me")
    await glass.sees("A phone can take it when the network is back")
    await glass.page.keyboard.press("Escape")
    await glass.touch("Done, clear this tablet")
    await glass.page.locator(".begin").wait_for()
    assert await glass.boxes() == 2
    await cable.join()

    async def arrived() -> bool:
        return [item["variant"] for item in await phone.items()] == ["slip-ink"] and not await glass.boxes()

    await until(arrived, within=20, what="the sealed operations to arrive")
    assert sorted(await operations(served)) == [("add", "slip-ink"), ("add", "stain-madder")], "exactly once"
    assert glass.complaints == []
    await context.close()


async def test_a_new_version_waits_for_the_end_of_a_visit_and_a_tablet_that_is_taken_out_forgets_all(
    served: Served, tablet: Tablet, cable: Wire, glass: Glass
) -> None:
    page = glass.page
    await glass.adopt(cable.url, tablet)
    await glass.kept()
    before = await page.locator("html").get_attribute("data-shell")
    await glass.begin()
    await glass.touch("Add Bias Slip Dress, Ink Blue to the bag")
    newer = Assets()
    newer.__dict__["digest"] = "feedfacefeedface"
    served.app.state.assets = newer
    await cable.cut()
    await cable.join()
    waiting = "navigator.serviceWorker.getRegistration('/kiosk').then(r => Boolean(r && r.waiting))"
    state = partial(page.evaluate, WORKERS)
    await until(lambda: page.evaluate(waiting), within=40, what="the new version to be fetched whole", state=state)
    await glass.count(1)
    assert await page.locator("html").get_attribute("data-shell") == before, "never during a visit"
    await glass.touch("Done, clear this tablet")

    async def renewed() -> bool:
        return await page.locator("html").get_attribute("data-shell") == newer.digest

    await until(renewed, within=40, what="the new version", state=state)
    await page.locator(".begin").wait_for()
    await until(
        lambda: page.evaluate(SHELLS), what="the new version alone, and whole", state=lambda: page.evaluate(HELD)
    )
    async with served.database.transaction() as db:
        await kiosks.remove(db, await db.get_one(Kiosk, tablet.id), by="a test")
    await page.wait_for_url("**/kiosk?new", timeout=30_000)
    held = await glass.storage()
    assert tablet.token not in held and "slip-ink" not in held
