"""The one place where everything meets: routes, wiring and the life of a process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from litestar import Litestar
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.types import Scope
from sqlalchemy.exc import DBAPIError

import catalog.api
import catalog.console
import displays.airing
import displays.api
import displays.composing
import displays.console
import displays.documents
import displays.dressing
import displays.item_pages
import displays.reports
import displays.screens
import kiosk.account_api
import kiosk.account_pages
import kiosk.api
import kiosk.console
import kiosk.count_api
import kiosk.documents
import kiosk.item_api
import kiosk.pages
import kiosk.passkey_api
import kiosk.phone_pages
import kiosk.reports
import kiosk.seeing
import kiosk.share_api
import server.attract
import server.console.routes
import server.core.live
import server.core.pairing
import server.demo_page
import server.jobs
import server.models
import server.probes
import social.api
from catalog.shelving import Compiled
from server.core import compression, garbage, problems, security
from server.core.assets import Assets, static
from server.core.backplane import Backplane
from server.core.database import Database
from server.core.door import Door
from server.core.errors import Misconfigured, VitrineError
from server.core.hub import Hub, cancelled
from server.core.requests import RequestLog
from server.core.retrying import Retried
from server.core.settings import Settings
from server.gauges import Gauges
from server.migrating import OLDER, standing, too_old

log = structlog.get_logger()
LARGEST_BODY = 256 * 1024


ROUTES = [
    *server.probes.ROUTES, static, server.core.live.live, server.core.live.topic,
    *server.core.pairing.ROUTES,
    *catalog.api.ROUTES, *catalog.console.ROUTES, *social.api.ROUTES,
    *kiosk.api.ROUTES, *kiosk.console.ROUTES, *kiosk.account_api.ROUTES, *kiosk.account_pages.ROUTES, *kiosk.passkey_api.ROUTES,
    *kiosk.item_api.ROUTES, *kiosk.pages.ROUTES, *kiosk.phone_pages.ROUTES, *kiosk.share_api.ROUTES, *server.attract.ROUTES,
    *kiosk.count_api.ROUTES, *server.demo_page.ROUTES,
    *displays.api.ROUTES, *displays.console.ROUTES, *displays.item_pages.ROUTES, *server.console.routes.ROUTES,
]  # fmt: skip


kiosk.seeing.namers.append(displays.screens.names)


def create(settings: Settings) -> Litestar:
    """The application of one process."""
    app = routed()
    equip(app, settings)
    return app


def routed() -> Litestar:
    """Every route and what surrounds them; it serves once `equip` has given it what they stand on."""
    app = Litestar(
        route_handlers=ROUTES,
        dependencies={
            "database": Provide(_database, sync_to_thread=False),
            "settings": Provide(_settings, sync_to_thread=False),
            "shelf": Provide(_shelf, sync_to_thread=False),
        },
        before_request=security.guard,
        exception_handlers={
            VitrineError: problems.on_vitrine_error,
            HTTPException: problems.on_http_error,
            OverflowError: problems.on_refused_value,
            DBAPIError: problems.on_refused_value,
            RecursionError: problems.on_unreadable,
            UnicodeDecodeError: problems.on_unreadable,
            LookupError: problems.on_unreadable,
            Exception: problems.on_crash,
        },
        lifespan=[_life],
        request_max_body_size=LARGEST_BODY,
        compression_config=compression.CONFIG,
        openapi_config=OpenAPIConfig(
            title="Vitrine", version="0.1.0", path="/schema", render_plugins=[JsonRenderPlugin(path="/")]
        ),
        logging_config=None,
    )
    # Around everything, and not as middleware of routes: what has no route is answered, told and guarded too.
    app.asgi_handler = RequestLog(security.SecurityHeaders(Retried(app.asgi_handler)))
    return app


def equip(app: Litestar, settings: Settings) -> None:
    """Wire the database, the hub and the backplane that these settings name into an application that does not serve."""
    database = Database(settings.database, settings)
    shelf = Compiled(database)
    hub = Hub(database, still_welcome=server.core.live.still_welcome)
    backplane = Backplane(settings.backplane, hub.nudge)
    database.after_commit.append(backplane.send)
    app.state.update(
        {
            "settings": settings,
            "database": database,
            "hub": hub,
            "door": Door(hub, database, server.core.live.identify),
            "backplane": backplane,
            "assets": Assets(),
            "shelf": shelf,
            "gauges": Gauges(database),
        }  # fmt: skip
    )


def _database(scope: Scope) -> Database:
    return scope["litestar_app"].state.database


def _settings(scope: Scope) -> Settings:
    return scope["litestar_app"].state.settings


def _shelf(scope: Scope) -> Compiled:
    """The catalogue as this process matches with it; compiled when somebody first asks."""
    return scope["litestar_app"].state.shelf


async def _begin(database: Database, hub: Hub) -> None:
    """Look at the database once. Raises Misconfigured when it is older than this version.

    One that does not answer now will be swept when it does: a worker that comes back meanwhile says so to who asks, as
    those that were there before do.
    """
    try:
        async with database.snapshot() as db:
            if await standing(db) == OLDER:
                raise Misconfigured(too_old())
        await hub.sweep()
    except Misconfigured:
        raise
    except Exception as error:
        log.warning("database_does_not_answer", reason=repr(error)[:300])


@asynccontextmanager
async def _life(app: Litestar) -> AsyncIterator[None]:
    state = app.state
    await _begin(state.database, state.hub)
    work = [
        state.hub.run(deaf=lambda: state.backplane.trouble is not None),
        state.backplane.run(),
        garbage.keep_giving_back(),
        *server.jobs.all_of(state.database, state.settings, state.shelf),
    ]
    tasks = [asyncio.create_task(coroutine) for coroutine in work]
    try:
        yield
    finally:
        await state.hub.close()
        for task in tasks:
            await cancelled(task)
        await state.database.close()
