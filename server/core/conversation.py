"""What one socket says, and what is done about it; no task waits for it, since most sockets only listen."""

import asyncio
import re
import time
from collections.abc import Callable
from typing import Any

import msgspec
import structlog
from litestar.connection import ASGIConnection

from server.core import topics
from server.core.clock import milliseconds
from server.core.door import Answer, Door, Hello, Message, Question
from server.core.errors import BadInput, SignInNeeded, TooMany
from server.core.patience import SLOW_BYTES
from server.core.peers import AGAIN, BAD_MESSAGE, REFUSED, SILENT, SLOW, TOO_MANY, Peer
from server.core.wire import Wire

log = structlog.get_logger()
GREETING_SECONDS = 10
ANSWER_SECONDS = 20
"""How long a hello waits for a database that is away; who sent it waits 45 s for a word."""
TOPICS_A_PEER = 64
SOCKETS_A_READER = 50
"""On one process: a device has one or two, and some that have not noticed yet that their network is gone."""
TOPIC = re.compile(r"[a-z]{1,20}(:[A-Za-z0-9._-]{1,80})?")
LARGEST_MESSAGE = 16 * 1024
AT_ONCE, A_SECOND = 200.0, 20.0
"""Messages that a peer may send at once, and for good: whoever talks without end is closed before it costs the others."""
_CODES = {SignInNeeded: REFUSED, TooMany: TOO_MANY, BadInput: BAD_MESSAGE}
_decode = msgspec.json.Decoder(Message).decode
Report = Callable[[topics.Reader, dict[str, Any]], None]
reports: dict[str, Report] = {}
"""Message types that packages above take from their devices, such as 'applied'; they must not block or raise."""
presence: list[Callable[[topics.Reader, bool, str], None]] = []
"""Told when a device's socket opens and closes, with what its browser calls itself."""


class Conversation:
    """One socket's messages, taken up in the order in which they came."""

    __slots__ = (
        "_asked", "_budget", "_connection", "_door", "_heard_at", "_late", "_open", "_peer", "_said", "_wire",
    )  # fmt: skip

    def __init__(self, door: Door, wire: Wire, connection: ASGIConnection) -> None:
        self._door, self._wire = door, wire
        self._connection: ASGIConnection | None = connection
        """Held until the hello is answered, for its cookies."""
        self._peer: Peer | None = None
        self._open = True
        self._asked: dict[str, Any] | None = None
        """What is being asked for, with the version at hand, while an answer is waited for."""
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
        elif self._asked is not None:
            self._said.append(text)
        else:
            self._take(text)

    def full(self) -> None:
        """The transport holds what the network did not take yet."""
        if self._peer and self._open:
            self._door.hub.channels.hold(self._peer)

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
            if not self._peer and message.type != "hello":
                raise BadInput("The first message has to be a hello.")
            if not self._peer or message.type == "subscribe":
                self._ask(message)
            elif message.type == "unsubscribe":
                for name in message.topics:
                    self._door.hub.channels.unsubscribe(self._peer, name)
            elif self._peer.reader.kind == "device" and message.type in reports:
                self._report(self._peer, message.type, parse(text, msgspec.json.decode))
        except BadInput as error:
            self._end(BAD_MESSAGE, str(error))

    def _report(self, peer: Peer, kind: str, said: dict[str, Any]) -> None:
        name = said.get("topic")
        if kind == "applied" and isinstance(name, str) and name in peer.topics:
            self._door.hub.channels.applied(name, said.get("version"))
        reports[kind](peer.reader, said)

    def _ask(self, message: Message) -> None:
        had = self._peer.topics if self._peer else ()
        asked = {name: value for name, value in message.have.items() if name not in had}
        if len(had) + len(asked) > TOPICS_A_PEER:
            raise BadInput(f"At most {TOPICS_A_PEER} topics on one socket.")
        if self._peer and not asked:
            return
        self._asked = asked
        self._late.cancel()
        self._late = asyncio.get_running_loop().call_later(
            ANSWER_SECONDS, self._end, AGAIN, "The database does not answer."
        )
        who = self._peer.reader if self._peer else Hello(self._connection, message.token, message.as_)
        self._door.ask(Question(who, [name for name in asked if TOPIC.fullmatch(name)], self._answered, self._waits))

    def _waits(self) -> bool:
        return self._open

    def _answered(self, answer: Answer | Exception) -> None:
        asked, self._asked = self._asked or {}, None
        self._late.cancel()
        if not self._open:
            return
        try:
            if isinstance(answer, Exception):
                raise answer
            peer = self._peer or self._welcome(answer)
            self._subscribe(peer, asked, answer)
        except (SignInNeeded, TooMany, BadInput) as error:
            self._end(_CODES[type(error)], str(error))
        except Exception as error:
            log.error("socket_failed", reason=repr(error))
            self._end(AGAIN, "That went wrong here. Come back in a moment.")
        while self._said and self._asked is None:
            self._take(self._said.pop(0))

    def _welcome(self, answer: Answer) -> Peer:
        hub, connection = self._door.hub, self._connection
        if hub.staying.count(answer.reader) >= SOCKETS_A_READER:
            raise TooMany("Too many connections.")
        self._connection = None
        self._peer = Peer(answer.reader, self._wire)
        hub.welcome(self._peer, answer.number)
        _tell(answer.reader, True, connection.headers.get("user-agent", "") if connection else "")
        self._peer.say({"type": "welcome", "now": milliseconds(), "epoch": hub.epoch})
        return self._peer

    def _subscribe(self, peer: Peer, asked: dict[str, Any], answer: Answer) -> None:
        for name, have in asked.items():
            if name in answer.allowed:
                self._door.hub.subscribe(peer, name, _version(have), answer.allowed[name])
            else:
                peer.say({"type": "denied", "topic": name[:120]})
        self._door.hub.staying.vouch(peer.reader, answer.number)


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
