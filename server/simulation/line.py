"""One websocket of a device, without a task of its own: `websockets` parses, and the event loop calls when bytes come.

A thousand devices in one process are affordable only so; and a link can be made slow by reading late.
"""

import asyncio
from contextlib import suppress
from typing import Protocol

from websockets.client import ClientProtocol
from websockets.exceptions import InvalidState, WebSocketException
from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.uri import parse_uri

LARGEST_MESSAGE = 1024 * 1024


class Listener(Protocol):
    """Who takes up what comes on a line."""

    def opened(self, line: "Line") -> None:
        """The handshake is done."""

    def heard(self, line: "Line", message: bytes) -> None:
        """A whole message came."""

    def closed(self, line: "Line", code: int | None, reason: str) -> None:
        """The line is no more; `code` is None where it broke without a word. Told once."""


class Line(asyncio.Protocol):
    """A socket to /live: `wss` addresses go over TLS by whoever opens the connection."""

    transport: asyncio.Transport

    def __init__(self, address: str, listener: Listener) -> None:
        self._listener = listener
        self._protocol = ClientProtocol(parse_uri(address), max_size=LARGEST_MESSAGE)
        self._greeted = False
        self._told = False
        self._resume: asyncio.TimerHandle | None = None
        self._parts: list[bytes] = []

    # -- asyncio.Protocol --------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the upgrade."""
        self.transport = transport  # type: ignore[assignment]
        self._protocol.send_request(self._protocol.connect())
        self._flush()

    def data_received(self, data: bytes) -> None:
        """Hand whole messages on, and answer what the protocol itself has to."""
        self._protocol.receive_data(data)
        self._take()

    def eof_received(self) -> bool:
        """The other side is done; so are we."""
        self._protocol.receive_eof()
        self._take()
        return False

    def connection_lost(self, error: Exception | None) -> None:
        """Say so, once, with the code that the other side gave."""
        if self._resume:
            self._resume.cancel()
        refused = self._protocol.handshake_exc
        if refused and not self._greeted:
            self._tell(None, f"refused: {_brief(refused)}")
        else:
            self._tell(self._protocol.close_rcvd.code if self._protocol.close_rcvd else None, str(error or ""))

    # -- the device's side -------------------------------------------------------------------------------------------

    def say(self, message: bytes) -> bool:
        """Send one message; False when the line is closing."""
        if self._protocol.state is not State.OPEN or self.transport.is_closing():
            return False
        self._protocol.send_text(message)
        self._flush()
        return True

    def hang_up(self, code: int = 1000) -> None:
        """Close in good order."""
        with suppress(InvalidState):
            self._protocol.send_close(code)
            self._flush()
        self.transport.close()

    def cut(self) -> None:
        """Break, as when power or network fails: no goodbye."""
        self.transport.abort()

    def sleep(self, seconds: float) -> None:
        """Read nothing for so long; what the server sends waits in the network."""
        if self._resume is None and not self.transport.is_closing():
            self.transport.pause_reading()
            self._resume = asyncio.get_running_loop().call_later(seconds, self._wake)

    def _wake(self) -> None:
        self._resume = None
        if not self.transport.is_closing():
            self.transport.resume_reading()

    def _take(self) -> None:
        for event in self._protocol.events_received():
            if isinstance(event, Frame):
                self._frame(event)
            elif self._protocol.state is State.OPEN:
                self._greeted = True
                self._listener.opened(self)
        self._flush()
        if self._protocol.close_expected() or (self._protocol.handshake_exc and not self._greeted):
            self.transport.close()

    def _frame(self, frame: Frame) -> None:
        if frame.opcode in (Opcode.TEXT, Opcode.CONT):
            self._parts.append(bytes(frame.data))
            if frame.fin:
                whole = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
                self._parts = []
                self._listener.heard(self, whole)

    def _flush(self) -> None:
        for data in self._protocol.data_to_send():
            if data and not self.transport.is_closing():
                self.transport.write(data)

    def _tell(self, code: int | None, reason: str) -> None:
        if not self._told:
            self._told = True
            self._listener.closed(self, code, reason)


def _brief(error: Exception) -> str:
    return str(error) if isinstance(error, WebSocketException) else type(error).__name__
