"""Runs the stream of a network: its rules from the feeds, its posts into intake, its count and state into the database."""

import asyncio
import time
from decimal import Decimal

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.clock import now
from server.core.database import Database
from server.core.errors import VitrineError
from server.core.jobs import repeat
from server.core.refusals import told
from server.core.settings import Settings
from server.core.tables import add_unless_there
from social.arriving import Arrivals
from social.incoming import IncomingDeletion, IncomingPost
from social.judging import screening_rules
from social.losses import Losses
from social.models import Feed, Moderation, Post, ReadMeter, SourceState
from social.sources.x import XSource
from social.sources.x_client import SourceUnavailable
from social.sources.x_meter import XState
from social.sources.x_rules import rules_for

log = structlog.get_logger()
RULES_SECONDS = 5
RULES_AGAIN_SECONDS = 900
"""Until the rules at X are looked at again though no feed has changed: others can reach them too, such as somebody at X's
console, or a process that slept while this one took its place."""
RECHECK_SECONDS = 180
TELL_SECONDS = 5
NETWORK = "x"
MOST_ON_AIR = 60
"""Posts of a feed that are looked up: those that its loops play and those next in line. Each is billed once a day."""


class Listener:
    """One process's ear on X: whoever holds the lease runs it."""

    def __init__(self, database: Database, settings: Settings, arrivals: Arrivals) -> None:
        self._database, self._settings, self._arrivals = database, settings, arrivals
        self._settled: tuple[object, ...] = ()
        self._rules_refused = ""
        self._losses = Losses(NETWORK)
        self.source = XSource(
            settings.x_bearer_token, api_base=settings.x_api_base, daily_cap=settings.x_posts_a_day,
            price=Decimal(str(settings.x_price_a_post)), load=self._load, save=self._save,
        )  # fmt: skip

    async def run(self) -> None:
        """Listen until cancelled; the rules follow the feeds, and what is on air is looked up again."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.source.run(self._arrivals.take))
            group.create_task(repeat(RULES_SECONDS, self._follow_feeds, name="rules"))
            group.create_task(repeat(RECHECK_SECONDS, self.recheck, name="look up", first=RECHECK_SECONDS))
            group.create_task(repeat(TELL_SECONDS, self._tell, name="source state"))

    async def _follow_feeds(self) -> None:
        async with self._database.snapshot() as db:
            wanted = await wanted_rules(db)
        due = (wanted, self.source.attempts, time.monotonic() // RULES_AGAIN_SECONDS)
        if due != self._settled:
            try:
                await self.source.sync_rules(wanted)
                self._settled, self._rules_refused = due, ""
            except SourceUnavailable as error:
                log.warning("rules_not_synced", reason=error.detail)
            except VitrineError as error:
                self._settled, self._rules_refused = due, error.detail
                log.warning("rules_refused", reason=error.detail)

    async def recheck(self) -> int:
        """Look up the posts on air once; returns how many had news. The stream does not tell of deletions, and a post must
        leave the glass with them."""
        async with self._database.snapshot() as db:
            ids = await on_air(db)
        news = [standing.news for standing in await self.source.look_up(ids) if standing.news] if ids else []
        deletions_first = sorted(news, key=lambda one: not isinstance(one, IncomingDeletion))
        return sum([await self._take(one) for one in deletions_first])

    async def _take(self, news: IncomingPost | IncomingDeletion) -> bool:
        """Whether it could be taken; a deletion must be obeyed, whatever is wrong with other news."""
        try:
            await self._arrivals.take(news)
        except Exception as error:
            told("recheck_not_taken", error, post=news.id)
            return False
        return True

    async def _tell(self) -> None:
        status = self.source.status
        lost = self._losses.note(status.counts)
        reason = self._rules_refused or status.reason or lost
        async with self._database.transaction() as db:
            row = await _state(db)
            row.state, row.reason, row.since = status.state, reason[:500], status.since
            row.last_byte_at, row.written_at = status.last_byte_at, now()

    async def _load(self) -> XState | None:
        async with self._database.snapshot() as db:
            day = now().date()
            meter = await db.get(ReadMeter, (NETWORK, day.isoformat()))
            state = await db.get(SourceState, NETWORK)
        return XState(day, meter.posts if meter else 0, (state.newest_id or None) if state else None)

    async def _save(self, state: XState) -> None:
        async with self._database.transaction() as db:
            day = state.day.isoformat()
            await add_unless_there(db, ReadMeter, network=NETWORK, day=day, posts=0)
            meter = await db.get_one(ReadMeter, (NETWORK, day))
            meter.posts = max(meter.posts, state.posts)
            (await _state(db)).newest_id = state.newest_id or ""


async def _state(db: AsyncSession) -> SourceState:
    moment = now()
    await add_unless_there(db, SourceState, network=NETWORK, state="connecting", since=moment, written_at=moment)
    return await db.get_one(SourceState, NETWORK)


async def wanted_rules(db: AsyncSession) -> dict[str, str]:
    """The stream rules that all feeds together ask for: {tag: value}."""
    wanted: dict[str, str] = {}
    for feed in await db.scalars(select(Feed).where(Feed.ended_at.is_(None)).order_by(Feed.id)):
        tags = [*feed.tags, *([feed.optin_tag] if feed.optin_tag else [])]
        if tags:
            replies = screening_rules(feed).replies
            wanted |= rules_for(f"feed-{feed.id}", tags, feed.languages, replies=replies)
    return wanted


async def on_air(db: AsyncSession) -> list[str]:
    """The network's ids of the posts that play now: of every feed that has not ended the newest approved."""
    found: list[str] = []
    for feed_id in await db.scalars(select(Feed.id).where(Feed.ended_at.is_(None)).order_by(Feed.id)):
        query = select(Post.current_network_id).join(Moderation, Moderation.post_id == Post.id).where(
            Post.network == NETWORK, Post.gone_at.is_(None), Moderation.feed_id == feed_id,
            Moderation.verdict == "approved", Moderation.over_at.is_(None),
        )  # fmt: skip
        found += await db.scalars(query.order_by(Moderation.decided_at.desc()).limit(MOST_ON_AIR))
    return list(dict.fromkeys(found))
