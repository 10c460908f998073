"""Work that repeats: a tick that survives its failures."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from server.core import postgres
from server.core.lease import LeaseLost
from server.core.refusals import told

log = structlog.get_logger()


async def repeat(seconds: float, work: Callable[[], Awaitable[object]], *, name: str, first: float = 0.0) -> None:
    """Do `work` every so many seconds until cancelled, from `first` seconds on; a failure is logged and the next turn comes
    all the same. Ends where another process does it now."""
    await asyncio.sleep(first)
    while True:
        try:
            with postgres.patience(postgres.WORK_SECONDS):  # nobody waits for it
                await work()
        except LeaseLost:
            log.warning("work_refused", job=name)
            return
        except Exception as error:
            told("job_failed", error, job=name)
        await asyncio.sleep(seconds)
