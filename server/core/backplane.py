"""Carries nudges between processes: one channel over a backend of Litestar's channels, rebuilt with back-off when it dies.

Only the backends are used, under a supervisor of our own: with the channels plugin a lost Redis or PostgreSQL leaves
the subscriber dead and silent. Losing this costs seconds (the hub sweeps the database), never correctness. Who else
speaks on the channel is not trusted: a nudge makes a process look at its own database, and no more.
"""

import asyncio
import random
import secrets
from collections.abc import Callable
from contextlib import suppress
from itertools import islice

import msgspec
import structlog
from litestar.channels.backends.base import ChannelsBackend

from server.core import metrics

log = structlog.get_logger()
CHANNEL = "vitrine"
FIRST_WAIT, LONGEST_WAIT = 0.25, 15.0
CONNECT_SECONDS = 10
OUTBOX = 10_000
"""Topics that wait to be told at most; while the backplane is lost the rest is left to the sweep."""
AT_ONCE = 40
"""Nudges in one message: PostgreSQL takes 8,000 bytes, and a topic's name has up to 120."""
PROBE_SECONDS, DEAF_SECONDS = 5.0, 16.0
Nudge = Callable[[str, int], None]
Pairs = list[tuple[str, int]]


def backend(address: str) -> ChannelsBackend:
    """The backend that a setting names: redis://..., unix://... (Redis too) or postgresql://..."""
    # Most installations are one process, and the two clients take a quarter of a second to load.
    from server.core import carriers

    return carriers.backend(address)


class Backplane:
    """Tells other processes of nudges, and this one of theirs."""

    def __init__(
        self, address: str, nudge: Nudge, *, probe_seconds: float = PROBE_SECONDS, deaf_seconds: float = DEAF_SECONDS
    ) -> None:
        self._address, self._nudge = address, nudge
        self._probe_seconds, self._deaf_seconds = probe_seconds, deaf_seconds
        self._own_probe = f"probe-{secrets.token_hex(4)}"
        self._outbox: dict[str, int] = {}
        self._posted = asyncio.Event()
        self._heard_at = 0.0
        self.trouble: str | None = None if address == "memory" else "not started"
        """Why nudges do not reach other processes at the moment; None when they do."""

    def send(self, bumped: Pairs) -> None:
        """Nudge this process at once and the others soon; of a topic that waits already only the newest is told."""
        for name, number in bumped:
            self._nudge(name, number)
            if self._address != "memory":
                self._post(name, number)

    def _post(self, name: str, number: int) -> None:
        if name in self._outbox or len(self._outbox) < OUTBOX:
            self._outbox[name] = max(number, self._outbox.get(name, 0))
            self._posted.set()

    async def run(self) -> None:
        """Keep a working backend until cancelled; in memory there is nobody else to reach."""
        metrics.backplane_up.set(self._address == "memory")
        clock, wait = asyncio.get_running_loop().time, FIRST_WAIT
        while self._address != "memory":
            started = clock()
            try:
                await self._serve()
            except Exception as error:
                self.trouble = _in_words(error)
                metrics.backplane_up.set(0)
                log.warning("backplane_lost", reason=self.trouble, again_in_seconds=round(wait, 2))
            if clock() - started > 2 * LONGEST_WAIT:
                wait = FIRST_WAIT
            await asyncio.sleep(wait * random.uniform(0.7, 1.3))
            wait = min(wait * 2, LONGEST_WAIT)

    async def _serve(self) -> None:
        lines = backend(self._address)
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await lines.on_startup()
                await lines.subscribe([CHANNEL])
            async with asyncio.TaskGroup() as group:
                group.create_task(self._hear(lines))
                group.create_task(self._tell(lines))
                group.create_task(self._probe())
        finally:
            with suppress(Exception):
                await asyncio.wait_for(lines.on_shutdown(), 2)

    async def _hear(self, lines: ChannelsBackend) -> None:
        async for _, data in lines.stream_events():
            try:
                pairs = msgspec.json.decode(data, type=Pairs)
            except (msgspec.DecodeError, UnicodeError):
                log.warning("backplane_message_not_ours", bytes=len(data))
                continue
            for name, number in pairs:
                if name == self._own_probe:
                    self._works()
                elif not name.startswith("probe-"):
                    self._nudge(name, number)
        raise ConnectionError("the subscription ended")

    def _works(self) -> None:
        self._heard_at = asyncio.get_running_loop().time()
        if self.trouble is not None:
            self.trouble = None
            metrics.backplane_up.set(1)
            log.info("backplane_works")

    async def _tell(self, lines: ChannelsBackend) -> None:
        while True:
            await self._posted.wait()
            pairs = list(islice(self._outbox.items(), AT_ONCE))
            await lines.publish(msgspec.json.encode(pairs), [CHANNEL])
            # Only now: what could not be told is told by the next backend.
            for name, number in pairs:
                if self._outbox.get(name) == number:
                    del self._outbox[name]
            if not self._outbox:
                self._posted.clear()

    async def _probe(self) -> None:
        """Speak to ourselves: a listener whose connection has died hears nothing and says nothing."""
        clock = asyncio.get_running_loop().time
        self._heard_at = clock()
        while clock() - self._heard_at < self._deaf_seconds:
            self._post(self._own_probe, 0)
            await asyncio.sleep(self._probe_seconds)
        raise ConnectionError("nothing heard, not even ourselves")


def _in_words(error: BaseException) -> str:
    """The first cause; a group of tasks wraps it."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return f"{type(error).__name__}: {error}"[:300]
