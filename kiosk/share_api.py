"""What a shopper's browser asks about its own bag beside what is in it: links that share a copy, and where things were seen."""

from typing import Any

from litestar import Request, Response, delete, get, post
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from kiosk import keeping, seeing, sharing, shoppers
from kiosk.models import Bag, Share
from server.core import codes
from server.core.clock import iso
from server.core.database import Database
from server.core.errors import NotFound
from server.core.security import limiter
from server.core.settings import Settings

OWN = {"Cache-Control": "no-store"}


async def _bag(db: AsyncSession, request: Request) -> Bag:
    session = await shoppers.calling(db, request)
    limiter.hit("bag's links", session.digest, most=120, seconds=60)
    bag = await shoppers.bag_of(db, session)
    if bag is None:
        raise NotFound("This browser has no bag yet.")
    return bag


@post("/api/bag/shares")
async def make_share(request: Request, database: Database, settings: Settings) -> Response[Any]:
    """A link to a copy of the bag as it is now. Its address is told this once: the server keeps only a digest."""
    async with database.transaction() as db:
        bag = await _bag(db, request)
        limiter.hit("share", bag.id, most=20, seconds=3600)
        made, secret = await sharing.share(db, bag)
        body = _told(made) | {"address": f"{codes.public_address(request, settings)}/shared/{secret}"}
    return Response(body, status_code=201, headers=OWN)


@get("/api/bag/shares")
async def list_shares(request: Request, database: Database) -> Response[Any]:
    """The links of the bag that still show something, without their addresses."""
    async with database.snapshot() as db:
        found = await sharing.of_bag(db, await _bag(db, request))
    return Response({"shares": [_told(one) for one in found]}, headers=OWN)


@delete("/api/bag/shares/{id:int}")
async def withdraw_share(request: Request, database: Database, id: FromPath[int]) -> None:
    """Let a link show nothing any more."""
    async with database.transaction() as db:
        await sharing.withdraw(db, await _bag(db, request), id)


@get("/api/bag/places")
async def places_seen(request: Request, database: Database) -> Response[Any]:
    """The names of the screens on which things in the bag were seen, by id; of no others."""
    async with database.snapshot() as db:
        bag = await _bag(db, request)
        ids = {item.seen["screen"] for item in await keeping.contents(db, bag) if item.seen.get("screen")}
        found = await seeing.names(db, ids) if ids else {}
    return Response({"places": found}, headers=OWN)


def _told(share: Share) -> dict[str, Any]:
    made, expires = iso(share.made_at), iso(share.expires_at)
    return {"id": share.id, "items": len(share.variants), "made_at": made, "expires_at": expires}


ROUTES = [make_share, list_shares, withdraw_share, places_seen]
