"""Dresses cards anew when what they all wear has changed: the brand kit, a layout, the public address."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from displays import composing, house_cards, loop
from displays.cards.layouts import REVISION
from displays.changes import note_loops
from displays.models import CallCard, Campaign, Card, Proposal, Spot, TrendCard
from displays.screens import present
from server.core import topics
from server.core.clock import now
from server.core.database import Database
from server.core.events import BrandChanged, on
from social import moderation
from social.models import Feed, Moderation, Screening, Trend

MOST_DRESSED = 2 * loop.MOST_POSTS
"""Approved posts of a feed, the newest: those that play and those that follow when some of them are withdrawn."""
MOST_WAITING = 500


@on(BrandChanged)
async def brand_changed(db: AsyncSession, event: BrandChanged) -> None:
    """Dress every card that may play in the new kit: the same words and item, so verdicts stand and name the new card."""
    await dress_house(db)
    for feed in await _feeds(db):
        await _dress_posts(db, feed)
    waiting = select(Screening).where(Screening.state == "waiting").order_by(Screening.id.desc()).limit(MOST_WAITING)
    for screening in list(await db.scalars(waiting)):
        await composing.propose_again(db, screening)
    await note_loops(db, None)
    topics.note(db, "queue", "trends", *(f"screen:{screen.id}" for screen in await present(db)))


async def dress_house(db: AsyncSession) -> bool:
    """Compose what is the house's own anew: evergreen spots, calls, trends. Returns whether any has another card now."""
    before = await _house_cards(db)
    running = select(Campaign.id).where(Campaign.ended_at.is_(None))
    for spot in list(await db.scalars(select(Spot).where(Spot.campaign_id.in_(running)))):
        await house_cards.recompose_spot(db, spot)
    for feed in await _feeds(db):
        await house_cards.compose_call(db, feed)
    for trend in list(await db.scalars(select(Trend).where(Trend.state.in_(("rising", "allowed", "pinned"))))):
        await house_cards.compose_trend(db, trend, await db.get(TrendCard, trend.id))
    await db.flush()
    return before != await _house_cards(db)


async def reopen_old_layouts(database: Database) -> int:
    """After an upgrade or another public address: the house's own cards are composed anew, and verdicts on cards of an
    earlier layout revision are open again. Returns how many."""
    async with database.transaction() as db:
        dressed = await dress_house(db)
        reopened = await _reopen(db)
        old = select(Screening).join(Proposal).join(Card, Card.digest == Proposal.card).where(
            Screening.state == "waiting", ~Card.layout.endswith(f"@{REVISION}")
        )  # fmt: skip
        for screening in list(await db.scalars(old.limit(MOST_WAITING))):
            await composing.propose_again(db, screening)
            topics.note(db, "queue")
        if dressed or reopened:
            topics.note(db, "queue")
            await note_loops(db, None)
    return reopened


async def _feeds(db: AsyncSession) -> list[Feed]:
    return list(await db.scalars(select(Feed).where(Feed.ended_at.is_(None)).order_by(Feed.id)))


async def _house_cards(db: AsyncSession) -> set[tuple[str, int, str | None]]:
    columns = {
        "e": (Spot.id, Spot.card),
        "c": (CallCard.feed_id, CallCard.card),
        "t": (TrendCard.trend_id, TrendCard.card),
    }
    return {(kind, id, card) for kind, pair in columns.items() for id, card in await db.execute(select(*pair))}


async def _dress_posts(db: AsyncSession, feed: Feed) -> None:
    on_air = select(Moderation, Screening).join(Screening).where(
        Moderation.feed_id == feed.id, Moderation.verdict == "approved", Moderation.over_at.is_(None),
        Screening.state == "approved",
    )  # fmt: skip
    newest = on_air.order_by(Moderation.decided_at.desc()).limit(MOST_DRESSED)
    for verdict, screening in (await db.execute(newest)).all():
        proposal = await composing.propose(db, screening, variant_id=verdict.variant_id, mode=verdict.mode)
        if proposal.card and proposal.mode == verdict.mode:
            card = await db.get_one(Card, proposal.card)
            await moderation.redress(db, verdict, composing.frame(proposal, card))


async def _reopen(db: AsyncSession) -> int:
    """End the verdicts on cards of an earlier layout revision; their posts wait again."""
    query = select(Moderation).where(
        Moderation.verdict == "approved", Moderation.over_at.is_(None), ~Moderation.layout.endswith(f"@{REVISION}")
    )
    verdicts = list(await db.scalars(query))
    for verdict in verdicts:
        screening = await db.get_one(Screening, verdict.screening_id)
        verdict.over_at, screening.state = now(), "waiting"
        await composing.propose(db, screening)
    return len(verdicts)
