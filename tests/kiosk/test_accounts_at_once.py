"""Signing in, out, refusing, taking and erasing at the same moment: whoever comes second is told so, and nobody waits for ever."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from kiosk import claiming, customers, forgetting, keeping, shoppers, signing_in, tickets, visits
from kiosk.models import Bag, Customer, Passkey, ShopperSession, SignInCode, Ticket, Visit
from server.core.clock import now
from server.core.database import Database
from server.core.errors import Conflict, Gone, NotFound, SignInNeeded
from server.core.security import digest
from server.core.settings import Settings
from tests.kiosk.bag_world import VARIANTS, House, World, furnish

ROUNDS = 6
FINE = (Conflict, Gone, NotFound, SignInNeeded)
"""What is answered in words when somebody else was first; a deadlock, or a row that is not there, is not among them."""


@dataclass
class Browser:
    """A browser by its cookie's secret."""

    secret: str

    async def session(self, db: AsyncSession) -> ShopperSession:
        """Its session. Raises SignInNeeded where it was ended."""
        found = await db.get(ShopperSession, digest(self.secret))
        if found is None:
            raise SignInNeeded("This browser has no session any more.")
        return found


class Household:
    """A customer who is signed in on one phone, signs in on another, and has two tablets at hand."""

    def __init__(self, database: Database, house: House, seed: int) -> None:
        self.database, self.house, self.settings = database, house, Settings()
        self.id = World(database, house, lambda work: work).id
        self.email, self.number = f"ada{seed}@example.com", seed
        self.visits: dict[str, str] = {}
        self.shown: dict[str, str] = {}
        self.chance = Random(seed)

    async def begin(self) -> None:
        """Two visits, a phone that is signed in and has asked for one bag, and one that has taken the other."""
        for tablet in self.house.tablets:
            await self._visit(tablet)
        async with self.database.transaction() as db:
            customer = Customer(id=100 + self.number, email=self.email, language="en", created_at=now())
            db.add(customer)
            await db.flush()
            self.customer = customer.id
            db.add(Passkey(id=self.email, customer_id=customer.id, public_key=b"", created_at=now()))
            first, secret = await shoppers.begin(db, self.settings, browser="first")
            self.second = Browser((await shoppers.begin(db, self.settings, browser="second"))[1])
            done = await customers.sign_in(db, self.settings, customer, before=first, browser="first")
            self.first = Browser(done.secret)
            code = signing_in._bound("123456", self.second.secret)
            db.add(SignInCode(session=digest(self.second.secret), email=self.email, code_digest=code,
                              expires_at=now() + signing_in.LIFE))  # fmt: skip
        near, far = self.house.tablets
        await self._scan(self.second, near)
        await self._pick(self.second)
        await self._scan(self.first, far)
        if self.chance.random() < 0.5:
            await self._scan(self.second, far)  # contested

    async def _visit(self, tablet: str) -> None:
        self.visits[tablet] = self.id()
        async with self.database.transaction() as db:
            await visits.begin(db, tablet, id=self.visits[tablet], bag_id=self.id(), secret="s" * 43)
            bag = await db.get_one(Bag, (await db.get_one(Visit, self.visits[tablet])).own_bag_id)
            add = keeping.Operation(self.id(), "add", self.chance.choice(VARIANTS))
            await keeping.take(db, bag, [add], source="a test")
            self.shown[tablet] = await tickets.show(db, await visits.of_kiosk(db, tablet, self.visits[tablet]))

    async def _scan(self, browser: Browser, tablet: str) -> None:
        async with self.database.transaction() as db:
            await tickets.open_with(db, self.shown[tablet], await browser.session(db))

    async def _pick(self, browser: Browser) -> None:
        async with self.database.transaction() as db:
            session = await browser.session(db)
            asked = select(Ticket.number).where(Ticket.asked_by == session.digest, Ticket.state == "asked")
            await tickets.pick(db, session, (await db.scalars(asked)).first() or 0)
            after, secret = await shoppers.begin(db, self.settings, browser="picked", before=session)
            await tickets.renamed(db, session.digest, after.digest)
        browser.secret = secret

    def ways(self) -> list[Callable[[], Awaitable[Any]]]:
        """What everybody does at once."""
        near, far = self.house.tablets
        return [
            lambda: self._pick(self.first), lambda: self._scan(self.first, near), lambda: self._pick(self.second),
            lambda: self.refuse(near), lambda: self.refuse(far), self.sign_in, self.sign_in_by_passkey, self.sign_out,
            self.undo, self.erase,
        ]  # fmt: skip

    async def refuse(self, tablet: str) -> None:
        """That was not my phone."""
        async with self.database.transaction() as db:
            await tickets.refuse(db, await visits.of_kiosk(db, tablet, self.visits[tablet]))

    async def sign_in(self) -> None:
        """The second phone signs in by mail."""
        async with self.database.transaction() as db:
            session = await self.second.session(db)
            email, _ = await signing_in.redeem(db, session, self.second.secret, "123456")
            if not email:
                raise Gone("another session's")
            customer = await customers.with_email(db, email, language="en")
            await customers.sign_in(db, self.settings, customer, before=session, browser="second")

    async def sign_in_by_passkey(self) -> None:
        """A third phone signs in by passkey."""
        async with self.database.transaction() as db:
            session, _ = await shoppers.begin(db, self.settings, browser="third")
            known = await db.get(Passkey, self.email, with_for_update=True)
            if known is None:
                raise Gone("erased")
            known.sign_count += 1
            customer = await db.get_one(Customer, known.customer_id)
            await db.flush()
            await customers.sign_in(db, self.settings, customer, before=session, browser="third")

    async def sign_out(self) -> None:
        """The first phone signs out."""
        async with self.database.transaction() as db:
            await customers.sign_out(db, self.settings, await self.first.session(db), browser="first")

    async def undo(self) -> None:
        """The customer gives back what came last."""
        async with self.database.transaction() as db:
            session = await self.first.session(db)
            customer = await customers.calling(db, session)
            for claim in (await customers.claims(db, customer))[:1]:
                await claiming.undo(db, claim)

    async def erase(self) -> None:
        """The customer wants to be forgotten."""
        async with self.database.transaction() as db:
            customer = await customers.calling(db, await self.first.session(db))
            await forgetting.erase(db, customer)

    async def round(self) -> None:
        """Everybody at once; the customer goes for good in every other round."""
        ways = self.ways()[: None if self.chance.random() < 0.5 else -1]
        self.chance.shuffle(ways)
        for outcome in await asyncio.gather(*[way() for way in ways], return_exceptions=True):
            if isinstance(outcome, BaseException) and not isinstance(outcome, FINE):
                raise outcome


@pytest.mark.parametrize("seed", [1, 2])
async def test_accounts_tablets_and_phones_at_once_wait_for_each_other_in_one_order(
    database: Database, seed: int
) -> None:
    house = await furnish(database)
    for number in range(ROUNDS):
        household = Household(database, house, seed * 1000 + number)
        await household.begin()
        await household.round()
