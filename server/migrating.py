"""Bringing a database to the tables of this version, while an older one serves from it."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, func, inspect, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from server.core import postgres, topics
from server.core.database import Database
from server.core.errors import Misconfigured
from server.core.settings import ROOT, Settings

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = ROOT / "server" / "migrations"
OLDER, SAME, NEWER = "older", "same", "newer"
TURN = 0x76697472
"""PostgreSQL's advisory lock for which migrations compete: one changes tables at a time."""
LOCK_MILLISECONDS = 400
"""So long a migration waits for a table, and whoever comes after it with it; then it steps back and tries again."""
STEP_BACK_SECONDS = 1.5
PATIENCE_SECONDS = 120.0
IN_THE_WAY = frozenset({"55P03", "40P01"})
"""SQLSTATEs: a lock was not had in time; two waited for each other."""
Say = Callable[[str], None]


def config(connection: Connection | None = None) -> "Config":
    """Alembic's settings, without a file of their own."""
    from alembic.config import Config

    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS))
    made.attributes["connection"] = connection
    return made


async def migrate(database: Database, say: Say = lambda words: None, *, patience: float = PATIENCE_SECONDS) -> None:
    """Create or upgrade every table; begin the database's epoch when it has none.

    Raises Misconfigured when the tables are a newer version's, and when somebody holds a table for longer than `patience`
    seconds: what was done until then is whole, and the next call goes on from there.
    """
    with postgres.patience(postgres.LONG_SECONDS):
        await _migrate(database, say, patience)


async def _migrate(database: Database, say: Say, patience: float) -> None:
    async with _turn(database, say):
        if database.sqlite:
            async with database.engine.begin() as connection:  # one transaction, which no other writer comes into
                if await connection.run_sync(_behind):
                    await connection.run_sync(_upgrade)
        else:
            await _step_by_step(database, say, time.monotonic() + patience)
        async with database.transaction() as db:
            if not await db.scalar(select(func.count()).select_from(topics.Epoch)):
                await topics.renew_epoch(db)


@asynccontextmanager
async def _turn(database: Database, say: Say) -> AsyncIterator[None]:
    """Wait until no other migration runs; SQLite's own lock sees to that by itself."""
    if database.sqlite:
        yield
        return
    async with database.engine.connect() as connection:
        # Asked again and again: who waits inside a statement holds a snapshot, and an index that is built beside the
        # traffic waits for every snapshot.
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        told = False
        while not await connection.scalar(select(func.pg_try_advisory_lock(TURN))):
            if not told:
                say("Another migration is running; this one waits for it.")
            told = True
            await asyncio.sleep(0.2)
        try:
            yield
        finally:
            await connection.execute(select(func.pg_advisory_unlock(TURN)))


async def _step_by_step(database: Database, say: Say, deadline: float) -> None:
    """Every migration in a transaction of its own, begun anew when a table was not free."""
    async with database.engine.connect() as connection:
        try:
            await connection.execute(text(f"SET lock_timeout = {LOCK_MILLISECONDS}"))
            behind = await connection.run_sync(_behind)
            await connection.commit()
            while behind:
                try:
                    await connection.run_sync(_upgrade)
                    return
                except DBAPIError as error:
                    await connection.rollback()
                    if getattr(error.orig, "sqlstate", "") not in IN_THE_WAY:
                        raise
                    if time.monotonic() > deadline:
                        raise Misconfigured(await _who_holds(connection)) from None
                    say("A table is in use; stepping back for a moment.")
                await asyncio.sleep(STEP_BACK_SECONDS * random.uniform(0.5, 1.5))
        finally:
            await connection.invalidate()  # its patience with locks is not for others


async def _who_holds(connection: AsyncConnection) -> str:
    """Who has had a transaction open for the longest, in words."""
    rows = await connection.execute(
        text(
            "SELECT pid, coalesce(nullif(application_name, ''), usename, '?') AS who, "
            "round(extract(epoch FROM now() - xact_start)) AS seconds FROM pg_stat_activity "
            "WHERE xact_start < now() AND pid <> pg_backend_pid() AND datname = current_database() ORDER BY xact_start LIMIT 1"
        )
    )
    row = rows.first()
    whom = f" The oldest open transaction is process {row.pid}'s ({row.who}), {row.seconds} s old." if row else ""
    return f"A table stayed in use by somebody else, and was left as it was.{whom} End that, then run: vitrine migrate"


async def standing(db: AsyncSession) -> str:
    """How the database's tables stand to this version's: 'older' (or none), 'same' or 'newer'."""
    return _compared(await (await db.connection()).run_sync(_revision))


def newest() -> str:
    """The revision of this version's tables: migrations are named by their numbers."""
    return max(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def _compared(revision: str | None) -> str:
    if revision == newest():
        return SAME
    return OLDER if revision is None or revision < newest() else NEWER


def _behind(connection: Connection) -> bool:
    """Whether there is something to do. Raises Misconfigured for tables that this version cannot know."""
    revision = _revision(connection)
    if _compared(revision) == NEWER:
        raise Misconfigured(_too_new(revision))
    return revision != newest()


def too_old() -> str:
    """What to do about a database that is older than this version, or empty."""
    return "The database does not have this version's tables yet. Run: vitrine migrate."


def _too_new(revision: str | None) -> str:
    return (
        f"The database has the tables of a newer version ({revision}; this one knows them up to {newest()}). Nothing was changed. "
        "Use that version here too, or restore the backup from before the upgrade."
    )


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.scalar(text("SELECT version_num FROM alembic_version"))


def _upgrade(connection: Connection) -> None:
    from alembic import command  # takes long to load, and most starts have nothing to upgrade

    command.upgrade(config(connection), "head")


async def require(settings: Settings) -> None:
    """Go on only with a database that has this version's tables. Raises Misconfigured with what to type."""
    file = Path(settings.database.partition(":///")[2]) if settings.database.startswith("sqlite") else None
    if file is None or file.exists():
        database = Database(settings.database, settings)
        try:
            async with database.snapshot() as db:
                revision = await (await db.connection()).run_sync(_revision)
        finally:
            await database.close()
        if _compared(revision) == NEWER:
            raise Misconfigured(_too_new(revision))
        if _compared(revision) == SAME:
            return
    demo = settings.home / "demo"
    hint = f" The demo has its own: VITRINE_HOME={demo} vitrine ..." if (demo / "vitrine.sqlite").exists() else ""
    raise Misconfigured(too_old() + hint)
