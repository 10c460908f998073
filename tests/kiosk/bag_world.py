"""What the machine of the bag drives: real rows, written by the product's own verbs, and what ought to be in them.

The oracle knows nothing of claims' bookkeeping. Every operation was sent to one bag, and belongs to whatever that bag
has become; an add is there unless a removal that had seen it was kept. That is all.
"""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import replace
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.models import Product, Store, Variant
from kiosk import claiming, keeping, kiosks, sealing, shoppers, tickets, visits
from kiosk.keeping import Operation
from kiosk.models import Bag, Claim, Customer, ShopperSession, Visit
from server.core import devices
from server.core.clock import now
from server.core.database import Database
from server.core.errors import Conflict, Gone, NotFound
from server.core.settings import Settings

VARIANTS = ("ink", "plum", "madder")
TABLETS, PHONES, CUSTOMERS = 2, 3, 2
Seen = dict[str, tuple[str, ...]]
"""Variant to the adds that a device last saw of it."""


@dataclass
class Letter:
    """Operations on their way, with what proves that they may go where they go."""

    origin: str
    operations: list[Operation]
    secret: str = ""
    """A tablet's; without one a phone sends it."""
    phone: int = -1


@dataclass
class Device:
    """A tablet or a phone: what it last saw, and what it has not sent."""

    seen: Seen = field(default_factory=dict)
    outbox: list[Operation] = field(default_factory=list)
    made: dict[str, Operation] = field(default_factory=dict)
    """Its own adds that may not be in what it saw."""

    def view(self) -> Seen:
        """What stands on its glass: what it saw, with what it did since."""
        named = {id for one in self.outbox for id in one.adds}
        held = {variant: list(adds) for variant, adds in self.seen.items()}
        for add in (*self.made.values(), *self.outbox):
            if add.kind == "add" and add.id not in held.setdefault(add.variant, []):
                held[add.variant].append(add.id)
        left = {variant: tuple(id for id in adds if id not in named) for variant, adds in held.items()}
        return {variant: adds for variant, adds in left.items() if adds}

    def forget(self) -> None:
        """Nothing of the shopper is left."""
        self.seen, self.outbox, self.made = {}, [], {}


@dataclass
class Tablet(Device):
    """A tablet, with the visit that it believes to be going on."""

    id: str = ""
    visit: str = ""
    bag: str = ""
    secret: str = ""
    told: bool = False
    """Whether the server has heard of it."""


@dataclass
class Phone(Device):
    """A shopper's browser, with the bag that it had when it made what waits to be sent."""

    session: str = ""
    bag: str = ""


class Oracle:
    """What ought to be true, worked out from what was done and nothing else."""

    def __init__(self) -> None:
        self.moved: dict[str, str] = {}
        """A bag to the one that has taken it up."""
        self.adds: dict[str, tuple[str, str]] = {}
        """Kept adds: the bag that they were sent to, and the variant."""
        self.removals: dict[str, tuple[str, set[str]]] = {}
        """Kept removals likewise, with the adds that they name."""
        self.gone: set[str] = set()
        """Adds that a removal has taken out for good."""

    def home(self, bag: str) -> str:
        """What a bag has become."""
        while bag in self.moved:
            bag = self.moved[bag]
        return bag

    def kept(self, origin: str, operation: Operation) -> None:
        """An operation was kept; saying so again changes nothing."""
        if operation.kind == "add" and operation.id not in self.adds:
            self.adds[operation.id] = (origin, operation.variant)
        elif operation.kind == "remove" and operation.id not in self.removals:
            self.removals[operation.id] = (origin, set(operation.adds))
        self.settle()

    def settle(self) -> None:
        """A removal takes out what it names of the bag in which it is, now or when that comes."""
        for origin, named in self.removals.values():
            home = self.home(origin)
            self.gone |= {id for id in named & self.adds.keys() if self.home(self.adds[id][0]) == home}

    def may_be_gone(self) -> set[str]:
        """Adds that a removal names which was kept while they were in a bag of somebody else's: either is right."""
        return {id for _, named in self.removals.values() for id in named} - self.gone

    def ought(self, bag: str) -> set[str]:
        """The adds that have to be in a bag."""
        here = {id for id, (origin, _) in self.adds.items() if self.home(origin) == bag}
        return here - self.gone - self.may_be_gone()


@dataclass(frozen=True)
class House:
    """What every run begins with, made once: a store, a few variants, tablets, browsers and customers."""

    tablets: list[str]
    sessions: list[str]
    key: str
    public: str


async def furnish(database: Database) -> House:
    """Make the house."""
    async with database.transaction() as db:
        db.add(Store(id="OXF", name="Oxford Street", latitude=51.5, longitude=0, time_zone="UTC", hours={}))
        db.add(Product(id="p", title="Lipstick", brand="House", product_type="Lips"))
        await db.flush()
        for id in VARIANTS:
            db.add(Variant(id=id, product_id="p", title=id, colour=id, price=1, currency="GBP",
                           availability="in_stock", link="https://house.test", changed_at=now()))  # fmt: skip
        db.add_all(Customer(id=number + 1, language="en", created_at=now()) for number in range(CUSTOMERS))
        tablets = [await _tablet(db) for _ in range(TABLETS)]
        sessions = [await shoppers.begin(db, Settings(), browser="a test") for _ in range(PHONES)]
        key = await sealing.current(db)
        return House(tablets, [session.digest for session, _ in sessions], key.id, sealing.public(key))


async def _tablet(db: AsyncSession) -> str:
    device = devices.create(db, kind="kiosk", by="a test")
    await db.flush()
    await kiosks.add(db, device, kiosks.Setting(name="Lips", store_id="OXF"), by="a test")
    return device.id


class World:
    """Tablets, phones, letters and boxes on their way, over one database."""

    def __init__(self, database: Database, house: House, run: Callable[[Awaitable[Any]], Any]) -> None:
        self.database, self.house, self.run, self.oracle = database, house, run, Oracle()
        self.tablets = [Tablet(id=id) for id in house.tablets]
        self.phones = [Phone(session=digest) for digest in house.sessions]
        self.customers: dict[int, str] = {}
        """Customer to bag."""
        self.letters: list[Letter] = []
        self.boxes: list[tuple[Tablet, sealing.Box]] = []
        self.claims: dict[int, tuple[str, str]] = {}
        """Those that stand: which bag was taken up into which."""
        self.made: list[int] = []
        """All that ever were."""
        self._ids = Random(1)

    def id(self) -> str:
        """One more id as devices make them; the same in every run, so that a failing one can be told again."""
        return str(UUID(int=self._ids.getrandbits(128)))

    # -- what people do ---------------------------------------------------------------------------------------------

    def begin(self, tablet: Tablet, *, told: bool) -> None:
        """Somebody touches the glass; the server hears of it now, or when there is a network."""
        tablet.visit, tablet.bag, tablet.secret = self.id(), self.id(), secrets.token_urlsafe(32)
        tablet.told = False
        if told:
            self.say_visit(tablet)

    def say_visit(self, tablet: Tablet) -> None:
        """The tablet says that the visit goes on."""
        self.run(self._say_visit(tablet))
        tablet.told = True

    async def _say_visit(self, tablet: Tablet) -> None:
        async with self.database.transaction() as db:
            await visits.begin(db, tablet.id, id=tablet.visit, bag_id=tablet.bag, secret=tablet.secret)

    def take(self, device: Device, variant: str) -> None:
        """A variant goes into the bag, on that glass."""
        add = Operation(self.id(), "add", variant, made_at=now().timestamp() * 1000)
        device.outbox.append(add)
        device.made[add.id] = add

    def put_back(self, device: Device, variant: str) -> None:
        """What this glass shows of a variant is taken out."""
        named = device.view()[variant]
        device.outbox.append(Operation(self.id(), "remove", adds=list(named), made_at=now().timestamp() * 1000))
        device.made = {id: add for id, add in device.made.items() if id not in named}

    def letter(self, device: Device, operations: list[Operation]) -> Letter:
        """What a device would send, to the bag that it believes to have."""
        if isinstance(device, Tablet):
            return Letter(device.bag, operations, secret=device.secret)
        return Letter(device.bag, operations, phone=self.phones.index(device))

    def send(self, letter: Letter) -> list[keeping.Outcome] | None:
        """A letter arrives. None where it was turned away, as one to a bag that a phone has lost."""
        try:
            outcomes = self.run(self._send(letter))
        except NotFound:
            assert letter.phone >= 0, "a tablet's own bag takes what was done to it at any time"
            return None
        for outcome, operation in zip(outcomes, letter.operations, strict=True):
            assert outcome.kept, outcome
            self.oracle.kept(letter.origin, operation)
        return outcomes

    async def _send(self, letter: Letter) -> list[keeping.Outcome]:
        async with self.database.transaction() as db:
            if letter.secret:
                bag = await visits.with_secret(db, letter.origin, letter.secret)
            else:
                session = await db.get_one(ShopperSession, self.phones[letter.phone].session)
                bag = await shoppers.own_bag(db, session, letter.origin)
            copies = [replace(operation) for operation in letter.operations]
            return await keeping.take(db, bag, copies, source="a test")

    def look(self, device: Device) -> None:
        """The document of the bag arrives, where this device may read it."""
        found = self.run(self._look(device))
        if found is None:
            device.forget()
            return
        device.seen = {item.variant: item.adds for item in found}
        assert len(device.seen) == len(found), "a variant stands twice in the document"
        device.made = {id: add for id, add in device.made.items() if any(one.id == id for one in device.outbox)}

    async def _look(self, device: Device) -> list[Any] | None:
        async with self.database.transaction() as db:
            if isinstance(device, Tablet):
                visit = await db.get(Visit, device.visit)
                bag = await db.get(Bag, visit.bag_id) if visit and not visit.ended_at else None
            else:
                assert isinstance(device, Phone)
                bag = await shoppers.bag_of(db, await db.get_one(ShopperSession, device.session))
                device.bag = bag.id if bag else ""
            return await keeping.contents(db, bag) if bag else None

    # -- phones -----------------------------------------------------------------------------------------------------

    def begin_bag(self, phone: Phone) -> None:
        """A phone begins a bag of its own."""
        phone.bag = self.run(self._begin_bag(phone))

    async def _begin_bag(self, phone: Phone) -> str:
        async with self.database.transaction() as db:
            session = await db.get_one(ShopperSession, phone.session)
            return (await shoppers.bag_of(db, session) or await shoppers.begin_bag(db, session)).id

    def scan(self, phone: Phone, tablet: Tablet) -> None:
        """A phone takes the bag of a tablet; refused where that is an account's by now."""
        shown = self.oracle.home(tablet.bag)
        claimed = shown in self.customers.values()
        try:
            had, has, made = self.run(self._scan(phone, tablet))
        except (Conflict, NotFound):
            assert claimed and self.session_bag(phone) != shown, "only what is an account's is refused"
            return
        if made is not None:
            self._claimed(made, shown, had)
        phone.forget()
        phone.bag = has

    async def _scan(self, phone: Phone, tablet: Tablet) -> tuple[str, str, int | None]:
        async with self.database.transaction() as db:
            session = await db.get_one(ShopperSession, phone.session)
            before = await shoppers.bag_of(db, session)
            secret = await tickets.show(db, await visits.of_kiosk(db, tablet.id, tablet.visit))
            ticket = await tickets.open_with(db, secret, session)
            claims = {claim.id for claim in await db.scalars(select(Claim))}
            assert await tickets.pick(db, session, ticket.number or 0)
            await db.flush()
            made = [claim.id for claim in await db.scalars(select(Claim)) if claim.id not in claims]
            after = await shoppers.bag_of(db, session)
            assert after is not None
            return before.id if before else "", after.id, made[0] if made else None

    def refuse(self, tablet: Tablet) -> None:
        """Not my phone: the bag that the tablet made is the tablet's alone again."""
        self.run(self._refuse(tablet))
        if tablet.bag in self.oracle.moved:
            [claim] = [id for id, (source, _) in self.claims.items() if source == tablet.bag]
            self._undone(claim)

    async def _refuse(self, tablet: Tablet) -> None:
        async with self.database.transaction() as db:
            await tickets.refuse(db, await visits.of_kiosk(db, tablet.id, tablet.visit))

    def sign_in(self, phone: Phone, customer: int) -> None:
        """The bag of a phone becomes a customer's."""
        made = self.run(self._sign_in(phone, customer))
        had = phone.bag
        phone.bag = self.customers[customer]
        if made is not None:
            self._claimed(made, self.oracle.home(had), phone.bag)

    async def _sign_in(self, phone: Phone, customer: int) -> int | None:
        async with self.database.transaction() as db:
            session = await db.get_one(ShopperSession, phone.session)
            own = await shoppers.bag_of(db, session)
            if customer not in self.customers:
                theirs = await keeping.begin(db, self.id())
                theirs.customer_id = customer + 1
                self.customers[customer] = theirs.id
            session.customer_id = customer + 1
            if own is None:
                return None
            target = await db.get_one(Bag, self.customers[customer])
            return (await claiming.claim(db, own, target)).id

    def sign_out(self, phone: Phone) -> None:
        """The browser is nobody's again."""
        self.run(self._sign_out(phone))
        phone.forget()
        phone.bag = ""

    async def _sign_out(self, phone: Phone) -> None:
        async with self.database.transaction() as db:
            session = await db.get_one(ShopperSession, phone.session)
            session.customer_id = session.bag_id = None

    def undo(self, claim: int) -> None:
        """Somebody takes a claim back; once."""
        standing = claim in self.claims
        try:
            self.run(self._undo(claim))
        except Gone:
            assert not standing, "a claim of today can be taken back"
            return
        assert standing, "a claim that was taken back is over"
        self._undone(claim)

    async def _undo(self, claim: int) -> None:
        async with self.database.transaction() as db:
            await claiming.undo(db, await db.get_one(Claim, claim))

    def _claimed(self, claim: int, source: str, target: str) -> None:
        self.claims[claim] = (source, target)
        self.made.append(claim)
        self.oracle.moved[source] = target
        self.oracle.settle()

    def _undone(self, claim: int) -> None:
        source, _ = self.claims.pop(claim)
        del self.oracle.moved[source]
        self.oracle.settle()

    def session_bag(self, phone: Phone) -> str:
        """The bag that a phone opens, by the rows."""
        return self.run(self._session_bag(phone))

    async def _session_bag(self, phone: Phone) -> str:
        async with self.database.transaction() as db:
            bag = await shoppers.bag_of(db, await db.get_one(ShopperSession, phone.session))
            return bag.id if bag else ""

    # -- forgetting ------------------------------------------------------------------------------------------------

    def wipe(self, tablet: Tablet, *, told: bool) -> None:
        """The tablet forgets; what it could not send goes into a box that only the server opens."""
        held = sealing.Sealed(tablet.visit, tablet.bag, tablet.secret, tablet.outbox)
        self.boxes.append(
            (tablet, sealing.seal(self.house.public, self.house.key, msgspec.json.encode(held), tablet=tablet.id))
        )
        if told and tablet.told:
            self.run(self._end(tablet))
        tablet.forget()
        tablet.visit = tablet.bag = tablet.secret = ""

    async def _end(self, tablet: Tablet) -> None:
        async with self.database.transaction() as db:
            await visits.end(db, await visits.of_kiosk(db, tablet.id, tablet.visit), by="idle")

    def hand_in(self, tablet: Tablet, box: sealing.Box) -> None:
        """A box arrives; it may come again."""
        for outcome, operation, bag in self.run(self._hand_in(tablet, box)):
            assert outcome.kept, outcome
            self.oracle.kept(bag, operation)

    async def _hand_in(self, tablet: Tablet, box: sealing.Box) -> list[tuple[keeping.Outcome, Operation, str]]:
        async with self.database.transaction() as db:
            held = await sealing.unseal(await sealing.key_of(db, box), box, tablet=tablet.id)
            bag = await visits.made_with(db, held.bag, held.secret)
            outcomes = await keeping.take(db, bag, held.operations, source="a test")
            return [(one, operation, held.bag) for one, operation in zip(outcomes, held.operations, strict=True)]

    # -- what must hold --------------------------------------------------------------------------------------------

    def judge(self, rows: "Rows") -> None:
        """Hold the rows against the oracle."""
        for id, (bag, _) in rows.adds.items():
            assert bag == self.oracle.home(self.oracle.adds[id][0]), "an add is not in the bag that its own has become"
        assert rows.adds.keys() == self.oracle.adds.keys(), "an add that was kept is nowhere, or one came from nowhere"
        for bag in rows.bags:
            found = {id for id, (home, _) in rows.adds.items() if home == bag and (bag, id) not in rows.removed}
            ought = self.oracle.ought(bag)
            assert found >= ought, f"lost: {ought - found}"
            assert found - ought <= self.oracle.may_be_gone(), f"back again: {found - ought}"
        for own, bag in rows.visits:
            assert bag == self.oracle.home(own), "a tablet reads a bag that its own has not become"
        for bag in rows.sessions:
            assert bag not in self.oracle.moved, "a browser that did not claim it reads what its bag was taken up into"


@dataclass(frozen=True)
class Rows:
    """What the tables say, read past the product."""

    adds: dict[str, tuple[str, str]]
    removed: set[tuple[str, str]]
    bags: list[str]
    visits: list[tuple[str, str]]
    sessions: list[str]


QUERIES = (
    "SELECT id, bag_id, variant_id FROM bag_operation WHERE kind = 'add'",
    "SELECT bag_id, add_id FROM bag_removal",
    "SELECT id FROM bag",
    "SELECT own_bag_id, bag_id FROM visit WHERE ended_at IS NULL",
    "SELECT bag_id FROM shopper_session WHERE bag_id IS NOT NULL AND customer_id IS NULL",
)


def rows_of(ask: Callable[[str], list[Any]]) -> Rows:
    """The rows, by whatever asks for them."""
    return _rows(*(ask(query) for query in QUERIES))


async def rows_of_async(database: Database) -> Rows:
    """The rows of any database, past the tables' classes."""
    async with database.snapshot() as db:
        return _rows(*[[tuple(row) for row in await db.execute(text(query))] for query in QUERIES])


def _rows(adds: list[Any], removed: list[Any], bags: list[Any], open_visits: list[Any], sessions: list[Any]) -> Rows:
    return Rows(
        {id: (bag, variant) for id, bag, variant in adds}, {(bag, add) for bag, add in removed},
        [bag for (bag,) in bags], [(own, bag) for own, bag in open_visits], [bag for (bag,) in sessions],
    )  # fmt: skip
