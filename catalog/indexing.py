"""Keeps what people look through: one index of the catalogue for a process, which follows every change of it."""

import asyncio
import time
from collections.abc import Collection

import numpy as np
import structlog
from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog import writing
from catalog.models import Product, Stock, Store, Variant
from catalog.search.index import Index
from catalog.search.table import Document
from catalog.shelving import changed_since, newest_change, number_of
from catalog.stocking import in_store
from server.core.database import Database, kept

log = structlog.get_logger()
MOST_STORES = 256
"""Stores of which it is remembered what they have: a byte a variant each."""
SWATCHES_SECONDS = 300
"""Pictures bring colours without news of the catalogue: so often it is looked whether any came."""
ANYWHERE = ""


class Kept:
    """The index of one process. A change of a few products is in it for whoever looks next; while one of many is worked
    in, people find what there was, unless they want it to be the latest."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._index: Index | None = None
        self._number, self._change, self._swatches, self._asked_at = -1, 0, 0, 0.0
        self._lock = asyncio.Lock()
        self._renewing: asyncio.Task[None] | None = None
        self._held: dict[str, np.ndarray] = {}

    async def index(self, db: AsyncSession, *, latest: bool = False) -> Index:
        """The index of the catalogue as it is in this session, or with `latest` not set was lately."""
        if self._index is not None and self._lock.locked() and not latest:
            return self._index
        number = await number_of(db)
        if self._index is None or (number > self._number and not await self._work_in(db, number)):
            if latest or self._index is None:
                await self._renew(db, number)
            else:
                self._begin_to_renew()
        elif time.monotonic() - self._asked_at > SWATCHES_SECONDS:
            self._asked_at = time.monotonic()
            if await db.scalar(select(func.count(Variant.swatch))) != self._swatches:
                self._begin_to_renew()
        return self._index

    async def held(self, db: AsyncSession, index: Index, store: str = ANYWHERE) -> np.ndarray:
        """A bool for each variant of the index: whether a store has it, or any that is open."""
        held = self._held.get(store)
        if held is None or index is not self._index:
            held = index.places([id async for (id,) in writing.rows(db, _held(store))])
            if index is self._index:
                while len(self._held) >= MOST_STORES:
                    self._held.pop(next(iter(self._held)), None)
                self._held[store] = held
        return held

    async def _work_in(self, db: AsyncSession, number: int) -> bool:
        """Work changes of a few products in; False where they are too many, or not known."""
        async with self._lock:
            if self._number >= number:
                return True
            products, newest = await changed_since(db, self._change), await newest_change(db)
            if products is None or self._index is None:
                return False
            some = await documents(db, products)
            if products:
                self._take(await asyncio.to_thread(self._index.changed, some, products))
            self._number, self._change = number, newest
            return True

    async def _renew(self, db: AsyncSession, number: int) -> None:
        async with self._lock:
            if self._index is not None and self._number >= number:
                return
            newest, swatches = await newest_change(db), await db.scalar(select(func.count(Variant.swatch)))
            everything = await documents(db)
            meanings = self._index.meanings if self._index else None
            self._take(await asyncio.to_thread(Index, everything, meanings))
            self._number, self._change, self._swatches, self._asked_at = number, newest, swatches, time.monotonic()

    def _take(self, index: Index) -> None:
        self._index, self._held = index, {}

    def _begin_to_renew(self) -> None:
        if self._renewing is None or self._renewing.done():
            self._renewing = asyncio.create_task(self._renew_behind())

    async def _renew_behind(self) -> None:
        try:
            async with self._database.snapshot() as db:
                number = await number_of(db)
                self._number = min(self._number, number - 1)  # so that it is made anew, though only colours came
                await self._renew(db, number)
        except Exception:
            log.exception("catalogue_not_indexed")


def of(db: AsyncSession) -> Kept:
    """What this process keeps for the session's database."""
    return kept(db, Kept)


async def refresh(database: Database) -> None:
    """Make the index before anybody asks, or bring it up to date."""
    async with database.snapshot() as db:
        await of(db).index(db)


async def documents(db: AsyncSession, products: Collection[str] | None = None) -> list[Document]:
    """All variants as people look for them, withdrawn ones too, or those of some products."""
    query = select(
        Variant.id, Product.id, Product.title, Variant.title, Product.brand, Product.product_type, Product.google_category,
        Variant.colour, Variant.swatch, Variant.size, Variant.withdrawn_at.is_(None),
    ).join(Product, Product.id == Variant.product_id)  # fmt: skip
    if products is not None:
        query = query.where(Variant.product_id.in_(products))
    return [
        Document(
            variant=id, product=product, title=title, own=own, brand=brand, path=path, category=category, colour=colour,
            swatch=swatch, size=size, sold=bool(sold),
        )
        async for id, product, title, own, brand, path, category, colour, swatch, size, sold in writing.rows(db, query)
    ]  # fmt: skip


def _held(store: str) -> Select[tuple[str]]:
    query = select(Stock.variant_id).where(in_store())
    if store:
        return query.where(Stock.store_id == store)
    return query.join(Store, Store.id == Stock.store_id).where(Store.withdrawn_at.is_(None)).distinct()
