"""Products are found by words, type, brand and colour, each by the variant that fits best, as seen from a store."""

from typing import Any

import httpx
import pytest

from catalog.models import Variant
from kiosk.faces import Candidate, best
from server.core.clock import now
from tests import house, shopping
from tests.conftest import Served


@pytest.fixture
async def client(served: Served) -> httpx.AsyncClient:
    """A browser, and the small house."""
    await shopping.catalogue(served.database)
    return shopping.Phone(served).client


async def search(client: httpx.AsyncClient, **params: Any) -> dict[str, Any]:
    answer = await client.get("/api/search", params=params)
    answer.raise_for_status()
    return answer.json()


async def found(client: httpx.AsyncClient, **params: Any) -> list[str]:
    answer = await search(client, **params)
    assert answer["total"] == len(answer["items"])
    return [item["id"] for item in answer["items"]]


def candidate(id: str, *, gtin: str = "", **more: bool) -> Candidate:
    return Candidate(id, "p", (id, gtin), more.get("pictured", False), more.get("here", False))


# -- which variant stands for a product ---------------------------------------------------------------------------


def test_the_variant_that_was_meant_stands_for_its_product() -> None:
    plain, red, held = candidate("1"), candidate("2"), candidate("3", here=True)
    pictured = candidate("4", pictured=True, gtin="09520000000011")
    everything = [plain, red, held, pictured]
    assert best(everything, "", {}) is held
    assert best(everything, "ete rouge", {"2": 0.9, "3": 0.5}) is red
    assert best(everything, "952 0000000011", {"2": 0.9}) is pictured
    assert best(everything, "1", {}) is plain
    assert best([plain, pictured], "", {}) is pictured
    assert best([plain, red], "", {}) is plain


# -- search -------------------------------------------------------------------------------------------------------


async def test_words_and_filters_find_one_item_for_each_product(client: httpx.AsyncClient) -> None:
    assert await found(client) == ["slip-ink", "stain-madder"]
    assert await found(client, q="LIP") == ["stain-madder"]
    assert await found(client, q="late plum lipstick") == ["stain-plum"]
    assert await found(client, q="rød leppestift") == await found(client, q="son đỏ") == ["stain-madder"]
    assert await found(client, q="lisptick plmu") == ["stain-plum"]
    assert await found(client, type="Beauty") == await found(client, type="Beauty > Lips") == ["stain-madder"]
    assert await found(client, type="Bea") == await found(client, brand="Nobody") == []
    assert await found(client, brand="House", colour="blue") == ["slip-ink"]
    assert await found(client, colour="purple") == ["stain-plum"]
    assert await found(client, colour="green") == await found(client, colour="no colour") == []


async def test_seen_from_a_store_it_says_what_is_there_and_can_leave_out_the_rest(
    served: Served, client: httpx.AsyncClient
) -> None:
    slip, stain = (await search(client, store="OXF"))["items"]
    assert (slip["stock"]["quantity"], stain["stock"]["quantity"]) == (12, 3)
    assert (slip["variants"], stain["variants"]) == (1, 2)
    assert await found(client, store="OXF", here=True, colour="purple") == [], "the store has the other shade only"
    assert await found(client, store="OXF", here=True, colour="red") == ["stain-madder"]
    assert (await search(client, store="nowhere"))["items"][0]["stock"] is None
    async with served.database.transaction() as db:
        (await db.get_one(Variant, "stain-madder")).withdrawn_at = now()
        await house.changed(db, "stain")
    assert await found(client, q="lipstick", store="OXF") == ["stain-plum"]
    assert await found(client, q="lipstick", store="OXF", here=True) == []


async def test_pages_begin_where_they_are_asked_to(client: httpx.AsyncClient) -> None:
    second = await search(client, start=1, size=1)
    assert ([item["id"] for item in second["items"]], second["total"]) == (["stain-madder"], 2)
    assert await search(client, start=90) == {"items": [], "total": 2, "partly": False}


@pytest.mark.parametrize(
    "params", [{"start": -1}, {"start": 10**20}, {"size": 0}, {"size": 61}, {"start": "x"}, {"here": "perhaps"}]
)
async def test_what_cannot_be_asked_is_refused_in_words(client: httpx.AsyncClient, params: dict[str, Any]) -> None:
    answer = await client.get("/api/search", params=params)
    assert answer.status_code == 400
    assert answer.json()["detail"]


@pytest.mark.parametrize("words", ["\0", "%_\\", "a" * 9000, "' OR 1=1", "\u0301" * 500, "＃💄", '["]'])
async def test_whatever_is_typed_is_looked_for(client: httpx.AsyncClient, words: str) -> None:
    for name in ("q", "brand", "type", "colour", "store"):
        assert (await client.get("/api/search", params={name: words})).status_code == 200


# -- browse -------------------------------------------------------------------------------------------------------


async def test_what_there_is_to_look_for_is_told_with_how_many_products_it_leads_to(client: httpx.AsyncClient) -> None:
    answer = (await client.get("/api/browse")).json()
    assert answer["brands"] == [{"name": "House", "count": 2}]
    assert {one["name"]: one["count"] for one in answer["types"]} == {
        "Beauty": 1, "Beauty > Lips": 1, "Beauty > Lips > Lipstick": 1, "Fashion": 1, "Fashion > Dresses": 1,
    }  # fmt: skip
    assert [(one["name"], one["swatch"], one["count"]) for one in answer["colours"]] == [
        ("red", "#8e1c2b", 1), ("blue", "#1d2b4f", 1), ("purple", "#4d1f3d", 1),
    ]  # fmt: skip


async def test_every_count_is_what_a_search_finds(client: httpx.AsyncClient) -> None:
    for here in (False, True):
        seen = {"store": "OXF", "here": here}
        answer = (await client.get("/api/browse", params=seen)).json()
        for kind, name in (("types", "type"), ("brands", "brand"), ("colours", "colour")):
            assert answer[kind]
            for one in answer[kind]:
                assert (await search(client, **{name: one["name"]}, **seen))["total"] == one["count"], one
