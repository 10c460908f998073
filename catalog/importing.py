"""Takes a feed into the catalogue: read and checked whole first, then written in one short transaction.

Upsert by id; what is gone from a product or stores file is withdrawn, not deleted. A broken file changes nothing.
"""

import asyncio
import os
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from catalog import models
from catalog.feeds.reading import Reading, read_inventory, read_products, read_stores
from catalog.feeds.rows import FeedError, InventoryRow, ProductRow, Rejection, StoreRow
from catalog.searching import folded
from server.core import topics
from server.core.clock import now
from server.core.database import Database
from server.core.events import CatalogueImported, emit

READERS = {"products": read_products, "inventory": read_inventory, "stores": read_stores}
KEPT_REJECTIONS = 1000
Progress = Callable[[float], None]
Row = dict[str, Any]


@dataclass
class Change:
    """What one reading would do to the catalogue: rows by table, ready to be written."""

    products: list[Row] = field(default_factory=list)
    changed_products: list[Row] = field(default_factory=list)
    variants: list[Row] = field(default_factory=list)
    changed_variants: list[Row] = field(default_factory=list)
    stores: list[Row] = field(default_factory=list)
    changed_stores: list[Row] = field(default_factory=list)
    stock: list[Row] = field(default_factory=list)
    changed_stock: list[Row] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    unchanged: int = 0
    left_out: list[Rejection] = field(default_factory=list)

    def counts(self, rows: int) -> dict[str, int]:
        """The figures of the report. Stock that merely stayed the same counts as unchanged, not as changed."""
        return {
            "rows": rows,
            "added": len(self.variants) + len(self.stores) + len(self.stock),
            "changed": len(self.changed_variants) + len(self.changed_stores) + len(self.changed_stock),
            "unchanged": self.unchanged,
            "withdrawn": len(self.withdrawn),
            "left_out": len(self.left_out),
        }


@dataclass(frozen=True)
class Report:
    """What an import did, or with `dry_run` would do."""

    kind: str
    counts: dict[str, int]
    left_out: tuple[Rejection, ...]
    dry_run: bool


async def import_feed(
    database: Database,
    kind: str,
    path: Path,
    *,
    dry_run: bool = False,
    force: bool = False,
    progress: Progress = lambda share: None,
) -> Report:
    """Read a file into the catalogue. Raises FeedError, with the catalogue as it was, for a file that is broken."""
    reading = await asyncio.to_thread(READERS[kind], path, force=force, progress=_reading(progress))
    async with database.snapshot() as db:
        change = await PLANS[kind](db, reading)
    progress(0.9)
    if not dry_run:
        if kind == "products":
            await _add_images(database, change)
        async with database.transaction() as db:
            await _write(db, change, kind)
            topics.note(db, "catalogue")
            await emit(db, CatalogueImported(kind))
    progress(1.0)
    left_out = sorted((*reading.rejections, *change.left_out), key=lambda rejection: rejection.line)
    counts = change.counts(reading.total) | {"left_out": len(left_out)}
    return Report(kind, counts, tuple(left_out), dry_run)


def _reading(progress: Progress) -> Callable[[int, int | None], None]:
    """Reading is four fifths of the work, told in bytes where the file's size is known."""
    return lambda done, total: progress(0.8 * min(1.0, done / total) if total else 0.1)


# -- plans: pure comparisons of what is there with what the file says --------------------------------------------


async def _plan_products(db: AsyncSession, reading: Reading) -> Change:
    there = {row["id"]: row for row in (await db.execute(select(*_columns(models.Variant)))).mappings()}
    products = {row["id"]: row for row in (await db.execute(select(*_columns(models.Product)))).mappings()}
    images = dict((await db.execute(select(models.Image.url, models.Image.id))).tuples().all())
    return await asyncio.to_thread(_compare_products, reading.rows, there, products, images)


def _compare_products(
    rows: Iterable[ProductRow], there: dict[str, Any], products: dict[str, Any], images: dict[str, int]
) -> Change:
    change, named, groups = Change(), set(), {}
    for row in rows:
        named.add(row.id)
        wanted = _variant(row) | {"image_id": images.get(row.image_link)}
        old = there.get(row.id)
        if row.swatch_hex is None and old is not None:
            wanted["swatch"] = old["swatch"]  # taken from the picture; the feed has none of its own to set against it
        _sort_in(wanted, old, change.variants, change.changed_variants, change, touch="changed_at")
        group = groups.setdefault(row.item_group_id, (row, set(), set()))
        group[1].add(row.color)
        group[2].add(row.title)
    for row, colours, titles in groups.values():
        wanted = _product(row, colours, common_title(titles))
        _sort_in(wanted, products.get(row.item_group_id), change.products, change.changed_products, None)
    change.withdrawn = [id for id, old in there.items() if id not in named and old["withdrawn_at"] is None]
    return change


def _variant(row: ProductRow) -> Row:
    return {
        "id": row.id, "product_id": row.item_group_id, "title": row.title, "colour": row.color, "swatch": row.swatch_hex,
        "size": row.size, "gender": row.gender, "gtin": row.gtin, "link": row.link, "image_link": row.image_link,
        "price": row.price.amount, "sale_price": row.sale_price.amount if row.sale_price else None,
        "sale_from": row.sale_starts_at, "sale_until": row.sale_ends_at, "currency": row.price.currency,
        "availability": str(row.availability), "withdrawn_at": None,
    }  # fmt: skip


def common_title(titles: set[str]) -> str:
    """What the titles of a product's variants share: ‘Velvet Lipstick’ of ‘Velvet Lipstick in Madder’ and its sisters."""
    shared = os.path.commonprefix(list(titles))
    if len(titles) == 1 or shared in titles:
        return shared
    words = shared[: shared.rfind(" ") + 1].rstrip(" -–—,:(/|").removesuffix(" in").rstrip(" -,")
    return words if len(words) >= 3 else min(titles)


def _product(row: ProductRow, colours: set[str], title: str) -> Row:
    path = " > ".join(row.product_type)
    return {
        "id": row.item_group_id, "title": title, "description": row.description, "brand": row.brand,
        "product_type": path[:300], "google_category": row.google_product_category[:300],
        "words": folded(" ".join((row.title, row.brand, path, *sorted(colours))))[:4000],
    }  # fmt: skip


async def _plan_inventory(db: AsyncSession, reading: Reading) -> Change:
    there = {
        (row["variant_id"], row["store_id"]): row
        for row in (await db.execute(select(*_columns(models.Stock)))).mappings()
    }
    stores = set(await db.scalars(select(models.Store.id)))
    currencies = dict((await db.execute(select(models.Variant.id, models.Variant.currency))).tuples().all())
    return await asyncio.to_thread(_compare_inventory, reading.rows, there, stores, currencies)


def _compare_inventory(
    rows: Iterable[InventoryRow], there: dict[Any, Any], stores: set[str], currencies: dict[str, str]
) -> Change:
    change, moment = Change(), now()
    for row in rows:
        if row.store_code not in stores:
            change.left_out.append(
                Rejection(row.line, row.id, f"there is no store ‘{row.store_code}’; import the stores first")
            )
        elif row.id not in currencies:
            change.left_out.append(
                Rejection(row.line, row.id, f"there is no variant ‘{row.id}’; import the products first")
            )
        elif row.price and row.price.currency != currencies[row.id]:
            change.left_out.append(
                Rejection(row.line, row.id, f"priced in {row.price.currency}, the variant in {currencies[row.id]}")
            )
        else:
            price = row.sale_price or row.price
            wanted = {
                "variant_id": row.id, "store_id": row.store_code, "quantity": row.quantity,
                "availability": str(row.availability), "price": price.amount if price else None,
            }  # fmt: skip
            old = there.get((row.id, row.store_code))
            same = old is not None and all(old[name] == value for name, value in wanted.items())
            change.unchanged += same
            # A count that was confirmed is as fresh as one that changed, so its moment moves in either case.
            (change.stock if old is None else change.changed_stock).append(wanted | {"as_of": moment})
    return change


async def _plan_stores(db: AsyncSession, reading: Reading) -> Change:
    there = {row["id"]: row for row in (await db.execute(select(*_columns(models.Store)))).mappings()}
    change, named = Change(), set()
    for row in reading.rows:
        named.add(row.store_code)
        _sort_in(_store(row), there.get(row.store_code), change.stores, change.changed_stores, change)
    change.withdrawn = [id for id, old in there.items() if id not in named and old["withdrawn_at"] is None]
    return change


def _store(row: StoreRow) -> Row:
    return {
        "id": row.store_code, "name": row.name, "address": row.address, "latitude": row.latitude,
        "longitude": row.longitude, "time_zone": row.time_zone,
        "hours": row.hours.as_document() if row.hours else {}, "withdrawn_at": None,
    }  # fmt: skip


PLANS = {"products": _plan_products, "inventory": _plan_inventory, "stores": _plan_stores}


def _sort_in(
    wanted: Row, old: Any, added: list[Row], changed: list[Row], change: Change | None, *, touch: str = ""
) -> None:
    if old is None:
        added.append(wanted | ({touch: now()} if touch else {}))
    elif any(old[name] != value for name, value in wanted.items()):
        changed.append(wanted | ({touch: now()} if touch else {}))
    elif change is not None:
        change.unchanged += 1


def _columns(model: Any) -> list[Any]:
    return list(model.__table__.columns)


# -- writing -----------------------------------------------------------------------------------------------------


async def _add_images(database: Database, change: Change) -> None:
    """Name the pictures that are new, ahead of the one transaction: rows that nothing points to yet harm nobody."""
    pending = [
        row for row in (*change.variants, *change.changed_variants) if row["image_id"] is None and row["image_link"]
    ]
    if not pending:
        return
    moment = now()
    urls = sorted({row["image_link"] for row in pending})
    async with database.transaction() as db:
        known = dict((await db.execute(select(models.Image.url, models.Image.id))).tuples().all())
        new = [{"url": url, "state": "waiting", "try_at": moment} for url in urls if url not in known]
        if new:
            await db.execute(insert(models.Image), new)
        known = dict((await db.execute(select(models.Image.url, models.Image.id))).tuples().all())
    for row in pending:
        row["image_id"] = known[row["image_link"]]


async def _write(db: AsyncSession, change: Change, kind: str) -> None:
    for model, added, changed in (
        (models.Product, change.products, change.changed_products),
        (models.Variant, change.variants, change.changed_variants),
        (models.Store, change.stores, change.changed_stores),
        (models.Stock, change.stock, change.changed_stock),
    ):
        if added:
            await db.execute(insert(model), added)
        if changed:
            await db.execute(update(model), changed)
    await _withdraw(db, models.Variant if kind == "products" else models.Store, change.withdrawn)


async def _withdraw(db: AsyncSession, model: Any, ids: list[str]) -> None:
    if ids:
        moment = now()
        await db.execute(update(model), [{"id": id, "withdrawn_at": moment} for id in ids])


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
        row = models.Import(kind=kind, source=source[:2000], by=by, dry_run=dry_run, started_at=now())
        db.add(row)
        await db.flush()
        return row.id


async def follow(database: Database, record: int, kind: str, path: Path, *, dry_run: bool, force: bool = False) -> None:
    """Import and write down how it goes; a refusal is a state of the report, not an exception."""
    loop, last = asyncio.get_running_loop(), [0.0]

    def progress(share: float) -> None:
        if share - last[0] >= 0.05:
            last[0] = share
            asyncio.run_coroutine_threadsafe(note(database, record, progress=share), loop)

    try:
        report = await import_feed(database, kind, path, dry_run=dry_run, force=force, progress=progress)
    except FeedError as error:
        left_out = [asdict(rejection) for rejection in error.rejections[:KEPT_REJECTIONS]]
        await note(database, record, state="refused", reason=error.detail[:500], left_out=left_out, ended_at=now())
        return
    except Exception as error:
        await note(
            database,
            record,
            state="refused",
            reason=f"It broke here: {type(error).__name__}. Nothing was changed.",
            ended_at=now(),
        )
        raise
    left_out = [asdict(rejection) for rejection in report.left_out[:KEPT_REJECTIONS]]
    await note(database, record, state="done", counts=report.counts, left_out=left_out, ended_at=now(), progress=1.0)


async def note(database: Database, record: int, **values: Any) -> None:
    """Write something into an import's report; progress that comes after the end is too late."""
    async with database.transaction() as db:
        query = update(models.Import).where(models.Import.id == record)
        if "state" not in values:
            query = query.where(models.Import.state == "running")
        await db.execute(query.values(**values))
