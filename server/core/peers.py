"""One socket as the hub sees it, and the codes with which a socket is closed (docs/protocol.md, section 3)."""

import time
from typing import Any

import msgspec

from server.core.topics import Reader
from server.core.wire import Wire, frame

RESTARTS, AGAIN = 1012, 1013
BAD_MESSAGE, REFUSED, SILENT, SLOW, TOO_MANY = 4400, 4401, 4408, 4409, 4429


class Peer:
    """One socket, and what it listens to."""

    __slots__ = ("heard_at", "marked", "marked_at", "reader", "topics", "wire")

    def __init__(self, reader: Reader, wire: Wire) -> None:
        self.reader = reader
        self.wire = wire
        self.topics: set[str] = set()
        self.marked: set[str] = set()
        """Topics that changed while it held unsent bytes."""
        self.marked_at = 0.0
        self.heard_at = time.monotonic()

    def say(self, message: dict[str, Any]) -> None:
        """Send one message to this peer alone."""
        self.wire.write(frame(msgspec.json.encode(message)))
