"""What each campaign has to show now: rows, as the values that a loop is built from."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from displays import loop
from displays.models import CallCard, Campaign, Card, Retreat, Spot, TrendCard
from social.models import Moderation, Screening, Trend


async def published(db: AsyncSession) -> list[Campaign]:
    """Campaigns that are on, or will be at their start."""
    query = select(Campaign).where(Campaign.published_at.is_not(None), Campaign.ended_at.is_(None))
    return list(await db.scalars(query.order_by(Campaign.id)))


async def campaign_of(db: AsyncSession, feed_id: int) -> Campaign | None:
    """The campaign that plays a feed."""
    return await db.scalar(select(Campaign).where(Campaign.feed_id == feed_id, Campaign.ended_at.is_(None)))


async def all_evergreen(db: AsyncSession) -> bool:
    """Whether the red button holds all glass."""
    everything = select(Retreat.id).where(Retreat.campaign_id.is_(None), Retreat.lifted_at.is_(None))
    return await db.scalar(everything.limit(1)) is not None


async def playing(db: AsyncSession, campaign: Campaign) -> loop.Playing:
    """A campaign with what it has to show."""
    retreat = select(Retreat.id).where(Retreat.campaign_id == campaign.id, Retreat.lifted_at.is_(None))
    modes = tuple(campaign.modes)
    return loop.Playing(
        id=campaign.id, starts_at=campaign.starts_at, ends_at=campaign.ends_at, modes=modes,
        seconds=campaign.seconds, retreated=bool(await db.scalar(retreat.limit(1))),
        posts=await _posts(db, campaign), trends=await _trends(db, campaign) if "trend" in modes else (),
        evergreens=await _evergreens(db, campaign), calls=await _calls(db, campaign) if "call" in modes else (),
    )  # fmt: skip


async def _posts(db: AsyncSession, campaign: Campaign) -> tuple[loop.SpotCard, ...]:
    query = (
        select(Moderation, Card)
        .join(Card, Card.digest == Moderation.card)
        .join(Screening, Screening.id == Moderation.screening_id)
        .where(Moderation.feed_id == campaign.feed_id, Moderation.verdict == "approved", Moderation.over_at.is_(None))
        .where(Screening.state == "approved", Moderation.mode.in_(campaign.modes))
    )
    rows = await db.execute(query.order_by(Moderation.decided_at.desc(), Moderation.id.desc()).limit(loop.MOST_POSTS))
    return tuple(
        loop.SpotCard(
            id=f"p{moderation.post_id}r{moderation.revision}c{card.digest[:8]}",
            kind=moderation.mode,
            card=_card(card),
            at=moderation.decided_at,
        )
        for moderation, card in rows
    )


async def _trends(db: AsyncSession, campaign: Campaign) -> tuple[loop.SpotCard, ...]:
    query = (
        select(Trend, TrendCard, Card)
        .join(TrendCard, TrendCard.trend_id == Trend.id)
        .join(Card, Card.digest == TrendCard.card)
        .where(Trend.feed_id == campaign.feed_id, Trend.state.in_(("allowed", "pinned")))
    )
    rows = await db.execute(
        query.order_by((Trend.state == "pinned").desc(), Trend.rise.desc(), Trend.id).limit(loop.MOST_TRENDS)
    )
    return tuple(
        loop.SpotCard(id=f"t{trend.id}", kind="trend", card=_card(card), at=made.composed_at)
        for trend, made, card in rows
    )


async def _evergreens(db: AsyncSession, campaign: Campaign) -> tuple[loop.SpotCard, ...]:
    query = select(Spot, Card).join(Card, Card.digest == Spot.card).where(Spot.campaign_id == campaign.id)
    rows = await db.execute(query.order_by(Spot.position, Spot.id))
    return tuple(
        loop.SpotCard(id=f"e{spot.id}", kind="evergreen", card=_card(card), at=card.composed_at, seconds=spot.seconds)
        for spot, card in rows
    )


async def _calls(db: AsyncSession, campaign: Campaign) -> tuple[loop.SpotCard, ...]:
    query = select(CallCard, Card).join(Card, Card.digest == CallCard.card).where(CallCard.feed_id == campaign.feed_id)
    return tuple(
        loop.SpotCard(id=f"c{call.feed_id}", kind="call", card=_card(card), at=card.composed_at)
        for call, card in await db.execute(query)
    )


def _card(card: Card) -> loop.Card:
    return loop.Card(
        digest=card.digest,
        pictures=tuple(card.pictures),
        fonts=tuple(card.fonts),
        variants=tuple(card.variants),
        field=card.field,
    )
