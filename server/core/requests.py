"""Tells of every request that was answered: one log line, and a count for Prometheus."""

import time

import structlog
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from server.core import metrics

log = structlog.get_logger()
QUIET = ("/static/", "/media/", "/qr/", "/health/", "/metrics")
"""Answered many times a minute by design; counted, not told."""


class RequestLog:
    """ASGI middleware. The query is left out, since one-time keys travel in it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status = time.perf_counter(), 0

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, watched)
        finally:
            _tell(scope["method"], scope["path"], status, time.perf_counter() - began)


def _tell(method: str, path: str, status: int, seconds: float) -> None:
    metrics.requests.labels(method if method.isalpha() and len(method) < 8 else "other", status).observe(seconds)
    if not path.startswith(QUIET):
        log.info("request", method=method, path=path[:200], status=status, ms=round(seconds * 1000, 1))
