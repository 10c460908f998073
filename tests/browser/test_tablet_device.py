"""A tablet as a thing in a store: it stays lit, says how its battery and its unsent work are, and fills no disk."""

import secrets
from collections.abc import AsyncIterator
from typing import Any

import pytest
from biip.checksums import gs1_standard_check_digit
from playwright.async_api import Browser, expect
from sqlalchemy import insert

from catalog.models import Image, Product, Stock, Variant
from kiosk.ranges import MOST
from server.core import media, staff
from server.core.clock import now
from server.core.settings import ROOT
from tests import shopping
from tests.browser.conftest import NewWindow
from tests.browser.glass import until
from tests.browser.tablet import Glass, opened
from tests.browser.wire import Wire
from tests.conftest import Served
from tests.shopping import Tablet

# What two databases do differently is tried without browsers, in tests/kiosk.
pytestmark = [pytest.mark.browser, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]
BATTERY = """
window.battery = Object.assign(new EventTarget(), { level: 0.17, charging: false });
navigator.getBattery = () => Promise.resolve(window.battery);
"""
LIGHT = """
window.locks = [];
const request = navigator.wakeLock.request.bind(navigator.wakeLock);
navigator.wakeLock.request = (kind) => request(kind).then((lock) => { window.locks.push([kind, lock]); return lock; });
window.away = false;
Object.defineProperty(document, 'hidden', { get: () => window.away });
window.turn = (away) => { window.away = away; document.dispatchEvent(new Event('visibilitychange')); };
"""
LIT = "window.locks.map(([kind, lock]) => [kind, lock.released])"
CHARGED = "Object.assign(window.battery, { level: 0.18, charging: true }).dispatchEvent(new Event('chargingchange'))"
SIXTY_MEGABYTES = 60_000_000
A_PICTURE = 480_000
PICTURES_JS = (ROOT / "kiosk/web/tablet/range/pictures.js").read_text()
BUDGET = int(PICTURES_JS.partition("BUDGET = ")[2].partition(";")[0])
"""Bytes of pictures that a tablet says it keeps."""
NUMBER = """caches.open('vitrine-range:' + location.pathname.split('/')[2])
    .then((kept) => kept.keys()).then((all) => all.length)"""
AN_ENTRY = 256
"""Bytes that a browser counts for a kept answer besides its body (Chromium 152: 215)."""
STORAGE = """(async () => {
  const { usage } = await navigator.storage.estimate();
  const names = await caches.keys();
  const open = (part) => caches.open(names.find((name) => name.includes(part)));
  const number = (await (await open('vitrine-range')).keys()).length;
  const shell = await (await open('kiosk-shell')).matchAll();
  const sizes = await Promise.all(shell.map((one) => one.blob().then((body) => body.size)));
  const pages = await new Promise((resolve) => {
    indexedDB.open('vitrine-range:' + location.pathname.split('/')[2]).onsuccess = ({ target }) => {
      const asked = target.result.transaction('pages').objectStore('pages').getAll();
      asked.onsuccess = () => { resolve(asked.result); target.result.close(); };
    };
  });
  const range = new Blob([JSON.stringify(pages)]).size;
  return { usage, items: pages.flat().length, range, number, shell: sizes.reduce((total, size) => total + size, 0) };
})()"""
"""What the tablet keeps: bytes as the browser counts them, and of each part, uncompressed."""


@pytest.fixture
async def tablet(served: Served) -> Tablet:
    """A paired tablet in a store with three variants."""
    await shopping.catalogue(served.database)
    return await shopping.tablet_at(served)


@pytest.fixture
async def glass(browser: Browser) -> AsyncIterator[Glass]:
    """The tablet's page, on a machine with a battery and a light."""
    async with opened(browser) as made:
        await made.page.add_init_script(BATTERY + LIGHT)
        yield made


async def test_a_tablet_stays_lit_and_says_in_the_console_how_its_battery_and_its_unsent_work_are(
    served: Served, tablet: Tablet, cable: Wire, glass: Glass, window: NewWindow
) -> None:
    page = glass.page
    await glass.adopt(cable.url, tablet)
    await glass.kept()
    assert await page.evaluate(LIT) == [["screen", False]]
    await page.evaluate("window.locks[0][1].release()")  # as a browser does with a page that is hidden
    await page.evaluate("window.turn(true)")
    assert await page.evaluate(LIT) == [["screen", True]], "asked for in vain while nobody can see it"
    await page.evaluate("window.turn(false)")
    await until(lambda: is_lit(glass), what="the glass to stay lit again")

    async with served.database.transaction() as db:
        mia = await staff.add(db, email="m@house.test", name="Mia", role="merchandiser")
        secret = await staff.sign_in(db, mia, hours=1)
    console = await window("/console/tablets", secret)
    line = console.get_by_role("row").filter(has_text="Lips, by the mirror")
    await expect(line).to_contain_text("17 % of its battery are left, and it is not charging.")
    await page.evaluate(CHARGED)
    await expect(line).to_contain_text("18 % charging")
    await expect(line).to_contain_text("ready")

    await page.route("**/api/bags/**", lambda route: route.abort())
    await glass.begin()
    await glass.touch("Add Bias Slip Dress, Ink Blue to the bag")
    await glass.touch("Add Velvet Lipstick, Madder Red to the bag")
    await expect(line).to_contain_text("2 changes not sent yet.")
    await cable.cut()
    await expect(line).to_contain_text("away since")
    await expect(line).to_contain_text("2 changes will be sent when it is back.")
    await page.unroute("**/api/bags/**")
    await cable.join()
    await expect(line).to_contain_text("in use", timeout=20_000)
    await expect(line).not_to_contain_text("changes")
    assert {one["variant"] for one in await contents(tablet)} == {"slip-ink", "stain-madder"}


async def is_lit(glass: Glass) -> bool:
    return await glass.page.evaluate(LIT) == [["screen", True], ["screen", False]]


async def contents(tablet: Tablet) -> list[dict[str, Any]]:
    return await tablet.items((await tablet.document())["visit"]["bag"])


async def is_full(glass: Glass) -> bool:
    """Whether the whole range is kept and there is no room for another picture; those of its first page come before."""
    if await glass.page.evaluate(NUMBER) < BUDGET // A_PICTURE:
        return False
    return (await glass.page.evaluate(STORAGE))["items"] == MOST


async def stocked(served: Served, pictures: int, size: int) -> None:
    """Fill the store: as many variants as a tablet keeps, with these many pictures of this size among them."""
    moment = now()
    async with served.database.transaction() as db:
        digests = [await media.store(db, secrets.token_bytes(size), "image/webp") for _ in range(pictures)]
        await db.execute(insert(Image), [
            {"id": 100 + n, "url": f"https://house.test/{n}.jpg", "state": "ready", "try_at": moment,
             "renditions": [{"digest": digest, "width": 240, "height": 240}]} for n, digest in enumerate(digests)
        ])  # fmt: skip
        await db.execute(insert(Product), [
            {"id": f"p{n}", "title": f"Velvet Lipstick of the {n}th evening", "brand": f"House {n % 40}",
             "product_type": f"Beauty > Lips > Kind {n % 60}", "words": "velvet"} for n in range(MOST // 5)
        ])  # fmt: skip
        await db.execute(insert(Variant), [variant(n, image=100 + n % pictures) for n in range(MOST)])
        await db.execute(insert(Stock), [
            {"variant_id": f"sku-{n:08}", "store_id": "OXF", "quantity": 3, "availability": "in_stock", "as_of": moment}
            for n in range(MOST)
        ])  # fmt: skip


def variant(n: int, *, image: int) -> dict[str, Any]:
    """The columns of a variant such as feeds bring them."""
    gtin = f"{n + 1:013}"
    return {
        "id": f"sku-{n:08}", "product_id": f"p{n // 5}", "title": f"Shade {n} of many", "colour": f"Shade {n}", "size": "3.5 g",
        "swatch": f"#{n % 90 + 100:02x}1c2b", "price": 2400 + n, "currency": "GBP", "availability": "in_stock",
        "gtin": f"{gtin}{gs1_standard_check_digit(gtin)}", "image_id": image, "changed_at": now(),
        "link": f"https://house.test/velvet-lipstick/shade-{n}?variant={n}",
    }  # fmt: skip


async def test_five_thousand_variants_with_more_pictures_than_it_keeps_take_less_than_sixty_megabytes(
    served: Served, tablet: Tablet, glass: Glass
) -> None:
    await stocked(served, pictures=110, size=A_PICTURE)
    await glass.adopt(served.address, tablet)
    await glass.kept()
    await glass.begin()
    await until(lambda: is_full(glass), within=30, what="the pictures", state=lambda: glass.page.evaluate(STORAGE))
    held = await glass.page.evaluate(STORAGE)
    assert (held["items"], held["number"]) == (MOST, BUDGET // A_PICTURE)
    assert held["usage"] < SIXTY_MEGABYTES
    entries = 2 * MOST * AN_ENTRY
    while_renewed = BUDGET + entries + 2 * held["range"] + 2 * held["shell"]
    assert while_renewed < SIXTY_MEGABYTES, "with the old range and version still there, and none of it compressed"
