"""What one socket says, and what is done about it; no task waits for it, since most sockets only listen.

The first message is a hello. Who says it is looked up a few sockets at a time: when 5,000 screens come back at once,
those that wait cost little.
"""

import asyncio
import re
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import msgspec
import structlog

from server.core import topics
from server.core.clock import milliseconds
from server.core.database import Database
from server.core.errors import BadInput, SignInNeeded, TooMany
from server.core.hub import BAD_MESSAGE, REFUSED, SILENT, SLOW, SLOW_BYTES, TOO_MANY, TOPICS_A_PEER, Hub, Peer
from server.core.wire import Wire

log = structlog.get_logger()
GREETING_SECONDS = 10
GREETED_AT_ONCE = 16
TOPIC = re.compile(r"[a-z]{1,20}(:[A-Za-z0-9._-]{1,80})?")
LARGEST_MESSAGE = 16 * 1024
AT_ONCE, A_SECOND = 200.0, 20.0
"""Messages that a peer may send at once, and for good: whoever talks without end is closed before it costs the others."""


class Message(msgspec.Struct):
    """Any message of a client; the fields that its type does not use stay empty."""

    type: str
    token: str = ""
    as_: str = msgspec.field(name="as", default="")
    """Whom a browser's cookies shall speak for, where it has those of several: empty is staff."""
    have: dict[str, Any] = {}
    topics: list[str] = []


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, as of which number of their own topic: when it grows, they may have lost what they had."""

    reader: topics.Reader
    number: int


_CODES = {SignInNeeded: REFUSED, TooMany: TOO_MANY, BadInput: BAD_MESSAGE}
_decode = msgspec.json.Decoder(Message).decode
Identify = Callable[[Message], Awaitable[Caller]]
"""Who says this hello. Raises SignInNeeded."""
Report = Callable[[topics.Reader, dict[str, Any]], None]
reports: dict[str, Report] = {}
"""Message types that packages above take from their devices, such as 'applied'; they must not block or raise."""
presence: list[Callable[[topics.Reader, bool, str], None]] = []
"""Told when a device's socket opens and closes, with what its browser calls itself."""


class Door:
    """Where the messages of all sockets that need the database are answered, so many at a time."""

    def __init__(self, hub: Hub, database: Database) -> None:
        self.hub, self.database = hub, database
        self._waiting: deque[Callable[[], Awaitable[None]]] = deque()
        self._tasks: set[asyncio.Task[None]] = set()

    def knock(self, answer: Callable[[], Awaitable[None]]) -> None:
        """Have this done in its turn. It must not raise."""
        self._waiting.append(answer)
        if len(self._tasks) < GREETED_AT_ONCE:
            task = asyncio.get_running_loop().create_task(self._work())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _work(self) -> None:
        while self._waiting:
            await self._waiting.popleft()()


class Conversation:
    """One socket's messages, taken up in the order in which they came."""

    __slots__ = (
        "_browser", "_budget", "_busy", "_door", "_heard_at", "_identify", "_late", "_open", "_peer", "_said", "_wire",
    )  # fmt: skip

    def __init__(self, door: Door, wire: Wire, identify: Identify, browser: str) -> None:
        self._door, self._wire = door, wire
        self._identify: Identify | None = identify
        """Held until the hello is answered, and the request with it."""
        self._browser = browser
        """What it calls itself."""
        self._peer: Peer | None = None
        self._open, self._busy = True, False
        self._budget, self._heard_at = AT_ONCE, time.monotonic()
        self._said: list[str] = []
        """What came while an earlier message was being answered."""
        self._late = asyncio.get_running_loop().call_later(GREETING_SECONDS, self._end, SILENT, "No hello came.")

    def heard(self, text: str) -> None:
        """Take up one message."""
        moment, before = time.monotonic(), self._heard_at
        self._heard_at = moment
        self._budget = min(AT_ONCE, self._budget + (moment - before) * A_SECOND) - 1
        if self._peer:
            self._peer.heard_at = moment
        if self._budget < 0:
            self._end(TOO_MANY, "Too many messages.")
        elif self._wire.buffered > SLOW_BYTES:  # asks and asks, and does not read the answers
            self._end(SLOW, "Not reading fast enough.")
        elif self._busy:
            self._said.append(text)
        else:
            self._take(text)

    def full(self) -> None:
        """The transport holds what the network did not take yet."""
        if self._peer and self._open:
            self._door.hub.hold(self._peer)

    def gone(self) -> None:
        """The socket is closed, or is being closed by us."""
        self._late.cancel()
        self._said.clear()
        if self._open:
            self._open = False
            if self._peer:
                self._door.hub.leave(self._peer)
                _tell(self._peer.reader, False, "")

    def _end(self, code: int, reason: str) -> None:
        """Forget the peer before saying goodbye: nothing may be written behind it."""
        self.gone()
        self._wire.close(code, reason)

    def _take(self, text: str) -> None:
        try:
            message = parse(text)
            if self._identify and message.type != "hello":
                raise BadInput("The first message has to be a hello.")
            if self._identify or message.type == "subscribe":
                self._busy = True
                self._late.cancel()
                self._door.knock(lambda: self._answer(message))
            elif self._peer and message.type == "unsubscribe":
                for name in message.topics:
                    self._door.hub.unsubscribe(self._peer, name)
            elif self._peer and self._peer.reader.kind == "device" and message.type in reports:
                reports[message.type](self._peer.reader, parse(text, msgspec.json.decode))
        except BadInput as error:
            self._end(BAD_MESSAGE, str(error))

    async def _answer(self, message: Message) -> None:
        try:
            if self._open and self._identify:
                self._welcome(await self._identify(message))
            if self._open and self._peer:
                await self._subscribe(self._peer, message.have)
        except (SignInNeeded, TooMany, BadInput) as error:
            self._end(_CODES[type(error)], str(error))
        except Exception as error:
            log.error("socket_failed", reason=repr(error))
            self._end(BAD_MESSAGE, "That went wrong here.")
        self._busy = False
        while self._said and not self._busy:
            self._take(self._said.pop(0))

    def _welcome(self, caller: Caller) -> None:
        self._identify = None
        if not self._open:
            return
        self._peer = Peer(caller.reader, self._wire)
        self._door.hub.welcome(self._peer)
        self._door.hub.vouch(caller.reader, caller.number)
        _tell(caller.reader, True, self._browser)
        self._browser = ""
        self._peer.say({"type": "welcome", "now": milliseconds(), "epoch": self._door.hub.epoch})

    async def _subscribe(self, peer: Peer, have: dict[str, Any]) -> None:
        hub = self._door.hub
        wanted = {name: _version(value) for name, value in have.items() if name not in peer.topics}
        if not wanted:
            return
        if len(peer.topics) + len(wanted) > TOPICS_A_PEER:
            raise BadInput(f"At most {TOPICS_A_PEER} topics on one socket.")
        async with self._door.database.snapshot() as db:
            principal = peer.reader.topic
            number = (await topics.numbers(db, [principal])).get(principal, 0)
            allowed = {name: await topics.may_read(db, peer.reader, name) for name in wanted if TOPIC.fullmatch(name)}
        for name, version in wanted.items():
            if allowed.get(name):
                hub.subscribe(peer, name, version)
            else:
                peer.say({"type": "denied", "topic": name[:120]})
        hub.vouch(peer.reader, number)


def parse(text: str | bytes, decode: Callable[[str | bytes], Any] = _decode) -> Any:
    """A message of a client. Raises BadInput."""
    if len(text) > LARGEST_MESSAGE:
        raise BadInput("That message is too large.")
    try:
        return decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise BadInput(f"That message cannot be read: {error}") from None


def _version(value: Any) -> topics.Version | None:
    if isinstance(value, list) and len(value) == 2 and isinstance(value[0], str) and isinstance(value[1], int):
        return (value[0], value[1])
    return None


def _tell(reader: topics.Reader, open: bool, browser: str) -> None:
    for call in presence:
        call(reader, open, browser)
