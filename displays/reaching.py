"""What a campaign reaches: the screens, and their loops, that have one of its labels; without labels, all of them."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from displays.models import Campaign, LoopGroup, Screen
from server.core import devices


def reaches(wanted: Collection[str], labels: Collection[str]) -> bool:
    """Whether a campaign for the `wanted` labels plays where there are these; one without labels plays everywhere."""
    return not wanted or not set(wanted).isdisjoint(labels)


async def loops(db: AsyncSession, campaign: Campaign | None) -> list[str]:
    """The topics of the loops that a campaign plays in, or of all loops."""
    groups = await db.scalars(select(LoopGroup))
    return [f"loop:{group.key}" for group in groups if campaign is None or reaches(campaign.labels, group.labels)]


async def seen(db: AsyncSession, campaign: Campaign) -> bool:
    """Whether any screen plays the campaign: a loop outlives its last screen, and nobody stands before a simulated one."""
    played = LoopGroup.key.in_(select(Screen.loop_key).where(devices.genuine(Screen.id)))
    return any(reaches(campaign.labels, group.labels) for group in await db.scalars(select(LoopGroup).where(played)))
