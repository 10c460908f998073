"""The compiled catalogue: one for a process, never in the way of a post."""

import asyncio
import threading

import pytest

from catalog import shelving
from catalog.matching.matcher import Matcher
from catalog.models import Product
from catalog.shelving import Compiled
from server.core import topics
from server.core.database import Database
from tests import house


async def _import_again(database: Database) -> None:
    async with database.transaction() as db:
        topics.note(db, "catalogue")


async def test_a_post_that_comes_while_the_catalogue_is_compiled_anew_is_matched_with_the_one_before(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with database.transaction() as db:
        await house.catalogue(db)
    compiled, done = Compiled(database), threading.Event()
    first = await compiled.current()
    monkeypatch.setattr(shelving, "RECOMPILE_SECONDS", 0)
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

    monkeypatch.setattr(shelving, "RECOMPILE_SECONDS", 0)
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
        await shelving.changed(db, [("product_id", {"stain"})])
        topics.note(db, "catalogue")
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
    monkeypatch.setattr(shelving, "RECOMPILE_SECONDS", 0)
    monkeypatch.setattr(shelving, "FEW", 0)
    compiled = Compiled(database)
    first = await compiled.current()
    async with database.transaction() as db:
        (await db.get_one(Product, "stain")).title = "Zibeline Lipstick"
        await shelving.changed(db, [("product_id", {"stain"})])
        topics.note(db, "catalogue")
    while (later := await compiled.current()) is first:
        await asyncio.sleep(0.01)
    assert later._words is not first._words
