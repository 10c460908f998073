"""The hub of one process: its sockets, what they listen to, and the sweep that holds it against the database.

Documents and their fan-out are `channels`, who may stay is `staying`, and who is slow or silent `patience`.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import structlog

from server.core import metrics, topics
from server.core.channels import Channels
from server.core.database import Database
from server.core.looking import look
from server.core.patience import BEAT_SECONDS, LISTEN_SECONDS, Patience
from server.core.peers import RESTARTS, Peer
from server.core.refusals import told
from server.core.staying import Staying, StillWelcome

log = structlog.get_logger()
DRAIN_SECONDS = 0.25
SWEEP_SECONDS, DEAF_SWEEP_SECONDS = 3.0, 0.7


class Hub:
    """Subscriptions, the building of documents, and their fan-out."""

    def __init__(self, database: Database, *, still_welcome: StillWelcome) -> None:
        self._database = database
        self._peers: set[Peer] = set()
        self._ears: list[dict[str, int]] = []
        self.channels = Channels(database, lambda peer, name: self.patience.mark(peer, name))
        self.staying = Staying(database, self.channels, still_welcome, self.part)
        self.patience = Patience(self.channels.offer, self.part)
        self.epoch = ""

    @property
    def peers(self) -> int:
        """How many sockets are open here."""
        return len(self._peers)

    @property
    def on_sent(self) -> list[Callable[[str, topics.Version], None]]:
        """Called when a new version has been written to every peer; stamps the way of a post."""
        return self.channels.on_sent

    def welcome(self, peer: Peer, number: int) -> None:
        """Take a peer in whose reader was identified as of this number of its own topic; it gets beats from now on."""
        self._peers.add(peer)
        self.staying.welcome(peer)
        self.staying.vouch(peer.reader, number)
        metrics.sockets.set(len(self._peers))

    def leave(self, peer: Peer) -> None:
        """Forget a peer and every topic that nobody listens to any more."""
        for name in list(peer.topics):
            self.channels.unsubscribe(peer, name)
        self._peers.discard(peer)
        self.patience.leave(peer)
        self.staying.leave(peer)
        metrics.sockets.set(len(self._peers))

    def part(self, peer: Peer, code: int, reason: str) -> None:
        """Let a peer go, and tell it why; forgotten first, since nothing may be written behind a goodbye."""
        self.leave(peer)
        peer.wire.close(code, reason)

    def subscribe(
        self, peer: Peer, name: str, have: topics.Version | None, current: topics.Version | None = None
    ) -> None:
        """Let a peer listen to a topic that it may read; see `Channels.subscribe`."""
        if peer in self._peers:  # not let go meanwhile
            self.channels.subscribe(peer, name, have, current)

    def nudge(self, name: str, number: int) -> None:
        """Hear that a topic has reached a number."""
        for ear in self._ears:
            ear[name] = number
        self.channels.nudge(name, number)
        self.staying.nudge(name, number)

    @contextmanager
    def listening(self) -> Iterator[dict[str, int]]:
        """The topics that are nudged meanwhile: what was read of them meanwhile may be old already."""
        ear: dict[str, int] = {}
        self._ears.append(ear)
        try:
            yield ear
        finally:
            self._ears = [one for one in self._ears if one is not ear]

    async def sweep(self) -> None:
        """Compare what is here with the database, so that a lost nudge costs seconds and never correctness."""
        async with look(self._database) as db:
            epoch = await topics.epoch(db)
            current = await topics.numbers(db, [*self.channels.names, *self.staying.names])
        if epoch != self.epoch:
            self.epoch = epoch
            self.channels.spoil()
            self.staying.renew()
        metrics.swept_at.set_to_current_time()
        self.channels.compare(epoch, current)
        self.staying.compare(current)

    def beat(self) -> None:
        """Say to all that the server lives."""
        self.patience.beat(self._peers)

    async def run(self, *, deaf: Callable[[], bool] = lambda: False) -> None:
        """Beat, listen, drain and sweep until cancelled; sweep more often while nudges of other processes are known not to come."""
        await asyncio.gather(
            _every(lambda: BEAT_SECONDS, self.beat),
            _every(lambda: LISTEN_SECONDS, lambda: self.patience.listen(self._peers)),
            _every(lambda: DRAIN_SECONDS, self.patience.drain),
            _every(lambda: DEAF_SWEEP_SECONDS if deaf() else SWEEP_SECONDS, self.sweep),
        )

    async def close(self) -> None:
        """Close every socket, as a restart does."""
        for peer in list(self._peers):
            self.part(peer, RESTARTS, "The server restarts.")
        for part in (self.patience, self.channels, self.staying):
            part.stop()


async def _every(seconds: Callable[[], float], do: Callable[[], Any]) -> None:
    while True:
        await asyncio.sleep(seconds())
        try:
            result = do()
            if asyncio.iscoroutine(result):
                await result
        except Exception as error:
            told("hub_tick_failed", error)


async def cancelled(task: "asyncio.Task[Any]") -> None:
    """Cancel a task and wait until it is over."""
    task.cancel()
    with suppress(asyncio.CancelledError, Exception):
        await task
