"""How bytes reach one socket: a frame once made, written as it is, or a plain send where the server does not lend its transport."""

import asyncio
from typing import Any, Protocol

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

EXTENSION = "vitrine.push"


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

    async def run_asgi(self) -> None:
        self.scope.setdefault("extensions", {})[EXTENSION] = self  # type: ignore[typeddict-item]
        await super().run_asgi()


class Wire(Protocol):
    """What the hub needs of a socket."""

    def write(self, framed: bytes, payload: bytes) -> None: ...

    @property
    def buffered(self) -> int:
        """Bytes accepted but not yet handed to the network."""

    def close(self, code: int, reason: str) -> None: ...


class DirectWire:
    """Writes finished frames to the transport that uvicorn lends."""

    def __init__(self, protocol: PushProtocol, closing: "asyncio.Future[tuple[int, str]]") -> None:
        self._protocol = protocol
        self._transport = protocol.transport
        self._closing = closing

    def write(self, framed: bytes, payload: bytes) -> None:
        if not (self._protocol.close_sent or self._protocol.disconnected or self._transport.is_closing()):
            self._transport.write(framed)

    @property
    def buffered(self) -> int:
        return self._transport.get_write_buffer_size()

    def close(self, code: int, reason: str) -> None:
        if not self._closing.done():
            self._closing.set_result((code, reason))

    def abort(self) -> None:
        """Drop the connection with all that it still holds: for a peer that has stopped reading."""
        self._transport.abort()


class QueuedWire:
    """Sends through ASGI from a task of its own, for servers without the extension."""

    def __init__(self, send: Any, closing: "asyncio.Future[tuple[int, str]]") -> None:
        self._send = send
        self._closing = closing
        self._waiting: list[bytes] = []
        self._size = 0
        self._wake = asyncio.Event()
        self.task = asyncio.create_task(self._pump())

    def write(self, framed: bytes, payload: bytes) -> None:
        self._waiting.append(payload)
        self._size += len(payload)
        self._wake.set()

    @property
    def buffered(self) -> int:
        return self._size

    def close(self, code: int, reason: str) -> None:
        if not self._closing.done():
            self._closing.set_result((code, reason))

    def abort(self) -> None:
        self.task.cancel()

    async def _pump(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._waiting:
                payload = self._waiting.pop(0)
                await self._send(payload.decode())
                self._size -= len(payload)
