"""Keeps Python's collector of cyclic garbage from stopping a process that a thousand screens wait for, and its memory small.

A full collection looks at every object there is: with the code of the product and a thousand sockets, most of a second.
"""

import asyncio
import ctypes
import gc
import sys
from contextlib import suppress

YOUNG, MIDDLE, OLD = 20_000, 20, 50
ARENA_MAX, ARENAS = -8, 2
"""M_ARENA_MAX of mallopt(3), and how many heaps C's allocator may keep."""
TRIM_SECONDS = 60


def settle() -> None:
    """Call once, when a process has begun and before it serves: what is there by then stays, and is not looked at again.

    What comes later is collected in larger portions; most of what a request leaves behind is freed by its reference
    counts at once and is no work for the collector at all.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)


def _c() -> ctypes.CDLL | None:
    return ctypes.CDLL(None) if sys.platform == "linux" else None


def few_arenas() -> None:
    """Call before threads are begun: C's allocator would give each of SQLite's threads a heap of its own, and in each of them a
    storm leaves holes that no other can use."""
    with suppress(AttributeError):  # not every C library has it
        if c := _c():
            c.mallopt(ARENA_MAX, ARENAS)


def give_back() -> None:
    """Give the system what C's allocator holds and nobody uses; a few milliseconds, in which others wait to allocate."""
    with suppress(AttributeError):
        if c := _c():
            c.malloc_trim(0)


async def keep_giving_back() -> None:
    """Do so every minute until cancelled: what a storm needed at its height is not needed afterwards."""
    while True:
        await asyncio.sleep(TRIM_SECONDS)
        await asyncio.to_thread(give_back)
