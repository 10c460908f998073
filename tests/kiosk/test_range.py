"""A tablet keeps its store's range: what the store has comes first, never more than it can hold, and only what changed is sent again."""

from datetime import timedelta
from typing import Any

import pytest

from catalog import importing
from catalog.models import Image, Stock, Store, Variant
from kiosk import ranges
from server.core import topics
from server.core.clock import now
from tests import shopping
from tests.catalog.feeds_text import MADDER, tsv
from tests.conftest import Served
from tests.shopping import Tablet


@pytest.fixture
async def tablet(served: Served) -> Tablet:
    """A tablet in the small house's store."""
    await shopping.catalogue(served.database)
    return await shopping.tablet_at(served)


async def first(tablet: Tablet, **params: Any) -> dict[str, Any]:
    answer = await tablet.client.get("/api/range", params=params)
    answer.raise_for_status()
    return answer.json()


async def ids(tablet: Tablet, size: int) -> list[str]:
    """The whole range, page by page."""
    found, after = [], ""
    while after is not None:
        page = await first(tablet, after=after, size=size)
        found += [item["id"] for item in page["items"]]
        after = page["next"]
    return found


async def test_the_range_is_told_with_stock_and_the_words_to_search_by(tablet: Tablet) -> None:
    page = await first(tablet)
    assert (page["store"], page["next"], page["total"], page["bounded"]) == ("OXF", None, 3, False)
    slip, madder, plum = page["items"]
    assert madder["stock"]["quantity"] == 3
    assert plum["stock"]["availability"] == "out_of_stock"
    assert madder["words"].startswith("velvet lipstick house beauty lips madder red ")
    assert "purple" in plum["words"].split(), "whatever its shade is called"
    assert {"leppestifter", "son", "rodt", "do"} <= set(madder["words"].split()), (
        "as it is called in the tablets' languages"
    )
    assert slip["price"]["amount"] == 14500


async def test_pages_go_through_all_of_it_once(tablet: Tablet) -> None:
    assert await ids(tablet, 1) == await ids(tablet, 2) == ["slip-ink", "stain-madder", "stain-plum"]


async def test_of_more_than_a_tablet_holds_it_gets_what_the_store_has(
    tablet: Tablet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ranges, "MOST", 2)
    page = await first(tablet)
    assert [item["id"] for item in page["items"]] == ["slip-ink", "stain-madder"]
    assert (page["total"], page["bounded"]) == (2, True)


async def test_what_is_withdrawn_or_another_store_s_is_not_in_it(served: Served, tablet: Tablet) -> None:
    async with served.database.transaction() as db:
        (await db.get_one(Variant, "slip-ink")).withdrawn_at = now()
        db.add(Store(id="BER", name="Bergen", latitude=60.4, longitude=5.3, time_zone="Europe/Oslo", hours={}))
        await db.flush()
        (await db.get_one(Stock, ("stain-plum", "OXF"))).store_id = "BER"
    assert await ids(tablet, 500) == ["stain-madder"]


async def test_a_store_of_which_no_inventory_tells_has_the_whole_catalogue(served: Served, tablet: Tablet) -> None:
    async with served.database.transaction() as db:
        db.add(Store(id="BER", name="Bergen", latitude=60.4, longitude=5.3, time_zone="Europe/Oslo", hours={}))
    other = await shopping.tablet_at(served, "BER")
    assert await ids(other, 500) == ["slip-ink", "stain-madder", "stain-plum"]
    assert all(item["stock"] is None for item in (await first(other))["items"])


async def test_the_first_page_is_sent_again_only_when_something_has_changed(served: Served, tablet: Tablet) -> None:
    answer = await tablet.client.get("/api/range")
    known = {"If-None-Match": answer.headers["etag"]}
    assert (await tablet.client.get("/api/range", headers=known)).status_code == 304

    async def changed() -> bool:
        answer = await tablet.client.get("/api/range", headers=known)
        known["If-None-Match"] = answer.headers["etag"]
        return answer.status_code == 200

    async with served.database.transaction() as db:
        topics.note(db, "catalogue")  # an import
    assert await changed()
    async with served.database.transaction() as db:
        picture = Image(url="https://house.test/1", state="ready", try_at=now())
        db.add(picture)
        await db.flush()
        (await db.get_one(Variant, "stain-plum")).image_id = picture.id
    assert await changed()
    assert not await changed()


async def test_a_sale_that_begins_or_ends_is_a_change(served: Served, tablet: Tablet) -> None:
    moment = now()
    async with served.database.transaction() as db:
        plum = await db.get_one(Variant, "stain-plum")
        plum.sale_price, plum.sale_from, plum.sale_until = (
            1000,
            moment + timedelta(hours=1),
            moment + timedelta(hours=2),
        )
    async with served.database.snapshot() as db:
        versions = [await ranges.version(db, "OXF", at=moment + timedelta(hours=hours)) for hours in (0, 1, 2, 3)]
    assert len(set(versions)) == 3
    assert versions[2] == versions[3]


async def test_an_import_changes_the_version(served: Served, tablet: Tablet, tmp_path) -> None:
    before = (await first(tablet))["version"]
    await importing.import_feed(served.database, "products", tsv(tmp_path, MADDER))
    assert (await first(tablet))["version"] != before


@pytest.mark.parametrize("params", [{"size": 0}, {"size": 501}, {"size": "many"}])
async def test_a_page_of_any_other_size_is_refused(tablet: Tablet, params: dict[str, Any]) -> None:
    assert (await tablet.client.get("/api/range", params=params)).status_code == 400


async def test_only_a_tablet_gets_a_range_and_any_cursor_does(served: Served, tablet: Tablet) -> None:
    assert (await shopping.Phone(served).client.get("/api/range")).status_code == 401
    for after in ("\0", "zzz", "’", "%"):
        assert (await tablet.client.get("/api/range", params={"after": after})).status_code == 200
