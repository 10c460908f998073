"""Tells a full disk from other failures, whoever meets it: SQLite, PostgreSQL, or a file that is being written."""

import errno
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

from server.core import metrics
from server.core.errors import NoRoom

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
IOERR_SHMSIZE = 4874
"""What SQLite says when the index of its log cannot grow."""
POSTGRES_FULL = "53100"
RECENTLY = 60.0
WORDS = (
    "The disk of the server is full. Nothing was changed, and what is shown stays as it is. Make room on it: this works "
    "again by itself as soon as there is some."
)


def is_full(error: BaseException) -> bool:
    """Whether a failure comes of a full disk, be it that others hide it."""
    return any(_says_full(one) for one in _causes(error))


def no_room() -> NoRoom:
    """The failure to tell people and machines of."""
    metrics.no_room.inc()
    return NoRoom(WORDS)


def unwritten(file: Path, error: OSError) -> NoRoom:
    """The same of a file that could not be written whole; removes what there is of it."""
    file.unlink(missing_ok=True)
    if not is_full(error):
        raise error
    return no_room()


class Shortage:
    """When room was last short, so that what can wait need not be tried again and again."""

    def __init__(self) -> None:
        self._at = float("-inf")

    def note(self) -> None:
        """Something could not be kept just now."""
        self._at = time.monotonic()

    @property
    def lately(self) -> bool:
        """Whether that was within the last minute."""
        return time.monotonic() - self._at < RECENTLY


def _causes(error: BaseException) -> Iterator[BaseException]:
    """A failure and those that it came of, each once."""
    seen: dict[int, BaseException] = {}
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop()
        if isinstance(one, BaseException) and id(one) not in seen:
            seen[id(one)] = one
            waiting += [getattr(one, "orig", None), one.__cause__, one.__context__]
    yield from seen.values()


def _says_full(error: BaseException) -> bool:
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", 0)
        return code & 0xFF == sqlite3.SQLITE_FULL or code == IOERR_SHMSIZE
    if isinstance(error, OSError):
        return error.errno in FULL
    return isinstance(error, NoRoom) or getattr(error, "sqlstate", None) == POSTGRES_FULL
