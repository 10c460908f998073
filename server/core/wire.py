"""How bytes reach one socket: a frame once made, written as it is, or a plain send where the server does not lend its transport."""

import asyncio
import os
import socket
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Protocol

import structlog
from uvicorn.protocols.utils import is_ssl
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import InvalidState
from websockets.frames import Frame

log = structlog.get_logger()
EXTENSION = "vitrine.push"
LINGER_SECONDS = 15
"""How long a socket that is done may take to hand over what it still holds."""
PIECE = 1024
IN_FLIGHT = 128 * 1024
"""Bytes that the kernel holds for a peer, two documents: left to itself it takes megabytes for one that has stopped reading."""
ALLOWANCE, ALLOWANCE_A_SECOND = 1000.0, 100.0
"""What a peer may send at once and for good: frames, and as many pieces of a kilobyte. A device needs a tenth of it."""
Closing = asyncio.Future[tuple[int, str]]
Send = Callable[[bytes], int]
"""Takes a frame for one socket, and says how many of its bytes: less than all, or a BlockingIOError, from a full one."""


def frame(payload: bytes) -> bytes:
    """A server-to-client text frame (RFC 6455 section 5.2): final, unmasked, not compressed."""
    size = len(payload)
    if size < 126:
        return bytes((0x81, size)) + payload
    if size < 65536:
        return b"\x81\x7e" + size.to_bytes(2, "big") + payload
    return b"\x81\x7f" + size.to_bytes(8, "big") + payload


class Listener(Protocol):
    """Who takes up what one socket says, once the request that opened it is over."""

    def heard(self, text: str) -> None:
        """A whole message came. Must not block."""

    def full(self) -> None:
        """The transport holds what the network did not take yet."""

    def gone(self) -> None:
        """The socket is closed, by whichever side; told once."""


class _Nobody:
    """Listens in place of whoever listened to a socket that is gone."""

    __slots__ = ()

    def heard(self, text: str) -> None:
        """Nothing comes any more."""

    def full(self) -> None:
        """Nothing waits any more."""

    def gone(self) -> None:
        """It has been told."""


_NOBODY = _Nobody()


class _Gate:
    """Whether the transport takes more: of uvicorn's asyncio.Event no more is needed where nobody waits for it."""

    __slots__ = ("_open",)

    def __init__(self, open: bool) -> None:
        self._open = open

    def is_set(self) -> bool:
        return self._open

    def set(self) -> None:
        self._open = True

    def clear(self) -> None:
        self._open = False


class _Nowhere:
    """Stands in for uvicorn's queue of events on all sockets that have a listener: nobody calls `receive` there."""

    __slots__ = ()

    def put_nowait(self, event: Any) -> None:
        """Events are told to the listener."""


_NOWHERE: Any = _Nowhere()


class Lent(socket.socket):
    """A socket on a descriptor that is another's: it sends, and never closes it, not even when it is forgotten.

    Detached before the descriptor is closed, it refuses to send: its number may be another socket's by then.
    """

    __slots__ = ()

    def __del__(self) -> None:
        self.detach()


class PushProtocol(WebSocketsSansIOProtocol):
    """uvicorn's protocol, lending the application its connection: one frame can be written to many, and a socket that a
    listener adopts lives on without a task, a queue or a request, which are most of what it would hold in memory.

    Safe beside uvicorn's own writes because both put whole frames on the transport, compression is off, and nothing is
    written once a close has been sent or received.
    """

    _left = ALLOWANCE
    _left_at = 0.0
    _lent: Lent | None = None
    listener: Listener | None = None

    def adopt(self, listener: Listener) -> None:
        """Tell a listener what comes from now on. The request may end; the socket stays."""
        self.listener = listener
        # `full` is told of the first byte that has to wait; TLS counts from the limit on, TCP from above it.
        self.transport.set_write_buffer_limits(1 if is_ssl(self.transport) else 0, 0)
        # uvicorn closes a socket when its request is over, unless a close is under way already: let it think so.
        self.close_timer = self.loop.call_later(0, bool)
        waiting, self.queue, self.writable = self.queue, _NOWHERE, _Gate(self.writable.is_set())  # type: ignore[assignment]
        while not waiting.empty():
            if (text := waiting.get_nowait().get("text")) is not None:
                listener.heard(text)
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()
        if self.disconnected:
            self._let_go(listener)

    def lend(self) -> Send:
        """Where finished frames go while nothing waits in the transport: the kernel itself where that is possible."""
        if os.name == "nt" or self.disconnected or self.transport.is_closing():
            return self._send
        ours = self.transport.get_extra_info("socket")
        lent = Lent(ours.family, ours.type, ours.proto, fileno=ours.fileno())
        lent.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, IN_FLIGHT)
        if is_ssl(self.transport):
            return self._send
        self._lent = lent
        return lent.send

    def _send(self, framed: bytes) -> int:
        if self.transport.is_closing() or self.transport.get_write_buffer_size():
            return 0
        self.transport.write(framed)
        return len(framed)

    def pause_writing(self) -> None:
        super().pause_writing()
        if self.listener:
            self.listener.full()

    async def run_asgi(self) -> None:
        self.scope.setdefault("extensions", {})[EXTENSION] = self  # type: ignore[typeddict-item]
        try:
            await super().run_asgi()
        finally:
            if not self.listener:
                self._linger()

    def on_task_complete(self, task: "asyncio.Task[None]") -> None:
        """The request is over: of an adopted socket drop what only the request needed."""
        super().on_task_complete(task)
        if self.listener:
            self.close_timer = self.close_timer if self.close_sent else None
            del self.scope, self.request, self.response

    def part(self, code: int, reason: str) -> None:
        """Say goodbye on an adopted socket; nothing may be written after it."""
        if self.close_sent or self.disconnected or self.transport.is_closing():
            return
        with suppress(InvalidState):
            self.conn.send_close(code, reason)
            self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self._linger()

    def _linger(self) -> None:
        """A peer that is gone without a word takes nothing more, and TCP alone would wait for it for many minutes."""
        if not self.disconnected:
            self.close_timer = self.loop.call_later(LINGER_SECONDS, self.transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._lent:  # the transport closes the descriptor after this
            self._lent.detach()
        super().connection_lost(exc)
        if self.listener:
            self._let_go(self.listener)

    def _let_go(self, listener: Listener) -> None:
        """Tell the listener, and hold nothing that holds us: after a storm a thousand dead sockets, with all that is theirs,
        would else wait for the collector of cycles, which comes seldom."""
        self.listener = _NOBODY
        self.conn.parser.close()
        listener.gone()

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
            if self.transport.is_closing():  # a goodbye, or nonsense: nothing may be written behind it
                if self.listener:
                    self.listener.gone()
                return

    def handle_events(self) -> None:
        self._left -= len(self.conn.events)
        super().handle_events()

    def send_receive_event_to_app(self) -> None:
        if self.listener is None:
            super().send_receive_event_to_app()
            return
        data, self.frames = b"".join(self.frames), []
        if not self.close_sent:
            try:
                text = data.decode()
            except UnicodeDecodeError:
                self.part(1007, "Messages are UTF-8.")
            else:
                self.listener.heard(text)

    def handle_ping(self) -> None:
        """Answer, unless what was said before still waits: whoever pings and does not read would fill the memory."""
        if self.writable.is_set():
            super().handle_ping()
        else:
            self.conn.data_to_send()

    def handle_close(self, event: Frame) -> None:
        super().handle_close(event)
        if self.listener:
            self._linger()


def brief(reason: str) -> str:
    """A reason as a close frame can hold it: 123 bytes at most."""
    return reason.encode()[:120].decode(errors="ignore")


def payload_of(framed: bytes) -> bytes:
    """The message inside a frame that `frame` made."""
    return framed[2 if framed[1] < 126 else 4 if framed[1] == 126 else 10 :]


class Wire(Protocol):
    """What the hub needs of a socket."""

    @property
    def send(self) -> Send:
        """Where finished frames go while nothing waits and nothing closes: what the hub calls a thousand times in a row."""

    @property
    def buffered(self) -> int:
        """Bytes accepted but not yet handed to the network."""

    def write(self, framed: bytes) -> None:
        """Send one message, framed already; nothing happens on a socket that is closing."""

    def close(self, code: int, reason: str) -> None:
        """Say goodbye; the first reason counts. The hub has forgotten the peer by then: nothing may follow a goodbye."""

    def abort(self) -> None:
        """Drop the connection with all that it still holds: for a peer that has stopped reading."""


class DirectWire:
    """Writes finished frames to the transport that uvicorn lends."""

    __slots__ = ("_protocol", "send")

    def __init__(self, protocol: PushProtocol) -> None:
        self._protocol = protocol
        self.send = protocol.lend()

    @property
    def buffered(self) -> int:
        transport = self._protocol.transport
        return 0 if transport.is_closing() else transport.get_write_buffer_size()

    def write(self, framed: bytes) -> None:
        ours = self._protocol
        if not (ours.close_sent or ours.disconnected or ours.transport.is_closing()):
            ours.transport.write(framed)

    def close(self, code: int, reason: str) -> None:
        self._protocol.part(code, brief(reason))

    def abort(self) -> None:
        self._protocol.transport.abort()


class QueuedWire:
    """Sends through ASGI from a task of its own, for servers without the extension."""

    __slots__ = ("_closing", "_send", "_size", "_waiting", "_wake", "task")

    def __init__(self, send: Callable[[str], Awaitable[None]], closing: Closing) -> None:
        self._send = send
        self._closing = closing
        self._waiting: deque[bytes] = deque()
        self._size = 0
        self._wake = asyncio.Event()
        self.task = asyncio.create_task(self._pump())

    @property
    def buffered(self) -> int:
        return self._size

    def send(self, framed: bytes) -> int:
        """Take a whole frame, or nothing while an earlier one waits."""
        if self._size:
            return 0
        self.write(framed)
        return len(framed)

    def write(self, framed: bytes) -> None:
        if not (self._closing.done() or self.task.done()):
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
