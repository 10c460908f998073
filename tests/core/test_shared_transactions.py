"""Small changes that come at once share a transaction, and each stands or falls alone."""

import asyncio

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.core import topics
from server.core.database import Database
from server.core.errors import Conflict
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
