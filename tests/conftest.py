"""What tests stand on: real databases (SQLite, and PostgreSQL where it is installed), the real app, and real sockets."""

import asyncio
import contextlib
import gc
import secrets
import shutil
import socket
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import httpx
import hypothesis
import pytest
import uvicorn
from argon2 import PasswordHasher, profiles
from litestar import Litestar

from catalog import shelving
from catalog.matching.matcher import Matcher
from catalog.matching.values import MatchItem
from server.app import equip, routed
from server.core import database as databases
from server.core import security, staff
from server.core.database import Database
from server.core.settings import Settings
from server.migrating import migrate
from server.serving import options
from tests.postgres import Postgres, find_postgres

# Enough for every commit; look longer with: pytest --hypothesis-profile=long
hypothesis.settings.register_profile("short", max_examples=40)
hypothesis.settings.register_profile("long", max_examples=2000)
hypothesis.settings.load_profile("short")
databases.SYNCHRONOUS = "OFF"  # tests survive no power cut, and need not wait for the disk


@lru_cache(maxsize=4)
def _matcher(items: tuple[MatchItem, ...]) -> Matcher:
    return Matcher(items)


staff._hasher = PasswordHasher.from_parameters(profiles.CHEAPEST)  # nobody's password is worth a tenth of a second here

# Compiled catalogues are read-only: tests that begin with the same house share one.
shelving.Matcher = lambda items: _matcher(tuple(items))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty, migrated database file to copy."""
    path = tmp_path_factory.mktemp("template") / "empty.sqlite"

    async def make() -> None:
        database = Database(f"sqlite+aiosqlite:///{path}")
        await migrate(database)
        await database.close()

    asyncio.run(make())
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A PostgreSQL server of our own, with a migrated template."""
    programs = find_postgres()
    if programs is None:
        pytest.skip("PostgreSQL is not installed; on Debian: apt install postgresql")
    server = Postgres(programs)
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty, migrated database; every test that touches tables runs on both kinds."""
    if request.param == "sqlite":
        path = tmp_path / "test.sqlite"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite+aiosqlite:///{path}"
    else:
        server: Postgres = request.getfixturevalue("postgres")
        name = server.create()
        yield server.url(name)
        server.drop(name)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings of an installation for one test; it listens to no network."""
    return Settings(home=tmp_path, database_url=database_url, sources=False, public_url="http://vitrine.test")


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    """Sessions for that database."""
    opened = Database(settings.database, settings)
    yield opened
    await opened.close()


_resting: list[Litestar] = []
"""Applications that serve nobody: routes are the same for every test, and registering them all takes a tenth of a second."""


class Served:
    """The real app behind a real port, in this event loop."""

    def __init__(self, settings: Settings) -> None:
        self.app = _resting.pop() if _resting else routed()
        equip(self.app, settings)
        self.database: Database = self.app.state.database
        # Named as TCP, so that asyncio sends each answer at once: with Nagle every one would wait 40 ms for an acknowledgement.
        self._socket = socket.socket(proto=socket.IPPROTO_TCP)
        self._socket.bind(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.live = f"ws://127.0.0.1:{self.port}/live"
        config = uvicorn.Config(
            self.app, **options(host="127.0.0.1", port=self.port, settings=settings) | {"loop": "none"}
        )
        self._server = uvicorn.Server(config)
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Serve; returns when requests are answered."""
        # serve() would take over this process's signals; what it wraps does not.
        self._task = asyncio.create_task(self._server._serve(sockets=[self._socket]))
        while not self._server.started:
            if self._task.done():
                await self._task
            await asyncio.sleep(0.01)

    async def stop(self) -> None:
        """End it, as an operator's Ctrl-C does."""
        self._server.should_exit = True
        if self._task:
            await self._task
        _resting.append(self.app)

    def client(self, **cookies: str) -> httpx.AsyncClient:
        """A browser without pages: follows nothing, keeps cookies."""
        return httpx.AsyncClient(
            base_url=self.address, cookies=cookies, headers={"accept": "text/html"}, timeout=20, verify=False
        )

    async def staff(self, role: str = "admin", email: str = "", *, store: str = "OXF") -> httpx.AsyncClient:
        """A browser in which somebody with this role is signed in; `store` is an associate's."""
        async with self.database.transaction() as db:
            person = await staff.add(
                db,
                email=email or f"{role}-{secrets.token_hex(4)[:6]}@house.test",
                name=role.title(),
                role=role,
                store_id=store,
            )
            secret = await staff.sign_in(db, person, hours=1)
        return self.client(**{staff.COOKIE: secret})


@pytest.fixture
async def served(settings: Settings) -> AsyncIterator[Served]:
    """The product, running."""
    running = Served(settings)
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
async def staff_client(served: Served) -> AsyncIterator[Callable[[str], Awaitable[httpx.AsyncClient]]]:
    """Signed-in browsers by role: `await staff_client("moderator")`."""
    opened: list[httpx.AsyncClient] = []

    async def client(role: str = "admin") -> httpx.AsyncClient:
        opened.append(await served.staff(role))
        return opened[-1]

    yield client
    for one in opened:
        await one.aclose()


@pytest.fixture
async def tablet(served: Served) -> Any:
    """A shopping.Tablet with a shopper in front of it, in the small house of tests."""
    from tests import shopping  # which stands on what is here

    await shopping.catalogue(served.database)
    made = await shopping.tablet_at(served)
    await made.begin()
    return made


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """All tests come from one address: none may be refused for another's tries."""
    monkeypatch.setattr(security.limiter, "_tries", security.Limiter()._tries)


async def until(condition: Callable[[], Awaitable[bool]], *, seconds: float = 10.0) -> None:
    """Wait for something that is bound to happen; fails when it has not after a generous while."""
    for _ in range(int(seconds / 0.02)):
        if await condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it did not happen")


def pytest_collection_finish(session: pytest.Session) -> None:
    """Let no collection of garbage look at what all tests begin with, and none come at every few objects of an app."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
