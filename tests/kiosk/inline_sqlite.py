"""SQLite without the thread that its asyncio driver gives it: the same statements in a third of the time, one after another.

For tests of many thousand steps; the address begins with sqlite+inline.
"""

import sqlite3
from typing import Any

from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.pool import AsyncAdaptedQueuePool


class InlineCursor(sqlite3.Cursor):
    """A cursor that an asyncio session may let go of."""

    async def _async_soft_close(self) -> None:
        """Nothing is left open elsewhere."""


class InlineConnection(sqlite3.Connection):
    """Gives such cursors."""

    def cursor(self, factory: Any = InlineCursor) -> Any:
        return super().cursor(factory)

    def begin(self, sql: str) -> None:
        """Begin a transaction."""
        self.execute(sql)


class InlineDialect(SQLiteDialect_pysqlite):
    """The driver of the standard library, which an asyncio engine may use since nothing else runs meanwhile."""

    driver = "inline"
    is_async = True
    supports_statement_cache = True

    def connect(self, *arguments: Any, async_creator_fn: Any = None, **options: Any) -> Any:
        return super().connect(*arguments, factory=InlineConnection, **options)

    @classmethod
    def get_pool_class(cls, url: Any) -> Any:
        return AsyncAdaptedQueuePool


registry.register("sqlite.inline", __name__, "InlineDialect")
