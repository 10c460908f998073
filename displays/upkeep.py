"""Keeps loops and stores from growing old: their documents say what time decides for a day ahead, so they are built anew."""

from datetime import timedelta

from sqlalchemy import select

from catalog.models import Variant
from displays import documents
from displays.models import Campaign, LoopGroup
from server.core import topics
from server.core.clock import now
from server.core.database import Database

OLDEST = timedelta(hours=6)


async def renew_loops(database: Database) -> int:
    """Bump the loops and stores whose documents are older than six hours, or that a moment has overtaken since.

    A moment overtakes: a campaign that starts or ends, a sale price that begins or ends. Returns how many were bumped.
    """
    async with database.transaction() as db:
        due = await _overtaken(db)
        for key in await db.scalars(select(LoopGroup.key)):
            if now() - await documents.changed_at(db, f"loop:{key}") > OLDEST or due:
                topics.note(db, f"loop:{key}")
        if due:
            await documents.note_stores(db)
        return len(db.info.get("topics", ()))


async def _overtaken(db) -> bool:
    """Whether something began or ended in the last minute or so."""
    moment, since = now(), now() - timedelta(seconds=75)
    for column in (Campaign.starts_at, Campaign.ends_at, Variant.sale_from, Variant.sale_until):
        if await db.scalar(select(column).where(column > since, column <= moment).limit(1)):
            return True
    return False
