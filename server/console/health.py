"""Health: the checks of `vitrine doctor` as a page, with how to mend what is wrong."""

import os
from dataclasses import replace

from litestar import Request, Response, get

from server import checks
from server.core import staff
from server.core.clock import now
from server.core.database import Database
from server.core.rendering import Section, add_section, console_page
from server.core.settings import Settings
from server.facts import gather

add_section(Section(90, "/console/health", "Health", "d"))


@get("/console/health")
async def health(request: Request, database: Database, settings: Settings) -> Response[str]:
    """Everything that is looked at."""
    return await _page(request, database, settings, "console/health.html")


@get("/console/health/findings")
async def findings(request: Request, database: Database, settings: Settings) -> Response[str]:
    """The part of it that changes, for the page to fetch anew."""
    return await _page(request, database, settings, "console/health_findings.html")


async def _page(request: Request, database: Database, settings: Settings, template: str) -> Response[str]:
    async with database.snapshot() as db:
        person = await staff.calling(db, request, "viewer")
    facts = await gather(database, settings, backplane_trouble=request.app.state.backplane.trouble or "")
    if not os.environ.get("VITRINE_LISTENING"):
        facts = replace(facts, listening=f"{request.url.scheme}://{request.headers.get('host', '')}")
    groups = checks.judge(facts)
    counts = {
        state: sum(one.state == state for _, found in groups for one in found) for state in ("bad", "warn", "good")
    }
    return console_page(
        request, template, person, title="Health", groups=groups, counts=counts, at=now(), digest=request.app.state.assets.digest,
    )  # fmt: skip


ROUTES = [health, findings]
