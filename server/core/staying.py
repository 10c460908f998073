"""Who that was let in may stay: judged again when the number of their own topic grows, on whichever process holds them."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from server.core import topics
from server.core.channels import Channels
from server.core.database import Database
from server.core.errors import Unavailable
from server.core.lanes import Lane
from server.core.looking import look
from server.core.peers import REFUSED, Peer

log = structlog.get_logger()
PEOPLE_SECONDS = 30
JUDGED_AT_ONCE, PEOPLE_AT_ONCE = 4, 2
StillWelcome = Callable[[Any, topics.Reader], Awaitable[bool]]


class Staying:
    """The peers of a process by whose they are."""

    def __init__(
        self,
        database: Database,
        channels: Channels,
        still_welcome: StillWelcome,
        part: Callable[[Peer, int, str], None],
    ) -> None:
        self._database, self._channels = database, channels
        self._still_welcome, self._part = still_welcome, part
        self._peers: dict[str, set[Peer]] = {}
        self._numbers: dict[str, int] = {}
        """As of which number of their own topic each was let in, or judged: read in the snapshot that said so, never heard
        of. -1 where that has to be said again."""
        self._due: set[str] = set()
        """Who waits to be judged."""
        self._judged = Lane(self._judge_each, tasks=JUDGED_AT_ONCE, at_once=1)
        self._people = Lane(self._judge_each, tasks=PEOPLE_AT_ONCE, at_once=1)
        """Those of whom nothing was heard, and of whom there may be thousands: nobody who is revoked waits behind them."""
        self._people_judged_at = time.monotonic()

    def __len__(self) -> int:
        return len(self._peers)

    @property
    def names(self) -> list[str]:
        """The topics of those who are here."""
        return list(self._peers)

    @property
    def idle(self) -> bool:
        """Whether nobody is being judged."""
        return self._judged.idle and self._people.idle

    def count(self, reader: topics.Reader) -> int:
        """How many sockets this reader has here."""
        return len(self._peers.get(reader.topic, ()))

    def stop(self) -> None:
        """Judge nobody any more."""
        self._judged.stop()
        self._people.stop()

    def welcome(self, peer: Peer) -> None:
        """Take a peer in."""
        self._peers.setdefault(peer.reader.topic, set()).add(peer)

    def leave(self, peer: Peer) -> None:
        """Forget a peer."""
        others = self._peers.get(peer.reader.topic, set())
        others.discard(peer)
        if not others:
            self._peers.pop(peer.reader.topic, None)
            self._numbers.pop(peer.reader.topic, None)

    def vouch(self, reader: topics.Reader, number: int) -> None:
        """Say as of which number of its own topic a reader was let in. Had or has it changed since, it is judged again."""
        if reader.topic not in self._peers:  # let go meanwhile
            return
        known = self._numbers.setdefault(reader.topic, number)
        if number < 0 or number != known:
            self._numbers[reader.topic] = min(number, known)
            self._judge_soon(reader.topic)

    def nudge(self, name: str, number: int) -> None:
        """Hear that a topic has reached a number."""
        if name in self._peers and number > self._numbers.get(name, -1):
            self._judge_soon(name)

    def renew(self) -> None:
        """Another history has begun: nothing that was judged in the one before counts."""
        self._numbers = dict.fromkeys(self._numbers, -1)

    def compare(self, current: dict[str, int]) -> None:
        """Judge those whose number has grown, and people now and then, since sessions end by the clock."""
        for name in self._peers:
            known = self._numbers.get(name, -1)
            if known < 0 or current.get(name, known) != known:  # who came in meanwhile is not in `current`
                self._judge_soon(name)
        if time.monotonic() - self._people_judged_at > PEOPLE_SECONDS and self._people.idle:
            self._people_judged_at = time.monotonic()
            for name in self._peers:
                if not name.startswith("device:"):
                    self._people.add(name)

    def _judge_soon(self, name: str) -> None:
        if name not in self._due:
            self._due.add(name)
            self._judged.add(name)

    async def _judge_each(self, names: list[str]) -> None:
        for name in names:
            self._due.discard(name)  # what is heard of from here on may not be read below
            try:
                await self._judge(name)
            except Exception as error:
                # Whoever may have to go must not stay because the database did not answer: the sweep asks again.
                bug = not isinstance(error, Unavailable)
                log.warning("access_not_judged", kind=name.partition(":")[0], reason=str(error)[:200], exc_info=bug)
                if name in self._peers:
                    self._numbers[name] = -1

    async def _judge(self, name: str) -> None:
        if name not in self._peers:
            return
        async with look(self._database) as db:
            number = (await topics.numbers(db, [name])).get(name, 0)
            if not (peers := list(self._peers.get(name, ()))):
                return
            # Before anybody is looked at: who is let in or subscribes from here on as of an older number is judged again.
            self._numbers[name] = number
            welcome = await self._still_welcome(db, peers[0].reader)
            refused = [
                (peer, topic)
                for peer in peers
                for topic in list(peer.topics)
                if not welcome or not await topics.may_read(db, peer.reader, topic)
            ]
        if welcome and refused:
            await self._written(refused)
            async with look(self._database) as db:  # some may have been let in again meanwhile
                refused = [
                    (peer, topic)
                    for peer, topic in refused
                    if topic in peer.topics and not await topics.may_read(db, peer.reader, topic)
                ]
        for peer, topic in refused:
            self._channels.unsubscribe(peer, topic)
            peer.say({"type": "denied", "topic": topic})
        if not welcome:
            for peer in peers:
                self._part(peer, REFUSED, "This device or session was ended.")

    async def _written(self, refused: list[tuple[Peer, str]]) -> None:
        """Wait for what is being built for these peers: a document that names another topic goes before the refusal of the
        one that it named before, so that a screen never stands between two loops."""
        names = {name for peer, _ in refused for name in peer.topics}
        for _ in range(50):
            if not self._channels.building(names):
                return
            await asyncio.sleep(0.02)
