"""Work that repeats: a tick that survives its failures."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from server.core.errors import Unavailable

log = structlog.get_logger()


async def repeat(seconds: float, work: Callable[[], Awaitable[object]], *, name: str, first: float = 0.0) -> None:
    """Do `work` every so many seconds until cancelled, from `first` seconds on; a failure is logged and the next turn comes
    all the same."""
    await asyncio.sleep(first)
    while True:
        try:
            await work()
        except Unavailable as error:  # told in a line: the next turn does it
            log.warning("job_failed", job=name, reason=str(error))
        except Exception:
            log.exception("job_failed", job=name)
        await asyncio.sleep(seconds)
