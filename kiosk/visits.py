"""Visits: one shopper at one tablet, from the first touch until the glass is cleared."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from kiosk import keeping, locks
from kiosk.keeping import ROW
from kiosk.models import Bag, Call, Kiosk, Ticket, Visit
from kiosk.noting import note_floor
from server.core import topics
from server.core.clock import Leaps, now
from server.core.database import Database
from server.core.errors import BadInput, NotFound
from server.core.security import digest, is_uuid, same
from server.core.tables import add_unless_there

ENDINGS = ("shopper", "idle", "phone", "staff", "lost")
UNHEARD = timedelta(minutes=15)
"""A visit whose tablet was not heard of for so long is over: nobody knows who stands there."""
leaps = Leaps()
SHORTEST_SECRET = 40
NOBODYS = "0" * 64
"""Compared with where a bag has no secret, as one that a phone began: no secret has this digest."""


async def begin(db: AsyncSession, kiosk_id: str, *, id: str, bag_id: str, secret: str) -> Visit:
    """A visit with the bag that the tablet made for it; said again, it is heard of again. Raises BadInput or NotFound."""
    if not is_uuid(id):
        raise BadInput("A visit has a UUID for an id.")
    await _one_after_another(db, kiosk_id)
    known = await db.get(Bag, bag_id) is not None
    bag = await made_with(db, bag_id, secret)
    visit = await _locked(db, id)
    if (
        visit is None and not known
    ):  # a bag's secret lets operations in, and must not open it anew to whoever comes next
        visit = await _new(db, kiosk_id, id, bag)
    if visit is None or visit.kiosk_id != kiosk_id or visit.own_bag_id != bag_id:
        raise NotFound("There is no such visit here.")
    visit.seen_at = now()
    if visit.ended_by == "lost" and await open_at(db, kiosk_id) is None:
        visit.ended_at, visit.ended_by = None, ""
        await _open(db, visit, bag)
    await db.flush()
    return visit


async def _new(db: AsyncSession, kiosk_id: str, id: str, bag: Bag) -> Visit:
    await end_others(db, kiosk_id, but=id)
    values = {"kiosk_id": kiosk_id, "bag_id": bag.id, "own_bag_id": bag.id, "began_at": now(), "seen_at": now()}
    await add_unless_there(db, Visit, id=id, ended_by="", **values)
    visit = await db.get_one(Visit, id, with_for_update=ROW, populate_existing=True)
    if visit.kiosk_id == kiosk_id:
        await _open(db, visit, bag)
    return visit


async def _open(db: AsyncSession, visit: Visit, bag: Bag) -> None:
    """Open at the tablet what its bag has become by now."""
    visit.bag_id = (await keeping.locked(db, bag))[0].id
    await _tell(db, visit)


async def _one_after_another(db: AsyncSession, kiosk_id: str) -> None:
    """Hold the tablet: of two visits that begin at it at once, the second ends the first."""
    await db.execute(select(Kiosk.id).where(Kiosk.id == kiosk_id).with_for_update(key_share=True))


async def made_with(db: AsyncSession, bag_id: str, secret: str) -> Bag:
    """The bag that a tablet made, begun here where it was not heard of yet. Raises BadInput, or NotFound for a wrong secret."""
    if not (is_uuid(bag_id) and SHORTEST_SECRET <= len(secret) <= 100):
        raise BadInput("A visit's bag has a UUID for an id, and a secret of 40 characters or more.")
    if await db.get(Bag, bag_id) is None:
        # Two requests may both have found it missing.
        await add_unless_there(db, Bag, id=bag_id, secret_digest=digest(secret), created_at=now(), touched_at=now())
    return await with_secret(db, bag_id, secret)


async def with_secret(db: AsyncSession, bag_id: str, secret: str) -> Bag:
    """The bag with this id, for whoever has its secret. Raises NotFound, whether there is none or the secret is wrong."""
    bag = await db.get(Bag, bag_id)
    stored = (bag.secret_digest if bag else None) or NOBODYS
    if not same(stored, digest(secret)) or bag is None:
        raise NotFound("There is no such bag for you.")
    return bag


async def open_at(db: AsyncSession, kiosk_id: str) -> Visit | None:
    """The visit that goes on at a tablet."""
    query = select(Visit).where(Visit.kiosk_id == kiosk_id, Visit.ended_at.is_(None))
    return await db.scalar(query.order_by(Visit.began_at.desc()).limit(1))


async def of_kiosk(db: AsyncSession, kiosk_id: str, id: str) -> Visit:
    """An open visit of this tablet, held with those that have its bag open. Raises NotFound for another's, or one that is over."""
    visit = next((one for one in await locks.visits_beside(db, id) if one.id == id), None)
    if visit is None or visit.kiosk_id != kiosk_id or visit.ended_at:
        raise NotFound("There is no such visit here, or it is over.")
    return visit


async def _locked(db: AsyncSession, id: str) -> Visit | None:
    """A visit as it is now, held until the transaction ends."""
    return await db.get(Visit, id, with_for_update=ROW, populate_existing=True)


async def end(db: AsyncSession, visit: Visit, *, by: str) -> None:
    """The tablet forgets; what it could read of the bag it can read no more. Doing so twice is the same."""
    await db.refresh(visit, with_for_update=ROW)
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
        select(Visit).where(Visit.kiosk_id == kiosk_id, Visit.ended_at.is_(None), Visit.id != but).order_by(Visit.id)
    ):
        await end(db, visit, by="lost")


async def end_unheard(database: Database) -> int:
    """End visits whose tablet has been silent for too long; returns how many. None until that is sure after the clock was set."""
    if leaps.within(UNHEARD):
        return 0
    async with database.transaction() as db:
        silent = select(Visit).where(Visit.ended_at.is_(None), Visit.seen_at < now() - UNHEARD)
        # One that is just being heard of is not silent.
        silent = silent.order_by(Visit.id).limit(500).with_for_update(key_share=True, skip_locked=True)
        found = list(await db.scalars(silent))
        for visit in found:
            await end(db, visit, by="lost")
    return len(found)


async def in_progress(db: AsyncSession, bag_id: str) -> list[Visit]:
    """The visits that have this bag open, the longest first; no more than ten."""
    query = select(Visit).where(Visit.bag_id == bag_id, Visit.ended_at.is_(None)).order_by(Visit.began_at)
    return list(await db.scalars(query.limit(10)))


async def _tell(db: AsyncSession, visit: Visit) -> None:
    topics.note(db, f"kiosk:{visit.kiosk_id}", f"device:{visit.kiosk_id}", f"bag:{visit.bag_id}")
    note_floor(db, (await db.get_one(Kiosk, visit.kiosk_id)).store_id)
