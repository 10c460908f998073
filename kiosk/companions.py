"""Asks the catalogue for what may go with an item, a bounded number, and tells of what does."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.companions import ANYBODY, MOST, NEAR, Companion, Piece, companions, kind, near
from catalog.models import Product, Stock, Variant
from catalog.shades import NEXT, Shade, next_to
from catalog.stocking import in_store
from kiosk import items
from kiosk.items import Row

MOST_LOOKED_AT = 300
"""Candidates for one kind of reason; those that the store has come first."""


async def beside(
    db: AsyncSession, row: Row, *, store_id: str, looks: Mapping[str, str], at: datetime
) -> list[dict[str, Any]]:
    """[{"item", "why", "data"}] of what goes with an item, the best first; `looks` as catalog.companions has them."""
    return await _told(db, await _found(db, _piece(row.variant, row.product), store_id, looks), store_id, at)


async def shades_beside(db: AsyncSession, row: Row, *, store_id: str, at: datetime) -> list[dict[str, Any]]:
    """[{"item", "why", "data"}] of the shades next to an item's, of its product or kind, what the store has first."""
    own = _piece(row.variant, row.product)
    if not own.swatch:
        return []
    family = Variant.product_id == own.product
    alike = and_(Product.product_type == own.type, Variant.swatch.in_(await _alike(db, own, within=NEXT, most=200)))
    such = or_(family, alike) if own.type else family
    others = await _pieces(db, store_id, such, Variant.swatch.is_not(None), Variant.id != own.variant)
    return await _told(db, next_to(own, others), store_id, at)


async def _told(
    db: AsyncSession, found: Sequence[Companion | Shade], store_id: str, at: datetime
) -> list[dict[str, Any]]:
    told = {one.variant.id: one for one in await items.by_ids(db, [one.variant for one in found], store_id=store_id)}
    return [
        {"item": items.told(told[one.variant], at=at), "why": one.why, "data": dict(one.data)}
        for one in found
        if one.variant in told
    ]


async def _found(db: AsyncSession, own: Piece, store_id: str, looks: Mapping[str, str]) -> tuple[Companion, ...]:
    """By look and colour; by brand only where these leave room, and where there are other brands to tell it from."""
    swatches = await _alike(db, own)
    such = or_(Variant.swatch.in_(swatches), Variant.id.in_(looks))
    others = await _pieces(db, store_id, such, *_of_other_kinds(own)) if swatches or looks else []
    found = companions(replace(own, brand=""), others, looks=looks)
    if len(found) == MOST or not await _tells_apart(db, own.brand):
        return found
    return companions(
        own, [*others, *await _pieces(db, store_id, Product.brand == own.brand, *_of_other_kinds(own))], looks=looks
    )


async def _alike(db: AsyncSession, own: Piece, *, within: float = NEAR, most: int = 60) -> list[str]:
    """The colours near to this one's that variants have."""
    if not own.swatch:
        return []
    swatches = await db.scalars(select(Variant.swatch).where(Variant.swatch.is_not(None)).distinct())
    return near(own.swatch, swatches, most, within=within)


async def _pieces(db: AsyncSession, store_id: str, *such: ColumnElement[bool]) -> list[Piece]:
    here = case((in_store(), 1), else_=0)
    held = and_(Stock.variant_id == Variant.id, Stock.store_id == store_id)
    query = (
        select(
            Variant.id, Variant.product_id, Product.product_type, Product.brand, Variant.colour, Variant.swatch,
            Variant.gender, here,
        ).join(Product, Product.id == Variant.product_id).outerjoin(Stock, held)
        .where(Variant.withdrawn_at.is_(None), *such)
        .order_by(here.desc(), Variant.id).limit(MOST_LOOKED_AT)
    )  # fmt: skip
    return [
        Piece(variant=id, product=product, type=type, brand=brand, colour=colour, swatch=swatch, gender=gender, here=here > 0)
        for id, product, type, brand, colour, swatch, gender, here in await db.execute(query)
    ]  # fmt: skip


def _of_other_kinds(own: Piece) -> list[ColumnElement[bool]]:
    """What no rule would let through is not worth reading."""
    own_kind = kind(own.type)
    others = [
        Variant.product_id != own.product,
        Product.product_type != own_kind,
        ~Product.product_type.startswith(f"{own_kind} > ", autoescape=True),
    ]
    return others if own.gender in ANYBODY else [*others, Variant.gender.in_((own.gender, *ANYBODY))]


async def _tells_apart(db: AsyncSession, brand: str) -> bool:
    """Whether a brand says anything of an item: a house with one brand has it on everything."""
    other = select(Product.id).where(Product.brand != brand, Product.brand != "")
    return bool(brand) and await db.scalar(other.limit(1)) is not None


def _piece(variant: Variant, product: Product) -> Piece:
    return Piece(
        variant=variant.id, product=product.id, type=product.product_type, brand=product.brand, colour=variant.colour,
        swatch=variant.swatch, gender=variant.gender,
    )  # fmt: skip
