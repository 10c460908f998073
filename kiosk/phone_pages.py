"""The shopper's pages on a phone: taking a bag, the bag itself with what it needs without a network, and shared copies."""

import asyncio
from functools import cache
from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath

from kiosk import items, sharing
from kiosk.phone_frame import grounds, shopper_page
from kiosk.saying import all_words
from server.core import brand, vendor
from server.core.assets import Assets
from server.core.brand import BrandKit
from server.core.clock import now
from server.core.database import Database
from server.core.rendering import add_extra
from server.core.security import client_address, limiter
from server.core.settings import ROOT, Settings

OWN = ("kiosk/web/phone/", "kiosk/web/shared/", "server/core/web/device/", "vendor/lit-html/", "words/")
WHERE = "camera=(), microphone=(), geolocation=(self), payment=(), usb=()"
"""The bag's page may ask the phone where it is, when the shopper taps; the position stays there."""
SETTLED = {"Cache-Control": "no-cache"}


@get("/take")
async def take_page(request: Request, database: Database, settings: Settings) -> Response[str]:
    """Where a tablet's code leads. The ticket is in the fragment, which no server sees; the script posts it."""
    headers = {"Referrer-Policy": "no-referrer"}
    return await shopper_page(request, database, settings, "kiosk/take.html", headers=headers)


@get("/bag")
async def bag_page(request: Request, database: Database, settings: Settings) -> Response[str]:
    """The bag. The page is the same for everybody and holds nothing of anybody: a phone may keep it."""
    headers = {"Permissions-Policy": WHERE} | SETTLED
    return await shopper_page(request, database, settings, "kiosk/bag.html", headers=headers)


@get("/bag/shell.json")
async def shell(request: Request, database: Database) -> dict[str, Any]:
    """What a phone keeps of this version, so that the bag opens without a network."""
    assets: Assets = request.app.state.assets
    async with database.snapshot() as db:
        kit = await brand.current(db)
    names = [name for name in (*assets.files, *assets.made) if name.startswith(OWN) and not name.endswith("worker.js")]
    faces = await asyncio.to_thread(_typefaces, kit.display, kit.text)
    names += ["server/core/web/icon.svg", "vendor/fonts-light.css", *(f"vendor/fonts/{name}" for name in faces)]
    return {"digest": assets.digest, "files": [*(f"/static/{assets.digest}/{name}" for name in names), *_rooms(kit)]}


def _rooms(kit: BrandKit) -> list[str]:
    return [f"/room/{ground[1:]}.css" for ground in grounds(kit)]


@cache
def _typefaces(display: str, text: str) -> tuple[str, ...]:
    """The files that set the page's own sentences and most names in the house's faces."""
    faces = vendor.font_faces(ROOT)
    families = {face.package: face.family for face in faces}
    return (
        *vendor.needed(faces, all_words(), families=(families[display], "Noto Sans"), weights=(600,)),
        *vendor.needed(faces, all_words(), families=(families[text], "Noto Sans"), weights=(400, 600)),
    )


@get("/bag/worker.js")
async def worker(request: Request) -> Response[bytes]:
    """The bag's service worker, at an address of its own since its scope follows from it."""
    body = await asyncio.to_thread(request.app.state.assets.files["kiosk/web/phone/worker.js"].read_bytes)
    return Response(body, media_type="text/javascript", headers=SETTLED | {"Service-Worker-Allowed": "/bag"})


@get("/shared/{secret:str}")
async def shared_page(request: Request, database: Database, settings: Settings, secret: FromPath[str]) -> Response[str]:
    """A copy of somebody's bag as it was when they shared it, with prices now. Complete without a script."""
    limiter.hit("shared", client_address(request), most=120, seconds=60)
    at = now()
    async with database.snapshot() as db:
        share = await sharing.opened(db, secret)
        rows = await items.by_ids(db, share.variants) if share else []
    found = await items.all_told(rows, at=at)
    headers = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"}
    return await shopper_page(
        request, database, settings, "kiosk/shared.html", status=200 if share else 404, headers=headers,
        share=share, items=found,
    )  # fmt: skip


add_extra("item", "kiosk/add.html")
ROUTES = [take_page, bag_page, shell, worker, shared_page]
