"""Takes one bag up into another, with the ids of its operations, and gives it back for a day."""

from collections.abc import Collection, Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, Select, delete, insert, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from kiosk import bags, keeping
from kiosk.models import Bag, BagOperation, BagRemoval, Claim, ClaimOperation, ShopperSession, Visit
from server.core import topics
from server.core.clock import now
from server.core.errors import Conflict, Gone

UNDO_LIFE = timedelta(hours=24)
TAKEN = "This bag belongs to an account already. Sign in to that account to see it."
TOO_MUCH = (
    "Together these bags hold more than one can. Nothing was changed: take some items out of either, then try again."
)


class DoesNotFit(Conflict):
    """Two bags hold more than one can."""


async def claim(db: AsyncSession, source: Bag, target: Bag) -> Claim:
    """Make one bag of two: all that came to `source`, and all that still will, is in `target` from now on.

    Other browsers that had `source` open were never given `target`: they have no bag any more. Raises Conflict when
    `source` belongs to somebody, somebody else was first; DoesNotFit when one bag cannot hold it all.
    """
    below, visits = await _hold(db, source, target)
    if source.moved_to or source.customer_id or target.moved_to or source.id == target.id:
        raise Conflict(TAKEN)
    await _fits(db, source, target)
    made = Claim(from_bag=source.id, to_bag=target.id, made_at=now())
    db.add(made)
    await db.flush()
    mine = select(literal(made.id), BagOperation.id).where(BagOperation.bag_id == source.id)
    await db.execute(insert(ClaimOperation).from_select(["claim_id", "operation_id"], mine))
    await db.execute(update(BagOperation).where(BagOperation.bag_id == source.id).values(bag_id=target.id))
    await _move_removals(db, BagRemoval.bag_id == source.id, to=target)
    source.moved_to, source.claim_id, target.touched_at = target.id, made.id, now()
    await db.flush()
    await _follow(db, visits)
    await _let_go(db, source)
    topics.note(db, *(f"bag:{id}" for id in {*below, target.id}))
    return made


async def undo(db: AsyncSession, made: Claim) -> Bag:
    """Give back what came with a claim, and nothing else; returns the bag that has it again. Raises Gone after a day."""
    source = await db.get_one(Bag, made.from_bag)
    below, visits = await _hold(db, source)
    way = await keeping.way(db, source.id)
    last = await db.get_one(Bag, way[-1].bag)
    await db.refresh(made)
    if made.undone_at or made.made_at < now() - UNDO_LIFE or source.claim_id != made.id:
        raise Gone("That can no longer be taken back: a day has passed, or it was taken back already.")
    came = select(ClaimOperation.operation_id).where(ClaimOperation.claim_id == made.id)
    await _part_removals(db, came, last, source)
    await db.execute(update(BagOperation).where(BagOperation.id.in_(came)).values(bag_id=source.id))
    # They have left whatever has taken up the target meanwhile, too.
    await db.execute(
        delete(ClaimOperation).where(ClaimOperation.operation_id.in_(came), ClaimOperation.claim_id >= made.id)
    )
    made.undone_at, source.moved_to, source.claim_id = now(), None, None
    await db.flush()
    await _follow(db, visits)
    await _judge_again(db, last)
    topics.note(db, *(f"bag:{id}" for id in {*below, *(step.bag for step in way)}))
    return source


async def _fits(db: AsyncSession, source: Bag, target: Bag) -> None:
    """Raises DoesNotFit where a bag would hold more than its document can tell."""
    mine, theirs = await keeping.holding(db, source), await keeping.holding(db, target)
    if mine and not bags.fit((mine | theirs).values()):
        raise DoesNotFit(TOO_MUCH, full=True)


async def _hold(db: AsyncSession, source: Bag, *others: Bag) -> tuple[set[str], Sequence[Visit]]:
    """Lock the visits that `source` is open in, then the bags on its way and these others, all as they are now; returns
    the ids of it and of all that it has taken up, and those visits."""
    while True:
        attempt = await db.begin_nested()
        below, way = await keeping.taken_up(db, [source.id]), await keeping.way(db, source.id)
        locked = _visits(way[-1].bag, below).order_by(Visit.id).with_for_update(key_share=True)
        visits = (await db.scalars(locked, execution_options={"populate_existing": True})).all()
        await keeping.hold(db, *{*(step.bag for step in way), *(bag.id for bag in others)})
        found = {visit.id for visit in await db.scalars(_visits(way[-1].bag, below))}
        if (below, way) == (await keeping.taken_up(db, [source.id]), await keeping.way(db, source.id)) and (
            found == {visit.id for visit in visits}
        ):
            await attempt.commit()
            return below, visits
        await attempt.rollback()  # somebody was first: let go of everything, and begin in the right order again


def _visits(bag_id: str, own: Collection[str]) -> Select[tuple[Visit]]:
    """Visits that go on with this bag and made one of those."""
    return select(Visit).where(Visit.bag_id == bag_id, Visit.own_bag_id.in_(own), Visit.ended_at.is_(None))


async def _follow(db: AsyncSession, visits: Collection[Visit]) -> None:
    """Open at tablets what their bags have become, and nothing else."""
    for visit in visits:
        visit.bag_id = (await keeping.where(db, visit.own_bag_id))[0]
        topics.note(db, f"kiosk:{visit.kiosk_id}", f"device:{visit.kiosk_id}")


async def _let_go(db: AsyncSession, source: Bag) -> None:
    """Leave browsers without what another has taken up into its own."""
    had = (ShopperSession.bag_id == source.id) & ShopperSession.customer_id.is_(None)
    for session in await db.scalars(select(ShopperSession).where(had).order_by(ShopperSession.digest)):
        session.bag_id, session.lost_because = None, "claimed"
        topics.note(db, f"shopper:{session.digest}")


async def _judge_again(db: AsyncSession, bag: Bag) -> None:
    """Have those who open this bag asked again what they may read: they listen to what it had taken up, too."""
    theirs = ShopperSession.bag_id == bag.id
    if bag.customer_id is not None:
        theirs = or_(theirs, ShopperSession.customer_id == bag.customer_id)
    topics.note(db, *(f"shopper:{digest}" for digest in await db.scalars(select(ShopperSession.digest).where(theirs))))


async def _move_removals(db: AsyncSession, which: ColumnElement[bool], *, to: Bag) -> None:
    """Give removals another home; one that is there already gives way, so that each is known by whom it came with."""
    coming = select(BagRemoval.add_id).where(which)
    await db.execute(delete(BagRemoval).where(BagRemoval.bag_id == to.id, BagRemoval.add_id.in_(coming)))
    await db.execute(update(BagRemoval).where(which).values(bag_id=to.id))


async def _part_removals(db: AsyncSession, came: Select[tuple[str]], last: Bag, source: Bag) -> None:
    """A removal goes with the adds that it names. What it names of the others it has taken out of their bag, and that stays
    so; for an add that is still on its way it is remembered in both."""
    here = BagRemoval.bag_id == last.id
    await _move_removals(db, here & BagRemoval.add_id.in_(came), to=source)
    missing = here & BagRemoval.operation_id.in_(came) & BagRemoval.add_id.not_in(select(BagOperation.id))
    copies = select(literal(source.id), BagRemoval.add_id, BagRemoval.operation_id).where(missing)
    await db.execute(insert(BagRemoval).from_select(["bag_id", "add_id", "operation_id"], copies))
