"""What all devices of a fleet share: the installation's address and its HTTP clients, the time, and what is noted."""

import asyncio
import ssl
from array import array
from collections.abc import Coroutine
from dataclasses import dataclass, field
from functools import lru_cache
from random import Random
from typing import Any

import httpx
import msgspec

from server.simulation.clients import Clients
from server.simulation.clock import Truth, monotonic
from server.simulation.loop import Loop, read
from server.simulation.records import History, Records

AT_ONCE = 64
"""Requests of a kind (media, plays, the rest) that the fleet has under way together: beyond it, a client only measures its
own queue."""
KINDS = ("/media/", "/api/plays", "/")
MOST_REQUESTS = AT_ONCE * len(KINDS)


class Topic(msgspec.Struct):
    """Any message of the server."""

    type: str
    now: float | None = None
    topic: str = ""
    version: list[Any] = []
    doc: dict[str, Any] = {}


@dataclass
class Heard:
    """A message, decoded once for all that get the same bytes."""

    message: Topic
    loop: Loop | None


@lru_cache(maxsize=128)
def decoded(text: bytes) -> Heard:
    """A server frames a change once for everybody, so a thousand devices read the same bytes."""
    message = _decode(text)
    named = message.type == "topic" and message.topic.startswith("loop:")
    return Heard(message, read(message.doc) if named else None)


_decode = msgspec.json.Decoder(Topic).decode


@dataclass
class Surroundings:
    """What all devices of a fleet share."""

    address: str
    """Of the installation, without a slash at the end."""
    clients: Clients
    records: Records
    truth: Truth
    chance: Random
    campaign: str = ""
    """The simulation's own, as spots name it."""
    tls: ssl.SSLContext | None = None
    history: History = field(default_factory=History)
    metrics_token: str = ""
    gates: dict[str, asyncio.Semaphore] = field(
        default_factory=lambda: {kind: asyncio.Semaphore(AT_ONCE) for kind in KINDS}
    )
    """By how the path begins: nobody's tap waits behind a thousand cards."""
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def begin(self, work: Coroutine[Any, Any, None]) -> None:
        """Have something done beside the rest; what goes wrong in it is counted."""
        task = asyncio.get_running_loop().create_task(self._watched(work))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _watched(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception as error:
            self.records.errors[f"in the simulator: {type(error).__name__}: {str(error)[:80]}"] += 1

    async def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """One request as it is, in nobody's turn. Raises httpx.HTTPError."""
        async with self.clients.one() as http:
            return await http.request(method, path, **options)

    async def ask(
        self, method: str, path: str, *, token: str = "", timed: "array[float] | None" = None, **options: Any
    ) -> httpx.Response | None:
        """One request; None where no answer came. What is not right is counted, and how long it took is put into `timed`."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        try:
            async with next(gate for begins, gate in self.gates.items() if path.startswith(begins)):
                began = monotonic()
                answer = await self.request(method, path, headers=headers, **options)
                if timed is not None:
                    timed.append(monotonic() - began)
        except httpx.HTTPError as error:
            self.records.errors[f"{method} {_kind(path)}: {type(error).__name__}"] += 1
            return None
        if answer.status_code >= 400:
            self.records.errors[f"{method} {_kind(path)}: {answer.status_code}"] += 1
        return answer


def _kind(path: str) -> str:
    """A path without what names one thing."""
    return "/".join(part if len(part) < 15 else "…" for part in path.split("?")[0].split("/"))
