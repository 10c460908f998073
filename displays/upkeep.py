"""Keeps loops and stores from growing old: their documents say what time decides for a day ahead, so they are built anew.

What people say on tablets' pages has no times in it: a campaign that is over has them ask again.
"""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.models import Store, Variant
from displays import documents
from displays.models import Campaign, LoopGroup
from server.core import topics
from server.core.clock import now
from server.core.database import Database
from server.core.topics import Topic
from social import talk

OLDEST = timedelta(hours=6)


async def renew_loops(database: Database) -> int:
    """Bump the loops and stores whose documents are older than six hours, or that a moment has overtaken since; and what
    tablets listen to, when a campaign has ended since.

    A moment overtakes: a campaign that starts or ends, a sale price that begins or ends, also while no process was there
    to notice. Returns how many were bumped.
    """
    async with database.snapshot() as db:
        due = await _due(db, max(now() - OLDEST, await _last_turn(db))) + await _hushed(db)
    if due:
        async with database.transaction() as db:
            topics.note(db, *due)
    return len(due)


async def _last_turn(db: AsyncSession) -> datetime:
    """The last moment up to now at which something began or ended."""
    latest = documents.EPOCH
    for column in (Campaign.starts_at, Campaign.ends_at, Variant.sale_from, Variant.sale_until):
        latest = max(latest, await db.scalar(select(func.max(column)).where(column <= now())) or latest)
    return latest


async def _hushed(db: AsyncSession) -> list[str]:
    """The topic of what people say, where a campaign has ended since it was last bumped."""
    over = await db.scalar(select(func.max(Campaign.ends_at)).where(Campaign.ends_at <= now()))
    told = await db.scalar(select(Topic.changed_at).where(Topic.name == talk.TOPIC))
    return [talk.TOPIC] if over and (told is None or told < over) else []


async def _due(db: AsyncSession, since: datetime) -> list[str]:
    """The topics of loops and stores that have not changed since a moment; one that never did tells of nothing yet."""
    stores = select(Store.id).where(Store.withdrawn_at.is_(None))
    names = [f"loop:{key}" for key in await db.scalars(select(LoopGroup.key))]
    names += [f"store:{id}" for id in await db.scalars(stores)]
    changed = dict((await db.execute(
        select(Topic.name, Topic.changed_at).where(Topic.name.like("loop:%") | Topic.name.like("store:%"))
    )).all())  # fmt: skip
    return [name for name in names if name in changed and changed[name] <= since]
