"""Phone and tablet on WebKit, which is what every iPhone and iPad has: taken live, and through a lost network."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.models import Kiosk
from server.core.settings import Settings
from tests import shopping
from tests.browser import webkit
from tests.browser.glass import until
from tests.browser.wire import Wire
from tests.conftest import Served
from tests.shopping import Phone, Tablet, add
from tests.signing import newest_code, sign_in

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(bool(webkit.MISSING), reason=webkit.MISSING),
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),  # what differs here is the browser
]
NewWebKit = Callable[..., Awaitable[webkit.WebKit]]
EMAIL = "ada@example.com"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A house whose mail is read in the console."""
    return replace(settings, mail="console", public_url="")


@pytest.fixture(scope="session")
def display() -> Iterator[webkit.Display]:
    """The one screen of all these stories."""
    made = webkit.Display()
    yield made
    made.stop()


@pytest.fixture
async def new_webkit(display: webkit.Display, tmp_path: Path) -> AsyncIterator[NewWebKit]:
    """Opens browsers, each with a profile of its own."""
    opened: list[webkit.WebKit] = []

    async def make(*, width: int, height: int) -> webkit.WebKit:
        opened.append(webkit.WebKit(display, tmp_path / f"webkit{len(opened)}"))
        await opened[-1].start(width=width, height=height)
        return opened[-1]

    yield make
    for one in opened:
        await one.stop()


@pytest.fixture
async def wire(served: Served) -> AsyncIterator[Wire]:
    """The cable that can be cut."""
    cable = Wire(served.port)
    await cable.join()
    yield cable
    await cable.cut()


@pytest.fixture
async def tablet(served: Served) -> Tablet:
    """A paired tablet, which gives a slow machine time."""
    await shopping.catalogue(served.database)
    made = await shopping.tablet_at(served)
    async with served.database.transaction() as db:
        (await db.get_one(Kiosk, made.id)).idle_seconds = 600
    return made


async def holds(tablet: Tablet, variants: set[str]) -> bool:
    """Whether the tablet sees exactly these in its bag."""
    return {item["variant"] for item in await tablet.items()} == variants


async def test_a_phone_takes_a_bag_follows_it_live_and_keeps_it_without_a_network(
    tablet: Tablet, new_webkit: NewWebKit, wire: Wire
) -> None:
    await tablet.begin()
    await tablet.send(add("stain-madder"))
    phone = await new_webkit(width=420, height=820)
    await phone.open(f"{wire.url}/take#{await tablet.ticket()}")
    await until(lambda: phone.texts(".number"), what="the numbers")
    assert "#" not in await phone.address()
    number = (await tablet.document())["visit"]["ticket"]["number"]
    await phone.touch(".number", str(number))
    await phone.sees(".item .shade", ["Madder Red"])
    await tablet.send(add("slip-ink"))
    await phone.sees(".item .shade", ["Ink Blue", "Madder Red"])
    await phone.touch("button", "Remove Velvet Lipstick, Madder Red")
    await until(lambda: holds(tablet, {"slip-ink"}), what="the removal on the tablet")

    await phone.until("Boolean(navigator.serviceWorker.controller)", what="the page's service worker")
    await wire.cut()
    await until(lambda: phone.texts(".offline"), within=30, what="that the phone says it is offline")
    await phone.reload()
    await phone.sees(".item .shade", ["Ink Blue"])
    await phone.touch("button", "Remove Bias Slip Dress, Ink Blue")
    await phone.sees(".item .shade", [])
    await wire.join()
    await until(lambda: holds(tablet, set()), within=40, what="what was done without a network")


async def test_a_tablet_collects_forgets_and_begins_without_a_network_and_sends_what_both_shoppers_did(
    served: Served, tablet: Tablet, new_webkit: NewWebKit, wire: Wire
) -> None:
    glass = await new_webkit(width=1100, height=860)
    await glass.open(f"{wire.url}/kiosk/adopt#{tablet.id}.{tablet.token}")
    await begin(glass)
    await glass.touch("button", "Add Bias Slip Dress, Ink Blue to the bag")
    await glass.sees(".holder-count", ["1"])

    async def known() -> str:
        visit = (await tablet.document())["visit"]
        return visit["bag"] if visit else ""

    await until(known, what="the visit at the server")
    tablet.bag = await known()
    await until(lambda: holds(tablet, {"slip-ink"}), what="what was tapped")
    phone = Phone(served)
    await phone.client.post("/api/tickets", json={"ticket": await _ticket(tablet)})
    number = (await tablet.document())["visit"]["ticket"]["number"]
    assert (await phone.client.post("/api/tickets/pick", json={"number": number})).status_code == 200
    await glass.touch("button", "Go on looking")
    await phone.send(add("stain-madder"))
    await glass.sees(".holder-count", ["2"])

    kept = "caches.keys().then((names) => Boolean(navigator.serviceWorker.controller) && names.some((name) => name.includes('shell')))"
    await glass.until(kept, what="the app to be kept")
    await wire.cut()
    await glass.touch("button", "Velvet Lipstick, Madder Red is in the bag")
    await glass.sees(".holder-count", ["1"])
    await glass.reload()  # a page that starts anew knows nobody: what was not sent is sealed by now
    await begin(glass)
    await glass.touch("button", "Add Bias Slip Dress, Ink Blue to the bag")
    await glass.sees(".holder-count", ["1"])
    await wire.join()

    async def all_there() -> bool:
        return [item["variant"] for item in await phone.items()] == ["slip-ink"]

    await until(all_there, within=40, what="what the first shopper did offline, on the phone")

    first = tablet.bag

    async def next_one() -> bool:
        tablet.bag = await known()
        return tablet.bag not in ("", first) and await holds(tablet, {"slip-ink"})

    await until(next_one, within=40, what="what the next shopper did offline")


async def test_somebody_signs_in_by_mail_has_the_account_in_hand_and_erases_it(
    served: Served, tablet: Tablet, new_webkit: NewWebKit, patient: None
) -> None:
    phone, elsewhere = await new_webkit(width=420, height=820), Phone(served)
    elsewhere.client.headers["user-agent"] = "Firefox/140 (Windows NT 10.0)"
    await sign_in(served, elsewhere, EMAIL)
    await elsewhere.client.post("/api/bag")
    await elsewhere.send(add("slip-ink"))
    await phone.open(f"{served.address}/v/stain-plum")
    await phone.touch("button", "Add to my bag")
    await phone.touch("a", "See my bag")
    await phone.sees(".item .shade", ["Late Plum"])
    before = await phone.evaluate("fetch('/api/bag').then((answer) => answer.json()).then((told) => told.bag)")

    await phone.open(f"{served.address}/me")
    await phone.type("input[type=email]", EMAIL)
    await phone.touch("button", "Send me a code")
    await phone.until("document.activeElement?.autocomplete === 'one-time-code'", what="the field of the code")
    right = await newest_code(served, EMAIL)
    await phone.type("input[autocomplete='one-time-code']", f"{(int(right) + 1) % 10**6:06d}")
    await phone.sees("[role=alert]", ["That is not the code. Tries left: 4."])
    await phone.type("input[autocomplete='one-time-code']", right)
    await phone.sees("h1", ["Your account"])
    await phone.sees(".bag-link b + span", ["2 things"])
    await phone.touch("li button", "Sign out")  # the one elsewhere: the first that has a button
    await until(lambda: _signed_out(elsewhere), what="the other browser to be signed out")
    await phone.touch(".bag-link")
    await phone.sees(".item .shade", ["Late Plum", "Ink Blue"])
    await phone.open(f"{served.address}/me")
    await phone.touch("button", "Take out")
    await phone.sees(".bag-link b + span", ["1 thing"])
    export = "fetch(document.querySelector('a[download]').href).then((answer) => answer.text())"
    await until(lambda: phone.texts("a[download]"), what="the link to all of it")
    told = await phone.evaluate(export)
    assert EMAIL in told and "slip-ink" in told and "schema.org" in told

    await phone.touch("button", "Erase everything")
    await phone.touch("button", "Keep it")
    await phone.touch("button", "Erase everything")
    await phone.touch("button", "Erase it all")
    await phone.sees("h1", ["Everything is erased"])
    assert await phone.texts(".toast") == [], "nobody is told any more that they are signed in"
    held = await phone.storage()
    for private in (EMAIL, before, "slip-ink", "stain-plum", "Ink Blue", "vitrine_shopper"):
        assert private not in held, f"{private} is on the phone after everything was erased"
    await phone.back()
    await until(lambda: phone.texts("h1"), what="the page before")
    assert "Ink Blue" not in await phone.storage()


async def _signed_out(phone: Phone) -> bool:
    return (await phone.client.get("/api/me")).status_code == 401


async def begin(glass: webkit.WebKit) -> None:
    """Touch the glass once; it shows what there is."""
    await glass.touch(".begin")
    await until(lambda: glass.texts(".tile-open"), what="the range on the glass", state=lambda: glass.texts("body"))


async def _ticket(tablet: Tablet) -> str:
    tablet.visit = (await tablet.document())["visit"]["id"]
    return await tablet.ticket()
