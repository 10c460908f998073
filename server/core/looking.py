"""Looking into the database on behalf of many sockets: bounded, since a connection that went silent would stop all of them for good."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncSession

from server.core import metrics
from server.core.database import Database
from server.core.refusals import lost

LOOK_SECONDS = 10.0
"""A look takes milliseconds, and in a storm a second. Somewhat more than a connection to PostgreSQL is waited for, which
is the better judge of itself."""


@asynccontextmanager
async def look(database: Database) -> AsyncIterator[AsyncSession]:
    """A snapshot that is cut off after some seconds. Raises Unavailable then, and while the database does not answer."""
    try:
        async with asyncio.timeout(LOOK_SECONDS), database.snapshot() as db:
            yield db
    except TimeoutError as error:
        metrics.looks_cut_off.inc()
        raise lost("The database took a question and did not answer it. It is asked again.") from error
