"""Visits: one shopper at one tablet, from the first touch until the glass is cleared."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from kiosk import keeping
from kiosk.models import Bag, Call, Kiosk, Ticket, Visit
from kiosk.noting import note_floor
from server.core import topics
from server.core.clock import now
from server.core.database import Database
from server.core.errors import BadInput, NotFound
from server.core.security import digest, is_uuid, same

ENDINGS = ("shopper", "idle", "phone", "staff", "lost")
UNHEARD = timedelta(minutes=15)
"""A visit whose tablet was not heard of for so long is over: nobody knows who stands there."""
SHORTEST_SECRET = 40


async def begin(db: AsyncSession, kiosk_id: str, *, id: str, bag_id: str, secret: str) -> Visit:
    """A visit with the bag that the tablet made for it; said again, it is heard of again. Raises BadInput or NotFound."""
    if not (is_uuid(id) and is_uuid(bag_id) and SHORTEST_SECRET <= len(secret) <= 100):
        raise BadInput("A visit and its bag have UUIDs for ids, and the bag a secret of 40 characters or more.")
    bag = await with_secret(db, bag_id, secret) if await db.get(Bag, bag_id) else None
    visit = await db.get(Visit, id)
    if visit is not None and (visit.kiosk_id != kiosk_id or visit.own_bag_id != bag_id):
        raise NotFound("There is no such visit here.")
    if visit is None:
        bag = bag or await keeping.begin(db, bag_id, secret_digest=digest(secret))
        await end_others(db, kiosk_id, but=id)
        visit = Visit(id=id, kiosk_id=kiosk_id, own_bag_id=bag_id, began_at=now(), seen_at=now())
        visit.bag_id = (await keeping.where(db, bag_id))[0]
        db.add(visit)
        await _tell(db, visit)
    visit.seen_at = now()
    if visit.ended_by == "lost":
        visit.ended_at, visit.ended_by = None, ""
        visit.bag_id = (await keeping.where(db, bag_id))[0]
        await _tell(db, visit)
    await db.flush()
    return visit


async def with_secret(db: AsyncSession, bag_id: str, secret: str) -> Bag:
    """The bag with this id, for whoever has its secret. Raises NotFound, whether there is none or the secret is wrong."""
    bag = await db.get(Bag, bag_id)
    stored = bag.secret_digest if bag and bag.secret_digest else digest("")
    if not same(stored, digest(secret)) or bag is None:
        raise NotFound("There is no such bag for you.")
    return bag


async def open_at(db: AsyncSession, kiosk_id: str) -> Visit | None:
    """The visit that goes on at a tablet."""
    query = select(Visit).where(Visit.kiosk_id == kiosk_id, Visit.ended_at.is_(None))
    return await db.scalar(query.order_by(Visit.began_at.desc()).limit(1))


async def of_kiosk(db: AsyncSession, kiosk_id: str, id: str) -> Visit:
    """An open visit of this tablet. Raises NotFound for another's, or one that is over."""
    visit = await db.get(Visit, id, with_for_update=True)
    if visit is None or visit.kiosk_id != kiosk_id or visit.ended_at:
        raise NotFound("There is no such visit here, or it is over.")
    return visit


async def end(db: AsyncSession, visit: Visit, *, by: str) -> None:
    """The tablet forgets; what it could read of the bag it can read no more. Doing so twice is the same."""
    if visit.ended_at is None:
        visit.ended_at, visit.ended_by = now(), by if by in ENDINGS else "shopper"
        for ticket in await db.scalars(
            select(Ticket).where(Ticket.visit_id == visit.id, Ticket.state.in_(("shown", "asked")))
        ):
            ticket.state = "refused"
        for call in await db.scalars(select(Call).where(Call.visit_id == visit.id, Call.ended_at.is_(None))):
            call.ended_at = now()
        await _tell(db, visit)


async def end_others(db: AsyncSession, kiosk_id: str, *, but: str) -> None:
    """A tablet has one visit: whatever else went on there is over."""
    for visit in await db.scalars(
        select(Visit).where(Visit.kiosk_id == kiosk_id, Visit.ended_at.is_(None), Visit.id != but)
    ):
        await end(db, visit, by="lost")


async def end_unheard(database: Database) -> int:
    """End visits whose tablet has been silent for too long; returns how many."""
    async with database.transaction() as db:
        silent = select(Visit).where(Visit.ended_at.is_(None), Visit.seen_at < now() - UNHEARD)
        found = list(await db.scalars(silent.limit(500)))
        for visit in found:
            await end(db, visit, by="lost")
    return len(found)


async def in_progress(db: AsyncSession, bag_id: str) -> list[tuple[Visit, datetime]]:
    """The visits that have this bag open, with when they began."""
    query = select(Visit).where(Visit.bag_id == bag_id, Visit.ended_at.is_(None)).order_by(Visit.began_at)
    return [(visit, visit.began_at) for visit in await db.scalars(query.limit(10))]


async def _tell(db: AsyncSession, visit: Visit) -> None:
    topics.note(db, f"kiosk:{visit.kiosk_id}", f"device:{visit.kiosk_id}", f"bag:{visit.bag_id}")
    note_floor(db, (await db.get_one(Kiosk, visit.kiosk_id)).store_id)
