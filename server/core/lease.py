"""A lease: the right of one process to do some work, such as listening to a network, until another takes it over.

It is a row that says who holds it, since when and until when, by the database's clock. The holder moves its end on all
the time; when that stands still, the holder is gone and any other process takes the work over. A process that only
slept through the end (stopped, swapped out, cut off from the database) does not know that. So every transaction of the
work begins by looking whether the lease is still its own, and holds the row against a take-over until it has ended:
see `Tenure.assure`. What a sleeper still wanted to write is refused, and its work is ended.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import ColumnElement, DateTime, String, func, or_, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from server.core import postgres, process
from server.core.clock import now
from server.core.database import Database
from server.core.errors import VitrineError
from server.core.refusals import told
from server.core.tables import Base, add_unless_there

log = structlog.get_logger()
SECONDS = 6.0
"""How long a holder is believed that says nothing more. Others look every sixth of it, so that the work of one that was
killed is taken over within seven seconds; a quarter of it passes between two renewals."""
_LONG_AGO = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
_END = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE strpos(application_name, :process) > 0 AND datname = current_database() AND state <> 'idle'"
    " AND (strpos(application_name, :lease) > 0 OR (state <> 'active' OR wait_event_type = 'Lock')"
    " AND state_change < clock_timestamp() - make_interval(secs => :asleep))"
)
"""What was opened under the lease, and whatever of that process says nothing any more: others may wait for its locks. Not
the requests of a process that lives, and only lost the lease."""
Work = Callable[[Database], Awaitable[None]]


class LeaseLost(VitrineError):
    """Work wanted to write that another process may be doing by now. Nothing was changed."""

    title = "Another process does this now"


class Lease(Base):
    """Which process does some work, and until when if it does not renew."""

    __tablename__ = "lease"
    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    holder: Mapped[str] = mapped_column(String(32))
    """As server.core.process has it; empty: given back."""
    term: Mapped[int] = mapped_column(default=0, server_default="0")
    """Counts the holders, so that nobody takes a later holding of the same process for this one."""
    since: Mapped[datetime | None]
    until: Mapped[datetime]


@dataclass(frozen=True)
class Holding:
    """Who does some work, as the database's clock has it."""

    name: str
    holder: str
    """Empty where nobody does it."""
    since: datetime | None
    """None where nobody does it, or a process of the version before."""
    held_seconds: float
    left_seconds: float
    """Until it ends if it is not renewed; not above 0 where nobody does it."""
    term: int


async def holders(db: AsyncSession) -> list[Holding]:
    """Every lease that there ever was, by name, with who holds it now."""
    at = now() if db.get_bind().dialect.name == "sqlite" else await db.scalar(select(_moment(db)))
    return [_holding(row, at) for row in await db.scalars(select(Lease).order_by(Lease.name))]


def _holding(row: Lease, at: datetime) -> Holding:
    left = (row.until - at).total_seconds()
    if left <= 0 or not row.holder:
        return Holding(row.name, "", None, 0.0, min(left, 0.0), row.term)
    return Holding(row.name, row.holder, row.since, (at - (row.since or at)).total_seconds(), left, row.term)


class Tenure:
    """One holding of a lease by one process, from when it was taken until it is given back or lost."""

    def __init__(self, name: str, holder: str, term: int) -> None:
        self.name, self.holder, self.term = name, holder, term
        self.mark = _mark(holder, name)
        self.lost = asyncio.Event()
        """Set when it was found out that somebody else may hold it."""

    async def assure(self, db: AsyncSession) -> None:
        """Begin a transaction of the work: raises LeaseLost unless the lease is held, and keeps it until the end."""
        await _sleep_no_longer(db, under=self)
        row = select(Lease.term).where(self._own())
        if not _alone(db):
            # Against who takes it, who asks for the whole row; renewing goes on beside it.
            row = row.where(Lease.until > _moment(db)).with_for_update(read=True, key_share=True)
        if await db.scalar(row) is None:
            self.lost.set()
            raise LeaseLost(f"The lease of ‘{self.name}’ has run out or was taken over; its holder does it now.")

    async def renew(self, db: AsyncSession) -> bool:
        """Move its end on; False when it is another's. One that ran out and that nobody took is still ours."""
        await _sleep_no_longer(db)
        longer = update(Lease).where(self._own()).values(until=_moment(db) + timedelta(seconds=SECONDS))
        return bool((await db.execute(longer)).rowcount)

    async def give_back(self, db: AsyncSession) -> None:
        """Let another take it at once."""
        await db.execute(update(Lease).where(self._own()).values(holder="", since=None, until=_moment(db)))

    def _own(self) -> ColumnElement[bool]:
        return (Lease.name == self.name) & (Lease.holder == self.holder) & (Lease.term == self.term)


class Candidate:
    """A process that would do the work, and watches who does."""

    def __init__(self, name: str) -> None:
        self._name, self._holder = name, process.name()
        self._seen, self._seen_at = _LONG_AGO, 0.0

    async def take(self, db: AsyncSession) -> Tenure | None:
        """Take the lease if it is nobody's, or its end stands still; None while another holds it."""
        moment = _moment(db)
        seen = (await db.execute(select(Lease.until, Lease.holder).where(Lease.name == self._name))).first()
        if seen is None:
            await add_unless_there(db, Lease, name=self._name, holder="", term=0, until=_LONG_AGO)
        over = or_(Lease.until < moment, Lease.until == self._stands_still(seen.until if seen else None))
        await _sleep_no_longer(db)
        if seen and await db.scalar(select(over).where(Lease.name == self._name)):
            await self._end_sleeper(db, seen.holder)
        # One that writes at this moment holds the row; it will have ended, or been ended, when we look again.
        row = select(Lease.term).where(Lease.name == self._name, over).with_for_update(skip_locked=True)
        if (term := await db.scalar(row)) is None:
            return None
        ours = {"holder": self._holder, "term": term + 1, "since": moment, "until": moment + timedelta(seconds=SECONDS)}
        await db.execute(update(Lease).where(Lease.name == self._name).values(ours))
        return Tenure(self._name, self._holder, term + 1)

    async def _end_sleeper(self, db: AsyncSession, holder: str) -> None:
        """Have PostgreSQL end what a process without a sign of life left open: not only the row is locked by it."""
        if db.get_bind().dialect.name != "postgresql" or holder in ("", self._holder):
            return
        with suppress(DBAPIError):  # not ours to end: each ends by itself, one after the other
            async with db.begin_nested():
                await db.execute(_END, {"process": holder, "lease": _mark(holder, self._name), "asleep": SECONDS / 3})

    def _stands_still(self, until: datetime | None) -> datetime | None:
        """The end that has been the same for longer than a lease lasts, by our own clock: the database's was set back."""
        if until != self._seen:
            self._seen, self._seen_at = until, time.monotonic()
        return until if time.monotonic() - self._seen_at > 1.5 * SECONDS else None


async def while_held(database: Database, name: str, work: Work) -> None:
    """Run `work` in whichever process holds the lease, until cancelled; another takes over when that one ends.

    Work gets the database as it may write to it: its transactions raise LeaseLost once the lease is not ours. It is
    begun again when it ends. While the database does not answer the work goes on, but never past the end of the lease;
    on SQLite until somebody else has it, since a long write, such as an import, keeps us from renewing there.
    """
    candidate, apart = Candidate(name), database.apart()
    while True:
        asked_at = time.monotonic()
        tenure = await _ask(apart, name, candidate.take)
        if tenure:
            log.info("lease_taken", lease=name, term=tenure.term)
            await _hold(database, apart, tenure, work, ends_at=asked_at + SECONDS)
        await asyncio.sleep(SECONDS / 6)


async def _hold(database: Database, apart: Database, tenure: Tenure, work: Work, *, ends_at: float) -> None:
    """Have the work done for as long as the lease is ours; then, or when cancelled, end it and give the lease back.

    `apart`: where the lease is renewed, so that it does not wait for a connection with everybody else.
    """
    fenced, turn = database.fenced(tenure.assure), SECONDS / 4
    task = asyncio.create_task(_logged(work, fenced, tenure.name))
    try:
        while not tenure.lost.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(tenure.lost.wait(), turn)
            asked_at = time.monotonic()
            renewed = await _ask(apart, tenure.name, tenure.renew)
            if renewed:
                ends_at = asked_at + SECONDS
            elif renewed is False or (not database.sqlite and time.monotonic() + turn >= ends_at):
                break
            if task.done():
                task = asyncio.create_task(_logged(work, fenced, tenure.name))
        log.warning("lease_lost", lease=tenure.name, term=tenure.term)
    finally:
        try:
            await _ended(task)
        finally:  # though we be cancelled again meanwhile; what still runs can write nothing then
            await asyncio.shield(_ask(apart, tenure.name, tenure.give_back))


async def _ask(database: Database, name: str, question: Callable[[AsyncSession], Awaitable[Any]]) -> Any:
    """The answer to a question about the lease; None when the database did not give one in time."""
    try:
        # A connection that is silent is given up in time to ask on another.
        with postgres.patience(SECONDS / 5):
            async with asyncio.timeout(SECONDS / 4), database.transaction() as db:
                return await question(db)
    except Exception as error:
        log.warning("lease_not_asked", lease=name, reason=f"{type(error).__name__}: {error}"[:200])
        return None


async def _logged(work: Work, database: Database, name: str) -> None:
    try:
        with postgres.patience(postgres.WORK_SECONDS):
            await work(database)
    except LeaseLost:
        log.warning("work_refused", lease=name)
    except Exception as error:
        told("work_ended", error, lease=name)


async def _ended(task: "asyncio.Task[None]") -> None:
    """Cancel work and see it out; again, where something in it took the first for a failure and went on."""
    while not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=1)


def _alone(db: AsyncSession) -> bool:
    """Whether one process serves this database, as it does an SQLite file (server/together.py): who was kept from renewing
    has lost nothing yet."""
    return db.get_bind().dialect.name == "sqlite"


def _moment(db: AsyncSession) -> Any:
    """The database's clock: one for all who compete. An SQLite file is used from one machine, whose clock it is."""
    if db.get_bind().dialect.name == "postgresql":
        return func.clock_timestamp(type_=DateTime(timezone=True))
    return now()


def _mark(holder: str, name: str) -> str:
    """How PostgreSQL names a transaction that is work under a lease; it keeps 63 characters."""
    return f"{holder} / {name}"[:63]


async def _sleep_no_longer(db: AsyncSession, *, under: Tenure | None = None) -> None:
    """Have PostgreSQL end this transaction if we fall asleep in it: whoever takes over must not wait for its locks."""
    if db.get_bind().dialect.name == "postgresql":
        said = {"idle_in_transaction_session_timeout": str(round(SECONDS * 1000))}
        if under:
            said["application_name"] = under.mark
        await db.execute(select(*(func.set_config(name, value, True) for name, value in said.items())))
