"""Keeps what people look through: one index of the catalogue for a process, which follows every change of it."""

from collections.abc import Collection

import numpy as np
from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog import writing
from catalog.following import Following
from catalog.models import Product, Stock, Store, Variant
from catalog.search.index import Index
from catalog.search.table import Document
from catalog.stocking import in_store
from server.core.database import Database, kept

MOST_STORES = 256
"""Stores of which it is remembered what they have: a byte a variant each."""
ANYWHERE = ""


class Kept(Following[Document, Index]):
    """The index of one process. A change of a few products is in it for whoever looks next; while one of many is worked
    in, people find what there was, unless they want it to be the latest."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._held: dict[str, np.ndarray] = {}

    async def index(self, db: AsyncSession, *, latest: bool = False) -> Index:
        """The index of the catalogue as it is in this session, or with `latest` not set was lately."""
        if self.made is not None and self.busy and not latest:
            return self.made
        if not await self.follow(db):
            if latest or self.made is None:
                await self.make_anew(db)
            else:
                self.follow_behind()
        await self.follow_colours(db)
        return self.made

    async def held(self, db: AsyncSession, index: Index, store: str = ANYWHERE) -> np.ndarray:
        """A bool for each variant of the index: whether a store has it, or any that is open."""
        remembered = self._held if index is self.made else {}  # another after every change
        if store not in remembered:
            held = index.places([id async for (id,) in writing.rows(db, _held(store))])
            while len(remembered) >= MOST_STORES:
                remembered.pop(next(iter(remembered)), None)
            remembered[store] = held
        return remembered[store]

    def take(self, made: Index, newest: int) -> None:
        """What stores have is asked anew after every change, since most are of that."""
        super().take(made, newest)
        self._held = {}

    async def rows(self, db: AsyncSession, products: Collection[str] | None = None) -> list[Document]:
        """See Following."""
        return await documents(db, products)

    def make(self, rows: list[Document]) -> Index:
        """See Following."""
        return Index(rows)

    def rework(self, made: Index, rows: list[Document], products: Collection[str]) -> Index:
        """See Following."""
        return made.changed(rows, products)

    async def colours(self, db: AsyncSession, made: Index) -> bool:
        """See Following."""
        return await db.scalar(select(func.count(Variant.swatch))) == made.table.swatches


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
