"""How a shop's own devices come to trust its local authority; open to anybody, since they do not trust it yet."""

import asyncio
from pathlib import Path
from typing import Any

from litestar import Request, Response, get

from server.core.errors import NotFound
from server.core.rendering import page
from server.core.settings import Settings
from server.facts import own_authority

NONE = "This server does not run with an authority of its own, so there is nothing to trust."


@get("/trust")
async def trust(request: Request, settings: Settings) -> Response[str]:
    """The steps for each kind of device, with the fingerprint to compare."""
    path = settings.home / "tls" / "authority.crt"
    own = own_authority(settings)
    fingerprint = await asyncio.to_thread(_fingerprint, path) if own else ""
    return page(
        request, "console/trust.html", title="Trust this shop's screens", own=own, secure=request.url.scheme == "https",
        lines=[fingerprint[start : start + 48].rstrip(":") for start in range(0, len(fingerprint), 48)],
        platform=platform(request.headers.get("user-agent", "")),
    )  # fmt: skip


@get("/trust/authority.crt")
async def authority(settings: Settings) -> Response[Any]:
    """The authority's certificate. Its key exists nowhere."""
    if not own_authority(settings):
        raise NotFound(NONE)
    body = await asyncio.to_thread((settings.home / "tls" / "authority.crt").read_bytes)
    return Response(body, media_type="application/x-x509-ca-cert", headers={"Cache-Control": "no-store"})


def _fingerprint(path: Path) -> str:
    from server.core import tls  # most installations have no authority, and cryptography takes long to load

    return tls.fingerprint(path)


def platform(agent: str) -> str:
    """Which steps to open first, by what the browser says of itself; a guess that does no harm."""
    agent = agent.lower()
    signs = {
        "android": "android",
        "iphone": "ios",
        "ipad": "ios",
        "cros": "chromeos",
        "windows": "windows",
        "mac os": "macos",
    }
    return next((name for sign, name in signs.items() if sign in agent), "")


ROUTES = [trust, authority]
