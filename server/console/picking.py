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
    """The products that some words find, each with its variants, those that the words mean first; and how many there are."""
    if not words.strip():
        return [], 0
    products, listed = await searching.page(db, Search(words=words[:100]), start=0, size=FOUND)
    fits = listed.fits(0, FOUND)
    of_products = Variant.product_id.in_([one.id for one in products])
    sold = await db.execute(select(Variant.product_id, Variant.id).where(of_products, Variant.withdrawn_at.is_(None)))
    ids: dict[str, list[str]] = {one.id: [] for one in products}
    for product, variant in sorted(sold, key=lambda one: (-fits.get(one[1], 0.0), one[1])):
        ids[product].append(variant)
    named = [variant for some in ids.values() for variant in some[:SHADES]]
    there = await table.variants(db, named)
    return [(one, [choice for choice in there if choice.product.id == one.id]) for one in products], listed.total
