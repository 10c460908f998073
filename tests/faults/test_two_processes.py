"""Two processes on one PostgreSQL: what changes through one is on the sockets of the other, with a backplane or without."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from displays import screens
from displays.models import Screen
from server.core import peers, staff, topics
from server.core.lease import holders
from server.core.settings import Settings
from tests import house
from tests.conftest import Served, until
from tests.faults.servers import Redis, find_redis
from tests.live import Live
from tests.postgres import Postgres

pytestmark = pytest.mark.postgresql


@pytest.fixture(params=["memory", "postgresql", pytest.param("redis", marks=pytest.mark.redis)])
def two(request: pytest.FixtureRequest, postgres: Postgres, tmp_path: Path) -> Settings:
    """Settings that two processes share. In memory there is no backplane between them at all."""
    url = postgres.url(postgres.create())
    settings = Settings(home=tmp_path, database_url=url, sources=False, public_url="http://vitrine.test")
    if request.param == "memory":
        return settings
    if request.param == "postgresql":
        return replace(settings, backplane_url=url.replace("+asyncpg", ""))
    program = find_redis()
    if program is None:
        pytest.skip("Redis is not installed (Debian: apt install redis-server)")
    server = Redis(program)
    server.start()
    request.addfinalizer(server.remove)
    return replace(settings, backplane_url=server.url)


@pytest.fixture
async def pair(two: Settings) -> AsyncIterator[tuple[Served, Served]]:
    """Both processes, running, and hearing each other where they can."""
    one, other = Served(two), Served(two)
    for process in (one, other):
        await process.start()

        async def works(process: Served = process) -> bool:
            return process.app.state.backplane.trouble is None

        await until(works, seconds=20)
    yield one, other
    await one.stop()
    await other.stop()


async def paired(served: Served) -> tuple[Screen, str]:
    async with served.database.transaction() as db:
        return await house.screen(db)


async def reload(served: Served, screen: Screen) -> None:
    async with served.database.transaction() as db:
        await screens.reload(db, await db.get_one(Screen, screen.id), by="a test")


async def test_a_change_through_one_reaches_a_socket_of_the_other(pair: tuple[Served, Served]) -> None:
    one, other = pair
    screen, token = await paired(one)
    name = f"screen:{screen.id}"
    async with (
        Live(one.live, token=token, have={name: None}) as here,
        Live(other.live, token=token, have={name: None}) as there,
    ):
        await here.document(name)
        await there.document(name)
        for times, served in enumerate((one, other, one), start=1):
            await reload(served, screen)
            for live in (here, there):
                await live.document(name, lambda document, times=times: document["reload"] == times)
        assert here.versions[name] == there.versions[name]


async def test_a_device_revoked_through_one_is_closed_on_the_other(pair: tuple[Served, Served]) -> None:
    one, other = pair
    screen, token = await paired(one)
    async with Live(other.live, token=token, have={f"screen:{screen.id}": None}) as there:
        await there.document(f"screen:{screen.id}")
        async with one.database.transaction() as db:
            await screens.remove(db, await db.get_one(Screen, screen.id), by="a test")
        assert await there.closed() == peers.REFUSED


async def test_somebody_who_signs_out_at_one_is_closed_on_the_other(pair: tuple[Served, Served]) -> None:
    one, other = pair
    client: httpx.AsyncClient = await one.staff("moderator")
    cookie = f"{staff.COOKIE}={client.cookies[staff.COOKIE]}"
    async with Live(other.live, have={"queue": None}, additional_headers={"Cookie": cookie}) as there:
        await there.document("queue")
        async with one.database.transaction() as db:
            await staff.sign_out(db, client.cookies[staff.COOKIE])
        assert await there.closed() == peers.REFUSED
    await client.aclose()


async def test_who_comes_from_a_process_that_was_ahead_never_gets_an_older_document(
    pair: tuple[Served, Served],
) -> None:
    one, other = pair
    screen, token = await paired(one)
    name = f"screen:{screen.id}"
    async with Live(other.live, token=token, have={name: None}) as stays:
        await stays.document(name)
        built = other.app.state.hub.channels[name].built
        other.app.state.hub.nudge = lambda name, number: None  # its backplane is slow today
        await reload(one, screen)
        async with Live(one.live, token=token, have={name: None}) as first:
            await first.document(name, lambda document: document["reload"] == 1)
            ahead = first.versions[name]
        assert ahead[1] == built[1] + 1
        async with Live(other.live, token=token, have={name: ahead}) as moved:
            await moved.until(lambda live: live.messages)
            await stays.document(name, lambda document: document["reload"] == 1)  # the sweep has come by
            assert all(m["type"] != "topic" or m["version"][1] >= ahead[1] for m in moved.messages)


async def test_a_restored_database_is_told_to_every_socket_whatever_the_numbers(pair: tuple[Served, Served]) -> None:
    one, other = pair
    screen, token = await paired(one)
    name = f"screen:{screen.id}"
    for _ in range(3):
        await reload(one, screen)
    async with Live(other.live, token=token, have={name: None}) as there:
        await there.document(name)
        before = there.versions[name]
        async with one.database.transaction() as db:
            await db.delete(await db.get_one(topics.Topic, name))  # a backup from before it was ever bumped
            await topics.renew_epoch(db)
        await there.until(lambda live: live.versions[name][0] != before[0])
        assert there.versions[name][1] < before[1]


async def test_of_two_processes_one_does_the_upkeep(pair: tuple[Served, Served]) -> None:
    found: set[str] = set()
    for served in pair:
        async with served.database.snapshot() as db:
            found |= {one.holder for one in await holders(db) if one.name == "upkeep"}
    assert len(found) == 1 and all(found)
