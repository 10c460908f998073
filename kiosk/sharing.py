"""Links that show a copy of a bag as it was, until they are withdrawn or their time is over."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from kiosk import keeping
from kiosk.models import Bag, Share
from server.core.clock import now
from server.core.errors import BadInput, Conflict, NotFound
from server.core.security import digest, new_token

LIFE = timedelta(days=30)
MOST = 5
"""Links of a bag at a time."""


async def share(db: AsyncSession, bag: Bag) -> tuple[Share, str]:
    """A link to what is in the bag now, and the secret that its address ends with; only the digest is kept.

    Raises BadInput for an empty bag, and Conflict when it has as many links as it may.
    """
    bag, _ = await keeping.locked(db, bag)
    variants = [item.variant for item in await keeping.contents(db, bag)]
    if not variants:
        raise BadInput("There is nothing in this bag to share yet.")
    if len(await of_bag(db, bag)) >= MOST:
        raise Conflict(f"This bag has {MOST} links already. Withdraw one of them first.")
    secret = new_token()
    made = Share(digest=digest(secret), bag_id=bag.id, variants=variants, made_at=now(), expires_at=now() + LIFE)
    db.add(made)
    await db.flush()
    return made, secret


async def of_bag(db: AsyncSession, bag: Bag) -> Sequence[Share]:
    """The links that still show something, the newest first: also those of bags that this one has taken up."""
    query = select(Share).where(Share.bag_id.in_(await keeping.taken_up(db, [bag.id])), Share.expires_at > now())
    return list(await db.scalars(query.order_by(Share.id.desc())))


async def withdraw(db: AsyncSession, bag: Bag, id: int) -> None:
    """End a link of this bag at once. Raises NotFound for any other's, or one that is over."""
    found = next((one for one in await of_bag(db, bag) if one.id == id), None)
    if found is None:
        raise NotFound("There is no such link of your bag; it may be withdrawn already.")
    await db.delete(found)


async def opened(db: AsyncSession, secret: str) -> Share | None:
    """What a link shows; None when it was withdrawn, is over, or never was."""
    query = select(Share).where(Share.digest == digest(secret), Share.expires_at > now())
    return await db.scalar(query)
