"""The database under many hands: no lost update, no lock error, one moment per snapshot, and cancelled work leaves nothing."""

import asyncio
import random
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from server.core import topics
from server.core.clock import now
from server.core.database import Database
from server.core.settings import Settings
from server.core.topics import Topic


@pytest.fixture
async def second(settings: Settings) -> AsyncIterator[Database]:
    """The same database as another process has it: connections of its own."""
    opened = Database(settings.database, settings)
    yield opened
    await opened.close()


async def counter(database: Database, name: str = "counter") -> None:
    async with database.transaction() as db:
        await db.execute(insert(Topic).values(name=name, number=0, changed_at=now()))


async def number(database: Database, name: str = "counter") -> int:
    async with database.snapshot() as db:
        return (await topics.numbers(db, [name]))[name]


async def test_eight_writers_and_eight_readers_of_two_processes_never_meet_a_lock_nor_lose_an_update(
    database: Database, second: Database
) -> None:
    """Read, then write what was read and one more: the pattern that loses updates or fails with SQLite's defaults."""
    await counter(database)
    seen: list[int] = []

    async def write(here: Database) -> None:
        for _ in range(150):
            async with here.transaction() as db:
                query = select(Topic).where(Topic.name == "counter").with_for_update()
                row = (await db.scalars(query)).one()
                await asyncio.sleep(0)
                row.number += 1

    async def read(here: Database) -> None:
        for _ in range(150):
            seen.append(await number(here))

    await asyncio.gather(*(work(here) for here in (database, second) for work in (write, read) for _ in range(4)))
    assert await number(database) == 8 * 150 and len(seen) == 8 * 150


async def test_a_snapshot_is_one_moment_while_writers_commit(database: Database, second: Database) -> None:
    await counter(database, "left")
    await counter(database, "right")
    over = asyncio.Event()

    async def write() -> None:
        while not over.is_set():
            async with second.transaction() as db:
                await db.execute(update(Topic).where(Topic.name == "left").values(number=Topic.number + 1))
                await asyncio.sleep(0)
                await db.execute(update(Topic).where(Topic.name == "right").values(number=Topic.number + 1))

    async def read() -> set[int]:
        found = set()
        for _ in range(60):
            async with database.snapshot() as db:
                left = await db.scalar(select(Topic.number).where(Topic.name == "left"))
                await asyncio.sleep(0.002)
                right = await db.scalar(select(Topic.number).where(Topic.name == "right"))
                assert left == right
                found.add(left)
        return found

    writers = [asyncio.create_task(write()) for _ in range(2)]
    moments = await asyncio.gather(*(read() for _ in range(4)))
    over.set()
    await asyncio.gather(*writers)
    assert len(set.union(*moments)) > 5


async def test_a_snapshot_cannot_write(database: Database) -> None:
    with pytest.raises(DBAPIError, match="(?i)read.?only"):
        async with database.snapshot() as db:
            await db.execute(insert(Topic).values(name="x", number=1, changed_at=now()))
    async with database.transaction() as db:
        await db.execute(insert(Topic).values(name="x", number=1, changed_at=now()))


async def test_version_and_content_of_a_topic_are_of_one_moment(database: Database, second: Database) -> None:
    """The document says the number that it was built at; they must never differ."""

    @topics.document("moment", readers=topics.staff_only)
    async def moment(db, id: str) -> dict:
        await asyncio.sleep(0.001)
        return {"number": await db.scalar(select(Topic.number).where(Topic.name == f"moment:{id}")) or 0}

    async def change() -> None:
        for _ in range(60):
            async with second.transaction() as db:
                topics.note(db, "moment:a")

    changing = asyncio.create_task(change())
    read = 0
    while not changing.done() or read < 5:
        async with database.snapshot() as db:
            version, document = await topics.read(db, "moment:a")
        assert document["number"] == version[1]
        read += 1
    await changing


async def test_transactions_that_note_the_same_topics_in_any_order_do_not_deadlock(
    database: Database, second: Database
) -> None:
    names = [f"loop:{n}" for n in range(12)]

    async def note(here: Database, seed: int) -> None:
        order = random.Random(seed)
        for _ in range(25):
            async with here.transaction() as db:
                topics.note(db, *order.sample(names, 8))

    await asyncio.gather(*(note(here, seed) for seed, here in enumerate((database, second) * 4)))
    async with database.snapshot() as db:
        assert sum((await topics.numbers(db, names)).values()) == 8 * 25 * 8


async def test_what_is_cancelled_anywhere_is_whole_or_nothing_and_holds_no_lock(database: Database) -> None:
    """Requests are cancelled by closing sockets, jobs by leases: never may one leave the writer's connection behind."""
    await counter(database, "left")
    await counter(database, "right")

    async def change() -> None:
        async with database.transaction() as db:
            await db.execute(update(Topic).where(Topic.name == "left").values(number=Topic.number + 1))
            await db.execute(update(Topic).where(Topic.name == "right").values(number=Topic.number + 1))

    async def look() -> None:
        async with database.snapshot() as db:
            await db.execute(select(func.count()).select_from(Topic))

    chance = random.Random(7)
    for _ in range(120):
        tasks = [asyncio.create_task(change()), asyncio.create_task(change()), asyncio.create_task(look())]
        await asyncio.sleep(chance.random() * 0.006)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    async with asyncio.timeout(20):
        await change()
        assert await number(database, "left") == await number(database, "right") >= 1


async def test_what_waits_for_the_commit_is_called_after_it_and_never_for_what_failed(database: Database) -> None:
    heard: list[list[tuple[str, int]]] = []
    database.after_commit.append(heard.append)
    with pytest.raises(DBAPIError):
        async with database.transaction() as db:
            topics.note(db, "queue")
            await db.execute(text("SELECT nothing FROM nowhere"))
    assert heard == []
    async with database.transaction() as db:
        topics.note(db, "queue")
        assert heard == []
    assert heard == [[("queue", 1)]]
