"""The drivers for PostgreSQL against each other, on statements of ours: bag operations, a topic bumped and read, the sweep.

    python -m tests.bench.drivers

Needs PostgreSQL, and both drivers (`pip install asyncpg psycopg[binary]`). They take turns, so that what else the
machine does meets both; figures are the medians of the rounds. CPU is this process's, the server's is its own affair.
"""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import uvloop

import server.app  # noqa: F401 - the documents of every topic
from kiosk import keeping
from kiosk.models import Bag
from server.core import topics
from server.core.database import Database
from server.core.tables import insert
from server.core.topics import Topic
from tests import house
from tests.postgres import Postgres, find_postgres

DRIVERS = ("asyncpg", "psycopg")
ROUNDS, AT_ONCE, TIMES = 7, 16, 400
SWEPT = 10_000
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
BAGS = [str(uuid4()) for _ in range(AT_ONCE)]


class Cost(NamedTuple):
    """What one piece of work took, in milliseconds."""

    wall: float
    cpu: float


async def tap(database: Database, turn: int) -> None:
    """An item goes into a bag; whoever looks at the bag is told."""
    async with database.transaction() as db:
        bag = await db.get_one(Bag, BAGS[turn % AT_ONCE])
        operation = keeping.Operation(str(uuid4()), "add", "stain-madder", made_at=time.time() * 1000)
        removal = keeping.Operation(str(uuid4()), "remove", adds=[operation.id], made_at=time.time() * 1000)
        await keeping.take(db, bag, [operation, removal], source="tablet")


async def bump_and_read(database: Database, turn: int) -> None:
    """A topic changes and its document is built."""
    name = f"bag:{BAGS[turn % AT_ONCE]}"
    async with database.transaction() as db:
        topics.note(db, name)
    async with database.snapshot() as db:
        await topics.read(db, name)


async def sweep(database: Database, turn: int) -> None:
    """The versions of 10,000 topics are compared with the database."""
    async with database.snapshot() as db:
        await topics.epoch(db)
        await topics.numbers(db, [f"swept:{n}" for n in range(SWEPT)])


WORK: dict[str, tuple[Callable[[Database, int], Awaitable[None]], int, int]] = {
    "bag operation, 16 at once": (tap, TIMES, AT_ONCE),
    "bump and read, 16 at once": (bump_and_read, TIMES, AT_ONCE),
    "bump and read, alone": (bump_and_read, TIMES, 1),
    "sweep of 10,000 topics": (sweep, 5, 1),
}


async def measured(database: Database, name: str) -> Cost:
    """One round of one kind of work."""
    work, times, at_once = WORK[name]
    turns = iter(range(times))

    async def one() -> None:
        for turn in turns:
            await work(database, turn)

    began, used = time.perf_counter(), time.process_time()
    await asyncio.gather(*(one() for _ in range(at_once)))
    return Cost(*(spent * 1000 / times for spent in (time.perf_counter() - began, time.process_time() - used)))


async def compared(url: str) -> dict[str, dict[str, list[Cost]]]:
    """Every round of every work with both drivers in turn."""
    databases = {driver: Database(url.replace("+asyncpg", f"+{driver}")) for driver in DRIVERS}
    await furnish(databases["asyncpg"])
    found: dict[str, dict[str, list[Cost]]] = {name: {driver: [] for driver in DRIVERS} for name in WORK}
    for turn in range(ROUNDS + 1):
        for name in WORK:
            for driver in DRIVERS if turn % 2 else reversed(DRIVERS):
                cost = await measured(databases[driver], name)
                if turn:  # the first is for connections and prepared statements
                    found[name][driver].append(cost)
    for database in databases.values():
        await database.close()
    return found


async def furnish(database: Database) -> None:
    """Bags, what goes into them, and topics to sweep."""
    async with database.transaction() as db:
        await house.catalogue(db)
        db.add_all(Bag(id=id, created_at=EPOCH, touched_at=EPOCH) for id in BAGS)
        rows = [{"name": f"swept:{n}", "number": 1, "changed_at": EPOCH} for n in range(SWEPT)]
        for start in range(0, SWEPT, 5000):
            await db.execute(insert(db, Topic), rows[start : start + 5000])


def main() -> None:
    """Print the table."""
    programs = find_postgres()
    if programs is None:
        raise SystemExit("PostgreSQL is not installed; on Debian: apt install postgresql")
    server = Postgres(Path(programs))
    try:
        server.start()
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            found = runner.run(compared(server.url(server.create())))
    finally:
        server.stop()
    print(f"| work | {' | '.join(f'{driver}: ms, CPU ms' for driver in DRIVERS)} | CPU ratio |")
    for name, costs in found.items():
        median = {driver: Cost(*map(statistics.median, zip(*costs[driver], strict=True))) for driver in DRIVERS}
        cells = " | ".join(f"{median[driver].wall:.2f}, {median[driver].cpu:.2f}" for driver in DRIVERS)
        print(f"| {name} | {cells} | {median['psycopg'].cpu / median['asyncpg'].cpu:.2f} |")


if __name__ == "__main__":
    main()
