"""Dresses cards anew when what they wear has changed: the brand kit, a layout, the public address, a campaign's modes."""

from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from displays import composing, house_cards, loop
from displays.cards.layouts import REVISION
from displays.changes import note_loops
from displays.models import CallCard, Campaign, Card, Proposal, Spot, TrendCard
from displays.screens import present
from server.core import brand, topics
from server.core.clock import now
from server.core.database import Database
from server.core.events import BrandChanged, on
from social import moderation
from social.holding import hold_all
from social.models import Feed, Moderation, Screening, Trend

FEW = 20
"""Cards composed in one transaction, some 20 ms each: whoever else has to write waits no longer than for these."""


@on(BrandChanged)
async def brand_changed(db: AsyncSession, event: BrandChanged) -> None:
    """Dress what plays in the new kit: the same words and item, so verdicts stand and name the new card. What waits, and
    what follows when something is withdrawn, is dressed by `follow_kit`."""
    await dress_house(db)
    for feed in await _feeds(db):
        playing = _on_air().where(Moderation.feed_id == feed.id).order_by(Moderation.decided_at.desc())
        few = list(await db.scalars(playing.limit(loop.MOST_POSTS)))
        for verdict in await _as_they_are(db, Moderation, _on_air(), few):
            await _dress(db, verdict)
    await note_loops(db, None)
    topics.note(db, "queue", "trends", *(f"screen:{screen.id}" for screen in await present(db)))


async def follow_kit(database: Database) -> int:
    """Dress every other card in the kit of today, if that has not been done. Returns how many were looked at."""
    async with database.snapshot() as db:
        changed_at = await brand.undressed(db)
    if changed_at is None:
        return 0
    waiting = select(Screening).where(Screening.state == "waiting")
    done = await _in_turns(database, Moderation, _on_air(), _dress)
    done += await _in_turns(database, Screening, waiting, composing.propose_again)
    async with database.transaction() as db:
        await brand.dressed(db, changed_at)
    return done


async def follow_modes(database: Database) -> int:
    """Compose the cards of posts that wait anew where a campaign shows other kinds of cards now. Returns how many."""
    async with database.snapshot() as db:
        changed = select(Campaign.id, Campaign.feed_id, Campaign.modes_changed_at)
        campaigns = list(await db.execute(changed.where(Campaign.modes_changed_at.is_not(None))))
    done = 0
    for id, feed_id, changed_at in campaigns:
        waiting = select(Screening).where(Screening.feed_id == feed_id, Screening.state == "waiting")
        done += await _in_turns(database, Screening, waiting, composing.propose_again)
        async with database.transaction() as db:
            same = (Campaign.id == id, Campaign.modes_changed_at == changed_at)
            await db.execute(update(Campaign).where(*same).values(modes_changed_at=None))
    return done


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
        if await dress_house(db):
            topics.note(db, "queue")
            await note_loops(db, None)
    approved = select(Moderation).where(
        Moderation.verdict == "approved", Moderation.over_at.is_(None), ~Moderation.layout.endswith(f"@{REVISION}")
    )
    waiting = select(Screening).join(Proposal).join(Card, Card.digest == Proposal.card).where(
        Screening.state == "waiting", ~Card.layout.endswith(f"@{REVISION}")
    )  # fmt: skip
    reopened = await _in_turns(database, Moderation, approved, _reopen)
    await _in_turns(database, Screening, waiting, composing.propose_again)
    return reopened


async def _in_turns(
    database: Database, model: type[Moderation | Screening], query: Select[Any], dress: Callable[..., Awaitable[object]]
) -> int:
    """Do it with each row that there is now, a few to a transaction. Returns with how many."""
    async with database.snapshot() as db:
        newest = await db.scalar(select(func.max(model.id))) or 0
    last, done = 0, 0
    while last < newest:
        async with database.transaction() as db:
            few = list(await db.scalars(query.where(model.id > last, model.id <= newest).order_by(model.id).limit(FEW)))
            for row in await _as_they_are(db, model, query, few):
                await dress(db, row)
            if few:
                topics.note(db, "queue")
                await note_loops(db, None)
        last, done = few[-1].id if few else newest, done + len(few)
    return done


async def _as_they_are(
    db: AsyncSession, model: type[Moderation | Screening], query: Select[Any], rows: list[Any]
) -> list[Any]:
    """Those of the rows that are still to be done once nobody else can judge their posts (social.holding)."""
    await hold_all(db, {row.post_id for row in rows})
    again = query.where(model.id.in_([row.id for row in rows])).order_by(model.id)
    return list(await db.scalars(again.execution_options(populate_existing=True)))


async def _feeds(db: AsyncSession) -> list[Feed]:
    return list(await db.scalars(select(Feed).where(Feed.ended_at.is_(None)).order_by(Feed.id)))


async def _house_cards(db: AsyncSession) -> set[tuple[str, int, str | None]]:
    columns = {
        "e": (Spot.id, Spot.card),
        "c": (CallCard.feed_id, CallCard.card),
        "t": (TrendCard.trend_id, TrendCard.card),
    }
    return {(kind, id, card) for kind, pair in columns.items() for id, card in await db.execute(select(*pair))}


def _on_air() -> Select[tuple[Moderation]]:
    return select(Moderation).join(Screening).where(
        Moderation.verdict == "approved", Moderation.over_at.is_(None), Screening.state == "approved"
    )  # fmt: skip


async def _dress(db: AsyncSession, verdict: Moderation) -> None:
    screening = await db.get_one(Screening, verdict.screening_id)
    proposal = await composing.propose(db, screening, variant_id=verdict.variant_id, mode=verdict.mode)
    if proposal.card and proposal.mode == verdict.mode:
        card = await db.get_one(Card, proposal.card)
        await moderation.redress(db, verdict, composing.frame(proposal, card))


async def _reopen(db: AsyncSession, verdict: Moderation) -> None:
    """End a verdict; its post waits again."""
    screening = await db.get_one(Screening, verdict.screening_id)
    verdict.over_at, screening.state = now(), "waiting"
    await composing.propose(db, screening)
