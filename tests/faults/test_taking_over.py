"""Real processes that compete for a network's stream: killed, stopped, told to end, while people go on posting.

What each writes to PostgreSQL it writes under a name of its own, so that it can be told who wrote what, and when.
"""

import asyncio
import itertools
import os
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from server.core import lease
from server.core.database import Database
from server.core.lease import Holding, holders
from server.core.settings import Settings
from social.models import Post, Screening
from social.rehearsal.replica import Replica
from tests import house
from tests.conftest import until
from tests.faults.serving import Serving
from tests.postgres import Postgres

TOKEN = "rehearsal"
WITNESS = """
CREATE TABLE witness (who name, term int, what text);
CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO witness SELECT session_user, term, TG_TABLE_NAME FROM lease WHERE name = 'x'; RETURN NEW;
END $$;
CREATE TRIGGER see AFTER INSERT ON post FOR EACH ROW EXECUTE FUNCTION see();
CREATE TRIGGER see AFTER INSERT OR UPDATE ON source_state FOR EACH ROW EXECUTE FUNCTION see();
CREATE TRIGGER see AFTER INSERT OR UPDATE ON read_meter FOR EACH ROW EXECUTE FUNCTION see()
"""


@dataclass
class World:
    """A network on which somebody posts all the time, and the database of those who listen."""

    settings: Settings
    database: Database
    replica: Replica
    lasts: float
    ids: list[str]

    async def chatter(self, seconds: float) -> None:
        """Post for ever."""
        for number in itertools.count():
            words = f"Madder red lipstick, take {number}. #HouseLoves"
            revision = self.replica.world.post({"author": f"reader{number % 50}", "text": words, "lang": "en"})
            self.replica.publish(revision)
            self.ids.append(revision.id)
            await asyncio.sleep(seconds)

    async def holding(self) -> Holding:
        async with self.database.snapshot() as db:
            return next((one for one in await holders(db) if one.name == "x"), Holding("x", "", None, 0, 0, 0))

    async def holder(self, processes: "list[Process]", *, but: "Process | None" = None) -> "Process":
        """Wait until one of the processes, another than `but`, holds the lease."""
        found: list[Process] = []

        async def held() -> bool:
            holder = (await self.holding()).holder.split()
            found[:] = [one for one in processes if one is not but and holder and int(holder[-2]) == one.process.pid]
            return bool(found)

        await until(held, seconds=60)
        return found[0]

    async def stored(self) -> list[str]:
        async with self.database.snapshot() as db:
            return list(await db.scalars(select(Post.network_id)))

    async def goes_on(self) -> None:
        """Wait for some more posts to be stored."""
        enough = len(await self.stored()) + 4

        async def more() -> bool:
            return len(await self.stored()) >= enough

        await until(more, seconds=60)

    async def complete(self) -> None:
        """Wait until all that was posted has been stored and judged; nothing may be there twice."""

        async def all_there() -> bool:
            async with self.database.snapshot() as db:
                judged = await db.scalar(select(func.count()).select_from(Screening))
            return judged == len(self.ids) and len(await self.stored()) == len(self.ids)

        try:
            await until(all_there, seconds=90)
        finally:
            missing, found = set(self.ids) - set(await self.stored()), await self.stored()
            assert not missing and len(found) == len(set(found)), f"missing {len(missing)}: {sorted(missing)[:5]}"


class Process(Serving):
    """A server that listens to that network, and writes under a name of its own where the database knows names."""

    def __init__(self, world: World, who: str) -> None:
        url = world.settings.database.replace("+asyncpg://vitrine@", f"+asyncpg://{who}@")
        settings = replace(world.settings, database_url=url)
        super().__init__(settings, constants=(f"server.core.lease.SECONDS={world.lasts}",))
        self._world, self._who = world, who

    async def start(self) -> None:
        """Returns when it answers."""
        if not self._world.database.sqlite:
            async with self._world.database.transaction() as db:
                await db.execute(text(f'CREATE ROLE "{self._who}" SUPERUSER LOGIN'))
        base = self._world.replica.base
        await super().start(
            log=self._world.settings.home / f"{self._who}.log", VITRINE_SOURCES="1", VITRINE_X_API_BASE=base,
            VITRINE_X_BEARER_TOKEN=TOKEN, VITRINE_X_POSTS_A_DAY="100000", VITRINE_ALLOW_FETCH=base.partition("://")[2],
        )  # fmt: skip

    async def tell(self, what: signal.Signals) -> None:
        """Send it a signal; one that ends it is waited for."""
        self.process.send_signal(what)
        if what in (signal.SIGKILL, signal.SIGTERM):
            await asyncio.wait_for(self.process.wait(), 30)


@asynccontextmanager
async def world(settings: Settings, lasts: float) -> AsyncIterator[World]:
    """A house with a feed, and the network that it listens to."""
    database = Database(settings.database, settings)
    async with database.transaction() as db:
        await house.catalogue(db)
        await house.campaign(db, await house.feed(db))
    replica = Replica(token=TOKEN, keep_alive=0.5)
    await replica.start()
    made = World(settings, database, replica, lasts, [])
    try:
        yield made
    finally:
        await replica.stop()
        await database.close()


@asynccontextmanager
async def talk(world: World, pace: float) -> AsyncIterator[None]:
    """People post meanwhile."""
    task = asyncio.create_task(world.chatter(pace))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def listened(world: World) -> None:
    async def heard() -> bool:
        return bool(world.replica.stream.listeners)

    await until(heard, seconds=60)


async def take_over(settings: Settings, lasts: float, pace: float, say: Callable[[str], None]) -> None:
    """Of two processes the listening one is stopped and wakes, then the other is killed, and the last is told to end."""
    async with world(settings, lasts) as there:
        async with there.database.engine.begin() as connection:
            for statement in WITNESS.strip().split(";\nCREATE "):
                await connection.execute(text(statement if statement.startswith("CREATE") else f"CREATE {statement}"))
        unique = f"{os.getpid()}_{time.time_ns()}"
        processes = [Process(there, f"{name}_{unique}") for name in ("ada", "bo")]
        try:
            await asyncio.gather(*(one.start() for one in processes))
            await listened(there)
            async with talk(there, pace):
                await there.goes_on()
                asleep = await ended(there, processes, signal.SIGSTOP, say)
                await there.goes_on()
                await asleep.tell(signal.SIGCONT)
                await there.goes_on()
                await ended(there, processes, signal.SIGKILL, say)
                await there.goes_on()
            await there.complete()
            async with there.database.snapshot() as db:
                writers = (await db.execute(text("SELECT term, who FROM witness GROUP BY 1, 2"))).all()
            terms = [term for term, _ in writers]
            assert len(terms) >= 3 and len(terms) == len(set(terms)), f"two wrote at a time: {writers}"
            await (await there.holder(processes)).tell(signal.SIGTERM)
            assert (await there.holding()).holder == "", "given back"
        finally:
            await end(processes)


async def ended(there: World, processes: list[Process], how: signal.Signals, say: Callable[[str], None]) -> Process:
    """Kill or stop whoever holds the lease, wait until another does, and say how long that took."""
    first = await there.holder(processes)
    await first.tell(how)
    began = time.monotonic()
    await there.holder(processes, but=first)
    say(f"{how.name}: taken over after {time.monotonic() - began:.1f} s")
    return first


async def end(processes: list[Process]) -> None:
    for one in processes:
        await one.database.close()
        if one.process and one.process.returncode is None:
            await one.tell(signal.SIGKILL)


@pytest.fixture
def shared(postgres: Postgres, tmp_path: Path) -> Settings:
    """Settings that several processes share."""
    return Settings(home=tmp_path, database_url=postgres.url(postgres.create()), public_url="http://vitrine.test")


@pytest.mark.postgresql
async def test_another_process_listens_on_when_one_is_killed_or_stopped_and_nothing_is_lost_or_twice(
    shared: Settings,
) -> None:
    await take_over(shared, 2.0, 0.15, lambda words: None)


@pytest.mark.soak
@pytest.mark.postgresql
@pytest.mark.timeout(600)
async def test_a_holder_that_is_killed_is_followed_within_ten_seconds(shared: Settings) -> None:
    found: list[float] = []

    def say(words: str) -> None:
        print(words)
        found.append(float(words.split()[-2]))

    await take_over(shared, lease.SECONDS, 0.2, say)
    assert max(found) < 10, found


@pytest.mark.soak
async def test_one_process_on_sqlite_that_was_killed_fetches_what_it_missed_when_it_is_started_again(
    settings: Settings,
) -> None:
    if not settings.database.startswith("sqlite"):
        return
    async with world(settings, 1.0) as there:
        process = Process(there, "one")
        try:
            await process.start()
            await listened(there)
            async with talk(there, 0.15):
                await there.goes_on()
                await process.tell(signal.SIGKILL)
                await asyncio.sleep(1)  # in which people post and nobody listens
                await process.start()
                await there.goes_on()
            await there.complete()
        finally:
            await end([process])
