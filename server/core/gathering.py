"""Writes down at leisure what devices say of themselves: they say it often, and a row a word would hold everybody up."""

import asyncio
from typing import Protocol

from server.core.database import Database
from server.core.refusals import told

SEEN_SECONDS = 10
"""How often those that are connected are written down as seen."""


class Gathering(Protocol):
    """What has been said since it was last written."""

    async def write(self, database: Database) -> None:
        """Write what is new."""

    async def touch(self, database: Database) -> None:
        """Write down that the connected ones are there."""


async def keep_writing(gathering: Gathering, database: Database, *, seconds: float, name: str) -> None:
    """Write every so many seconds until cancelled; a failure is logged and the next turn comes all the same."""
    touched = 0.0
    while True:
        await asyncio.sleep(seconds)
        try:
            await gathering.write(database)
            if asyncio.get_running_loop().time() - touched > SEEN_SECONDS:
                touched = asyncio.get_running_loop().time()
                await gathering.touch(database)
        except Exception as error:
            told("reports_not_written", error, of=name)
