"""The tablet's pages: pairing, the app, and what a tablet keeps of it so that it starts without a network."""

import asyncio
from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath

from server.core import brand, vendor
from server.core.assets import Assets
from server.core.rendering import page
from server.core.settings import ROOT
from server.core.wording import catalogue

OWN = ("kiosk/web/tablet/", "kiosk/web/shared/", "server/core/web/device/", "vendor/lit-html/", "words/")
LETTERS = "".join(map(chr, range(0x20, 0x7F))) + "ÅÆØåæøÄÖÜäöüßéèçñ“”‘’…–—·×€£₫" + "đĐơƠưƯăĂâÂêÊôÔạẠếẾộỘữỮỹỸ"
"""What the app's own sentences and most names are set in: the typefaces that a tablet keeps have these."""
SETTLED = {"Cache-Control": "no-cache"}


@get("/kiosk")
async def pairing_page(request: Request) -> Response[str]:
    """The page that shows a code until somebody pairs the tablet."""
    return page(request, "core/pairing.html", kind="kiosk", headers=SETTLED)


@get("/kiosk/{id:str}")
async def tablet_page(request: Request, id: FromPath[str]) -> Response[str]:
    """The app. The page is the same for every tablet and holds no secret: the token is in the browser."""
    return page(request, "kiosk/tablet.html", headers=SETTLED)


@get("/kiosk/adopt")
async def adopt_page(request: Request) -> Response[str]:
    """Makes a browser a tablet that was paired for it, as the demo's links do."""
    return page(request, "core/adopt.html", kind="kiosk")


@get("/kiosk/shell.json")
async def shell(request: Request) -> dict[str, Any]:
    """What a tablet keeps of this version, so that it starts without a network."""
    assets: Assets = request.app.state.assets
    names = [name for name in (*assets.files, *assets.made) if name.startswith(OWN)]
    names += ["vendor/fonts-light.css", *(f"vendor/fonts/{name}" for name in await asyncio.to_thread(_typefaces))]
    return {"digest": assets.digest, "files": [assets.address(name) for name in names]}


def _typefaces() -> tuple[str, ...]:
    """The files of every face that a brand may choose, in the weights that the app sets."""
    faces = vendor.font_faces(ROOT)
    letters = LETTERS + "".join(str(word) for language in ("vi", "nb") for word in catalogue(ROOT, language).values())
    packages = {face.package: face.family for face in faces}
    chosen = [(name, (400,)) for name in brand.DISPLAY_FACES] + [(name, (400, 600)) for name in brand.TEXT_FACES]
    files = [
        vendor.needed(faces, letters, families=(packages[name], "Noto Sans"), weights=weights)
        for name, weights in chosen
    ]
    return tuple(dict.fromkeys(name for some in files for name in some))


@get("/kiosk/worker.js")
async def worker(request: Request) -> Response[bytes]:
    """The tablets' service worker, at an address of its own since its scope follows from it."""
    body = await asyncio.to_thread(request.app.state.assets.files["server/core/web/device/worker.js"].read_bytes)
    return Response(body, media_type="text/javascript", headers=SETTLED | {"Service-Worker-Allowed": "/kiosk"})


ROUTES = [pairing_page, tablet_page, adopt_page, shell, worker]
