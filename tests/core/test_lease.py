"""Leases: one holder, another takes over when it ends, and whoever slept through that writes nothing."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text, update

from server.core import lease, process
from server.core.clock import now
from server.core.database import Database
from server.core.errors import Unavailable
from server.core.hub import cancelled
from server.core.lease import Candidate, Holding, Lease, LeaseLost, Tenure, holders, while_held
from server.core.topics import note
from tests.conftest import until


class Worker:
    """Work that says when it runs, and keeps what it was given to write with."""

    def __init__(self) -> None:
        self.running = 0
        self.begun = 0
        self.database: Database | None = None

    async def __call__(self, database: Database) -> None:
        self.database = database
        self.running += 1
        self.begun += 1
        try:
            await asyncio.Event().wait()
        finally:
            self.running -= 1


def held(database: Database, work: lease.Work) -> "asyncio.Task[None]":
    return asyncio.create_task(while_held(database, "job", work))


async def take(database: Database, who: Candidate) -> Tenure | None:
    async with database.transaction() as db:
        return await who.take(db)


async def write(database: Database) -> None:
    async with database.transaction() as db:
        note(db, "queue")


async def run_out(database: Database) -> None:
    async with database.transaction() as db:
        await db.execute(update(Lease).values(until=now() - timedelta(seconds=1)))


async def listed(database: Database) -> list[Holding]:
    async with database.snapshot() as db:
        return await holders(db)


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    return lambda seconds: monkeypatch.setattr(lease, "SECONDS", seconds)


async def test_one_holds_the_lease_until_it_ends_or_is_given_back(database: Database) -> None:
    a, b = Candidate("job"), Candidate("job")
    first = await take(database, a)
    assert first and not await take(database, b) and await take(database, Candidate("another"))
    [another, job] = await listed(database)
    assert (job.name, job.holder, job.term) == ("job", first.holder, 1) and another.name == "another"
    assert job.since and abs(job.since - now()) < timedelta(minutes=1)
    async with database.transaction() as db:
        assert await first.renew(db)
        await first.give_back(db)
    given = (await listed(database))[1]
    assert (given.holder, given.since, given.held_seconds, given.term) == ("", None, 0, 1) and given.left_seconds <= 0
    second = await take(database, b)
    assert second and second.term == 2
    await run_out(database)
    assert (await listed(database))[1].holder == ""
    assert (third := await take(database, a)) and third.term == 3 and not await take(database, b)
    async with database.transaction() as db:
        assert not await second.renew(db) and not await first.renew(db), "an earlier holding is over for good"


async def test_of_many_who_ask_at_once_one_gets_it(database: Database) -> None:
    got = await asyncio.gather(*(take(database, Candidate("job")) for _ in range(12)))
    assert sum(map(bool, got)) <= 1
    got += [await take(database, Candidate("job"))]
    assert sum(map(bool, got)) == 1


async def test_who_lost_the_lease_writes_nothing_more(database: Database) -> None:
    a, b = Candidate("job"), Candidate("job")
    first = await take(database, a)
    fenced = database.fenced(first.assure)
    await write(fenced)
    await fenced.shared(lambda db: asyncio.sleep(0))
    await run_out(database)
    if database.sqlite:
        await write(fenced)  # nobody else has it
        assert await take(database, b)
    with pytest.raises(LeaseLost):
        await write(fenced)
    assert first.lost.is_set()
    assert database.sqlite or await take(database, b)
    for writing in (write, lambda database: database.shared(lambda db: asyncio.sleep(0))):
        with pytest.raises(LeaseLost):
            await writing(fenced)
    await write(database), await database.shared(lambda db: asyncio.sleep(0))


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_what_is_being_written_ends_before_another_takes_over_and_renewing_goes_on_beside_it(
    database: Database,
) -> None:
    a, b = Candidate("job"), Candidate("job")
    first = await take(database, a)
    async with database.fenced(first.assure).transaction():
        async with database.transaction() as db:
            assert await first.renew(db)
        await run_out(database)
        assert not await take(database, b)
    assert await take(database, b)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_who_falls_asleep_while_writing_keeps_nobody_waiting(database: Database, short: Any) -> None:
    short(0.4)
    a, b = Candidate("job"), Candidate("job")
    first = await take(database, a)
    with pytest.raises(Exception, match="(?i)idle.in.transaction|closed|does not answer|went away"):
        async with database.fenced(first.assure).transaction() as db:
            note(db, "queue")

            async def taken() -> bool:
                return bool(await take(database, b))

            await until(taken)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_of_a_process_that_lost_its_lease_and_lives_the_requests_are_answered(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go = asyncio.Event(), asyncio.Event()

    async def request() -> int:
        async with lives.transaction() as db:
            await db.execute(text("SELECT 1"))
            begun.set()
            await go.wait()
            return await db.scalar(text("SELECT 2"))

    async def statement() -> None:
        async with lives.transaction() as db:
            await db.execute(text("SELECT pg_sleep(0.8)"))

    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(process, "name", lambda: "elsewhere 1 0123abcd")
        lives = Database(database.url)
        first = await take(lives, Candidate("job"))
        works = asyncio.create_task(sleeps(lives.fenced(first.assure)))
        requests = asyncio.gather(request(), statement())
        await begun.wait()
        await asyncio.sleep(0.3)
    await run_out(database)

    async def taken() -> bool:
        return bool(await take(database, b))

    b = Candidate("job")
    await until(taken, seconds=4)
    go.set()
    assert await requests == [2, None]
    with pytest.raises(Unavailable):  # what was done under the lease is ended
        await works
    await lives.close()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_lease_is_renewed_though_every_connection_of_the_pool_is_taken(database: Database, short: Any) -> None:
    short(1.2)
    work, free = Worker(), asyncio.Event()

    async def busy() -> None:
        async with database.transaction() as db:
            await db.execute(text("SELECT 1"))
            await free.wait()

    task = held(database, work)
    await until(lambda: happens(work.running == 1))
    crowd = [asyncio.create_task(busy()) for _ in range(25)]
    await asyncio.sleep(2)
    assert (work.running, work.begun) == (1, 1)
    free.set()
    await asyncio.gather(*crowd)
    [job] = await listed(database)
    await cancelled(task)
    assert job.term == 1


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_what_a_process_that_sleeps_left_open_is_ended_whoever_waits_for_whom(
    database: Database, short: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    short(1.2)
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(process, "name", lambda: "elsewhere 1 0123abcd")
        asleep = Database(database.url)
        first = await take(asleep, Candidate("job"))
        begun = [
            asyncio.create_task(sleeps(asleep)),
            *(asyncio.create_task(sleeps(asleep.fenced(first.assure))) for _ in range(4)),
        ]
        await asyncio.sleep(0.5)  # one has locked what the others wait for
    await run_out(database)

    async def taken() -> bool:
        return bool(await take(database, b))

    b = Candidate("job")
    await until(taken, seconds=4)
    await write(database)
    ended = await asyncio.gather(*begun, return_exceptions=True)
    assert all(isinstance(one, Exception) for one in ended), ended
    await asleep.close()


async def sleeps(database: Database) -> None:
    """Write, and fall asleep before it is kept."""
    async with database.transaction() as db:
        await db.execute(
            text("INSERT INTO topic VALUES ('queue', 1, now()) ON CONFLICT (name) DO UPDATE SET number = 2")
        )
        await asyncio.sleep(5)


async def test_a_clock_set_back_keeps_no_lease_from_ending(database: Database, short: Any) -> None:
    short(0.3)
    a, b = Candidate("job"), Candidate("job")
    assert await take(database, a)
    async with database.transaction() as db:
        await db.execute(update(Lease).values(until=now() + timedelta(hours=1)))
    assert not await take(database, b)

    async def taken() -> bool:
        return bool(await take(database, b))

    await until(taken)
    assert not await take(database, a)


async def test_work_runs_once_and_moves_when_its_process_ends(database: Database, short: Any) -> None:
    short(1.2)
    works = [Worker(), Worker()]
    tasks = [held(database, work) for work in works]
    await until(lambda: happens(sum(w.running for w in works) == 1))
    first = 0 if works[0].running else 1
    await asyncio.sleep(1.5)
    assert works[first].running == 1 and works[1 - first].running == 0
    await cancelled(tasks[first])
    assert works[first].running == 0
    await until(lambda: happens(works[1 - first].running == 1))
    await cancelled(tasks[1 - first])


async def test_a_process_that_was_killed_is_replaced_when_its_lease_ends(database: Database, short: Any) -> None:
    short(1)
    assert await take(database, Candidate("job"))
    work = Worker()
    task = held(database, work)
    await asyncio.sleep(0.3)
    assert work.running == 0
    await until(lambda: happens(work.running == 1))
    await cancelled(task)


async def test_work_that_finds_its_lease_lost_ends_at_once_and_is_done_by_who_has_it(
    database: Database, short: Any
) -> None:
    short(8)
    work = Worker()
    task = held(database, work)
    await until(lambda: happens(work.running == 1))
    await run_out(database)
    other = await take(database, Candidate("job"))
    with pytest.raises(LeaseLost):
        await write(work.database)
    await until(lambda: happens(work.running == 0))
    assert (await listed(database))[0].holder == other.holder, "whoever lost it gives nothing back"
    await cancelled(task)
    assert (await listed(database))[0].holder == other.holder


async def test_work_that_fails_is_begun_again(database: Database, short: Any) -> None:
    short(0.6)
    begun: list[int] = []

    async def broken(database: Database) -> None:
        begun.append(1)
        raise RuntimeError("no")

    task = held(database, broken)
    await until(lambda: happens(len(begun) >= 3))
    await cancelled(task)


async def test_work_that_goes_on_when_cancelled_is_cancelled_again(database: Database, short: Any) -> None:
    short(0.4)
    ended: list[int] = []
    begun = asyncio.Event()

    async def stubborn(database: Database) -> None:
        begun.set()
        for _ in range(2):
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                ended.append(1)

    task = held(database, stubborn)
    await begun.wait()
    await cancelled(task)
    assert len(ended) == 2 and (await listed(database))[0].holder == ""


async def test_a_lease_is_given_back_though_its_holder_is_cancelled_twice(database: Database) -> None:
    ending = asyncio.Event()

    async def slow(database: Database) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ending.set()
            await asyncio.sleep(0.3)

    task = held(database, slow)

    async def running() -> bool:
        return any(job.holder for job in await listed(database))

    await until(running)
    await asyncio.sleep(0)
    task.cancel()
    await ending.wait()
    task.cancel()

    async def given_back() -> bool:
        return not await running()

    await until(given_back, seconds=4)
    await asyncio.gather(task, return_exceptions=True)


async def test_a_database_that_is_away_for_a_moment_does_not_end_the_work(
    database: Database, short: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    short(3)
    work = Worker()
    task = held(database, work)
    await until(lambda: happens(work.running == 1))
    failed = Away()
    with monkeypatch.context() as away:
        away.setattr(Database, "transaction", failed)
        await until(lambda: happens(failed.asked >= 1))
    await asyncio.sleep(1.2)
    assert (work.running, work.begun) == (1, 1) and not task.done()
    await cancelled(task)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_long_write_on_sqlite_is_kept_though_it_keeps_the_lease_from_being_renewed(
    database: Database, short: Any
) -> None:
    short(0.4)
    kept = asyncio.Event()

    async def imports(fenced: Database) -> None:
        for _ in range(2):
            async with fenced.transaction() as db:
                note(db, "queue")
                await db.flush()
                await asyncio.sleep(1)
        kept.set()
        await asyncio.Event().wait()

    task = held(database, imports)
    await asyncio.wait_for(kept.wait(), 10)
    [job] = await listed(database)
    await cancelled(task)
    assert job.term == 1


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_work_stops_before_a_lease_that_cannot_be_renewed_ends_and_begins_again_after(
    database: Database, short: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    short(1.5)
    work = Worker()
    task = held(database, work)
    await until(lambda: happens(work.running == 1))
    with monkeypatch.context() as away:
        away.setattr(Database, "transaction", Away())
        await until(lambda: happens(work.running == 0))
        async with database.snapshot() as db:
            row = await db.get_one(Lease, "job")
        assert row.until > now()
    await until(lambda: happens(work.running == 1))
    await cancelled(task)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_database_that_hangs_counts_as_away(
    database: Database, short: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    short(1.5)
    work = Worker()
    task = held(database, work)
    await until(lambda: happens(work.running == 1))

    @asynccontextmanager
    async def hanging(self: Database) -> AsyncIterator[Any]:
        await asyncio.Event().wait()
        yield

    with monkeypatch.context() as hung:
        hung.setattr(Database, "transaction", hanging)
        await until(lambda: happens(work.running == 0))
    await cancelled(task)


class Away:
    """A database's `transaction` while the server is not there."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self) -> Any:
        self.asked += 1
        raise ConnectionRefusedError("nobody listens")


async def happens(value: bool) -> bool:
    return value
