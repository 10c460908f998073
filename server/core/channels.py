"""Which peers listen to which topic, and the newest document of each topic, built and framed once for all of them.

It sends state, not messages: a peer that is slow or was away gets the newest document and nothing else, so nothing can
be lost, come twice, or come late in a way that matters.
"""

import time
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any

import msgspec
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from server.core import metrics, topics
from server.core.clock import milliseconds
from server.core.database import Database
from server.core.errors import Unavailable
from server.core.lanes import Lane
from server.core.looking import look
from server.core.peers import Peer
from server.core.wire import Send, frame, payload_of

log = structlog.get_logger()
SHARED, SINGLE, SINGLE_AT_ONCE = 4, 2, 16
"""Snapshots at once for topics that several listen to, and for those of one peer each, of which one snapshot builds
several: when all screens have a new document of their own, a withdrawal does not wait for it."""


class _Message(msgspec.Struct):
    doc: msgspec.Raw


class Channel:
    """A topic that somebody here listens to."""

    __slots__ = ("abreast", "behind", "building", "built", "framed", "heard_at", "sent_at", "wanted")

    def __init__(self) -> None:
        self.abreast: dict[Send, Peer] = {}
        """Peers that have what is built and hold nothing unsent: a change is sent to these one after the other, with nothing
        else to do or to ask."""
        self.behind: dict[Peer, topics.Version | None] = {}
        """All other peers, with the version that each has; some came from another process and are ahead."""
        self.built: topics.Version | None = None
        """The newest version known here; None when what is known may be out of date."""
        self.wanted = 0
        """The greatest number heard of since the running build began to read."""
        self.framed = b""
        """The document of that version; empty until somebody needs it."""
        self.building = False
        self.heard_at = self.sent_at = 0.0
        """When the change that waits to be built was heard of (0: none does), and when the newest had been sent to all; on the
        monotonic clock."""

    def spoil(self) -> None:
        """Take what is built for out of date, whatever its number."""
        self.behind |= dict.fromkeys(self.abreast.values(), self.built)
        self.abreast, self.built, self.framed = {}, None, b""

    def fall_behind(self, peer: Peer, have: topics.Version | None) -> None:
        """Treat a peer one by one from now on, until it has what is built."""
        self.abreast.pop(peer.wire.send, None)
        self.behind[peer] = have

    def catch_up(self, peer: Peer) -> bool:
        """The peer has what is built. Returns whether it is abreast now, which none is that holds unsent bytes: the next
        change would be sent into the middle of them."""
        if peer.wire.buffered:
            self.fall_behind(peer, self.built)
            return False
        self.behind.pop(peer, None)
        self.abreast[peer.wire.send] = peer
        return True

    def drop(self, peer: Peer) -> bool:
        """Forget a peer; returns whether it was the last."""
        self.abreast.pop(peer.wire.send, None)
        self.behind.pop(peer, None)
        return not (self.abreast or self.behind)


class Channels:
    """All channels of a process."""

    def __init__(self, database: Database, mark: Callable[[Peer, str], None]) -> None:
        """`mark` is told of a peer that holds unsent bytes and lacks the newest of a topic."""
        self._database, self._mark = database, mark
        self._of: dict[str, Channel] = {}
        self._shared = Lane(self._build, tasks=SHARED, at_once=1)
        self._single = Lane(self._build, tasks=SINGLE, at_once=SINGLE_AT_ONCE)
        self.on_sent: list[Callable[[str, topics.Version], None]] = []

    def __getitem__(self, name: str) -> Channel:
        return self._of[name]

    def __len__(self) -> int:
        return len(self._of)

    @property
    def names(self) -> list[str]:
        """The topics that somebody listens to."""
        return list(self._of)

    @property
    def idle(self) -> bool:
        """Whether nothing is being built."""
        return self._shared.idle and self._single.idle

    def building(self, names: Iterable[str]) -> bool:
        """Whether a document of any of these is being built."""
        return any(channel.building for name in names if (channel := self._of.get(name)))

    def at_hand(self, name: str, version: topics.Version) -> msgspec.Raw | None:
        """A topic's document of this version, encoded, where it has been built for whoever listens."""
        channel = self._of.get(name)
        if channel is None or channel.built != version or not channel.framed:
            return None
        return msgspec.json.decode(payload_of(channel.framed), type=_Message).doc

    def stop(self) -> None:
        """Build no more."""
        self._shared.stop()
        self._single.stop()

    # -- who listens ---------------------------------------------------------------------------------------

    def subscribe(
        self, peer: Peer, name: str, have: topics.Version | None, current: topics.Version | None = None
    ) -> None:
        """Let a peer listen; it gets the document when it has an older one or none.

        `current`: the topic's version, where it has just been read. Of a peer that has it nothing is built.
        """
        channel = self._of.get(name)
        if channel is None:
            channel = self._of[name] = Channel()
            channel.built = current
        channel.fall_behind(peer, have)
        peer.topics.add(name)
        if channel.built is None or channel.building:
            self._build_soon(name, channel)
        else:
            self._offer(peer, name, channel)

    def unsubscribe(self, peer: Peer, name: str) -> None:
        """Stop telling a peer about a topic; one that nobody listens to any more is forgotten."""
        peer.topics.discard(name)
        peer.marked.discard(name)
        if (channel := self._of.get(name)) and channel.drop(peer):
            del self._of[name]

    def hold(self, peer: Peer) -> None:
        """The peer's transport holds what the network did not take: nothing more is sent to it until it has drained."""
        for name in peer.topics:
            channel = self._of[name]
            if peer.wire.send in channel.abreast:
                channel.fall_behind(peer, channel.built)
                self._mark(peer, name)

    def offer(self, peer: Peer, name: str) -> None:
        """Give a peer that has drained the newest of a topic."""
        if channel := self._of.get(name):
            self._offer(peer, name, channel)

    # -- changes -------------------------------------------------------------------------------------------

    def nudge(self, name: str, number: int) -> None:
        """Hear that a topic has reached a number; costs nothing when nobody here listens to it, or has it already."""
        if (channel := self._of.get(name)) and (channel.built is None or number > channel.built[1]):
            channel.wanted = max(channel.wanted, number)
            channel.heard_at = channel.heard_at or time.monotonic()
            self._build_soon(name, channel)

    def compare(self, epoch: str, current: dict[str, int]) -> None:
        """Catch up with what the database says."""
        for name, channel in list(self._of.items()):
            number = current.get(name, 0)
            if channel.built is None or channel.built[0] != epoch or number > channel.built[1]:
                channel.wanted = max(channel.wanted, number)
                self._build_soon(name, channel)

    def spoil(self) -> None:
        """Another history has begun: nothing that was built in the one before counts."""
        for channel in self._of.values():
            channel.spoil()

    def applied(self, name: str, version: Any) -> None:
        """Hear from a device that it has applied a version; how long that took counts for the newest alone."""
        if (channel := self._of.get(name)) and channel.sent_at and version == list(channel.built or ()):
            metrics.applied.observe(time.monotonic() - channel.sent_at)

    # -- documents -----------------------------------------------------------------------------------------

    def _build_soon(self, name: str, channel: Channel) -> None:
        if not channel.building:
            channel.building = True
            shared = len(channel.abreast) + len(channel.behind) > 1
            (self._shared if shared else self._single).add((name, channel))

    async def _build(self, asked: list[tuple[str, Channel]]) -> None:
        # Of a topic that everybody left meanwhile nothing is built, nor of one that somebody came back to: that has a channel
        # of its own, and is built in its own turn. So none is built twice at once, and none goes backwards.
        left = [(name, channel) for name, channel in asked if self._of.get(name) is channel]
        for _, channel in left:
            # Only what is heard after this line may be missing from what is read below. A number that the database
            # never reaches (another installation on the same backplane) is then looked for once, not for ever.
            channel.wanted = 0
            _note_wait(channel)
        while left:
            try:
                async with look(self._database) as db:
                    began = time.monotonic()
                    async for name, version, document in _documents(db, [name for name, _ in left]):
                        metrics.built.observe(time.monotonic() - began)
                        self._built(name, left[0][1], version, document)
                        del left[0]
                        began = time.monotonic()
            except Unavailable as error:  # for one as for all
                log.warning("topics_not_built", count=len(left), reason=str(error))
                while left:
                    self._not_built(*left.pop(0))
            except Exception:
                log.exception("topic_not_built", topic=next((name for name, _ in left), "none"))
                for name, channel in left[:1]:
                    self._not_built(name, channel)
                del left[:1]

    def _not_built(self, name: str, channel: Channel) -> None:
        """The sweep tries again in seconds; until then the peers keep what they have."""
        channel.building = False
        channel.spoil()

    def _built(self, name: str, channel: Channel, version: topics.Version, document: dict[str, Any]) -> None:
        try:
            self._publish(name, channel, version, document)
        finally:
            channel.building = False
        if version[1] < channel.wanted and self._of.get(name) is channel:
            self._build_soon(name, channel)

    def _publish(self, name: str, channel: Channel, version: topics.Version, document: dict[str, Any]) -> None:
        message = {"type": "topic", "topic": name, "version": version, "doc": document, "now": milliseconds()}
        payload = msgspec.json.encode(message)
        if len(payload) > topics.LARGEST_DOCUMENT:
            log.error("topic_too_large", topic=name, bytes=len(payload))
        before, channel.framed, channel.built = channel.built, frame(payload), version
        if version != before:
            with metrics.written.time():
                left = self._send_abreast(channel)
            channel.sent_at = time.monotonic()
            for peer, taken in left:
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
            if have == version and not channel.catch_up(peer):
                self._mark(peer, name)
            return False
        if not channel.framed:
            self._build_soon(name, channel)
            return False
        if peer.wire.buffered:
            self._mark(peer, name)
            return False
        peer.wire.write(channel.framed)
        if not channel.catch_up(peer):
            self._mark(peer, name)
        return True


def _note_wait(channel: Channel) -> None:
    if channel.heard_at:
        metrics.waited.observe(time.monotonic() - channel.heard_at)
        channel.heard_at = 0.0


async def _documents(db: AsyncSession, names: list[str]) -> AsyncIterator[tuple[str, topics.Version, dict[str, Any]]]:
    if len(names) > 1:
        async for found in topics.read_each(db, names):
            yield found
    else:
        yield names[0], *await topics.read(db, names[0])
