"""Says what there is to look for: types, brands and colours, and how many products each leads to."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.models import Product
from catalog.searching import Search
from kiosk import colours

MOST_CHOICES = 400


async def choices(db: AsyncSession, *, here: str = "") -> dict[str, Any]:
    """What there is to look for, each with how many products it leads to: types with those above them, brands, and
    families of colour with the colour that most of them have. With `here` only of what that store has."""
    sold = select(Product.product_type, Product.brand, func.count()).where(*Search(here=here).conditions())
    types, brands = await asyncio.to_thread(
        _counted, (await db.execute(sold.group_by(Product.product_type, Product.brand))).all()
    )
    return {"types": _most(types), "brands": _most(brands), "colours": await colours.choices(db, here=here)}


def _counted(rows: Iterable[Any]) -> tuple[Counter[str], Counter[str]]:
    types: Counter[str] = Counter()
    brands: Counter[str] = Counter()
    for path, brand, count in rows:
        steps = path.split(" > ")
        for depth in range(1, len(steps) + 1):
            types[" > ".join(steps[:depth])] += count
        brands[brand] += count
    return types, brands


def _most(counts: Counter[str]) -> list[dict[str, Any]]:
    """The most common, in the order of their names."""
    del counts[""]
    return [{"name": name, "count": count} for name, count in sorted(counts.most_common(MOST_CHOICES))]
