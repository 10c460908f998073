"""All that a tablet's or phone's page of one item shows."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.finding import is_id
from catalog.links import safe_link
from catalog.models import Stock, Store, Variant
from catalog.stocking import has
from catalog.walking import haversine
from kiosk import companions, items, places
from kiosk.alike import said_of_alike
from kiosk.items import Row
from server.core import emoji
from server.core.clock import iso
from social import talk

MOST_SIBLINGS = 400
"""Variants of its product that are looked at."""
MOST_SHADES = 120
MOST_PLACES = 200


async def page(db: AsyncSession, id: str, *, store: Store | None, at: datetime) -> dict[str, Any] | None:
    """An item with its words, shades and sizes, the stores that have it, what goes with it, the shades next to its own, and
    what people say of it and of what is like it; as seen from a store, where one is named.

    None for an id that nobody knows. What is no longer sold is told of too: a bag or a printed code may lead to it.
    """
    store_id = store.id if store else ""
    family = await _family(db, id, store_id) if is_id(id) else []
    own = next((row for row in family if row.variant.id == id), None)
    if own is None:
        return None
    [whole] = await items.rows(db, items.query(whole=True).where(Variant.id == id))
    alike = await said_of_alike(db, own, store_id=store_id, at=at)
    trends = await talk.trends_of(db, id, at=at)
    said = await talk.said_of(db, [row.variant.id for row in family], at=at)
    sold = sorted((row for row in family if row.variant.withdrawn_at is None), key=lambda row: row.variant.id)
    return {
        "item": items.told(own, at=at) | {"about": items.about(whole)},
        "shades": await items.all_told(shades(own, sold), at=at),
        "sizes": await items.all_told(sizes(own, sold), at=at),
        "stock": await _stock(db, id, store),
        "goes_with": await companions.beside(db, own, store_id=store_id, looks=_looks(trends), at=at),
        "next_to": await companions.shades_beside(db, own, store_id=store_id, at=at),
        "said": [_told(one) for one in said],
        "alike": [{"post": _told(one), **of} for one, of in alike if one not in said],
        "trends": [{"word": one.word, "kind": one.kind} for one in trends],
    }


def shades(own: Row, sold: Iterable[Row]) -> list[Row]:
    """One variant for each colour of the product, the item itself among them: of several sizes that of the item's own.

    Empty where there is no other colour.
    """
    found: dict[str, Row] = {}
    for row in sold:
        before = found.get(row.variant.colour)
        if row.variant.colour and (before is None or _liker(own, row, before)):
            found[row.variant.colour] = row
    others = found.keys() - {own.variant.colour}
    return list(found.values())[:MOST_SHADES] if others else []


def _liker(own: Row, row: Row, than: Row) -> bool:
    """Whether a row is the item itself, or of its size where the other is not."""
    if row.variant.id == own.variant.id or than.variant.id == own.variant.id:
        return row.variant.id == own.variant.id
    return row.variant.size == own.variant.size != than.variant.size


def sizes(own: Row, sold: Iterable[Row]) -> list[Row]:
    """One variant for each size of the item's colour, itself among them. Empty where there is no other size."""
    found: dict[str, Row] = {}
    for row in sold:
        same = row.variant.colour == own.variant.colour and row.variant.size
        if same and (row.variant.size not in found or row.variant.id == own.variant.id):
            found[row.variant.size] = row
    return list(found.values()) if found.keys() - {own.variant.size} else []


async def _family(db: AsyncSession, id: str, store_id: str) -> list[Row]:
    """The variants of the product that has this one, which comes first."""
    product = select(Variant.product_id).where(Variant.id == id).scalar_subquery()
    query = items.query(store_id).where(Variant.product_id == product)
    return await items.rows(db, query.order_by(Variant.id != id, Variant.id).limit(MOST_SIBLINGS))


async def _stock(db: AsyncSession, id: str, store: Store | None) -> list[dict[str, Any]]:
    """What each store has of it: the one that asks first, then those that have it, the nearest first."""
    query = select(Stock, Store).join(Store, Store.id == Stock.store_id).where(Stock.variant_id == id)
    rows = (await db.execute(query.where(Store.withdrawn_at.is_(None)))).all()
    rows = sorted(rows, key=lambda row: _rank(*row, store))
    return [{"store": there.id} | places.held(stock) for stock, there in rows[:MOST_PLACES]]


def _looks(trends: Iterable[talk.Rising]) -> dict[str, str]:
    """The variants that people show together with it, each with the first word under which they do."""
    looks: dict[str, str] = {}
    for trend in trends:
        for variant in trend.variants:
            looks.setdefault(variant, trend.word)
    return looks


def _told(said: talk.Said) -> dict[str, Any]:
    return {
        "network": said.network, "author": said.author, "handle": said.handle, "avatar": said.avatar, "text": said.text,
        "pieces": [[piece, icon or ""] for piece, icon in emoji.split(said.text)],
        "lang": said.lang, "created_at": iso(said.created_at), "url": safe_link(said.url), "edited": said.edited,
        "pictures": list(said.pictures), "alts": list(said.alts),
    }  # fmt: skip


def _rank(stock: Stock, there: Store, store: Store | None) -> tuple[Any, ...]:
    if store is None:
        return (True, not has(stock), 0, there.name, there.id)
    metres = haversine(store.latitude, store.longitude, there.latitude, there.longitude)
    return (there.id != store.id, not has(stock), metres, there.name, there.id)
