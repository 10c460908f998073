"""What the matcher sees of the catalogue: every variant that is sold, as plain values."""

import asyncio
import time

import structlog
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog import writing
from catalog.matching.matcher import Matcher
from catalog.matching.values import MatchItem
from catalog.models import Product, Stock, Variant
from catalog.stocking import in_store
from server.core import topics
from server.core.database import Database

log = structlog.get_logger()
RECOMPILE_SECONDS = 30
"""How long a compiled catalogue serves at least, so that a night of imports compiles it a few times only."""


class Compiled:
    """The catalogue compiled for matching: one for a process, compiled anew when an import has changed it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._matcher: Matcher | None = None
        self._number, self._compiled_at = -1, 0.0
        self._lock = asyncio.Lock()
        self._renewing: asyncio.Task[None] | None = None

    async def current(self) -> Matcher:
        """The matcher of the catalogue as it is, or was lately: the one before serves until the next is compiled, since
        no post should wait for the seconds that a large catalogue takes."""
        async with self._database.snapshot() as db:
            number = (await topics.numbers(db, ["catalogue"])).get("catalogue", 0)
        if self._matcher is None:
            async with self._lock:
                return self._matcher or await self._compile()
        recent = time.monotonic() - self._compiled_at < RECOMPILE_SECONDS
        if number != self._number and not recent and (self._renewing is None or self._renewing.done()):
            self._renewing = asyncio.create_task(self._renew())
        return self._matcher

    async def _renew(self) -> None:
        try:
            await self._compile()
        except Exception:
            log.exception("catalogue_not_compiled")

    async def _compile(self) -> Matcher:
        async with self._database.snapshot() as db:
            number = (await topics.numbers(db, ["catalogue"])).get("catalogue", 0)
            shelf = await items(db)
        self._matcher = await asyncio.to_thread(Matcher, shelf)
        self._number, self._compiled_at = number, time.monotonic()
        return self._matcher


async def items(db: AsyncSession) -> list[MatchItem]:
    """All variants that have not been withdrawn; what no store has comes after what some store has."""
    held = dict((await db.execute(
        select(Stock.variant_id, func.count()).where(in_store()).group_by(Stock.variant_id)
    )).all())  # fmt: skip
    query = select(
        Variant.id, Variant.product_id, Product.title, Product.brand, Product.product_type, Variant.colour,
        Variant.swatch, Variant.gender, Product.google_category,
    ).join(Product, Product.id == Variant.product_id).where(Variant.withdrawn_at.is_(None))  # fmt: skip
    return [
        MatchItem(
            variant=id, product=product, title=title, brand=brand, product_type=kind, colour=colour, swatch=swatch,
            gender=gender, google_category=category, stock=min(1.0, held.get(id, 0) / 3),
        )
        async for id, product, title, brand, kind, colour, swatch, gender, category in writing.rows(db, query)
    ]  # fmt: skip
