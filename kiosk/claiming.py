"""Takes one bag up into another, with the ids of its operations, and gives it back for a day."""

from datetime import timedelta

from sqlalchemy import ColumnElement, delete, func, insert, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from kiosk.models import Bag, BagOperation, BagRemoval, Claim, ClaimOperation, Visit
from server.core import topics
from server.core.clock import now
from server.core.errors import Conflict, Gone

UNDO_LIFE = timedelta(hours=24)


async def claim(db: AsyncSession, source: Bag, target: Bag) -> Claim:
    """Make one bag of two: all that came to `source`, and all that still will, is in `target` from now on.

    Raises Conflict when `source` belongs to somebody, or somebody else was first.
    """
    await _hold(db, source, target)
    if source.moved_to or source.customer_id or target.moved_to:
        raise Conflict("This bag belongs to an account already. Sign in to that account to see it.")
    made = Claim(from_bag=source.id, to_bag=target.id, made_at=now())
    db.add(made)
    await db.flush()
    mine = select(literal(made.id), BagOperation.id).where(BagOperation.bag_id == source.id)
    await db.execute(insert(ClaimOperation).from_select(["claim_id", "operation_id"], mine))
    await db.execute(update(BagOperation).where(BagOperation.bag_id == source.id).values(bag_id=target.id))
    await _move_removals(db, BagRemoval.bag_id == source.id, to=target)
    await db.execute(update(Visit).where(Visit.bag_id == source.id, Visit.ended_at.is_(None)).values(bag_id=target.id))
    source.moved_to, source.claim_id, target.touched_at = target.id, made.id, now()
    topics.note(db, f"bag:{source.id}", f"bag:{target.id}")
    return made


async def undo(db: AsyncSession, made: Claim) -> Bag:
    """Give back what came with a claim, and nothing else; returns the bag that has it again. Raises Gone after a day."""
    source, target = await db.get_one(Bag, made.from_bag), await db.get_one(Bag, made.to_bag)
    await _hold(db, source, target)
    await db.refresh(made)
    if made.undone_at or made.made_at < now() - UNDO_LIFE or source.claim_id != made.id:
        raise Gone("That can no longer be taken back: a day has passed, or it was taken back already.")
    came = select(ClaimOperation.operation_id).where(ClaimOperation.claim_id == made.id)
    homes = list(await db.scalars(select(BagOperation.bag_id).where(BagOperation.id.in_(came)).distinct()))
    # A removal goes with the adds that it names, and with the device that made it.
    theirs = or_(BagRemoval.add_id.in_(came), BagRemoval.operation_id.in_(came))
    await _move_removals(db, theirs & BagRemoval.bag_id.in_({target.id, *homes}), to=source)
    await db.execute(update(BagOperation).where(BagOperation.id.in_(came)).values(bag_id=source.id))
    # They have left whatever has taken up the target meanwhile, too.
    await db.execute(
        delete(ClaimOperation).where(ClaimOperation.operation_id.in_(came), ClaimOperation.claim_id >= made.id)
    )
    made.undone_at, source.moved_to, source.claim_id = now(), None, None
    own = (Visit.own_bag_id == source.id) & Visit.ended_at.is_(None)
    await db.execute(update(Visit).where(own).values(bag_id=source.id))
    topics.note(db, *(f"bag:{id}" for id in {source.id, target.id, *homes}))
    return source


async def _hold(db: AsyncSession, *two: Bag) -> None:
    """Lock both, in one order everywhere."""
    for bag in sorted(two, key=lambda bag: bag.id):
        await db.refresh(bag, with_for_update=True)


async def _move_removals(db: AsyncSession, which: ColumnElement[bool], *, to: Bag) -> None:
    """Give removals another home, where the same add may be named already."""
    there = select(BagRemoval.add_id).where(BagRemoval.bag_id == to.id)
    fresh = select(literal(to.id), BagRemoval.add_id, func.min(BagRemoval.operation_id))
    fresh = fresh.where(which, BagRemoval.add_id.not_in(there)).group_by(BagRemoval.add_id)
    await db.execute(insert(BagRemoval).from_select(["bag_id", "add_id", "operation_id"], fresh))
    await db.execute(delete(BagRemoval).where(which, BagRemoval.bag_id != to.id))
