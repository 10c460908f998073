"""What keeps strangers out: secrets that are stored as digests, headers of every answer, same-origin changes, and rate limits."""

import hashlib
import hmac
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
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self' ws: wss:; "
    "frame-src 'self'; frame-ancestors 'self'; form-action 'self'; base-uri 'none'; object-src 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
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
    theirs, public = parts_of(origin), parts_of(public_url)
    return theirs.netloc == connection.headers.get("host") or bool(public.netloc and theirs.netloc == public.netloc)


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
    """ASGI middleware that puts the policy on every answer that does not bring a stricter one."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableScopeHeaders.from_message(message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if scope.get("scheme") == "https":
                    headers.setdefault("Strict-Transport-Security", "max-age=31536000")
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)


class Limiter:
    """Counts tries by who tries; a bounded number of callers is remembered, the longest idle ones forgotten first."""

    def __init__(self, *, remembered: int = 50_000) -> None:
        self._tries: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()
        self._remembered = remembered

    def hit(self, what: str, who: str, *, most: int, seconds: float) -> None:
        """Count one try of `what` by `who`; raises TooMany beyond `most` tries in about `seconds`.

        A refused try counts nothing: whoever goes on trying would keep out for good whoever is counted with them.
        """
        moment, who = time.monotonic(), neighbourhood(who)
        level, since = self._tries.pop((what, who), (0.0, moment))
        level = max(0.0, level - (moment - since) * most / seconds)
        refused = level + 1 > most
        self._tries[what, who] = (level if refused else level + 1, moment)
        if len(self._tries) > self._remembered:
            self._tries.popitem(last=False)
        if refused:
            raise TooMany(
                "That was tried too often. Wait a minute, then try again.", retry_after=round(seconds / most) + 1
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
