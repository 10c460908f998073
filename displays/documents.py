"""The documents that screens and console pages get live, each a pure function of rows, and who may read them."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog import walking
from catalog.models import Stock, Store, Variant
from catalog.money import currencies, minor_units
from catalog.nearby import stores_near, stores_near_each
from catalog.pricing import price_at
from catalog.stocking import MAX_AGE_SECONDS, in_store
from displays import loop
from displays.models import Campaign, LoopGroup, Screen, Shown
from displays.playing import all_evergreen, playing, published
from displays.reaching import reaches
from server.core import brand, devices, topics
from server.core.clock import iso
from server.core.database import settings_of
from server.core.tables import among
from server.core.topics import Reader, document
from social.models import Moderation, Screening

MOST_STORES = 5
MOST_SHOWN = 300
"""Variants that a store's document tells of: more would not fit, and hardly as many can play."""
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


# -- who may read -------------------------------------------------------------------------------------------------


async def _own_screen(db: AsyncSession, reader: Reader, id: str) -> bool:
    return reader.kind == "staff" or reader.id == id


async def _own_loop(db: AsyncSession, reader: Reader, key: str) -> bool:
    if reader.kind == "staff":
        return True
    screen = await db.get(Screen, reader.id)
    return screen is not None and screen.loop_key == key


async def _store_in_range(db: AsyncSession, reader: Reader, id: str) -> bool:
    if reader.kind == "staff":
        return True
    screen = await db.get(Screen, reader.id)
    return screen is not None and any(near.store_id == id for near in await nearby(db, screen))


async def _screens(db: AsyncSession, ids: Collection[str]) -> list[object]:
    """The screens among these devices, the stores near them, and the house's look."""
    screens = list(await db.scalars(select(Screen).where(among(Screen.id, ids))))
    placed = [screen for screen in screens if screen.latitude is not None]
    places = [(screen.latitude, screen.longitude, screen.range_minutes) for screen in placed]
    near = await stores_near_each(db, places, most=MOST_STORES)  # type: ignore[arg-type]
    db.info["near"] = dict(zip((screen.id for screen in placed), near, strict=True))
    return [*screens, await db.get(brand.Brand, 1)]


topics.preload.append(_screens)


# -- screen -------------------------------------------------------------------------------------------------------


async def nearby(db: AsyncSession, screen: Screen) -> list[walking.Nearby]:
    """The stores in walking range of a screen, the nearest first."""
    if screen.latitude is None or screen.longitude is None:
        return []
    if (known := db.info.get("near", {}).get(screen.id)) is not None:
        return known
    return await stores_near(db, screen.latitude, screen.longitude, minutes=screen.range_minutes, most=MOST_STORES)


@document("screen", readers=_own_screen)
async def screen_document(db: AsyncSession, id: str) -> dict[str, Any] | None:
    """What one screen is, and which stores are near it."""
    screen = await db.get(Screen, id)
    if screen is None or not screen.loop_key:
        return None
    kit, near = await brand.current(db), await nearby(db, screen)
    ids = [one.store_id for one in near]
    names = dict((await db.execute(select(Store.id, Store.name).where(Store.id.in_(ids)))).all())
    return {
        "screen": id, "name": screen.name, "loop": f"loop:{screen.loop_key}", "rotation": screen.rotation,
        "language": screen.language, "time_zone": screen.time_zone, "lease_seconds": screen.lease_seconds,
        "range_minutes": screen.range_minutes, "stock_max_age_seconds": MAX_AGE_SECONDS, "reload": screen.reloads,
        "stores": [
            {"id": one.store_id, "name": names[one.store_id], "minutes": one.minutes, "metres": round(one.metres)}
            for one in near
        ],
        "slate": slate(kit),
    }  # fmt: skip


async def no_screen(db: AsyncSession) -> dict[str, Any]:
    """What a preview stands on where no screen has been paired yet."""
    kit = await brand.current(db)
    return {
        "screen": "preview", "name": "Preview", "loop": "loop:preview", "rotation": 0, "language": settings_of(db).language,
        "time_zone": "UTC", "lease_seconds": 900, "range_minutes": 10, "stock_max_age_seconds": MAX_AGE_SECONDS,
        "reload": 0, "stores": [], "slate": slate(kit),
    }  # fmt: skip


def slate(kit: brand.BrandKit) -> dict[str, Any]:
    """The house's look, for when there is nothing else."""
    return {name: getattr(kit, name) for name in ("name", "logo", "field", "ink", "accent", "display", "text")}


# -- store --------------------------------------------------------------------------------------------------------


@document("store", readers=_store_in_range)
async def store_document(db: AsyncSession, id: str) -> dict[str, Any] | None:
    """A store's hours, and stock and prices of what is being shown."""
    return await store_facts(db, id, await shown_variants(db, id))


async def store_facts(db: AsyncSession, id: str, shown: list[str]) -> dict[str, Any] | None:
    """A store's hours, and stock and prices of these variants; a preview asks for what is not on the glass yet."""
    store = await db.get(Store, id)
    if store is None or store.withdrawn_at:
        return None
    variants = list(await db.scalars(select(Variant).where(Variant.id.in_(shown), Variant.withdrawn_at.is_(None))))
    sold = [variant.id for variant in variants]
    stock = {
        row.variant_id: row
        for row in await db.scalars(select(Stock).where(Stock.store_id == id, Stock.variant_id.in_(sold)))
    }
    as_of = await changed_at(db, f"store:{id}")
    return {
        "store": id, "name": store.name, "time_zone": store.time_zone, "hours": store.hours.get("hours", {}),
        "exceptions": store.hours.get("exceptions", {}),
        "stock": {
            key: {"quantity": row.quantity, "availability": row.availability, "as_of": iso(row.as_of)} for key, row in sorted(stock.items())
        },
        "prices": {
            variant.id: _price(variant, as_of, in_store=stock[variant.id].price if variant.id in stock else None)
            for variant in sorted(variants, key=lambda variant: variant.id)
            if variant.currency in currencies()  # one that is legal tender no more is not guessed at
        },
    }  # fmt: skip


def _price(variant: Variant, moment: datetime, *, in_store: int | None) -> dict[str, Any]:
    price = price_at(variant, moment, in_store=in_store)
    # A screen's engine may count the currency in other units than ISO 4217 does.
    return asdict(price) | {"digits": minor_units(price.currency)}


async def shown_variants(db: AsyncSession, store_id: str) -> list[str]:
    """Variants on any card that published campaigns may play now (displays.changes keeps the rows), those that the store
    has before those that it has not."""
    shown = select(Shown.variant_id).distinct().subquery()
    here = (Stock.variant_id == shown.c.variant_id) & (Stock.store_id == store_id)
    has = case((in_store(), 0), else_=1)
    query = select(shown.c.variant_id).outerjoin(Stock, here).order_by(has, shown.c.variant_id)
    return list(await db.scalars(query.limit(MOST_SHOWN)))


# -- loop ---------------------------------------------------------------------------------------------------------


@document("loop", readers=_own_loop)
async def loop_document(db: AsyncSession, key: str) -> dict[str, Any] | None:
    """What a group of screens plays."""
    group = await db.get(LoopGroup, key)
    if group is None:
        return None
    as_of = await changed_at(db, f"loop:{key}")
    campaigns = [await playing(db, one) for one in await published(db) if reaches(one.labels, group.labels)]
    return loop.build(campaigns, as_of=as_of, all_evergreen=await all_evergreen(db))


async def changed_at(db: AsyncSession, name: str) -> datetime:
    """When a topic last changed: the clock of its document, so that every process builds the same."""
    return await db.scalar(select(topics.Topic.changed_at).where(topics.Topic.name == name)) or EPOCH


# -- console ------------------------------------------------------------------------------------------------------


@document("queue", readers=topics.staff_only)
async def queue_document(db: AsyncSession, id: str) -> dict[str, Any]:
    """How many posts wait, and the newest decisions, so that two moderators see each other's."""
    waiting = dict((await db.execute(
        select(Screening.feed_id, func.count()).where(Screening.state == "waiting").group_by(Screening.feed_id)
    )).all())  # fmt: skip
    recent = await db.execute(
        select(Moderation.screening_id, Moderation.verdict, Moderation.by)
        .where(Moderation.over_at.is_(None))
        .order_by(Moderation.id.desc())
        .limit(20)
    )
    newest = await db.scalar(select(func.max(Screening.id)).where(Screening.state == "waiting"))
    decisions = [{"screening": id, "verdict": verdict, "by": by} for id, verdict, by in recent]
    return {
        "waiting": {str(feed): count for feed, count in sorted(waiting.items())},
        "newest": newest,
        "decisions": decisions,
    }


@document("screens", readers=topics.staff_only)
async def screens_document(db: AsyncSession, id: str) -> dict[str, Any]:
    """That something about the screens has changed; the page fetches the rest."""
    there = select(func.count()).select_from(Screen).where(Screen.loop_key != "", devices.genuine(Screen.id))
    return {"screens": await db.scalar(there)}


@document("campaign", readers=topics.staff_only)
async def campaign_document(db: AsyncSession, id: str) -> dict[str, Any] | None:
    """A campaign's state and counts."""
    campaign = await db.get(Campaign, int(id)) if id.isdecimal() and len(id) < 10 else None
    if campaign is None:
        return None
    approved = (
        select(func.count())
        .select_from(Moderation)
        .where(Moderation.feed_id == campaign.feed_id, Moderation.verdict == "approved", Moderation.over_at.is_(None))
    )
    return {
        "campaign": campaign.id,
        "published": campaign.published_at is not None,
        "on_air": await db.scalar(approved),
    }
