"""What screens, tablets and people do while servers die: they come back to whichever answers, and try again until it is done."""

import asyncio
import contextlib
import json
import random
from collections.abc import Iterable, Sequence
from typing import Any

import httpx
import msgspec
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from server.core import topics
from server.core.database import Database
from tests.conftest import until

PAUSE = (0.05, 0.2)
"""Seconds before the next try: shorter than real ones, so that a test need not wait for them."""


class Follower:
    """A page that keeps the newest of its topics, and comes back with what it has when its socket breaks."""

    def __init__(self, addresses: Sequence[str], names: Iterable[str], *, token: str = "", cookie: str = "") -> None:
        self._addresses = list(addresses)
        self._token, self._cookie = token, cookie
        self.versions: dict[str, list[Any] | None] = dict.fromkeys(names)
        self.documents: dict[str, Any] = {}
        self.sockets = 0
        self.older: list[str] = []
        """Topics of which something older came than it had: that must never be."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Close the page."""
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    async def _run(self) -> None:
        while True:
            address = self._addresses[0]
            with contextlib.suppress(OSError, ConnectionClosed, InvalidHandshake, TimeoutError):
                await self._listen(address)
            self._addresses.append(self._addresses.pop(0))
            await asyncio.sleep(random.uniform(*PAUSE))

    async def _listen(self, address: str) -> None:
        headers = {"Cookie": self._cookie} if self._cookie else {}
        async with connect(address, additional_headers=headers, open_timeout=10) as socket:
            self.sockets += 1
            await socket.send(json.dumps({"type": "hello", "token": self._token, "have": self.versions}))
            async for text in socket:
                message = json.loads(text)
                if message["type"] == "topic":
                    self._take(message["topic"], message["version"], message["doc"])
                elif message["type"] == "beat":
                    await socket.send('{"type": "beat"}')

    def _take(self, name: str, version: list[Any], document: Any) -> None:
        before = self.versions[name]
        if before and before[0] == version[0] and version[1] < before[1]:
            self.older.append(name)
        self.versions[name], self.documents[name] = version, document


async def all_current(followers: Iterable[Follower], database: Database, *, seconds: float = 30) -> None:
    """Wait until each has what the database says, version and content; nothing older may ever have come to any."""
    followers = list(followers)
    names = sorted({name for one in followers for name in one.versions})

    async def current() -> bool:
        async with database.snapshot() as db:
            there = {name: await topics.read(db, name) for name in names}
        for name, (version, document) in there.items():
            plain = json.loads(msgspec.json.encode(document))
            for one in followers:
                has = one.versions.get(name)
                if name in one.versions and (has != list(version) or one.documents[name] != plain):
                    return False
        return True

    await until(current, seconds=seconds)
    assert not [one.older for one in followers if one.older]


async def caught_up(followers: Iterable[Follower], database: Database, *, seconds: float = 30) -> None:
    """Wait until each has all that the database says at this moment, while more goes on happening."""
    followers = list(followers)
    async with database.snapshot() as db:
        there = await topics.numbers(db, sorted({name for one in followers for name in one.versions}))

    async def has_all() -> bool:
        return all(
            (has := one.versions[name]) and has[1] >= there.get(name, 0) for one in followers for name in one.versions
        )

    await until(has_all, seconds=seconds)


class Insistent:
    """A client that tries again, with the next process, until it is told what became of its request."""

    def __init__(self, addresses: Sequence[str], **headers: str) -> None:
        self._addresses = list(addresses)
        self._client = httpx.AsyncClient(timeout=20, headers={"accept": "application/json", **headers})
        self.tried_again = 0
        self.refusals: list[httpx.Response] = []
        """Answers of 500 and more."""

    async def close(self) -> None:
        """End it."""
        await self._client.aclose()

    async def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        """The first answer that is no failure of a server's."""
        while True:
            try:
                answer = await self._client.request(method, self._addresses[0] + path, **options)
                if answer.status_code < 500:
                    return answer
                self.refusals.append(answer)
            except httpx.TransportError:
                self._addresses.append(self._addresses.pop(0))
            self.tried_again += 1
            await asyncio.sleep(random.uniform(*PAUSE))
