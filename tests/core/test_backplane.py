"""Nudges between processes over Redis and PostgreSQL: across, merged, through crashes and silence, past strangers."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import asyncpg
import msgspec
import pytest
from redis.asyncio import Redis as RedisClient

from server.core.backplane import AT_ONCE, CHANNEL, Backplane, backend
from server.core.errors import Misconfigured
from server.core.hub import cancelled
from tests.conftest import until
from tests.faults.servers import FragilePostgres, Redis, find_redis
from tests.postgres import Postgres, find_postgres


@dataclass
class Server:
    """A backplane's server, with what may happen to it."""

    url: str
    crash: Callable[[], None]
    again: Callable[[], Awaitable[None]]
    say: Callable[[bytes], Awaitable[Any]]
    """Puts bytes of anybody's on our channel."""


@pytest.fixture
def redis() -> Iterator[Redis]:
    program = find_redis()
    if program is None:
        pytest.skip("Redis is not installed (Debian: apt install redis-server)")
    server = Redis(program)
    server.start()
    yield server
    server.remove()


KINDS = [pytest.param("redis", marks=pytest.mark.redis), pytest.param("pg", marks=pytest.mark.postgresql)]


@pytest.fixture(params=KINDS)
def server(request: pytest.FixtureRequest) -> Server:
    """Either kind of server, which stays up."""
    if request.param == "redis":
        return _over_redis(request.getfixturevalue("redis"))
    postgres: Postgres = request.getfixturevalue("postgres")
    return _over_postgres(postgres)


@pytest.fixture(params=KINDS)
async def mortal(request: pytest.FixtureRequest) -> AsyncIterator[Server]:
    """Either kind of server, which may be crashed."""
    if request.param == "redis":
        yield _over_redis(request.getfixturevalue("redis"))
        return
    fragile: FragilePostgres = request.getfixturevalue("fragile")
    yield _over_postgres(fragile)


@pytest.fixture
def fragile() -> Iterator[FragilePostgres]:
    """A PostgreSQL server of this test alone."""
    programs = find_postgres()
    if programs is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt install postgresql)")
    server = FragilePostgres(programs)
    try:
        with ThreadPoolExecutor(1) as aside:  # it starts an event loop of its own
            aside.submit(server.start).result()
        yield server
    finally:
        server.stop()


def _over_redis(redis: Redis) -> Server:
    async def say(data: bytes) -> None:
        async with RedisClient.from_url(redis.url) as client:
            await client.publish(CHANNEL, data)

    async def again() -> None:
        await asyncio.to_thread(redis.start)

    return Server(redis.url, redis.kill, again, say)


def _over_postgres(postgres: Postgres) -> Server:
    url = postgres.url(postgres.create()).replace("+asyncpg", "")

    async def say(data: bytes) -> None:
        connection = await asyncpg.connect(url)
        await connection.execute("SELECT pg_notify($1, $2)", CHANNEL, data.decode("utf-8", "replace"))
        await connection.close()

    fragile = postgres if isinstance(postgres, FragilePostgres) else None
    return Server(url, fragile.crash if fragile else _stays, fragile.again if fragile else _never, say)


def _stays() -> None:
    raise AssertionError("this server serves other tests too")


async def _never() -> None:
    _stays()


class Process:
    """One process's end of the backplane, and what it heard."""

    def __init__(self, url: str, **seconds: float) -> None:
        self.heard: list[tuple[str, int]] = []
        self.end = Backplane(url, lambda name, number: self.heard.append((name, number)), **seconds)
        self.task = asyncio.create_task(self.end.run())

    async def works(self) -> None:
        await until(self._works, seconds=30)

    async def _works(self) -> bool:
        return self.end.trouble is None

    async def hears(self, *pair: Any) -> None:
        async def heard() -> bool:
            return pair in self.heard

        await until(heard, seconds=30)


Start = Callable[..., Process]


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    """Starts processes' ends, probing fast."""
    running: list[Process] = []

    def begin(url: str) -> Process:
        running.append(Process(url, probe_seconds=0.3, deaf_seconds=1.5))
        return running[-1]

    yield begin
    for one in running:
        await cancelled(one.task)


async def test_a_nudge_reaches_the_other_process_and_our_own_hub_at_once(server: Server, start: Start) -> None:
    one, other = start(server.url), start(server.url)
    assert one.end.trouble == "not started"
    await one.works()
    await other.works()
    one.end.send([("loop:a", 4), ("queue", 9)])
    assert one.heard == [("loop:a", 4), ("queue", 9)]
    await other.hears("loop:a", 4)
    await other.hears("queue", 9)


async def test_a_storm_is_told_in_few_messages_with_the_newest_of_each_topic(server: Server, start: Start) -> None:
    one, other = start(server.url), start(server.url)
    await one.works()
    await other.works()
    for number in range(1, 500):
        one.end.send([(f"loop:{n}", number) for n in range(AT_ONCE + 20)])
    for n in range(AT_ONCE + 20):
        await other.hears(f"loop:{n}", 499)
    assert len(other.heard) < 2000


async def test_it_says_that_it_is_lost_and_heals_by_itself(mortal: Server, start: Start) -> None:
    one, other = start(mortal.url), start(mortal.url)
    await one.works()
    await other.works()
    mortal.crash()
    await until(lambda: _is(lambda: one.end.trouble and other.end.trouble), seconds=30)
    one.end.send([("loop:a", 5)])
    assert one.heard[-1] == ("loop:a", 5)
    await mortal.again()
    await other.works()
    await one.works()
    one.end.send([("queue", 1)])
    await other.hears("queue", 1)


async def test_what_strangers_put_on_the_channel_is_passed_over(server: Server, start: Start) -> None:
    one = start(server.url)
    await one.works()
    for rubbish in (b"{", b"[]", b'{"a": 1}', b'[["x"]]', b'[["x", "y"]]', b"null", b"\xff\xfe", b"[[1, 2]]"):
        await server.say(rubbish)
    await server.say(msgspec.json.encode([("loop:b", 7)]))
    await one.hears("loop:b", 7)
    assert one.heard == [("loop:b", 7)] and one.end.trouble is None


async def test_names_as_long_as_they_may_be_fit_into_one_message(server: Server, start: Start) -> None:
    one, other = start(server.url), start(server.url)
    await one.works()
    await other.works()
    names = [f"store:{n:03d}{'x' * 111}" for n in range(AT_ONCE)]
    one.end.send([(name, 2**53) for name in names])
    for name in names:
        await other.hears(name, 2**53)


@pytest.mark.redis
async def test_a_server_that_falls_silent_is_noticed_and_left(redis: Redis) -> None:
    one = Process(redis.url, probe_seconds=0.2, deaf_seconds=1)
    try:
        await one.works()
        redis.freeze()
        await until(lambda: _is(lambda: one.end.trouble), seconds=20)
        redis.thaw()
        await one.works()
    finally:
        redis.thaw()
        await cancelled(one.task)


@pytest.mark.postgresql
async def test_a_listener_that_died_alone_is_noticed_by_what_it_no_longer_hears(fragile: FragilePostgres) -> None:
    server = _over_postgres(fragile)
    one = Process(server.url, probe_seconds=0.2, deaf_seconds=1)
    await one.works()
    assert await fragile.end_listeners() == 1
    await until(lambda: _is(lambda: one.end.trouble), seconds=20)
    await one.works()
    await cancelled(one.task)


async def test_in_memory_it_nudges_this_process_and_ends_at_once() -> None:
    alone = Process("memory")
    alone.end.send([("queue", 1)])
    assert alone.heard == [("queue", 1)] and alone.end.trouble is None
    await asyncio.wait_for(alone.task, 5)


@pytest.mark.parametrize("address", ["", "kafka://x", "http://redis"])
def test_an_address_that_is_none_is_said_in_words(address: str) -> None:
    with pytest.raises(Misconfigured, match="VITRINE_BACKPLANE_URL"):
        backend(address)


async def test_an_address_where_nobody_listens_is_trouble_and_not_an_end() -> None:
    one = Process("redis://127.0.0.1:1")
    await until(lambda: _is(lambda: one.end.trouble not in (None, "not started")))
    assert not one.task.done() and "127.0.0.1" in (one.end.trouble or "")
    await cancelled(one.task)


async def _is(check: Callable[[], object]) -> bool:
    return bool(check())
