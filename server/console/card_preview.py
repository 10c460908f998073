"""A card at true proportion, as a screen would show it: the frame that the queue, on air and trends look through."""

import asyncio
from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath, FromQuery
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.codes import variant_address
from catalog.models import Stock, Store, Variant
from displays import documents
from displays.models import Card, Screen
from displays.screens import portrait, present
from server.core import codes, staff
from server.core.clock import milliseconds
from server.core.database import Database, settings_of
from server.core.errors import NotFound
from server.core.rendering import page
from server.core.settings import Settings

SIZES = {"landscape": (1920, 1080), "portrait": (1080, 1920)}
SAMPLE_MINUTES = 5


@get("/console/cards/{digest:str}")
async def card_page(
    request: Request,
    database: Database,
    digest: FromPath[str],
    orientation: FromQuery[str] = "landscape",
    screen: FromQuery[str] = "",
) -> Response[str]:
    """One card on a stage. `screen` is the id of the screen to show it as; else one that hangs that way is taken."""
    async with database.snapshot() as db:
        await staff.calling(db, request, "viewer")
        card = await db.get(Card, digest)
        if card is None:
            raise NotFound("There is no such card.")
        glass = await _glass(db, screen, orientation)
        world = await _world(db, glass, card)
    width, height = _size(glass if screen else None, orientation)
    world |= {"now": milliseconds(), "qr": f"/console/cards/{digest}/code.svg" if card.variants else None}
    return page(
        request,
        "console/card.html",
        card=card,
        world=world,
        width=width,
        height=height,
        name=glass.name if glass else "",
    )


@get("/console/cards/{digest:str}/code.svg", opt={"quiet": True})
async def sample_code(
    request: Request, database: Database, settings: Settings, digest: FromPath[str]
) -> Response[bytes]:
    """A code as the card's will be, without a screen or spot in it: what is only looked at counts no scan."""
    async with database.snapshot() as db:
        await staff.calling(db, request, "viewer")
        card = await db.get(Card, digest)
        variant = await db.get(Variant, card.variants[0]) if card and card.variants else None
    if variant is None:
        raise NotFound("There is no such code.")
    body = await asyncio.to_thread(codes.svg, codes.public_address(request, settings) + variant_address(variant))
    return Response(body, media_type="image/svg+xml", headers={"Cache-Control": "private, max-age=3600"})


async def _glass(db: AsyncSession, id: str, orientation: str) -> Screen | None:
    """The screen that is meant, or the first that hangs that way, has a place and speaks the house's language, or any."""
    screens = await present(db)
    if id:
        found = next((one for one in screens if one.id == id), None)
        if found is None:
            raise NotFound("There is no such screen.")
        return found
    upright = orientation == "portrait"
    own = settings_of(db).language

    def unlike(one: Screen) -> tuple[bool, bool, bool]:
        return one.latitude is None, portrait(one) != upright, one.language != own

    return min(screens, key=unlike, default=None)


def _size(glass: Screen | None, orientation: str) -> tuple[int, int]:
    if glass is None:
        return SIZES.get(orientation, SIZES["landscape"])
    return (glass.height, glass.width) if glass.rotation in (90, 270) else (glass.width, glass.height)


async def _world(db: AsyncSession, glass: Screen | None, card: Card) -> dict[str, Any]:
    """What the slots are filled from: the screen's own stores, or where there are none a store that has the item."""
    screen = await documents.screen_document(db, glass.id) if glass else None
    screen = screen or await documents.no_screen(db)
    if not screen["stores"] and (sample := await _sample(db, card)):
        screen["stores"], screen["time_zone"] = [sample], sample.pop("time_zone")
    facts = [await documents.store_facts(db, one["id"], list(card.variants)) for one in screen["stores"]]
    return {"screen": screen, "stores": {one["store"]: one for one in facts if one}}


async def _sample(db: AsyncSession, card: Card) -> dict[str, Any] | None:
    query = select(Store).outerjoin(Stock, (Stock.store_id == Store.id) & Stock.variant_id.in_(card.variants))
    store = await db.scalar(
        query.where(Store.withdrawn_at.is_(None)).order_by(Stock.quantity.desc().nulls_last(), Store.id).limit(1)
    )
    if store is None:
        return None
    return {
        "id": store.id,
        "name": store.name,
        "minutes": SAMPLE_MINUTES,
        "metres": SAMPLE_MINUTES * 80,
        "time_zone": store.time_zone,
    }


ROUTES = [card_page, sample_code]
