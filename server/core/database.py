"""The database: where rows live, how a change is one transaction, and how a read is one snapshot."""

import asyncio
import random
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import Context, ContextVar
from copy import copy
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from server.core import postgres, room, sqlite, topics
from server.core.refusals import TakenBack, meaning
from server.core.settings import Settings

ONE_TRIP = {"async_creator_fn": sqlite.connect}
AfterCommit = Callable[[list[tuple[str, int]]], None]
Fence = Callable[[AsyncSession], Awaitable[None]]
Result = TypeVar("Result")
AT_ONCE = 50
"""Changes that share a transaction."""
SYNCHRONOUS = "FULL"
"""SQLite's durability. With NORMAL a power cut may take back the last commits, and with them a withdrawal, or a topic's
number that screens have seen already. Costs a disk's flush for each commit, 1 to 20 ms."""
LARGEST_LOG = 64 * 1024 * 1024
"""Bytes that SQLite's log keeps once it has been written back: a large import must not leave its size behind for good."""

TRIES, TRY_SECONDS = 5, 0.02
"""How often a change is begun anew that was taken back for the sake of another's, and how long it waits at first."""


@dataclass
class Tally:
    """What was made durable on behalf of somebody, such as one request."""

    commits: int = 0


tally: ContextVar[Tally | None] = ContextVar("tally", default=None)


class Database:
    """Sessions for one database, SQLite or PostgreSQL.

    SQLite: one writer connection, so that writers of this process queue in order instead of failing; its transactions
    begin IMMEDIATE, since a read that later becomes a write would lose updates. Readers have connections of their own.
    """

    def __init__(self, url: str, settings: Settings | None = None) -> None:
        self.url = url
        self.sqlite = url.startswith("sqlite")
        settings = settings or Settings()
        self._writer = _sqlite(url, writes=True) if self.sqlite else _postgres(url, settings.database_connections)
        self._reader = _sqlite(url, writes=False) if self.sqlite else self._writer
        self._beside = self._writer if self.sqlite else _postgres(url, 1)
        info = {"settings": settings, "database": self}
        self._writing = async_sessionmaker(self._writer, expire_on_commit=False, info=info)
        self._reading = async_sessionmaker(self._reader, expire_on_commit=False, autoflush=False, info=info)
        self.after_commit: list[AfterCommit] = []
        """Called with the (topic, number) pairs of every transaction that has become durable."""
        self.shortage = room.Shortage()
        self.kept: dict[Callable[[Database], Any], Any] = {}
        self._waiting: list[tuple[Callable[[AsyncSession], Awaitable[Any]], asyncio.Future[Any]]] = []
        self._sharing: asyncio.Task[None] | None = None
        self._fence: Fence | None = None

    def fenced(self, fence: Fence) -> "Database":
        """The same database for work that may not always write: `fence` begins each of its transactions, and raises where it
        may not."""
        same = copy(self)
        same._fence, same._waiting, same._sharing = fence, [], None
        return same

    def apart(self) -> "Database":
        """The same database for what has to be said though every connection of the pool is taken: by one of its own. Not to
        read, and on SQLite it waits for the one writer all the same."""
        same = copy(self)
        same._writing = async_sessionmaker(self._beside, expire_on_commit=False, info=self._writing.kw["info"])
        same._waiting, same._sharing = [], None
        return same

    @property
    def engine(self) -> AsyncEngine:
        """The engine that writes; migrations use it."""
        return self._writer

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """One change: all of it is kept, with the new versions of the topics it noted, or none of it.

        Raises TakenBack when it had to give way to somebody else's, Unavailable while the database does not answer, and
        NoRoom while the disk is full.
        """
        committing = False
        try:
            async with self._writing() as db, db.begin():
                if self._fence:
                    await self._fence(db)
                yield db
                for work in db.info.pop("before_commit", ()):
                    await work(db)
                await db.flush()
                bumped = await topics.bump(db)
                committing = True
        except Exception as error:
            if room.is_full(error):
                self.shortage.note()
                raise room.no_room() from error
            if meant := meaning(error, committing=committing):
                raise meant from error
            raise
        if mine := tally.get():
            mine.commits += 1
        for call in self.after_commit:
            call(bumped)

    async def change(self, work: Callable[[AsyncSession], Awaitable[Result]]) -> Result:
        """One change as a function, which is called anew with a new session when it had to give way to somebody else's."""
        for attempt in range(TRIES):
            try:
                async with self.transaction() as db:
                    return await work(db)
            except TakenBack:
                if attempt == TRIES - 1:
                    raise
                await aside(attempt)
        raise AssertionError("the last try answers or raises")

    async def shared(self, work: Callable[[AsyncSession], Awaitable[Result]]) -> Result:
        """One small change that is its own, and that may share a transaction with others which come meanwhile.

        For what many do at once. On SQLite each would wait for the flush to disk of all before it; together they wait
        for one. A change that fails is taken back alone. `once_bumped` gets the numbers of all of them.
        """
        if not self.sqlite:
            return await self.change(work)
        done: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((work, done))
        if self._sharing is None or self._sharing.done():
            # In nobody's name: what it makes durable is several callers'.
            self._sharing = asyncio.create_task(self._share(), context=Context())
        outcome = await done
        if mine := tally.get():
            mine.commits += 1
        return outcome

    async def _share(self) -> None:
        while self._waiting:
            taken, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
            try:
                outcomes = await self.change(lambda db, taken=taken: _one_by_one(db, [work for work, _ in taken]))
            except (Exception, asyncio.CancelledError) as error:  # none of them is kept
                outcomes = [error] * len(taken)
            for (_, done), outcome in zip(taken, outcomes, strict=True):
                if not done.done():  # who asked may have gone
                    _settle(done, outcome)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AsyncSession]:
        """Reads that all see the same moment. Raises Unavailable while the database does not answer."""
        try:
            async with self._reading() as db:
                if not self.sqlite:
                    await db.connection(
                        execution_options={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
                    )
                yield db
        except Exception as error:
            if meant := meaning(error):
                raise meant from error
            raise

    def keep(self, make: "Callable[[Database], Result]") -> Result:
        """What this process keeps beside the database, such as an index of it; made when it is first asked for."""
        if make not in self.kept:
            self.kept[make] = make(self)
        return self.kept[make]

    async def close(self) -> None:
        """Give back every connection."""
        if self.sqlite:
            await self._writer.dispose()
            await self._reader.dispose()
        else:
            await asyncio.gather(postgres.close(self._writer), postgres.close(self._beside))


async def aside(attempt: int) -> None:
    """Wait a little before the next try, by chance: two that met would meet again."""
    await asyncio.sleep(random.uniform(0.5, 1) * TRY_SECONDS * 2**attempt)


async def _one_by_one(db: AsyncSession, works: list[Callable[[AsyncSession], Awaitable[Any]]]) -> list[Any]:
    if len(works) == 1:  # it stands or falls with its transaction
        return [await works[0](db)]
    return [await _by_itself(db, work) for work in works]


async def _by_itself(db: AsyncSession, work: Callable[[AsyncSession], Awaitable[Any]]) -> Any:
    """What a change answers, or the exception for which it was taken back. Raises when all were taken back with it."""
    try:
        async with db.begin_nested():
            return await work(db)
    except Exception as error:
        if await _over(db):
            raise
        return error


async def _over(db: AsyncSession) -> bool:
    """Whether SQLite has ended the transaction by itself, as it does where a disk is full: what came next would be kept alone."""
    raw = await (await db.connection()).get_raw_connection()
    return not raw.driver_connection.in_transaction  # type: ignore[union-attr]


def _settle(done: "asyncio.Future[Any]", outcome: Any) -> None:
    if isinstance(outcome, BaseException):
        done.set_exception(outcome)
    else:
        done.set_result(outcome)


def settings_of(db: AsyncSession) -> Settings:
    """The installation's settings, for handlers of events that get nothing but the session."""
    return db.info["settings"]


def database_of(db: AsyncSession) -> Database:
    """The database that a session belongs to."""
    return db.info["database"]


def kept(db: AsyncSession, make: Callable[[Database], Result]) -> Result:
    """What this process keeps beside the session's database."""
    return database_of(db).keep(make)


def before_commit(db: AsyncSession, work: Callable[[AsyncSession], Awaitable[None]]) -> None:
    """Have `work` done once, last in this transaction: for what follows from all the rows that it writes together."""
    works = db.info.setdefault("before_commit", [])
    if work not in works:
        works.append(work)


def _postgres(url: str, connections: int) -> AsyncEngine:
    # None beyond the pool, and one for the leases: what all processes may hold together has to fit the server's max_connections.
    options = {"async_creator_fn": postgres.connect}
    engine = create_async_engine(url, pool_size=connections, max_overflow=0, connect_args=options)
    postgres.watch(engine)
    return engine


def _sqlite(url: str, *, writes: bool) -> AsyncEngine:
    engine = create_async_engine(
        url, pool_size=1 if writes else 8, max_overflow=0, pool_timeout=60, connect_args=ONE_TRIP
    )
    begin = "BEGIN IMMEDIATE" if writes else "BEGIN"

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection, record) -> None:
        connection.isolation_level = None  # BEGIN is ours to say
        cursor = connection.cursor()
        pragmas = ["journal_mode=WAL", f"synchronous={SYNCHRONOUS}", "foreign_keys=ON", "busy_timeout=15000"]
        pragmas.append(f"journal_size_limit={LARGEST_LOG}")
        for pragma in pragmas if writes else [*pragmas, "query_only=ON"]:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def start(connection: Connection) -> None:
        connection.connection.driver_connection.begin(begin)  # type: ignore[union-attr]

    if writes:

        @event.listens_for(engine.sync_engine, "commit")
        def refuse_nothing(connection: Connection) -> None:
            # The driver would call it a success: whoever passed over the failure that ended it would be told that all is kept.
            if not connection.connection.driver_connection.in_transaction:  # type: ignore[union-attr]
                raise sqlite3.OperationalError("the database has taken this transaction back")

    return engine
