"""Customers: signing in makes the browser's bag theirs, for a day it can be given back, and every browser can be signed out."""

from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from kiosk import claiming, keeping, locks, shoppers, tickets
from kiosk.models import Bag, Claim, Customer, ShopperSession, Visit
from server.core import topics
from server.core.clock import now
from server.core.errors import Conflict, Gone, NotFound, SignInNeeded
from server.core.settings import Settings
from server.core.tables import add_unless_there

SOMEBODY_ELSES = (
    "The bag that this browser had belongs to another account: somebody signed in with it first. "
    "Sign in to that account to see it."
)
ERASED = "This account was erased just now. Sign in once more to begin a new one."
ID_LENGTH = 24
"""Of a session's digest, to name it by."""


@dataclass(frozen=True)
class SignedIn:
    """What signing in has made."""

    session: ShopperSession
    secret: str
    bag: Bag
    claim: Claim | None
    """Of the bag that this browser had."""
    refused: str = ""
    """Why that did not become the customer's."""


async def calling(db: AsyncSession, session: ShopperSession) -> Customer:
    """The customer of a session. Raises SignInNeeded."""
    customer = await db.get(Customer, session.customer_id) if session.customer_id else None
    if customer is None:
        raise SignInNeeded("Sign in to see this.")
    return customer


async def with_email(db: AsyncSession, email: str, *, language: str) -> Customer:
    """The customer with an address that was just shown to be theirs, made where there is none."""
    await add_unless_there(db, Customer, email=email, language=language, created_at=now())
    return (await db.scalars(select(Customer).where(Customer.email == email))).one()


async def sign_in(
    db: AsyncSession, settings: Settings, customer: Customer, *, before: ShopperSession, browser: str
) -> SignedIn:
    """A new session of a customer, in the place of the browser's; the bag that this one had becomes theirs too.

    The customer always has a bag of their own, which takes up the other: so undoing that gives back what came, and no more.
    """
    if await locks.customer(db, customer.id) is None:  # held: two browsers may be the first at once
        raise Gone(ERASED)
    had = None if before.customer_id else await shoppers.bag_of(db, before)
    refused = SOMEBODY_ELSES if had is None and before.lost_because == "claimed" else ""
    own, claim, left = await _own_bag(db, customer), None, had.id if had else None
    if had is not None:
        try:
            claim = await claiming.claim(db, had, own)
        except claiming.DoesNotFit as error:
            refused = error.detail  # it is still this browser's, once it signs out
        except Conflict:
            refused, left = SOMEBODY_ELSES, None
    # Browsers last, as everywhere (see locks).
    own.touched_at = now()  # an account is kept as long as somebody comes back to it
    session, secret = await shoppers.begin(db, settings, browser=browser, before=before)
    await tickets.renamed(db, before.digest, session.digest)
    session.customer_id, session.bag_id = customer.id, left
    await db.flush()
    return SignedIn(session, secret, own, claim, refused)


async def _own_bag(db: AsyncSession, customer: Customer) -> Bag:
    found = await db.scalar(select(Bag).where(Bag.customer_id == customer.id))
    if found is None:
        found = await keeping.begin(db, str(uuid4()))
        found.customer_id = customer.id
        await db.flush()  # whoever locks it next reads it anew
    return found


async def sign_out(
    db: AsyncSession, settings: Settings, session: ShopperSession, *, browser: str
) -> tuple[ShopperSession, str] | None:
    """End a session; a new one for what its browser had before it signed in, where that was given back meanwhile."""
    if not await locks.customer_stays(db, session.customer_id):
        return None
    had = await db.get(Bag, session.bag_id) if session.bag_id else None
    if had is None or had.moved_to or had.customer_id:
        await shoppers.end(db, session)
        return None
    fresh, secret = await shoppers.begin(db, settings, browser=browser, before=session)
    fresh.customer_id = None
    return fresh, secret


async def sessions(db: AsyncSession, customer: Customer) -> list[ShopperSession]:
    """The browsers that are signed in, the latest used first."""
    mine = select(ShopperSession).where(ShopperSession.customer_id == customer.id, ShopperSession.expires_at > now())
    return list(await db.scalars(mine.order_by(ShopperSession.seen_at.desc(), ShopperSession.digest).limit(100)))


async def end_session(db: AsyncSession, customer: Customer, id: str) -> None:
    """Sign another browser out. Raises NotFound for one that is not this customer's."""
    mine = select(ShopperSession).where(ShopperSession.customer_id == customer.id)
    found = await db.scalar(mine.where(ShopperSession.digest.startswith(id, autoescape=True)))
    if found is None or len(id) != ID_LENGTH:
        raise NotFound("This browser is not signed in to your account.")
    await shoppers.end(db, found)


# -- what came with a sign-in or from a tablet --------------------------------------------------------------------


async def claims(db: AsyncSession, customer: Customer) -> list[Claim]:
    """The claims that can still be undone, the newest first."""
    mine = select(Claim).join(Bag, Bag.id == Claim.to_bag).where(Bag.customer_id == customer.id)
    open_yet = mine.where(Claim.undone_at.is_(None), Claim.made_at > now() - claiming.UNDO_LIFE)
    return list(await db.scalars(open_yet.order_by(Claim.id.desc()).limit(50)))


async def undo_claim(db: AsyncSession, customer: Customer, session: ShopperSession, id: int) -> str:
    """Give back what came with a claim; returns who has it now: 'tablet', 'browser' (this one, once it signs out), 'other'
    (another browser, likewise) or 'nobody'. Raises NotFound for a claim of somebody else's, Gone after a day."""
    claim = await db.get(Claim, id)
    target = await db.get(Bag, claim.to_bag) if claim else None
    if claim is None or target is None or target.customer_id != customer.id:
        raise NotFound("There is no such thing in your account.")
    source = await claiming.undo(db, claim)
    open_visit = select(Visit).where(Visit.bag_id == source.id, Visit.ended_at.is_(None))
    visit = await db.scalar(open_visit.limit(1))
    if visit is not None:
        # The phone reads the tablet's bag no more: as far as the tablet goes, nobody has taken it.
        visit.taken_at = None
        topics.note(db, f"kiosk:{visit.kiosk_id}", f"device:{visit.kiosk_id}")
        return "tablet"
    if session.bag_id == source.id:
        return "browser"
    elsewhere = select(ShopperSession.digest).where(ShopperSession.bag_id == source.id)
    return "other" if await db.scalar(elsewhere.limit(1)) else "nobody"
