"""Whom this server talks to outside: URLs judged by form, hosts by every address, connections pinned to the judged."""

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import ip_address

import httpcore
import httpx

from server.core.addresses import forbidden
from server.core.errors import VitrineError

LONGEST_URL = 4096
ADDRESSES_TRIED = 3

Resolver = Callable[[str, int], Awaitable[list[str]]]
_resolving = ThreadPoolExecutor(4, thread_name_prefix="resolve")
_NAME = re.compile(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*")


class FetchError(VitrineError):
    """Nothing was fetched, and nothing that was there before is lost."""

    status = 502
    title = "Not fetched"


class FetchRefused(FetchError):
    """This server will not fetch that; asking again is no use until the address, or what it leads to, is changed."""

    status = 400


class UrlRefused(FetchRefused):
    """The text is not an address that is fetched: wrong scheme, port, form, or a password in it."""


class HostRefused(FetchRefused):
    """The name leads to an address that only machines inside can reach."""


class FetchFailed(FetchError):
    """The other side did not deliver; it may later. `http_status` is its answer's, or None."""

    def __init__(self, detail: str, *, http_status: int | None = None) -> None:
        super().__init__(detail)
        self.http_status = http_status


class NotReached(FetchFailed):
    """No such name, no connection, no trusted certificate, or the connection broke."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one fetch may cost: seconds in all, bytes of unpacked body, redirects followed, and the ports it may use."""

    seconds: float = 20.0
    connect_seconds: float = 5.0
    max_bytes: int = 16 * 1024 * 1024
    redirects: int = 3
    ports: frozenset[int] = frozenset({80, 443, 8080, 8443})


async def resolve(host: str, port: int) -> list[str]:
    """The addresses of a name, asked of the system in threads of our own. Raises OSError."""
    # Not the loop's default threads: a name server that never answers must not take those that do the other work.
    found = await asyncio.get_running_loop().run_in_executor(
        _resolving, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    )
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


@dataclass(frozen=True, slots=True)
class Guard:
    """Whom this fetch may talk to."""

    limits: Limits
    allow_private: bool
    allow: frozenset[str]
    resolver: Resolver

    def check(self, url: httpx.URL) -> None:
        """Refuse a URL for its form alone; its addresses are judged when it is connected to."""
        if url.scheme not in ("http", "https"):
            raise UrlRefused(f"{short(url)} is not fetched: only http and https addresses are. Use one of those.")
        if url.userinfo:
            raise UrlRefused("An address with a user name or password in it is not fetched. Take them out.")
        host, port = host_of(url), port_of(url)
        if _hidden_number(host):
            raise UrlRefused(f"{short(url)} hides an address in a number. Write the host's name.")
        if not (_literal(host) or _NAME.fullmatch(host)):
            raise UrlRefused(f"{short(url)} names no host. Write it whole, as in https://shop.example/feed.tsv")
        if port not in self.limits.ports and not self.vouched(host, port):
            ports = ", ".join(map(str, sorted(self.limits.ports)))
            raise UrlRefused(f"{short(url)} uses port {port}; only {ports} are used. Move it to one of those.")

    def vouched(self, host: str, port: int) -> bool:
        """Whether the operator has named this very host and port."""
        name = f"[{host}]" if ":" in host else host
        return f"{name}:{port}".lower() in self.allow

    async def addresses(self, host: str, port: int) -> list[str]:
        """The addresses that `host` may be connected at: all of them, or the host is refused."""
        try:
            found = [str(ip_address(host))] if _literal(host) else await self.resolver(host, port)
        except (OSError, UnicodeError):
            raise NotReached(f"There is no host named {host[:100]}. Check the spelling.") from None
        inside = self.allow_private or self.vouched(host, port)
        for address in found:
            if why := forbidden(address, inside=inside):
                vouch = f", or vouch for this one: VITRINE_ALLOW_FETCH={host[:100]}:{port}"
                own = "" if forbidden(address, inside=True) else vouch
                raise HostRefused(
                    f"{host[:100]} leads to {address}, {why}. It is not fetched from; use a public address{own}."
                )
        if not found:
            raise NotReached(f"There is no address for {host[:100]}. Check the spelling.")
        return found[:ADDRESSES_TRIED]


class Pinned(httpcore.AsyncNetworkBackend):
    """Connects to the addresses that the guard has judged; the one place where names become connections."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(self, host, port, timeout=None, local_address=None, socket_options=None):
        """A connection to `host` at a judged address, the first that answers."""
        addresses = await self._guard.addresses(host, port)
        for address in addresses:
            try:
                return await self._network.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if address == addresses[-1]:
                    raise
        raise AssertionError("addresses() returns at least one")

    async def connect_unix_socket(self, path, timeout=None, socket_options=None):
        """Never."""
        raise httpcore.ConnectError("no sockets of this machine")

    async def sleep(self, seconds: float) -> None:
        """As httpcore asks for."""
        await asyncio.sleep(seconds)


def parse(text: str, base: httpx.URL | None = None) -> httpx.URL:
    """A URL in one normal form (no final dot, no fragment), so that what is judged is what is connected to."""
    text = text.strip()
    if len(text) > LONGEST_URL:
        raise UrlRefused(f"An address of {len(text)} characters is not fetched; {LONGEST_URL} are the most.")
    try:
        url = httpx.URL(text) if base is None else base.join(text)
        return url.copy_with(host=host_of(url).removesuffix("."), fragment=None)
    except (httpx.InvalidURL, ValueError, TypeError):
        raise UrlRefused(
            f"{text[:100]!r} is no web address. Write it whole, as in https://shop.example/feed.tsv"
        ) from None


def short(url: httpx.URL) -> str:
    """The URL as errors name it."""
    # Without the query: a feed's address may carry its key there, and errors are logged.
    return str(url.copy_with(query=None, userinfo=b""))[:200]


def host_of(url: httpx.URL) -> str:
    """The host as it goes over the wire: punycode, no brackets."""
    return url.raw_host.decode("ascii")


def port_of(url: httpx.URL) -> int:
    """The port that is meant, written or not."""
    return url.port if url.port is not None else {"https": 443}.get(url.scheme, 80)


def _hidden_number(host: str) -> bool:
    """Whether the host is a number in a form that some systems read as an IPv4 address: 2130706433, 0x7f.1, 017.1."""
    last = host.rpartition(".")[2]
    return re.fullmatch(r"\d+|0x[0-9a-f]*", last) is not None and not _literal(host)


def _literal(host: str) -> bool:
    try:
        return bool(ip_address(host))
    except ValueError:
        return False
