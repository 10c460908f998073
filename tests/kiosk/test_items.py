"""Items, stores and stock are told as tablets and phones need them: prices now, pictures that are there, links that are safe."""

from dataclasses import astuple
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import event

from catalog.models import Image, Product, Stock, Store, Variant
from kiosk import items
from server.core import colour
from server.core.clock import now
from server.core.database import Database
from server.core.security import limiter
from tests import house, shopping
from tests.conftest import Served

ODD = "a/b?c=ü #1"


@pytest.fixture
async def client(served: Served) -> httpx.AsyncClient:
    """A phone's browser, and the small house."""
    await shopping.catalogue(served.database)
    return shopping.Phone(served).client


async def change(served: Served, model: Any, key: Any, **values: Any) -> None:
    """Let somebody's feed say otherwise."""
    async with served.database.transaction() as db:
        row = await db.get_one(model, key)
        for name, value in values.items():
            setattr(row, name, value)


async def ask(client: httpx.AsyncClient, *ids: str, **more: Any) -> list[dict[str, Any]]:
    """Items by id."""
    answer = await client.post("/api/items", json={"ids": list(ids), **more})
    answer.raise_for_status()
    return answer.json()["items"]


def image(state: str = "ready", *, url: str = "https://house.test/madder.webp") -> Image:
    """A picture in two sizes, whatever has become of it."""
    sizes = [{"digest": letter * 64, "width": width, "height": width} for letter, width in (("a", 240), ("b", 640))]
    return Image(url=url, state=state, renditions=sizes, try_at=now())


# -- items --------------------------------------------------------------------------------------------------------


async def test_an_item_says_what_it_is_what_it_costs_and_where_its_page_is(client: httpx.AsyncClient) -> None:
    assert await ask(client, "stain-madder") == [{
        "id": "stain-madder", "product": "stain", "title": "Velvet Lipstick", "brand": "House", "type": "Beauty > Lips > Lipstick",
        "colour": "Madder Red", "swatch": "#8e1c2b", "size": "", "pictures": [], "gtin": None, "gone": False,
        "price": {"amount": 2400, "currency": "GBP", "digits": 2, "was": None},
        "link": "https://house.test/stain-madder", "path": "/v/stain-madder",
        "family": "red", "room": list(astuple(colour.room("#8e1c2b"))),
    }]  # fmt: skip


async def test_items_come_in_the_order_that_was_asked_for_without_those_that_nobody_knows(
    client: httpx.AsyncClient,
) -> None:
    asked = ("slip-ink", "no such", "stain-madder", "slip-ink", "", "\0", "x" * 300)
    assert [item["id"] for item in await ask(client, *asked)] == ["slip-ink", "stain-madder"]


async def test_a_store_s_own_price_counts_where_the_store_is_named_and_a_sale_while_it_lasts(
    served: Served, client: httpx.AsyncClient
) -> None:
    begun = now() - timedelta(hours=1)
    await change(served, Stock, ("stain-madder", "OXF"), price=1900)
    await change(served, Variant, "stain-plum", sale_price=2000, sale_from=begun)
    await change(served, Variant, "slip-ink", sale_price=1, sale_until=begun)
    madder, plum, slip = await ask(client, "stain-madder", "stain-plum", "slip-ink", store="OXF")
    assert (madder["price"]["amount"], madder["price"]["was"]) == (1900, 2400)
    assert (plum["price"]["amount"], plum["price"]["was"]) == (2000, 2400)
    assert (slip["price"]["amount"], slip["price"]["was"]) == (14500, None)
    [elsewhere] = await ask(client, "stain-madder")
    assert elsewhere["price"]["amount"] == 2400


async def test_an_amount_says_in_how_many_decimals_it_is_counted_and_old_money_is_not_guessed_at(
    served: Served, client: httpx.AsyncClient
) -> None:
    await change(served, Variant, "stain-madder", currency="JPY")
    await change(served, Variant, "stain-plum", currency="DEM")
    madder, plum = await ask(client, "stain-madder", "stain-plum")
    assert madder["price"]["digits"] == 0
    assert plum["price"] is None


async def test_only_pictures_that_are_ready_are_told_of_the_smallest_first(
    served: Served, client: httpx.AsyncClient
) -> None:
    async with served.database.transaction() as db:
        ready, waiting = image(), image("refused", url="https://house.test/plum.webp")
        db.add_all((ready, waiting))
        await db.flush()
        (await db.get_one(Variant, "stain-madder")).image_id = ready.id
        (await db.get_one(Variant, "stain-plum")).image_id = waiting.id
    madder, plum = await ask(client, "stain-madder", "stain-plum")
    assert madder["pictures"] == [["a" * 64, 240, 240], ["b" * 64, 640, 640]]
    assert plum["pictures"] == []


async def test_what_a_feed_says_does_no_harm(served: Served, client: httpx.AsyncClient) -> None:
    await change(served, Variant, "stain-madder", link="javascript:alert(1)", gtin="09520000000011")
    async with served.database.transaction() as db:
        db.add(Variant(id=ODD, product_id="stain", title="Odd", price=100, currency="GBP", availability="in_stock",
                       link="//house.test/x", changed_at=now(), withdrawn_at=now()))  # fmt: skip
    madder, odd = await ask(client, "stain-madder", ODD)
    assert madder["link"] == odd["link"] == ""
    assert madder["path"] == "/01/09520000000011"
    assert odd["path"] == "/v/a%2Fb%3Fc%3D%C3%BC%20%231"
    assert odd["gone"]


async def test_many_items_are_asked_for_as_one_is(database: Database) -> None:
    await shopping.catalogue(database)
    said: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        said.append(statement)

    event.listen(database._reader.sync_engine, "before_cursor_execute", note)
    async with database.snapshot() as db:
        for ids in (["slip-ink"], ["slip-ink", "stain-plum", "stain-madder"]):
            said.clear()
            assert len(await items.by_ids(db, ids, store_id="OXF")) == len(ids)
            assert len([one for one in said if "FROM variant" in one]) == 1


@pytest.mark.parametrize("body", [{}, {"ids": "stain-madder"}, {"ids": [1]}, {"ids": ["a"] * 201}, [], "ids"])
async def test_what_cannot_be_asked_is_refused_in_words(client: httpx.AsyncClient, body: Any) -> None:
    answer = await client.post("/api/items", json=body)
    assert answer.status_code == 400
    assert answer.json()["detail"]
    assert (await client.post("/api/items", content=b'{"ids": ["\\ud800"]}')).status_code == 400


async def test_a_flood_from_one_address_is_slowed_down(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.item_api.READS", 2)
    limiter.forget("read items", "127.0.0.1")
    answers = [(await client.get("/api/stores")).status_code for _ in range(4)]
    limiter.forget("read items", "127.0.0.1")
    assert answers[0] == 200
    assert answers[-1] == 429


def test_long_words_about_an_item_are_cut_between_words() -> None:
    row = items.Row(Variant(description=""), Product(description="silk and velvet " * 100), None)
    assert len(items.about(row)) <= items.LONGEST_ABOUT
    assert items.about(row).endswith(("silk…", "and…", "velvet…"))
    assert len(items.about(items.Row(Variant(description="x" * 5000), Product(description=""), None))) <= 600
    assert items.about(items.Row(Variant(description="Its own."), Product(description="Shared."), None)) == "Its own."


# -- stores -------------------------------------------------------------------------------------------------------


async def test_stores_are_told_with_place_and_hours_without_those_that_have_closed(
    served: Served, client: httpx.AsyncClient
) -> None:
    async with served.database.transaction() as db:
        old = Store(id="OLD", name="Old Street", latitude=51.5, longitude=0.0, time_zone="Europe/London", hours={})
        old.withdrawn_at = now()
        db.add(old)
    [store] = (await client.get("/api/stores")).json()["stores"]
    assert (store["id"], store["name"], store["time_zone"]) == ("OXF", "Oxford Street", "Europe/London")
    assert store["hours"] == house.HOURS["hours"]
    assert (await client.post("/api/stores/OLD/stock", json={"ids": []})).status_code == 404


async def test_a_store_says_what_it_has_of_what_was_asked(client: httpx.AsyncClient) -> None:
    answer = (await client.post("/api/stores/OXF/stock", json={"ids": ["stain-madder", "stain-plum", "?"]})).json()
    assert answer["store"] == "OXF"
    assert {id: one["quantity"] for id, one in answer["stock"].items()} == {"stain-madder": 3, "stain-plum": 0}
    assert answer["stock"]["stain-plum"]["availability"] == "out_of_stock"
    assert answer["stock"]["stain-madder"]["as_of"].endswith("Z")
    assert (await client.post("/api/stores/nowhere/stock", json={"ids": []})).status_code == 404
