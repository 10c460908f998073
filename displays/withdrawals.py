"""Posts that left the glass: which screens have confirmed it, until when the others can show them, and what is let go."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from displays.confirming import confirmed, keep_bumped
from displays.models import Campaign, Card, Proposal, Screen, ScreenReport, Withdrawal
from displays.reaching import loops
from server.core import topics
from server.core.clock import now
from server.core.events import PostForgotten, on
from server.core.media import Media
from social.models import Moderation, Screening


@dataclass(frozen=True)
class Reach:
    """How far a withdrawal has come. A screen is counted once: it confirmed, it is being waited for, or it is not connected."""

    confirmed: int
    waiting: tuple[str, ...]
    """Names of connected screens that have not confirmed yet."""
    away: tuple[str, ...]
    """Names of screens that are not connected and have not confirmed."""
    gone_by: datetime | None
    """When the last lease of those that are away ends; None where none is away."""


async def begin(db: AsyncSession, post_id: int, campaign: Campaign) -> Withdrawal | None:
    """Note where the loops stand as a post leaves them. None for a post that was not on the glass."""
    ended = select(Moderation.over_at).where(
        Moderation.post_id == post_id, Moderation.feed_id == campaign.feed_id, Moderation.verdict == "approved"
    )
    ended_at = await db.scalar(ended.order_by(Moderation.id.desc()).limit(1))
    known = select(Withdrawal.at).where(Withdrawal.post_id == post_id, Withdrawal.campaign_id == campaign.id)
    last = await db.scalar(known.order_by(Withdrawal.id.desc()).limit(1))
    if ended_at is None or (last and last >= ended_at):
        return None
    bumped = dict.fromkeys(await loops(db, campaign), 0)
    left = Withdrawal(post_id=post_id, campaign_id=campaign.id, at=now(), bumped=bumped)
    db.add(left)
    await db.flush()
    topics.once_bumped(db, lambda numbers: keep_bumped(left, numbers))
    return left


def reach(left: Withdrawal, screens: Iterable[Screen], reports: dict[str, ScreenReport], *, epoch: str) -> Reach:
    """Who no longer has it. Reports are by screen id; `epoch` names the database's history."""
    affected = [(one, reports.get(one.id)) for one in screens if f"loop:{one.loop_key}" in left.bumped]
    without = [(one, report) for one, report in affected if not confirmed(one, report, left.bumped, epoch=epoch)]
    away = [(one, report) for one, report in without if report is None or not report.connected]
    return Reach(
        confirmed=len(affected) - len(without),
        waiting=tuple(one.name for one, report in without if report and report.connected),
        away=tuple(one.name for one, _ in away),
        gone_by=max((_lease_end(one, report, left) for one, report in away), default=None),
    )


def _lease_end(screen: Screen, report: ScreenReport | None, left: Withdrawal) -> datetime:
    """What a screen last heard from us counts; one that was never heard of shows nothing live."""
    seen = report.seen_at if report and report.seen_at else left.at - timedelta(seconds=screen.lease_seconds)
    return seen + timedelta(seconds=screen.lease_seconds)


@on(PostForgotten)
async def post_forgotten(db: AsyncSession, event: PostForgotten) -> None:
    """A card has the words, name and picture on it: those of a post that is gone go too, but for what another names."""
    own = select(Screening.id).where(Screening.post_id == event.post_id)
    proposed = select(Proposal.card).where(Proposal.screening_id.in_(own), Proposal.card.is_not(None))
    approved = select(Moderation.card).where(Moderation.post_id == event.post_id, Moderation.card.is_not(None))
    digests = {*await db.scalars(proposed), *await db.scalars(approved)}
    await db.execute(delete(Proposal).where(Proposal.screening_id.in_(own)))
    named = select(Proposal.card).where(Proposal.card.in_(digests))
    others = select(Moderation.card).where(Moderation.card.in_(digests), Moderation.post_id != event.post_id)
    gone = digests - {*await db.scalars(named), *await db.scalars(others)}
    await db.execute(delete(Card).where(Card.digest.in_(gone)))
    await db.execute(delete(Media).where(Media.digest.in_(gone)))
