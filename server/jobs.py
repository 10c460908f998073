"""What goes on in the background: which work repeats, and which of it only one process at a time may do."""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any

from catalog import picturing, scheduling
from catalog.shelving import Compiled
from displays import dressing, mending, reports, upkeep
from server.core import jobs
from server.core.database import Database
from server.core.settings import Settings
from server.retention import forget_old
from social.arriving import Arrivals
from social.counting import Counter
from social.listening import Listener

HOUR = timedelta(hours=1).total_seconds()


def all_of(database: Database, settings: Settings) -> list[Coroutine[Any, Any, None]]:
    """The coroutines that a process runs beside its requests, until it ends."""
    shelf = Compiled(database)
    return [
        reports.keep_writing(database),
        jobs.while_leased(database, "upkeep", lambda: _upkeep(database, settings, shelf)),
        *([jobs.while_leased(database, "x", lambda: _listen(database, settings, shelf))] if settings.sources else []),
    ]


async def _upkeep(database: Database, settings: Settings, shelf: Compiled) -> None:
    await dressing.reopen_old_layouts(database)
    counter = Counter(database, shelf)
    await asyncio.gather(
        jobs.repeat(2, lambda: picturing.fetch_waiting(database, settings), name="pictures"),
        jobs.repeat(20, lambda: scheduling.fetch_due(database, settings), name="feeds"),
        jobs.repeat(15, counter.count, name="trends"),
        jobs.repeat(60, lambda: upkeep.renew_loops(database), name="loops"),
        jobs.repeat(60, lambda: mending.mend_cards(database, settings), name="cards"),
        jobs.repeat(HOUR, lambda: forget_old(database, settings), name="retention"),
    )


async def _listen(database: Database, settings: Settings, shelf: Compiled) -> None:
    arrivals = Arrivals(database, settings, shelf)
    await arrivals.take_up_left_overs()
    if settings.x_bearer_token:
        await Listener(database, settings, arrivals).run()
