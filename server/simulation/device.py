"""What a screen and a tablet have in common: a token, a clock that is wrong, a line that breaks and comes back."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from random import Random
from typing import Any

import httpx
import msgspec

from server.simulation.backoff import pause
from server.simulation.clock import Clock, monotonic
from server.simulation.line import Line
from server.simulation.surroundings import Heard, Surroundings, decoded

SILENCE_MS = 45_000
HANDSHAKE_SECONDS = 15
STEADY_MS = 10_000
SLOW_READS = (0.5, 6.0)
SLOW_WORD = (0.3, 3.0)
"""Seconds that a slow link takes to read, and to get a word across."""
encode = msgspec.json.encode


class Device:
    """One virtual device. Nothing waits for it: it is called when bytes come, and each second by the fleet."""

    def __init__(self, id: str, token: str, surroundings: Surroundings, *, skew_ms: float, slow: bool) -> None:
        self.id, self.token, self.all = id, token, surroundings
        self.clock = Clock(skew_ms)
        self.slow = slow
        self.chance = Random(surroundings.chance.random())
        self.line: Line | None = None
        self.welcomed_at: float | None = None
        """When the line was let in (monotonic ms); None while there is none."""
        self.heard_at = 0.0
        self.failures = 0
        self.stopped = True
        self.on_back: list[Callable[[], None]] = []
        """Called once, at the next welcome."""
        self.asked: set[str] = set()
        self.versions: dict[str, list[Any]] = {}
        self._again: asyncio.TimerHandle | None = None
        self._trying = False
        self._deaf = False

    # -- what screens and tablets do in their own ways -----------------------------------------------------------------

    def wanted(self) -> list[str]:
        """The topics that it needs now."""
        raise NotImplementedError

    def took(self, heard: Heard, now: float) -> None:
        """A newer document came; `now` is the fleet's server time."""
        raise NotImplementedError

    def welcomed(self) -> None:
        """The line is up."""

    def second(self, now: float) -> None:
        """Called each second."""

    # -- the line ------------------------------------------------------------------------------------------------------

    @property
    def connected(self) -> bool:
        """Whether the server has let it in."""
        return self.welcomed_at is not None

    def start(self) -> None:
        """Come, or come back."""
        self.stopped = False
        self._connect()

    def leave(self, manner: str = "hang up") -> None:
        """Stay away until `start`: 'hang up' in good order, 'cut' without a word."""
        self.stopped = True
        if self._again:
            self._again.cancel()
        self.drop(manner)

    def drop(self, manner: str) -> None:
        """Lose the line, and come back by the player's own rule; 'deaf' neither reads nor writes and lets the other side find out."""
        if self.line is None:
            return
        if manner == "deaf":
            self._deaf = True
            self.line.sleep(SILENCE_MS / 1000 + 15)
        elif manner == "cut":
            self.line.cut()
        else:
            self.line.hang_up()

    def rouse(self) -> None:
        """Be deaf no more: give the line up at once, and come back."""
        if self._deaf and self.line:
            self.line.cut()

    def _connect(self) -> None:
        self._again = None
        if not (self.stopped or self.line or self._trying):
            self._trying, self._deaf = True, False
            self.all.begin(self._open())

    async def _open(self) -> None:
        parts = httpx.URL(self.all.address)
        tls = self.all.tls if parts.scheme == "https" else None
        address = f"{'wss' if tls else 'ws'}://{parts.netloc.decode()}/live"
        self.all.records.counts["connections tried"] += 1
        try:
            connecting = asyncio.get_running_loop().create_connection(
                lambda: Line(address, self), parts.host, parts.port or (443 if tls else 80), ssl=tls
            )
            _, line = await asyncio.wait_for(connecting, HANDSHAKE_SECONDS)
        except (OSError, TimeoutError) as error:
            self._trying = False
            self.all.records.refused[f"no connection: {type(error).__name__}"] += 1
            self._retry(None)
            return
        self._trying = False
        self.heard_at = monotonic()
        if self.stopped:
            line.cut()
        elif not line.transport.is_closing():
            self.line = line

    def opened(self, line: Line) -> None:
        """Say hello with what is at hand."""
        self.line = line
        have = self.have()
        self.asked = set(have)
        line.say(encode({"type": "hello", "token": self.token, "have": have}))

    def have(self) -> dict[str, list[Any] | None]:
        """Every topic that is wanted, with the version at hand."""
        return {name: self.versions.get(name) for name in self.wanted()}

    def closed(self, line: Line, code: int | None, reason: str) -> None:
        """Note why, and come back as the player does."""
        if line is not self.line and self.line is not None:
            return
        stood = monotonic() - self.welcomed_at if self.welcomed_at is not None else 0
        if self.welcomed_at is None and not self.stopped:
            why = reason or (f"closed with {code}" if code else "broke before the welcome")
            self.all.records.refused[why] += 1
        elif code not in (None, 1000, 1005):
            self.all.records.counts[f"closed by the server with {code}"] += 1
        self.line, self.welcomed_at = None, None
        if stood > STEADY_MS:
            self.failures = 0
        self._retry(code)

    def _retry(self, code: int | None) -> None:
        if self.stopped or self._again:
            return
        self.failures += 1
        wait = pause(code, self.failures, self.chance)
        self._again = asyncio.get_running_loop().call_later(wait, self._connect)

    def heard(self, line: Line, text: bytes) -> None:
        """Take up one message."""
        if line is not self.line or self._deaf:
            return
        now = monotonic()
        self.heard_at = now
        try:
            heard = decoded(text)
        except msgspec.DecodeError:
            self.all.records.errors["a message could not be read"] += 1
            return
        message = heard.message
        if message.now is not None:
            self.clock.heard(message.now)
            self.all.truth.heard(message.now)
        if message.type == "topic":
            self._take(heard)
        elif message.type == "beat":
            self.say({"type": "beat"})
        elif message.type == "welcome":
            self.welcomed_at = now
            self.all.records.counts["welcomes"] += 1
            self.welcomed()
            for call in self.on_back:
                call()
            self.on_back = []
        elif message.type == "denied":
            self.all.records.counts["topics denied"] += 1
        if self.slow and message.type == "topic" and self.line:
            self.line.sleep(self.chance.uniform(*SLOW_READS))

    def _take(self, heard: Heard) -> None:
        name, version = heard.message.topic, heard.message.version
        before = self.versions.get(name)
        if before and before[0] == version[0] and version[1] <= before[1]:
            self.all.records.counts["old documents"] += 1
            return
        self.versions[name] = version
        self.took(heard, self.all.truth.now())
        self.sync()

    def sync(self) -> None:
        """Bring the server's list of topics in line with what is wanted."""
        if not self.connected:
            return
        have = self.have()
        if over := self.asked - set(have):
            self.say({"type": "unsubscribe", "topics": sorted(over)})
            for name in over:
                self.versions.pop(name, None)
        if more := {name: version for name, version in have.items() if name not in self.asked}:
            self.say({"type": "subscribe", "have": more})
        self.asked = set(have)

    def say(self, message: dict[str, Any]) -> bool:
        """Send a message; on a slow link it gets there late, or not at all if the line breaks meanwhile."""
        line = self.line
        if line is None or not self.connected or self._deaf:
            return False
        if self.slow and message["type"] != "beat":
            wait = self.chance.uniform(*SLOW_WORD)
            asyncio.get_running_loop().call_later(wait, lambda: line.say(encode(message)))
            return True
        return line.say(encode(message))

    def listen(self) -> None:
        """Called each second: a line on which nothing was heard for 45 s is dead, whatever it says."""
        if self.line and monotonic() - self.heard_at > SILENCE_MS:
            self.all.records.counts["lines found silent"] += 1
            self.line.cut()

    async def patience(self) -> None:
        """What a slow link takes to get a request across."""
        if self.slow:
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(self.chance.uniform(*SLOW_WORD))
