"""What happens to a post that arrives: stored at once, its pictures fetched, then judged for every feed that wants it."""

import asyncio
from datetime import datetime, timedelta

import structlog
from sqlalchemy import or_, select

from catalog.shelving import Compiled
from server.core import metrics
from server.core.clock import now
from server.core.database import Database
from server.core.lull import requests
from server.core.refusals import told
from server.core.settings import Settings
from social import intake, judging, picturing
from social.incoming import IncomingDeletion, IncomingPost
from social.models import Post, Screening
from social.pacing import Pace

log = structlog.get_logger()
AT_ONCE = 8
SHARE, SAVED_SECONDS = 0.25, 1.5
"""What part of its time a process judges when there is always something to judge, and what it may save up for a burst."""
LONGEST_SECONDS = 0.25
"""Most that half a post counts as: whatever took longer was waiting for others."""
LEFT_OVER = timedelta(hours=6)
REMEMBERED = 5000
STOP_SECONDS = 1.0
PATIENCE = timedelta(minutes=2)
"""After which a stored post that is not judged counts as failed, not as under way."""
AHEAD = timedelta(minutes=1)
"""How far the clocks of two machines may be apart."""


class Arrivals:
    """Takes posts from sources. Storing is done when `take` returns; the rest follows, a few posts at a time."""

    def __init__(
        self, database: Database, settings: Settings, shelf: Compiled, *, saved_seconds: float = SAVED_SECONDS
    ) -> None:
        self._database, self._settings = database, settings
        self._judge = judging.Judge(database, shelf)
        self._began = now()
        self._gate, self._one = asyncio.Semaphore(AT_ONCE), asyncio.Lock()
        self._pace = Pace(burst=saved_seconds, a_second=SHARE)
        self._tasks: set[asyncio.Task[None]] = set()
        self._again: set[asyncio.Task[None]] = set()
        """Those of them that were left over."""
        self._judged: dict[tuple[int, int], None] = {}
        """Posts with their revision that were judged here, the latest; no feed may have wanted them."""

    async def take(self, news: IncomingPost | IncomingDeletion) -> None:
        """Store a post, a revision or a deletion. A source that is faster than we judge waits here."""
        if isinstance(news, IncomingDeletion):
            async with self._database.transaction() as db:
                await intake.forget(db, news)
            return
        async with self._database.transaction() as db:
            post = await intake.store(db, news)
        if post is not None:
            metrics.posts.labels(news.network).inc()
            await self._start(post)

    async def take_up_left_overs(self) -> int:
        """Judge what is stored and should have been judged by now: its process ended, or the judging failed.

        What arrives meanwhile finds half of the places free. Returns how many there were.
        """
        left = await self._left_overs(before=max(self._began + AHEAD, now() - PATIENCE))
        for post_id in left:
            while len(self._again) >= AT_ONCE // 2:
                await asyncio.wait(self._again, return_when=asyncio.FIRST_COMPLETED)
            async with self._database.snapshot() as db:
                post = await db.get(Post, post_id)
            if post and post.gone_at is None:
                task = await self._start(post)
                self._again.add(task)
                task.add_done_callback(self._again.discard)
        return len(left)

    async def _left_overs(self, *, before: datetime) -> list[int]:
        async with self._database.snapshot() as db:
            judged = select(Screening.id).where(Screening.post_id == Post.id, Screening.revision == Post.revision)
            query = select(Post.id, Post.revision).where(
                Post.gone_at.is_(None), Post.received_at > now() - LEFT_OVER, ~judged.exists(),
                # Those of the future came before the clock was set back.
                or_(Post.received_at < before, Post.received_at > now() + AHEAD),
            )  # fmt: skip
            found = list(await db.execute(query.order_by(Post.id.desc()).limit(1000)))
        return [post_id for post_id, revision in reversed(found) if (post_id, revision) not in self._judged]

    async def settled(self) -> None:
        """Wait until everything that was taken has been judged."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def stop(self) -> None:
        """Give what is being judged a moment to end; the rest is taken up by whoever listens next."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=STOP_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _remember(self, post: Post) -> None:
        self._judged[post.id, post.revision] = None
        if len(self._judged) > REMEMBERED:
            del self._judged[next(iter(self._judged))]

    async def _start(self, post: Post) -> asyncio.Task[None]:
        await self._gate.acquire()
        task = asyncio.create_task(self._finish(post))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _finish(self, post: Post) -> None:
        try:
            await picturing.fetch_for(self._database, self._settings, post)
            await self._judge_one(post)
            self._remember(post)
        except Exception as error:
            # It stays stored and unjudged, and is taken up again within minutes.
            told("post_not_judged", error, post=post.id)
        finally:
            self._gate.release()

    async def _judge_one(self, post: Post) -> None:
        """One after the other and with rests, so that moderators and screens wait for one post at most, and rarely."""
        async with self._one:
            await self._pace.turn()
            with self._pace.work(longest=LONGEST_SECONDS):
                opinions = await self._judge.form(post.id)
            await requests.lull()
            with self._pace.work(longest=LONGEST_SECONDS):
                await self._judge.write(post.id, opinions)
