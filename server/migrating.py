"""Bringing a database to the tables of this version."""

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import func, select
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncSession

from server.core import topics
from server.core.database import Database
from server.core.settings import ROOT


def config(connection: Connection | None = None) -> Config:
    """Alembic's settings, without a file of their own."""
    made = Config()
    made.set_main_option("script_location", str(ROOT / "server" / "migrations"))
    made.attributes["connection"] = connection
    return made


async def migrate(database: Database) -> None:
    """Create or upgrade every table; begin the database's epoch when it has none."""
    async with database.engine.connect() as connection:
        await connection.run_sync(lambda sync: command.upgrade(config(sync), "head"))
        await connection.commit()
    async with database.transaction() as db:
        if not await db.scalar(select(func.count()).select_from(topics.Epoch)):
            await topics.renew_epoch(db)


async def pending(db: AsyncSession) -> bool:
    """Whether the database is older than this version's tables."""
    newest = ScriptDirectory.from_config(config()).get_current_head()
    connection = await db.connection()
    return await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision()) != newest
