"""What screens talk to: the player's page, cards and pictures, codes, and proof of play."""

import asyncio
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from displays import documents, loop, plays, spots
from displays.models import Campaign
from displays.playing import playing
from displays.reaching import reaches
from displays.screens import present
from displays.telling import Telling
from server.core import codes, emoji, media, staff
from server.core.assets import FOREVER, Assets
from server.core.clock import now
from server.core.database import Database, settings_of
from server.core.errors import NotFound
from server.core.rendering import page
from server.core.security import bearer
from server.core.settings import Settings

SANDBOX = "default-src 'none'; img-src 'self'; style-src 'self'; sandbox"


# -- pages --------------------------------------------------------------------------------------------------------


@get("/screen")
async def pairing_page(request: Request) -> Response[str]:
    """The page that shows a code until somebody pairs the screen."""
    return page(request, "core/pairing.html", kind="screen", headers={"Cache-Control": "no-cache"})


@get("/screen/{id:str}")
async def player_page(request: Request, id: FromPath[str]) -> Response[str]:
    """The player. The page is the same for every screen and holds no secret: the token is in the browser."""
    return page(request, "displays/screen.html", headers={"Cache-Control": "no-cache"})


@get("/screen/adopt")
async def adopt_page(request: Request) -> Response[str]:
    """Makes a browser a screen that was paired for it, as the demo's links do."""
    return page(request, "core/adopt.html", kind="screen")


@get("/screen/shell.json")
async def shell(request: Request) -> dict[str, Any]:
    """What a screen keeps of this version, so that it starts without a network."""
    assets: Assets = request.app.state.assets
    own = ("displays/player/", "server/core/web/device/")
    names = [name for name in assets.files if name.startswith(own)] + ["vendor/fonts.css"]
    return {"digest": assets.digest, "files": [assets.address(name) for name in names]}


@get("/screen/worker.js")
async def worker(request: Request) -> Response[bytes]:
    """The screens' service worker, at an address of its own since its scope follows from it."""
    body = await asyncio.to_thread(request.app.state.assets.files["server/core/web/device/worker.js"].read_bytes)
    return Response(
        body, media_type="text/javascript", headers={"Cache-Control": "no-cache", "Service-Worker-Allowed": "/screen"}
    )


@get("/screen/preview")
async def preview_page(request: Request, database: Database) -> Response[str]:
    """A campaign in the real player, for staff; it stores and reports nothing."""
    async with database.snapshot() as db:
        await staff.calling(db, request)
    return page(request, "displays/screen.html", preview=True)


@get("/api/preview/loop/{campaign_id:int}")
async def preview_loop(request: Request, database: Database, campaign_id: FromPath[int]) -> dict[str, Any]:
    """What a campaign would play now, beside a screen at the nearest store; published or not."""
    async with database.snapshot() as db:
        await staff.calling(db, request)
        campaign = await db.get(Campaign, campaign_id)
        if campaign is None:
            raise NotFound("There is no such campaign.")
        own = settings_of(db).language
        screens = [s for s in await present(db) if reaches(campaign.labels, s.labels)]
        screens.sort(key=lambda s: (s.latitude is None, s.language != own))
        documented = [document for s in screens[:1] if (document := await documents.screen_document(db, s.id))]
        screen = documented[0] if documented else await documents.no_screen(db)
        built = loop.build([await playing(db, campaign)], as_of=now())
        shown = sorted({variant for spot in built["spots"] for variant in spot["variants"]})
        stores = [await documents.store_facts(db, store["id"], shown) for store in screen["stores"]]
        return {"screen": screen, "loop": built, "stores": stores}


# -- what cards need ----------------------------------------------------------------------------------------------


@get("/emoji/{name:str}", opt={"quiet": True})
async def emoji_picture(name: FromPath[str]) -> Response[bytes]:
    """An emoji by the name of its icon, for pages of staff and for tablets; cards name theirs by digest."""
    icon, _, ending = name.rpartition(".")
    try:
        picture = await asyncio.to_thread(emoji.image, icon)
    except KeyError:
        picture = None
    if picture is None or ending != "svg":
        raise NotFound("There is no such emoji.")
    headers = {"Cache-Control": "public, max-age=604800", "Content-Security-Policy": SANDBOX}
    return Response(picture.body, media_type=picture.content_type, headers=headers)


@get("/media/{digest:str}", opt={"quiet": True})
async def media_file(database: Database, digest: FromPath[str]) -> Response[bytes]:
    """Bytes by their digest. A card is inert on its own: the player is what shows it."""
    found = await database.keep(media.Asked).find(digest) if media.DIGEST.fullmatch(digest) else None
    if found is None:
        raise NotFound("There is no such picture.")
    headers = {"Cache-Control": FOREVER, "Content-Security-Policy": SANDBOX, "ETag": f'"{digest[:32]}"'}
    # The framework says how text is encoded by itself.
    return Response(found[0], media_type=found[1].partition(";")[0], headers=headers)


@get("/qr/{screen:str}/{name:str}", opt={"quiet": True})
async def code(
    request: Request, database: Database, settings: Settings, screen: FromPath[str], name: FromPath[str]
) -> Response[bytes]:
    """The code of a spot on a screen: an address that says which screen and spot it was seen on."""
    spot, _, ending = name.rpartition(".")
    if ending != "svg" or not (spot.isalnum() and screen.isalnum() and len(screen) <= 16):
        raise NotFound("There is no such code.")
    async with database.snapshot() as db:
        path = await spots.address(db, spot, screen)
    if path is None:
        raise NotFound("There is no such code.")
    body = await asyncio.to_thread(codes.svg, f"{codes.public_address(request, settings)}{path}")
    # Without a public address the code names the host that was asked: no cache that many share may keep that.
    shared = "public" if settings.public_url else "private"
    return Response(body, media_type="image/svg+xml", headers={"Cache-Control": f"{shared}, max-age=3600"})


# -- plays --------------------------------------------------------------------------------------------------------


@post("/api/plays", status_code=200)
async def take_plays(request: Request, database: Database, data: plays.Batch) -> dict[str, Any]:
    """Keep proof of play; a play that comes twice is kept once."""
    await database.keep(Telling).tell(bearer(request) or "", plays.read(data))
    return {"accepted": plays.accepted(data)}


ROUTES = [
    pairing_page,
    adopt_page,
    player_page,
    shell,
    worker,
    preview_page,
    preview_loop,
    emoji_picture,
    media_file,
    code,
    take_plays,
]
