"""Each tablet has a screen of its own, which plays on it while nobody is there: it comes, changes and goes with the tablet."""

from typing import Any

from litestar import Request, post
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.models import Store
from displays import screens
from displays.models import Screen
from kiosk.api import tablet
from kiosk.models import Kiosk
from server.core import devices, topics
from server.core.database import Database
from server.core.events import CatalogueImported, KioskAdded, KioskChanged, KioskRemoved, on
from server.core.security import limiter

BY = "its tablet"
LABEL = "tablet"
"""What campaigns that are meant for tablets, or for all but these, choose by."""
SIZE = (1024, 768)
"""Until the tablet's own player says how large it is."""


@on(KioskAdded)
async def add(db: AsyncSession, event: KioskAdded) -> None:
    """Give a tablet its screen."""
    await _make(db, await db.get_one(Kiosk, event.kiosk_id))


@on(KioskChanged)
async def follow(db: AsyncSession, event: KioskChanged) -> None:
    """A screen has its tablet's name, place and language."""
    kiosk = await db.get_one(Kiosk, event.kiosk_id)
    screen = await db.get(Screen, kiosk.screen_id) if kiosk.screen_id else None
    if screen is None:
        await _make(db, kiosk)
        return
    setting = await _setting(db, kiosk)
    if _differs(screen, setting):
        await screens.change(db, screen, setting, by=BY)


@on(KioskRemoved)
async def remove(db: AsyncSession, event: KioskRemoved) -> None:
    """A screen goes with its tablet."""
    kiosk = await db.get_one(Kiosk, event.kiosk_id)
    if kiosk.screen_id:
        await screens.remove(db, await db.get_one(Screen, kiosk.screen_id), by=BY)


@on(CatalogueImported)
async def moved(db: AsyncSession, event: CatalogueImported) -> None:
    """Stores may have moved, and the tablets in them."""
    if event.kind == "stores":
        query = select(Kiosk.id).join(devices.Device, devices.Device.id == Kiosk.id)
        there = query.where(devices.Device.revoked_at.is_(None), devices.genuine(Kiosk.id))
        for id in await db.scalars(there.order_by(Kiosk.id)):
            await follow(db, KioskChanged(id))


async def _make(db: AsyncSession, kiosk: Kiosk) -> Screen:
    device = devices.create(db, kind="screen", by=BY)
    await db.flush()
    screen = await screens.add(
        db, device, await _setting(db, kiosk), width=SIZE[0], height=SIZE[1], by=BY, inside=f"/console/tablets/{kiosk.id}"
    )  # fmt: skip
    kiosk.screen_id = screen.id
    topics.note(db, f"kiosk:{kiosk.id}")
    return screen


async def _setting(db: AsyncSession, kiosk: Kiosk) -> screens.Setting:
    store = await db.get_one(Store, kiosk.store_id)
    return screens.Setting(
        name=kiosk.name, venue=store.name, latitude=store.latitude, longitude=store.longitude, time_zone=store.time_zone,
        language=kiosk.language, labels=(LABEL,),
    )  # fmt: skip


def _differs(screen: Screen, setting: screens.Setting) -> bool:
    followed = ("name", "venue", "latitude", "longitude", "time_zone", "language")
    return any(getattr(screen, name) != getattr(setting, name) for name in followed)


@post("/api/kiosk/screen", status_code=200)
async def borrow(request: Request, database: Database) -> dict[str, Any]:
    """The id and a new token of the screen that plays on this tablet; any earlier token is void."""
    async with database.transaction() as db:
        kiosk = await tablet(db, request)
        limiter.hit("attract", kiosk.id, most=60, seconds=600)
        screen = await db.get(Screen, kiosk.screen_id) if kiosk.screen_id else await _make(db, kiosk)
        return {"id": screen.id, "token": devices.issue(await db.get_one(devices.Device, screen.id))}


ROUTES = [borrow]
