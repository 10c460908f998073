"""Operations, claims, their undoing, visits and codes at the same moment: nobody waits for ever, and nothing is lost."""

import asyncio
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any

import pytest

from kiosk import claiming, keeping, shoppers, tickets, visits
from kiosk.models import Bag, Claim, ShopperSession, Visit
from server.core.database import Database
from server.core.errors import Conflict, Gone, NotFound
from tests.kiosk.bag_world import VARIANTS, House, Rows, World, furnish, rows_of_async

ROUNDS = 25
AT_ONCE = 12
FINE = (Conflict, Gone, NotFound)
"""What is answered in words when somebody else was first; a deadlock or a broken constraint is not among them."""


class Crowd:
    """One tablet's bag and a phone's, an account's, and everybody who changes them at once."""

    def __init__(self, database: Database, house: House, seed: int) -> None:
        self.database, self.house, self.chance = database, house, Random(seed)
        self.ids = World(database, house, lambda work: work)
        self.kept: dict[str, str] = {}
        """Adds that were kept, to the bag that they were sent to."""
        self.named: set[str] = set()
        """Adds that a removal names which was kept."""
        self.tablet, self.secret = house.tablets[0], "s" * 43
        self.visit, self.own, self.phone, self.account = (self.ids.id() for _ in range(4))

    async def begin(self) -> None:
        """A visit, a phone with a bag of its own, and an account."""
        async with self.database.transaction() as db:
            await visits.begin(db, self.tablet, id=self.visit, bag_id=self.own, secret=self.secret)
            await keeping.begin(db, self.phone)
            (await keeping.begin(db, self.account)).customer_id = None
            session = await db.get_one(ShopperSession, self.house.sessions[0])
            session.bag_id, session.customer_id = self.phone, None

    async def operate(self) -> None:
        """Somebody adds two things, and takes one of them out again."""
        to = self.chance.choice([self.own, self.own, self.phone])
        adds = [keeping.Operation(self.ids.id(), "add", self.chance.choice(VARIANTS)) for _ in range(2)]
        out = keeping.Operation(self.ids.id(), "remove", adds=[adds[0].id])
        async with self.database.transaction() as db:
            await keeping.take(db, await db.get_one(Bag, to), [*adds, out], source="a test")
        self.kept |= {one.id: to for one in adds}
        self.named.add(adds[0].id)

    async def scan(self) -> None:
        """The phone takes the tablet's bag, which becomes one with its own."""
        async with self.database.transaction() as db:
            secret = await tickets.show(db, await visits.of_kiosk(db, self.tablet, self.visit))
        async with self.database.transaction() as db:
            session = await db.get_one(ShopperSession, self.house.sessions[0])
            number = (await tickets.open_with(db, secret, session)).number
        async with self.database.transaction() as db:
            session = await db.get_one(ShopperSession, self.house.sessions[0])
            await tickets.pick(db, session, number or 0)

    async def refuse(self) -> None:
        """The tablet says that it was not its shopper's phone."""
        async with self.database.transaction() as db:
            await tickets.refuse(db, await visits.of_kiosk(db, self.tablet, self.visit))

    async def say(self) -> None:
        """The tablet says that the visit goes on."""
        async with self.database.transaction() as db:
            await visits.begin(db, self.tablet, id=self.visit, bag_id=self.own, secret=self.secret)

    async def sign_in(self) -> None:
        """The phone's bag becomes the account's, or the tablet's does."""
        async with self.database.transaction() as db:
            bag = await db.get_one(Bag, self.chance.choice([self.phone, self.own]))
            await claiming.claim(db, bag, await db.get_one(Bag, self.account))

    async def undo(self) -> None:
        """Somebody takes the newest claim back."""
        async with self.database.transaction() as db:
            bag = await db.get_one(Bag, self.chance.choice([self.phone, self.own]))
            if bag.claim_id is not None:
                await claiming.undo(db, await db.get_one(Claim, bag.claim_id))

    async def end_unheard(self) -> None:
        """The clock looks for silent visits."""
        await visits.end_unheard(self.database)

    async def round(self) -> None:
        """Everybody at once."""
        ways: list[Callable[[], Awaitable[Any]]] = [self.operate] * 5
        ways += [self.scan, self.refuse, self.say, self.sign_in, self.undo, self.undo, self.end_unheard]
        chosen = [*ways, *self.chance.choices(ways, k=AT_ONCE - len(ways))] if len(ways) < AT_ONCE else ways
        self.chance.shuffle(chosen)
        outcomes = await asyncio.gather(*[way() for way in chosen], return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, BaseException) and not isinstance(outcome, FINE):
                raise outcome

    async def judge(self, rows: Rows) -> None:
        """Every add is in what its bag has become, unless it was named."""
        async with self.database.transaction() as db:
            homes = {bag: (await keeping.where(db, bag))[0] for bag in (self.own, self.phone, self.account)}
            visit = await db.get_one(Visit, self.visit)
            session = await db.get_one(ShopperSession, self.house.sessions[0])
            opened = await shoppers.bag_of(db, session)
        assert {id: bag for id, (bag, _) in rows.adds.items()} == {id: homes[to] for id, to in self.kept.items()}
        there = {id for id, (bag, _) in rows.adds.items() if (bag, id) not in rows.removed}
        assert there == self.kept.keys() - self.named
        assert visit.bag_id == homes[self.own]
        assert opened is None or opened.moved_to is None


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_whatever_happens_at_once_nobody_waits_for_ever_and_nothing_is_lost(
    database: Database, seed: int
) -> None:
    crowd = Crowd(database, await furnish(database), seed)
    await crowd.begin()
    for _ in range(ROUNDS):
        await crowd.round()
        await crowd.judge(await rows_of_async(database))
    assert len(crowd.kept) == ROUNDS * 5 * 2
