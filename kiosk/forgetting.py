"""Makes bags go, with all that hangs on them: those of customers who want to be forgotten, and those that nobody came back for."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from kiosk import keeping, locks, shoppers, visits
from kiosk.models import (
    Bag,
    BagOperation,
    BagRemoval,
    Customer,
    Mail,
    Passkey,
    ShopperSession,
    Visit,
)
from server.core import topics
from server.core.clock import now
from server.core.database import Database
from server.core.topics import Topic

AT_ONCE = 100
OPERATIONS_AT_ONCE = 2000
TOPIC_LIFE = timedelta(days=7)
"""A socket that heard of one has long been closed by then."""
SETTLED = timedelta(days=90)
"""An add that a removal took out is remembered so long: three times as long as a tablet may stay without a network."""


class _CameBack(Exception):
    """A customer who was to be forgotten is here again."""


async def erase(db: AsyncSession, customer: Customer, *, still: Select[tuple[int]] | None = None) -> None:
    """Forget a customer: bag, operations, claims, shares, sessions, passkeys, codes and mail, here and now.

    Tablets and browsers that have the bag open lose it. With `still`, the transaction must not be kept where the customer
    is not of those any more: raises _CameBack.
    """
    if not await locks.customer_goes(db, customer):
        return
    if still is not None and await db.scalar(still.where(Customer.id == customer.id)) is None:
        raise _CameBack
    own = list(await db.scalars(select(Bag.id).where(Bag.customer_id == customer.id)))
    await remove(db, own, because="expired")
    theirs = select(ShopperSession).where(ShopperSession.customer_id == customer.id).order_by(ShopperSession.digest)
    for session in await db.scalars(theirs.with_for_update()):
        await shoppers.end(db, session)
    await db.flush()
    await db.execute(delete(Mail).where(Mail.to == customer.email))
    await db.execute(delete(Customer).where(Customer.id == customer.id))


async def remove(db: AsyncSession, ids: Sequence[str], *, because: str) -> None:
    """Delete bags and those that they have taken up. Their rows go with them; visits that still show one end first."""
    every, theirs = await _hold(db, ids)
    for visit in theirs:
        await visits.end(db, visit, by="phone")
    for id in every:
        await shoppers.take_away(db, id, because=because)
    topics.note(db, *(f"bag:{id}" for id in every))
    await db.flush()
    await db.execute(delete(Bag).where(Bag.id.in_(every)))


async def _hold(db: AsyncSession, ids: Sequence[str]) -> tuple[list[str], Sequence[Visit]]:
    """Lock the visits of bags, over or not, then the bags and those that they have taken up."""
    every = sorted(await keeping.taken_up(db, ids))
    theirs = select(Visit).where(or_(Visit.bag_id.in_(every), Visit.own_bag_id.in_(every))).order_by(Visit.id)
    held = (await db.scalars(theirs.with_for_update(), execution_options={"populate_existing": True})).all()
    await keeping.hold(db, *every)
    return every, held


async def forget_old_bags(database: Database, *, days: int) -> int:
    """Delete the bags without an account that nobody has changed for so many days; returns how many."""
    total = 0
    while True:
        async with database.transaction() as db:
            old = select(Bag.id).where(
                Bag.customer_id.is_(None), Bag.moved_to.is_(None), Bag.touched_at < now() - timedelta(days=days)
            )
            in_use = select(Visit.bag_id).where(Visit.ended_at.is_(None))
            old = old.where(Bag.id.not_in(in_use)).order_by(Bag.touched_at)
            some = list(await db.scalars(old.limit(AT_ONCE)))
            await _hold(db, some)
            # One that somebody was just changing is not old any more.
            still = list(await db.scalars(old.where(Bag.id.in_(some))))
            await remove(db, still, because="expired")
        total += len(still)
        if len(some) < AT_ONCE:
            return total


async def forget_old_customers(database: Database, *, days: int) -> int:
    """Erase the customers who have neither signed in nor changed anything for so many days; returns how many."""
    total, before = 0, now() - timedelta(days=days)
    async with database.snapshot() as db:
        ids = list(await db.scalars(_away_since(before)))
    for id in ids:  # each alone: nobody waits long
        with suppress(_CameBack):
            async with database.transaction() as db:
                customer = await db.get(Customer, id)
                if customer is not None:
                    await erase(db, customer, still=_away_since(before))
            total += customer is not None
    return total


def _away_since(before: datetime) -> Select[tuple[int]]:
    """Customers of whom nothing was heard since: a sign-in touches the bag, and whoever looks in has a session."""
    used = select(ShopperSession.customer_id).where(
        ShopperSession.customer_id.is_not(None), ShopperSession.seen_at >= before
    )
    changed = select(Bag.customer_id).where(Bag.customer_id.is_not(None), Bag.touched_at >= before)
    signed = select(Passkey.customer_id).where(or_(Passkey.used_at >= before, Passkey.created_at >= before))
    heard = [Customer.id.not_in(one) for one in (used, changed, signed)]
    return select(Customer.id).where(Customer.created_at < before, *heard)


async def settle(database: Database) -> int:
    """Let go of adds that were taken out long ago, with the removals that did it: a bag of many years must not fill up.

    Returns how many operations went.
    """
    gone = total = 1
    while gone:
        async with database.transaction() as db:
            gone = await _settle_some(db, before=now() - SETTLED)
        total += gone
    return total - 1


async def _settle_some(db: AsyncSession, *, before: datetime) -> int:
    old = select(BagOperation.id).where(BagOperation.received_at < before)
    named = (BagRemoval.add_id == BagOperation.id) & (BagRemoval.bag_id == BagOperation.bag_id)
    taken_out = select(BagRemoval.add_id).where(named, BagRemoval.operation_id.in_(old)).exists()
    adds = old.where(BagOperation.kind == "add", taken_out).limit(OPERATIONS_AT_ONCE)
    went = (await db.execute(delete(BagOperation).where(BagOperation.id.in_(adds)))).rowcount
    # What names an add that may still come is kept: only then may the removal itself go.
    idle = BagRemoval.operation_id.in_(old) & BagRemoval.add_id.not_in(select(BagOperation.id))
    await db.execute(delete(BagRemoval).where(idle))
    done = old.where(BagOperation.kind == "remove", BagOperation.id.not_in(select(BagRemoval.operation_id)))
    return (
        went
        + (await db.execute(delete(BagOperation).where(BagOperation.id.in_(done.limit(OPERATIONS_AT_ONCE))))).rowcount
    )


async def forget_topics(database: Database) -> int:
    """Let go of the numbers of bags and sessions that are no more: their names never come again."""
    total = 0
    for kind, there in (("bag", select(Bag.id)), ("shopper", select(ShopperSession.digest))):
        named = func.substr(Topic.name, len(kind) + 2)
        gone = Topic.name.like(f"{kind}:%") & (Topic.changed_at < now() - TOPIC_LIFE) & named.not_in(there)
        async with database.transaction() as db:
            some = select(Topic.name).where(gone).limit(OPERATIONS_AT_ONCE)
            total += (await db.execute(delete(Topic).where(Topic.name.in_(some)))).rowcount
    return total
