"""Proof of play: what screens say they showed, taken exactly once."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from displays.models import Play
from server.core import metrics
from server.core.clock import now
from server.core.devices import simulated
from server.core.errors import BadInput
from server.core.tables import insert

MOST = 200
SPOT = re.compile(r"[A-Za-z0-9._-]{0,60}")
NUMBER = re.compile(r"[0-9]{1,9}")
UUID = re.compile(r"[0-9a-fA-F-]{36}")
RESULTS = frozenset({"completed", "partial", "failed"})
REASONS = frozenset({"", "withdrawn", "cut", "lease", "takeover", "reload"})
OLDEST = timedelta(days=60)
AHEAD = timedelta(hours=2)
"""What was played just before this server's clock was set back by an hour was played all the same."""
"""A play ends in the past; so much a screen's idea of the server's time may be wrong after a long silence."""
LONGEST_MS = 3_600_000
"""No card stands longer than two minutes before it begins anew; an hour leaves room for a machine that was asleep."""
ASTRAY_MS = 60_000
"""The duration is measured by another clock than the two moments, which may be set between them."""
MILLISECOND = timedelta(milliseconds=1)
FARTHEST = 2**31 - 1
"""Milliseconds that an offset's column holds, 25 days. A Raspberry Pi that starts in 1970 is farther off, and its plays, told in
server time, are as good as any."""


class Told(msgspec.Struct, kw_only=True):
    """One play as a screen tells it; times are ISO 8601."""

    id: str
    seq: int
    spot: str
    card: str
    campaign: str | None = None
    started_at: datetime
    ended_at: datetime
    duration_ms: int
    offset_ms: int = 0
    result: str
    reason: str | None = None


class Batch(msgspec.Struct):
    """What POST /api/plays takes."""

    plays: list[Any]


def read(batch: Batch) -> list[Told]:
    """The plays of a batch that can be right. Raises BadInput for more than 200 at once.

    One that cannot be is dropped with the others kept, and is acknowledged too: sent again it would be no better, and the
    journal behind it has to move on.
    """
    if len(batch.plays) > MOST:
        raise BadInput(f"At most {MOST} plays at once.")
    told = [one for raw in batch.plays if (one := _read(raw))]
    return [one for one in told if _plausible(one)]


def accepted(batch: Batch) -> list[str]:
    """The ids that a screen may forget."""
    return [raw["id"] for raw in batch.plays if isinstance(raw, dict) and isinstance(raw.get("id"), str)]


async def take(db: AsyncSession, told: Iterable[tuple[str, Iterable[Told]]]) -> None:
    """Keep plays, those of many screens in one statement; each comes with its screen."""
    rows = [_row(screen_id, play) for screen_id, plays in told for play in plays]
    if not rows:
        return
    rows.sort(key=itemgetter("id"))  # two processes that keep the same ones do so in the same order
    keep = insert(db, Play.__table__).on_conflict_do_nothing().returning(Play.screen_id)
    kept = await (await db.connection()).execute(keep, rows)  # no objects: nothing looks at them here
    metrics.plays.inc(sum(not simulated(screen_id) for (screen_id,) in kept))


def _read(raw: Any) -> Told | None:
    try:
        return msgspec.convert(raw, Told, strict=True)
    except msgspec.ValidationError:
        return None


def _plausible(play: Told) -> bool:
    aware = play.started_at.tzinfo is not None and play.ended_at.tzinfo is not None
    return (
        aware
        and bool(UUID.fullmatch(play.id))
        and play.result in RESULTS
        and (play.reason or "") in REASONS
        and now() - OLDEST < play.started_at <= play.ended_at < now() + AHEAD
        and 0 <= play.duration_ms <= min(LONGEST_MS, (play.ended_at - play.started_at) / MILLISECOND + ASTRAY_MS)
        and 0 <= play.seq < 2**31
        and bool(SPOT.fullmatch(play.spot))
        and bool(re.fullmatch(r"[0-9a-f]{0,64}", play.card))
    )


def _row(screen_id: str, play: Told) -> dict[str, Any]:
    campaign = int(play.campaign) if play.campaign and NUMBER.fullmatch(play.campaign) else None
    offset_ms = max(-FARTHEST, min(play.offset_ms, FARTHEST))
    return {
        "id": play.id.lower(), "screen_id": screen_id, "seq": play.seq, "spot": play.spot, "card": play.card,
        "campaign_id": campaign, "started_at": play.started_at, "ended_at": play.ended_at, "duration_ms": play.duration_ms,
        "offset_ms": offset_ms, "result": play.result, "reason": play.reason or "", "received_at": now(),
    }  # fmt: skip
