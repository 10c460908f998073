"""Work that repeats: a tick that survives its failures."""

import asyncio
from collections.abc import Awaitable, Callable

from server.core.refusals import told


async def repeat(seconds: float, work: Callable[[], Awaitable[object]], *, name: str, first: float = 0.0) -> None:
    """Do `work` every so many seconds until cancelled, from `first` seconds on; a failure is logged and the next turn comes
    all the same."""
    await asyncio.sleep(first)
    while True:
        try:
            await work()
        except Exception as error:
            told("job_failed", error, job=name)
        await asyncio.sleep(seconds)
