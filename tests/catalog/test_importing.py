"""A feed comes into the catalogue whole or not at all, and only what differs is written."""

import asyncio
import gzip
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text

from catalog import importing, picturing, writing
from catalog.feeds.rows import FeedError
from catalog.models import Image, Import, Product, Stock, Store, Variant
from server.core import topics
from server.core.clock import now
from server.core.database import Database
from server.core.pictures import Prepared, Rendition, digest
from tests.catalog.feeds_text import MADDER, PLUM, STORE, tsv

CORPORA = Path(os.environ.get("VITRINE_CORPORA", Path(__file__).parents[2].parent / "shared" / "corpora"))
FEED = CORPORA / "catalogue" / "merchant_feed.tsv.gz"


async def variant(database: Database, id: str = "stain-madder") -> Variant:
    async with database.snapshot() as db:
        return await db.get_one(Variant, id)


async def everything(database: Database) -> list[Any]:
    """All that an import writes, as plain values."""
    async with database.snapshot() as db:
        found: list[Any] = []
        for model in (Product, Variant, Image, Store, Stock):
            found += [
                tuple(row)
                for row in await db.execute(select(*model.__table__.columns).order_by(*model.__table__.primary_key))
            ]
        return found


async def number(database: Database, topic: str = "catalogue") -> int:
    async with database.snapshot() as db:
        return (await topics.numbers(db, [topic])).get(topic, 0)


async def test_a_product_feed_becomes_products_variants_and_pictures_that_wait(
    database: Database, tmp_path: Path
) -> None:
    report = await importing.import_feed(database, "products", tsv(tmp_path, MADDER, PLUM))
    assert report.counts == {"rows": 2, "added": 2, "changed": 0, "unchanged": 0, "withdrawn": 0, "left_out": 0}
    async with database.snapshot() as db:
        product = await db.get_one(Product, "stain")
        assert (product.title, product.brand, product.product_type) == ("Velvet Lipstick", "House", "Beauty > Lips")
        images = {image.url: image for image in await db.scalars(select(Image))}
    made = await variant(database)
    assert (made.price, made.currency, made.gtin, made.swatch) == (2400, "GBP", "09520000000011", "#8e1c2b")
    assert made.image_id == images["https://pictures.test/madder.png"].id
    assert {image.state for image in images.values()} == {"waiting"}
    assert images["https://pictures.test/plum.png"].renditions == []


async def test_a_variant_keeps_its_own_words_where_the_first_of_its_product_says_others(
    database: Database, tmp_path: Path
) -> None:
    rows = [MADDER | {"description": "Velvet. Madder: a red."}, PLUM | {"description": "Velvet. Late Plum: a night."}]
    await importing.import_feed(database, "products", tsv(tmp_path, *rows))
    async with database.snapshot() as db:
        assert (await db.get_one(Product, "stain")).description == "Velvet. Madder: a red."
        assert (await db.get_one(Variant, "stain-madder")).description == ""
        assert (await db.get_one(Variant, "stain-plum")).description == "Velvet. Late Plum: a night."
    report = await importing.import_feed(database, "products", tsv(tmp_path, *reversed(rows)))
    assert report.counts["changed"] == 2
    assert (await variant(database, "stain-plum")).description == ""


async def test_the_same_file_again_changes_nothing(database: Database, tmp_path: Path) -> None:
    file = tsv(tmp_path, MADDER, PLUM)
    await importing.import_feed(database, "products", file)
    before, version = await everything(database), await number(database)
    report = await importing.import_feed(database, "products", file)
    assert (report.counts["added"], report.counts["changed"], report.counts["unchanged"]) == (0, 0, 2)
    assert await everything(database) == before
    assert await number(database) == version, "nobody is told of nothing"


async def test_only_what_differs_is_written(database: Database, tmp_path: Path) -> None:
    await importing.import_feed(database, "products", tsv(tmp_path, MADDER, PLUM))
    first = await variant(database, "stain-plum")
    report = await importing.import_feed(database, "products", tsv(tmp_path, MADDER | {"price": "19.50 GBP"}, PLUM))
    assert (report.counts["changed"], report.counts["unchanged"]) == (1, 1)
    assert (await variant(database)).price == 1950
    assert (await variant(database, "stain-plum")).changed_at == first.changed_at


async def test_what_is_gone_from_the_feed_is_withdrawn_and_comes_back_with_it(
    database: Database, tmp_path: Path
) -> None:
    await importing.import_feed(database, "products", tsv(tmp_path, MADDER, PLUM))
    report = await importing.import_feed(database, "products", tsv(tmp_path, MADDER))
    assert report.counts["withdrawn"] == 1
    assert (await variant(database, "stain-plum")).withdrawn_at is not None
    report = await importing.import_feed(database, "products", tsv(tmp_path, MADDER, PLUM))
    assert report.counts["changed"] == 1
    assert (await variant(database, "stain-plum")).withdrawn_at is None


async def test_a_file_that_would_withdraw_most_of_what_is_sold_needs_somebody_who_insists(
    database: Database, tmp_path: Path
) -> None:
    many = [MADDER | {"id": f"v{n}", "gtin": ""} for n in range(30)]
    await importing.import_feed(database, "products", tsv(tmp_path, *many))
    part = tsv(tmp_path, *many[:10])
    tried = await importing.import_feed(database, "products", part, dry_run=True)
    assert tried.sweeping and tried.counts["withdrawn"] == 20
    with pytest.raises(FeedError, match="20 of the 30"):
        await importing.import_feed(database, "products", part)
    assert (await variant(database, "v29")).withdrawn_at is None
    await importing.import_feed(database, "products", part, force=True)
    assert (await variant(database, "v29")).withdrawn_at is not None


@pytest.mark.parametrize(
    "damage", [lambda data: data[: len(data) // 2], lambda data: b"\x1f\x8bnothing", lambda data: b"PK\x03\x04"]
)
async def test_a_broken_file_leaves_everything_as_it_was(database: Database, tmp_path: Path, damage: Any) -> None:
    await importing.import_feed(database, "products", tsv(tmp_path, MADDER, PLUM))
    before, version = await everything(database), await number(database)
    broken = tmp_path / "broken.gz"
    broken.write_bytes(damage(gzip.compress(tsv(tmp_path, MADDER).read_bytes())))
    with pytest.raises(FeedError):
        await importing.import_feed(database, "products", broken)
    assert (await everything(database), await number(database)) == (before, version)


async def test_a_write_that_fails_half_way_leaves_everything_as_it_was(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await importing.import_feed(database, "products", tsv(tmp_path, MADDER))
    before = await everything(database)

    async def fails(*args: Any, **values: Any) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(writing, "change_many", fails)
    with pytest.raises(RuntimeError):
        await importing.import_feed(database, "products", tsv(tmp_path, MADDER | {"price": "9.00 GBP"}))
    assert await everything(database) == before


async def test_every_row_left_out_is_told_with_its_line_and_reason(database: Database, tmp_path: Path) -> None:
    rows = (
        MADDER,
        PLUM | {"gtin": "9520000000012"},
        PLUM | {"id": "no-price", "price": ""},
        PLUM | {"id": "odd-money", "price": "3.00 XQQ"},
        MADDER,
        PLUM | {"id": "fine"}, PLUM | {"id": "fine-too"}, PLUM | {"id": "fine-three"},
    )  # fmt: skip
    report = await importing.import_feed(database, "products", tsv(tmp_path, *rows))
    told = {rejection.line: (rejection.id, rejection.reason) for rejection in report.left_out}
    assert list(told) == [3, 4, 5, 6]
    assert told[3] == ("stain-plum", "GTIN 9520000000012: wrong check digit 2, expected 1")
    assert "no price" in told[4][1] and "unknown currency" in told[5][1] and "duplicate id" in told[6][1]
    assert report.counts["left_out"] == 4 and report.counts["added"] == 4


async def test_what_is_in_the_feed_but_cannot_be_used_stays_as_it_was(database: Database, tmp_path: Path) -> None:
    await importing.import_feed(database, "products", tsv(tmp_path, MADDER, PLUM))
    report = await importing.import_feed(database, "products", tsv(tmp_path, MADDER, PLUM | {"price": "soon"}))
    assert (report.counts["withdrawn"], report.counts["left_out"]) == (0, 1)
    assert (await variant(database, "stain-plum")).withdrawn_at is None


async def test_a_dry_run_says_the_same_and_changes_nothing(database: Database, tmp_path: Path) -> None:
    await importing.import_feed(database, "products", tsv(tmp_path, PLUM))
    before, version = await everything(database), await number(database)
    file = tsv(tmp_path, MADDER, PLUM | {"id": "x", "price": "none"})
    tried = await importing.import_feed(database, "products", file, dry_run=True)
    assert (await everything(database), await number(database)) == (before, version)
    done = await importing.import_feed(database, "products", file)
    assert (tried.counts, tried.left_out) == (done.counts, done.left_out)


async def test_a_changed_picture_address_is_fetched_anew_and_its_colour_with_it(
    database: Database, tmp_path: Path
) -> None:
    await importing.import_feed(database, "products", tsv(tmp_path, PLUM))
    plum = await variant(database, "stain-plum")
    async with database.transaction() as db:
        await picturing.keep(db, plum.image_id, prepared(b"plum", "#4d1f3d"))
    assert (await variant(database, "stain-plum")).swatch == "#4d1f3d"
    await importing.import_feed(
        database, "products", tsv(tmp_path, PLUM | {"image_link": "https://pictures.test/new.png"})
    )
    changed = await variant(database, "stain-plum")
    assert changed.image_id != plum.image_id and changed.swatch is None
    async with database.snapshot() as db:
        assert (await db.get_one(Image, changed.image_id)).state == "waiting"


async def test_a_new_variant_of_a_known_picture_takes_its_colour_at_once(database: Database, tmp_path: Path) -> None:
    await importing.import_feed(database, "products", tsv(tmp_path, PLUM))
    async with database.transaction() as db:
        await picturing.keep(db, (await db.scalars(select(Image.id))).one(), prepared(b"plum", "#4d1f3d"))
    await importing.import_feed(database, "products", tsv(tmp_path, PLUM, PLUM | {"id": "stain-plum-travel"}))
    assert (await variant(database, "stain-plum-travel")).swatch == "#4d1f3d"


async def test_a_colour_that_came_from_the_picture_outlives_the_next_import(database: Database, tmp_path: Path) -> None:
    await importing.import_feed(database, "products", tsv(tmp_path, PLUM))
    async with database.transaction() as db:
        await picturing.keep(db, (await db.scalars(select(Image.id))).one(), prepared(b"plum", "#4d1f3d"))
    report = await importing.import_feed(database, "products", tsv(tmp_path, PLUM))
    assert report.counts["unchanged"] == 1
    await importing.import_feed(database, "products", tsv(tmp_path, PLUM | {"price": "1.00 GBP"}))
    assert (await variant(database, "stain-plum")).swatch == "#4d1f3d"


async def test_a_refused_picture_gets_another_chance_when_the_feed_names_it_for_something_new(
    database: Database, tmp_path: Path
) -> None:
    await importing.import_feed(database, "products", tsv(tmp_path, MADDER))
    async with database.transaction() as db:
        await db.execute(text("UPDATE image SET state = 'refused', tries = 6, reason = 'It is no picture.'"))
    await importing.import_feed(database, "products", tsv(tmp_path, MADDER, MADDER | {"id": "second", "gtin": ""}))
    async with database.snapshot() as db:
        image = (await db.scalars(select(Image))).one()
    assert (image.state, image.tries, image.reason) == ("waiting", 0, "")


async def test_stores_and_stock_reach_the_topics_of_the_stores(database: Database, tmp_path: Path) -> None:
    await importing.import_feed(database, "stores", tsv(tmp_path, STORE))
    await importing.import_feed(database, "products", tsv(tmp_path, MADDER))
    before = await number(database, "store:OXF")
    counts = {"store_code": "OXF", "id": "stain-madder", "quantity": "3", "availability": "in_stock"}
    report = await importing.import_feed(database, "inventory", tsv(tmp_path, counts))
    assert (report.counts["added"], await number(database, "store:OXF")) == (1, before + 1)
    await importing.import_feed(database, "stores", tsv(tmp_path, STORE | {"hours": "mon-sun 10:00-18:00"}))
    assert await number(database, "store:OXF") == before + 2
    async with database.snapshot() as db:
        assert (await db.get_one(Store, "OXF")).hours["hours"]["sun"] == [["10:00", "18:00"]]


async def test_a_confirmed_count_is_fresh_again(database: Database, tmp_path: Path) -> None:
    await importing.import_feed(database, "stores", tsv(tmp_path, STORE))
    await importing.import_feed(database, "products", tsv(tmp_path, MADDER))
    file = tsv(tmp_path, {"store_code": "OXF", "id": "stain-madder", "quantity": "3"})
    await importing.import_feed(database, "inventory", file)
    async with database.snapshot() as db:
        first = (await db.scalars(select(Stock))).one()
    report = await importing.import_feed(database, "inventory", file)
    async with database.snapshot() as db:
        second = (await db.scalars(select(Stock))).one()
    assert report.counts["unchanged"] == 1 and second.as_of > first.as_of


async def test_what_a_store_names_no_longer_it_no_longer_has_and_of_other_stores_nothing_is_said(
    database: Database, tmp_path: Path
) -> None:
    await importing.import_feed(database, "stores", tsv(tmp_path, STORE, STORE | {"store_code": "PAR"}))
    await importing.import_feed(database, "products", tsv(tmp_path, MADDER, PLUM))
    rows = [
        {"store_code": store, "id": id, "quantity": "3"}
        for store in ("OXF", "PAR")
        for id in ("stain-madder", "stain-plum")
    ]
    await importing.import_feed(database, "inventory", tsv(tmp_path, *rows))
    again = tsv(tmp_path, rows[0], rows[1] | {"quantity": "many"})
    assert (await importing.import_feed(database, "inventory", again, force=True)).counts["withdrawn"] == 0
    report = await importing.import_feed(database, "inventory", tsv(tmp_path, rows[0]), dry_run=True)
    assert report.counts["withdrawn"] == 1 and await stocked(database) == 4
    report = await importing.import_feed(database, "inventory", tsv(tmp_path, rows[0]))
    async with database.snapshot() as db:
        left = {tuple(row) for row in await db.execute(select(Stock.store_id, Stock.variant_id))}
    assert report.counts["withdrawn"] == 1
    assert left == {("OXF", "stain-madder"), ("PAR", "stain-madder"), ("PAR", "stain-plum")}


async def test_an_inventory_that_would_empty_most_of_a_store_needs_somebody_who_insists(
    database: Database, tmp_path: Path
) -> None:
    await importing.import_feed(database, "stores", tsv(tmp_path, STORE))
    many = [MADDER | {"id": f"stain-{n}"} for n in range(24)]
    await importing.import_feed(database, "products", tsv(tmp_path, *many))
    rows = [{"store_code": "OXF", "id": one["id"], "quantity": "3"} for one in many]
    await importing.import_feed(database, "inventory", tsv(tmp_path, *rows))
    with pytest.raises(FeedError, match="21 of the 24 that the store ‘OXF’ has"):
        await importing.import_feed(database, "inventory", tsv(tmp_path, *rows[:3]))
    assert await stocked(database) == 24
    await importing.import_feed(database, "inventory", tsv(tmp_path, *rows[:3]), force=True)
    assert await stocked(database) == 3


async def test_what_is_sold_no_longer_is_no_loss_to_a_store_and_a_store_cut_short_is_found_among_whole_ones(
    database: Database, tmp_path: Path
) -> None:
    await importing.import_feed(database, "stores", tsv(tmp_path, STORE, STORE | {"store_code": "PAR"}))
    many = [MADDER | {"id": f"stain-{n}"} for n in range(40)]
    await importing.import_feed(database, "products", tsv(tmp_path, *many))
    rows = [{"store_code": store, "id": one["id"], "quantity": "3"} for store in ("OXF", "PAR") for one in many]
    await importing.import_feed(database, "inventory", tsv(tmp_path, *rows))
    cut = [row for row in rows if row["store_code"] == "OXF" or row["id"] == "stain-1"]
    with pytest.raises(FeedError, match="39 of the 40 that the store ‘PAR’ has"):
        await importing.import_feed(database, "inventory", tsv(tmp_path, *cut))
    await importing.import_feed(database, "products", tsv(tmp_path, *many[:15]), force=True)
    season = [row for row in rows if int(row["id"].partition("-")[2]) < 15]
    await importing.import_feed(database, "inventory", tsv(tmp_path, *season))
    assert await stocked(database) == 30


async def stocked(database: Database) -> int:
    async with database.snapshot() as db:
        return await db.scalar(select(func.count()).select_from(Stock)) or 0


async def test_stock_of_unknown_stores_and_variants_or_in_other_money_is_left_out_with_what_to_do(
    database: Database, tmp_path: Path
) -> None:
    await importing.import_feed(database, "stores", tsv(tmp_path, STORE))
    await importing.import_feed(database, "products", tsv(tmp_path, MADDER))
    good = {"store_code": "OXF", "id": "stain-madder", "quantity": "3", "price": "20.00 GBP"}
    file = tsv(
        tmp_path, good, good | {"store_code": "PAR"}, good | {"id": "nothing"}, good | {"store_code": "X", "price": ""}
    )
    report = await importing.import_feed(database, "inventory", file, force=True)
    reasons = [rejection.reason for rejection in report.left_out]
    assert reasons[0] == "there is no store ‘PAR’; import the stores first"
    assert reasons[1] == "there is no variant ‘nothing’; import the products first"
    assert report.counts["added"] == 1


async def test_the_same_stores_again_change_nothing_and_a_closed_one_is_withdrawn(
    database: Database, tmp_path: Path
) -> None:
    other = STORE | {
        "store_code": "OSL",
        "name": "Karl Johans gate",
        "latitude": "59.913333333333334",
        "longitude": "10.738955",
    }
    await importing.import_feed(database, "stores", tsv(tmp_path, STORE, other))
    report = await importing.import_feed(database, "stores", tsv(tmp_path, STORE, other))
    assert report.counts["unchanged"] == 2
    report = await importing.import_feed(database, "stores", tsv(tmp_path, STORE))
    assert report.counts["withdrawn"] == 1


async def test_an_import_plans_anew_when_another_one_came_between(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await importing.import_feed(database, "products", tsv(tmp_path, MADDER))
    planned = importing._plan
    rival = tsv(tmp_path, MADDER | {"id": "rival", "gtin": ""}, name="rival.tsv")

    async def interrupted(*args: Any) -> Any:
        monkeypatch.setattr(importing, "_plan", planned)
        made = await planned(*args)
        await importing.import_feed(database, "products", rival)
        return made

    monkeypatch.setattr(importing, "_plan", interrupted)
    report = await importing.import_feed(database, "products", tsv(tmp_path, MADDER, PLUM))
    assert report.counts["withdrawn"] == 1, "what the other import brought is gone from this file"
    assert (await variant(database)).withdrawn_at is None


async def test_readers_see_the_old_catalogue_until_the_new_one_is_whole(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await importing.import_feed(database, "products", tsv(tmp_path, MADDER))
    wrote, seen = writing.change_many, []

    async def while_written(*args: Any, **values: Any) -> None:
        seen.append((await variant(database)).price)
        await wrote(*args, **values)

    monkeypatch.setattr(writing, "change_many", while_written)
    await importing.import_feed(database, "products", tsv(tmp_path, MADDER | {"price": "1.00 GBP"}))
    assert (seen, (await variant(database)).price) == ([2400], 100)


async def test_other_writers_have_their_turn_while_a_file_is_read_and_compared(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []

    async def elsewhere() -> None:
        async with database.transaction() as db:
            db.add(Image(url="https://pictures.test/elsewhere.png", try_at=now()))
        order.append("another writer")

    plan, write = importing._plan, importing._write

    async def planned(*args: Any) -> Any:
        made = await plan(*args)
        await asyncio.wait_for(elsewhere(), 10)
        return made

    async def written(*args: Any) -> bool:
        order.append("the write")
        return await write(*args)

    monkeypatch.setattr(importing, "_plan", planned)
    monkeypatch.setattr(importing, "_write", written)
    await importing.import_feed(database, "products", tsv(tmp_path, MADDER))
    assert order == ["another writer", "the write"]


async def test_a_report_is_kept_with_its_progress_and_a_refusal_is_told_in_it(
    database: Database, tmp_path: Path
) -> None:
    done = await importing.run(database, "products", tsv(tmp_path, MADDER), source="feed.tsv", by="Ann")
    broken = tmp_path / "broken.tsv"
    broken.write_text("<html><body>Sign in</body></html>")
    refused = await importing.run(database, "products", broken, source="broken.tsv", by="Ann")
    async with database.snapshot() as db:
        good, bad = await db.get_one(Import, done), await db.get_one(Import, refused)
    assert (good.state, good.progress, good.counts["added"], good.by) == ("done", 1.0, 1, "Ann")
    assert bad.state == "refused" and "Nothing was changed" in bad.reason and bad.ended_at is not None


async def test_an_import_that_a_stopped_server_left_behind_is_not_running_for_ever(database: Database) -> None:
    record = await importing.begin(database, "products", source="feed.tsv", by="Ann", dry_run=False)
    assert await importing.abandon_running(database, before=now() - timedelta(hours=1)) == 0
    assert await importing.abandon_running(database, before=now()) == 1
    async with database.snapshot() as db:
        row = await db.get_one(Import, record)
    assert row.state == "refused" and "stopped" in row.reason


@pytest.mark.slow
@pytest.mark.skipif(not FEED.exists(), reason=f"the corpus is not at {FEED}; set VITRINE_CORPORA")
async def test_a_feed_of_forty_seven_thousand_rows_comes_in_whole_and_once(database: Database) -> None:
    report = await importing.import_feed(database, "products", FEED)
    assert (report.counts["added"], report.counts["left_out"]) == (47_480, 0)
    again = await importing.import_feed(database, "products", FEED)
    assert (again.counts["unchanged"], again.counts["changed"], again.counts["withdrawn"]) == (47_480, 0, 0)
    async with database.snapshot() as db:
        assert (
            await db.scalar(
                select(func.count()).select_from(Variant).where(Variant.image_id.is_(None), Variant.image_link != "")
            )
            == 0
        )


def prepared(body: bytes, colour: str) -> Prepared:
    """A picture as it comes out of decoding."""
    rendition = Rendition(width=240, height=240, digest=digest(body), data=body)
    return Prepared(width=240, height=240, renditions=(rendition,), colours=((colour, 1.0),))
