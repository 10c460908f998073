"""Shoppers' browsers: the session behind a cookie, which bag it opens, and how it becomes a new one at each step up."""

from datetime import timedelta
from uuid import uuid4

from litestar import Response
from litestar.connection import ASGIConnection
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from kiosk import claiming, keeping
from kiosk.models import Bag, Claim, ShopperSession
from server.core import live, topics
from server.core.clock import now
from server.core.database import Database
from server.core.errors import NotFound, SignInNeeded
from server.core.security import digest, new_token
from server.core.settings import Settings

COOKIE = "vitrine_shopper"
SEEN_EVERY = timedelta(hours=1)


async def session_of(db: AsyncSession, connection: ASGIConnection) -> ShopperSession | None:
    """The session of the browser that asks, if it has one that still holds."""
    secret = connection.cookies.get(COOKIE)
    session = await db.get(ShopperSession, digest(secret)) if secret else None
    return session if session and session.expires_at > now() else None


async def calling(db: AsyncSession, connection: ASGIConnection) -> ShopperSession:
    """The same, where one is needed. Raises SignInNeeded."""
    session = await session_of(db, connection)
    if session is None:
        raise SignInNeeded("This browser has no bag yet. Scan the code on a tablet, or on a screen.")
    return session


async def bag_of(db: AsyncSession, session: ShopperSession) -> Bag | None:
    """The bag that a session opens: its customer's, else the one that this browser took or began."""
    if session.customer_id is not None:
        return await db.scalar(select(Bag).where(Bag.customer_id == session.customer_id))
    bag = await db.get(Bag, session.bag_id) if session.bag_id else None
    # Whoever took it up says who opens it; what was done in that other bag before is not this browser's to see.
    return bag if bag and bag.moved_to is None and bag.customer_id is None else None


async def own_bag(db: AsyncSession, session: ShopperSession, id: str) -> Bag:
    """The session's bag, if this is its id, or that of one that it has taken up. Raises NotFound."""
    bag, asked = await bag_of(db, session), await db.get(Bag, id)
    if bag is None or asked is None or (await keeping.where(db, asked.id))[0] != bag.id:
        raise NotFound("There is no such bag for you.")
    return asked


def browser_of(connection: ASGIConnection) -> str:
    """What a browser calls itself, cut to what is kept of it."""
    return "".join(c for c in connection.headers.get("user-agent", "") if c.isprintable())[:200]


async def begin(
    db: AsyncSession, settings: Settings, *, browser: str, before: ShopperSession | None = None
) -> tuple[ShopperSession, str]:
    """A session with a new secret; where there was one it ends, and what it opened goes on under the new one.

    Always a new secret: one that was planted before, or seen on the way, is worth nothing afterwards. Raises SignInNeeded
    where the session before was ended just now: nothing goes on from it.
    """
    secret = new_token()
    session = ShopperSession(digest=digest(secret), browser=browser, created_at=now(), seen_at=now())
    session.expires_at = now() + timedelta(days=settings.shopper_session_days)
    if before is not None:
        there = select(ShopperSession.digest).where(ShopperSession.digest == before.digest).with_for_update()
        if await db.scalar(there) is None:
            raise SignInNeeded("This browser was signed out just now. Load the page again.")
        session.customer_id, session.bag_id, session.created_at = before.customer_id, before.bag_id, before.created_at
        await end(db, before)
    db.add(session)
    await db.flush()
    return session, secret


async def used(database: Database, session: ShopperSession) -> None:
    """Note that a session is in use, to the hour: no row is written for every look."""
    if session.seen_at < now() - SEEN_EVERY:
        async with database.transaction() as db:
            await db.execute(
                update(ShopperSession).where(ShopperSession.digest == session.digest).values(seen_at=now())
            )


async def end(db: AsyncSession, session: ShopperSession) -> None:
    """End a session; its live pages are told."""
    topics.note(db, f"shopper:{session.digest}")
    await db.delete(session)


async def give(db: AsyncSession, session: ShopperSession, bag: Bag) -> Claim | None:
    """Let a session open a bag from now on. What it had before and this become one; returns the claim of that, if any.

    Raises Conflict where the bag belongs to an account that is not this session's.
    """
    own = await bag_of(db, session)
    if own is not None:
        return await claiming.claim(db, bag, own) if own.id != bag.id else None
    if bag.customer_id is not None:
        raise NotFound("This bag belongs to an account. Sign in to that account to see it.")
    session.bag_id, session.lost_because = bag.id, ""
    topics.note(db, f"shopper:{session.digest}", f"bag:{bag.id}")
    return None


async def begin_bag(db: AsyncSession, session: ShopperSession) -> Bag:
    """An empty bag for a session that has none."""
    bag = await keeping.begin(db, str(uuid4()))
    if session.customer_id is not None:
        bag.customer_id = session.customer_id
    else:
        session.bag_id, session.lost_because = bag.id, ""
    await db.flush()  # whoever locks it next reads it anew
    topics.note(db, f"shopper:{session.digest}", f"bag:{bag.id}")
    return bag


async def take_away(db: AsyncSession, bag_id: str, *, because: str, but: str = "") -> int:
    """Let no browser open this bag any more, except one; returns how many could. They are told why."""
    others = select(ShopperSession).where(ShopperSession.bag_id == bag_id, ShopperSession.digest != but)
    lost = list(await db.scalars(others.order_by(ShopperSession.digest).with_for_update(key_share=True)))
    for session in lost:
        session.bag_id, session.lost_because = None, because
        topics.note(db, f"shopper:{session.digest}")
    return len(lost)


def remember(answer: Response, connection: ASGIConnection, secret: str, settings: Settings) -> None:
    """Set the cookie: for this host alone, out of reach of scripts and of other sites' posts."""
    answer.set_cookie(
        COOKIE, secret, path="/", max_age=settings.shopper_session_days * 86400, httponly=True, samesite="lax",
        secure=connection.scope["scheme"] in ("https", "wss"),
    )  # fmt: skip


async def _identify(db: AsyncSession, connection: ASGIConnection) -> topics.Reader:
    return topics.Reader("shopper", (await calling(db, connection)).digest)


async def _stays(db: AsyncSession, reader: topics.Reader) -> bool:
    session = await db.get(ShopperSession, reader.id)
    return session is not None and session.expires_at > now()


live.callers["shopper"] = _identify
live.stays["shopper"] = _stays
