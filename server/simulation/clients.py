"""HTTP of very many devices in one process: a client of one connection for each request that is under way.

A client with hundreds of connections looks at every one of them whenever a request comes or goes. That took a fleet two
thirds of its core, and its devices waited for each other and not for the server.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx


class Clients:
    """Clients that are lent one at a time; made when none is free, and closed together."""

    def __init__(self, make: Callable[[], httpx.AsyncClient]) -> None:
        """`make` gives a client that is asked one request at a time."""
        self._make = make
        self._free: list[httpx.AsyncClient] = []

    @asynccontextmanager
    async def one(self) -> AsyncIterator[httpx.AsyncClient]:
        """A client that nobody else uses meanwhile; the one that was used last, so that few connections stay warm."""
        client = self._free.pop() if self._free else self._make()
        try:
            yield client
        finally:
            self._free.append(client)

    async def close(self) -> None:
        """Close every connection."""
        while self._free:
            await self._free.pop().aclose()
