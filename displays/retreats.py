"""The red button: a campaign, or all glass, to evergreen; how many screens have confirmed; and the way back."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from displays.changes import note_loops
from displays.confirming import confirmed, keep_bumped
from displays.models import Campaign, Retreat, Screen, ScreenReport
from displays.reaching import loops, reaches
from displays.screens import present
from server.core import audit, topics
from server.core.clock import now
from social import talk


@dataclass(frozen=True)
class Confirmation:
    """How far a retreat, or its lifting, has come."""

    screens: int
    confirmed: int
    waiting: tuple[str, ...]
    """Names of screens that have not confirmed."""
    away: tuple[str, ...] = ()
    """Those of them that are not connected: they drop live cards when their lease ends."""


async def begin(db: AsyncSession, campaign: Campaign | None, *, by: str) -> Retreat:
    """Send a campaign or all glass to evergreen. Pressing twice is the same as once."""
    retreat = await standing(db, campaign)
    if retreat is None:
        retreat = Retreat(campaign_id=campaign.id if campaign else None, began_at=now(), began_by=by)
        db.add(retreat)
        await _bump(db, retreat, campaign)
        audit.record(db, who=by, what="sent to evergreen", which=campaign.name if campaign else "all glass")
    return retreat


async def lift(db: AsyncSession, retreat: Retreat, *, by: str) -> None:
    """Let live cards back onto the glass."""
    if retreat.lifted_at is None:
        campaign = await db.get(Campaign, retreat.campaign_id) if retreat.campaign_id else None
        for one in await db.scalars(_standing(campaign)):  # two hands may have pressed it at the same moment
            one.lifted_at, one.lifted_by = now(), by
        await _bump(db, retreat, campaign)
        audit.record(db, who=by, what="lifted evergreen", which=campaign.name if campaign else "all glass")


async def standing(db: AsyncSession, campaign: Campaign | None) -> Retreat | None:
    """The retreat in force for a campaign, or for all glass."""
    return await db.scalar(_standing(campaign).limit(1))


async def in_force(db: AsyncSession) -> dict[int | None, Retreat]:
    """What the red button holds, by campaign id; None stands for all glass."""
    rows = await db.scalars(select(Retreat).where(Retreat.lifted_at.is_(None)).order_by(Retreat.id.desc()))
    return {retreat.campaign_id: retreat for retreat in rows}


def _standing(campaign: Campaign | None) -> Select[tuple[Retreat]]:
    scope = Retreat.campaign_id == campaign.id if campaign else Retreat.campaign_id.is_(None)
    return select(Retreat).where(scope, Retreat.lifted_at.is_(None))


async def _bump(db: AsyncSession, retreat: Retreat, campaign: Campaign | None) -> None:
    retreat.bumped = dict.fromkeys(await loops(db, campaign), 0)
    topics.once_bumped(db, lambda numbers: keep_bumped(retreat, numbers))
    await note_loops(db, campaign)
    topics.note(db, "screens", talk.TOPIC)
    await db.flush()


@dataclass(frozen=True)
class Glass:
    """Every screen, with what each last reported, in one history of the database."""

    screens: tuple[Screen, ...]
    reports: Mapping[str, ScreenReport]
    epoch: str


async def glass(db: AsyncSession) -> Glass:
    """All screens as they are now: read once, however many retreats are counted."""
    reports = {report.screen_id: report for report in await db.scalars(select(ScreenReport))}
    return Glass(tuple(await present(db)), reports, await topics.epoch(db))


def confirmation(retreat: Retreat, campaign: Campaign | None, glass: Glass) -> Confirmation:
    """Who has applied the version of the loop that the press of the button made, or a newer one."""
    affected = [one for one in glass.screens if _concerned(one, retreat, campaign)]
    reports = glass.reports
    missing = [s for s in affected if not confirmed(s, reports.get(s.id), retreat.bumped, epoch=glass.epoch)]
    away = [s for s in missing if (report := reports.get(s.id)) is None or not report.connected]
    return Confirmation(
        screens=len(affected), confirmed=len(affected) - len(missing),
        waiting=tuple(s.told for s in missing), away=tuple(s.told for s in away),
    )  # fmt: skip


def _concerned(screen: Screen, retreat: Retreat, campaign: Campaign | None) -> bool:
    """Whether it played what was sent to evergreen, or has come to since: labels change while the button is pressed."""
    now_playing = campaign is None or reaches(campaign.labels, screen.labels)
    return now_playing or f"loop:{screen.loop_key}" in retreat.bumped
