"""Codes for phones: the address that they lead to, and how they are drawn."""

import io

import segno
from litestar import Request

from server.core.settings import Settings


def public_address(request: Request, settings: Settings) -> str:
    """The address that phones reach this server at, without a trailing slash."""
    return settings.public_url.rstrip("/") or f"{request.url.scheme}://{request.headers.get('host', '127.0.0.1:8000')}"


def svg(address: str) -> bytes:
    """A code with its quiet zone; the light plate behind it is the card's own."""
    body = io.BytesIO()
    segno.make(address, error="m", micro=False).save(body, kind="svg", border=4, omitsize=True, light=None, nl=False)
    return body.getvalue()
