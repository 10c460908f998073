"""Work that repeats: a tick that survives its failures, and a lease that lets one process at a time do it."""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import String, delete, func, or_, update
from sqlalchemy.orm import Mapped, mapped_column

from server.core.clock import now
from server.core.database import Database
from server.core.hub import cancelled
from server.core.tables import Base, add_unless_there

log = structlog.get_logger()
LEASE = timedelta(seconds=30)


class Lease(Base):
    """Which process does a job, and until when if it does not renew."""

    __tablename__ = "lease"
    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    holder: Mapped[str] = mapped_column(String(32))
    until: Mapped[datetime]


async def acquire(database: Database, name: str, holder: str) -> bool:
    """Take or renew the lease; False while another process holds it."""
    # One clock for all who compete: the database's where they may run on several machines.
    moment: Any = now() if database.sqlite else func.now()
    until = moment + LEASE
    async with database.transaction() as db:
        await add_unless_there(db, Lease, name=name, holder=holder, until=until)
        mine = or_(Lease.holder == holder, Lease.until < moment)
        taken = await db.execute(update(Lease).where(Lease.name == name, mine).values(holder=holder, until=until))
        return bool(taken.rowcount)


async def release(database: Database, name: str, holder: str) -> None:
    """Give the lease back at once, so that another process need not wait for its end."""
    async with database.transaction() as db:
        await db.execute(delete(Lease).where(Lease.name == name, Lease.holder == holder))


async def repeat(seconds: float, work: Callable[[], Awaitable[object]], *, name: str, first: float = 0.0) -> None:
    """Do `work` every so many seconds until cancelled, from `first` seconds on; a failure is logged and the next turn comes
    all the same."""
    await asyncio.sleep(first)
    while True:
        try:
            await work()
        except Exception:
            log.exception("job_failed", job=name)
        await asyncio.sleep(seconds)


async def while_leased(database: Database, name: str, work: Callable[[], Awaitable[None]]) -> None:
    """Run `work` in whichever process holds the lease, until cancelled; another takes over when that one ends.

    A database that does not answer is asked again; the work goes on meanwhile, but never past the end of the lease that
    was last granted, since by then another process may have begun.
    """
    turn = LEASE.total_seconds() / 3
    holder, task, ends_at = secrets.token_hex(8), None, 0.0
    try:
        while True:
            asked_at = time.monotonic()
            held = await _ask(database, name, holder)
            if held:
                ends_at = asked_at + LEASE.total_seconds()
            if held and (task is None or task.done()):
                task = asyncio.create_task(_logged(work, name))
            elif task is not None and (held is False or time.monotonic() + turn >= ends_at):
                await cancelled(task)
                task = None
            await asyncio.sleep(turn if held is not None else turn / 4)
    finally:
        if task is not None:
            await cancelled(task)
        with suppress(Exception):
            await asyncio.shield(release(database, name, holder))


async def _ask(database: Database, name: str, holder: str) -> bool | None:
    """Whether the lease is ours; None when the database did not say in time."""
    try:
        async with asyncio.timeout(LEASE.total_seconds() / 4):
            return await acquire(database, name, holder)
    except Exception as error:
        log.warning("lease_not_renewed", job=name, reason=f"{type(error).__name__}: {error}"[:200])
        return None


async def _logged(work: Callable[[], Awaitable[None]], name: str) -> None:
    try:
        await work()
    except Exception:
        log.exception("job_ended", job=name)
