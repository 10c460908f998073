"""Retention in a process of its own: python -m tests.faults.forgetting"""

import asyncio

import server.app  # noqa: F401 - every handler of events has to be there
from server.core.database import Database
from server.core.settings import load
from server.retention import forget_old


async def main() -> None:
    """One round."""
    settings = load()
    database = Database(settings.database, settings)
    await forget_old(database, settings)
    await database.close()


if __name__ == "__main__":
    asyncio.run(main())
