"""The stream of X, kept up: connected politely, read without pause, its rules in order and its price watched."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import structlog

from server.core import clock
from social.pacing import Pace
from social.sources import x_lookup
from social.sources.x_client import FATAL, Connection, Outcome, Rest, advice
from social.sources.x_gap import Gap
from social.sources.x_ids import id_at
from social.sources.x_inbox import Deliver, Inbox
from social.sources.x_lookup import Standing
from social.sources.x_meter import Meter, XState
from social.sources.x_pace import backoff, words
from social.sources.x_rulebook import RuleBook
from social.sources.x_rules import Change

log = structlog.get_logger(__name__)
SEARCH_SECONDS = 5
"""Between two searches in the place of a stream; X allows one every 2 s."""
REFUSED_SECONDS = 900
"""Until X is asked again after a refusal: incidents end, and credit is topped up."""


@dataclass(frozen=True)
class Limits:
    """Bounds of a source; seconds unless said otherwise."""

    queue: int = 1_000
    """Posts that wait to be handed on; beyond, the oldest is dropped."""
    burst: int = 1_000
    """Posts that are read however fast they come, and"""
    reading: float = 100
    """so many a second for good; more are dropped as they come."""
    remembered: int = 50_000
    """Ids kept to tell a post that comes twice."""
    stall: float = 30
    """X sends a sign of life every 20 s; without one for so long the connection is dead."""
    steady: float = 60
    """A connection that held for so long clears the count of failures before it."""
    gap_posts: int = 1_000
    """Most posts fetched by search after an outage: what a gap may cost, within the day's cap."""
    gap_hours: int = 6
    """How far back such a search goes at most."""
    gap_lag: float = 40
    """When X's search knows a post for sure: it leaves out the last 30 s."""
    save: float = 5
    """How often the day's count is saved."""


@dataclass(frozen=True)
class Status:
    """How a source is, for people and for alarms."""

    state: str
    """'connecting', 'live', 'waiting' (tries again by itself), 'capped' (for today), 'refused' (an operator should act,
    `reason` says what to do; tries again rarely), or 'stopped'."""
    since: datetime
    reason: str
    """In plain words; empty while live."""
    posts_today: int
    cap: int
    last_byte_at: datetime | None
    counts: Mapping[str, int]
    """Since the start: connections, duplicates, dropped, unreadable, garbage (lines), foreign (matched by another app's
    rules), failed (could not be handed on), filled (fetched after an outage). What is absent is 0."""


class XSource:
    """The filtered stream of X for one app.

    `load` and `save` keep the day's count and the newest post; `now` and `sleep` are the clock. `await run(deliver)` in
    a task of its own, cancel it to stop; everything else may be called at any time, running or not.
    """

    def __init__(
        self,
        token: str,
        *,
        api_base: str = "https://api.x.com",
        prefix: str = "vitrine:",
        daily_cap: int = 2_000,
        price: Decimal = Decimal("0.005"),
        load: Callable[[], Awaitable[XState | None]] | None = None,
        save: Callable[[XState], Awaitable[None]] | None = None,
        on_change: Callable[[Status], None] | None = None,
        limits: Limits = Limits(),
        now: Callable[[], datetime] = clock.now,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._token, self._api_base, self._prefix, self._limits = token, api_base.rstrip("/"), prefix, limits
        self._load, self._save, self._on_change, self._now, self._sleep = load, save, on_change, now, sleep
        self._rest = Rest(token, api_base=self._api_base)
        self._rules = RuleBook(self._rest, prefix=prefix)
        self._meter = Meter(cap=daily_cap, price=price)
        self._inbox = Inbox(
            room=limits.queue, pace=Pace(burst=limits.burst, a_second=limits.reading), remembered=limits.remembered,
            meter=self._meter, rules=self._rules, now=now, sleep=sleep,
        )  # fmt: skip
        self._gap = Gap(
            rest=self._rest, inbox=self._inbox, meter=self._meter, most=limits.gap_posts, hours=limits.gap_hours,
            lag=limits.gap_lag, now=now, sleep=sleep,
        )  # fmt: skip
        self._connection: Connection | None = None
        self._filling: asyncio.Task | None = None
        self._save_soon = asyncio.Event()
        self.attempts = 0
        """To connect, since the start."""
        self._asked: dict[str, str] | None = None
        self._wake = asyncio.Event()
        """Set when other rules were asked for since the last attempt to connect."""
        self._state, self._since, self._reason = "stopped", now(), "not started"
        self._last_line, self._last_byte_at = 0.0, None

    @property
    def status(self) -> Status:
        """How it is at this moment."""
        self._meter.turn(self._now())
        return Status(
            self._state, self._since, self._reason, self._meter.posts, self._meter.cap,
            self._last_byte_at, dict(self._inbox.counts),
        )  # fmt: skip

    async def sync_rules(self, wanted: Mapping[str, str]) -> Change:
        """Make X's rules under our prefix those `wanted` ({tag: value}), touching no one else's.

        Added first, then deleted, so that nothing is missed between; twice is the same as once. Raises RulesRefused,
        SourceRefused or SourceUnavailable; the rules in force stay then, and asking again is safe.
        """
        self._gap.look_for({self._prefix + tag: value for tag, value in wanted.items()})
        other, self._asked = wanted != self._asked, dict(wanted)
        try:
            change = await self._rules.sync(wanted)
            other = other or bool(change.added or change.deleted)
            return change
        finally:
            if other:  # also where X refuses: what somebody changes is tried at once
                self._wake.set()

    async def look_up(self, ids: Iterable[str]) -> list[Standing]:
        """What has become of posts (ids of any revision), in batches of 100: the stream never tells.

        An id that X could not be asked about, or did not answer for, is 'unknown': conclude nothing. What is read here
        is counted but never held back by the cap, since taking down what was deleted is a duty. Raises SourceRefused.
        """
        return await x_lookup.look_up(
            ids, rest=self._rest, now=self._now, count=lambda i: self._meter.count(i, self._now())
        )

    async def run(self, deliver: Deliver) -> None:
        """Stream into `deliver` until cancelled."""
        kept = await self._load() if self._load else None
        if kept:
            self._meter.restore(kept)
            self._inbox.mark.begin(kept.newest_id or "")
        helpers = [asyncio.create_task(self._inbox.hand_on(deliver)), asyncio.create_task(self._save_often())]
        try:
            await self._stay_connected()
        except asyncio.CancelledError:
            self._to("stopped", "stopped by Vitrine")
            raise
        finally:
            await _end(*helpers)
            await self._save_now()

    async def _stay_connected(self) -> None:
        failures = 0
        while True:
            if self._meter.left(self._now()) == 0:
                await self._wait_for_room()
                continue
            self._wake.clear()
            self._to("connecting", "connecting to X")
            began = self._now()
            outcome = await self._connect_once()
            if outcome.status in FATAL:
                self._to("refused", advice(outcome.status, outcome.detail, self._api_base))
                await self._pause(REFUSED_SECONDS, wakeable=True)
            elif outcome.kind != "ended":
                held = (self._now() - began).total_seconds() >= self._limits.steady
                failures = 1 if held else failures + 1
                await self._wait_after(outcome, failures)

    async def _connect_once(self) -> Outcome:
        """One connection, from opening to end."""
        self.attempts += 1
        self._connection = connection = Connection(
            self._token,
            api_base=self._api_base,
            on_open=self._opened,
            on_line=self._heard,
            on_object=self._streamed,
            on_garbage=self._inbox.garbage,
            read_timeout=self._limits.stall,
        )
        self._last_line = asyncio.get_running_loop().time()
        task = connection.open()
        try:
            await self._watch(connection, task)
        finally:
            # Cancelled once: a second time would interrupt tweepy while it closes the connection.
            connection.disconnect()
            await asyncio.gather(task, return_exceptions=True)
            await _end(*filter(None, [self._filling]))
            self._filling = None
        return connection.outcome or Outcome("lost")

    async def _watch(self, connection: Connection, task: asyncio.Task) -> None:
        """aiohttp notices silence, but not a server that trickles bytes and never ends a line."""
        while not (await asyncio.wait({task}, timeout=self._limits.stall / 4))[0]:
            if asyncio.get_running_loop().time() - self._last_line > self._limits.stall:
                connection.end(Outcome("stalled", f"no sign of life for {self._limits.stall:g} s"))

    def _opened(self) -> None:
        self._inbox.counts["connections"] += 1
        self._heard()
        self._to("live", "")
        if not self._begin_unless_begun():
            self._filling = asyncio.create_task(self._gap.fill())

    def _begin_unless_begun(self) -> bool:
        """Whether this is the first that is heard of X at all; whoever listens next must know of it."""
        if first := not self._inbox.mark.id:
            self._inbox.mark.begin(id_at(self._now()))
            self._save_soon.set()
        return first

    def _heard(self) -> None:
        self._last_line = asyncio.get_running_loop().time()
        self._last_byte_at = self._now()

    def _streamed(self, payload: dict) -> None:
        self._inbox.take(payload)
        if self._connection and self._meter.left(self._now()) == 0:
            self._connection.end(Outcome("ended", "the day's cap is reached"))

    async def _wait_after(self, outcome: Outcome, failures: int) -> None:
        seconds = backoff(outcome, failures=failures, now=self._now())
        then = f"Trying again in {seconds:.0f} s; recent posts missed meanwhile are fetched by search."
        self._to("waiting", f"{words(outcome)}. {then}")
        if outcome.crowded:
            await self._search_for(seconds)
        else:
            await self._pause(seconds, wakeable=outcome.status == 409)

    async def _search_for(self, seconds: float) -> None:
        """Hear by search for so long: whoever holds the stream may be asleep, and then nobody reads it."""
        self._begin_unless_begun()
        while seconds > 0:
            await self._gap.glance()
            await self._pause(min(seconds, SEARCH_SECONDS), wakeable=False)
            seconds -= SEARCH_SECONDS

    async def _wait_for_room(self) -> None:
        """Stand still until the next UTC day."""
        until = self._meter.resumes_at()
        self._to(
            "capped",
            f"The day's cap of {self._meter.cap:,} posts is reached ({self._meter.spent:.2f} US dollars). Reading goes "
            f"on at {until:%H:%M} UTC; raise VITRINE_X_POSTS_A_DAY to go on now. What is on air stays on air.",
        )
        while self._meter.left(self._now()) == 0:
            # In short steps, so that a computer that slept or had its clock set is not late.
            await self._pause(min(max((until - self._now()).total_seconds(), 1), 300), wakeable=False)

    async def _pause(self, seconds: float, *, wakeable: bool) -> None:
        waits = [asyncio.ensure_future(self._sleep(seconds))]
        waits += [asyncio.create_task(self._wake.wait())] if wakeable else []
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await _end(*waits)

    async def _save_often(self) -> None:
        saved = None
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._save_soon.wait(), self._limits.save)
            self._save_soon.clear()
            if (figures := (self._meter.posts, self._inbox.mark.id)) != saved:
                saved = figures
                await self._save_now()

    async def _save_now(self) -> None:
        self._meter.turn(self._now())
        if self._save:
            with suppress(Exception):  # a busy database: the next time the same figures are saved, and newer
                await self._save(XState(self._meter.day, self._meter.posts, self._inbox.mark.id or None))

    def _to(self, state: str, reason: str) -> None:
        self._state, self._since, self._reason = state, self._now(), reason
        log.info("x.state", state=state, reason=reason, posts_today=self._meter.posts)
        if self._on_change:
            self._on_change(self.status)


async def _end(*tasks: asyncio.Future) -> None:
    """Cancel what still runs and see it out."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
