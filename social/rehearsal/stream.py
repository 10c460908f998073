"""The replica's filtered stream: keep-alives, one connection at a time, limits with X's headers, and misbehaviour.

`misbehave` does to the connection, or to the next one, what networks and X have done to others:

    garbage     a line that is not JSON          huge        a line of `bytes` (300,000) that is a post nobody reads
    cut         the connection is torn           close       it is ended in order
    stall       nothing for `seconds` (60), no keep-alive either
    trickle     one byte at a time, no line ever ended, for `seconds` (60)
    disconnect  X's own message of an operational disconnect, then the end
    duplicates  the last `count` (3) posts once more
    nameless, tagless, textless     the next post comes without its author's name, its rule's tag, its text
    listed      the next post comes in a list
    refuse      the next `times` (1) connections get `status` (503), with `reset` (seconds until X wants us back); cuts
    html        the next `times` (1) connections get a web page with status 200; cuts
    slam        the next `times` (1) connections are opened and ended at once; cuts
    crowd       the next `times` (1) connections are refused as if another of ours were still open; cuts
    unsearched  the next `times` (1) searches get `status` (429), with `reset` (seconds until X wants us back)
"""

import asyncio
import json
from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import Any

from aiohttp import web

from server.core.errors import BadInput

_WINDOW = 900
_HEADERS = {"Content-Type": "application/json; charset=utf-8"}
_MOST_WAITING = 5_000


class Stream:
    """Who is connected, what goes out to them, and what goes wrong on purpose."""

    def __init__(self, *, now: Callable[[], datetime], keep_alive: float, connects: int) -> None:
        self._now, self._keep_alive, self._connects = now, keep_alive, connects
        self._open: dict[asyncio.Queue, web.Request] = {}
        self._recent: deque[dict] = deque(maxlen=200)
        self._refusals: deque[dict] = deque()
        self._searches: deque[dict] = deque()
        self._spoilers: deque[Callable[[dict], Any]] = deque()
        self.attempts: deque[datetime] = deque(maxlen=1_000)
        """When connections were asked for."""
        self.queries: deque[dict] = deque(maxlen=50)
        """What they asked for."""

    @property
    def listeners(self) -> int:
        """Connections that are open."""
        return len(self._open)

    def note_attempt(self) -> None:
        """Count an attempt to connect, whatever became of it."""
        self.attempts.append(self._now())

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer one request for the stream, for as long as it lasts."""
        self.note_attempt()
        self.queries.append(dict(request.query))
        if refusal := self._refusal():
            return refusal
        response = web.StreamResponse(headers=_HEADERS | self._limits())
        await response.prepare(request)
        queue: asyncio.Queue = asyncio.Queue(_MOST_WAITING)
        self._open[queue] = request
        try:
            await self._write(response, queue)
        finally:
            del self._open[queue]
        return response

    def send(self, payload: dict) -> None:
        """One post to all who are connected. One who does not read loses posts, as with X."""
        self._recent.append(payload)
        self._put(self._spoilers.popleft()(payload) if self._spoilers else payload)

    def misbehave(self, how: str, /, **more: Any) -> None:
        """See the module's words; raises BadInput for a misbehaviour it does not know."""
        act = getattr(self, f"_do_{how}", None)
        if act is None:
            known = sorted(name.removeprefix("_do_") for name in dir(self) if name.startswith("_do_"))
            raise BadInput(f"‘{str(how)[:40]}’ is no misbehaviour. There are: {', '.join(known)}.")
        try:
            act(**more)
        except (TypeError, ValueError) as error:
            raise BadInput(f"‘{how}’ cannot be done so: {error}") from None

    def cut(self) -> None:
        """Tear every open connection."""
        for request in list(self._open.values()):
            if request.transport:
                request.transport.abort()

    def _put(self, item: Any) -> None:
        for queue in self._open:
            if not queue.full():
                queue.put_nowait(item)

    async def _write(self, response: web.StreamResponse, queue: asyncio.Queue) -> None:
        while True:
            try:
                item = await asyncio.wait_for(queue.get(), self._keep_alive)
            except TimeoutError:
                item = b"\r\n"
            if item is None:
                return
            if isinstance(item, Pause):
                await item.on(response)
            else:
                await response.write(item if isinstance(item, bytes) else _line(item))

    def _refusal(self) -> web.Response | None:
        if self._refusals:
            return web.Response(**self._refusals.popleft())
        since = self._now().timestamp() - _WINDOW
        tries = [moment.timestamp() for moment in self.attempts if moment.timestamp() > since]
        if len(tries) > self._connects:
            return _problem(429, "Too Many Requests", "Too many connections in 15 minutes.", self._limits())
        return self._crowded() if self._open else None

    def search_refusal(self) -> web.Response | None:
        """What the next search gets instead of posts."""
        return web.Response(**self._searches.popleft()) if self._searches else None

    def _crowded(self) -> web.Response:
        words = "This stream is currently at the maximum allowed connection limit."
        return _problem(429, "ConnectionException", words, self._limits(), connection_issue="TooManyConnections")

    def _limits(self, reset: float | None = None) -> dict[str, str]:
        """X's three headers."""
        now = self._now().timestamp()
        tries = [moment.timestamp() for moment in self.attempts if moment.timestamp() > now - _WINDOW]
        until = now + reset if reset is not None else min(tries, default=now) + _WINDOW
        left = 0 if reset is not None else max(0, self._connects - len(tries))
        return {
            "x-rate-limit-limit": str(self._connects),
            "x-rate-limit-remaining": str(left),
            "x-rate-limit-reset": str(int(until)),
        }

    def _do_garbage(self) -> None:
        self._put(b"<<< this is no JSON >>>\r\n")

    def _do_huge(self, bytes: int = 300_000) -> None:
        self._put({"data": {"id": "1", "text": "x" * min(int(bytes), 5_000_000)}})

    def _do_cut(self) -> None:
        self.cut()

    def _do_close(self) -> None:
        self._put(None)

    def _do_stall(self, seconds: float = 60) -> None:
        self._put(Pause(float(seconds)))

    def _do_trickle(self, seconds: float = 60) -> None:
        self._put(Pause(float(seconds), drip=b" ", every=self._keep_alive))

    def _do_disconnect(self) -> None:
        words = "This stream has been disconnected for operational reasons."
        kind = "https://api.twitter.com/2/problems/operational-disconnect"
        error = {"title": "operational-disconnect", "disconnect_type": "UpstreamOperationalDisconnect"}
        self._put({"errors": [{**error, "detail": words, "type": kind}]})
        self._put(None)

    def _do_duplicates(self, count: int = 3) -> None:
        for payload in list(self._recent)[-int(count) :]:
            self._put(payload)

    def _do_nameless(self) -> None:
        self._spoilers.append(lambda post: _without(post, "includes", "users", 0, "name"))

    def _do_tagless(self) -> None:
        self._spoilers.append(lambda post: _without(post, "matching_rules", 0, "tag"))

    def _do_textless(self) -> None:
        self._spoilers.append(lambda post: _without(post, "data", "text"))

    def _do_listed(self) -> None:
        self._spoilers.append(lambda post: [post])

    def _do_refuse(self, status: int = 503, times: int = 1, reset: float | None = None, detail: str = "") -> None:
        self._refuse(self._answer(status, reset, detail), times)

    def _do_crowd(self, times: int = 1) -> None:
        answer = self._crowded()
        whole = {"status": answer.status, "body": answer.body, "content_type": answer.content_type}
        self._refuse({**whole, "headers": self._limits()}, times)

    def _do_unsearched(self, status: int = 429, times: int = 1, reset: float | None = None) -> None:
        self._searches.extend([self._answer(status, reset, "")] * min(int(times), 1_000))

    def _answer(self, status: int, reset: float | None, detail: str) -> dict:
        body = {"title": "Refused", "detail": str(detail) or "Refused by the rehearsal.", "status": int(status)}
        answer = {"status": int(status), "body": json.dumps(body).encode(), "content_type": "application/problem+json"}
        return {**answer, "headers": self._limits(reset) if reset is not None else {}}

    def _do_html(self, times: int = 1) -> None:
        page = b"<!doctype html>\n<title>Welcome to the hotel</title>\n<p>Sign in to use the network.\n"
        self._refuse({"status": 200, "body": page, "content_type": "text/html"}, times)

    def _do_slam(self, times: int = 1) -> None:
        self._refuse({"status": 200, "body": b"", "content_type": "application/json"}, times)

    def _refuse(self, answer: dict, times: int) -> None:
        self._refusals.extend([answer] * min(int(times), 1_000))
        self.cut()


class Pause:
    """A time in which the stream says nothing, or drips what never ends a line."""

    def __init__(self, seconds: float, *, drip: bytes = b"", every: float = 0) -> None:
        self._seconds, self._drip, self._every = seconds, drip, every or seconds

    async def on(self, response: web.StreamResponse) -> None:
        """Let it pass."""
        left = self._seconds
        while left > 0:
            await asyncio.sleep(min(self._every, left))
            left -= self._every
            await response.write(self._drip)


def _line(item: Any) -> bytes:
    return json.dumps(item, ensure_ascii=False).encode(errors="surrogatepass") + b"\r\n"


def _without(payload: dict, *path: Any) -> dict:
    copy = json.loads(json.dumps(payload))
    spot = copy
    for step in path[:-1]:
        spot = spot[step]
    spot.pop(path[-1], None)
    return copy


def _problem(status: int, title: str, detail: str, headers: dict[str, str], **more: str) -> web.Response:
    body = {"title": title, "detail": detail, "status": status, "type": "about:blank", **more}
    return web.json_response(body, status=status, headers=headers, content_type="application/problem+json")
