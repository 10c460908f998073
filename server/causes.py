"""Why a database cannot be used, in words for whoever runs the installation: what is so, and what to do. Never a password."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from server.core.errors import Unavailable
from server.core.settings import PERCENT, Settings

URL = "VITRINE_DATABASE_URL"
RESTORE = "Stop the server, keep a copy of the file, and restore a backup as docs/operations.md says."
RIGHTS = (
    "Let the user that runs vitrine read and write there, or name another place: VITRINE_HOME, VITRINE_DATABASE_URL."
)

SQLITE = (
    ("SQLITE_NOTADB", "{name} is no SQLite database, or is damaged.", RESTORE),
    ("SQLITE_CORRUPT", "The database {name} is damaged.", RESTORE),
    ("SQLITE_READONLY", "The database {name} may be read here, but not written.", RIGHTS),
    ("SQLITE_CANTOPEN", "The database {name} cannot be opened.", RIGHTS),
    ("SQLITE_IOERR", "The disk fails under the database {name}.", f"See what the system's log says of it. {RESTORE}"),
    ("SQLITE_BUSY", "Another program holds the database {name}.", "End that program, then try again."),
)
FILES = (("PermissionError", "{said}.", RIGHTS),)
POSTGRESQL = (
    (
        "28", "PostgreSQL at {where} does not let the user {user} in with what VITRINE_DATABASE_URL says.",
        f"Mend user or password there, or see to pg_hba.conf of PostgreSQL. {PERCENT}",
    ),
    ("3D000", "PostgreSQL at {where} has no database {name}.", f"Make it (createdb {{name}}), or mend {URL}."),
    (
        "42501", "The user {user} may not do this in the database {name}: {said}.",
        'Make that user its owner: ALTER DATABASE "{name}" OWNER TO "{user}".',
    ),
    ("25006", "PostgreSQL at {where} may only be read: it is a replica.", f"Name the primary in {URL}."),
    (
        "53300", "PostgreSQL at {where} gives no more connections.",
        "Lower VITRINE_DATABASE_CONNECTIONS, have fewer processes, or raise max_connections; docs/operations.md has the sum.",
    ),
    ("53100", "The disk of PostgreSQL at {where} is full.", "Make room there."),
    ("57P", "PostgreSQL at {where} is starting or stopping.", "Try again in a few seconds."),
    ("gaierror", "No machine is known here by the name {host}.", f"Mend the host in {URL}. {PERCENT}"),
    ("ConnectionRefusedError", "Nothing listens at {where}.", f"Start PostgreSQL, or mend host and port in {URL}."),
    ("FileNotFoundError", "PostgreSQL has no socket at {where}.", f"Start it, or mend the host in {URL}."),
    ("TimeoutError", "PostgreSQL at {where} does not answer.", f"See whether it hangs, to firewalls on the way, and to {URL}."),
    (
        "SSLError", "PostgreSQL at {where} is not reached by TLS: {said}.",
        f"Mend sslmode in {URL}; the authority's file is named in PGSSLROOTCERT.",
    ),
    (
        "ClientConfigurationError", f"{URL} cannot be used: {{said}}.",
        "For sslmode=verify-full, name the authority's file in PGSSLROOTCERT.",
    ),
    ("OSError", "PostgreSQL at {where} is not reached: {said}.", f"See that it runs, and that {URL} is right. {PERCENT}"),
)  # fmt: skip
"""By what the failure is called (its SQLSTATE, SQLite's name of it, or its class; the first that fits): what is so, what to do."""


@dataclass(frozen=True)
class Cause:
    """Why a database cannot be used, and what to do."""

    what: str
    mend: str


def cause(error: BaseException, settings: Settings) -> Cause | None:
    """The cause of a failure of the database; None for every other failure, and where nothing better is known than its words."""
    if not isinstance(error, (Unavailable, DBAPIError, sqlite3.Error, OSError)) and _state(error) is None:
        return None
    chain = list(_chain(error))
    marks = [mark for one in chain for mark in _marks(one)]
    if not place(settings).get("where", "").startswith("/"):  # no socket is a file here, so it is the authority's
        marks = ["SSLError" if mark == "FileNotFoundError" else mark for mark in marks]
    about = {**place(settings), "said": str(getattr(chain[-1], "strerror", "") or chain[-1]).rstrip(".")[:300]}
    if filename := getattr(chain[-1], "filename", None):
        about["said"] = f"{filename}: {about['said']}"
    table = SQLITE if settings.database.startswith("sqlite") else POSTGRESQL
    for mark, what, mend in FILES if isinstance(error, OSError) else table:
        if any(one.startswith(mark) for one in marks):
            return Cause(what.format(**about), mend.format(**about))
    return None


def place(settings: Settings) -> dict[str, str]:
    """Where the database is, in words that may be read by anybody who looks after the installation."""
    if settings.database.startswith("sqlite"):
        return {"kind": "SQLite", "name": settings.database.partition(":///")[2]}
    try:
        url = make_url(settings.database)
    except ArgumentError:
        return {"kind": "PostgreSQL", "name": "?", "user": "?", "host": "?", "where": "?"}
    told = url.query.get("host", "")
    host = url.host or (told if isinstance(told, str) else ", ".join(told)) or "localhost"
    where = host if host.startswith("/") or url.port is None else f"{host}:{url.port}"
    return {
        "kind": "PostgreSQL", "name": url.database or url.username or "?", "user": url.username or "?", "host": host, "where": where,
    }  # fmt: skip


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """A failure and what it came from, the first cause last."""
    while error is not None:
        yield error
        error = getattr(error, "orig", None) or error.__cause__


def _marks(error: BaseException) -> Iterator[str]:
    yield from filter(None, (_state(error), getattr(error, "sqlite_errorname", None)))
    yield from (kind.__name__ for kind in type(error).__mro__)


def _state(error: BaseException) -> str | None:
    """asyncpg's own failures have the attribute too, without a value."""
    return getattr(error, "sqlstate", None) or ("" if type(error).__module__.startswith("asyncpg.") else None)
