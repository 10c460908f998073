"""The compiled catalogue: one for a process, never in the way of a post."""

import asyncio
import threading
from typing import Any

import pytest

from catalog import changes, following, shelving
from catalog.matching.matcher import Matcher
from catalog.models import Product, Variant
from catalog.shelving import Compiled
from server.core.database import Database
from tests import house


async def _import_again(database: Database) -> None:
    async with database.transaction() as db:
        await house.changed_at_large(db)


async def test_a_post_that_comes_while_the_catalogue_is_compiled_anew_is_matched_with_the_one_before(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with database.transaction() as db:
        await house.catalogue(db)
    compiled, done = Compiled(database), threading.Event()
    first = await compiled.current()
    monkeypatch.setattr(Compiled, "rest_seconds", 0)
    monkeypatch.setattr(following, "RESTS", 0)
    monkeypatch.setattr(shelving, "Matcher", lambda items: done.wait(10) and Matcher(items))
    await _import_again(database)
    try:
        assert await asyncio.wait_for(compiled.current(), 5) is first
    finally:
        done.set()
    while await compiled.current() is first:
        await asyncio.sleep(0.01)


async def test_a_catalogue_that_could_not_be_compiled_leaves_the_one_before_and_is_tried_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled = Compiled(database)
    first, tries = await compiled.current(), 0

    def breaks_once(items: object) -> object:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise MemoryError
        return Matcher(items)

    monkeypatch.setattr(Compiled, "rest_seconds", 0)
    monkeypatch.setattr(following, "RESTS", 0)
    monkeypatch.setattr(shelving, "Matcher", breaks_once)
    await _import_again(database)
    while await compiled.current() is first:
        await asyncio.sleep(0.01)
    assert tries == 2


async def test_a_change_of_one_product_is_in_the_matcher_without_compiling_the_rest(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with database.transaction() as db:
        await house.catalogue(db)
    compiled = Compiled(database)
    first = await compiled.current()
    monkeypatch.setattr(shelving, "Matcher", None)  # whoever compiles anew falls over it
    async with database.transaction() as db:
        product = await db.get_one(Product, "stain")
        product.title = "Zibeline Lipstick"
        await house.changed(db, "stain")
    while await compiled.current() is first:
        await asyncio.sleep(0.01)
    reasons = [
        r.words for r in (await compiled.current()).match("Zibeline lipstick, need it", (), "en").matches[0].reasons
    ]
    assert "‘zibeline’ is in its name" in reasons
    assert not any("zibeline" in r.words for m in first.match("Zibeline lipstick, need it").matches for r in m.reasons)


async def test_a_change_of_more_products_than_can_be_named_compiles_anew(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with database.transaction() as db:
        await house.catalogue(db)
    monkeypatch.setattr(Compiled, "rest_seconds", 0)
    monkeypatch.setattr(following, "RESTS", 0)
    monkeypatch.setattr(changes, "FEW", 0)
    compiled = Compiled(database)
    first = await compiled.current()
    async with database.transaction() as db:
        (await db.get_one(Product, "stain")).title = "Zibeline Lipstick"
        await house.changed(db, "stain")
    while (later := await compiled.current()) is first:
        await asyncio.sleep(0.01)
    assert later._hearing.words is not first._hearing.words


async def test_a_catalogue_that_is_followed_already_is_not_compiled_for_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with database.transaction() as db:
        await house.catalogue(db)
    compiled = Compiled(database)
    first = await compiled.current()
    monkeypatch.setattr(Compiled, "rest_seconds", 0)
    monkeypatch.setattr(following, "RESTS", 0)
    monkeypatch.setattr(shelving, "Matcher", None)  # whoever compiles anew falls over it
    async with database.transaction() as db:
        await house.changed(db, "stain")
    while compiled.made is first:
        await asyncio.sleep(0.01)
    second = compiled.made
    for _ in range(2):
        compiled.follow_behind()  # as by a post that had seen the catalogue of before the change
        while not compiled.idle:
            await asyncio.sleep(0.01)
    assert compiled.made is second


async def test_a_change_that_comes_while_another_is_worked_in_is_in_it_without_anybody_asking(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with database.transaction() as db:
        await house.catalogue(db)
    compiled, at_work, go_on = Compiled(database), threading.Event(), threading.Event()
    await compiled.current()
    rework = Compiled.rework

    def slowly(*args: Any) -> Matcher:
        at_work.set()
        go_on.wait(10)
        return rework(*args)

    monkeypatch.setattr(Compiled, "rework", slowly)
    try:
        for title in ("Satin Lipstick", "Zibeline Lipstick"):
            async with database.transaction() as db:
                (await db.get_one(Product, "stain")).title = title
                await house.changed(db, "stain")
            await asyncio.to_thread(at_work.wait, 10)
    finally:
        go_on.set()
    while not len(compiled.made.shelf.named("zibeline")):
        await asyncio.sleep(0.01)


async def test_a_change_that_cannot_be_worked_in_compiles_anew(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with database.transaction() as db:
        await house.catalogue(db)
    monkeypatch.setattr(Compiled, "rest_seconds", 0)
    monkeypatch.setattr(following, "RESTS", 0)
    monkeypatch.setattr(Compiled, "rework", None)
    compiled = Compiled(database)
    await compiled.current()
    async with database.transaction() as db:
        (await db.get_one(Product, "stain")).title = "Zibeline Lipstick"
        await house.changed(db, "stain")
    while not len(compiled.made.shelf.named("zibeline")):
        await asyncio.sleep(0.01)


async def test_a_colour_that_a_picture_brought_is_matched_after_a_while(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with database.transaction() as db:
        await house.catalogue(db)
        (await db.get_one(Variant, "slip-ink")).swatch = None
    monkeypatch.setattr(Compiled, "rest_seconds", 0)
    monkeypatch.setattr(following, "RESTS", 0)
    monkeypatch.setattr(following, "COLOURS_SECONDS", 0)
    compiled = Compiled(database)
    assert (await compiled.current()).shelf.columns.swatches == 2
    async with database.transaction() as db:
        (await db.get_one(Variant, "slip-ink")).swatch = "#2e8b57"
    while (await compiled.current()).shelf.columns.swatches != 3:
        await asyncio.sleep(0.01)
