"""The families of colour that variants come in, as server.core.colour has them."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.models import Stock, Variant
from catalog.stocking import in_store
from server.core import colour


async def swatches_of(db: AsyncSession, family: str) -> list[str]:
    """The colours of a family that variants have."""
    query = select(Variant.swatch).where(Variant.swatch.is_not(None)).distinct()
    return (await asyncio.to_thread(_by_family, list(await db.scalars(query)))).get(family, [])


def _by_family(swatches: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for swatch in swatches:
        found[colour.family(swatch)].append(swatch)
    return found


async def choices(db: AsyncSession, *, here: str = "") -> list[dict[str, Any]]:
    """The families that there are, each with how many products it leads to and the colour that most of them have; with
    `here` only of what that store has."""
    query = select(Variant.swatch, Variant.product_id).where(
        Variant.withdrawn_at.is_(None), Variant.swatch.is_not(None)
    )
    if here:
        held = and_(Stock.variant_id == Variant.id, Stock.store_id == here)
        query = query.join(Stock, held).where(in_store())
    pairs = (await db.execute(query.distinct())).all()
    return await asyncio.to_thread(_families, pairs)


def _families(pairs: Sequence[Any]) -> list[dict[str, Any]]:
    products: dict[str, set[str]] = defaultdict(set)
    swatches: dict[str, Counter[str]] = defaultdict(Counter)
    for swatch, product in pairs:
        family = colour.family(swatch)
        products[family].add(product)
        swatches[family][swatch] += 1
    return [
        {"name": family, "swatch": min(swatches[family], key=lambda one: (-swatches[family][one], one)), "count": len(products[family])}
        for family in colour.FAMILIES if family in products
    ]  # fmt: skip
