"""A change that has to give way to another's is done again where that is safe; a database that is away is said to be."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import httpx
import pytest
from sqlalchemy import event, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from kiosk.models import Visit
from server.core import topics
from server.core.database import Database
from server.core.refusals import TakenBack
from server.core.settings import Settings
from server.core.topics import Topic
from tests import shopping
from tests.conftest import Served
from tests.postgres import Postgres

pytestmark = pytest.mark.usefixtures("patient")


@pytest.fixture
async def second(settings: Settings) -> AsyncIterator[Database]:
    """The same database as another process has it."""
    opened = Database(settings.database, settings)
    yield opened
    await opened.close()


async def locking(path: str) -> sqlite3.Connection:
    """A connection that has the file's lock; whoever has it now is of this process, so it is asked for in turns."""
    holder = sqlite3.connect(path, isolation_level=None, timeout=0)
    while not holder.in_transaction:
        try:
            holder.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            await asyncio.sleep(0.01)
    return holder


@asynccontextmanager
async def refused(database: Database, settings: Settings, *, times: int):
    """Have the database itself refuse so many transactions: a serialization failure, or another program's lock."""
    engine, left = database.engine.sync_engine, times

    def fail(connection, cursor, statement, parameters, context, many):
        nonlocal left
        if left and statement.startswith(("INSERT", "UPDATE", "DELETE")):
            left -= 1
            return "DO $$ BEGIN RAISE EXCEPTION 'forced' USING ERRCODE = '40001'; END $$", ()
        return statement, parameters

    def impatient(connection, record, proxy) -> None:
        connection.cursor().execute("PRAGMA busy_timeout=1")

    def locked(context) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            holder.rollback()

    if not database.sqlite:
        event.listen(engine, "before_cursor_execute", fail, retval=True)
        yield
        event.remove(engine, "before_cursor_execute", fail)
        return
    event.listen(engine, "checkout", impatient)
    holder = await locking(settings.database.partition(":///")[2])
    event.listen(engine, "handle_error", locked)
    yield
    event.remove(engine, "handle_error", locked)
    holder.close()
    event.remove(engine, "checkout", impatient)
    await database.engine.dispose()  # connections that would stay impatient


async def number(database: Database, name: str) -> int:
    async with database.snapshot() as db:
        return (await topics.numbers(db, [name])).get(name, 0)


def bumping(name: str) -> Callable[[AsyncSession], object]:
    async def work(db: AsyncSession) -> None:
        topics.note(db, name)

    return work


@pytest.mark.parametrize("times", [1, 3])
async def test_a_change_that_was_refused_for_anothers_sake_is_done_again_and_counted_once(
    database: Database, settings: Settings, times: int
) -> None:
    heard: list[list[tuple[str, int]]] = []
    database.after_commit.append(heard.append)
    async with refused(database, settings, times=times):
        await database.change(bumping("queue"))
    assert await number(database, "queue") == 1 and heard == [[("queue", 1)]]


async def test_small_changes_that_share_a_transaction_are_done_again_too(
    database: Database, settings: Settings
) -> None:
    async with refused(database, settings, times=1):
        await asyncio.gather(*(database.shared(bumping(f"t{one}")) for one in range(5)))
    assert [await number(database, f"t{one}") for one in range(5)] == [1] * 5


async def test_a_change_that_is_refused_for_ever_says_so(database: Database, settings: Settings) -> None:
    async with refused(database, settings, times=99):
        with pytest.raises(TakenBack, match="Nothing was changed"):
            await database.change(bumping("queue"))
    assert await number(database, "queue") == 0


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_two_processes_that_wait_for_each_other_both_come_through(database: Database, second: Database) -> None:
    for name in ("left", "right"):
        await database.change(bumping(name))
    held = asyncio.Barrier(2)

    async def swap(here: Database, first: str, then: str) -> None:
        tries = 0

        async def work(db: AsyncSession) -> None:
            nonlocal tries
            tries += 1
            await db.execute(text("SET LOCAL deadlock_timeout = '10ms'"))
            await db.execute(update(Topic).where(Topic.name == first).values(number=Topic.number + 1))
            if tries == 1:
                await held.wait()
            await db.execute(update(Topic).where(Topic.name == then).values(number=Topic.number + 1))

        await here.change(work)

    await asyncio.gather(swap(database, "left", "right"), swap(second, "right", "left"))
    assert await number(database, "left") == await number(database, "right") == 3


async def test_a_request_that_was_refused_for_anothers_sake_is_answered_as_if_it_had_not_been(
    served: Served, settings: Settings, tablet: shopping.Tablet
) -> None:
    async with refused(served.database, settings, times=1):
        await tablet.begin()
    async with served.database.snapshot() as db:
        assert await db.scalar(select(Visit.ended_at).where(Visit.id == tablet.visit)) is None
        assert await db.get(Visit, tablet.visit)


async def test_a_request_that_is_refused_for_ever_is_told_when_to_come_again(
    served: Served, settings: Settings, tablet: shopping.Tablet
) -> None:
    async with refused(served.database, settings, times=99):
        answer = await tablet.client.post(f"/api/visits/{tablet.visit}/call")
    assert answer.status_code == 503 and answer.headers["retry-after"] == "1"
    assert answer.headers["content-type"] == "application/problem+json" and "Nothing was changed" in answer.text
    assert (await tablet.client.post(f"/api/visits/{tablet.visit}/call")).is_success


async def test_a_request_that_has_kept_something_is_never_done_twice(
    served: Served, settings: Settings, monkeypatch: pytest.MonkeyPatch, tablet: shopping.Tablet
) -> None:
    kept: list[int] = []

    async def twice(db: AsyncSession, *_: object) -> None:
        await served.database.change(bumping("kept"))
        kept.append(1)
        raise TakenBack("no", retry_after=1)

    monkeypatch.setattr("kiosk.sealing.key_of", twice)
    box = {"key": "k", "epk": "e", "iv": "i", "data": "d"}
    answer: httpx.Response = await tablet.client.post("/api/sealed", json=box)
    assert answer.status_code == 503 and kept == [1]


@pytest.mark.postgresql
async def test_a_password_or_a_name_that_is_another_now_is_answered_as_a_database_that_is_away(
    postgres: Postgres, tmp_path: Path
) -> None:
    name, role = postgres.create(), f"keeper_{tmp_path.name[-12:]}".replace("-", "_")
    postgres._say(f"CREATE ROLE {role} LOGIN SUPERUSER")
    url = postgres.url(name).replace("vitrine@", f"{role}@")
    running = Served(Settings(home=tmp_path, database_url=url, sources=False))
    await running.start()
    end = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{role}'"
    try:
        async with await running.staff("viewer") as viewer:
            assert (await viewer.get("/console/health")).status_code == 200
            for change, back in (
                (f"ALTER ROLE {role} NOLOGIN", f"ALTER ROLE {role} LOGIN"),
                (f"ALTER DATABASE {name} RENAME TO {name}_", f"ALTER DATABASE {name}_ RENAME TO {name}"),
            ):
                await _gone(postgres, change, end)
                answer = await viewer.get("/console/health")
                assert answer.status_code == 503 and int(answer.headers["retry-after"]) > 0
                assert "database does not answer" in answer.text and "vitrine doctor" in answer.text
                postgres._say(back)
                assert (await viewer.get("/console/health")).status_code == 200
    finally:
        await running.stop()
        postgres.drop(name)
        postgres._say(f"DROP ROLE {role}")


async def _gone(postgres: Postgres, change: str, end: str) -> None:
    """Change what the server connects by, and break what it has; it connects again at any moment, so a few times."""
    for _ in range(50):
        postgres._say(end)
        try:
            postgres._say(change)
        except asyncpg.PostgresError:
            await asyncio.sleep(0.02)
        else:
            postgres._say(end)
            return
    raise AssertionError("it could not be changed")
