"""Takes a feed into the catalogue: read and checked whole first, then written in one short transaction.

Upsert by id; what is gone from a product or stores file is withdrawn, not deleted, and what a store's inventory no longer
names it no longer has; what is in a file but cannot be used stays as it was. A broken file changes nothing.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from catalog import changes, models, planning, writing
from catalog.feeds.reading import Reading, read_inventory, read_products, read_stores
from catalog.feeds.rows import FeedError, Rejection
from catalog.planning import Plan
from server.core import postgres, topics
from server.core.clock import now
from server.core.database import Database
from server.core.errors import Conflict, NoRoom
from server.core.events import CatalogueImported, emit
from server.core.room import is_full

log = structlog.get_logger()
READERS = {"products": read_products, "inventory": read_inventory, "stores": read_stores}
KEPT_REJECTIONS = 1000
MOST_ATTEMPTS = 5
ROOM_SECONDS = 5
"""Between two tries to write down how an import ended, while the disk is full."""
_untold: set[asyncio.Task[None]] = set()
Progress = Callable[[float], None]


@dataclass(frozen=True)
class Report:
    """What an import did, or with `dry_run` would do; `counts` as models.Import keeps them."""

    kind: str
    counts: dict[str, int]
    left_out: tuple[Rejection, ...]
    dry_run: bool
    sweeping: bool = False
    """Whether it withdraws most of what there was: done only with `force`."""


async def import_feed(
    database: Database,
    kind: str,
    path: Path,
    *,
    dry_run: bool = False,
    force: bool = False,
    progress: Progress = lambda share: None,
) -> Report:
    """Read a file into the catalogue. Raises FeedError, with the catalogue as it was, for a file that is broken.

    `force` also takes a file of which most rows have to be left out, or that would withdraw most of what there is.
    """
    with postgres.patience(postgres.LONG_SECONDS):
        return await _import_feed(database, kind, path, dry_run, force, progress)


async def _import_feed(
    database: Database, kind: str, path: Path, dry_run: bool, force: bool, progress: Progress
) -> Report:
    reading = await asyncio.to_thread(READERS[kind], path, force=force, progress=_reading(progress))
    for _ in range(MOST_ATTEMPTS):
        plan, number = await _plan(database, kind, reading)
        progress(0.9)
        left_out = tuple(sorted((*reading.rejections, *plan.left_out), key=lambda rejection: rejection.line))
        if len(left_out) == reading.total and not force:
            raise FeedError(f"None of the {reading.total:,} rows can be used. Nothing was changed.", left_out)
        if plan.sweeping and not (dry_run or force):
            raise FeedError(_sweeping(plan.sweeping))
        if dry_run or plan.empty or await _write(database, kind, plan, number):
            break
    else:
        raise Conflict(
            "Other imports kept changing the catalogue meanwhile. Nothing was changed by this one; try again."
        )
    progress(1.0)
    counts = {
        "rows": reading.total, "added": plan.added, "changed": plan.changed, "unchanged": plan.unchanged,
        "withdrawn": plan.gone, "left_out": len(left_out),
    }  # fmt: skip
    return Report(kind, counts, left_out, dry_run, plan.sweeping is not None)


def _sweeping(sweep: planning.Sweep) -> str:
    where = f"the store ‘{sweep.store}’ has" if sweep.store else "are there"
    return (
        f"{sweep.gone:,} of the {sweep.there:,} that {where} now are missing from this file and would be withdrawn: is it a "
        "part of the feed, or another shop's? Nothing was changed. Force the import if it is right."
    )


def _reading(progress: Progress) -> Callable[[int, int | None], None]:
    """Reading is four fifths of the work, told in bytes where the file's size is known."""
    return lambda done, total: progress(0.8 * min(1.0, done / total) if total else 0.1)


# -- what is there ------------------------------------------------------------------------------------------------


async def _plan(database: Database, kind: str, reading: Reading) -> tuple[Plan, int]:
    """What the file would do, and the number of the catalogue that this is true of."""
    async with database.snapshot() as db:
        number = await _number(db)
        there = await THERE[kind](db)
    return await asyncio.to_thread(PLANS[kind], reading, *there), number


async def _number(db: AsyncSession) -> int:
    return (await topics.numbers(db, ["catalogue"])).get("catalogue", 0)


async def _by_id(db: AsyncSession, model: Any, columns: tuple[str, ...]) -> dict[str, tuple[Any, ...]]:
    query = select(*(getattr(model, name) for name in columns))
    return {row[0]: tuple(row) async for row in writing.rows(db, query)}


async def _products_there(db: AsyncSession) -> tuple[Any, ...]:
    return await _by_id(db, models.Variant, planning.VARIANT), await _by_id(db, models.Product, planning.PRODUCT)


async def _inventory_there(db: AsyncSession) -> tuple[Any, ...]:
    stock: dict[str, dict[str, tuple[Any, ...]]] = {id: {} for id in await db.scalars(select(models.Store.id))}
    known = select(models.Variant.id, models.Variant.currency, models.Variant.withdrawn_at)
    variants = [tuple(row) async for row in writing.rows(db, known)]
    currencies = {id: currency for id, currency, _ in variants}
    sold = {id for id, _, withdrawn_at in variants if withdrawn_at is None}
    names = {id: id for id in currencies}  # so that a variant's id is one text, in however many stores it is
    query = select(*(getattr(models.Stock, name) for name in planning.STOCK))
    async for variant, store, *rest in writing.rows(db, query):
        stock[store][names[variant]] = tuple(rest)
    return stock, currencies, sold


async def _stores_there(db: AsyncSession) -> tuple[Any, ...]:
    return (await _by_id(db, models.Store, planning.STORE),)


THERE = {"products": _products_there, "inventory": _inventory_there, "stores": _stores_there}
PLANS = {
    "products": planning.plan_products, "inventory": planning.plan_inventory, "stores": planning.plan_stores,
}  # fmt: skip


# -- writing ------------------------------------------------------------------------------------------------------


async def _write(database: Database, kind: str, plan: Plan, number: int) -> bool:
    """Write a plan in one short transaction; False when the catalogue is no longer what it was made for."""
    prepared = await PREPARE[kind](database, plan)
    async with database.transaction() as db:
        await writing.alone(db)
        if await _number(db) != number:
            return False
        await prepared(db)
        await changes.write(db, plan.touched)
        topics.note(db, "catalogue")
        await emit(db, CatalogueImported(kind))
    return True


Writer = Callable[[AsyncSession], Awaitable[None]]


async def _prepare_products(database: Database, plan: Plan) -> Writer:
    images = await _name_images(database, {row[planning.LINK] for row in plan.variants if row[planning.LINK]})
    moment = now()
    rows = [(*row, images.get(row[planning.LINK]), moment) for row in plan.variants]
    columns = (*planning.VARIANT, "image_id", "changed_at")
    # A picture that came meanwhile has given the variant its colour; it is kept while the picture is the same.
    kept = "coalesce(excluded.swatch, CASE WHEN variant.image_link = excluded.image_link THEN variant.swatch END)"
    variants = await asyncio.to_thread(writing.pack, models.Variant, columns, rows, but={"swatch": kept})
    products = await asyncio.to_thread(writing.pack, models.Product, planning.PRODUCT, plan.products)

    async def write(db: AsyncSession) -> None:
        await writing.upsert(db, products)
        await writing.upsert(db, variants)
        await writing.change_many(
            db, "UPDATE variant SET withdrawn_at = :moment WHERE id IN :ids", plan.withdrawn, moment=moment
        )
        await _ask_again(db, images.values(), moment)
        await _colour(db)

    return write


async def _name_images(database: Database, urls: set[str]) -> dict[str, int]:
    """The pictures' ids by address, ahead of the one transaction: rows that nothing points to yet harm nobody."""
    if not urls:
        return {}
    columns = ("url", "state", "reason", "tries", "try_at", "renditions", "colours")
    moment = now()
    rows = [(url, "waiting", "", 0, moment, "[]", "[]") for url in sorted(urls)]
    packed = await asyncio.to_thread(writing.pack, models.Image, columns, rows)
    async with database.transaction() as db:
        await writing.alone(db)
        await writing.add_new(db, packed)
    async with database.snapshot() as db:
        found = writing.rows(db, select(models.Image.url, models.Image.id))
        return {url: id async for url, id in found if url in urls}


async def _ask_again(db: AsyncSession, ids: Any, moment: Any) -> None:
    """A refused picture that a feed names for something new or changed gets another chance."""
    refused = set(await db.scalars(select(models.Image.id).where(models.Image.state == "refused")))
    again = update(models.Image).where(models.Image.id.in_(sorted(refused & set(ids))[:10_000]))
    await db.execute(again.values(state="waiting", reason="", tries=0, try_at=moment))


async def _colour(db: AsyncSession) -> None:
    """Variants without a swatch take the colour of their picture where that is known already."""
    first = "json_extract(colours, '$[0][0]')" if db.get_bind().dialect.name == "sqlite" else "colours->0->>0"
    await db.execute(text(
        f"UPDATE variant SET swatch = (SELECT {first} FROM image WHERE image.id = variant.image_id)"  # noqa: S608 - ours
        " WHERE swatch IS NULL AND image_id IN (SELECT id FROM image WHERE state = 'ready')"
    ))  # fmt: skip


async def _prepare_inventory(database: Database, plan: Plan) -> Writer:
    moment = now()
    rows = [(*row, moment) for row in plan.stock]
    stock = await asyncio.to_thread(writing.pack, models.Stock, (*planning.STOCK, "as_of"), rows)

    async def write(db: AsyncSession) -> None:
        await writing.upsert(db, stock)
        for store, ids in plan.emptied.items():
            gone = "DELETE FROM stock WHERE store_id = :store AND variant_id IN :ids"
            await writing.change_many(db, gone, ids, store=store)

    return write


async def _prepare_stores(database: Database, plan: Plan) -> Writer:
    async def write(db: AsyncSession) -> None:
        for row in plan.stores:
            await db.merge(models.Store(**dict(zip(planning.STORE, row, strict=True))))
        gone = update(models.Store).where(models.Store.id.in_(plan.withdrawn))
        await db.execute(gone.values(withdrawn_at=now()))

    return write


PREPARE = {"products": _prepare_products, "inventory": _prepare_inventory, "stores": _prepare_stores}


# -- imports as rows, for whoever watches -------------------------------------------------------------------------


async def run(
    database: Database, kind: str, path: Path, *, source: str, by: str, dry_run: bool = False, force: bool = False
) -> int:
    """Import a file and keep its report as a row that a page can watch; returns the row's id."""
    record = await begin(database, kind, source=source, by=by, dry_run=dry_run)
    await follow(database, record, kind, path, dry_run=dry_run, force=force)
    return record


async def begin(database: Database, kind: str, *, source: str, by: str, dry_run: bool) -> int:
    """Write down that an import starts."""
    async with database.transaction() as db:
        row = models.Import(kind=kind, source=source[:2000], by=by[:200], dry_run=dry_run, started_at=now())
        db.add(row)
        await db.flush()
        return row.id


async def follow(database: Database, record: int, kind: str, path: Path, *, dry_run: bool, force: bool = False) -> None:
    """Import and write down how it goes; a refusal is a state of the report, not an exception."""
    with suppress(FeedError, Conflict):
        report = await recorded(database, record, kind, path, dry_run=dry_run, force=force)
        log.info("imported", kind=kind, dry_run=dry_run, **report.counts)


async def recorded(
    database: Database,
    record: int,
    kind: str,
    path: Path,
    *,
    dry_run: bool,
    force: bool = False,
    progress: Progress = lambda share: None,
) -> Report:
    """Import and write down how it goes. Raises FeedError or Conflict, with the catalogue as it was, once that is told."""
    telling = _Telling(database, record, progress)
    try:
        report = await import_feed(database, kind, path, dry_run=dry_run, force=force, progress=telling.progress)
    except (FeedError, Conflict) as error:
        told = error.rejections if isinstance(error, FeedError) else ()
        await note(database, record, state="refused", reason=error.detail[:500], **_left_out(told))
        raise
    except BaseException as error:
        expected = isinstance(error, asyncio.CancelledError) or is_full(error)
        log.error("import_failed", record=record, reason=type(error).__name__, exc_info=None if expected else error)
        await asyncio.shield(refuse(database, record, _why(error)))
        raise
    done = _left_out(report.left_out) | {"counts": report.counts, "progress": 1.0}
    await note(database, record, state="done", **done)
    return report


async def abandon_running(database: Database, *, before: datetime) -> int:
    """Say of imports that have run since `before` that the process behind them is gone; returns how many."""
    async with database.transaction() as db:
        left = update(models.Import).where(models.Import.state == "running", models.Import.started_at < before)
        words = "The server was stopped meanwhile. Import the file again; what came in already stays as it is."
        return (await db.execute(left.values(state="refused", reason=words, ended_at=now()))).rowcount


class _Telling:
    """Writes the progress of an import down in steps of a twentieth; called from the thread that reads."""

    def __init__(self, database: Database, record: int, also: Progress) -> None:
        self._database, self._record, self._last, self._also = database, record, 0.0, also
        self._loop = asyncio.get_running_loop()

    def progress(self, share: float) -> None:
        self._also(share)
        if share - self._last >= 0.05 and share < 1:
            self._last = share
            asyncio.run_coroutine_threadsafe(note(self._database, self._record, progress=share), self._loop)


def _left_out(rejections: tuple[Rejection, ...]) -> dict[str, Any]:
    return {"left_out": [asdict(rejection) for rejection in rejections[:KEPT_REJECTIONS]], "ended_at": now()}


def _why(error: BaseException) -> str:
    if is_full(error):
        return "The disk of the server is full. Nothing was changed. Make room on it, then import the file again."
    broke = f"It broke ({type(error).__name__}); the log says more."
    return f"{'It was interrupted.' if isinstance(error, asyncio.CancelledError) else broke} Nothing was changed."


async def refuse(database: Database, record: int, reason: str) -> None:
    """Write down that an import came to nothing; where the disk is full, once there is room."""
    ending = note(database, record, state="refused", reason=reason, ended_at=now())
    try:
        await ending
    except NoRoom:
        later = asyncio.create_task(_refuse_later(database, record, reason))
        _untold.add(later)
        later.add_done_callback(_untold.discard)


async def _refuse_later(database: Database, record: int, reason: str) -> None:
    while True:
        await asyncio.sleep(ROOM_SECONDS)
        with suppress(NoRoom):
            return await note(database, record, state="refused", reason=reason, ended_at=now())


async def note(database: Database, record: int, **values: Any) -> None:
    """Write something into an import's report; progress that comes after the end is too late."""
    async with database.transaction() as db:
        query = update(models.Import).where(models.Import.id == record)
        if "state" not in values:
            query = query.where(models.Import.state == "running")
        await db.execute(query.values(**values))
