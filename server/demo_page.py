"""The demo's shop window: one page that opens its screens, its tablets, a phone and the console, each in a window of its size."""

import json
import re
from pathlib import Path
from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath

from displays import spots
from displays.models import ScreenReport
from server.core.database import Database
from server.core.errors import Conflict, NotFound
from server.core.rendering import page
from server.core.security import new_token, same
from server.core.settings import Settings

SCREENS, TABLETS, KEY = "screens.json", "tablets.json", "window.key"
"""Files in the demo's folder: its devices with their tokens, and what the address of this page ends with."""


def key_of(home: Path) -> str:
    """What the page's address ends with, the same at every start: whoever has it can be any of the demo's devices."""
    file = home / KEY
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(new_token())
    return file.read_text()


def devices_of(home: Path, name: str) -> list[dict[str, Any]]:
    """The screens or the tablets of the demo: id, name, token, width and height."""
    file = home / name
    return json.loads(file.read_text()) if file.exists() else []


@get("/demo/{key:str}")
async def window(request: Request, settings: Settings, key: FromPath[str]) -> Response[str]:
    """The shop window."""
    _own(settings, key)
    return page(
        request, "console/demo.html", title="The demo", key=key, screens=devices_of(settings.home, SCREENS),
        tablets=devices_of(settings.home, TABLETS),
    )  # fmt: skip


@get("/demo/{key:str}/glass/{screen:str}")
async def scan(database: Database, settings: Settings, key: FromPath[str], screen: FromPath[str]) -> Response[None]:
    """Where the code on a screen's glass leads at this moment, as if a phone had scanned it."""
    _own(settings, key)
    async with database.snapshot() as db:
        report = await db.get(ScreenReport, screen)
        address = await spots.address(db, report.spot, screen) if report and report.connected else None
    if address is None:
        raise Conflict(
            "This screen shows nothing with a code now. Open the screen first, wait for its first card, and try again."
        )
    return Response(None, status_code=303, headers={"Location": address, "Cache-Control": "no-store"})


def _own(settings: Settings, key: str) -> None:
    """Raises NotFound but in a demo, for whoever has its key."""
    if not (settings.demo and re.fullmatch(r"[\w-]{20,100}", key, re.ASCII) and same(key, key_of(settings.home))):
        raise NotFound("There is nothing at this address.")


ROUTES = [window, scan]
