"""What other programs ask an installation: whether a process lives, whether it can work, and its metrics."""

import asyncio
import secrets
from ipaddress import ip_address
from typing import Any

from litestar import Request, Response, get
from sqlalchemy import text

from server.core import metrics
from server.core.database import Database
from server.core.errors import NotFound
from server.core.security import bearer, client_address
from server.core.settings import Settings
from server.migrating import OLDER, standing

READY_SECONDS = 5
"""For the database to answer: one that holds its connections and says nothing serves nobody."""


@get("/health/live", opt={"quiet": True})
async def alive() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@get("/health/ready", opt={"quiet": True})
async def ready(request: Request, database: Database) -> Response[dict[str, Any]]:
    """The process can do its work: the database answers and has this version's tables."""
    trouble = None
    try:
        async with asyncio.timeout(READY_SECONDS), database.snapshot() as db:
            await db.execute(text("SELECT 1"))
            # Newer tables are no trouble: an upgrade is under way, and this version's statements fit them too.
            trouble = "run vitrine migrate" if await standing(db) == OLDER else None
    except Exception as error:
        trouble = f"the database does not answer ({type(error.__cause__ or error).__name__})"
    # Anybody may ask: where things are, and what they said, is for the log and the page of health.
    backplane = (request.app.state.backplane.trouble or "ok").partition(":")[0]
    body = {"status": trouble or "ok", "backplane": backplane}
    return Response(body, status_code=503 if trouble else 200)


@get("/metrics", opt={"quiet": True})
async def counted(request: Request, settings: Settings) -> Response[bytes]:
    """Metrics for Prometheus: for this machine, or for whoever has the token where one is set."""
    if not _may_measure(request, settings):
        raise NotFound("There is no such page.")
    gauges = request.app.state.gauges
    await gauges.refresh()
    body, media_type = metrics.exposition(gauges)
    return Response(body, media_type=media_type)


def _may_measure(request: Request, settings: Settings) -> bool:
    if settings.metrics_token:
        return secrets.compare_digest((bearer(request) or "").encode(), settings.metrics_token.encode())
    if any(name == "forwarded" or name.startswith("x-forwarded-") for name in request.headers):
        return False  # through a proxy on this machine, of which nobody may have told us, everybody comes from it
    try:
        return ip_address(client_address(request)).is_loopback
    except ValueError:
        return False


ROUTES = [alive, ready, counted]
