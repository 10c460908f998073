"""What a merchandiser can pick from the catalogue by typing a few letters: brands, types, products, variants."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from catalog import searching
from catalog.matching import meanings
from catalog.matching.lexicon import built_in
from catalog.matching.naming import Namer
from catalog.matching.shelf import brand_key
from catalog.models import Product, Variant
from catalog.searching import Search, folded

KINDS = ("brands", "types", "products", "variants", "exclusions", "variant", "meanings")
MOST = 12


@dataclass(frozen=True)
class Choice:
    """One thing to pick: the value that is kept, what it is called, and a word on what it is."""

    value: str
    label: str
    note: str = ""
    swatch: str | None = None


async def choices(db: AsyncSession, kind: str, words: str) -> list[Choice]:
    """What fits the typed words, the best first; for no words, the first of all."""
    if kind == "brands":
        return await _brands(db, words)
    if kind == "types":
        return await _types(db, words)
    if kind in ("variants", "variant"):
        return await _variants(db, words)
    if kind == "products":
        return await _products(db, words)
    if kind == "meanings":
        return await _meanings(db, words)
    mixed = [await _brands(db, words), await _types(db, words), await _products(db, words), await _variants(db, words)]
    return [choice for some in mixed for choice in some[: MOST // 3]][:MOST] if words.strip() else mixed[0]


async def _brands(db: AsyncSession, words: str) -> list[Choice]:
    query = (
        select(Product.brand, func.count()).where(Product.brand != "").group_by(Product.brand).order_by(Product.brand)
    )
    rows = (await db.execute(query)).all()
    return [Choice(name, name, f"brand, {count} products") for name, count in rows if _holds(name, words)][:MOST]


async def _types(db: AsyncSession, words: str) -> list[Choice]:
    query = select(Product.product_type, func.count()).where(Product.product_type != "").group_by(Product.product_type)
    counts: dict[str, int] = {}
    for path, count in (await db.execute(query)).all():
        for beginning in _beginnings(path):
            counts[beginning] = counts.get(beginning, 0) + count
    found = [
        Choice(path, path, f"type, {count} products") for path, count in sorted(counts.items()) if _holds(path, words)
    ]
    return sorted(found, key=lambda one: not _holds(one.label.rpartition(" > ")[2], words))[:MOST]


async def _meanings(db: AsyncSession, words: str) -> list[Choice]:
    """What a word of a feed can mean, as `kind:concept`: what the lexicon knows, then what the catalogue has."""
    known = meanings.choices(words, await _own_types(db), MOST)
    found = [Choice(f"{one.kind}:{one.concept}", one.label, one.note, one.swatch) for one in known]
    if not words.strip():
        return found
    brands = [Choice(f"brand:{brand_key(one.value)}", one.label, one.note) for one in await _brands(db, words)]
    products = [replace(one, value=f"product:{one.value}") for one in await _products(db, words)]
    variants = [replace(one, value=f"variant:{one.value}") for one in await _variants(db, words)]
    return [*found, *brands[: MOST // 3], *products[: MOST // 2], *variants[: MOST // 2]]


async def _own_types(db: AsyncSession) -> list[str]:
    """Kinds of item that the lexicon has no name for, as this shop names them."""
    query = select(Product.product_type, Product.google_category).distinct()
    named = {name for row in await db.execute(query) for name in _namer().types(*row)}
    return sorted(name for name in named if name.startswith("own:"))


@lru_cache(maxsize=1)
def _namer() -> Namer:
    return Namer(built_in())


def _beginnings(path: str) -> Iterable[str]:
    steps = path.split(" > ")
    return (" > ".join(steps[:count]) for count in range(1, len(steps) + 1))


async def _products(db: AsyncSession, words: str) -> list[Choice]:
    return [
        Choice(
            one.id,
            one.title,
            f"{one.brand}, {len(one.variants)} variants",
            next((v.swatch for v in one.variants if v.swatch), None),
        )
        for one in (await _found(db, words))[0]
    ]


async def _variants(db: AsyncSession, words: str) -> list[Choice]:
    products, fits = await _found(db, words)
    found: list[Choice] = []
    for product in products:
        live = [one for one in product.variants if one.withdrawn_at is None]
        found += [_variant(product, one) for one in sorted(live, key=lambda one: -fits.get(one.id, 0.0))]
    return found[: MOST * 2]


async def _found(db: AsyncSession, words: str) -> tuple[list[Product], dict[str, float]]:
    """Products, and how well each of their variants fits the words."""
    whole = [selectinload(Product.variants)]
    products, found = await searching.page(db, Search(words=words), start=0, size=MOST, options=whole)
    return products, found.fits(0, MOST)


def _variant(product: Product, one: Variant) -> Choice:
    label = f"{product.title}, {one.colour}" if one.colour else one.title
    return Choice(one.id, label, ", ".join(filter(None, (one.size, one.id))), one.swatch)


def _holds(name: str, words: str) -> bool:
    plain = folded(name)
    return all(word in plain for word in folded(words).split())
