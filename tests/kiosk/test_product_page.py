"""The page of an item shows its words, its shades and sizes, and which stores have it, the nearest first."""

from typing import Any

import httpx
import pytest
from sqlalchemy import update

from catalog.models import Product, Stock, Store, Variant
from kiosk import product_page
from kiosk.items import Row
from server.core.clock import now
from server.core.settings import Settings
from social.models import Trend
from tests import house, shopping, stories
from tests.conftest import Served


@pytest.fixture
async def client(served: Served) -> httpx.AsyncClient:
    """A browser, and the small house."""
    await shopping.catalogue(served.database)
    return shopping.Phone(served).client


async def item(client: httpx.AsyncClient, id: str, store: str = "") -> dict[str, Any]:
    answer = await client.get("/api/item", params={"id": id, "store": store})
    answer.raise_for_status()
    return answer.json()


def row(id: str, colour: str, size: str = "") -> Row:
    return Row(Variant(id=id, colour=colour, size=size), Product(), None)


def names(rows: list[Row]) -> list[str]:
    return [one.variant.id for one in rows]


# -- shades and sizes ---------------------------------------------------------------------------------------------


def test_each_colour_is_there_once_in_the_item_s_own_size_and_the_item_itself_in_its_place() -> None:
    sold = [row("1", "Ink", "S"), row("2", "Ink", "M"), row("3", "Sand", "S"), row("4", "Sand", "M"), row("5", "", "M")]
    assert names(product_page.shades(sold[1], sold)) == ["2", "4"]
    assert names(product_page.shades(sold[0], sold)) == ["1", "3"]
    assert names(product_page.sizes(sold[1], sold)) == ["1", "2"]


def test_a_single_colour_or_size_is_no_choice() -> None:
    sold = [row("1", "Ink", "S"), row("2", "Ink", "M"), row("3", "Sand", "S")]
    assert product_page.shades(sold[0], sold[:2]) == []
    assert product_page.sizes(sold[2], sold) == []
    assert product_page.shades(row("9", ""), [row("9", "")]) == []


async def test_the_page_shows_the_item_with_its_words_and_other_shades(
    served: Served, client: httpx.AsyncClient
) -> None:
    async with served.database.transaction() as db:
        await db.execute(update(Product).where(Product.id == "stain").values(description="Stains a lip."))
    page = await item(client, "stain-plum")
    assert (page["item"]["id"], page["item"]["about"]) == ("stain-plum", "Stains a lip.")
    assert [one["id"] for one in page["shades"]] == ["stain-madder", "stain-plum"]
    assert page["sizes"] == []


async def test_what_is_no_longer_sold_is_told_of_and_is_among_no_shades(
    served: Served, client: httpx.AsyncClient
) -> None:
    async with served.database.transaction() as db:
        (await db.get_one(Variant, "stain-plum")).withdrawn_at = now()
    page = await item(client, "stain-plum")
    assert page["item"]["gone"]
    assert [one["id"] for one in page["shades"]] == ["stain-madder"]
    assert (await item(client, "stain-madder"))["shades"] == []


@pytest.mark.parametrize("id", ["nothing", "", "\0", "x" * 3000, "' OR 1=1 --"])
async def test_an_id_that_nobody_knows_is_not_found(client: httpx.AsyncClient, id: str) -> None:
    assert (await client.get("/api/item", params={"id": id})).status_code == 404


# -- stores -------------------------------------------------------------------------------------------------------


async def test_the_own_store_comes_first_then_those_that_have_it_the_nearest_first(
    served: Served, client: httpx.AsyncClient
) -> None:
    async with served.database.transaction() as db:
        for id, latitude, quantity in (("FAR", 53.0, 4), ("NEAR", 51.6, 1), ("EMPTY", 51.52, 0), ("OLD", 51.51, 9)):
            db.add(Store(id=id, name=id, latitude=latitude, longitude=-0.14, time_zone="Europe/London", hours={}))
            await db.flush()
            db.add(Stock(variant_id="stain-plum", store_id=id, quantity=quantity, availability="in_stock", as_of=now()))
        (await db.get_one(Store, "OLD")).withdrawn_at = now()
    seen = (await item(client, "stain-plum", "OXF"))["stock"]
    assert [one["store"] for one in seen] == ["OXF", "NEAR", "FAR", "EMPTY"]
    assert seen[0]["availability"] == "out_of_stock"
    assert seen[1]["quantity"] == 1
    for nowhere in ("", "no such store", "\0"):
        seen = (await item(client, "stain-plum", nowhere))["stock"]
        assert [one["store"] for one in seen] == ["FAR", "NEAR", "EMPTY", "OXF"]


# -- what goes with it, and what people say -----------------------------------------------------------------------


@pytest.fixture
async def wine_red(served: Served, client: httpx.AsyncClient) -> httpx.AsyncClient:
    """Things in nearly the lipstick's colour: a bag that the store has, a coat that it has not, and a gloss."""
    async with served.database.transaction() as db:
        for id, type, quantity in (
            ("bag", "Fashion > Bags > Clutch", 1), ("coat", "Fashion > Coats > Trench", 0), ("gloss", "Beauty > Lips > Gloss", 5),
        ):  # fmt: skip
            db.add(Product(id=id, title=id.title(), brand="House", product_type=type))
            await db.flush()
            db.add(Variant(id=f"{id}-wine", product_id=id, title=id, colour="Wine", swatch="#8e1c2f", price=100, currency="GBP",
                           availability="in_stock", changed_at=now()))  # fmt: skip
            await db.flush()
            db.add(
                Stock(variant_id=f"{id}-wine", store_id="OXF", quantity=quantity, availability="in_stock", as_of=now())
            )
    return client


async def test_what_goes_with_it_is_of_another_kind_with_its_reason_what_the_store_has_first(
    served: Served, wine_red: httpx.AsyncClient
) -> None:
    page = await item(wine_red, "stain-madder", "OXF")
    beside = [(one["item"]["id"], one["why"], one["data"]) for one in page["goes_with"]]
    assert beside == [("bag-wine", "colour", {"family": "red"}), ("coat-wine", "colour", {"family": "red"})]
    assert (await item(wine_red, "slip-ink"))["goes_with"] == [], "a house with one brand has it on everything"
    async with served.database.transaction() as db:
        db.add(Product(id="x", title="X", brand="Another", product_type="X"))
    by_brand = (await item(wine_red, "slip-ink", "OXF"))["goes_with"]
    assert {one["why"] for one in by_brand} == {"brand"}
    assert "coat-wine" not in [one["item"]["id"] for one in by_brand[:2]], "what the store has comes first"


async def test_posts_and_trends_stand_beside_it_and_trends_say_what_is_shown_together(
    served: Served, settings: Settings, wine_red: httpx.AsyncClient
) -> None:
    async with served.database.transaction() as db:
        feed = await house.feed(db)
        await house.campaign(db, feed)
        db.add(Trend(feed_id=feed.id, key="winedark", word="WineDark", kind="hashtag", authors=3, previous=0, rise=1.0,
                     state="pinned", variants=["stain-madder", "coat-wine", "gloss-wine"], counted_at=now()))  # fmt: skip
    await stories.arrive(served.database, settings, stories.post())
    page = await item(wine_red, "stain-plum")
    [said] = page["said"]
    assert "".join(piece for piece, _ in said["pieces"]) == said["text"]
    assert (said["handle"], said["text"]) == ("ada", "Madder red lipstick, all day. #HouseLoves"), (
        "of another shade of it"
    )
    assert said["url"].startswith("https://x.com/ada/status/")
    assert page["trends"] == []
    page = await item(wine_red, "stain-madder", "OXF")
    assert page["trends"] == [{"word": "WineDark", "kind": "hashtag"}]
    assert [(one["item"]["id"], one["why"]) for one in page["goes_with"]] == [
        ("bag-wine", "colour"),
        ("coat-wine", "look"),
    ]
    assert page["goes_with"][1]["data"] == {"word": "WineDark"}


async def test_the_shade_next_to_it_is_of_its_product_or_kind_what_the_store_has_first(
    served: Served, wine_red: httpx.AsyncClient
) -> None:
    async with served.database.transaction() as db:
        (await db.get_one(Product, "gloss")).product_type = (await db.get_one(Product, "stain")).product_type
    beside = (await item(wine_red, "stain-madder", "OXF"))["next_to"]
    assert [(one["item"]["id"], one["why"], one["data"]["brand"]) for one in beside if one["why"] == "near"] == [
        ("gloss-wine", "near", "House")
    ]
    assert "coat-wine" not in [one["item"]["id"] for one in beside]


async def test_what_people_say_of_another_thing_of_its_kind_and_colour_stands_beside_it_with_that_thing(
    served: Served, settings: Settings, wine_red: httpx.AsyncClient
) -> None:
    async with served.database.transaction() as db:
        (await db.get_one(Product, "gloss")).product_type = (await db.get_one(Product, "stain")).product_type
        await house.campaign(db, await house.feed(db))
    await stories.arrive(served.database, settings, stories.post())
    page = await item(wine_red, "gloss-wine", "OXF")
    assert page["said"] == []
    [alike] = page["alike"]
    assert (alike["post"]["handle"], alike["item"]["id"], alike["why"]) == ("ada", "stain-madder", "like")
    assert alike["data"]["family"] == "red"
    assert (await item(wine_red, "bag-wine"))["alike"] == (await item(wine_red, "stain-plum"))["alike"] == []
