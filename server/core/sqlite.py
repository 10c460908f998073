"""SQLite for asyncio with one trip to its thread a statement.

aiosqlite as SQLAlchemy uses it goes there for a cursor, to execute, for the rows and to close: four times, which costs
more than most statements do. A transaction begins with its first statement, in that one's trip, and one in which nothing
was said ends without any.
"""

import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from aiosqlite import Connection, Cursor

AT_ONCE = 1000
"""Rows that come with the answer itself; what a query has beyond is fetched as it is read."""


class OneTripCursor(Cursor):
    """A cursor that is made, executed, read and closed in one trip."""

    def __init__(self, connection: "OneTripConnection") -> None:
        self._conn = connection
        self.iter_chunk_size = AT_ONCE
        self._arraysize = 1
        self._open: sqlite3.Cursor | None = None
        self._rows: list[Any] = []
        self._description: Any = None
        self._rowcount: int = -1
        self._lastrowid: int | None = None

    async def execute(self, sql: str, parameters: Any = ()) -> "OneTripCursor":
        """Execute one statement. Raises sqlite3.Error."""
        return await self._execute(self._run, self._conn.beginning(), sqlite3.Cursor.execute, sql, parameters)

    async def executemany(self, sql: str, parameters: Any) -> "OneTripCursor":
        """Execute a statement with each of many sets of parameters. Raises sqlite3.Error."""
        return await self._execute(self._run, self._conn.beginning(), sqlite3.Cursor.executemany, sql, parameters)

    async def fetchone(self) -> Any:
        """The next row; None behind the last."""
        return next(iter(await self.fetchmany(1)), None)

    async def fetchmany(self, size: int | None = None) -> Sequence[Any]:
        """The next rows, fewer where there are no more."""
        size = self._arraysize if size is None else size
        if len(self._rows) < size and self._open is not None:
            self._rows += await self._execute(self._open.fetchmany, max(size - len(self._rows), AT_ONCE))
        taken, self._rows = self._rows[:size], self._rows[size:]
        return taken

    async def fetchall(self) -> Sequence[Any]:
        """All rows that are left."""
        rest = await self._execute(self._open.fetchall) if self._open is not None else []
        taken, self._rows = self._rows + rest, []
        return taken

    async def close(self) -> None:
        """Let go of what is left."""
        self._rows = []
        if self._open is not None:
            cursor, self._open = self._open, None
            await self._execute(cursor.close)

    @property
    def rowcount(self) -> int:
        return self._rowcount

    @property
    def lastrowid(self) -> int | None:
        return self._lastrowid

    @property
    def description(self) -> Any:
        return self._description

    @property
    def arraysize(self) -> int:
        return self._arraysize

    @arraysize.setter
    def arraysize(self, value: int) -> None:
        self._arraysize = value

    def _run(self, begin: str, execute: Any, sql: str, parameters: Any) -> "OneTripCursor":
        """In SQLite's thread."""
        cursor = self._conn._conn.cursor()
        if begin:
            cursor.execute(begin)
        execute(cursor, sql, parameters)
        self._rows = cursor.fetchmany(AT_ONCE) if cursor.description else []
        self._description, self._rowcount, self._lastrowid = cursor.description, cursor.rowcount, cursor.lastrowid
        if len(self._rows) < AT_ONCE:
            cursor.close()
        else:
            self._open = cursor
        return self


class OneTripConnection(Connection):
    """A connection that gives such cursors."""

    _begin = ""
    """How the transaction begins that nothing was said in yet."""
    _said = False
    """Whether a statement was sent since the last transaction ended. Not asked of SQLite: one that its caller gave up may
    still be on its way there."""

    def cursor(self) -> OneTripCursor:  # type: ignore[override] - made here, without a trip
        """A cursor; used as `async with`, or closed by hand."""
        return OneTripCursor(self)

    def begin(self, sql: str) -> None:
        """Have the next statement begin a transaction."""
        self._begin = sql

    def beginning(self) -> str:
        """What the statement that is sent now has to say first; often nothing."""
        begin, self._begin, self._said = self._begin, "", True
        return begin

    @property
    def in_transaction(self) -> bool:
        """Whether one is open, or will be with the next statement."""
        return bool(self._begin) or super().in_transaction

    async def commit(self) -> None:
        """Keep what the transaction has done. Raises sqlite3.Error."""
        await self._end(super().commit)

    async def rollback(self) -> None:
        """Take it back; costs nothing where there is nothing to take back."""
        await self._end(super().rollback)

    async def _end(self, end: Callable[[], Awaitable[None]]) -> None:
        self._begin = ""
        if self._said:
            await end()
            self._said = False


def connect(database: str, **options: Any) -> OneTripConnection:
    """A connection to await, with `sqlite3.connect`'s options."""
    connection = OneTripConnection(lambda: sqlite3.connect(database, **options), AT_ONCE)
    connection._thread.daemon = True  # a process that is told to stop does not wait for it
    return connection
