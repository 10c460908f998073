"""When a feed's call, a card with its opt-in tag and the address of its terms, has been on the glass.

An opt-in tag is consent only for posts made meanwhile: whoever could not read what the tag means has agreed to nothing.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.clock import now
from social.hashtags import key
from social.models import Feed, FeedCall

Times = tuple[datetime | None, datetime | None]
"""From when until when; None: from now, without an end."""


async def settle(db: AsyncSession, feed: Feed, times: Times | None) -> None:
    """Keep that from now on the call is on the glass at these times, or not at all."""
    moment, tag = now(), key(feed.optin_tag)
    since, until = (max(times[0] or moment, moment), times[1]) if times else (moment, moment)
    open_calls = select(FeedCall).where(
        FeedCall.feed_id == feed.id, FeedCall.ended_at.is_(None) | (FeedCall.ended_at > moment)
    )
    standing = False
    for call in list(await db.scalars(open_calls)):
        if call.began_at > moment:
            await db.delete(call)
        elif times and since == moment and call.tag == tag:
            call.ended_at, standing = until, True
        else:
            call.ended_at = moment
    if times and not standing and (until is None or until > since):
        db.add(FeedCall(feed_id=feed.id, tag=tag, began_at=since, ended_at=until))


async def called(db: AsyncSession, feed: Feed, moment: datetime) -> bool:
    """Whether the call for the feed's opt-in tag was on the glass at a moment."""
    query = select(FeedCall.id).where(
        FeedCall.feed_id == feed.id, FeedCall.tag == key(feed.optin_tag), FeedCall.began_at <= moment,
        FeedCall.ended_at.is_(None) | (FeedCall.ended_at > moment),
    )  # fmt: skip
    return await db.scalar(query.limit(1)) is not None
