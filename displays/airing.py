"""Which feeds are not on the glass now, so that tablets and phones keep quiet of them too."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from displays.models import Campaign, Retreat
from displays.playing import all_evergreen
from social import talk
from social.models import Feed


@talk.knows_quiet
async def quiet_feeds(db: AsyncSession, mode: str, at: datetime) -> set[int]:
    """Feeds whose campaign does not show such cards now: not published, not begun, over, in another mode, or sent to
    evergreen; all of them where all glass is. A feed that no campaign plays is nobody's to keep quiet."""
    if await all_evergreen(db):
        return set(await db.scalars(select(Feed.id)))
    retreated = set(await db.scalars(select(Retreat.campaign_id).where(Retreat.lifted_at.is_(None))))
    campaigns = await db.scalars(select(Campaign))
    return {one.feed_id for one in campaigns if one.id in retreated or mode not in one.modes or not on_air(one, at)}


def on_air(campaign: Campaign, at: datetime) -> bool:
    """Whether a campaign plays at a moment."""
    begun = campaign.published_at is not None and (campaign.starts_at is None or campaign.starts_at <= at)
    return begun and campaign.ended_at is None and (campaign.ends_at is None or at < campaign.ends_at)
