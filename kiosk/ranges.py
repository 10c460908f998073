"""A store's range: what its tablets keep, so that they browse and scan without a network. Bounded, and says so."""

import asyncio
from bisect import bisect_right
from datetime import datetime
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.models import Image, Stock, Variant
from catalog.search.meanings import built_in
from catalog.search.typing import folded
from catalog.stocking import in_store
from kiosk import items, places
from kiosk.items import Row
from server.core import topics
from server.core.security import digest

MOST = 5000
"""Variants that a tablet keeps."""
MOST_A_PAGE = 500
LANGUAGES = ("en", "vi", "no")
"""Of the lexicon: those that shoppers read on tablets. A red one whose shade is called Phone Box is red in all of them."""
PICTURES = 2
"""Of each item: the small one that a tablet keeps, and one for its wall while there is a network."""
SHAPE = 4
"""Raised when what is told of an item changes: what tablets keep is then out of date."""


async def chosen(db: AsyncSession, store_id: str) -> tuple[list[str], bool]:
    """The ids of a store's range in order, and whether there was more: what it has comes in first, then what it lists.

    A store of which no inventory tells has the whole catalogue for its range.
    """
    query = select(Variant.id).where(Variant.withdrawn_at.is_(None))
    if await _lists(db, store_id):
        query = query.join(Stock, Stock.variant_id == Variant.id).where(Stock.store_id == store_id)
        query = query.order_by(case((in_store(), 0), else_=1))
    ids = list(await db.scalars(query.order_by(Variant.id).limit(MOST + 1)))
    return sorted(ids[:MOST]), len(ids) > MOST


async def version(db: AsyncSession, store_id: str, *, at: datetime) -> str:
    """A name for the range as it is at a moment: another one as soon as anything that is told of it is different.

    Imports move the catalogue's number. What changes between them only ever goes forward, so counting it is enough:
    pictures that came, sales that began, sales that ended.
    """
    ready = Image.state == "ready"
    moving = select(
        func.count(case((ready, 1))), func.sum(case((ready, Image.id), else_=0)),
        func.count(case((Variant.sale_from <= at, 1))), func.count(case((Variant.sale_until <= at, 1))),
    ).select_from(Variant).outerjoin(Image, Image.id == Variant.image_id)  # fmt: skip
    if await _lists(db, store_id):
        moving = moving.join(Stock, Stock.variant_id == Variant.id).where(Stock.store_id == store_id)
    counts = (await db.execute(moving.where(Variant.withdrawn_at.is_(None)))).one()
    number = (await topics.numbers(db, ["catalogue"])).get("catalogue", 0)
    return digest(repr((SHAPE, store_id, await topics.epoch(db), number, *map(int, (n or 0 for n in counts)))))[:20]


async def page(db: AsyncSession, store_id: str, *, after: str, size: int, at: datetime) -> dict[str, Any]:
    """A page of a store's range: the items whose ids come after `after`, with stock and the words to search by."""
    ids, bounded = await chosen(db, store_id)
    start = bisect_right(ids, after)
    wanted = ids[start : start + size]
    found = {row.variant.id: row for row in await items.rows(db, _query(store_id, wanted))}
    return {
        "store": store_id, "items": await asyncio.to_thread(lambda: [_kept(found[id], at) for id in wanted if id in found]),
        "next": wanted[-1] if start + size < len(ids) else None, "total": len(ids), "bounded": bounded,
    }  # fmt: skip


def words(row: Row) -> str:
    """What somebody may type to find this very variant, folded as the server's own search folds it: its own words, and what
    it and its colour are called in the tablets' languages."""
    variant, product = row.variant, row.product
    said = (product.title, product.brand, product.product_type, variant.title, variant.colour, variant.size)
    path = (product.product_type, product.google_category)
    meant = built_in().said(path, variant.colour, variant.swatch, LANGUAGES)
    return " ".join(dict.fromkeys((*folded(" ".join(said)).split(), *meant)))


def _query(store_id: str, ids: list[str]) -> Select[Any]:
    return items.query(store_id).where(Variant.id.in_(ids))


def _kept(row: Row, at: datetime) -> dict[str, Any]:
    item = items.told(row, at=at)
    stock = places.held(row.stock) if row.stock else None
    return item | {"pictures": item["pictures"][:PICTURES], "stock": stock, "words": words(row)}


async def _lists(db: AsyncSession, store_id: str) -> bool:
    return await db.scalar(select(Stock.variant_id).where(Stock.store_id == store_id).limit(1)) is not None
