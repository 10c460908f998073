"""Items as tablets and phones are told of them: a variant with its price now, its pictures and where its page is."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Select, and_, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer

from catalog.codes import variant_address
from catalog.finding import is_id
from catalog.links import safe_link
from catalog.models import Image, Product, Stock, Variant
from catalog.money import currencies, minor_units
from catalog.pricing import price_at
from server.core import colour

MOST = 200
"""Items that are told of at once."""
LONGEST_ABOUT = 600
LONG = (Variant.description, Product.description)
"""Columns that only few readers want, and that are long."""


AT_HAND = 8
"""Items that are told of at once: a thread for so few costs more than their rooms do, which are mostly known."""


class Row(NamedTuple):
    """A variant with what belongs to it; `stock` is that of the store from which it is seen, if that lists it."""

    variant: Variant
    product: Product
    image: Image | None
    stock: Stock | None = None


def query(store_id: str | BindParameter[str] = "", *, whole: bool = False) -> Select[Any]:
    """Variants with product, picture and the stock of a store; `whole` with the long columns too."""
    here = and_(Stock.variant_id == Variant.id, Stock.store_id == store_id)
    found = select(Variant, Product, Image, Stock).join(Product, Product.id == Variant.product_id)
    found = found.outerjoin(Image, Image.id == Variant.image_id).outerjoin(Stock, here)
    return found if whole else found.options(*(defer(column, raiseload=True) for column in LONG))


# Made once: making it anew costs more than running it.
BY_IDS = query(bindparam("store")).where(Variant.id.in_(bindparam("ids", expanding=True)))


async def rows(db: AsyncSession, asked: Select[Any]) -> list[Row]:
    """The rows of a query that `query` began."""
    return [Row(*row) for row in await db.execute(asked)]


async def by_ids(db: AsyncSession, ids: Iterable[str], *, store_id: str = "") -> list[Row]:
    """The variants with these ids, in their order, whether sold or gone; unknown ids are left out."""
    wanted = [id for id in dict.fromkeys(ids) if is_id(id)]
    rows = [Row(*row) for row in await db.execute(BY_IDS, {"store": store_id, "ids": wanted})]
    found = {row.variant.id: row for row in rows}
    return [found[id] for id in wanted if id in found]


def told(row: Row, *, at: datetime) -> dict[str, Any]:
    """An item: what every list of items holds of one. `price` is None where it cannot be said."""
    variant, product, image, _ = row
    return {
        "id": variant.id, "product": product.id, "title": product.title, "brand": product.brand, "type": product.product_type,
        "colour": variant.colour, "swatch": variant.swatch, "size": variant.size, "price": _price(row, at), **_look(variant),
        "pictures": pictures(image), "link": safe_link(variant.link), "path": variant_address(variant),
        "gtin": variant.gtin, "gone": variant.withdrawn_at is not None,
    }  # fmt: skip


async def all_told(rows: Sequence[Row], *, at: datetime) -> list[dict[str, Any]]:
    """Items; many in a thread: a room that was never made before takes half a millisecond, and sockets shall not wait."""
    if len(rows) <= AT_HAND:
        return [told(row, at=at) for row in rows]
    return await asyncio.to_thread(lambda: [told(row, at=at) for row in rows])


def pictures(image: Image | None) -> list[list[Any]]:
    """[[digest, width, height]] of a picture that is there, the smallest first."""
    if image is None or image.state != "ready":
        return []
    return [[one["digest"], one["width"], one["height"]] for one in image.renditions]


def about(row: Row) -> str:
    """A variant's own words, else its product's: at most 600 characters, cut between words."""
    text = (row.variant.description or row.product.description).strip()
    if len(text) <= LONGEST_ABOUT:
        return text
    cut = text[: LONGEST_ABOUT - 1]
    return (cut[: cut.rfind(" ")] if " " in cut[-80:] else cut).rstrip(" ,;:.-–") + "…"


def _look(variant: Variant) -> dict[str, Any]:
    """The plain word for its colour, and its room: field, ink, soft and accent; None where it has no colour of its own."""
    if not variant.swatch:
        return {"family": None, "room": None}
    room = colour.room(variant.swatch)
    return {"family": colour.family(variant.swatch), "room": [room.field, room.ink, room.soft, room.accent]}


def _price(row: Row, at: datetime) -> dict[str, Any] | None:
    if row.variant.currency not in currencies():
        return None  # legal tender no more: not guessed at
    price = price_at(row.variant, at, in_store=row.stock.price if row.stock else None)
    digits = minor_units(price.currency)
    return {"amount": price.amount, "currency": price.currency, "digits": digits, "was": price.was}
