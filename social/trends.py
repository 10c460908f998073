"""What people decide of trends: let one onto the glass, keep it there, keep it off, or let the counting decide again."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.core import audit, topics
from server.core.clock import now
from server.core.errors import BadInput
from server.core.events import TrendChanged, emit
from server.core.topics import document
from social.models import Trend

DONE = {"allowed": "allowed trend", "muted": "muted trend", "pinned": "pinned trend", "rising": "reset trend"}
"""What a person can make of a trend, and what the audit log calls it."""


async def allow(db: AsyncSession, trend: Trend, *, by: str) -> None:
    """Let a trend onto the glass for as long as it rises."""
    await decide(db, trend, "allowed", by=by)


async def mute(db: AsyncSession, trend: Trend, *, by: str) -> None:
    """Keep a trend off the glass, however it rises."""
    await decide(db, trend, "muted", by=by)


async def pin(db: AsyncSession, trend: Trend, *, by: str) -> None:
    """Keep a trend on the glass, first among trends, also when it rises no more."""
    await decide(db, trend, "pinned", by=by)


async def reset(db: AsyncSession, trend: Trend, *, by: str) -> None:
    """Take back what was decided of a trend: it waits as one that rises."""
    await decide(db, trend, "rising", by=by)


async def decide(db: AsyncSession, trend: Trend, state: str, *, by: str) -> str:
    """Put a trend into a state; the same twice is the same as once. Returns the state it had, for undoing.

    Raises BadInput for a state that nobody can give it: only the counting lets a trend fade.
    """
    if state not in DONE:
        raise BadInput(f"A trend cannot be made ‘{state}’; choose {', '.join(DONE)}.")
    before = trend.state
    if before != state:
        trend.state, trend.decided_by, trend.decided_at = state, "" if state == "rising" else by, now()
        audit.record(db, who=by, what=DONE[state], which=trend.word, feed=trend.feed_id, before=before)
        await db.flush()
        await emit(db, TrendChanged(trend.id))
        topics.note(db, "trends")
    return before


@document("trends", readers=topics.staff_only)
async def trends_document(db: AsyncSession, id: str) -> dict[str, Any]:
    """How many trends wait for somebody's word, by feed; the page fetches the rest."""
    query = select(Trend.feed_id, func.count()).where(Trend.state == "rising").group_by(Trend.feed_id)
    rising = (await db.execute(query)).all()
    return {"rising": {str(feed): count for feed, count in sorted(rising)}}
