"""Fetches what cards need, and checks that the bytes are those that their digest names."""

import asyncio
import hashlib

from server.simulation.surroundings import Surroundings

ATTEMPTS = 3


class Shelf:
    """What devices of this fleet had before it began is fetched once for all of them; what comes later, by each on its own."""

    def __init__(self, surroundings: Surroundings, *, cold: bool) -> None:
        self._all, self._cold = surroundings, cold
        self._kept: dict[str, asyncio.Task[bool]] = {}
        self.open = True
        """While it is, digests are taken for such as screens had before."""

    async def ensure(self, digest: str) -> bool:
        """Have these bytes on one device; False where they cannot be had."""
        if self._cold or (not self.open and digest not in self._kept):
            return await self._fetch(digest)
        if digest not in self._kept:
            self._kept[digest] = asyncio.create_task(self._fetch(digest))
        return await self._kept[digest]

    async def _fetch(self, digest: str) -> bool:
        for attempt in range(ATTEMPTS):
            if attempt:
                await asyncio.sleep(0.4)
            answer = await self._all.ask("GET", f"/media/{digest}", timed=self._all.records.media)
            if answer is None or answer.status_code != 200:
                continue
            self._all.records.counts["media fetched"] += 1
            if hashlib.sha256(answer.content).hexdigest() == digest:
                return True
            self._all.records.errors["media with other bytes than its digest"] += 1
        return False
