"""Stores as tablets and phones are told of them, and what a store has."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.models import Stock, Store
from server.core.clock import iso

MOST_STORES = 1000


def told(store: Store) -> dict[str, Any]:
    """Where a store is and when it is open."""
    return {
        "id": store.id, "name": store.name, "address": store.address, "latitude": store.latitude, "longitude": store.longitude,
        "time_zone": store.time_zone, "hours": store.hours.get("hours", {}), "exceptions": store.hours.get("exceptions", {}),
    }  # fmt: skip


def held(stock: Stock) -> dict[str, Any]:
    """What a store has of a variant, and as of when; quantity None where it counts nothing."""
    return {"quantity": stock.quantity, "availability": stock.availability, "as_of": iso(stock.as_of)}


async def known(db: AsyncSession, id: str) -> Store | None:
    """A store that is open to shoppers; None for any other id."""
    store = await db.get(Store, id) if id and "\0" not in id else None
    return store if store and store.withdrawn_at is None else None


async def all_of(db: AsyncSession) -> list[Store]:
    """The stores, by name; the first thousand."""
    query = select(Store).where(Store.withdrawn_at.is_(None)).order_by(Store.name, Store.id)
    return list(await db.scalars(query.limit(MOST_STORES)))


async def stock_of(db: AsyncSession, store: Store, variants: Iterable[str]) -> dict[str, dict[str, Any]]:
    """What a store has of these variants, by variant; those that it does not list are left out."""
    query = select(Stock).where(Stock.store_id == store.id, Stock.variant_id.in_(list(variants)))
    return {row.variant_id: held(row) for row in await db.scalars(query.order_by(Stock.variant_id))}
