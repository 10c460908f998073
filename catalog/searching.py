"""Finds products by the words that people type, in any spelling, and by what is the matter; counts what narrows them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.base import ExecutableOption

from catalog import indexing, writing
from catalog.models import Image, Product, Variant
from catalog.search.index import Filters, Found, Index
from catalog.search.typing import folded

__all__ = ["Narrowing", "Search", "choices", "find", "folded", "page"]
MOST_CHOICES = 400
LONGEST_CODE = 100


@dataclass(frozen=True, kw_only=True)
class Search:
    """Which products somebody looks for; empty is any."""

    words: str = ""
    brand: str = ""
    type: str = ""
    """A product type, with all below it."""
    colour: str = ""
    """A family of server.core.colour."""
    stock: str = ""
    """'in': some store has one; 'out': none has."""
    picture: str = ""
    """'missing': a variant that is sold has none that can be shown; 'refused': one was refused."""
    withdrawn: bool = False
    """Those that have left the feed, instead of those that are sold."""
    here: str = ""
    """A store that has a variant, of this colour where one is named, to be taken home today."""

    @property
    def filters(self) -> Filters:
        """What the index itself can tell."""
        return Filters(brand=self.brand, type=self.type, colour=self.colour, withdrawn=self.withdrawn)


@dataclass(frozen=True)
class Narrowing:
    """Into what a search can be narrowed: names with the number of products that each leads to."""

    types: Counter[str]
    """Paths of types, with those above them."""
    brands: Counter[str]
    colours: dict[str, tuple[int, str]]
    """Families of colour, each with its number and the colour that most of its variants have ('' where none tells)."""


async def find(db: AsyncSession, search: Search, *, latest: bool = False) -> Found:
    """The products, best first; without words all that fulfil the rest, by title. `latest`: whoever asks has perhaps
    imported a feed just now, and rather waits than misses it."""
    index = await indexing.of(db).index(db, latest=latest)
    among = await _among(db, index, search)
    return index.find(search.words, search.filters, among=among, codes=await _coded(db, search.words))


async def choices(db: AsyncSession, search: Search, *, latest: bool = False) -> Narrowing:
    """What narrows a search further."""
    index = await indexing.of(db).index(db, latest=latest)
    found = index.choices(search.words, search.filters, among=await _among(db, index, search))
    colours = {family: (count, index.swatch_of(family)) for family, count in found["colours"].items()}
    return Narrowing(_most(found["types"]), _most(found["brands"]), colours)


async def page(
    db: AsyncSession, search: Search, *, start: int, size: int, options: Sequence[ExecutableOption] = (), latest: bool = True,
) -> tuple[list[Product], Found]:  # fmt: skip
    """One page of the products that are found, and all that was found."""
    found = await find(db, search, latest=latest)
    ids = found.page(start, size)
    rows = await db.scalars(select(Product).where(Product.id.in_(ids)).options(*options))
    by_id = {product.id: product for product in rows}
    return [by_id[id] for id in ids if id in by_id], found


async def _among(db: AsyncSession, index: Index, search: Search) -> np.ndarray | None:
    """A bool for each variant: what the index does not know, since it changes by itself."""
    kept, masks = indexing.of(db), []
    if search.here:
        masks.append(await kept.held(db, index, search.here))
    if search.stock in ("in", "out"):
        some = index.with_products(await kept.held(db, index) & index.table.sold)
        masks.append(some if search.stock == "in" else ~some)
    if search.picture in ("missing", "refused"):
        ids = writing.rows(db, _without_picture(refused=search.picture == "refused"))
        masks.append(index.with_products(index.places([id async for (id,) in ids])))
    return np.logical_and.reduce(masks) if masks else None


async def _coded(db: AsyncSession, words: str) -> list[str]:
    """The products that have this very id, or a variant with it or with this GTIN."""
    exact = words.strip()
    if not 0 < len(exact) <= LONGEST_CODE or "\0" in exact:
        return []
    gtin = exact.replace(" ", "").zfill(14)
    variants = select(Variant.product_id).where((Variant.id == exact) | (Variant.gtin == gtin))
    return list(dict.fromkeys(await db.scalars(select(Product.id).where(Product.id == exact).union(variants))))


def _without_picture(*, refused: bool) -> Select[tuple[str]]:
    query = select(Variant.id).outerjoin(Image, Image.id == Variant.image_id).where(Variant.withdrawn_at.is_(None))
    state = Image.state == "refused" if refused else Image.state.is_distinct_from("ready")
    return query.where(state)


def _most(counts: Counter[str]) -> Counter[str]:
    """The most common, in the order of their names."""
    return Counter(dict(sorted(counts.most_common(MOST_CHOICES))))
