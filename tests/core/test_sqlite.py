"""SQLite with one trip a statement gives what the driver beneath gives."""

import asyncio
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError

from server.core.database import Database
from server.core.sqlite import AT_ONCE, OneTripConnection
from tests.conftest import until

COUNT = text("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :most) SELECT i FROM n")


@pytest.fixture
async def kept(tmp_path: Path):
    """A database with a table of words."""
    database = Database(f"sqlite+aiosqlite:///{tmp_path}/words.sqlite")
    async with database.engine.begin() as connection:
        await connection.execute(text("CREATE TABLE word (id INTEGER PRIMARY KEY, said TEXT UNIQUE)"))
    yield database
    await database.close()


@pytest.mark.parametrize("rows", [1, AT_ONCE - 1, AT_ONCE, AT_ONCE + 1, AT_ONCE * 3 + 7])
async def test_every_row_comes_once_and_in_order(kept: Database, rows: int) -> None:
    async with kept.engine.connect() as connection:
        found = [i for (i,) in await connection.execute(COUNT, {"most": rows})]
    assert found == list(range(1, rows + 1))


@pytest.mark.parametrize("part", [1, 300, AT_ONCE, AT_ONCE * 2])
async def test_a_long_result_can_be_read_part_by_part(kept: Database, part: int) -> None:
    most = AT_ONCE * 2 + 3
    async with kept.engine.connect() as connection:
        result = await connection.stream(COUNT.execution_options(yield_per=part), {"most": most})
        parts = [[row.i for row in rows] async for rows in result.partitions(part)]
    assert [i for rows in parts for i in rows] == list(range(1, most + 1))
    assert {len(rows) for rows in parts[:-1]} <= {part}


async def test_a_result_that_is_left_halfway_holds_nobody_up(kept: Database) -> None:
    async with kept.engine.connect() as connection:
        result = await connection.stream(COUNT, {"most": AT_ONCE * 5})
        assert (await result.fetchone())[0] == 1
        await result.close()
        await connection.execute(text("INSERT INTO word (said) VALUES ('after')"))
        assert await connection.scalar(text("SELECT said FROM word")) == "after"


async def test_what_a_change_touched_is_counted_and_named(kept: Database) -> None:
    async with kept.engine.begin() as connection:
        first = await connection.execute(text("INSERT INTO word (said) VALUES ('one')"))
        assert first.lastrowid == 1
        await connection.execute(text("INSERT INTO word (said) VALUES (:said)"), [{"said": "two"}, {"said": "three"}])
        changed = await connection.execute(text("UPDATE word SET said = said || '!' RETURNING id"))
        assert [id for (id,) in changed] == [1, 2, 3]
        gone = await connection.execute(text("DELETE FROM word WHERE id > 1"))
        assert gone.rowcount == 2


async def test_a_refused_statement_says_why_and_leaves_the_connection_usable(kept: Database) -> None:
    async with kept.engine.begin() as connection:
        await connection.execute(text("INSERT INTO word (said) VALUES ('once')"))
        with pytest.raises(IntegrityError, match="UNIQUE"):
            await connection.execute(text("INSERT INTO word (said) VALUES ('once')"))
        with pytest.raises(OperationalError, match="no such table"):
            await connection.execute(text("SELECT * FROM nowhere"))
        assert await connection.scalar(text("SELECT count(*) FROM word")) == 1


async def test_a_transaction_in_which_nothing_was_said_asks_sqlite_nothing(
    kept: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    trips: list[object] = []
    going = OneTripConnection._execute

    async def counted(self: OneTripConnection, fn: object, *args: object) -> object:
        trips.append(fn)
        return await going(self, fn, *args)  # type: ignore[arg-type]

    async with kept.snapshot() as db:  # its connection is made
        await db.execute(text("SELECT 1"))
    monkeypatch.setattr(OneTripConnection, "_execute", counted)
    async with kept.snapshot() as db:
        await db.connection()
    assert not trips
    async with kept.snapshot() as db:
        await db.execute(text("SELECT 1"))
    assert len(trips) == 2, "the statement with its beginning, and the end"


async def test_a_snapshot_stays_as_its_first_statement_found_it(kept: Database) -> None:
    count = text("SELECT count(*) FROM word")
    async with kept.snapshot() as db:
        assert await db.scalar(count) == 0
        async with kept.transaction() as writing:
            await writing.execute(text("INSERT INTO word (said) VALUES ('later')"))
        assert await db.scalar(count) == 0
    async with kept.snapshot() as db:
        assert await db.scalar(count) == 1


async def test_a_change_whose_caller_goes_in_its_first_statement_leaves_nothing_open(kept: Database) -> None:
    held = sqlite3.connect(kept.url.partition("///")[2], isolation_level=None)
    held.execute("BEGIN IMMEDIATE")

    async def change() -> None:
        async with kept.transaction() as db:
            await db.execute(text("INSERT INTO word (said) VALUES ('mine')"))

    going = asyncio.create_task(change())

    async def sent() -> bool:
        return kept.engine.pool.checkedout() == 1  # type: ignore[attr-defined]

    await until(sent)
    going.cancel()
    held.execute("COMMIT")  # only now can that statement begin its transaction
    with pytest.raises(asyncio.CancelledError):
        await going
    held.execute("BEGIN IMMEDIATE")  # so nobody holds it
    assert held.execute("SELECT count(*) FROM word").fetchone() == (0,)
    held.execute("ROLLBACK")
    held.close()
    async with kept.transaction() as db:
        await db.execute(text("INSERT INTO word (said) VALUES ('mine')"))
