"""Feeds that are being flooded: their rule of automatic approval rests, and people should know why so much waits."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.clock import now
from social.approval import SUSPENDED
from social.models import Feed, Post, Screening

LATELY = timedelta(minutes=10)


@dataclass(frozen=True)
class Surge:
    """A feed whose rule rests, and why in words."""

    feed: Feed
    reason: str


async def surges(db: AsyncSession) -> list[Surge]:
    """The feeds of which a post was kept from automatic approval by a surge in the last minutes."""
    query = (
        select(Screening.rule_reason)
        .join(Post, Post.id == Screening.post_id)
        .where(Post.received_at > now() - LATELY, Screening.rule_reason.startswith(SUSPENDED))
        .order_by(Screening.id.desc())
        .limit(1)
    )
    feeds = await db.scalars(select(Feed).where(Feed.ended_at.is_(None)).order_by(Feed.name))
    found = [(feed, await db.scalar(query.where(Screening.feed_id == feed.id))) for feed in feeds]
    return [Surge(feed, reason.removeprefix(SUSPENDED).lstrip(": ")) for feed, reason in found if reason]
