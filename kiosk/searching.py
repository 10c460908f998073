"""Looks for products by words, type, brand and colour, the best first; a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.models import Product
from catalog.searching import Search
from kiosk import colours, faces, items, places

A_PAGE = 24
MOST_A_PAGE = 60
FURTHEST = 100_000
"""Nobody leafs so far."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What somebody looks for. Empty is any."""

    words: str = ""
    brand: str = ""
    type: str = ""
    colour: str = ""
    """A family of server.core.colour, such as 'red'."""
    store: str = ""
    """The store from which it is seen: whose prices and stock are told."""
    here: bool = False
    """Only what that store has."""


async def search(db: AsyncSession, asked: Asked, *, start: int, size: int, at: datetime) -> dict[str, Any]:
    """{"items": one for each product, the best first, "total"}. An item has, besides, the number of `variants` that its
    product is sold in, and with a store named the `stock` there."""
    swatches = await colours.swatches_of(db, asked.colour) if asked.colour else None
    products, total = await _page(db, _query(asked, swatches), start=start, size=size)
    by_product = await faces.candidates(db, products, asked.store)
    chosen = [faces.best(by_product[id], asked.words, swatches or ()) for id in products if by_product[id]]
    rows = await items.by_ids(db, [one.id for one in chosen], store_id=asked.store)
    return {
        "items": [
            items.told(row, at=at)
            | {"variants": len(by_product[row.product.id]), "stock": places.held(row.stock) if row.stock else None}
            for row in rows
        ],
        "total": total,
    }  # fmt: skip


def _query(asked: Asked, swatches: Sequence[str] | None) -> Select[Any]:
    return Search(
        words=asked.words, brand=asked.brand, type=asked.type, here=asked.store if asked.here else "",
        swatches=None if swatches is None else tuple(swatches),
    ).query()  # fmt: skip


async def _page(db: AsyncSession, query: Select[Any], *, start: int, size: int) -> tuple[list[str], int]:
    """Ids alone: sorting whole products would take twice as long."""
    ids = query.with_only_columns(Product.id)
    total = await db.scalar(select(func.count()).select_from(ids.order_by(None).subquery()))
    return list(await db.scalars(ids.offset(start).limit(size))), total or 0
