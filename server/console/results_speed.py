"""How long a post takes to the glass: medians stage by stage, from the stamps on posts and the screens' own word."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from displays.models import Arrival, Campaign, Play
from server.console.results_days import Period, known
from server.core.devices import genuine
from social.models import Moderation, Post
from social.moderation import RULE

MOST_POSTS = 500
MOST_TURNS = 50
ONLINE = timedelta(minutes=5)
"""A screen that got a spot later than this after its approval was off line, which is no measure of how fast we are."""
AMISS = timedelta(seconds=2)
"""A screen that had it so long before its approval had another verdict's: the stamps are of a later one."""
STAGES = (
    ("stored", "kept"), ("matched", "matched to the catalogue"), ("judged", "screened"), ("composed", "card composed"),
    ("approved", "approved"), ("sent", "at the screen"), ("ready", "pictures decoded, ready"),
)  # fmt: skip


@dataclass(frozen=True)
class Stage:
    """How long a stage took, in milliseconds: half of the times at most `median`, nineteen of twenty at most `p95`."""

    name: str
    words: str
    median: float
    p95: float


@dataclass(frozen=True)
class Speed:
    """From received to ready; `rule` of posts that a rule approved, `decision` the wait for a person of the others."""

    posts: int
    arrivals: int
    median: float | None
    p95: float | None
    stages: tuple[Stage, ...]
    decision: float | None
    turn: float | None
    """How long it waited in the loop for its turn, once it was ready."""


async def speed(db: AsyncSession, period: Period, campaigns: Sequence[Campaign]) -> Speed:
    """Medians over the newest five hundred posts of the period that these campaigns showed."""
    rows = await _approved(db, period, campaigns)
    by_rule = {_spot(verdict): post.stamps for verdict, post in rows if verdict.by == RULE}
    waits = [_waited(post.stamps) for verdict, post in rows if verdict.by != RULE]
    arrivals: list[Arrival] = []
    spots = list(by_rule)
    for start in range(0, len(spots), 500):
        query = select(Arrival).where(Arrival.spot.in_(spots[start : start + 500]), genuine(Arrival.screen_id))
        arrivals += await db.scalars(query.limit(50_000))
    ways = [way for one in arrivals if (way := _way(by_rule[one.spot], one))]
    turns = await _turns(db, period, arrivals)
    totals = [sum(way.values()) for way in ways]
    known_waits = [wait for wait in waits if wait is not None]
    return Speed(
        posts=len(by_rule), arrivals=len(ways), median=median(totals) if totals else None, p95=_p95(totals),
        stages=_stages(ways), decision=median(known_waits) if known_waits else None, turn=median(turns) if turns else None,
    )  # fmt: skip


async def _approved(db: AsyncSession, period: Period, campaigns: Sequence[Campaign]) -> list[tuple[Moderation, Post]]:
    if not campaigns:
        return []
    start, _ = period.span(known(campaigns[0].time_zone))
    _, end = period.span(known(campaigns[-1].time_zone))
    query = (
        select(Moderation, Post)
        .join(Post, Post.id == Moderation.post_id)
        .where(
            Post.received_at >= start,
            Post.received_at < end,
            Moderation.verdict == "approved",
            Moderation.card.is_not(None),
        )
        .where(Moderation.feed_id.in_([one.feed_id for one in campaigns]), Moderation.revision == Post.revision)
        .order_by(Post.received_at.desc())
        .limit(MOST_POSTS)
    )
    # A card that was dressed anew is another verdict on the same post; only the first tells how long it took.
    first: dict[int, tuple[Moderation, Post]] = {}
    for verdict, post in sorted(await db.execute(query), key=lambda row: row[0].id):
        first.setdefault(post.id, (verdict, post))
    return list(first.values())


async def _turns(db: AsyncSession, period: Period, arrivals: list[Arrival]) -> list[float]:
    """Milliseconds from ready to the first play, of the newest posts on each screen that has told of its plays."""
    ready = {(one.spot, one.screen_id): one.ready_at for one in arrivals}
    newest = dict(sorted(((spot, at) for (spot, _), at in ready.items()), key=lambda one: one[1]))
    spots = list(newest)[-MOST_TURNS:]
    if not spots:
        return []
    query = (
        select(Play.spot, Play.screen_id, func.min(Play.started_at))
        .where(Play.screen_id.in_({screen for _, screen in ready}), Play.started_at >= min(ready.values()) - AMISS)
        .where(Play.started_at < period.span("UTC")[1] + timedelta(days=1), Play.spot.in_(spots))
    )
    rows = await db.execute(query.group_by(Play.spot, Play.screen_id))
    known_rows = [(ready[spot, screen], began) for spot, screen, began in rows if (spot, screen) in ready]
    return [max(0.0, (began - at).total_seconds() * 1000) for at, began in known_rows if began - at < ONLINE]


def _spot(verdict: Moderation) -> str:
    return f"p{verdict.post_id}r{verdict.revision}c{(verdict.card or '')[:8]}"


def _way(stamps: dict[str, str], arrival: Arrival) -> dict[str, float] | None:
    """Milliseconds of each stage of a post's way to a screen; None when a stamp is missing or the screen was off line."""
    times = _times(stamps) | {"sent": arrival.received_at, "ready": arrival.ready_at}
    names = ("received", *(name for name, _ in STAGES))
    if any(name not in times for name in names) or not -AMISS < arrival.received_at - times["approved"] < ONLINE:
        return None
    # Two clocks are in it, the screen's corrected to ours within some milliseconds: nothing takes less than no time.
    return {
        name: max(0.0, (times[name] - times[before]).total_seconds() * 1000)
        for before, name in zip(names, names[1:], strict=False)
    }


def _waited(stamps: dict[str, str]) -> float | None:
    times = _times(stamps)
    if "approved" not in times or "received" not in times:
        return None
    return max(0.0, (times["approved"] - times["received"]).total_seconds() * 1000)


def _times(stamps: dict[str, str]) -> dict[str, datetime]:
    return {name: datetime.fromisoformat(text) for name, text in stamps.items() if isinstance(text, str)}


def _stages(ways: list[dict[str, float]]) -> tuple[Stage, ...]:
    if not ways:
        return ()
    values = {name: [way[name] for way in ways] for name, _ in STAGES}
    return tuple(Stage(name, words, median(values[name]), _p95(values[name]) or 0.0) for name, words in STAGES)


def _p95(values: list[float]) -> float | None:
    return sorted(values)[min(len(values) - 1, int(0.95 * len(values)))] if values else None
