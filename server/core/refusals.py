"""What a database's refusal means: it is gone for a while, others were in the way, or the statement is at fault."""

import sqlite3

import structlog
from sqlalchemy import exc

from server.core.errors import Unavailable

log = structlog.get_logger()
RETRY_AFTER_SECONDS = 3
IN_THE_WAY = ("40001", "40P01", "55P03")
"""SQLSTATEs of PostgreSQL: not serializable, a deadlock, a lock that somebody else has."""
GONE = ("08", "28", "3D000", "53300", "57P")
"""Beginnings of SQLSTATEs: the connection broke, the password is another now, the database has been renamed or restored
anew, there are too many connections, the server stops or starts."""
UNREACHABLE = "The database does not answer at the moment. Nothing was changed; try again in a few seconds."
BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


class TakenBack(Unavailable):
    """All of a transaction was taken back for the sake of somebody else's: it may be done again at once."""


def meaning(error: BaseException, *, committing: bool = False) -> Unavailable | None:
    """What a failure of a transaction means where another try may do; None for every other, such as a bug.

    `committing`: whether it was on its way to be kept, so that nobody can know whether it was.
    """
    if in_the_way(error):
        detail = "Others were changing the same thing at that moment. Nothing was changed; try again."
        return TakenBack(detail, retry_after=1)
    if not gone(error):
        return None
    if committing:
        detail = "The database went away while this was being kept: look whether it was before you do it again."
    elif isinstance(error, exc.TimeoutError):
        detail = "Too much waits for the database at the moment. Nothing was changed; try again in a few seconds."
    else:
        detail = UNREACHABLE
    return lost(detail)


def lost(detail: str = UNREACHABLE) -> Unavailable:
    """The failure that says that the database cannot be reached."""
    return Unavailable(detail, retry_after=RETRY_AFTER_SECONDS)


def in_the_way(error: BaseException) -> bool:
    """Whether a transaction was refused for the sake of somebody else's."""
    # The extended codes of SQLite hold the plain one in their lowest byte.
    return _state(error) in IN_THE_WAY or (_sqlite_code(error) & 0xFF) in BUSY


def gone(error: BaseException) -> bool:
    """Whether the database cannot be reached, or has broken the connection."""
    if isinstance(error, exc.DBAPIError):
        return error.connection_invalidated or _state(error).startswith(GONE)
    return isinstance(error, (exc.TimeoutError, ConnectionError)) or _state(error).startswith(GONE)


def told(event: str, error: Exception, **about: object) -> None:
    """Log a failure of work that will be done again: a line where the database was away, and all that is known of a bug."""
    if isinstance(error, Unavailable):
        log.warning(event, reason=str(error), **about)
    else:
        log.error(event, exc_info=error, **about)


def _state(error: BaseException) -> str:
    return getattr(getattr(error, "orig", None) or error, "sqlstate", None) or ""


def _sqlite_code(error: BaseException) -> int:
    return getattr(getattr(error, "orig", None), "sqlite_errorcode", None) or 0
