"""Small changes that come at once share a transaction, and each stands or falls alone."""

import asyncio
import contextlib
import sqlite3

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from server.core import media, topics
from server.core.database import Database
from server.core.errors import Conflict, NoRoom
from server.core.media import Media
from server.core.topics import Topic


async def _bump(database: Database, name: str, *, fails: bool = False) -> int:
    numbers: dict[str, int] = {}

    async def work(db: AsyncSession) -> None:
        db.add(Topic(name=f"row {name}", number=1, changed_at=topics.now()))
        await db.flush()
        if fails:
            raise Conflict("no")
        topics.note(db, name)
        topics.once_bumped(db, numbers.update)

    await database.shared(work)
    return numbers[name]


async def test_each_of_many_at_once_is_kept_and_learns_its_own_number(database: Database) -> None:
    assert await asyncio.gather(*(_bump(database, f"t{number}") for number in range(120))) == [1] * 120
    assert await _bump(database, "t7 again") == 1
    async with database.snapshot() as db:
        assert await db.scalar(select(func.count()).select_from(Topic).where(Topic.name.startswith("row "))) == 121


async def test_one_that_fails_is_taken_back_alone_and_told_so(database: Database) -> None:
    outcomes = await asyncio.gather(
        *(_bump(database, f"t{number}", fails=number == 3) for number in range(8)), return_exceptions=True
    )
    assert [isinstance(one, Conflict) for one in outcomes] == [number == 3 for number in range(8)]
    async with database.snapshot() as db:
        rows = set(await db.scalars(select(Topic.name).where(Topic.name.startswith("row "))))
    assert rows == {f"row t{number}" for number in range(8) if number != 3}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_many_at_once_wait_for_few_flushes_to_disk(database: Database) -> None:
    commits = 0

    @event.listens_for(database.engine.sync_engine, "commit")
    def count(connection: object) -> None:
        nonlocal commits
        commits += 1

    await asyncio.gather(*(_bump(database, f"t{number}") for number in range(100)))
    assert commits <= 4


async def test_who_gives_up_waiting_holds_nobody_else_up(database: Database) -> None:
    tasks = [asyncio.create_task(_bump(database, f"t{number}")) for number in range(6)]
    await asyncio.sleep(0)
    tasks[2].cancel()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert [outcome for number, outcome in enumerate(outcomes) if number != 2] == [1] * 5


async def _pages(database: Database, most: int | None = None) -> int:
    """How many pages the file has, or may have."""
    async with database.transaction() as db:
        connection = await db.connection()
        asked = f"PRAGMA max_page_count={most}" if most else "PRAGMA page_count"
        return (await connection.exec_driver_sql(asked)).scalar_one()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_full_disk_keeps_none_of_many_at_once_and_says_so_to_each(database: Database) -> None:
    bodies = [bytes([number]) * (3_000_000 if number == 3 else 40) for number in range(8)]

    async def keep(body: bytes) -> None:
        async def work(db: AsyncSession) -> None:
            await media.store(db, body, "image/webp")
            topics.note(db, "kept")

        await database.shared(work)

    await _pages(database, await _pages(database) + 20)
    outcomes = await asyncio.gather(*(keep(body) for body in bodies), return_exceptions=True)
    # SQLite ends a transaction that finds no room: what came behind that would have been kept without its topic's number.
    assert [type(one) for one in outcomes] == [NoRoom] * 8
    async with database.snapshot() as db:
        assert await db.scalar(select(func.count()).select_from(Media)) == 0
        assert await topics.numbers(db, ["kept"]) == {}
    await _pages(database, 2**30)
    assert await asyncio.gather(*(keep(body) for body in bodies)) == [None] * 8


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_change_that_the_database_took_back_is_never_called_kept(database: Database) -> None:
    await _pages(database, await _pages(database) + 20)
    with pytest.raises(sqlite3.OperationalError, match="taken this transaction back"):
        async with database.transaction() as db:
            with contextlib.suppress(OperationalError):
                await media.store(db, b"x" * 3_000_000, "image/webp")
