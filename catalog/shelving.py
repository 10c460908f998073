"""What the matcher sees of the catalogue: every variant that is sold, as plain values."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.matching.values import MatchItem
from catalog.models import Product, Stock, Variant


async def items(db: AsyncSession) -> list[MatchItem]:
    """All variants that have not been withdrawn; what no store has comes after what some store has."""
    held = dict((await db.execute(
        select(Stock.variant_id, func.count()).where(Stock.availability != "out_of_stock").group_by(Stock.variant_id)
    )).tuples().all())  # fmt: skip
    rows = await db.execute(
        select(
            Variant.id, Variant.product_id, Product.title, Product.brand, Product.product_type, Variant.colour,
            Variant.swatch, Variant.gender, Product.google_category,
        ).join(Product, Product.id == Variant.product_id).where(Variant.withdrawn_at.is_(None))
    )  # fmt: skip
    return [
        MatchItem(
            variant=id, product=product, title=title, brand=brand, product_type=kind, colour=colour, swatch=swatch,
            gender=gender, google_category=category, stock=min(1.0, held.get(id, 0) / 3),
        )
        for id, product, title, brand, kind, colour, swatch, gender, category in rows
    ]  # fmt: skip
