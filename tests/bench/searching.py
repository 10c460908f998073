"""Searches by people at 47,480 variants: how long an answer takes, whole and in the index alone, and how right it is."""

import asyncio
import gc
import random
import resource
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from catalog import importing, indexing
from catalog.models import Stock, Store, Variant
from catalog.search.index import Filters, Index
from kiosk import browsing, searching
from kiosk.searching import Asked
from server.core import topics
from server.core.clock import now
from server.core.database import Database
from server.core.settings import Settings
from server.migrating import migrate
from tests.bench.importing import CORPUS, _feed
from tests.catalog import looked_for

ROUNDS = 3
STORE = "BENCH"
HELD = 0.4
"""Share of the variants that the store has."""


async def measure(folder: Path) -> dict[str, Any]:
    """Import the catalogue into SQLite, and ask what people ask: as typed, letter by letter, and with filters."""
    feed, what = _feed(folder)
    database = await _database(folder / "search", feed)
    try:
        made = await _made(database)
        index: Index = made.pop("index")
        whole = [await _answered(database, asked) for _ in range(ROUNDS) for asked in _asked()]
        found = {"feed": what, "variants": len(index), **made, "answers": _summary(whole)}
        found["index"] = _summary(
            [_timed(lambda a=asked: _found(index, a)) for _ in range(ROUNDS) for asked in _asked()]
        )
        found["counts"] = _summary([await _narrowed(database, asked) for asked in _asked()])
        found["change_ms"] = _changed(index)
        if CORPUS.rpartition("/")[2] in str(feed):
            found["right"] = await _right(database, index)
        return found
    finally:
        await database.close()


async def _database(home: Path, feed: Path) -> Database:
    home.mkdir()
    settings = Settings(home=home)
    database = Database(settings.database, settings)
    await migrate(database)
    await importing.import_feed(database, "products", feed)
    chance = random.Random(1)
    async with database.transaction() as db:
        db.add(Store(id=STORE, name="Bench", latitude=0, longitude=0, time_zone="UTC", hours={}))
        await db.flush()
        ids = [id for id in await db.scalars(select(Variant.id).order_by(Variant.id)) if chance.random() < HELD]
        rows = [
            {"variant_id": id, "store_id": STORE, "quantity": 2, "availability": "in_stock", "as_of": now()}
            for id in ids
        ]
        await db.execute(insert(Stock), rows)
        topics.note(db, "catalogue")
    return database


async def _made(database: Database) -> dict[str, Any]:
    gc.collect()
    before, began, used = _memory(), time.perf_counter(), time.process_time()
    async with database.snapshot() as db:
        index = await indexing.of(db).index(db, latest=True)
    took, cpu = time.perf_counter() - began, time.process_time() - used
    return {"index": index, "made_seconds": took, "made_cpu": cpu, "memory": _memory() - before}


def _memory() -> int:
    """What this process holds, where the system tells (Linux)."""
    pages = Path("/proc/self/statm")
    return int(pages.read_text().split()[1]) * resource.getpagesize() if pages.exists() else 0


def _asked() -> list[Asked]:
    """Every query as it is typed: whole, and at two moments on the way; a third with a filter, a third in the store."""
    found = []
    for place, one in enumerate((*looked_for.TUNED, *looked_for.UNSEEN)):
        more = ({}, {"colour": "red"}, {"here": True})[place % 3]
        for words in (one.words[:2], one.words[: len(one.words) * 2 // 3], one.words):
            found.append(Asked(words=words, store=STORE, **more))
    return found


async def _answered(database: Database, asked: Asked) -> tuple[float, float]:
    """Wall and CPU in ms of a whole answer, but for writing it as JSON: what was found, with prices, pictures and stock."""
    began, used = time.perf_counter(), time.process_time()
    async with database.snapshot() as db:
        await searching.search(db, asked, start=0, size=searching.A_PAGE, at=now())
    return (time.perf_counter() - began) * 1000, (time.process_time() - used) * 1000


async def _narrowed(database: Database, asked: Asked) -> tuple[float, float]:
    began, used = time.perf_counter(), time.process_time()
    async with database.snapshot() as db:
        await browsing.choices(db, asked.search)
    return (time.perf_counter() - began) * 1000, (time.process_time() - used) * 1000


def _found(index: Index, asked: Asked) -> None:
    index.wording.term.cache_clear()
    index.find(asked.words, Filters(colour=asked.colour)).page(0, searching.A_PAGE)


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    began, used = time.perf_counter(), time.thread_time()
    work()
    return (time.perf_counter() - began) * 1000, (time.thread_time() - used) * 1000


def _changed(index: Index) -> float:
    """CPU in ms of working in a change of one product."""
    product = index.table.products[0]
    used = time.thread_time()
    index.changed([], {product})
    return (time.thread_time() - used) * 1000


async def _right(database: Database, index: Index) -> dict[str, Any]:
    async with database.snapshot() as db:
        everything = await indexing.documents(db)
    return {name: looked_for.by_kind(await asyncio.to_thread(_gains, index, everything, queries))
            for name, queries in (("tuned", looked_for.TUNED), ("unseen", looked_for.UNSEEN))}  # fmt: skip


def _gains(index: Index, everything: Sequence[Any], queries: Sequence[looked_for.Asked]) -> list[tuple[str, float]]:
    return [
        (one.kind, looked_for.gain(index.find(one.words).page(0, looked_for.FIRST), {d.product for d in everything if one.right(d)}))
        for one in queries
    ]  # fmt: skip


def _summary(times: Sequence[tuple[float, float]]) -> dict[str, float]:
    wall, cpu = (sorted(each) for each in zip(*times, strict=True))
    at = {"p50": 0.5, "p95": 0.95, "most": 1.0}
    return {"count": len(wall)} | {
        f"{kind}_{name}_ms": values[int(share * (len(values) - 1))]
        for kind, values in (("wall", wall), ("cpu", cpu)) for name, share in at.items()
    }  # fmt: skip
