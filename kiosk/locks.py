"""The one order in which rows are locked, so that no two transactions ever wait for each other, and what takes the first of them.

1. what somebody signs in with: codes and challenges, then passkeys;
2. the customer;
3. the tablet;
4. visits, by id: all that may be needed at once, since one that is held already is out of its turn;
5. their tickets and calls;
6. bags, by id (`keeping.hold`);
7. browsers, by digest.

Whoever needs a row that stands before one that it holds has begun wrong. Only what may be left out where somebody else
holds it (`skip_locked`) may be taken late, and then last of all.
"""

from collections.abc import Sequence

from sqlalchemy import delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from kiosk.keeping import ROW
from kiosk.models import Customer, Passkey, PasskeyChallenge, ShopperSession, SignInCode, Visit


async def customer(db: AsyncSession, id: int) -> Customer | None:
    """A customer as they are now, held; None where they were erased. Their browsers may go on meanwhile."""
    return await db.get(Customer, id, with_for_update=ROW, populate_existing=True)


async def customer_stays(db: AsyncSession, id: int | None) -> bool:
    """Whether a customer is there, and stays until the transaction ends; nobody is always there."""
    if id is None:
        return True
    kept = select(Customer.id).where(Customer.id == id).with_for_update(read=True, key_share=True)
    return await db.scalar(kept) is not None


async def customer_goes(db: AsyncSession, customer: Customer) -> bool:
    """Hold a customer for good, and delete what they sign in with; whether they were still there."""
    theirs = select(ShopperSession.digest).where(ShopperSession.customer_id == customer.id)
    asked = or_(SignInCode.session.in_(theirs), SignInCode.email == customer.email)
    await db.execute(delete(SignInCode).where(asked))
    await db.execute(delete(PasskeyChallenge).where(PasskeyChallenge.session.in_(theirs)))
    await db.execute(delete(Passkey).where(Passkey.customer_id == customer.id))
    return await db.get(Customer, customer.id, with_for_update=True, populate_existing=True) is not None


async def visits_beside(db: AsyncSession, id: str) -> Sequence[Visit]:
    """A visit as it is now, with those that have the same bag open: whoever moves that bag needs them all."""
    while True:
        attempt = await db.begin_nested()
        seen = await _beside(db, id)
        held = select(Visit).where(Visit.id.in_(seen)).order_by(Visit.id).with_for_update(key_share=True)
        found = (await db.scalars(held, execution_options={"populate_existing": True})).all()
        if seen >= await _beside(db, id):
            await attempt.commit()
            return found
        await attempt.rollback()  # one more has come to it: begin in the right order again


async def _beside(db: AsyncSession, id: str) -> set[str]:
    bag = select(Visit.bag_id).where(Visit.id == id).scalar_subquery()
    same = (Visit.bag_id == bag) & Visit.ended_at.is_(None)
    return set(await db.scalars(select(Visit.id).where(or_(Visit.id == id, same))))
