"""Carries nudges between processes: one channel over a backend of Litestar's channels, rebuilt with back-off when it dies.

Only the backends are used, under a supervisor of our own: with the channels plugin a lost Redis or PostgreSQL leaves
the subscriber dead and silent. Losing this costs seconds (the hub sweeps the database), never correctness.
"""

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress

import msgspec
import structlog
from litestar.channels.backends.base import ChannelsBackend

from server.core import metrics
from server.core.errors import Misconfigured

log = structlog.get_logger()
CHANNEL = "vitrine"
LONGEST_WAIT = 15.0
OUTBOX = 1000
PROBE_SECONDS = 5.0
DEAF_SECONDS = 16.0
PROBE = "probe"
Nudge = Callable[[str, int], None]


def backend(address: str) -> ChannelsBackend:
    """The backend that a setting names: redis://... or postgresql://..."""
    scheme = address.partition(":")[0].partition("+")[0]
    if scheme in {"redis", "rediss", "valkey"}:
        from litestar.channels.backends.redis import RedisChannelsPubSubBackend
        from redis.asyncio import Redis

        client = Redis.from_url(
            address.replace("valkey:", "redis:", 1), socket_connect_timeout=5, health_check_interval=10
        )
        return RedisChannelsPubSubBackend(redis=client)
    if scheme in {"postgres", "postgresql"}:
        from litestar.channels.backends.asyncpg import AsyncPgChannelsBackend

        return AsyncPgChannelsBackend("postgresql" + address[address.index("://") :])
    raise Misconfigured(f"VITRINE_BACKPLANE is ‘{address}’; write memory, redis://host or postgresql://host/name")


class Backplane:
    """Tells other processes of nudges, and this one of theirs."""

    def __init__(self, address: str, nudge: Nudge) -> None:
        self._address = address
        self._nudge = nudge
        self._outbox: asyncio.Queue[bytes] = asyncio.Queue(OUTBOX)
        self._heard_at = 0.0
        self.trouble: str | None = None if address == "memory" else "not started"
        """Why nudges do not reach other processes at the moment; None when they do."""

    def send(self, bumped: list[tuple[str, int]]) -> None:
        """Nudge this process at once and the others soon. A full outbox drops: the sweep of the others finds out."""
        for name, number in bumped:
            self._nudge(name, number)
        if bumped and self._address != "memory":
            for start in range(0, len(bumped), 50):  # PostgreSQL takes 8,000 bytes a notification
                with suppress(asyncio.QueueFull):
                    self._outbox.put_nowait(msgspec.json.encode(bumped[start : start + 50]))

    async def run(self) -> None:
        """Keep a working backend until cancelled; in memory there is nobody else to reach."""
        metrics.backplane_up.set(self._address == "memory")
        if self._address == "memory":
            return
        wait = 0.25
        while True:
            started = asyncio.get_running_loop().time()
            try:
                await self._serve()
            except Exception as error:
                self.trouble = f"{type(error).__name__}: {error}"
                metrics.backplane_up.set(0)
                log.warning("backplane_lost", reason=self.trouble, again_in_seconds=round(wait, 2))
            if asyncio.get_running_loop().time() - started > 30:
                wait = 0.25
            await asyncio.sleep(wait * random.uniform(0.7, 1.3))
            wait = min(wait * 2, LONGEST_WAIT)

    async def _serve(self) -> None:
        lines = backend(self._address)
        await lines.on_startup()
        try:
            await lines.subscribe([CHANNEL])
            self.trouble = None
            metrics.backplane_up.set(1)
            async with asyncio.TaskGroup() as group:
                group.create_task(self._hear(lines))
                group.create_task(self._tell(lines))
                group.create_task(self._probe())
        finally:
            with suppress(Exception):
                await asyncio.wait_for(lines.on_shutdown(), 2)

    async def _hear(self, lines: ChannelsBackend) -> None:
        async for _, data in lines.stream_events():
            self._heard_at = asyncio.get_running_loop().time()
            for name, number in msgspec.json.decode(data, type=list[tuple[str, int]]):
                if name != PROBE:
                    self._nudge(name, number)
        raise ConnectionError("the subscription ended")

    async def _tell(self, lines: ChannelsBackend) -> None:
        while True:
            data = await self._outbox.get()
            await lines.publish(data, [CHANNEL])

    async def _probe(self) -> None:
        """Speak to ourselves: a listener whose connection has died hears nothing and says nothing."""
        clock = asyncio.get_running_loop().time
        self._heard_at = clock()
        while clock() - self._heard_at < DEAF_SECONDS:
            with suppress(asyncio.QueueFull):
                self._outbox.put_nowait(msgspec.json.encode([(PROBE, 0)]))
            await asyncio.sleep(PROBE_SECONDS)
        raise ConnectionError("nothing heard, not even ourselves")
