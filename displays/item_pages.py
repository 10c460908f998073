"""The page behind a code on the glass: the item, where to get it, and that somebody looked."""

import re
from typing import Any
from urllib.parse import unquote

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath, FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.codes import CodeError, parse_gtin
from catalog.finding import of_gtin
from catalog.models import Variant
from displays import spots
from displays.item_view import view
from displays.item_words import Speaker, speaker_for
from displays.models import Scan, Screen
from server.core import brand, colour
from server.core.assets import FOREVER
from server.core.clock import now
from server.core.database import Database
from server.core.errors import NotAllowed, NotFound
from server.core.rendering import page
from server.core.security import client_address, limiter, neighbourhood
from server.core.settings import Settings

ROBOTS = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|preview|facebookexternalhit|embedly|whatsapp|telegram|curl|wget|python-|monitor",
    re.I,
)
"""Who fetches pages without a person behind. They do not run our script; this is for those that do."""


class Seen(msgspec.Struct):
    """What a page tells when a person looks at it; empty where nothing is known."""

    variant: str = ""
    screen: str = ""
    spot: str = ""


# -- pages --------------------------------------------------------------------------------------------------------


@get("/")
async def start(
    request: Request, database: Database, settings: Settings, s: FromQuery[str] = "", p: FromQuery[str] = ""
) -> Response[str]:
    """What this server is, for whoever comes by; cards without an item lead here too."""
    async with database.snapshot() as db:
        kit = await brand.current(db)
    say = speaker_for(request, settings.language)
    return _page(request, "displays/item_start.html", say, kit=kit, field=kit.field, seen=_seen("", s, p))


@get("/01/{gtin:path}")
async def by_gtin(
    request: Request, database: Database, settings: Settings, s: FromQuery[str] = "", p: FromQuery[str] = ""
) -> Response[str]:
    """The item with a GTIN, by its GS1 Digital Link; what follows the GTIN (a lot, a serial number) is passed over."""
    async with database.snapshot() as db:
        try:
            variant = await of_gtin(db, parse_gtin(_rest(request, "/01/").split("/")[0][:40]))
        except CodeError:
            variant = None
        return await _item(request, db, settings, variant, s, p)


@get("/v/{id:path}")
async def by_id(
    request: Request, database: Database, settings: Settings, s: FromQuery[str] = "", p: FromQuery[str] = ""
) -> Response[str]:
    """The item with a variant's own id, whatever characters are in it."""
    async with database.snapshot() as db:
        id = unquote(_rest(request, "/v/"))
        return await _item(
            request, db, settings, await db.get(Variant, id) if 0 < len(id) <= 100 and "\0" not in id else None, s, p
        )


def _rest(request: Request, prefix: str) -> str:
    # The raw path: decoded and put in order, ids such as "a//b" or "../c" would be others.
    raw = request.scope.get("raw_path", b"").decode("ascii", "replace").partition("?")[0]
    return raw.partition(prefix)[2]


async def _item(
    request: Request, db: AsyncSession, settings: Settings, variant: Variant | None, s: str, p: str
) -> Response[str]:
    say = speaker_for(request, settings.language)
    kit = await brand.current(db)
    if variant is None:
        return _page(request, "displays/item_unknown.html", say, status=404, kit=kit, field=kit.field)
    screen = await db.get(Screen, s) if 0 < len(s) <= 16 and s.isalnum() else None
    shown = await view(db, variant, screen, say=say, at=now())
    return _page(
        request,
        "displays/item.html",
        say,
        kit=kit,
        field=shown.room.field,
        item=shown,
        screen=screen,
        seen=_seen(variant.id, s, p),
    )


def _seen(variant: str, screen: str, spot: str) -> dict[str, str] | None:
    """What the page tells of; None where it was not opened from a code."""
    return {"variant": variant, "screen": screen[:16], "spot": spot[:60]} if spot else None


def _page(
    request: Request, template: str, say: Speaker, *, kit: brand.BrandKit, field: str, **context: Any
) -> Response[str]:
    headers = {"Vary": "Accept-Language, Cookie", "Content-Language": say.language}
    # A logo is drawn for the brand's own field: on one of the other kind, pale on pale, the name stands instead.
    shows = (colour.luminance(kit.field) < 0.18) == (colour.luminance(field) < 0.18)
    return page(request, template, say=say, headers=headers, kit=kit, logo_shows=shows, **context)


@get("/room/{name:str}", opt={"quiet": True})
async def room(name: FromPath[str]) -> Response[str]:
    """The colours of a room as a style sheet, so that a page is in its room before any script and without one."""
    if not re.fullmatch(r"[0-9a-f]{6}\.css", name):
        raise NotFound("There is no such room.")
    own = colour.room(f"#{name[:6]}")
    body = f":root {{ --field: {own.field}; --ink: {own.ink}; --soft: {own.soft}; --accent: {own.accent}; }}\n"
    return Response(body, media_type="text/css", headers={"Cache-Control": FOREVER})


# -- who looked ---------------------------------------------------------------------------------------------------


@post("/api/scans", status_code=204)
async def seen(request: Request, database: Database, data: Seen) -> None:
    """Count that a person opened a page from a code. What is unknown is kept as nothing, never an error: codes outlive
    screens and spots."""
    who = neighbourhood(client_address(request))
    limiter.hit("scan", who, most=60, seconds=60)
    # A family behind one address may open one code; hundreds of times a day nobody does.
    limiter.hit("look", f"{who} {data.screen[:16]} {data.spot[:60]} {data.variant[:100]}", most=10, seconds=600)
    if not request.headers.get("origin"):
        raise NotAllowed("Only the page itself counts a look.")
    if ROBOTS.search(request.headers.get("user-agent", "")) or "prefetch" in request.headers.get("sec-purpose", ""):
        return
    async with database.transaction() as db:
        await count(db, data)


async def count(db: AsyncSession, told: Seen) -> Scan | None:
    """Keep one look; None when it is of nothing of ours."""
    found = await spots.find(db, told.spot) if len(told.spot) <= 60 else None
    variant = await db.get(Variant, told.variant) if 0 < len(told.variant) <= 100 and "\0" not in told.variant else None
    if variant is None and found is None:
        return None
    screen = await db.get(Screen, told.screen) if 0 < len(told.screen) <= 16 else None
    scan = Scan(
        screen_id=screen.id if screen else None, spot=told.spot if found else "", scanned_at=now(),
        campaign_id=found.campaign_id if found else None, variant_id=variant.id if variant else "",
    )  # fmt: skip
    db.add(scan)
    return scan


ROUTES = [start, by_gtin, by_id, room, seen]
