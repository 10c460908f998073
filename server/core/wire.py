"""How bytes reach one socket: a frame once made, written as it is, or a plain send where the server does not lend its transport."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Protocol

import structlog
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

log = structlog.get_logger()
EXTENSION = "vitrine.push"
LINGER_SECONDS = 15
"""How long a socket that is done may take to hand over what it still holds."""
PIECE = 1024
ALLOWANCE, ALLOWANCE_A_SECOND = 1000.0, 100.0
"""What a peer may send at once and for good: frames, and as many pieces of a kilobyte. A device needs a tenth of it."""
Closing = asyncio.Future[tuple[int, str]]


def frame(payload: bytes) -> bytes:
    """A server-to-client text frame (RFC 6455 section 5.2): final, unmasked, not compressed."""
    size = len(payload)
    if size < 126:
        return bytes((0x81, size)) + payload
    if size < 65536:
        return b"\x81\x7e" + size.to_bytes(2, "big") + payload
    return b"\x81\x7f" + size.to_bytes(8, "big") + payload


class PushProtocol(WebSocketsSansIOProtocol):
    """uvicorn's protocol, lending the application its connection so that one frame can be written to many.

    Safe beside uvicorn's own writes because both put whole frames on the transport, compression is off, and nothing is
    written once a close has been sent or received.
    """

    _left = ALLOWANCE
    _left_at = 0.0

    async def run_asgi(self) -> None:
        self.scope.setdefault("extensions", {})[EXTENSION] = self  # type: ignore[typeddict-item]
        try:
            await super().run_asgi()
        finally:
            # A peer that is gone without a word takes nothing more, and TCP alone would wait for it for many minutes.
            if not self.disconnected:
                self.loop.call_later(LINGER_SECONDS, self.transport.abort)

    def data_received(self, data: bytes) -> None:
        """Read a piece at a time: one read may hold 40,000 frames, and control frames never come before the application."""
        moment = self.loop.time()
        self._left = min(ALLOWANCE, self._left + (moment - self._left_at) * ALLOWANCE_A_SECOND)
        self._left_at = moment
        for start in range(0, len(data), PIECE):
            piece = data[start : start + PIECE]
            self._left -= len(piece) / PIECE
            super().data_received(piece)
            if self._left < 0:
                log.info("socket_flooded", address=self.client and self.client[0])
                self.transport.abort()
            if self.transport.is_closing():
                return

    def handle_events(self) -> None:
        self._left -= len(self.conn.events)
        super().handle_events()

    def handle_ping(self) -> None:
        """Answer, unless what was said before still waits: whoever pings and does not read would fill the memory."""
        if self.writable.is_set():
            super().handle_ping()
        else:
            self.conn.data_to_send()


def payload_of(framed: bytes) -> bytes:
    """The message inside a frame that `frame` made."""
    return framed[2 if framed[1] < 126 else 4 if framed[1] == 126 else 10 :]


class Line(Protocol):
    """What the hub writes to a thousand times in a row: uvicorn's transport itself, or what stands in for one."""

    def write(self, framed: bytes, /) -> None: ...
    def get_write_buffer_size(self) -> int: ...
    def is_closing(self) -> bool: ...


class Wire(Protocol):
    """What the hub needs of a socket."""

    @property
    def line(self) -> Line:
        """Where finished frames go while nothing waits and nothing closes."""

    @property
    def buffered(self) -> int:
        """Bytes accepted but not yet handed to the network."""

    def write(self, framed: bytes) -> None:
        """Send one message, framed already; nothing happens on a socket that is closing."""

    def close(self, code: int, reason: str) -> None:
        """Have the socket's own task close it; the first reason counts."""

    def abort(self) -> None:
        """Drop the connection with all that it still holds: for a peer that has stopped reading."""


class DirectWire:
    """Writes finished frames to the transport that uvicorn lends."""

    __slots__ = ("_closing", "_protocol", "line")

    def __init__(self, protocol: PushProtocol, closing: Closing) -> None:
        self._protocol = protocol
        self._closing = closing
        self.line = protocol.transport

    @property
    def buffered(self) -> int:
        return self.line.get_write_buffer_size()

    def write(self, framed: bytes) -> None:
        if not (self._protocol.close_sent or self._protocol.disconnected or self.line.is_closing()):
            self.line.write(framed)

    def close(self, code: int, reason: str) -> None:
        if not self._closing.done():
            self._closing.set_result((code, reason))

    def abort(self) -> None:
        self.line.abort()


class QueuedWire:
    """Sends through ASGI from a task of its own, for servers without the extension; its own line."""

    __slots__ = ("_closing", "_send", "_size", "_waiting", "_wake", "task")

    def __init__(self, send: Callable[[str], Awaitable[None]], closing: Closing) -> None:
        self._send = send
        self._closing = closing
        self._waiting: deque[bytes] = deque()
        self._size = 0
        self._wake = asyncio.Event()
        self.task = asyncio.create_task(self._pump())

    @property
    def line(self) -> Line:
        return self

    @property
    def buffered(self) -> int:
        return self._size

    def get_write_buffer_size(self) -> int:
        return self._size

    def is_closing(self) -> bool:
        return self._closing.done() or self.task.done()

    def write(self, framed: bytes) -> None:
        if not self.is_closing():
            self._waiting.append(framed)
            self._size += len(framed)
            self._wake.set()

    def close(self, code: int, reason: str) -> None:
        if not self._closing.done():
            self._closing.set_result((code, reason))

    def abort(self) -> None:
        self.task.cancel()
        self._waiting.clear()

    async def _pump(self) -> None:
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                while self._waiting:
                    framed = self._waiting.popleft()
                    await self._send(payload_of(framed).decode())
                    self._size -= len(framed)
        except Exception as error:
            log.debug("socket_gone", reason=repr(error))
            self.close(1011, "The connection broke.")
