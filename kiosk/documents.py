"""The documents that tablets and phones get live, each a pure function of rows, and who may read them."""

from dataclasses import asdict
from typing import Any

from sqlalchemy import String, bindparam, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.models import Store
from catalog.nearby import stores_near
from catalog.stocking import MAX_AGE_SECONDS
from kiosk import keeping, places, shoppers, tickets, visits
from kiosk.models import Bag, Call, Kiosk, ShopperSession, Visit
from server.core import brand, devices, events, staff, topics
from server.core.clock import iso
from server.core.settings import LANGUAGES
from server.core.topics import Reader, document

NEAREST = 5
"""Other stores that a tablet tells of."""
WORTH_KNOWING = 1500
"""Minutes on foot, some 90 km: nobody goes farther for a lipstick."""
GRACE_SECONDS = 15
"""How long “Still there?” stands before the glass is cleared."""

# Statements that every change of a bag needs are made once: making them anew costs more than running them.
HELD = bindparam("bag", type_=String)
OPEN = Visit.ended_at.is_(None)
OPEN_HERE = (
    select(Visit.id)
    .where(Visit.kiosk_id == bindparam("kiosk"), OPEN, or_(Visit.bag_id == HELD, Visit.own_bag_id == HELD))
    .limit(1)
)
BAG = select(Bag).where(Bag.id == HELD)
TABLETS = (
    select(Visit.id, Kiosk.name, Store.name, Visit.began_at)
    .join(Kiosk, Kiosk.id == Visit.kiosk_id)
    .join(Store, Store.id == Kiosk.store_id)
    .where(Visit.bag_id == HELD, OPEN)
    .order_by(Visit.began_at, Visit.id)
    .limit(5)
)


# -- who may read -------------------------------------------------------------------------------------------------


async def _own(db: AsyncSession, reader: Reader, id: str) -> bool:
    return reader.kind == "staff" or (reader.kind == "device" and reader.id == id)


async def _own_store(db: AsyncSession, reader: Reader, id: str) -> bool:
    if reader.kind == "staff":
        return True
    kiosk = await db.get(Kiosk, reader.id) if reader.kind == "device" else None
    return kiosk is not None and kiosk.store_id == id


async def _own_floor(db: AsyncSession, reader: Reader, id: str) -> bool:
    """Staff, and of associates those of that store."""
    if reader.kind != "associate":
        return reader.kind == "staff"
    session = await db.get(staff.StaffSession, reader.id)
    person = await db.get(staff.Staff, session.staff_id) if session else None
    return person is not None and person.store_id == id


async def _has_bag(db: AsyncSession, reader: Reader, id: str) -> bool:
    """A tablet while its visit lasts, and the browser or the customer that the bag belongs to; staff never."""
    if reader.kind == "device":
        return await db.scalar(OPEN_HERE, {"kiosk": reader.id, "bag": id}) is not None
    session = await db.get(ShopperSession, reader.id) if reader.kind == "shopper" else None
    own = await shoppers.bag_of(db, session) if session else None
    if own is None or await db.get(Bag, id) is None:
        return False
    return (await keeping.where(db, id))[0] == (await keeping.where(db, own.id))[0]


# -- tablet -------------------------------------------------------------------------------------------------------


@document("kiosk", readers=_own)
async def kiosk_document(db: AsyncSession, id: str) -> dict[str, Any] | None:
    """What a tablet is, where it stands, and what goes on at it."""
    kiosk = await db.get(Kiosk, id)
    device = await db.get(devices.Device, id) if kiosk else None
    if kiosk is None or device is None or device.revoked_at:
        return None
    store = await db.get_one(Store, kiosk.store_id)
    return {
        "kiosk": id, "name": kiosk.name, "language": kiosk.language, "languages": list(LANGUAGES),
        "idle_seconds": kiosk.idle_seconds, "grace_seconds": GRACE_SECONDS, "reload": kiosk.reloads,
        "screen": kiosk.screen_id, "brand": asdict(await brand.current(db)), "store": places.told(store),
        "nearest": await _nearest(db, store), "range": f"range:{store.id}", "stock_max_age_seconds": MAX_AGE_SECONDS,
        "visit": await _visit(db, id),
    }  # fmt: skip


async def _visit(db: AsyncSession, kiosk_id: str) -> dict[str, Any] | None:
    visit = await visits.open_at(db, kiosk_id)
    if visit is None:
        return None
    ticket, bag = await tickets.newest(db, visit), await db.get_one(Bag, visit.bag_id)
    call = await db.scalar(select(Call).where(Call.visit_id == visit.id).order_by(Call.id.desc()).limit(1))
    return {
        "id": visit.id, "bag": visit.bag_id, "own_bag": visit.own_bag_id, "customer": bag.customer_id is not None,
        "taken_at": iso(visit.taken_at),
        "ticket": {"state": ticket.state, "number": ticket.number if ticket.state == "asked" else None} if ticket else None,
        "call": {"answered_by": call.answered_by, "made_at": iso(call.made_at)} if call and not call.ended_at else None,
    }  # fmt: skip


async def _nearest(db: AsyncSession, store: Store) -> list[dict[str, Any]]:
    found = await stores_near(db, store.latitude, store.longitude, minutes=WORTH_KNOWING, most=NEAREST + 1)
    near = [one for one in found if one.store_id != store.id][:NEAREST]
    rows = await db.scalars(select(Store).where(Store.id.in_([one.store_id for one in near])))
    others = {one.id: one for one in rows}
    return [places.told(others[one.store_id]) | {"metres": one.metres, "minutes": one.minutes} for one in near]


# -- bag ----------------------------------------------------------------------------------------------------------


@document("bag", readers=_has_bag)
async def bag_document(db: AsyncSession, id: str) -> dict[str, Any] | None:
    """What is in a bag, with the ids of the adds that a removal has to name; of one that was taken up, only where it went."""
    bag = await db.scalar(BAG, {"bag": id})
    if bag is None:
        return None
    if bag.moved_to is not None:
        return {"gone": True, "moved": (await keeping.where(db, id))[0]}
    items = [
        {"variant": item.variant, "adds": list(item.adds), "at": iso(item.at), "seen": item.seen}
        for item in await keeping.contents(db, bag)
    ]
    return {
        "bag": id, "customer": bag.customer_id is not None, "items": items, "tablets": await _tablets(db, id),
    }  # fmt: skip


async def _tablets(db: AsyncSession, bag_id: str) -> list[dict[str, Any]]:
    """The tablets that have it open now."""
    return [
        {"visit": visit, "kiosk": kiosk, "store": store, "since": iso(began_at)}
        for visit, kiosk, store, began_at in await db.execute(TABLETS, {"bag": bag_id})
    ]


# -- range and console --------------------------------------------------------------------------------------------


@document("range", readers=_own_store)
async def range_document(db: AsyncSession, id: str) -> dict[str, Any] | None:
    """That a store's range has changed; tablets fetch it."""
    store = await db.get(Store, id)
    return None if store is None or store.withdrawn_at else {"store": id, "name": store.name}


@document("kiosks", readers=topics.staff_only)
async def kiosks_document(db: AsyncSession, id: str) -> dict[str, Any]:
    """That something about tablets, visits or calls has changed; pages fetch the rest."""
    return {"calls": await db.scalar(select(func.count()).select_from(Call).where(Call.ended_at.is_(None))) or 0}


@document("floor", readers=_own_floor)
async def floor_document(db: AsyncSession, id: str) -> dict[str, Any] | None:
    """That something on a store's floor has changed, and how many wait there for somebody."""
    if await db.get(Store, id) is None:
        return None
    waiting = select(func.count()).select_from(Call).where(Call.store_id == id, Call.ended_at.is_(None))
    return {"store": id, "waiting": await db.scalar(waiting.where(Call.answered_at.is_(None))) or 0}


# -- what changes them --------------------------------------------------------------------------------------------


@events.on(events.CatalogueImported)
async def _new_range(db: AsyncSession, event: events.CatalogueImported) -> None:
    topics.note(db, *(f"range:{id}" for id in await db.scalars(select(Kiosk.store_id).distinct())))
    if event.kind == "stores":
        await _every_kiosk(db)


@events.on(events.BrandChanged)
async def _new_look(db: AsyncSession, event: events.BrandChanged) -> None:
    await _every_kiosk(db)


async def _every_kiosk(db: AsyncSession) -> None:
    topics.note(db, *(f"kiosk:{id}" for id in await db.scalars(select(Kiosk.id))))
