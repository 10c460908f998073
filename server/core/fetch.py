"""Fetching from outside: one URL, so guarded that nobody can make this server read what only this server can reach.

A feed or a catalogue names addresses that a stranger may have written. So the name is resolved by us, every address it
has is judged, and the connection goes to the very address that was judged: there is no second look-up that could
answer differently (DNS rebinding). Name, SNI and certificate check stay those of the URL. Redirects are followed by
hand and judged again; time and size have an end; environment proxies and cookies do not exist.
"""

import asyncio
import re
import ssl
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import httpcore
import httpx

from server.core import room
from server.core.guard import (
    FetchError,
    FetchFailed,
    FetchRefused,
    Guard,
    HostRefused,
    Limits,
    NotReached,
    Pinned,
    Resolver,
    UrlRefused,
    parse,
    port_of,
    resolve,
    short,
)
from server.core.unpack import Damaged, Unpack

__all__ = [
    "FEED",
    "PICTURE",
    "FetchError",
    "FetchFailed",
    "FetchRefused",
    "Fetched",
    "HostRefused",
    "Limits",
    "NotReached",
    "RedirectRefused",
    "TooLarge",
    "TooSlow",
    "UrlRefused",
    "fetch",
]

USER_AGENT = "Vitrine/1 (catalogue and picture fetcher)"
LONGEST_VALIDATOR = 500  # characters kept of an ETag; one cut short only costs a full answer
PICTURE = Limits()
FEED = Limits(seconds=300, max_bytes=512 * 1024 * 1024)


class RedirectRefused(FetchRefused):
    """Too many redirects, one without a target, or one from https to http."""


class TooLarge(FetchRefused):
    """The body, unpacked, is longer than the limit."""


class TooSlow(FetchFailed):
    """The whole did not arrive within the time limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What came: `body`, or, where a file was asked for, its `path` (then `body` is empty). Sizes in bytes.

    `unchanged` is true when the server said that what `etag` or `last_modified` name is still current; then there is
    no body. `content_type` is lower case without parameters, and no more than a claim.
    """

    final_url: str
    content_type: str
    charset: str
    body: bytes
    path: Path | None
    size: int
    etag: str | None
    last_modified: str | None
    unchanged: bool


async def fetch(
    url: str,
    *,
    limits: Limits = PICTURE,
    allow_private: bool = False,
    allow: Collection[str] = (),
    etag: str | None = None,
    last_modified: str | None = None,
    into: Path | None = None,
    resolver: Resolver = resolve,
    tls: ssl.SSLContext | None = None,
) -> Fetched:
    """GET a URL from outside, following redirects, with every address judged before it is connected to.

    `allow_private` lets in private networks and loopback (a shop's own feed server); `allow` does so for exact
    `host:port` pairs only, whatever the port. Link-local addresses, where clouds keep their secrets, are never let in.
    With `into` the body is written to that file, which is removed again on failure. Raises FetchRefused when this
    server will not, FetchFailed when the other side did not.
    """
    guard = Guard(limits, allow_private, frozenset(pair.lower() for pair in allow), resolver)
    tried = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    headers = {"User-Agent": USER_AGENT, "Accept": "*/*", "Accept-Encoding": "gzip, deflate"}
    headers |= {name: value for name, value in tried.items() if value and value.isascii() and value.isprintable()}
    start = parse(url)
    try:
        async with asyncio.timeout(limits.seconds):
            return await _follow(start, guard, headers, into=into, tls=tls or _tls())
    except TimeoutError:
        raise TooSlow(f"{short(start)} did not deliver within {limits.seconds:g} seconds. Try again later.") from None


async def _follow(
    url: httpx.URL, guard: Guard, headers: dict[str, str], *, into: Path | None, tls: ssl.SSLContext
) -> Fetched:
    for _ in range(guard.limits.redirects + 1):
        guard.check(url)
        answer = await _ask(url, guard, headers, into=into, tls=tls)
        if isinstance(answer, Fetched):
            return answer
        if url.scheme == "https" and answer.scheme == "http":
            raise RedirectRefused(f"{short(url)} leads from https to http. Use the final address if you trust it.")
        url = answer
    raise RedirectRefused(
        f"More than {guard.limits.redirects} redirects, the last to {short(url)}. Use the final address."
    )


async def _ask(
    url: httpx.URL, guard: Guard, headers: dict[str, str], *, into: Path | None, tls: ssl.SSLContext
) -> Fetched | httpx.URL:
    """One request, on a connection of its own: the answer, or where it redirects to."""
    wait = dict.fromkeys(("connect", "read", "write", "pool"), guard.limits.seconds)
    wait["connect"] = guard.limits.connect_seconds
    try:
        async with (
            httpcore.AsyncConnectionPool(ssl_context=tls, network_backend=Pinned(guard)) as pool,
            pool.stream(
                "GET", _wire(url), headers={**headers, "Host": url.netloc.decode("ascii")}, extensions={"timeout": wait}
            ) as response,
        ):
            if response.status == 304 and not headers.keys() & {"If-None-Match", "If-Modified-Since"}:
                raise FetchFailed(
                    f"{short(url)} says ‘unchanged’ to a first question. Try again later.", http_status=304
                )
            return await _read(response, url, limits=guard.limits, into=into)
    except Damaged as error:
        raise NotReached(f"The answer of {short(url)} {error}. Try again later.") from None
    except httpcore.TimeoutException:
        raise TooSlow(f"{short(url)} did not answer in time. Try again later.") from None
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise NotReached(_why(url, error)) from None


async def _read(
    response: httpcore.Response, url: httpx.URL, *, limits: Limits, into: Path | None
) -> Fetched | httpx.URL:
    headers = httpx.Headers(response.headers)
    if response.status in (301, 302, 303, 307, 308):
        return _target(url, headers)
    if response.status not in (200, 304):
        raise FetchFailed(
            f"{short(url)} answered {response.status}. {_advice(response.status)}", http_status=response.status
        )
    unchanged = response.status == 304
    body, size = (b"", 0) if unchanged else await _body(response, headers, url=url, limit=limits.max_bytes, into=into)
    kind = headers.get("content-type", "")
    charset = re.search(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", kind, re.ASCII | re.IGNORECASE)
    return Fetched(
        final_url=str(url),
        content_type=kind.partition(";")[0].strip().lower()[:100],
        charset=charset[1].lower() if charset else "",
        body=body,
        path=None if unchanged else into,
        size=size,
        etag=headers.get("etag", "")[:LONGEST_VALIDATOR] or None,
        last_modified=headers.get("last-modified", "")[:LONGEST_VALIDATOR] or None,
        unchanged=unchanged,
    )


def _target(url: httpx.URL, headers: httpx.Headers) -> httpx.URL:
    if not (location := headers.get("location")):
        raise RedirectRefused(f"{short(url)} redirects without saying where to. Use the final address.")
    return parse(location, base=url)


async def _body(
    response: httpcore.Response, headers: httpx.Headers, *, url: httpx.URL, limit: int, into: Path | None
) -> tuple[bytes, int]:
    """The unpacked body and its size; with `into` the bytes go there, and the file is there whole or not at all."""
    length = headers.get("content-length", "")
    if length.isdecimal() and len(length) < 20 and int(length) > limit:
        raise _too_large(url, limit)
    unpack = Unpack(headers.get("content-encoding", ""))
    if into is None:
        body = bytearray()
        size = await _receive(response, unpack, url=url, limit=limit, keep=body.extend)
        return bytes(body), size
    part = into.with_name(into.name + ".part")
    try:
        with part.open("wb") as file:
            size = await _receive(response, unpack, url=url, limit=limit, keep=file.write)
        part.replace(into)
    except OSError as error:
        raise room.unwritten(part, error) from error
    finally:
        part.unlink(missing_ok=True)
    return b"", size


async def _receive(
    response: httpcore.Response, unpack: Unpack, *, url: httpx.URL, limit: int, keep: Callable[[bytes], object]
) -> int:
    came = size = 0
    async for packed in response.aiter_stream():
        # What came counts too: a packed body may go on for ever and unpack to nothing.
        came += len(packed)
        for piece in unpack.pieces(packed):
            size += len(piece)
            if max(came, size) > limit:
                raise _too_large(url, limit)
            keep(piece)
    unpack.finish()
    return size


def _wire(url: httpx.URL) -> httpcore.URL:
    return httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)


@cache
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)


def _too_large(url: httpx.URL, limit: int) -> TooLarge:
    return TooLarge(
        f"{short(url)} is larger than {limit / 1024 / 1024:.3g} MB, the most that is fetched. Make it smaller."
    )


def _why(url: httpx.URL, error: Exception) -> str:
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return f"The certificate of {url.host} is not trusted. Renew it, or check that the name is right."
    if isinstance(error, httpcore.ConnectError):
        return f"{url.host} takes no connection on port {port_of(url)}. Check that it runs and is reachable from here."
    return f"{short(url)} broke off or does not speak HTTP. Check the address, then try again."


def _advice(status: int) -> str:
    if status in (401, 403, 407):
        return "It asks for a sign-in; an address that is open to this server is needed."
    if status in (404, 410):
        return "There is nothing there; check the address."
    return "Try again later."
