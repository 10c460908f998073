"""The page of an item shows its words, its shades and sizes, and which stores have it, the nearest first."""

from typing import Any

import httpx
import pytest
from sqlalchemy import update

from catalog.models import Product, Stock, Store, Variant
from kiosk import product_page
from kiosk.items import Row
from server.core.clock import now
from tests import shopping
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
