"""The hub of one process: who listens to which topic, and the newest document of each, framed once for all of them.

It sends state, not messages: a peer that is slow or was away gets the newest document and nothing else, so nothing can
be lost, come twice, or come late in a way that matters.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import msgspec
import structlog

from server.core import metrics, topics
from server.core.clock import milliseconds
from server.core.database import Database
from server.core.wire import Send, Wire, frame

log = structlog.get_logger()
BEAT_SECONDS = 15
SILENCE_SECONDS = 45
SLOW_SECONDS = 10
SLOW_BYTES = 256 * 1024
RETRY_SECONDS = 0.01
PEOPLE_SECONDS = 30
TOPICS_A_PEER = 64
BAD_MESSAGE, REFUSED, SILENT, SLOW, TOO_MANY = 4400, 4401, 4408, 4409, 4429


class Peer:
    """One socket, and what it listens to."""

    __slots__ = ("heard_at", "marked", "marked_at", "reader", "topics", "wire")

    def __init__(self, reader: topics.Reader, wire: Wire) -> None:
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


class Channel:
    """A topic that somebody here listens to."""

    __slots__ = ("abreast", "behind", "building", "built", "framed", "wanted")

    def __init__(self) -> None:
        self.abreast: dict[Send, Peer] = {}
        """Peers that have what is built and hold nothing unsent: a change is sent to these one after the other, with nothing
        else to do or to ask."""
        self.behind: dict[Peer, topics.Version | None] = {}
        """All other peers, with the version that each has; some came from another process and are ahead."""
        self.built: topics.Version | None = None
        self.wanted = 0
        """The greatest number heard of since the running build began to read."""
        self.framed = b""
        self.building = False

    def spoil(self) -> None:
        """Take what is built for out of date, whatever its number."""
        self.behind |= dict.fromkeys(self.abreast.values(), self.built)
        self.abreast, self.built = {}, None

    def fall_behind(self, peer: Peer, have: topics.Version | None) -> None:
        """Treat a peer one by one from now on, until it has what is built."""
        self.abreast.pop(peer.wire.send, None)
        self.behind[peer] = have

    def catch_up(self, peer: Peer) -> None:
        """The peer has what is built."""
        self.behind.pop(peer, None)
        self.abreast[peer.wire.send] = peer

    def drop(self, peer: Peer) -> bool:
        """Forget a peer; returns whether it was the last."""
        self.abreast.pop(peer.wire.send, None)
        self.behind.pop(peer, None)
        return not (self.abreast or self.behind)


class Hub:
    """Subscriptions, the building of documents, and their fan-out."""

    def __init__(self, database: Database, *, still_welcome: Callable[[Any, topics.Reader], Awaitable[bool]]) -> None:
        self._database = database
        self._still_welcome = still_welcome
        self._channels: dict[str, Channel] = {}
        self._peers: set[Peer] = set()
        self._marked: set[Peer] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._principals: dict[str, set[Peer]] = {}
        self._principal_numbers: dict[str, int] = {}
        self._retry: asyncio.TimerHandle | None = None
        self._people_judged_at = time.monotonic()
        self.epoch = ""
        self.on_sent: list[Callable[[str, topics.Version], None]] = []
        """Called when a new version has been written to every peer; stamps the way of a post."""

    # -- peers ---------------------------------------------------------------------------------------------

    @property
    def peers(self) -> int:
        """How many sockets are open here."""
        return len(self._peers)

    def welcome(self, peer: Peer) -> None:
        """Take a peer in; it gets beats from now on."""
        self._peers.add(peer)
        self._principals.setdefault(peer.reader.topic, set()).add(peer)
        metrics.sockets.set(len(self._peers))

    def vouch(self, reader: topics.Reader, number: int) -> None:
        """Say as of which number of its own topic a reader was let in. Had or has it changed since, it is judged again."""
        if number != self._principal_numbers.setdefault(reader.topic, number):
            self._principal_numbers[reader.topic] = max(number, self._principal_numbers[reader.topic])
            self._run(self._recheck(reader.topic))

    def leave(self, peer: Peer) -> None:
        """Forget a peer and every topic that nobody listens to any more."""
        for name in list(peer.topics):
            self.unsubscribe(peer, name)
        self._peers.discard(peer)
        self._marked.discard(peer)
        others = self._principals.get(peer.reader.topic, set())
        others.discard(peer)
        if not others:
            self._principals.pop(peer.reader.topic, None)
            self._principal_numbers.pop(peer.reader.topic, None)
        metrics.sockets.set(len(self._peers))

    def part(self, peer: Peer, code: int, reason: str) -> None:
        """Let a peer go, and tell it why; forgotten first, since nothing may be written behind a goodbye."""
        self.leave(peer)
        peer.wire.close(code, reason)

    def subscribe(self, peer: Peer, name: str, have: topics.Version | None) -> None:
        """Let a peer listen to a topic that it may read; it gets the document when it has an older one or none."""
        if peer not in self._peers:  # let go meanwhile
            return
        channel = self._channels.setdefault(name, Channel())
        channel.fall_behind(peer, have)
        peer.topics.add(name)
        if channel.built is None or channel.building:
            self._build_soon(name, channel)
        else:
            self._offer(peer, name, channel)

    def unsubscribe(self, peer: Peer, name: str) -> None:
        """Stop telling a peer about a topic."""
        peer.topics.discard(name)
        peer.marked.discard(name)
        if (channel := self._channels.get(name)) and channel.drop(peer):
            del self._channels[name]

    # -- changes -------------------------------------------------------------------------------------------

    def nudge(self, name: str, number: int) -> None:
        """Hear that a topic has reached a number; costs nothing when nobody here listens to it, or has it already."""
        if (channel := self._channels.get(name)) and (channel.built is None or number > channel.built[1]):
            channel.wanted = max(channel.wanted, number)
            self._build_soon(name, channel)
        if name in self._principals and number > self._principal_numbers.get(name, -1):
            self._principal_numbers[name] = number
            self._run(self._recheck(name))

    async def sweep(self) -> None:
        """Compare what is here with the database, so that a lost nudge costs seconds and never correctness."""
        async with self._database.snapshot() as db:
            epoch = await topics.epoch(db)
            current = await topics.numbers(db, [*self._channels, *self._principals])
        if epoch != self.epoch:
            self._begin(epoch)
        for name, channel in list(self._channels.items()):
            if channel.built is None or channel.built[0] != epoch or current.get(name, 0) > channel.built[1]:
                channel.wanted = max(channel.wanted, current.get(name, 0))
                self._build_soon(name, channel)
        for name in self._changed_principals(current):
            self._run(self._recheck(name))

    def _begin(self, epoch: str) -> None:
        """Another history: nothing that was built or judged in the one before counts."""
        self.epoch = epoch
        for channel in self._channels.values():
            channel.spoil()
        self._principal_numbers = dict.fromkeys(self._principal_numbers, -1)

    def _changed_principals(self, current: dict[str, int]) -> list[str]:
        """Whom to judge again: those whose number has grown, and people now and then, since sessions end by the clock."""
        people_too = time.monotonic() - self._people_judged_at > PEOPLE_SECONDS
        if people_too:
            self._people_judged_at = time.monotonic()
        changed = []
        for name in self._principals:
            number = current.get(name, 0)
            if number > self._principal_numbers.setdefault(name, number) or (
                people_too and not name.startswith("device:")
            ):
                self._principal_numbers[name] = number
                changed.append(name)
        return changed

    async def _recheck(self, principal: str) -> None:
        try:
            await self._judge(principal)
        except Exception:
            # Whoever may have to go must not stay because the database did not answer: the sweep asks again.
            log.exception("access_not_judged", kind=principal.partition(":")[0])
            if principal in self._principals:
                self._principal_numbers[principal] = -1

    async def _judge(self, principal: str) -> None:
        peers = list(self._principals.get(principal, ()))
        if not peers:
            return
        async with self._database.snapshot() as db:
            welcome = await self._still_welcome(db, peers[0].reader)
            refused = [
                (peer, name)
                for peer in peers
                for name in list(peer.topics)
                if not welcome or not await topics.may_read(db, peer.reader, name)
            ]
        if welcome and refused:
            await self._written(refused)
            async with self._database.snapshot() as db:  # some may have been let in again meanwhile
                refused = [
                    (peer, name)
                    for peer, name in refused
                    if name in peer.topics and not await topics.may_read(db, peer.reader, name)
                ]
        for peer, name in refused:
            self.unsubscribe(peer, name)
            peer.say({"type": "denied", "topic": name})
        if not welcome:
            for peer in peers:
                self.part(peer, REFUSED, "This device or session was ended.")

    async def _written(self, refused: list[tuple[Peer, str]]) -> None:
        """Wait for what is being built for these peers: a document that names another topic goes before the refusal of the
        one that it named before, so that a screen never stands between two loops."""
        names = {name for peer, _ in refused for name in peer.topics}
        for _ in range(50):
            if not any(channel.building for name in names if (channel := self._channels.get(name))):
                return
            await asyncio.sleep(0.02)

    def _build_soon(self, name: str, channel: Channel) -> None:
        if not channel.building:
            channel.building = True
            self._run(self._build(name, channel))

    async def _build(self, name: str, channel: Channel) -> None:
        try:
            while channel.abreast or channel.behind:
                # Only what is heard after this line may be missing from what is read below. A number that the database
                # never reaches (another installation on the same backplane) is then looked for once, not for ever.
                channel.wanted = 0
                async with self._database.snapshot() as db:
                    version, document = await topics.read(db, name)
                self._publish(name, channel, version, document)
                if version[1] >= channel.wanted:
                    break
        except Exception:
            # The sweep tries again in seconds; until then the peers keep what they have.
            log.exception("topic_not_built", topic=name)
            channel.spoil()
        finally:
            channel.building = False

    def _publish(self, name: str, channel: Channel, version: topics.Version, document: dict[str, Any]) -> None:
        message = {"type": "topic", "topic": name, "version": version, "doc": document, "now": milliseconds()}
        payload = msgspec.json.encode(message)
        if len(payload) > topics.LARGEST_DOCUMENT:
            log.error("topic_too_large", topic=name, bytes=len(payload))
        before, channel.framed, channel.built = channel.built, frame(payload), version
        if version != before:
            for peer, taken in self._send_abreast(channel):
                if taken:
                    peer.wire.write(channel.framed[taken:])
                else:
                    channel.fall_behind(peer, before)
        metrics.deliveries.inc(len(channel.abreast) if version != before else 0)
        metrics.deliveries.inc(sum([self._offer(peer, name, channel) for peer in list(channel.behind)]))
        for call in self.on_sent:
            call(name, version)

    def _send_abreast(self, channel: Channel) -> list[tuple[Peer, int]]:
        """Send the document to all who had the one before; returns who did not take all of it, and how much they took.

        What a change costs with thousands of screens is this loop, so it touches nothing of a peer but its `send`.
        """
        framed, size, left = channel.framed, len(channel.framed), []
        for send in [*channel.abreast]:  # one that fills up by this leaves
            try:
                taken = send(framed)
            except OSError as error:  # one full or broken socket is not the others' trouble
                taken = 0
                if not isinstance(error, BlockingIOError):
                    log.debug("socket_failed", reason=repr(error))
            if taken != size:
                left.append((send, taken))
        return [(channel.abreast[send], taken) for send, taken in left if send in channel.abreast]

    def _offer(self, peer: Peer, name: str, channel: Channel) -> bool:
        """Give the newest document to a peer that may have an older one; returns whether it was written.

        A peer that is ahead, having come from another process, keeps what it has.
        """
        version, have = channel.built, channel.behind.get(peer)
        if version is None or peer not in channel.behind:
            return False
        if have is not None and have[0] == version[0] and have[1] >= version[1]:
            if have == version:
                channel.catch_up(peer)
            return False
        if peer.wire.buffered:
            self._mark(peer, name)
            return False
        peer.wire.write(channel.framed)
        if peer.wire.buffered:
            channel.fall_behind(peer, version)
            self._mark(peer, name)
        else:
            channel.catch_up(peer)
        return True

    def hold(self, peer: Peer) -> None:
        """The peer's transport holds what the network did not take: nothing more is sent to it until it has drained."""
        for name in peer.topics:
            channel = self._channels[name]
            if peer.wire.send in channel.abreast:
                channel.fall_behind(peer, channel.built)
                self._mark(peer, name)

    # -- slow peers and silence ----------------------------------------------------------------------------

    def _mark(self, peer: Peer, name: str) -> None:
        if not peer.marked:
            peer.marked_at = time.monotonic()
        peer.marked.add(name)
        self._marked.add(peer)
        # What stands in a buffer is most often just being written: look once more soon, then at every tick.
        if self._retry is None:
            self._retry = asyncio.get_running_loop().call_later(RETRY_SECONDS, self._look_again)

    def _look_again(self) -> None:
        self._retry = None
        self.drain()

    def drain(self) -> None:
        """Give drained peers the newest of what they missed; let go of those that stay full."""
        for peer in list(self._marked):
            if peer.wire.buffered > SLOW_BYTES or time.monotonic() - peer.marked_at > SLOW_SECONDS:
                self._drop(peer)
            elif not peer.wire.buffered:
                self._marked.discard(peer)
                names, peer.marked = peer.marked, set()
                for name in names:
                    if channel := self._channels.get(name):
                        self._offer(peer, name, channel)

    def _drop(self, peer: Peer) -> None:
        metrics.slow_peers.inc()
        self.part(peer, SLOW, "Not reading fast enough.")
        peer.wire.abort()

    def beat(self) -> None:
        """Say that the server lives and what time it is; close whoever has been silent."""
        framed = frame(msgspec.json.encode({"type": "beat", "now": milliseconds()}))
        deadline = time.monotonic() - SILENCE_SECONDS
        for peer in list(self._peers):
            if peer.heard_at < deadline:
                self.part(peer, SILENT, "Nothing heard for 45 seconds.")
            elif not peer.wire.buffered:
                peer.wire.write(framed)
            elif peer not in self._marked:
                self._mark(peer, "")

    async def run(self, *, sweep_seconds: float = 3.0) -> None:
        """Beat, drain and sweep until cancelled."""
        await asyncio.gather(
            _every(BEAT_SECONDS, self.beat), _every(0.25, self.drain), _every(sweep_seconds, self.sweep)
        )

    async def close(self) -> None:
        """Close every socket, as a restart does."""
        for peer in list(self._peers):
            self.part(peer, 1012, "The server restarts.")
        if self._retry:
            self._retry.cancel()
        for task in list(self._tasks):
            task.cancel()

    def _run(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _every(seconds: float, do: Callable[[], Any]) -> None:
    while True:
        await asyncio.sleep(seconds)
        try:
            result = do()
            if asyncio.iscoroutine(result):
                await result
        except Exception:
            log.exception("hub_tick_failed")


async def cancelled(task: "asyncio.Task[Any]") -> None:
    """Cancel a task and wait until it is over."""
    task.cancel()
    with suppress(asyncio.CancelledError, Exception):
        await task
