"""What the matcher sees of the catalogue: every variant that is sold, as plain values, compiled once a process."""

import asyncio
import time
from collections.abc import Collection, Iterable

import structlog
from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog import pricing, writing
from catalog.matching.matcher import Matcher
from catalog.matching.values import MatchItem
from catalog.models import CatalogueChange, Product, Stock, Variant
from catalog.stocking import in_store
from server.core import topics
from server.core.clock import now
from server.core.database import Database

log = structlog.get_logger()
RECOMPILE_SECONDS = 30
"""How long a compiled catalogue serves at least, so that a night of imports compiles it a few times only."""
FEW = 1_000
"""Products whose change is worked into the compiled catalogue; for more it is compiled anew."""
CHANGES_KEPT = 200


class Compiled:
    """The catalogue compiled for matching: one for a process. A change of a few products is in it at once, of many after
    a while; the one before serves until then, since no post should wait."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._matcher: Matcher | None = None
        self._number, self._change, self._compiled_at = -1, 0, 0.0
        self._lock = asyncio.Lock()
        self._renewing: asyncio.Task[None] | None = None
        database.after_commit.append(self._committed)

    @property
    def change(self) -> int:
        """The newest change of the catalogue that is in what `current` gave last."""
        return self._change

    async def current(self) -> Matcher:
        """The matcher of the catalogue as it is, or was lately."""
        async with self._database.snapshot() as db:
            number = await number_of(db)
        if self._matcher is None:
            async with self._lock:
                return self._matcher or await self._compile()
        if number != self._number:
            self._begin_to_renew()
        return self._matcher

    def _committed(self, bumped: Collection[tuple[str, int]]) -> None:
        if self._matcher is not None and any(name == "catalogue" for name, _ in bumped):
            self._begin_to_renew()

    def _begin_to_renew(self) -> None:
        if self._renewing is None or self._renewing.done():
            self._renewing = asyncio.create_task(self._renew())

    async def _renew(self) -> None:
        try:
            if not await self._work_in() and time.monotonic() - self._compiled_at >= RECOMPILE_SECONDS:
                await self._compile()
        except Exception:
            log.exception("catalogue_not_compiled")

    async def _work_in(self) -> bool:
        """Work changes of a few products into what is compiled; False where they are too many, or not known."""
        async with self._database.snapshot() as db:
            number, newest = await number_of(db), await newest_change(db)
            products = await changed_since(db, self._change)
            if products is None:
                return False
            some = await items(db, products)
        before = self._matcher
        self._matcher = await asyncio.to_thread(before.changed, some, products) if before and products else before
        self._number, self._change = number, newest
        return True

    async def _compile(self) -> Matcher:
        async with self._database.snapshot() as db:
            number, newest, shelf = await number_of(db), await newest_change(db), await items(db)
        self._matcher = await asyncio.to_thread(Matcher, shelf)
        self._number, self._change, self._compiled_at = number, newest, time.monotonic()
        return self._matcher


async def changed(db: AsyncSession, touched: Iterable[tuple[str, Collection[str]]]) -> None:
    """Write down which products a change is about. `touched`: (a column of Variant, ids) as Plan.touched has them."""
    row = CatalogueChange(products=await _few_products(db, touched), made_at=now())
    db.add(row)
    await db.flush()
    await db.execute(delete(CatalogueChange).where(CatalogueChange.id <= row.id - CHANGES_KEPT))


async def _few_products(db: AsyncSession, touched: Iterable[tuple[str, Collection[str]]]) -> list[str] | None:
    products: set[str] = set()
    for column, ids in touched:
        if len(ids) > FEW:
            return None
        if ids:
            query = select(Variant.product_id).where(getattr(Variant, column).in_(ids))
            products |= set(await db.scalars(query))
    return sorted(products) if len(products) <= FEW else None


async def number_of(db: AsyncSession) -> int:
    """The number of the catalogue as it is."""
    return (await topics.numbers(db, ["catalogue"])).get("catalogue", 0)


async def newest_change(db: AsyncSession) -> int:
    """The id of the newest change that was written down."""
    return await db.scalar(select(func.max(CatalogueChange.id))) or 0


async def changed_since(db: AsyncSession, change: int) -> set[str] | None:
    """The products of all changes after one; None where some are not known or they are too many."""
    query = select(CatalogueChange.id, CatalogueChange.products).where(CatalogueChange.id > change)
    rows = (await db.execute(query.order_by(CatalogueChange.id))).all()
    if not rows or rows[0].id != change + 1 or any(row.products is None for row in rows):
        return None
    products = {id for row in rows for id in row.products}
    return products if len(products) <= FEW else None


async def items(db: AsyncSession, products: Collection[str] | None = None) -> list[MatchItem]:
    """All variants that have not been withdrawn, or those of some products; what no store has comes after what some has."""
    stocked = select(Stock.variant_id, func.count()).where(in_store()).group_by(Stock.variant_id)
    query = select(
        Variant.id, Variant.product_id, Product.title, Product.brand, Product.product_type, Variant.colour,
        Variant.swatch, Variant.gender, Product.google_category, Variant.size, Variant.price, Variant.currency,
    ).join(Product, Product.id == Variant.product_id).where(Variant.withdrawn_at.is_(None))  # fmt: skip
    if products is not None:
        own = select(Variant.id).where(Variant.product_id.in_(products))
        stocked, query = stocked.where(Stock.variant_id.in_(own)), query.where(Variant.product_id.in_(products))
    held = dict((await db.execute(stocked)).all())
    return [
        MatchItem(
            variant=id, product=product, title=title, brand=brand, product_type=kind, colour=colour, swatch=swatch,
            gender=gender, google_category=category, size=size, stock=min(1.0, held.get(id, 0) / 3), currency=currency,
            price=price / 10 ** pricing.decimals(currency),
        )
        async for id, product, title, brand, kind, colour, swatch, gender, category, size, price, currency
        in writing.rows(db, query)
    ]  # fmt: skip
