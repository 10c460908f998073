"""Tickets: how a phone takes the bag of a tablet. One code, one phone, two digits to pick, and the tablet may refuse.

A code that two phones open is worth nothing to either: of the two, one looked over a shoulder.
"""

import secrets
from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.models import Store
from kiosk import claiming, locks, shoppers
from kiosk.keeping import ROW
from kiosk.models import Bag, Claim, Kiosk, ShopperSession, Ticket, Visit
from server.core import topics
from server.core.clock import now
from server.core.errors import Gone
from server.core.security import digest, new_token

LIFE = timedelta(seconds=120)
CHOICES = 6
OVER = "This code is over. Tap “Take it with me” on the tablet again, and scan the new one."
TWICE = "Two phones have opened this code, so neither got the bag. Tap “Take it with me” again, and shield the tablet."
WRONG = "That was not the number on the tablet. Nothing was taken; begin again on the tablet."


async def show(db: AsyncSession, visit: Visit) -> str:
    """A new code for the tablet to show; those before it are void."""
    # Also one that a phone has opened and not answered. What was taken stays, to be contested.
    await db.execute(delete(Ticket).where(Ticket.visit_id == visit.id, Ticket.state != "taken"))
    secret = new_token()
    db.add(Ticket(digest=digest(secret), visit_id=visit.id, expires_at=now() + LIFE, state="shown", choices=[]))
    topics.note(db, f"kiosk:{visit.kiosk_id}")
    return secret


async def open_with(db: AsyncSession, secret: str, session: ShopperSession) -> Ticket:
    """A phone has opened the code: it gets numbers to pick from, and the tablet shows the right one.

    Raises Gone for a code that is unknown, old or spent; one that another phone has opened is taken back from it.
    """
    ticket, visit = await _held(db, digest(secret))
    if ticket.asked_by == session.digest and ticket.state in ("asked", "taken"):
        return ticket  # the same browser, loading its page again
    if ticket.state in ("asked", "taken"):
        await _contest(db, ticket, visit)
        return ticket
    if ticket.state != "shown":
        raise Gone(OVER)
    picks = secrets.SystemRandom().sample(range(10, 100), CHOICES)
    ticket.state, ticket.asked_by, ticket.choices, ticket.number = "asked", session.digest, picks, secrets.choice(picks)
    topics.note(db, f"kiosk:{visit.kiosk_id}")
    return ticket


async def _held(db: AsyncSession, id: str | None) -> tuple[Ticket, Visit]:
    """A ticket and its visit, locked, the visit first as everywhere. Raises Gone when either is over."""
    found = await db.get(Ticket, id) if id else None
    beside = await locks.visits_beside(db, found.visit_id) if found else ()
    visit = next((one for one in beside if found and one.id == found.visit_id), None)
    ticket = await db.get(Ticket, id, with_for_update=ROW, populate_existing=True) if visit else None
    if ticket is None or visit is None or visit.ended_at or ticket.expires_at < now():
        raise Gone(OVER)
    return ticket, visit


async def _contest(db: AsyncSession, ticket: Ticket, visit: Visit) -> None:
    if ticket.state == "taken":
        await _withdraw(db, visit)
    ticket.state = "contested"
    topics.note(db, f"kiosk:{visit.kiosk_id}")


async def pick(db: AsyncSession, session: ShopperSession, number: int) -> Visit | None:
    """The phone has picked: the right number opens the bag to this session. One try. None when it was wrong.

    Raises Gone when there is nothing to pick for, Conflict when the bag is somebody else's account's.
    """
    if not await locks.customer_stays(db, session.customer_id):
        raise Gone(OVER)
    asked = select(Ticket.digest).where(Ticket.asked_by == session.digest, Ticket.state == "asked")
    ticket, visit = await _held(db, await db.scalar(asked.order_by(Ticket.expires_at.desc()).limit(1)))
    if ticket.state != "asked" or ticket.asked_by != session.digest:  # contested or refused just now
        raise Gone(OVER)
    topics.note(db, f"kiosk:{visit.kiosk_id}", f"device:{visit.kiosk_id}")
    if number != ticket.number:
        ticket.state = "refused"
        return None
    await shoppers.give(db, session, await db.get_one(Bag, visit.bag_id))
    await db.refresh(visit)  # its bag may have been taken up into the session's own
    ticket.state, visit.taken_at = "taken", now()
    topics.note(db, f"bag:{visit.bag_id}")
    return visit


async def refuse(db: AsyncSession, visit: Visit) -> None:
    """The shopper says that it was not their phone: whoever asked, or took the bag at this tablet, has it no more."""
    for ticket in await db.scalars(select(Ticket).where(Ticket.visit_id == visit.id)):
        ticket.state = "refused"
    await _withdraw(db, visit)
    topics.note(db, f"kiosk:{visit.kiosk_id}")


async def _withdraw(db: AsyncSession, visit: Visit) -> None:
    """Make the bag that the tablet made the tablet's alone again; an account that took it up gives it back."""
    own = await db.get_one(Bag, visit.own_bag_id)
    if own.claim_id is not None:
        await claiming.undo(db, await db.get_one(Claim, own.claim_id))
    await shoppers.take_away(db, own.id, because="taken back")
    visit.taken_at = None
    topics.note(db, f"bag:{own.id}", f"device:{visit.kiosk_id}")


async def newest(db: AsyncSession, visit: Visit) -> Ticket | None:
    """What stands between this visit and a phone now; the newest.

    Before a newer code, one that two phones have opened: the phone that had the bag has lost it, and somebody has to say so.
    The next code that is asked for does away with it.
    """
    mine = select(Ticket).where(Ticket.visit_id == visit.id)
    return await db.scalar(mine.order_by((Ticket.state == "contested").desc(), Ticket.expires_at.desc()).limit(1))


async def renamed(db: AsyncSession, before: str, after: str) -> None:
    """A browser has a new session: what it asked for goes on being its own."""
    # One that somebody holds is just being refused, ended or taken back; and browsers are locked already.
    free = select(Ticket.digest).where(Ticket.asked_by == before).with_for_update(skip_locked=True)
    mine = list(await db.scalars(free))
    await db.execute(update(Ticket).where(Ticket.digest.in_(mine)).values(asked_by=after))


async def place(db: AsyncSession, ticket: Ticket) -> dict[str, str]:
    """Where the tablet of a ticket stands, for the phone to say."""
    visit = await db.get_one(Visit, ticket.visit_id)
    kiosk = await db.get_one(Kiosk, visit.kiosk_id)
    store = await db.get_one(Store, kiosk.store_id)
    return {"kiosk": kiosk.name, "store": store.name}
