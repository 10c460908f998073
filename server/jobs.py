"""What goes on in the background: which work repeats, and which of it only one process at a time may do."""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from importlib import import_module
from typing import Any

from catalog import indexing, picturing, scheduling
from catalog.shelving import Compiled
from displays import dressing, mending, reports, upkeep
from kiosk import mailing, visits
from kiosk import reports as tablets
from server.core import jobs, lease
from server.core.database import Database
from server.core.settings import Settings
from server.retention import forget_old
from social.again import Again
from social.arriving import Arrivals
from social.counting import Counter
from social.judging import Judge

LEFT_OVER_SECONDS = 120
HOUR = timedelta(hours=1).total_seconds()


def all_of(database: Database, settings: Settings, shelf: Compiled) -> list[Coroutine[Any, Any, None]]:
    """The coroutines that a process runs beside its requests, until it ends."""
    return [
        reports.keep_writing(database),
        tablets.keep_writing(database),
        # Beside the requests of a start, and so that nobody who searches waits for what was imported meanwhile.
        jobs.repeat(20, lambda: indexing.refresh(database), name="search", first=4),
        lease.while_held(database, "upkeep", lambda fenced: _upkeep(fenced, settings, shelf)),
        *(
            [lease.while_held(database, "x", lambda fenced: _listen(fenced, settings, shelf))]
            if settings.sources
            else []
        ),
    ]


async def _upkeep(database: Database, settings: Settings, shelf: Compiled) -> None:
    await dressing.reopen_old_layouts(database)
    counter = Counter(database, shelf)
    again = Again(database, shelf, lambda: Judge(database, shelf).judge_again)
    # What a start need not wait for begins when the screens that come back have been served.
    await asyncio.gather(
        jobs.repeat(2, lambda: dressing.follow_kit(database), name="brand", first=2),
        jobs.repeat(2, lambda: dressing.follow_modes(database), name="modes"),
        jobs.repeat(2, lambda: picturing.fetch_waiting(database, settings), name="pictures"),
        jobs.repeat(20, lambda: scheduling.fetch_due(database, settings), name="feeds", first=1),
        jobs.repeat(15, counter.count, name="trends", first=2),
        jobs.repeat(3, again.take_up, name="again", first=3),
        jobs.repeat(1, lambda: mailing.send_waiting(database, settings), name="mail", first=1),
        jobs.repeat(60, lambda: visits.end_unheard(database), name="visits", first=20),
        jobs.repeat(60, lambda: upkeep.renew_loops(database), name="loops"),
        jobs.repeat(60, lambda: mending.mend_cards(database, settings), name="cards", first=30),
        jobs.repeat(HOUR, lambda: forget_old(database, settings), name="retention", first=300),
    )


async def _listen(database: Database, settings: Settings, shelf: Compiled) -> None:
    arrivals = Arrivals(database, settings, shelf)
    try:
        async with asyncio.TaskGroup() as group:
            if settings.x_bearer_token:
                # tweepy and what it stands on take half a second to load: beside the requests, for those who listen.
                listening = await asyncio.to_thread(import_module, "social.listening")
                group.create_task(listening.Listener(database, settings, arrivals).run())
            group.create_task(jobs.repeat(LEFT_OVER_SECONDS, arrivals.take_up_left_overs, name="left overs"))
    finally:
        await arrivals.stop()
