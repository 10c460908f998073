"""What can carry nudges between processes: Redis or PostgreSQL, as backends of Litestar's channels."""

import asyncpg
from litestar.channels.backends.asyncpg import AsyncPgChannelsBackend
from litestar.channels.backends.base import ChannelsBackend
from litestar.channels.backends.redis import RedisChannelsPubSubBackend
from redis.asyncio import Redis

from server.core.errors import Misconfigured


class OverRedis(RedisChannelsPubSubBackend):
    """Litestar's, giving back all its connections at the end."""

    async def on_shutdown(self) -> None:
        try:
            await super().on_shutdown()
        finally:
            await self._redis.aclose()


class OverPostgres(AsyncPgChannelsBackend):
    """Litestar's, with a connection kept for telling: one made for each nudge costs more than all the rest of it."""

    _teller: asyncpg.Connection | None = None

    async def on_startup(self) -> None:
        await super().on_startup()
        self._teller = await self._connect()

    async def publish(self, data: bytes, channels: "list[str]") -> None:  # type: ignore[override]
        assert self._teller is not None  # noqa: S101 - the supervisor starts it first
        for channel in channels:
            await self._teller.execute("SELECT pg_notify($1, $2)", channel, data.decode())

    async def on_shutdown(self) -> None:
        try:
            if self._teller:
                self._teller.terminate()
        finally:
            await super().on_shutdown()


def backend(address: str) -> ChannelsBackend:
    """The backend that a setting names: redis://..., unix://... (Redis too) or postgresql://..."""
    scheme = address.partition(":")[0].partition("+")[0]
    if scheme in {"redis", "rediss", "valkey", "unix"}:
        where = address.replace("valkey:", "redis:", 1)
        return OverRedis(redis=Redis.from_url(where, socket_connect_timeout=5, health_check_interval=10))
    if scheme in {"postgres", "postgresql"}:
        return OverPostgres("postgresql" + address[address.index("://") :])
    raise Misconfigured(
        "VITRINE_BACKPLANE_URL is no address that we know; write redis://host or postgresql://host/name"
    )
