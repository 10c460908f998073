"""A client that costs little beside the server that it loads: plain HTTP/1.1 on kept connections, from an address of its own."""

import asyncio
import json
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httptools

RESTS = 2.0
"""Seconds after which a connection is not used again: the server ends one that has rested for five."""


@dataclass
class Answer:
    """What came back."""

    status_code: int
    content: bytes

    @property
    def is_success(self) -> bool:
        return self.status_code < 300

    @property
    def text(self) -> str:
        return self.content.decode()

    def json(self) -> Any:
        return json.loads(self.content)


class Line(asyncio.Protocol):
    """One connection, which asks one thing after the other."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._answer.done():
            self._answer.set_exception(ConnectionError("the server closed the connection"))

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        self._answered_at = time.monotonic()
        self._answer.set_result(Answer(self._parser.get_status_code(), self._body))

    def close(self) -> None:
        """Let go of the connection."""
        self._transport.close()

    def rested(self) -> float:
        """Seconds since it answered."""
        return time.monotonic() - self._answered_at

    def ask(self, request: bytes) -> "asyncio.Future[Answer]":
        """Send a request; its answer is to be awaited before the next."""
        self._parser, self._body = httptools.HttpResponseParser(self), b""
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)  # type: ignore[attr-defined]
        return self._answer


class Lean:
    """A tablet's client, with as many connections as it has requests at once. Stands where an `Insistent` does, but says only
    once what it has to say."""

    def __init__(self, address: str, token: str, *, own: str) -> None:
        """`own`: the address that it comes from, as requests are counted by address."""
        parts = urlsplit(address)
        self._server, self._own = (parts.hostname or "", parts.port or 80), own
        self._head = f"host: {parts.netloc}\r\naccept: application/json\r\nauthorization: Bearer {token}\r\n"
        self._free: list[Line] = []

    async def ask(self, method: str, path: str, *, json: Any = None) -> Answer:
        """The answer to a request."""
        body = b"" if json is None else _encoded(json)
        about = f"content-type: application/json\r\ncontent-length: {len(body)}\r\n" if body else ""
        line = self._kept() or await self._dial()
        answer = await line.ask(f"{method} {path} HTTP/1.1\r\n{self._head}{about}\r\n".encode() + body)
        self._free.append(line)
        return answer

    def _kept(self) -> Line | None:
        """The connection that answered last, where that is not long ago; the others have rested for longer."""
        if self._free and self._free[-1].rested() > RESTS:
            self._let_go()
        return self._free.pop() if self._free else None

    async def close(self) -> None:
        """End it."""
        self._let_go()

    def _let_go(self) -> None:
        while self._free:
            self._free.pop().close()

    async def _dial(self) -> Line:
        loop = asyncio.get_running_loop()
        return (await loop.create_connection(Line, *self._server, local_addr=(self._own, 0)))[1]


def _encoded(body: Any) -> bytes:
    return json.dumps(body).encode()
