"""What the matcher sees of the catalogue: every variant that is sold, as plain values, compiled once a process."""

from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog import pricing, writing
from catalog.following import Following
from catalog.matching.matcher import Matcher
from catalog.matching.values import MatchItem
from catalog.models import Product, Stock, Variant
from catalog.stocking import in_store
from server.core.database import Database


class Compiled(Following[MatchItem, Matcher]):
    """The catalogue compiled for matching: one for a process. A change of a few products is in it at once, of many after
    a while; the one before serves until then, since no post should wait."""

    rest_seconds = 30

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        database.after_commit.append(self._committed)

    async def current(self) -> Matcher:
        """The matcher of the catalogue as it is, or was lately."""
        if self.made is None:
            await self.make_anew_alone()
        async with self._database.snapshot() as db:
            if await self.behind(db):
                self.follow_behind()
            else:
                await self.follow_colours(db)
        return self.made

    def _committed(self, bumped: Collection[tuple[str, int]]) -> None:
        if self.made is not None and any(name == "catalogue" for name, _ in bumped):
            self.follow_behind()

    async def rows(self, db: AsyncSession, products: Collection[str] | None = None) -> list[MatchItem]:
        """See Following."""
        return await items(db, products)

    def make(self, rows: list[MatchItem]) -> Matcher:
        """See Following."""
        made = Matcher(rows)
        return made.ready_for(self.made) if self.made else made

    def rework(self, made: Matcher, rows: list[MatchItem], products: Collection[str]) -> Matcher:
        """See Following."""
        return made.changed(rows, products)

    async def colours(self, db: AsyncSession, made: Matcher) -> bool:
        """See Following."""
        query = select(func.count(Variant.swatch)).where(Variant.withdrawn_at.is_(None))
        return await db.scalar(query) == made.shelf.columns.swatches


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
