"""Between the reading of X and the handling of posts: each is counted, told apart, read, and queued without a wait."""

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime

import structlog

from server.core.errors import VitrineError
from social.incoming import IncomingDeletion, IncomingPost, UnreadablePost, from_x
from social.pacing import Pace
from social.sources.x_mark import Mark
from social.sources.x_meter import Meter
from social.sources.x_rulebook import RuleBook

log = structlog.get_logger(__name__)

NO_PLACE, NO_PLACE_SECONDS = (503, 507), 2.0
"""What is raised while a database does not answer or a disk is full, and how long until the next try."""
TOLD = 20
"""Posts that cannot be read of which the log tells one by one; then it tells of every thousandth."""
Deliver = Callable[[IncomingPost | IncomingDeletion], Awaitable[None]]


class Inbox:
    """A bounded queue of posts. Full, it drops the oldest: a billboard wants what is new. Where more come than `pace` allows,
    the others are dropped before they are read, which is the most costly part."""

    def __init__(
        self,
        *,
        room: int,
        pace: Pace,
        remembered: int,
        meter: Meter,
        rules: RuleBook,
        now: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._room, self._pace, self._remembered, self._meter, self._rules = room, pace, remembered, meter, rules
        self._now, self._sleep = now, sleep
        self._queue: asyncio.Queue[IncomingPost | Callable[[], None]] = asyncio.Queue()
        self._seen: OrderedDict[str, None] = OrderedDict()
        self.counts: Counter[str] = Counter()
        self.mark = Mark()

    def take(self, payload: dict) -> bool:
        """Queue a payload's post; never raises, never waits. True if it is new and is queued."""
        data = payload.get("data")
        post_id = data.get("id") if isinstance(data, dict) else None
        if not isinstance(post_id, str) or len(post_id) > 20:
            return self._drop("garbage")
        self._meter.count(post_id, self._now())
        if not self._is_new(post_id):
            return self._drop("duplicates")
        rules = self._rules.own(payload.get("matching_rules"))
        if rules is None:
            return self._drop("foreign")
        if not self._pace.allows():
            return self._drop("dropped")
        try:
            post = from_x(payload, self._now())
        except UnreadablePost as refusal:
            so_far = self.counts["unreadable"]
            if so_far < TOLD or not so_far % 1000:
                log.warning("x.unreadable", post=post_id, why=refusal.detail, so_far=so_far)
            return self._drop("unreadable")
        self._put(replace(post, rules=rules))
        return True

    def garbage(self) -> None:
        """Note a line that is no post."""
        self._drop("garbage")

    async def hand_on(self, deliver: Deliver) -> None:
        """Hand on what is queued, in order, for ever."""
        while True:
            item = await self._queue.get()
            if callable(item):
                item()
            else:
                await self._try(item, deliver)

    def once_handed_on(self, call: Callable[[], None]) -> None:
        """Call when everything that is queued by now has been handed on, or had to give way."""
        self._queue.put_nowait(call)

    async def _try(self, post: IncomingPost, deliver: Deliver) -> None:
        """Three tries: a database busy for a second must not cost a post, nor one that is gone the stream. Where there is no
        place for posts at all, they wait; the oldest make room for what comes."""
        for pause in (0.2, 1.0, None):
            try:
                await self._deliver(post, deliver)
            except Exception as error:
                log.error("x.deliver_failed", post=post.id, error=repr(error), again=pause is not None, exc_info=True)
                if pause is None:
                    self._drop("failed")
                else:
                    await self._sleep(pause)
            else:
                self.mark.handed_on(post.revision_id)
                return

    async def _deliver(self, post: IncomingPost, deliver: Deliver) -> None:
        while True:
            try:
                return await deliver(post)
            except VitrineError as error:
                if error.status not in NO_PLACE:
                    raise
                log.warning("x.waits", why=error.title, queued=self._queue.qsize())
                await self._sleep(NO_PLACE_SECONDS)

    def _is_new(self, post_id: str) -> bool:
        if post_id in self._seen:
            return False
        self._seen[post_id] = None
        if len(self._seen) > self._remembered:
            self._seen.popitem(last=False)
        return True

    def _put(self, post: IncomingPost) -> None:
        while self._queue.qsize() >= self._room:
            oldest = self._queue.get_nowait()
            if callable(oldest):
                oldest()
            else:
                self._drop("dropped")
        self._queue.put_nowait(post)

    def _drop(self, why: str) -> bool:
        self.counts[why] += 1
        return False
