"""Chooses the variant that stands for its product where only one is shown."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import and_, case, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.models import Image, Stock, Variant
from catalog.searching import folded
from catalog.stocking import in_store

MOST_VARIANTS = 4000
"""Of the products on a page, to choose those that stand for them from."""


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


async def candidates(db: AsyncSession, products: list[str], store_id: str) -> dict[str, list[Candidate]]:
    """The variants that are sold of these products, by product; `here` as the store has them."""
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
