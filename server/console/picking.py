"""Finding an item of the catalogue by a few words, with its variants, to choose it or to ask about it."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog import searching
from catalog.models import Product, Variant
from catalog.searching import Search
from server.console import table

FOUND = 8
SHADES = 24

Groups = list[tuple[Product, list[table.Choice]]]


async def found(db: AsyncSession, words: str) -> tuple[Groups, int]:
    """The products that some words find, each with variants, and how many there are in all."""
    if not words.strip():
        return [], 0
    products, listed = await searching.page(db, Search(words=words[:100]), start=0, size=FOUND)
    query = select(Variant.id).where(
        Variant.product_id.in_([one.id for one in products]), Variant.withdrawn_at.is_(None)
    )
    some = await table.variants(db, list(await db.scalars(query.order_by(Variant.id).limit(FOUND * SHADES))))
    return [
        (one, [choice for choice in some if choice.product.id == one.id][:SHADES]) for one in products
    ], listed.total
