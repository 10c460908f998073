"""tweepy's client for X, held so that nothing X sends or fails to send can end it unseen.

tweepy 4.17 has X's host in its code, dies silently on a line that is not JSON, reconnects at once and for ever when a
connection closes, and ignores when X says to come back. So one `Connection` here is one connection: whatever happens to
it becomes an `Outcome`, and when to make the next is decided by XSource.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from tweepy import HTTPException
from tweepy.asynchronous import AsyncClient, AsyncStreamingClient

from server.core.errors import VitrineError

FIELDS: dict[str, list[str]] = {
    "expansions": ["author_id", "attachments.media_keys"],
    "tweet_fields": [
        "attachments", "author_id", "created_at", "edit_history_tweet_ids", "entities", "in_reply_to_user_id", "lang",
        "note_tweet", "paid_partnership", "possibly_sensitive", "referenced_tweets", "withheld",
    ],
    "user_fields": [
        "created_at", "name", "profile_image_url", "protected", "public_metrics", "username", "verified",
    ],
    "media_fields": ["alt_text", "height", "media_key", "preview_image_url", "type", "url", "width"],
}  # fmt: skip
"""What is asked for with every post, on the stream, in look-ups and in searches."""

FATAL = frozenset({400, 401, 402, 403, 404})
"""Answers that somebody has to mend, here or at X; trying again soon is of no use."""
_LONGEST_LINE = 2**20
_LINES_AT_ONCE = 32
"""Lines of those that have come that are read until the rest of this process has its turn."""


class SourceUnavailable(VitrineError):
    """X could not be asked just now; nothing was changed or concluded, and asking again later is safe."""

    status = 503
    title = "X does not answer"


class SourceRefused(VitrineError):
    """X answered that it will not; says what the operator has to change. Asking again soon is of no use."""

    status = 502
    title = "X refuses"


@dataclass(frozen=True)
class Outcome:
    """How a connection ended. `status`: the HTTP answer that refused it; `reset_at`: when to return, in epoch s."""

    kind: str
    """'closed' by X, 'lost' on the way, 'stalled' without a sign of life, 'refused' by an answer, 'ended' by us."""
    detail: str = ""
    status: int | None = None
    reset_at: float | None = None
    crowded: bool = False
    """Whether X refused since another connection of ours is open, or was broken and X has not noticed yet."""


class BaseUrlSession:
    """An aiohttp session as far as tweepy uses one, that keeps path and query of an address and sets its own host."""

    def __init__(self, base: str, **options: Any) -> None:
        self._base = base.rstrip("/")
        self._session = aiohttp.ClientSession(**options)
        self.response: aiohttp.ClientResponse | None = None

    @property
    def closed(self) -> bool:
        return self._session.closed

    @property
    def headers(self) -> Any:
        return self._session.headers

    async def close(self) -> None:
        await self._session.close()

    @asynccontextmanager
    async def request(self, method: str, url: str, **options: Any) -> AsyncIterator[aiohttp.ClientResponse]:
        parts = urlsplit(str(url))
        # The token goes to this host only: a redirection is an answer, not an order.
        options |= {"allow_redirects": False}
        options["params"] = {key: _plain(value) for key, value in (options.get("params") or {}).items()}
        address = self._base + parts.path + (f"?{parts.query}" if parts.query else "")
        async with self._session.request(method, address, **options) as response:
            self.response = response
            yield response


class Connection(AsyncStreamingClient):
    """One connection to the filtered stream. `on_object` gets each JSON object and must not block."""

    def __init__(
        self,
        token: str,
        *,
        api_base: str,
        on_open: Callable[[], None],
        on_line: Callable[[], None],
        on_object: Callable[[dict], None],
        on_garbage: Callable[[], None],
        read_timeout: float,
    ) -> None:
        super().__init__(token)
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=read_timeout)
        self.session = BaseUrlSession(api_base, timeout=timeout, read_bufsize=_LONGEST_LINE // 2)
        self.outcome: Outcome | None = None
        self._on_open, self._on_line, self._on_object, self._on_garbage = on_open, on_line, on_object, on_garbage
        self._complaint, self._lines = "", 0

    def open(self) -> asyncio.Task:
        """Connect; the task ends, without an exception, when the connection does, and `outcome` says how."""
        return self.filter(**FIELDS)

    def end(self, outcome: Outcome) -> None:
        """Leave, for a reason of ours."""
        self.outcome = self.outcome or outcome
        self.disconnect()

    async def on_connect(self) -> None:
        kind = self.session.response.content_type if self.session.response else ""
        if kind == "text/html":
            self._over(Outcome("lost", "a web page answered where the X API should be"))
        self._on_open()

    async def on_keep_alive(self) -> None:
        self._on_line()

    async def on_data(self, raw_data: bytes) -> None:
        """Replaces tweepy's parser, which trusts every line; never raises."""
        self._on_line()
        self._lines += 1
        if self._lines % _LINES_AT_ONCE == 0:
            await asyncio.sleep(0)
        try:
            line = json.loads(raw_data)
        except (ValueError, RecursionError):
            line = None
        if not isinstance(line, dict):
            self._on_garbage()
        elif "data" not in line and "errors" in line:
            self._complaint = _problem(line)
        else:
            self._on_object(line)

    async def on_closed(self, resp: Any) -> None:
        self._over(Outcome("closed", self._complaint))

    async def on_connection_error(self) -> None:
        error = sys.exception()
        kind = "stalled" if isinstance(error, TimeoutError) else "lost"
        self._over(Outcome(kind, self._complaint or f"{type(error).__name__} {error}".strip()[:200]))

    async def on_request_error(self, status_code: int) -> None:
        body, reset_at = None, None
        if (response := self.session.response) is not None:
            body, reset_at = await _body(response), _reset_at(response)
        crowded = isinstance(body, dict) and body.get("connection_issue") == "TooManyConnections"
        self._over(Outcome("refused", _problem(body), status_code, reset_at, crowded))

    async def on_exception(self, exception: Exception) -> None:
        if not isinstance(exception, _Over):
            self.outcome = self.outcome or Outcome("lost", f"{type(exception).__name__} {exception}"[:200])

    async def on_disconnect(self) -> None:
        self.outcome = self.outcome or Outcome("ended")

    def _over(self, outcome: Outcome) -> None:
        """Leave tweepy's own loop, which would reconnect at a pace of its own."""
        self.outcome = self.outcome or outcome
        raise _Over


class _Over(Exception):
    """A way out of tweepy's loop; no error."""


class Rest:
    """Rules, look-up and search, each call in a session of its own, apart from the stream's."""

    def __init__(self, token: str, *, api_base: str, timeout: float = 30) -> None:
        self._token, self._base, self._timeout = token, api_base, timeout

    async def rules(self, call: Callable[[AsyncStreamingClient], Awaitable]) -> dict:
        """Call a verb of tweepy's rules; raises SourceUnavailable or SourceRefused."""
        return await self._ask(AsyncStreamingClient(self._token, return_type=dict), call)

    async def posts(self, call: Callable[[AsyncClient], Awaitable]) -> dict:
        """Call a verb of tweepy's posts; raises SourceUnavailable or SourceRefused."""
        return await self._ask(AsyncClient(self._token, return_type=dict), call)

    async def _ask(self, client: Any, call: Callable[[Any], Awaitable]) -> dict:
        client.session = BaseUrlSession(self._base, timeout=aiohttp.ClientTimeout(total=self._timeout))
        try:
            answer = await call(client)
        except HTTPException as error:
            words = " ".join(map(str, error.api_messages)) or str(error)
            raise _failure(error.response.status, words, self._base, _reset_at(error.response)) from error
        except aiohttp.ClientResponseError as error:
            raise _failure(error.status, error.message, self._base) from error
        except Exception as error:  # tweepy indexes into whatever came, so anything may be raised
            raise SourceUnavailable(f"X could not be asked: {type(error).__name__} {error}"[:300]) from error
        finally:
            await client.session.close()
        if not isinstance(answer, dict):
            raise SourceUnavailable("X answered with something that is no answer.")
        return answer


def advice(status: int | None, detail: str, api_base: str) -> str:
    """What an answer that refuses us means, and what to do about it, in plain words."""
    what = {
        400: "X does not understand the request. Update Vitrine if this goes on; if it is up to date, report this text",
        401: "X does not accept the bearer token. Make a new one in X's developer console and set it as"
        " VITRINE_X_BEARER_TOKEN, then restart Vitrine",
        402: "X says that the account has no credit left. Buy credit in X's developer console",
        403: "X knows the app but does not let it do this. In X's developer console, see that the app is active,"
        " belongs to a project and has credit",
        404: f"There is no X API at {api_base}. Correct VITRINE_X_API_BASE, then restart Vitrine",
    }.get(status or 0, f"X answered {status}")
    again = "Vitrine tries again every 15 minutes, and at once when a feed's tags or rules are changed"
    return f"{what}. {again}. (X says: {detail or 'nothing'})"


def _failure(status: int, detail: str, api_base: str, reset_at: float | None = None) -> VitrineError:
    if status in FATAL:
        return SourceRefused(advice(status, detail[:300], api_base), answer=status)
    return SourceUnavailable(f"X answered {status}: {detail[:300]}", answer=status, reset_at=reset_at)


async def _body(response: aiohttp.ClientResponse) -> Any:
    """What X says about its refusal, from no more than the first 4,000 bytes; None if that cannot be read."""
    try:
        return json.loads(await asyncio.wait_for(response.content.read(4_000), 5))
    except (ValueError, RecursionError, TimeoutError, aiohttp.ClientError):
        return None


def _reset_at(response: Any) -> float | None:
    return _number(response.headers.get("x-rate-limit-reset"))


def _problem(body: Any) -> str:
    """The words of a problem document, or of the first of a list of them."""
    if isinstance(body, dict) and isinstance(body.get("errors"), list) and body["errors"]:
        return _problem(body["errors"][0]) or _problem({**body, "errors": None})
    if not isinstance(body, dict):
        return ""
    words = (body.get("detail") or body.get("message"), body.get("title"))
    return " ".join(next((word for word in words if isinstance(word, str) and word), "").split())[:300]


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return None


def _plain(value: Any) -> Any:
    """aiohttp takes no booleans in a query, and tweepy sends some."""
    return str(value).lower() if isinstance(value, bool) else value
