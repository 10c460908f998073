"""Connections to PostgreSQL, refused in words where it cannot be reached, and given up where it has fallen silent.

A server that loses its power, or a firewall that forgets a connection, says nothing: whoever waits would wait for ever,
while new connections are answered. TCP notices it by itself where nobody acknowledges; what acknowledges and never
answers is noticed by waiting for each answer no longer than `patience` says.
"""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any

import asyncpg
from sqlalchemy import event, exc
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.util import await_only

from server.core import process
from server.core.refusals import gone, lost

CONNECT_SECONDS = 10
ANSWER_SECONDS = 8.0
"""How long a statement may take that is somebody's request."""
WORK_SECONDS = 60.0
"""How long one may take of what goes on by itself, which may have to wait for an import."""
LONG_SECONDS = 1800.0
"""How long one may take of an import or a migration."""
PING_SECONDS = 2.0
CLOSE_SECONDS = 3.0
SILENCE = {"TCP_KEEPIDLE": 5, "TCP_KEEPINTVL": 2, "TCP_KEEPCNT": 3, "TCP_USER_TIMEOUT": 10_000}
"""A peer of whom TCP hears nothing is given up after 10 s or 11."""
_patience: ContextVar[float | None] = ContextVar("patience", default=None)


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """Wait so long for each answer of PostgreSQL within it; for whoever is not somebody's request."""
    token = _patience.set(seconds)
    try:
        yield
    finally:
        _patience.reset(token)


async def connect(*arguments: Any, **options: Any) -> asyncpg.Connection:
    """asyncpg's `connect`, by a name that says which process it is. Raises Unavailable while nobody answers there, or the
    server starts or stops."""
    named = f"{options.pop('application_name', 'vitrine')} {process.name()}"
    told = {"timeout": CONNECT_SECONDS, "server_settings": {"application_name": named}}
    try:
        connection = await asyncpg.connect(*arguments, **{**told, **options})
    except OSError as error:  # a timeout is one too
        raise lost() from error
    except asyncpg.PostgresError as error:
        if gone(error):
            raise lost() from error
        raise
    _notice_silence(connection._transport.get_extra_info("socket"))
    return connection


def _notice_silence(line: socket.socket | None) -> None:
    """Have TCP ask after a peer that says nothing; each system knows some of the options."""
    if line is None or line.family not in (socket.AF_INET, socket.AF_INET6):
        return
    line.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in SILENCE.items():
        if option := getattr(socket, name, None):
            with suppress(OSError):
                line.setsockopt(socket.IPPROTO_TCP, option, value)


def watch(engine: AsyncEngine) -> None:
    """End connections of this engine on which PostgreSQL owes an answer for too long. Whoever waits is told that it is gone,
    and the pool takes none of the others that are as old without asking."""
    pool, statements = engine.sync_engine.pool, engine.sync_engine
    event.listen(pool, "checkout", _ping)
    event.listen(pool, "checkin", lambda _, record: _answered(record.info))
    event.listen(statements, "before_cursor_execute", lambda at, *_: _asked(at))
    event.listen(statements, "after_cursor_execute", lambda at, *_: _answered(at.info))
    event.listen(statements, "handle_error", _refused)
    for ending in ("commit", "rollback"):
        event.listen(statements, ending, _asked)


def _ping(adapted: Any, record: Any, fairy: Any) -> None:
    """Ask for a sign of life before a connection is used; in one trip, where the pool's own ping takes three."""
    driver = adapted.driver_connection
    try:
        await_only(driver.execute("SELECT 1", timeout=min(PING_SECONDS, _patience.get() or PING_SECONDS)))
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:  # a timeout is one too
        driver.terminate()
        raise exc.InvalidatePoolError from error


def _asked(at: Any) -> None:
    if at.invalidated:  # nobody is asked: it is gone
        return
    _answered(at.info)
    ended = at.connection.driver_connection.terminate
    at.info["silence"] = asyncio.get_running_loop().call_later(_patience.get() or ANSWER_SECONDS, ended)


def _refused(about: Any) -> None:
    if about.connection and not about.connection.invalidated:
        _answered(about.connection.info)


def _answered(info: dict[str, Any]) -> None:
    if silence := info.pop("silence", None):
        silence.cancel()


async def close(engine: AsyncEngine) -> None:
    """Give back every connection; those that do not answer end with the process."""
    with suppress(TimeoutError):
        async with asyncio.timeout(CLOSE_SECONDS):
            await engine.dispose()
