"""A process that kills itself in the middle of its work, without a word to anybody, as a power cut or the kernel does.

    python -m tests.faults.dying import FILE N      dies before the Nth statement that writes
    python -m tests.faults.dying posts N            takes posts in; dies before the Nth statement that writes
    python -m tests.faults.dying judge N            takes up what was stored and not judged; dies likewise

Prints "whole" when it came to the end, for then there were fewer statements than N.
"""

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import event

import server.app  # noqa: F401 - every handler of events has to be there
from catalog import importing
from catalog.shelving import Compiled
from server.core.database import Database
from server.core.settings import load
from social.arriving import Arrivals
from tests import stories

POSTS = 6
WRITES = ("INSERT", "UPDATE", "DELETE", "COMMIT")


def die_at(database: Database, number: int) -> None:
    """Arrange for the end."""
    left = number

    def one_more(*_: Any) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def before(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if statement.lstrip().upper().startswith(WRITES):
            one_more()

    event.listen(database.engine.sync_engine, "before_cursor_execute", before)
    event.listen(database.engine.sync_engine, "commit", one_more)


async def main(what: str, *arguments: str) -> None:
    """Work until the end comes."""
    settings = load()
    database = Database(settings.database, settings)
    if what == "posts":
        await stories.have_avatar(database)
    die_at(database, int(arguments[-1]))
    if what == "import":
        await importing.import_feed(database, "products", Path(arguments[0]))
    else:
        arrivals = Arrivals(database, settings, Compiled(database))
        if what == "posts":
            for number in range(POSTS):
                words = f"Madder red lipstick, wore it {'again and ' * number}today. #HouseLoves"
                await arrivals.take(stories.post(words, handle=f"reader{number}"))
        else:
            await arrivals.take_up_left_overs()
        await arrivals.settled()
    await database.close()
    print("whole", flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
