"""Leases: one holder, another takes over when it ends, and a database that is away for a moment ends nothing."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import update

from server.core import jobs
from server.core.clock import now
from server.core.database import Database
from server.core.hub import cancelled
from server.core.jobs import Lease, acquire, release, repeat, while_leased
from tests.conftest import until


class Worker:
    """Work that says when it runs."""

    def __init__(self) -> None:
        self.running = 0
        self.begun = 0

    async def __call__(self) -> None:
        self.running += 1
        self.begun += 1
        try:
            await asyncio.Event().wait()
        finally:
            self.running -= 1


def leased(database: Database, work: Callable[[], Awaitable[None]]) -> "asyncio.Task[None]":
    return asyncio.create_task(while_leased(database, "job", work))


async def test_one_holds_the_lease_until_it_ends_or_is_given_back(database: Database) -> None:
    assert await acquire(database, "job", "a") and await acquire(database, "job", "a")
    assert not await acquire(database, "job", "b")
    assert await acquire(database, "another", "b")
    await release(database, "job", "b")
    assert not await acquire(database, "job", "b")
    await release(database, "job", "a")
    assert await acquire(database, "job", "b")
    async with database.transaction() as db:
        await db.execute(update(Lease).values(until=now() - timedelta(seconds=1)))
    assert await acquire(database, "job", "a") and not await acquire(database, "job", "b")


async def test_of_many_who_ask_at_once_one_gets_it(database: Database) -> None:
    got = await asyncio.gather(*(acquire(database, "job", str(n)) for n in range(12)))
    assert sum(got) == 1


async def test_work_runs_once_and_moves_when_its_process_ends(database: Database, monkeypatch) -> None:
    monkeypatch.setattr(jobs, "LEASE", timedelta(seconds=1.2))
    works = [Worker(), Worker()]
    tasks = [leased(database, work) for work in works]
    await until(lambda: happens(sum(w.running for w in works) == 1))
    first = 0 if works[0].running else 1
    await asyncio.sleep(1.5)
    assert works[first].running == 1 and works[1 - first].running == 0
    await cancelled(tasks[first])
    assert works[first].running == 0
    await until(lambda: happens(works[1 - first].running == 1))
    await cancelled(tasks[1 - first])


async def test_a_process_that_was_killed_is_replaced_when_its_lease_ends(database: Database, monkeypatch) -> None:
    monkeypatch.setattr(jobs, "LEASE", timedelta(seconds=1))
    assert await acquire(database, "job", "killed")
    work = Worker()
    task = leased(database, work)
    await asyncio.sleep(0.3)
    assert work.running == 0
    await until(lambda: happens(work.running == 1))
    await cancelled(task)


async def test_work_that_fails_is_begun_again(database: Database, monkeypatch) -> None:
    monkeypatch.setattr(jobs, "LEASE", timedelta(seconds=0.6))
    begun: list[int] = []

    async def broken() -> None:
        begun.append(1)
        raise RuntimeError("no")

    task = leased(database, broken)
    await until(lambda: happens(len(begun) >= 3))
    await cancelled(task)


async def test_a_database_that_is_away_for_a_moment_does_not_end_the_work(database: Database, monkeypatch) -> None:
    monkeypatch.setattr(jobs, "LEASE", timedelta(seconds=3))
    work = Worker()
    task = leased(database, work)
    await until(lambda: happens(work.running == 1))
    failed = Away(database)
    with monkeypatch.context() as away:
        away.setattr(database, "transaction", failed)
        await until(lambda: happens(failed.asked >= 1))
    await asyncio.sleep(1.2)
    assert (work.running, work.begun) == (1, 1) and not task.done()
    await cancelled(task)


async def test_work_stops_before_a_lease_that_cannot_be_renewed_ends_and_begins_again_after(
    database: Database, monkeypatch
) -> None:
    monkeypatch.setattr(jobs, "LEASE", timedelta(seconds=1.5))
    work = Worker()
    task = leased(database, work)
    await until(lambda: happens(work.running == 1))
    with monkeypatch.context() as away:
        away.setattr(database, "transaction", Away(database))
        await until(lambda: happens(work.running == 0))
        async with database.snapshot() as db:
            lease = await db.get_one(Lease, "job")
        assert lease.until > now()
    await until(lambda: happens(work.running == 1))
    await cancelled(task)


async def test_a_database_that_hangs_counts_as_away(database: Database, monkeypatch) -> None:
    monkeypatch.setattr(jobs, "LEASE", timedelta(seconds=1.5))
    work = Worker()
    task = leased(database, work)
    await until(lambda: happens(work.running == 1))

    @asynccontextmanager
    async def hanging() -> AsyncIterator[Any]:
        await asyncio.Event().wait()
        yield

    with monkeypatch.context() as hung:
        hung.setattr(database, "transaction", hanging)
        await until(lambda: happens(work.running == 0))
    await cancelled(task)


async def test_a_repeating_job_survives_its_failures() -> None:
    turns: list[int] = []

    async def sometimes() -> None:
        turns.append(1)
        if len(turns) % 2:
            raise RuntimeError("odd")

    task = asyncio.create_task(repeat(0.001, sometimes, name="odd"))
    await until(lambda: happens(len(turns) > 5))
    await cancelled(task)


class Away:
    """A database's `transaction` while the server is not there."""

    def __init__(self, database: Database) -> None:
        self.asked = 0

    def __call__(self) -> Any:
        self.asked += 1
        raise ConnectionRefusedError("nobody listens")


async def happens(value: bool) -> bool:
    return value
