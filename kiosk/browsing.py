"""Looks for products by words, type, brand and colour, and says what there is to look for."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, and_, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.models import Image, Product, Stock, Variant
from catalog.searching import Search, folded
from catalog.stocking import in_store
from kiosk import items, places
from server.core import colour

A_PAGE = 24
MOST_A_PAGE = 60
FURTHEST = 100_000
"""Nobody leafs so far."""
MOST_CHOICES = 400
MOST_VARIANTS = 4000
"""Of the products on a page, to choose those that stand for them from."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What somebody looks for. Empty is any."""

    words: str = ""
    brand: str = ""
    type: str = ""
    colour: str = ""
    """A family of server.core.colour, such as 'red'."""
    store: str = ""
    """The store from which it is seen: whose prices and stock are told."""
    here: bool = False
    """Only what that store has."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A variant that may stand for its product."""

    id: str
    product: str
    words: str
    """Its own, not folded: title, colour, size."""
    codes: tuple[str, str]
    """Its id and its GTIN-14."""
    swatch: str | None
    pictured: bool
    here: bool


# -- search -------------------------------------------------------------------------------------------------------


async def search(db: AsyncSession, asked: Asked, *, start: int, size: int, at: datetime) -> dict[str, Any]:
    """{"items": one for each product, the best first, "total"}. An item has, besides, the number of `variants` that its
    product is sold in, and with a store named the `stock` there."""
    swatches = await _swatches_of(db, asked.colour) if asked.colour else None
    products, total = await _page(db, _query(asked, swatches), start=start, size=size)
    by_product = await _candidates(db, products, asked.store)
    chosen = [best(by_product[id], asked.words, swatches or ()) for id in products if by_product[id]]
    rows = await items.by_ids(db, [one.id for one in chosen], store_id=asked.store)
    return {
        "items": [
            items.told(row, at=at)
            | {"variants": len(by_product[row.product.id]), "stock": places.held(row.stock) if row.stock else None}
            for row in rows
        ],
        "total": total,
    }  # fmt: skip


def best(candidates: Sequence[Candidate], words: str, swatches: Collection[str]) -> Candidate:
    """The variant that stands for its product: whose code was typed, whose own words hold most of those typed, that has
    the colour asked for, that the store has, that has a picture."""
    terms = folded(words).split() if len(candidates) > 1 else []
    typed = {words.strip(), words.replace(" ", "").zfill(14)} - {""}
    return min(
        candidates,
        key=lambda one: (
            typed.isdisjoint(one.codes), -_held(one.words, terms), one.swatch not in swatches, not one.here, not one.pictured, one.id,
        ),
    )  # fmt: skip


def _held(words: str, terms: list[str]) -> int:
    own = f" {_folded(words)}" if terms else ""
    return sum(f" {term}" in own for term in terms)


_folded = lru_cache(maxsize=16_384)(folded)


def _query(asked: Asked, swatches: Sequence[str] | None) -> Select[Any]:
    return Search(
        words=asked.words, brand=asked.brand, type=asked.type, here=asked.store if asked.here else "",
        swatches=None if swatches is None else tuple(swatches),
    ).query()  # fmt: skip


async def _page(db: AsyncSession, query: Select[Any], *, start: int, size: int) -> tuple[list[str], int]:
    """Ids alone: sorting whole products would take twice as long."""
    ids = query.with_only_columns(Product.id)
    total = await db.scalar(select(func.count()).select_from(ids.order_by(None).subquery()))
    return list(await db.scalars(ids.offset(start).limit(size))), total or 0


async def _candidates(db: AsyncSession, products: list[str], store_id: str) -> dict[str, list[Candidate]]:
    held = and_(Stock.variant_id == Variant.id, Stock.store_id == store_id)
    here, pictured = case((in_store(), 1), else_=0), case((Image.state == "ready", 1), else_=0)
    query = (
        select(
            Variant.id, Variant.product_id, Variant.title, Variant.colour, Variant.size, Variant.gtin, Variant.swatch,
            pictured, here,
        ).outerjoin(Image, Image.id == Variant.image_id).outerjoin(Stock, held)
        .where(Variant.product_id.in_(products), Variant.withdrawn_at.is_(None))
    )  # fmt: skip
    found: dict[str, list[Candidate]] = defaultdict(list)
    for id, product, title, name, size, gtin, swatch, seen, had in await db.execute(query.limit(MOST_VARIANTS)):
        one = Candidate(id, product, f"{title} {name} {size}", (id, gtin or ""), swatch, seen > 0, had > 0)
        found[product].append(one)
    return found


# -- colours ------------------------------------------------------------------------------------------------------


async def _swatches_of(db: AsyncSession, family: str) -> list[str]:
    """The colours of a family that variants have."""
    query = select(Variant.swatch).where(Variant.swatch.is_not(None)).distinct()
    return (await asyncio.to_thread(_by_family, list(await db.scalars(query)))).get(family, [])


def _by_family(swatches: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for swatch in swatches:
        found[colour.family(swatch)].append(swatch)
    return found


# -- browse -------------------------------------------------------------------------------------------------------


async def choices(db: AsyncSession, *, here: str = "") -> dict[str, Any]:
    """What there is to look for, each with how many products it leads to: types with those above them, brands, and
    families of colour with the colour that most of them have. With `here` only of what that store has."""
    sold = select(Product.product_type, Product.brand, func.count()).where(*Search(here=here).conditions())
    types, brands = await asyncio.to_thread(
        _counted, (await db.execute(sold.group_by(Product.product_type, Product.brand))).all()
    )
    return {"types": _most(types), "brands": _most(brands), "colours": await _colours(db, here)}


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


async def _colours(db: AsyncSession, here: str) -> list[dict[str, Any]]:
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
