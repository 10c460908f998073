"""Which products the catalogue's changes were about: written down with every change, for whoever follows them."""

from collections.abc import Collection, Iterable

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.models import CatalogueChange, Variant
from server.core.clock import now

FEW = 1_000
"""Products that a change names; one of more, or several of more together, are said to be about any."""
KEPT = 200
"""Changes that are kept: whoever has seen none of them has to look at everything."""

Touched = Iterable[tuple[str, Collection[str]]]
"""What was written: (a column of Variant, ids), as Plan.touched has them."""


async def write(db: AsyncSession, touched: Touched) -> None:
    """Write down a change. Transactions that do so come one after another (see writing.alone)."""
    row = CatalogueChange(products=await _few_products(db, touched), made_at=now())
    db.add(row)
    await db.flush()
    await db.execute(delete(CatalogueChange).where(CatalogueChange.id <= row.id - KEPT))


async def newest(db: AsyncSession) -> int:
    """The id of the newest change; 0 before the first."""
    return await db.scalar(select(func.max(CatalogueChange.id))) or 0


async def since(db: AsyncSession, change: int) -> tuple[int, set[str] | None]:
    """The newest change, and the products of all after one; None where some are not known or they are too many."""
    query = select(CatalogueChange.id, CatalogueChange.products).where(CatalogueChange.id >= change)
    rows = (await db.execute(query.order_by(CatalogueChange.id))).all()
    last = rows[-1].id if rows else 0
    if change and (not rows or rows[0].id != change) or len(rows) >= KEPT:  # some after it may be kept no more
        return last, None
    later = [row.products for row in rows if row.id > change]
    if any(products is None for products in later):
        return last, None
    found = {id for products in later for id in products}
    return last, found if len(found) <= FEW else None


async def _few_products(db: AsyncSession, touched: Touched) -> list[str] | None:
    products: set[str] = set()
    for column, ids in touched:
        if len(ids) > FEW:
            return None
        if ids:
            query = select(Variant.product_id).where(getattr(Variant, column).in_(ids))
            products |= set(await db.scalars(query))
    return sorted(products) if len(products) <= FEW else None
