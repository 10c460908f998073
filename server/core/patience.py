"""How long a peer is borne with that does not read what it is sent, or says nothing."""

import asyncio
import time
from collections.abc import Callable, Iterable

import msgspec

from server.core import metrics
from server.core.clock import milliseconds
from server.core.peers import SILENT, SLOW, Peer
from server.core.wire import frame

BEAT_SECONDS = 15
SILENCE_SECONDS = 45
LISTEN_SECONDS = 1
SLOW_SECONDS = 10
SLOW_BYTES = 256 * 1024
RETRY_SECONDS = 0.01


class Patience:
    """The peers that hold unsent bytes, and what they lack."""

    def __init__(self, offer: Callable[[Peer, str], None], part: Callable[[Peer, int, str], None]) -> None:
        """`offer` gives a peer the newest of a topic, `part` lets it go."""
        self._offer, self._part = offer, part
        self._marked: set[Peer] = set()
        self._retry: asyncio.TimerHandle | None = None

    def mark(self, peer: Peer, name: str) -> None:
        """The peer holds unsent bytes, and shall have the newest of this topic when it has drained."""
        if not peer.marked:
            peer.marked_at = time.monotonic()
        peer.marked.add(name)
        self._marked.add(peer)
        # What stands in a buffer is most often just being written: look once more soon, then at every tick.
        if self._retry is None:
            self._retry = asyncio.get_running_loop().call_later(RETRY_SECONDS, self._look_again)

    def leave(self, peer: Peer) -> None:
        """Forget a peer."""
        self._marked.discard(peer)

    def stop(self) -> None:
        """Look no more."""
        if self._retry:
            self._retry.cancel()

    def _look_again(self) -> None:
        self._retry = None
        self.drain()

    def drain(self) -> None:
        """Give drained peers the newest of what they missed; let go of those that stay full."""
        for peer in list(self._marked):
            if not (held := peer.wire.buffered):  # asked first: this process may have stood still, not the peer
                self._marked.discard(peer)
                names, peer.marked = peer.marked, set()
                for name in names:
                    self._offer(peer, name)
            elif held > SLOW_BYTES or time.monotonic() - peer.marked_at > SLOW_SECONDS:
                self._drop(peer)

    def _drop(self, peer: Peer) -> None:
        metrics.slow_peers.inc()
        self._part(peer, SLOW, "Not reading fast enough.")
        peer.wire.abort()

    def beat(self, peers: Iterable[Peer]) -> None:
        """Say that the server lives and what time it is."""
        framed = frame(msgspec.json.encode({"type": "beat", "now": milliseconds()}))
        for peer in list(peers):
            if not peer.wire.buffered:
                peer.wire.write(framed)
            else:
                self.mark(peer, "")

    def listen(self, peers: Iterable[Peer]) -> None:
        """Close whoever will have said nothing for 45 seconds when this is asked again: that line is dead, whatever TCP believes."""
        deadline = time.monotonic() + LISTEN_SECONDS - SILENCE_SECONDS
        for peer in [peer for peer in peers if peer.heard_at < deadline]:
            self._part(peer, SILENT, "Nothing heard for 45 seconds.")
