"""What is being said now of things that are like an item: the same type in the same family of colour."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.models import Product, Variant
from kiosk import items
from kiosk.items import Row
from server.core import colour
from social import talk

MOST = 2
"""Items that are like it and spoken of."""
MOST_OF_EACH = 2


async def said_of_alike(
    db: AsyncSession, row: Row, *, store_id: str, at: datetime
) -> list[tuple[talk.Said, dict[str, Any]]]:
    """Posts with {"item", "why": 'like', "data": {"kind", "family"}} of what each speaks of; no variant of its own product."""
    own = colour.family(row.variant.swatch) if row.variant.swatch else ""
    if not own or not row.product.product_type:
        return []
    spoken = await talk.variants_spoken_of(db, at=at)
    query = select(Variant.id, Variant.swatch).join(Product, Product.id == Variant.product_id).where(
        Variant.id.in_(spoken), Variant.withdrawn_at.is_(None), Variant.swatch.is_not(None),
        Product.product_type == row.product.product_type, Product.id != row.product.id,
    )  # fmt: skip
    alike = {id for id, swatch in await db.execute(query) if colour.family(swatch) == own}
    chosen = await items.by_ids(db, [id for id in spoken if id in alike][:MOST], store_id=store_id)
    data = {"kind": row.product.product_type.rpartition(" > ")[2], "family": own}
    return [
        (said, {"item": items.told(one, at=at), "why": "like", "data": data})
        for one in chosen
        for said in await talk.said_of(db, [one.variant.id], at=at, most=MOST_OF_EACH)
    ]
