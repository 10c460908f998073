"""Whatever devices do to a bag, in whatever order it arrives: an add is lost only to a removal that had seen it.

A machine draws tablets, phones, tickets, wipes, claims and their undoing, and drives the product's own code over a real
database; tests/kiosk/bag_world.py has the oracle. Look longer with: pytest --hypothesis-profile=long
"""

import asyncio
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from sqlite3 import connect
from typing import Any

import hypothesis
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

import tests.kiosk.inline_sqlite  # noqa: F401 - a driver that its address names
from server.core.database import Database
from tests.kiosk.bag_world import CUSTOMERS, VARIANTS, Device, Rows, Tablet, World, furnish, rows_of, rows_of_async
from tests.postgres import Postgres

RUNS, STEPS, LEAST = 138, 100, 10_000
"""A run may end before its last step; so many have to be taken in all."""
LONG = 20
"""So many times more under the long profile, each time others."""
SOME = st.integers(0, 11)
VARIANT = st.sampled_from(VARIANTS)


class BagMachine(RuleBasedStateMachine):
    """Several devices, each with an own and possibly old view of its bag."""

    fresh: Callable[[], Any]
    """Opens a database of its own for each run: (world, what reads its rows, what closes it)."""
    steps = 0

    def __init__(self) -> None:
        super().__init__()
        self.world, self.rows, self.close = type(self).fresh()

    def teardown(self) -> None:
        self.close()

    @property
    def devices(self) -> list[Device]:
        """Those that have a bag."""
        return [one for one in (*self.world.tablets, *self.world.phones) if one.bag]

    @property
    def waiting(self) -> list[Device]:
        """Those that have something to send; a tablet sends nothing before its visit was heard of."""
        return [one for one in self.devices if one.outbox and (not isinstance(one, Tablet) or one.told)]

    @property
    def at_work(self) -> list[Tablet]:
        """Tablets with somebody in front of them, of whom the server knows."""
        return [one for one in self.world.tablets if one.visit and one.told]

    @precondition(lambda self: any(not one.visit for one in self.world.tablets))
    @rule(told=st.booleans())
    def begin_visit(self, told: bool) -> None:
        self.world.begin(next(one for one in self.world.tablets if not one.visit), told=told)

    @precondition(lambda self: any(one.visit for one in self.world.tablets))
    @rule(which=SOME)
    def say_that_it_goes_on(self, which: int) -> None:
        self.world.say_visit(pick([one for one in self.world.tablets if one.visit], which))

    @precondition(lambda self: self.devices)
    @rule(which=SOME, variant=VARIANT)
    def add(self, which: int, variant: str) -> None:
        self.world.take(pick(self.devices, which), variant)

    @precondition(lambda self: any(one.view() for one in self.devices))
    @rule(which=SOME, what=SOME)
    def remove(self, which: int, what: int) -> None:
        device = pick([one for one in self.devices if one.view()], which)
        self.world.put_back(device, pick(sorted(device.view()), what))

    @precondition(lambda self: self.devices)
    @rule(which=SOME)
    def look(self, which: int) -> None:
        self.world.look(pick(self.devices, which))

    @precondition(lambda self: self.devices)
    @rule(which=SOME, what=SOME)
    def take_out_what_is_there(self, which: int, what: int) -> None:
        """At once, with everybody's items before its eyes: what a claim has brought together most of all."""
        device = pick(self.devices, which)
        self.world.look(device)
        if device.bag and device.view():
            self.world.put_back(device, pick(sorted(device.view()), what))
        if device in self.waiting and self.world.send(self.world.letter(device, device.outbox)) is not None:
            device.outbox = []

    @precondition(lambda self: self.waiting)
    @rule(which=SOME, how=st.sampled_from(["all", "first", "last", "last", "unanswered", "reversed", "late"]))
    def send(self, which: int, how: str) -> None:
        device = pick(self.waiting, which)
        batch = {"first": device.outbox[:1], "last": device.outbox[-1:]}.get(how, device.outbox)
        letter = self.world.letter(device, list(reversed(batch) if how == "reversed" else batch))
        if how != "unanswered":
            device.outbox = device.outbox[: -len(batch)] if how == "last" else device.outbox[len(batch) :]
        self.world.letters = [*self.world.letters[-5:], letter]
        if how != "late" and self.world.send(letter) is None:
            device.forget()

    @precondition(lambda self: self.world.letters)
    @rule(which=SOME, backwards=st.booleans())
    def arrive_late_or_again(self, which: int, backwards: bool) -> None:
        letter = pick(self.world.letters, which)
        if backwards:
            letter.operations.reverse()
        self.world.send(letter)

    @precondition(lambda self: any(not one.bag for one in self.world.phones))
    @rule(which=SOME)
    def begin_bag(self, which: int) -> None:
        self.world.begin_bag(pick([one for one in self.world.phones if not one.bag], which))

    @precondition(lambda self: self.at_work)
    @rule(which=SOME, whose=SOME)
    def scan(self, which: int, whose: int) -> None:
        self.world.scan(pick(self.world.phones, whose), pick(self.at_work, which))

    @precondition(lambda self: self.at_work)
    @rule(which=SOME)
    def not_my_phone(self, which: int) -> None:
        self.world.refuse(pick(self.at_work, which))

    @rule(which=SOME, customer=st.integers(0, CUSTOMERS - 1))
    def sign_in_or_out(self, which: int, customer: int) -> None:
        phone = pick(self.world.phones, which)
        if phone.bag in self.world.customers.values():
            self.world.sign_out(phone)
        elif phone.bag == self.world.session_bag(phone):
            self.world.sign_in(phone, customer)

    @precondition(lambda self: self.world.made)
    @rule(claim=SOME, again=st.booleans())
    def undo(self, claim: int, again: bool) -> None:
        standing = [] if again else list(self.world.claims)
        self.world.undo(pick(standing or self.world.made, claim))

    @precondition(lambda self: any(one.visit for one in self.world.tablets))
    @rule(which=SOME, told=st.booleans())
    def wipe(self, which: int, told: bool) -> None:
        self.world.wipe(pick([one for one in self.world.tablets if one.visit], which), told=told)

    @precondition(lambda self: self.world.boxes)
    @rule(which=SOME)
    def hand_in(self, which: int) -> None:
        self.world.hand_in(*pick(self.world.boxes, which))

    @invariant()
    def nothing_is_lost_and_nothing_comes_back(self) -> None:
        BagMachine.steps += 1
        self.world.judge(self.rows())


def pick(some: list[Any], which: int) -> Any:
    """One of several, however many there are now."""
    return some[which % len(some)]


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """A loop for code that is called from where none runs."""
    made = asyncio.new_event_loop()
    yield made
    made.close()


def ran(fresh: Callable[[], Any], runs: int) -> int:
    """Run the machine; returns how many steps it took."""
    longer = settings.default.max_examples >= 1000
    BagMachine.fresh, BagMachine.steps = staticmethod(fresh), 0
    run_state_machine_as_test(
        BagMachine,
        settings=settings(
            max_examples=runs * (LONG if longer else 1), stateful_step_count=STEPS, derandomize=not longer,
            database=None, deadline=None, suppress_health_check=list(hypothesis.HealthCheck),
        ),
    )  # fmt: skip
    return BagMachine.steps


@pytest.mark.timeout(0)
def test_an_add_is_lost_only_to_a_removal_that_had_seen_it(
    loop: asyncio.AbstractEventLoop, sqlite_template: Path, tmp_path: Path
) -> None:
    path, template = tmp_path / "bag.sqlite", tmp_path / "house.sqlite"
    shutil.copy(sqlite_template, path)
    database = Database(f"sqlite+inline:///{path}")
    house = loop.run_until_complete(furnish(database))
    with closing(connect(path, isolation_level=None)) as rows, closing(connect(template)) as begun:
        rows.backup(begun)

        def read() -> Rows:
            return rows_of(lambda query: list(rows.execute(query)))

        def fresh() -> Any:
            begun.backup(rows)
            return World(database, house, loop.run_until_complete), read, int

        steps = ran(fresh, RUNS)
    loop.run_until_complete(database.close())
    print(f"{steps:,} steps")
    assert steps >= LEAST


def _read(loop: asyncio.AbstractEventLoop, database: Database) -> Rows:
    return loop.run_until_complete(rows_of_async(database))


@pytest.mark.postgresql
def test_the_same_on_postgresql(loop: asyncio.AbstractEventLoop, postgres: Postgres) -> None:
    def fresh() -> Any:
        name = postgres.create()
        database = Database(postgres.url(name))

        def close() -> None:
            loop.run_until_complete(database.close())
            postgres.drop(name)

        house = loop.run_until_complete(furnish(database))
        read = partial(_read, loop, database)
        return World(database, house, loop.run_until_complete), read, close

    assert ran(fresh, 5) > 0
