"""The index of a process follows the catalogue: a few changes at once, many behind people's backs, none unseen."""

import asyncio

import pytest

from catalog import following, indexing, searching
from catalog.models import Product, Stock, Store, Variant
from catalog.searching import Search
from server.core.clock import now
from server.core.database import Database
from tests import house


@pytest.fixture
async def small(database: Database) -> Database:
    """The small house."""
    async with database.transaction() as db:
        await house.catalogue(db)
    return database


async def found(database: Database, *, latest: bool = False, **wanted: object) -> list[str]:
    async with database.snapshot() as db:
        return (await searching.find(db, Search(**wanted), latest=latest)).page(0, 50)


async def test_a_change_of_a_few_products_is_found_by_whoever_looks_next(small: Database) -> None:
    assert await found(small, words="velvet") == ["stain"]
    async with small.transaction() as db:
        (await db.get_one(Product, "stain")).title = "Satin Lipstick"
        await house.changed(db, "stain")
    assert await found(small, words="velvet") == []
    assert await found(small, words="satin") == ["stain"]


async def test_what_a_store_has_is_followed_too(small: Database) -> None:
    assert await found(small, words="plum", here="OXF") == []
    async with small.transaction() as db:
        (await db.get_one(Stock, ("stain-plum", "OXF"))).quantity = 2
        (await db.get_one(Stock, ("stain-plum", "OXF"))).availability = "in_stock"
        await house.changed(db, "stain")
    assert await found(small, words="plum", here="OXF") == ["stain"]
    assert await found(small, here="nowhere") == []


async def test_a_store_that_has_closed_has_nothing(small: Database) -> None:
    assert await found(small, words="slip", stock="in") == ["slip"]
    async with small.transaction() as db:
        (await db.get_one(Store, "OXF")).withdrawn_at = now()
        await house.changed(db)  # an import of stores is about no product
    assert await found(small, words="slip", stock="in") == []


async def test_while_a_large_change_is_worked_in_people_find_what_there_was_and_staff_wait(small: Database) -> None:
    assert await found(small, words="velvet") == ["stain"]
    async with small.transaction() as db:
        (await db.get_one(Product, "stain")).title = "Satin Lipstick"
        await house.changed_at_large(db)
    assert await found(small, words="satin") == []
    assert await found(small, words="satin", latest=True) == ["stain"]
    async with small.transaction() as db:
        (await db.get_one(Product, "stain")).title = "Suede Lipstick"
        await house.changed_at_large(db)
    while await found(small, words="suede") != ["stain"]:
        await asyncio.sleep(0.01)


async def test_a_colour_that_a_picture_brought_is_found_after_a_while(
    small: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with small.transaction() as db:
        (await db.get_one(Variant, "slip-ink")).swatch, (await db.get_one(Variant, "slip-ink")).colour = None, ""
    assert await found(small, colour="green") == []
    async with small.transaction() as db:
        (await db.get_one(Variant, "slip-ink")).swatch = "#2e8b57"
    monkeypatch.setattr(following, "COLOURS_SECONDS", 0)
    while await found(small, colour="green") != ["slip"]:
        await asyncio.sleep(0.01)


async def test_many_who_look_at_once_make_one_index(small: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    made = 0

    def counted(*args: object) -> indexing.Index:
        nonlocal made
        made += 1
        return Index(*args)

    Index = indexing.Index
    monkeypatch.setattr(indexing, "Index", counted)
    assert await asyncio.gather(*(found(small, words="slip") for _ in range(20))) == [["slip"]] * 20
    assert made == 1


async def test_an_index_that_could_not_be_made_leaves_the_one_before_and_is_tried_again(
    small: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await found(small, words="velvet") == ["stain"]
    Index, tries = indexing.Index, 0

    def breaks_once(*args: object) -> indexing.Index:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise MemoryError
        return Index(*args)

    monkeypatch.setattr(indexing, "Index", breaks_once)
    async with small.transaction() as db:
        db.add(Product(id="new", title="Kajal"))
        await db.flush()
        db.add(Variant(id="new-1", product_id="new", title="Kajal", price=1, currency="GBP", availability="in_stock",
                       changed_at=now()))  # fmt: skip
        await house.changed_at_large(db)
    while await found(small, words="kajal") != ["new"]:
        await asyncio.sleep(0.01)
    assert tries == 2
