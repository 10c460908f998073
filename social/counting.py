"""Counts what rises in every feed, and keeps it as trends with what goes with them; a rule of the feed may let them show."""

import asyncio
from collections import Counter as Counts
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog import writing
from catalog.matching.matcher import Matcher
from catalog.shelving import Compiled
from server.core import topics
from server.core.clock import now
from server.core.database import Database
from server.core.events import TrendChanged, emit
from server.core.refusals import told
from social import collecting
from social.collecting import Collected
from social.judging import terms
from social.models import Feed, Match, Post, Screening, Trend
from social.trending import Kind, Rising, Said, TrendRules, key_of, rising, why
from social.usual import spans

log = structlog.get_logger()
MOST_ROWS, MOST_BEFORE = 20_000, 100_000
"""Posts of the window, and of those before it: what is usual needs no more of a busy feed."""
LINE_UP = 8
REFRESH, SOONER = timedelta(minutes=10), timedelta(minutes=1)
"""How often the figures on a shown trend's card move: a card that changes every minute would never rest. Sooner for one
that has grown by half."""


class Counter:
    """Counts for every feed, on the catalogue as it is."""

    def __init__(self, database: Database, shelf: Compiled) -> None:
        self._database, self._shelf = database, shelf

    async def count(self) -> int:
        """One round; returns how many trends rise."""
        async with self._database.snapshot() as db:
            feeds = list(await db.scalars(select(Feed).where(Feed.ended_at.is_(None))))
            visits = await collecting.collected(db, now()) if feeds else []
        if not feeds:
            return 0
        matcher = await self._shelf.current()
        return sum([await self._try(feed, matcher, visits) for feed in feeds])

    async def _try(self, feed: Feed, matcher: Matcher, visits: list[Collected]) -> int:
        """One feed's round; what is wrong with it is logged, and no other feed's concern."""
        try:
            return await self._count_feed(feed, matcher, visits)
        except Exception as error:
            told("trends_not_counted", error, feed=feed.id)
            return 0

    async def _count_feed(self, feed: Feed, matcher: Matcher, visits: list[Collected]) -> int:
        async with self._database.snapshot() as db:
            rules = await rules_of(db, feed)
            said = await heard(db, feed, rules.window, at=now())
        found = await asyncio.to_thread(rising, said.rows, rules, now=now())
        # Ranking what goes with a word takes a while: ahead of the transaction, which others wait for.
        line_ups = await asyncio.to_thread(lambda: {one: _line_up(matcher, feed, one, said) for one in found})
        taken = collecting.as_trend(matcher, feed, visits, LINE_UP)
        reasons = {one: dict(why(one, rules.minutes)) for one in line_ups} | {
            one: collecting.why(one, visits) for one in taken
        }
        async with self._database.transaction() as db:
            # Held, so that of two who count at once the second finds what the first has written.
            feed = await db.get_one(Feed, feed.id, with_for_update={"key_share": True})
            await _keep(db, feed, line_ups | taken, reasons)
        return len(found) + len(taken)


async def rules_of(db: AsyncSession, feed: Feed) -> TrendRules:
    """How a feed counts; what a person pinned stays however it moves."""
    pinned = await db.execute(select(Trend.kind, Trend.key).where(Trend.feed_id == feed.id, Trend.state == "pinned"))
    own = frozenset(tag for tag in (*feed.tags, feed.optin_tag) if tag)
    return TrendRules(
        window=timedelta(minutes=int(feed.trends.get("window_minutes", 60))),
        least_authors=int(feed.trends.get("least_authors", 3)),
        own_tags=own,
        blocked_words=frozenset(feed.screening.get("blocked_words", ())),
        pinned=frozenset((kind, key) for kind, key in pinned),
    )


@dataclass(frozen=True)
class Heard:
    """What a feed's posts said lately, and which variants went with the posts that said it."""

    rows: list[Said]
    beside: dict[tuple[str, str], Counts[tuple[str, str]]]
    """(kind, key) of a word to how many posts each (product, variant) was the best match of."""


async def heard(db: AsyncSession, feed: Feed, window: timedelta, *, at: datetime) -> Heard:
    """Hashtags and themes of the posts that screening did not refuse: those of this window, and of those before it."""
    found = Heard(await _before(db, feed, window, at=at), defaultdict(Counts))
    query = (
        _unrefused(feed, Post.text, Match.product_id, Match.variant_id)
        .outerjoin(Match, (Match.screening_id == Screening.id) & (Match.rank == 0))
        .where(Post.received_at > at - window).order_by(Post.received_at.desc()).limit(MOST_ROWS)
    )  # fmt: skip
    # Part by part: a hundred thousand posts at once would keep every screen of this process waiting for seconds.
    async for received, author, tags, cues, text, product, variant in writing.rows(db, query):
        for word, kind in _words(tags, cues):
            found.rows.append(Said(received, author, word, kind, text))
            if variant:
                found.beside[kind, key_of(word)][product, variant] += 1
    return found


async def _before(db: AsyncSession, feed: Feed, window: timedelta, *, at: datetime) -> list[Said]:
    """What was said in the windows that this one is compared with; the nearest first, as far as there is room."""
    moments = [and_(Post.received_at > start, Post.received_at <= end) for start, end in spans(window, at)]
    query = _unrefused(feed).where(or_(*moments)).order_by(Post.received_at.desc()).limit(MOST_BEFORE)
    return [
        Said(received, author, word, kind)
        async for received, author, tags, cues in writing.rows(db, query)
        for word, kind in _words(tags, cues)
    ]


def _unrefused(feed: Feed, *columns: Any) -> Select[Any]:
    query = select(Post.received_at, Post.author_id, Post.hashtags, Screening.cues, *columns)
    return (
        query.join(Screening, Screening.post_id == Post.id)
        .where(Screening.feed_id == feed.id, Screening.verdict != "refuse", Screening.revision == Post.revision)
        .where(Post.gone_at.is_(None), Screening.state != "rejected")
    )


def _words(tags: list[str], cues: list[str]) -> Iterator[tuple[str, Kind]]:
    yield from ((tag, "hashtag") for tag in tags)
    yield from ((cue, "theme") for cue in cues)


async def _keep(
    db: AsyncSession, feed: Feed, found: dict[Rising, list[str]], reasons: dict[Rising, dict[str, Any]]
) -> None:
    # Held, since somebody may be deciding on one of them at this moment: their word counts over ours.
    there = or_(Trend.state != "faded", Trend.key.in_({one.key for one in found}))  # all that ever rose are many
    query = select(Trend).where(Trend.feed_id == feed.id, there).order_by(Trend.id).with_for_update(key_share=True)
    trends = await db.scalars(query.execution_options(populate_existing=True))
    known = {(trend.kind, trend.key): trend for trend in trends}
    for one, line_up in found.items():
        await _raise(db, feed, known.pop((one.kind, one.key), None), one, line_up, reasons[one])
    for trend in known.values():
        if trend.state in ("rising", "allowed"):
            trend.state = "faded"
            await emit(db, TrendChanged(trend.id))
        elif trend.state == "pinned" and trend.authors:
            # It stays, since somebody wants it; what it says of people would no longer be true.
            trend.authors, trend.rise, trend.curve, trend.why, trend.counted_at = 0, 0.0, [], {}, now()
            await emit(db, TrendChanged(trend.id))


async def _raise(
    db: AsyncSession, feed: Feed, trend: Trend | None, one: Rising, line_up: list[str], reasons: dict[str, Any]
) -> None:
    """Write a trend's figures down; tell of it when it is new, back, or its card is due."""
    new = trend is None
    if trend is None:
        trend = Trend(feed_id=feed.id, kind=one.kind, key=one.key, state="rising", decided_by="", counted_at=now())
        db.add(trend)
    before = trend.state
    if trend.state in ("rising", "faded"):
        trend.state = "allowed" if feed.trends.get("automatic") else "rising"
        trend.decided_by = "rule" if trend.state == "allowed" else ""
    age = now() - trend.counted_at
    due = new or before != trend.state or age > REFRESH or (age > SOONER and one.authors >= 1.5 * trend.authors)
    if due or trend.state == "rising":
        trend.word, trend.authors, trend.previous = one.word, one.authors, one.previous
        trend.rise, trend.curve, trend.counted_at = one.rise, list(one.curve), now()
        trend.minutes = int(feed.trends.get("window_minutes", 60))
        trend.why = reasons
        trend.variants = line_up
        await db.flush()
    if due:
        topics.note(db, "queue")
        await emit(db, TrendChanged(trend.id))


def _line_up(matcher: Matcher, feed: Feed, one: Rising, said: Heard) -> list[str]:
    """Variants that go with a trend, one of a product each: what its word asks for, or, of a word that asks for nothing,
    what went with its posts. A jacket's trend with a lipstick in it would be no jacket's."""
    chosen: dict[str, str] = {}
    for match in matcher.going_with(f"#{one.word}" if one.kind == "hashtag" else one.word, terms(feed)):
        chosen.setdefault(match.product, match.variant)
    for (product, variant), _ in () if chosen else said.beside[one.kind, one.key].most_common():
        chosen.setdefault(product, variant)
    return list(chosen.values())[:LINE_UP]
