"""The page behind a code says what the item is and where to get it, in the reader's words, and that somebody looked."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from catalog.codes import variant_path
from catalog.links import safe_link
from catalog.models import Product, Stock, Store, Variant
from displays.item_view import opening_words, stock_words
from displays.item_words import WORDS, Speaker, chosen
from displays.models import Card, Scan, Spot
from server.core.clock import now
from server.core.security import limiter
from tests import house
from tests.conftest import Served

EN = Speaker("en")
HOURS = {
    "hours": {day: [["09:00", "20:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat")} | {"sun": []},
    "exceptions": {},
}
SHOP = Store(id="OXF", name="Oxford Street", latitude=51.5, longitude=-0.14, time_zone="Europe/London", hours=HOURS)


@pytest.fixture(autouse=True)
def nobody_has_tried() -> None:
    """Tests come from one address and look at the same few things."""
    limiter._tries.clear()


@pytest.fixture
async def screen(served: Served) -> str:
    """A house with a screen round the corner from its store."""
    async with served.database.transaction() as db:
        await house.catalogue(db)
        made, _ = await house.screen(db)
        await db.execute(update(Variant).where(Variant.id == "stain-madder").values(gtin="09520000000011"))
    return made.id


async def page(served: Served, path: str, **headers: str) -> Any:
    async with served.client() as client:
        return await client.get(path, headers=headers)


async def tell(served: Served, **told: str) -> int:
    async with served.client() as client:
        headers = {"origin": served.address, "user-agent": told.pop("agent", "Mozilla/5.0 (iPhone)")}
        return (await client.post("/api/scans", json=told, headers=headers)).status_code


async def scans(served: Served) -> list[Scan]:
    async with served.database.snapshot() as db:
        return list(await db.scalars(select(Scan)))


# -- the item -----------------------------------------------------------------------------------------------------


async def test_a_code_leads_to_the_item_its_price_and_the_nearest_store(served: Served, screen: str) -> None:
    answer = await page(served, f"/01/09520000000011?s={screen}&p=e1")
    assert answer.status_code == 200
    for words in (
        "Velvet Lipstick",
        "Madder Red",
        "£24.00",
        "Oxford Street",
        "1 minute’s walk",
        "3 left",
        "Near where you saw it",
    ):
        assert words in answer.text
    assert 'href="https://house.test/stain-madder" rel="noopener' in answer.text
    assert "/room/8e1c2b.css" in answer.text and "Late Plum" in answer.text
    assert "set-cookie" not in answer.headers


WAYS = ("/01/9520000000011", "/01/09520000000011/10/LOT-7", "/v/stain-madder", "/v/stain-madder?s=nobody&p=nothing")


async def test_each_shade_is_described_in_its_own_words(served: Served, screen: str) -> None:
    async with served.database.transaction() as db:
        await db.execute(update(Product).where(Product.id == "stain").values(description="Madder is a clear red."))
        await db.execute(update(Variant).where(Variant.id == "stain-plum").values(description="Plum is a late hour."))
    madder, plum = [(await page(served, f"/v/stain-{shade}")).text for shade in ("madder", "plum")]
    assert "Madder is a clear red." in madder
    assert "Plum is a late hour." in plum and "Madder is a clear red." not in plum


async def test_other_ways_to_write_the_code_lead_there_too(served: Served, screen: str) -> None:
    for path in WAYS:
        assert "Madder Red" in (await page(served, path)).text, path


async def test_a_variant_id_may_hold_any_character(served: Served, screen: str) -> None:
    ids = ("a/b", "a//b", "../c", "50%", "a?b#c", "ký tự", "m:1048:0", "a b+c", "<b>&\"'", "%2F")
    async with served.database.transaction() as db:
        for id in ids:
            db.add(Variant(id=id, product_id="slip", title="Odd", colour=f"One {ids.index(id)}.", price=1, currency="GBP",
                           availability="in_stock", changed_at=now()))  # fmt: skip
    for id in ids:
        answer = await page(served, variant_path(id))
        assert answer.status_code == 200 and f"Bias Slip Dress, One {ids.index(id)}. ·" in answer.text, id
        assert "<b>&" not in answer.text


async def test_an_unknown_code_is_met_kindly(served: Served, screen: str) -> None:
    for path in (
        "/01/09520000000012",
        "/01/nothing",
        "/01/09520000000028",
        "/v/no-such",
        "/v/" + "a" * 3000,
        "/v/%ff",
    ):
        answer = await page(served, path)
        assert answer.status_code == 404 and "We do not know this code" in answer.text, path


async def test_a_withdrawn_item_says_so_and_offers_what_comes_closest(served: Served, screen: str) -> None:
    async with served.database.transaction() as db:
        await db.execute(update(Variant).where(Variant.id == "stain-madder").values(withdrawn_at=now()))
    text = (await page(served, "/01/09520000000011")).text
    assert "Velvet Lipstick, Madder Red is no longer sold." in text and "/v/stain-plum" in text
    assert "Buy online" not in text


async def test_a_link_that_is_no_web_address_is_no_button(served: Served, screen: str) -> None:
    async with served.database.transaction() as db:
        await db.execute(update(Variant).where(Variant.id == "stain-madder").values(link="javascript:alert(1)"))
    text = (await page(served, "/v/stain-madder")).text
    assert "javascript:" not in text and "Buy online" not in text
    assert safe_link("ftp://house.test/x") == safe_link("//house.test") == safe_link("http://[") == ""


async def test_the_sale_price_holds_while_the_sale_does(served: Served, screen: str) -> None:
    async with served.database.transaction() as db:
        plum, madder = await db.get_one(Variant, "stain-plum"), await db.get_one(Variant, "stain-madder")
        plum.sale_price = madder.sale_price = 1800
        madder.sale_until = now() - timedelta(minutes=1)
    assert "£18.00" in (await page(served, "/v/stain-plum")).text
    assert "£18.00" not in (await page(served, "/v/stain-madder")).text.split("Other shades")[0]


async def test_an_item_that_no_store_has_can_still_be_ordered(served: Served, screen: str) -> None:
    text = (await page(served, f"/v/stain-plum?s={screen}")).text
    assert "No store has it at the moment. You can still order it online." in text


async def test_the_room_is_a_style_sheet_of_its_own_that_never_changes(served: Served) -> None:
    answer = await page(served, "/room/8e1c2b.css")
    assert answer.headers["content-type"].startswith("text/css") and "immutable" in answer.headers["cache-control"]
    assert "--field: #" in answer.text
    assert (await page(served, "/room/red;}.css")).status_code == 404


async def test_the_start_page_says_what_this_is(served: Served) -> None:
    answer = await page(served, "/")
    assert answer.status_code == 200 and 'href="/console"' in answer.text


# -- words --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accepted", "language"),
    [("nb-NO,nb;q=0.9,en;q=0.8", "nb"), ("no", "nb"), ("nn-NO, en;q=0.1", "nb"), ("vi", "vi"), ("de, vi;q=0.3", "vi"), ("en;q=0, vi", "vi"),
     ("de", "en"), ("", "en"), ("*", "en"), ("x" * 9000, "en"), ("en;q=abc,vi;q=0.2", "vi")],
)  # fmt: skip
def test_the_language_is_the_one_that_is_wanted_most(accepted: str, language: str) -> None:
    assert chosen(accepted, "en").language == language


def test_without_a_wish_the_installation_speaks_its_own_language() -> None:
    assert chosen("de", "vi").language == "vi" and chosen("", "xx").language == "en"


def test_every_language_says_the_same_things() -> None:
    def places(words: dict[str, str]) -> dict[str, set[str]]:
        return {key: {part.split("}")[0] for part in text.split("{")[1:]} for key, text in words.items()}

    assert places(WORDS["en"]) == places(WORDS["vi"]) == places(WORDS["nb"])


async def test_the_page_speaks_norwegian_to_norwegians(served: Served, screen: str) -> None:
    answer = await page(served, f"/v/stain-madder?s={screen}", **{"accept-language": "nb-NO"})
    assert "3 igjen" in answer.text and 'lang="nb"' in answer.text and "Accept-Language" in answer.headers["vary"]


# -- stores -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "words", "is_open"),
    [
        (datetime(2026, 11, 20, 12, tzinfo=UTC), "open until 20:00", True),
        (datetime(2026, 11, 20, 19, 40, tzinfo=UTC), "closes soon, at 20:00", True),
        (datetime(2026, 11, 20, 7, tzinfo=UTC), "opens at 09:00", False),
        (datetime(2026, 11, 20, 21, tzinfo=UTC), "opens tomorrow at 09:00", False),
        (datetime(2026, 11, 21, 21, tzinfo=UTC), "opens Monday at 09:00", False),
    ],
)
def test_a_store_says_whether_it_is_open_in_words(at: datetime, words: str, is_open: bool) -> None:
    assert opening_words(SHOP, say=EN, at=at) == (words, is_open)


def test_a_store_that_never_shuts_is_open_and_one_without_hours_says_nothing() -> None:
    always = Store(id="A", name="A", latitude=0, longitude=1, time_zone="Europe/London", hours=house.HOURS)
    untold = Store(id="B", name="B", latitude=0, longitude=1, time_zone="Europe/London", hours={})
    at = datetime(2026, 11, 20, 12, tzinfo=UTC)
    assert opening_words(always, say=EN, at=at) == ("open now", True)
    assert opening_words(untold, say=EN, at=at) == ("", False)


@pytest.mark.parametrize(
    ("quantity", "availability", "hours", "words"),
    [(3, "in_stock", 1, "3 left"), (30, "in_stock", 1, "In stock"), (None, "limited", 1, "A few left"),
     (3, "in_stock", 40, "Ask for it there"),
     (0, "in_stock", 1, "None left"), (None, "out_of_stock", 1, "None left")],
)  # fmt: skip
def test_a_count_is_told_while_it_is_small_and_fresh(
    quantity: int | None, availability: str, hours: int, words: str
) -> None:
    at = now()
    stock = Stock(
        variant_id="v", store_id="s", quantity=quantity, availability=availability, as_of=at - timedelta(hours=hours)
    )
    assert stock_words(stock, say=EN, at=at) == words


# -- who looked ---------------------------------------------------------------------------------------------------


async def test_a_look_is_counted_with_screen_spot_and_campaign(served: Served, screen: str) -> None:
    async with served.database.transaction() as db:
        campaign = await house.campaign(db, await house.feed(db))
        await db.flush()
        spot = Spot(campaign_id=campaign.id, headline="Hello", card=await house_card(db), variant_id="stain-madder")
        db.add(spot)
        await db.flush()
    assert await tell(served, variant="stain-madder", screen=screen, spot=f"e{spot.id}") == 204
    (scan,) = await scans(served)
    assert (scan.screen_id, scan.spot, scan.campaign_id, scan.variant_id) == (
        screen,
        f"e{spot.id}",
        campaign.id,
        "stain-madder",
    )


async def test_an_unknown_screen_or_spot_is_no_error_and_the_look_still_counts(served: Served, screen: str) -> None:
    assert await tell(served, variant="stain-madder", screen="gone", spot="p9r1cdeadbeef") == 204
    (scan,) = await scans(served)
    assert (scan.screen_id, scan.spot, scan.campaign_id) == (None, "", None)


async def test_a_look_at_nothing_of_ours_counts_nothing(served: Served, screen: str) -> None:
    for told in ({"variant": "no-such"}, {"variant": "\0"}, {"variant": "x" * 5000, "spot": "y" * 5000}, {}):
        assert await tell(served, **told) == 204
    assert await scans(served) == []


async def test_opening_the_page_alone_counts_nothing_and_robots_do_not_count(served: Served, screen: str) -> None:
    await page(served, f"/01/09520000000011?s={screen}&p=e1")
    assert await tell(served, variant="stain-madder", agent="Slackbot-LinkExpanding 1.0") == 204
    assert await scans(served) == []


async def test_one_address_looks_at_one_thing_a_few_times_and_not_hundreds(served: Served, screen: str) -> None:
    answers = [await tell(served, variant="slip-ink", screen=screen) for _ in range(14)]
    assert answers[:10] == [204] * 10 and answers[-1] == 429
    assert len(await scans(served)) < 14
    assert await tell(served, variant="stain-madder", screen=screen) == 204


async def test_another_site_cannot_count_and_nobody_counts_without_end(served: Served, screen: str) -> None:
    async with served.client() as client:
        body = {"variant": "stain-madder"}
        foreign = await client.post("/api/scans", json=body, headers={"origin": "https://elsewhere.test"})
        assert foreign.status_code == 403 and (await client.post("/api/scans", json=body)).status_code == 403
        answers = [
            (await client.post("/api/scans", json={"variant": "no"}, headers={"origin": served.address})).status_code
            for _ in range(70)
        ]
    assert 429 in answers and await scans(served) == []


async def house_card(db: Any) -> str:
    db.add(
        Card(
            digest="c" * 64,
            kind="evergreen",
            layout="item@1",
            language="en",
            variants=["stain-madder"],
            composed_at=now(),
        )
    )
    await db.flush()
    return "c" * 64
