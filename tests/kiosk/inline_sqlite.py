"""SQLite without the thread that its asyncio driver gives it: the same statements in a third of the time, one after another.

For tests of many thousand steps; the address begins with sqlite+inline.
"""

from typing import Any

from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.pool import AsyncAdaptedQueuePool


class InlineDialect(SQLiteDialect_pysqlite):
    """The driver of the standard library, which an asyncio engine may use since nothing else runs meanwhile."""

    driver = "inline"
    is_async = True
    supports_statement_cache = True

    @classmethod
    def get_pool_class(cls, url: Any) -> Any:
        return AsyncAdaptedQueuePool


registry.register("sqlite.inline", __name__, "InlineDialect")
