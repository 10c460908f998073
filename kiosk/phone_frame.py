"""The frame that shoppers' own pages share: the house's name, its paper, the language, and where the scripts lie."""

from typing import Any

from litestar import Request, Response

from kiosk.saying import Speaker
from server.core import brand, colour, languages
from server.core.brand import BrandKit
from server.core.colour import Oklch
from server.core.database import Database
from server.core.rendering import page
from server.core.settings import Settings

PAPER = "#f6f3ef"
"""What the pages are printed on by day: the room of what has no colour of its own."""
NIGHT = 0.21
"""How light it is by night, in the house's hue."""


async def shopper_page(
    request: Request, database: Database, settings: Settings, template: str, *, status: int = 200,
    headers: dict[str, str] | None = None, **context: Any,
) -> Response[str]:  # fmt: skip
    """A page that extends kiosk/phone_base.html, in the language of whoever asks.

    It holds nothing of the shopper: what is theirs, scripts fetch. So a page may be kept on the phone.
    """
    async with database.snapshot() as db:
        kit = await brand.current(db)
    say = Speaker(languages.of(request, settings.language))
    headers = {"Vary": "Accept-Language, Cookie", "Content-Language": say.language, **(headers or {})}
    digest = request.app.state.assets.digest
    return page(
        request, template, status=status, headers=headers, say=say, kit=kit, digest=digest, grounds=grounds(kit),
        **context,
    )  # fmt: skip


def grounds(kit: BrandKit) -> tuple[str, str]:
    """What the pages are printed on by day and by night, as #rrggbb: paper, and a breath of the house's own colour."""
    own = colour.to_oklch(kit.field)
    return PAPER, colour.from_oklch(Oklch(NIGHT, min(own.chroma, 0.03), own.hue))
