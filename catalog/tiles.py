"""Products as tiles: each in the room of a variant's own colour, with its shades, price and what is the matter with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.models import Image, Product, Stock, Store, Variant
from catalog.pricing import price_at, written
from catalog.stocking import in_store
from server.core import colour
from server.core.clock import now

STONE = "#8b8580"
"""The room of what has no colour of its own."""
SHADES = 9


@dataclass(frozen=True, kw_only=True)
class Tile:
    """A product at a glance."""

    product: Product
    lead: Variant
    """The variant that stands for it: that fits best what was looked for, with a picture, of those that are sold."""
    picture: str | None
    """Digest of its smallest rendition that still looks sharp on a tile."""
    room: colour.Room
    shades: tuple[tuple[str, str], ...]
    """(swatch, name), the first few."""
    variants: int
    price: str
    stores: int
    """How many stores have some of it."""
    counted: bool
    """Whether any store has told what it has."""
    trouble: str


async def tiles(
    db: AsyncSession, products: Sequence[Product], fits: Mapping[str, float] = MappingProxyType({})
) -> list[Tile]:
    """The tiles of a page of products; `fits` says how well a variant is what was looked for."""
    ids = [product.id for product in products]
    images = select(Variant, Image).outerjoin(Image, Image.id == Variant.image_id)
    found: dict[str, list[tuple[Variant, Image | None]]] = {id: [] for id in ids}
    for variant, image in await db.execute(images.where(Variant.product_id.in_(ids)).order_by(Variant.id)):
        found[variant.product_id].append((variant, image))
    holding = await _holding(db, ids)
    return [
        _tile(product, found[product.id], holding.get(product.id, (0, 0)), fits)
        for product in products
        if found[product.id]
    ]


def thumbnail(image: Image | None, width: int = 400) -> str | None:
    """The smallest rendition that is at least so wide, or the widest there is."""
    renditions = image.renditions if image and image.state == "ready" else []
    wide = [one for one in renditions if one["width"] >= width]
    return (
        min(wide, key=lambda one: one["width"])["digest"] if wide else renditions[-1]["digest"] if renditions else None
    )


def _tile(
    product: Product, rows: list[tuple[Variant, Image | None]], holding: tuple[int, int], fits: Mapping[str, float]
) -> Tile:
    sold = [row for row in rows if row[0].withdrawn_at is None]
    shown = sold or rows
    lead, image = max(shown, key=lambda row: (fits.get(row[0].id, 0.0), thumbnail(row[1]) is not None))
    shades = {variant.swatch: variant.colour for variant, _ in shown if variant.swatch}
    return Tile(
        product=product, lead=lead, picture=thumbnail(image), room=colour.room(lead.swatch or STONE),
        shades=tuple(shades.items())[:SHADES], variants=len(shown), price=_price([variant for variant, _ in shown]),
        counted=holding[0] > 0, stores=holding[1], trouble=_trouble(sold),
    )  # fmt: skip


def _price(variants: list[Variant]) -> str:
    prices = [price_at(variant, now()) for variant in variants]
    least = min(prices, key=lambda price: price.amount)
    words = written(least.amount, least.currency)
    return words if all(price.amount == least.amount for price in prices) else f"from {words}"


def _trouble(sold: list[tuple[Variant, Image | None]]) -> str:
    if not sold:
        return "withdrawn"
    refused = sum(image is not None and image.state == "refused" for _, image in sold)
    if refused:
        return "picture refused" if refused == len(sold) else f"{refused} of {len(sold)} pictures refused"
    missing = sum(thumbnail(image) is None for _, image in sold)
    if missing:
        return "no picture yet" if missing == len(sold) else f"{missing} of {len(sold)} without picture"
    return ""


async def _holding(db: AsyncSession, products: list[str]) -> dict[str, tuple[int, int]]:
    """By product: how many stores tell of it, and how many have some."""
    query = (
        select(
            Variant.product_id,
            func.count(Stock.store_id.distinct()),
            func.count(case((in_store(), Stock.store_id)).distinct()),
        )
        .join(Stock, Stock.variant_id == Variant.id)
        .join(Store, Store.id == Stock.store_id)
        .where(Variant.product_id.in_(products), Variant.withdrawn_at.is_(None), Store.withdrawn_at.is_(None))
    )
    return {id: (told, holding) for id, told, holding in await db.execute(query.group_by(Variant.product_id))}
