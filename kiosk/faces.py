"""Chooses the variant that stands for its product where only one is shown."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, case, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.models import Image, Stock, Variant
from catalog.stocking import in_store

MOST_VARIANTS = 4000
"""Of the products on a page, to choose those that stand for them from."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A variant that may stand for its product."""

    id: str
    product: str
    codes: tuple[str, str]
    """Its id and its GTIN-14."""
    pictured: bool
    here: bool


def best(candidates: Sequence[Candidate], words: str, fits: Mapping[str, float]) -> Candidate:
    """The variant that stands for its product: whose code was typed, that fits best what was looked for (`fits`, by
    variant), that the store has, that has a picture."""
    typed = {words.strip(), words.replace(" ", "").zfill(14)} - {""}
    return min(
        candidates,
        key=lambda one: (
            typed.isdisjoint(one.codes), -fits.get(one.id, 0.0), not one.here, not one.pictured, one.id,
        ),
    )  # fmt: skip


async def candidates(db: AsyncSession, products: list[str], store_id: str) -> dict[str, list[Candidate]]:
    """The variants that are sold of these products, by product; `here` as the store has them."""
    held = and_(Stock.variant_id == Variant.id, Stock.store_id == store_id)
    here, pictured = case((in_store(), 1), else_=0), case((Image.state == "ready", 1), else_=0)
    query = (
        select(Variant.id, Variant.product_id, Variant.gtin, Variant.withdrawn_at, pictured, here)
        .outerjoin(Image, Image.id == Variant.image_id).outerjoin(Stock, held)
        .where(Variant.product_id.in_(products))
    )  # fmt: skip
    found: dict[str, list[Candidate]] = defaultdict(list)
    for id, product, gtin, withdrawn_at, seen, had in await db.execute(query.limit(MOST_VARIANTS)):
        # Said to SQLite, it would go through all that is sold instead of the few products.
        if withdrawn_at is None:
            found[product].append(Candidate(id, product, (id, gtin or ""), seen > 0, had > 0))
    return found
