"""Looks for products by words, type, brand and colour, the best first; a page at a time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from catalog import searching
from catalog.searching import Search
from kiosk import faces, items, places

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

    @property
    def search(self) -> Search:
        """The same as the catalogue is asked for it."""
        return Search(
            words=self.words, brand=self.brand, type=self.type, colour=self.colour, here=self.store if self.here else ""
        )


async def search(db: AsyncSession, asked: Asked, *, start: int, size: int, at: datetime) -> dict[str, Any]:
    """{"items": one for each product, the best first, "total", "partly": whether none has all the words}. An item has,
    besides, the number of `variants` that its product is sold in, and with a store named the `stock` there."""
    found = await searching.find(db, asked.search)
    products, fits = found.page(start, size), found.fits(start, size)
    by_product = await faces.candidates(db, products, asked.store)
    chosen = [faces.best(by_product[id], asked.words, fits) for id in products if by_product[id]]
    rows = await items.by_ids(db, [one.id for one in chosen], store_id=asked.store)
    return {
        "items": [
            items.told(row, at=at)
            | {"variants": len(by_product[row.product.id]), "stock": places.held(row.stock) if row.stock else None}
            for row in rows
        ],
        "total": found.total, "partly": found.partly,
    }  # fmt: skip
