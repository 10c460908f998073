"""Answers a request anew when the database took back all that it did for the sake of somebody else's change.

Nobody needs to hear of it: nothing had been kept. A request that had made something durable before is not done again,
nor one whose body is too large to be held.
"""

from contextlib import nullcontext

from litestar.types import ASGIApp, Message, Receive, Scope, Send

from server.core import lull
from server.core.database import TRIES, Tally, aside, tally

TAKEN_BACK = "vitrine_taken_back"
"""In the state of a request whose only trouble was somebody else's change."""
LARGEST_HELD = 256 * 1024
UNATTENDED = ("/api/plays", "/api/counts", "/api/sealed")
"""What devices tell by themselves: nobody stands there and waits."""


class Retried:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD"):
            await self.app(scope, receive, send)
            return
        with nullcontext() if scope["path"] in UNATTENDED else lull.requests.one():
            await self._answer(scope, _Body(receive), send)

    async def _answer(self, scope: Scope, body: "_Body", send: Send) -> None:
        for attempt in range(TRIES):
            one = _Attempt(scope, body, send, last=attempt == TRIES - 1)
            token = tally.set(one.made)
            try:
                await self.app(one.scope, body.again(), one.send)
            finally:
                tally.reset(token)
            if not one.dropped:
                return
            await aside(attempt)


class _Attempt:
    """One try: its answer is sent, or dropped for the next try's."""

    def __init__(self, scope: Scope, body: "_Body", send: Send, *, last: bool) -> None:
        # What one try leaves in the scope, such as the body as it was read, is not the next one's.
        self.scope: Scope = {**scope, "state": dict(scope.get("state") or {})}  # type: ignore[typeddict-item]
        self.made = Tally()
        self.dropped = False
        self._body, self._send, self._last = body, send, last

    async def send(self, message: Message) -> None:
        """Take a message of the answer."""
        if message["type"] == "http.response.start" and not self._last:
            taken_back = TAKEN_BACK in self.scope["state"]
            self.dropped = taken_back and not self.made.commits and self._body.held is not None
        if not self.dropped:
            await self._send(message)


class _Body:
    """A request's body, as it came, held as long as it is small."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self.held: list[Message] | None = []
        self._size = 0

    def again(self) -> Receive:
        """What gives all of it from its beginning."""
        before = list(self.held or ())

        async def receive() -> Message:
            return before.pop(0) if before else await self._next()

        return receive  # type: ignore[return-value]

    async def _next(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request" and self.held is not None:
            self._size += len(message.get("body", b""))
            self.held = [*self.held, message] if self._size <= LARGEST_HELD else None
        return message
