"""Another process of the installation that changes one store's stock many times a second, as tills that sell do.

    python -m tests.bench.push.writing A_SECOND SECONDS      (VITRINE_* in the environment; VITRINE_BACKPLANE_URL carries the news)

Says {"ready"} once its backplane works and begins at a line on standard input; then {"changes", "seconds", "number"}: how many
transactions it committed, in how long, and the number that the store's topic has then.
"""

import asyncio
import json
import sys
import time

from catalog.models import Stock
from server.core import topics
from server.core.backplane import Backplane
from server.core.database import Database
from server.core.logs import configure
from server.core.settings import load

TOPIC = "store:OXF"


async def main(a_second: int, seconds: int) -> None:
    """Commit so many changes a second, each its own transaction."""
    settings = load()
    configure(settings.log, sys.stderr)
    database = Database(settings.database, settings)
    backplane = Backplane(settings.backplane, lambda name, number: None)
    database.after_commit.append(backplane.send)
    working = asyncio.create_task(backplane.run())
    while backplane.trouble:
        await asyncio.sleep(0.05)
    print(json.dumps({"ready": True}), flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    began = time.monotonic()
    for done in range(a_second * seconds):
        await asyncio.sleep(max(0, done / a_second - (time.monotonic() - began)))
        await _sell(database, done)
    took = time.monotonic() - began
    async with database.snapshot() as db:
        number = (await topics.numbers(db, [TOPIC]))[TOPIC]
    await asyncio.sleep(0.5)  # what it has to tell is told
    working.cancel()
    await database.close()
    print(json.dumps({"changes": a_second * seconds, "seconds": took, "number": number}), flush=True)


async def _sell(database: Database, done: int) -> None:
    async with database.transaction() as db:
        row = await db.get_one(Stock, ("stain-madder", "OXF"))
        row.quantity = 1 + done % 9
        topics.note(db, TOPIC)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
