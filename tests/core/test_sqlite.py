"""SQLite with one trip a statement gives what the driver beneath gives."""

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError

from server.core.database import Database
from server.core.sqlite import AT_ONCE

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
