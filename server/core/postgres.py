"""Connections to PostgreSQL, refused in words where it cannot be reached."""

from typing import Any

import asyncpg

from server.core import process
from server.core.refusals import gone, lost

CONNECT_SECONDS = 10


async def connect(*arguments: Any, **options: Any) -> asyncpg.Connection:
    """asyncpg's `connect`, by a name that says which process it is. Raises Unavailable while nobody answers there, or the
    server starts or stops."""
    named = f"{options.pop('application_name', 'vitrine')} {process.name()}"
    told = {"timeout": CONNECT_SECONDS, "server_settings": {"application_name": named}}
    try:
        return await asyncpg.connect(*arguments, **{**told, **options})
    except OSError as error:  # a timeout is one too
        raise lost() from error
    except asyncpg.PostgresError as error:
        if gone(error):
            raise lost() from error
        raise
