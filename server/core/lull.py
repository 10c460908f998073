"""Work that nobody waits for, kept out of the moments in which somebody waits.

SQLite has one writer and a process one loop. A post that is judged just when a moderator has decided makes whatever
follows wait for it: the change on the screens, the next decision.
"""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager

QUIET_SECONDS = 0.03
"""How long after an answer it is quiet: the next request often follows from it."""
MOST_SECONDS = 0.1
"""How long work waits at most, where requests never end."""


class Requests:
    """Those requests of this process that may change something."""

    def __init__(self) -> None:
        self._under_way, self._answered_at = 0, float("-inf")

    @contextmanager
    def one(self) -> Iterator[None]:
        """While it lasts, somebody waits for an answer."""
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1
            self._answered_at = time.monotonic()

    async def lull(self) -> None:
        """Return when nobody waits, nor has for a moment; soon in any case."""
        moment = time.monotonic()
        end = moment + MOST_SECONDS
        while moment < end:
            quiet_at = moment + QUIET_SECONDS if self._under_way else self._answered_at + QUIET_SECONDS
            if quiet_at <= moment:
                return
            await asyncio.sleep(min(quiet_at, end) - moment)
            moment = time.monotonic()


requests = Requests()
