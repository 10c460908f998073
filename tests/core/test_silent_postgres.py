"""A PostgreSQL whose old connections fall silent while new ones are answered, as after its machine's end."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from server.core import postgres as driver
from server.core.database import Database
from server.core.errors import Unavailable
from server.core.settings import Settings
from tests.conftest import Served
from tests.postgres import Postgres

pytestmark = pytest.mark.postgresql


class Line:
    """What lies between: it passes on what comes, until it acknowledges alone what the connections of then say."""

    def __init__(self, server: Postgres) -> None:
        self._socket = f"{server._folder}/.s.PGSQL.5432"
        self._passing: list[asyncio.Task[None]] = []
        self._silent: set[asyncio.StreamReader] = set()
        self._readers: set[asyncio.StreamReader] = set()
        self._server: asyncio.Server | None = None

    async def open(self) -> int:
        """Listen; returns the port."""
        self._server = await asyncio.start_server(self._join, "127.0.0.1", 0)
        return self._server.sockets[0].getsockname()[1]

    def fall_silent(self) -> int:
        """Pass nothing on any more of the connections that are there; returns how many."""
        self._silent |= self._readers
        return len(self._silent) // 2

    async def close(self) -> None:
        self._server.close()
        for task in self._passing:
            task.cancel()
        await asyncio.gather(*self._passing, return_exceptions=True)

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, here = await asyncio.open_unix_connection(self._socket)
        self._readers |= {reader, there}
        self._passing += [asyncio.create_task(self._pass(*way)) for way in ((reader, here), (there, writer))]

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while said := await reader.read(65536):
                if reader not in self._silent:
                    writer.write(said)
        except ConnectionError:
            pass
        finally:
            writer.close()


@pytest.fixture
async def line(postgres: Postgres) -> AsyncIterator[Line]:
    made = Line(postgres)
    yield made
    await made.close()


@pytest.fixture
async def address(postgres: Postgres, line: Line, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """A database at the other end of that line, for whoever has little patience."""
    for name, seconds in {"ANSWER_SECONDS": 0.6, "PING_SECONDS": 0.5, "CLOSE_SECONDS": 0.3}.items():
        monkeypatch.setattr(driver, name, seconds)
    name, port = postgres.create(), await line.open()
    yield f"postgresql+asyncpg://vitrine@127.0.0.1:{port}/{name}?ssl=disable"
    postgres.drop(name)


@pytest.fixture
async def far(address: str) -> AsyncIterator[Database]:
    opened = Database(address)
    yield opened
    await opened.close()


async def read(database: Database) -> int | None:
    async with database.snapshot() as db:
        return await db.scalar(text("SELECT 1"))


async def test_who_waits_on_a_silent_connection_is_told_and_those_who_come_after_are_answered(
    far: Database, line: Line
) -> None:
    assert await asyncio.gather(*(read(far) for _ in range(3))) == [1, 1, 1]
    begun = time.monotonic()
    for failing in ("statement", "commit"):
        with pytest.raises(Unavailable) as told:
            async with far.transaction() as db:
                await db.execute(text("SELECT 1"))
                line.fall_silent()
                if failing == "statement":
                    await db.execute(text("SELECT 2"))
        assert ("being kept" in told.value.detail) == (failing == "commit")
        assert await asyncio.gather(*(read(far) for _ in range(6))) == [1] * 6
    line.fall_silent()
    assert await asyncio.gather(*(read(far) for _ in range(6))) == [1] * 6, "what lay in the pool is tried first"
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1), far.snapshot() as db:
            await db.execute(text("SELECT pg_sleep(60)"))
    line.fall_silent()
    await far.close()
    assert time.monotonic() - begun < 30


async def test_requests_are_answered_503_and_then_as_before_by_itself(address: str, line: Line, tmp_path: Path) -> None:
    served = Served(Settings(home=tmp_path, database_url=address, sources=False, public_url="http://vitrine.test"))
    await served.start()
    try:
        async with served.client() as client:

            async def ask(_: object = None) -> int:
                return (await client.post("/api/items", json={"ids": ["a"]})).status_code

            assert set(await asyncio.gather(*map(ask, range(8)))) == {200}
            asked = [asyncio.create_task(ask()) for _ in range(8)]
            await asyncio.sleep(0.02)
            line.fall_silent()
            assert set(await asyncio.wait_for(asyncio.gather(*asked), 10)) <= {200, 503}
            assert set(await asyncio.wait_for(asyncio.gather(*map(ask, range(8))), 10)) == {200}
    finally:
        await served.stop()


async def test_what_takes_long_is_not_silent_where_it_may(far: Database) -> None:
    with driver.patience(30):
        async with far.snapshot() as db:
            await db.execute(text("SELECT pg_sleep(0.9)"))
    async with far.snapshot() as db:
        await db.execute(text("SELECT 1"))
        await asyncio.sleep(0.9)  # nothing is owed meanwhile
        assert await db.scalar(text("SELECT 1"))
    with pytest.raises(Unavailable):
        async with far.snapshot() as db:
            await db.execute(text("SELECT pg_sleep(60)"))


async def test_tcp_asks_after_a_server_that_says_nothing(far: Database) -> None:
    async with far.snapshot() as db:
        raw = await (await db.connection()).get_raw_connection()
        own = raw.driver_connection._transport.get_extra_info("socket")
        assert own.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        assert own.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 10_000
