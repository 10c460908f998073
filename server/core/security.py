"""What keeps strangers out: secrets that are stored as digests, headers of every answer, same-origin changes, and rate limits."""

import hashlib
import hmac
import re
import secrets
import time
from collections import OrderedDict
from ipaddress import IPv4Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import MutableScopeHeaders
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from server.core.errors import NotAllowed, NotFound, TooMany

CODE_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Letters of codes that people read and type: nothing that looks like something else."""

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "frame-src 'self'; frame-ancestors 'self'; form-action 'self'; base-uri 'none'; object-src 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
HOST = re.compile(r"(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9._-]{1,253})(:[0-9]{1,5})?")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
LARGEST_ID = 2**31 - 1
"""What every database takes for an id."""


def new_token() -> str:
    """An unguessable secret of 256 bits, safe in headers and addresses."""
    return secrets.token_urlsafe(32)


def new_code(length: int = 6) -> str:
    """A short code for people to read aloud and type."""
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(length))


def new_id() -> str:
    """A short random id, lower case, that may stand in addresses."""
    return new_code(10).lower()


def digest(token: str) -> str:
    """What is stored of a secret. A plain hash is enough, since tokens are random and long."""
    return hashlib.sha256(token.encode()).hexdigest()


def is_uuid(text: str) -> bool:
    """Whether this is an id as devices make them: a UUID in small letters."""
    return UUID.fullmatch(text) is not None


def same(one: str, other: str) -> bool:
    """Compare secrets in constant time."""
    return hmac.compare_digest(one.encode(), other.encode())


def bearer(connection: ASGIConnection) -> str | None:
    """The token of an Authorization: Bearer header."""
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


def client_address(connection: ASGIConnection) -> str:
    """Where a request came from, for rate limits; the proxy's word is already applied by the server where trusted."""
    return connection.client.host if connection.client else "unknown"


def own_origin(connection: ASGIConnection, public_url: str) -> bool:
    """Whether a browser's Origin is this site's. Without the header there is nothing to judge and it passes."""
    origin = connection.headers.get("origin")
    if not origin:
        return True
    theirs, public, host = parts_of(origin), parts_of(public_url), connection.headers.get("host")
    if not theirs.netloc or theirs.netloc not in {host, public.netloc}:
        return False
    ours = "https" if connection.scope["scheme"] in {"https", "wss"} else "http"
    # https also where we hear http: a proxy that we were not told of may speak it for us.
    return theirs.scheme in {"https", public.scheme if theirs.netloc == public.netloc else ours}


def parts_of(address: str) -> SplitResult:
    """The parts of an address that a stranger wrote; all empty where it is none, such as http://[half."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


def guard(request: Request) -> None:
    """What every request has to pass before it is looked at. Raises NotFound or NotAllowed."""
    guard_address(request)
    guard_same_origin(request)


def guard_address(request: Request) -> None:
    """Refuse an address that names what no table can hold: a number beyond every id, or a NUL. Raises NotFound."""
    numbers = [value for value in request.path_params.values() if isinstance(value, int)]
    if "\0" in request.url.path or any(abs(number) > LARGEST_ID for number in numbers):
        raise NotFound("There is nothing at this address.")


def guard_same_origin(request: Request) -> None:
    """Refuse changes that another site's page asks for. Raises NotAllowed."""
    if request.method in SAFE_METHODS:
        return
    site = request.headers.get("sec-fetch-site", "same-origin")
    if site not in {"same-origin", "none"} or not own_origin(request, request.app.state.settings.public_url):
        raise NotAllowed("The request came from another site. Nothing was changed; use this site's own page.")


class SecurityHeaders:
    """ASGI middleware that puts the policy on every answer that does not bring a stricter one, and refuses a Host that is none."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        host = host_of(scope)

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableScopeHeaders.from_message(message)
                headers.setdefault("Content-Security-Policy", policy(host, _public_host(scope)))
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if scope.get("scheme") == "https":
                    headers.setdefault("Strict-Transport-Security", "max-age=31536000")
            await send(message)

        if host is None:
            await _refuse_host(scope, with_headers)
        else:
            await self.app(scope, receive, with_headers)


def host_of(scope: Scope) -> str | None:
    """The Host of a request, empty where there is none; None for one that no address can hold, or for several."""
    hosts = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
    if not any(hosts):
        return ""
    found = HOST.fullmatch(hosts[0]) if len(hosts) == 1 else None
    return hosts[0] if found and int((found[2] or ":0")[1:]) < 65536 else None


def policy(*hosts: str | None) -> str:
    """The policy for a page of these hosts: it may open sockets to them, which older Chromium does not count as 'self'."""
    # No policy can name an IPv6 address; a page that is reached by one may open any socket.
    names = ["ws: wss:" if "[" in host else f"ws://{host} wss://{host}" for host in dict.fromkeys(hosts) if host]
    return POLICY.replace("connect-src 'self'", " ".join(["connect-src 'self'", *names]))


def _public_host(scope: Scope) -> str | None:
    host = parts_of(scope["litestar_app"].state.settings.public_url).netloc
    return host if HOST.fullmatch(host) else None


async def _refuse_host(scope: Scope, send: Send) -> None:
    """Answer before anything asks for the request's address, which raises."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 4400, "reason": "The Host is none."})
        return
    body = (
        b'{"type":"about:blank","title":"That cannot be used","status":400,"detail":"The Host header names no host."}'
    )
    headers = [(b"content-type", b"application/problem+json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 400, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


class Limiter:
    """Counts tries by who tries; a bounded number of callers is remembered, the longest idle ones forgotten first."""

    def __init__(self, *, remembered: int = 50_000) -> None:
        self._tries: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()
        self._remembered = remembered

    def hit(self, what: str, who: str, *, most: int, seconds: float, times: int = 1) -> None:
        """Count `times` tries of `what` by `who`; raises TooMany beyond `most` tries in about `seconds`.

        A refused try counts nothing: whoever goes on trying would keep out for good whoever is counted with them.
        """
        moment, who = time.monotonic(), neighbourhood(who)
        level, since = self._tries.pop((what, who), (0.0, moment))
        level = max(0.0, level - (moment - since) * most / seconds)
        refused = level + times > most
        self._tries[what, who] = (level if refused else level + times, moment)
        if len(self._tries) > self._remembered:
            self._tries.popitem(last=False)
        if refused:
            raise TooMany(
                "That was tried too often. Wait a minute, then try again.",
                retry_after=round(times * seconds / most) + 1,
            )

    def forget(self, what: str, who: str) -> None:
        """Clear the count after a success."""
        self._tries.pop((what, neighbourhood(who)), None)


def neighbourhood(who: str) -> str:
    """Whom a try is counted for: of an IPv6 address its network of 64 bits, since one caller has all addresses in it."""
    try:
        address = ip_address(who.partition("%")[0])
    except ValueError:
        return who
    if isinstance(address, IPv4Address) or address.ipv4_mapped:
        return str(getattr(address, "ipv4_mapped", None) or address)
    return str(IPv6Network((address, 64), strict=False))


limiter = Limiter()
