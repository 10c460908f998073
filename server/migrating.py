"""Bringing a database to the tables of this version."""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, func, inspect, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from server.core import topics
from server.core.database import Database
from server.core.errors import Misconfigured
from server.core.settings import ROOT, Settings

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = ROOT / "server" / "migrations"


def config(connection: Connection | None = None) -> "Config":
    """Alembic's settings, without a file of their own."""
    from alembic.config import Config

    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS))
    made.attributes["connection"] = connection
    return made


async def migrate(database: Database) -> None:
    """Create or upgrade every table; begin the database's epoch when it has none."""
    async with database.engine.connect() as connection:
        if await connection.run_sync(_revision) != newest():
            await connection.run_sync(_upgrade)
            await connection.commit()
    async with database.transaction() as db:
        if not await db.scalar(select(func.count()).select_from(topics.Epoch)):
            await topics.renew_epoch(db)


async def pending(db: AsyncSession) -> bool:
    """Whether the database is older than this version's tables."""
    return await (await db.connection()).run_sync(_revision) != newest()


def newest() -> str:
    """The revision of this version's tables: migrations are named by their numbers."""
    return max(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


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
                if not await pending(db):
                    return
        finally:
            await database.close()
    demo = settings.home / "demo"
    hint = f" The demo has its own: VITRINE_HOME={demo} vitrine ..." if (demo / "vitrine.sqlite").exists() else ""
    raise Misconfigured(f"The database does not have this version's tables yet. Run: vitrine migrate.{hint}")
