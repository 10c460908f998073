"""Asking for somebody: a shopper at a tablet calls, an associate of that store answers, and the tablet says who is coming."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from kiosk.models import Call, Kiosk, Visit
from kiosk.noting import note_floor
from server.core import topics
from server.core.clock import now
from server.core.errors import Conflict, NotFound


async def call(db: AsyncSession, kiosk: Kiosk, visit: Visit) -> Call:
    """Call for an associate, unless somebody is called already."""
    standing = await _standing(db, visit)
    if standing is not None:
        return standing
    await db.refresh(kiosk)  # somebody may have moved it meanwhile
    made = Call(visit_id=visit.id, kiosk_id=kiosk.id, store_id=kiosk.store_id, made_at=now())
    db.add(made)
    _tell(db, made)
    return made


async def cancel(db: AsyncSession, visit: Visit) -> None:
    """The shopper needs nobody any more."""
    if standing := await _standing(db, visit):
        standing.ended_at = now()
        _tell(db, standing)


async def moved(db: AsyncSession, kiosk: Kiosk) -> None:
    """A tablet stands in another store from now on: whoever calls there is to be heard by those of that store.

    Who was coming is of the store before, and cannot come.
    """
    await db.flush()  # the tablet is held before its visits
    visits = select(Visit.id).where(Visit.kiosk_id == kiosk.id, Visit.ended_at.is_(None))
    await db.execute(visits.order_by(Visit.id).with_for_update(key_share=True))
    calls = select(Call).where(Call.kiosk_id == kiosk.id, Call.ended_at.is_(None)).order_by(Call.id)
    for one in await db.scalars(calls.with_for_update()):
        note_floor(db, one.store_id)
        one.store_id, one.answered_at, one.answered_by = kiosk.store_id, None, ""
        _tell(db, one)


async def answer(db: AsyncSession, id: int, *, store_id: str | None, by: str) -> Call:
    """Somebody is coming. Raises NotFound for another store's call, Conflict when somebody else was first."""
    found = await _of_store(db, id, store_id)
    if found.answered_at or found.ended_at:
        raise Conflict(f"{found.answered_by or 'The shopper'} was first.")
    found.answered_at, found.answered_by = now(), by[:100]
    _tell(db, found)
    return found


async def finish(db: AsyncSession, id: int, *, store_id: str | None) -> Call:
    """The shopper has been helped. Raises NotFound for another store's call."""
    found = await _of_store(db, id, store_id)
    found.ended_at = found.ended_at or now()
    _tell(db, found)
    return found


async def open_calls(db: AsyncSession, store_id: str) -> Sequence[Call]:
    """The calls of a store that are not over, the longest waiting first."""
    query = select(Call).where(Call.store_id == store_id, Call.ended_at.is_(None)).order_by(Call.made_at)
    return (await db.scalars(query.limit(100))).all()


async def _standing(db: AsyncSession, visit: Visit) -> Call | None:
    return await db.scalar(select(Call).where(Call.visit_id == visit.id, Call.ended_at.is_(None)).limit(1))


async def _of_store(db: AsyncSession, id: int, store_id: str | None) -> Call:
    found = await db.get(Call, id, with_for_update=True)
    if found is None or store_id not in (None, found.store_id):
        raise NotFound("There is no such call in your store.")
    return found


def _tell(db: AsyncSession, call: Call) -> None:
    topics.note(db, f"kiosk:{call.kiosk_id}")
    note_floor(db, call.store_id)
