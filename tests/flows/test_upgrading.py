"""An upgrade beside the traffic: tables change while the version before serves, one migration at a time, and nobody waits long."""

import asyncio
import re
from collections.abc import AsyncIterator
from io import StringIO
from pathlib import Path

import asyncpg
import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import text

from server import migrating
from server.app import _begin
from server.core.database import Database
from server.core.errors import Misconfigured
from server.core.settings import Settings
from server.migrating import MIGRATIONS, NEWER, OLDER, config, migrate, require, standing
from tests.conftest import Served
from tests.postgres import Postgres

OLD = "0009"
"""The version that serves: what it says to the database is below, as it said it."""
FIRST_UNDER_THE_RULE = "0015"
BUMP = (
    "INSERT INTO topic (name, number, changed_at) VALUES ($1, 1, now()) "
    "ON CONFLICT (name) DO UPDATE SET number = topic.number + 1, changed_at = excluded.changed_at"
)
TAP = (
    "INSERT INTO bag_operation (id, bag_id, kind, variant_id, source, seen, made_at, received_at) "
    "VALUES ($1, 'b', 'add', 'v', 'tablet', '{}', now(), now())"
)
LOOK = "SELECT id, feed_id FROM trend"
REPORT = "UPDATE kiosk_report SET seen_at = now()"
CONTRACTS = re.compile(
    r"DROP (COLUMN|TABLE|INDEX(?! CONCURRENTLY))|RENAME|ALTER COLUMN \w+ (TYPE|SET NOT NULL)|CREATE (UNIQUE )?INDEX(?! CONCURRENTLY)"
    r"|ADD COLUMN (?!.*DEFAULT)[^;]*NOT NULL"
)


@pytest.fixture
async def old(postgres: Postgres) -> AsyncIterator[Database]:
    """A database of that version, with a bag."""
    name = postgres.create()
    database = Database(postgres.url(name))
    async with database.engine.begin() as connection:
        await connection.execute(text("DROP SCHEMA public CASCADE"))
        await connection.execute(text("CREATE SCHEMA public"))
        await connection.run_sync(lambda sync: command.upgrade(config(sync), OLD))
    async with database.engine.begin() as connection:
        await connection.execute(text("INSERT INTO bag (id, created_at, touched_at) VALUES ('b', now(), now())"))
    yield database
    await database.close()
    postgres.drop(name)


async def connected(database: Database) -> asyncpg.Connection:
    return await asyncpg.connect(database.url.replace("+asyncpg", ""))


class Traffic:
    """The old version at work: taps, bumps, reads and reports, each its own transaction, until told to end."""

    def __init__(self) -> None:
        self.done, self.over = 0, False

    async def run(self, database: Database, who: int) -> None:
        connection = await connected(database)
        while not self.over:
            async with connection.transaction():
                await connection.execute(TAP, f"{who}-{self.done}")
                await connection.execute(BUMP, f"bag:{who}")
            await connection.fetch(LOOK)
            await connection.execute(REPORT)
            self.done += 1
        await connection.close()

    async def goes_on(self) -> None:
        """Wait for twenty more of everything; it is bound to happen unless something stands in its way."""
        target = self.done + 20
        async with asyncio.timeout(60):
            while self.done < target:
                await asyncio.sleep(0.01)


@pytest.mark.postgresql
async def test_tables_change_while_the_version_before_serves_and_while_somebody_holds_one(
    old: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrating, "STEP_BACK_SECONDS", 0.2)
    monkeypatch.setattr(migrating, "LOCK_MILLISECONDS", 100)
    traffic, said = Traffic(), []
    async with asyncio.TaskGroup() as group:
        for who in range(4):
            group.create_task(traffic.run(old, who))
        holder = await connected(old)
        report = holder.transaction()  # a long report, as somebody's spreadsheet asks for
        await report.start()
        await holder.fetch(LOOK)
        with pytest.raises(Misconfigured, match="oldest open transaction is process"):
            await migrate(old, patience=0)
        upgrade = group.create_task(migrate(old, said.append))
        while not said:
            await asyncio.sleep(0.02)
        await traffic.goes_on()
        assert not upgrade.done()
        await report.rollback()
        await holder.close()
        await upgrade
        await traffic.goes_on()  # what it says fits the new tables too
        traffic.over = True
    async with old.snapshot() as db:
        assert await standing(db) == migrating.SAME
        assert await db.scalar(text("SELECT count(*) FROM bag_operation")) == traffic.done
        assert (await db.execute(text("SHOW lock_timeout"))).scalar() == "0"


@pytest.mark.postgresql
async def test_of_several_migrations_at_once_one_works_and_the_others_wait(old: Database) -> None:
    others = [Database(old.url) for _ in range(3)]
    said: list[str] = []
    await asyncio.gather(*(migrate(database, said.append) for database in (old, *others)))
    assert set(said) <= {"Another migration is running; this one waits for it."}
    async with old.snapshot() as db:
        assert await standing(db) == migrating.SAME
        assert await db.scalar(text("SELECT count(*) FROM epoch")) == 1
    for database in others:
        await database.close()


async def test_a_server_begins_on_tables_that_it_knows_and_on_no_others(
    served: Served, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    await require(settings)
    client = served.client()
    async with served.database.transaction() as db:
        await db.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Misconfigured, match=r"newer version \(9999; .*Use that version here too"):
        await require(settings)
    with pytest.raises(Misconfigured, match="Nothing was changed"):
        await migrate(served.database)
    async with served.database.snapshot() as db:
        assert await standing(db) == NEWER
    assert (await client.get("/health/ready")).status_code == 200  # what runs runs on: the upgrade began beside it
    async with served.database.transaction() as db:
        await db.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    with pytest.raises(Misconfigured, match="Run: vitrine migrate"):
        await require(settings)
    assert (await client.get("/health/ready")).status_code == 503
    with pytest.raises(Misconfigured, match="Run: vitrine migrate"):  # a worker begun again by code replaced under it
        await _begin(served.database, served.app.state.hub)
    async with served.database.snapshot() as db:
        assert await standing(db) == OLDER
    await client.aclose()


def test_every_migration_leaves_the_version_before_what_it_needs() -> None:
    """docs/operations.md has the rule: what takes away or blocks comes a version later, in a migration that says so."""
    for path in sorted((MIGRATIONS / "versions").glob("[0-9]*.py")):
        if path.name[:4] < FIRST_UNDER_THE_RULE or "Contracts: " in path.read_text():
            continue
        assert not CONTRACTS.search(statements(path)), f"{path.name} would break or block the version that serves"


def statements(path: Path) -> str:
    """What a migration says to PostgreSQL, without what it says of tables and columns that it has just made."""
    out = StringIO()
    before = ScriptDirectory.from_config(offline(out)).get_revision(path.name[:4]).down_revision
    command.upgrade(offline(out), f"{before}:{path.name[:4]}", sql=True)
    said = out.getvalue()
    for table in re.findall(r"CREATE TABLE (\w+)", said):
        said = re.sub(rf"CREATE (UNIQUE )?INDEX \w+ ON {table} ", "", said)
    return said


def offline(out: StringIO) -> object:
    made = config()
    made.output_buffer = out
    return made


@pytest.mark.parametrize(
    ("statement", "refused"),
    (
        ("ALTER TABLE trend DROP COLUMN why", True),
        ("ALTER TABLE trend RENAME COLUMN why TO because", True),
        ("ALTER TABLE trend ADD COLUMN why JSON NOT NULL", True),
        ("ALTER TABLE trend ADD COLUMN why JSON DEFAULT '{}' NOT NULL", False),
        ("ALTER TABLE trend ADD COLUMN why JSON", False),
        ("CREATE INDEX ix_trend_why ON trend (why)", True),
        ("CREATE INDEX CONCURRENTLY ix_trend_why ON trend (why)", False),
    ),
)
def test_the_rule_knows_what_breaks_or_blocks(statement: str, refused: bool) -> None:
    assert bool(CONTRACTS.search(statement)) is refused
