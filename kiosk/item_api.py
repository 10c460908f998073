"""What tablets and phones ask of the catalogue: items, stores and stock, codes, and the range of a tablet's store.

Public but for the range: what is for sale is no secret. Callers are counted by address, tablets by device.
"""

from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath, FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from catalog import finding
from kiosk import browsing, items, places, product_page, ranges, searching
from kiosk.api import tablet
from server.core.clock import iso, now
from server.core.database import Database
from server.core.errors import BadInput, NotFound
from server.core.security import client_address, limiter

READS = 1200
"""Reads a minute from one address: the tablets of a store and the phones in it may share one."""
SEARCHES = 600
"""Searches a minute from one address: they cost ten times as much."""
LONGEST_WORDS = 300
"""Characters; a type is a path, and as long as that."""
FRESH = {"Cache-Control": "no-cache"}


class Wanted(msgspec.Struct):
    """Variants by id, and the store from which they are seen: whose prices count, where it has its own."""

    ids: list[str]
    store: str = ""


class Scanned(msgspec.Struct):
    """What a scanner or a camera has read."""

    code: str


@post("/api/items", status_code=200)
async def items_of(request: Request, database: Database, data: Wanted) -> dict[str, Any]:
    """The items with these ids, sold or gone, in their order; unknown ids are left out."""
    _count(request)
    _few(data.ids)
    at = now()
    async with database.snapshot() as db:
        found = await items.by_ids(db, data.ids, store_id=data.store if finding.is_id(data.store) else "")
    return {"items": await items.all_told(found, at=at), "as_of": iso(at)}


@get("/api/item")
async def item(request: Request, database: Database, id: FromQuery[str], store: FromQuery[str] = "") -> Response[Any]:
    """All that the page of an item shows, as seen from a store where one is named."""
    _count(request)
    async with database.snapshot() as db:
        found = await product_page.page(db, id, store=await places.known(db, store), at=now())
    if found is None:
        raise NotFound("There is no such item.")
    return Response(found, headers=FRESH)


@get("/api/search")
async def search(
    request: Request, database: Database, q: FromQuery[str] = "", brand: FromQuery[str] = "", type: FromQuery[str] = "",
    colour: FromQuery[str] = "", store: FromQuery[str] = "", here: FromQuery[bool] = False, start: FromQuery[int] = 0,
    size: FromQuery[int] = searching.A_PAGE,
) -> Response[Any]:  # fmt: skip
    """Products by words and filters, as seen from a store; with `here` only what that store has."""
    limiter.hit("search items", client_address(request), most=SEARCHES, seconds=60)
    if not (0 <= start <= searching.FURTHEST and 0 < size <= searching.MOST_A_PAGE):
        raise BadInput(f"Ask for 1 to {searching.MOST_A_PAGE} products, from one of the first {searching.FURTHEST} on.")
    async with database.snapshot() as db:
        asked = await _asked(db, q, brand, type, colour, store, here)
        found = await searching.search(db, asked, start=start, size=size, at=now())
    return Response(found, headers=FRESH)


@get("/api/browse")
async def browse(
    request: Request, database: Database, q: FromQuery[str] = "", brand: FromQuery[str] = "", type: FromQuery[str] = "",
    colour: FromQuery[str] = "", store: FromQuery[str] = "", here: FromQuery[bool] = False,
) -> Response[Any]:  # fmt: skip
    """Types, brands and colours that a search can be narrowed to; with `here` those of what the store has."""
    limiter.hit("search items", client_address(request), most=SEARCHES, seconds=60)
    async with database.snapshot() as db:
        asked = await _asked(db, q, brand, type, colour, store, here)
        found = await browsing.choices(db, asked.search)
    return Response(found, headers=FRESH)


@get("/api/stores")
async def stores(request: Request, database: Database) -> Response[Any]:
    """Every store with its place and its hours."""
    _count(request)
    async with database.snapshot() as db:
        return Response({"stores": [places.told(store) for store in await places.all_of(db)]}, headers=FRESH)


@post("/api/stores/{id:str}/stock", status_code=200)
async def stock(request: Request, database: Database, id: FromPath[str], data: Wanted) -> dict[str, Any]:
    """What a store has of these variants; those that it does not list are left out."""
    _count(request)
    _few(data.ids)
    async with database.snapshot() as db:
        store = await places.known(db, id)
        if store is None:
            raise NotFound("There is no such store, or it has closed.")
        found = await places.stock_of(db, store, filter(finding.is_id, data.ids))
    return {"store": store.id, "as_of": iso(now()), "stock": found}


@post("/api/codes", status_code=200)
async def code(request: Request, database: Database, data: Scanned) -> dict[str, str]:
    """The variant that a scanned code points at. A good code of something else is not found; what is no code is said
    to be none, and why."""
    _count(request)
    async with database.snapshot() as db:
        variant = await finding.of_code(db, data.code)
    if variant is None:
        raise NotFound("That is a good code, but of nothing that is sold here.")
    return {"variant": variant.id}


@get("/api/range")
async def range_of(
    request: Request, database: Database, after: FromQuery[str] = "", size: FromQuery[int] = ranges.MOST_A_PAGE
) -> Response[Any]:
    """A page of the range of the tablet's store. The first answers 304 to the ETag that it gave while nothing has changed.

    Ask now and then, and when the range's topic moves: pictures arrive, and sales begin and end, without news.
    """
    if not 0 < size <= ranges.MOST_A_PAGE:
        raise BadInput(f"A page holds 1 to {ranges.MOST_A_PAGE} items.")
    at = now()
    async with database.snapshot() as db:
        kiosk = await tablet(db, request)
        limiter.hit("range", kiosk.id, most=240, seconds=60)
        version = await ranges.version(db, kiosk.store_id, at=at)
        headers = {"Cache-Control": "private, no-cache", "ETag": f'"{version}"'}
        if not after and version in request.headers.get("if-none-match", ""):
            return Response(None, status_code=304, headers=headers)
        page = await ranges.page(db, kiosk.store_id, after=after, size=size, at=at)
    return Response(page | {"version": version}, headers=headers)


async def _asked(
    db: AsyncSession, q: str, brand: str, type: str, colour: str, store: str, here: bool
) -> searching.Asked:
    known = await places.known(db, store)
    return searching.Asked(
        words=_typed(q), brand=_typed(brand), type=_typed(type), colour=_typed(colour), store=known.id if known else "",
        here=here and known is not None,
    )  # fmt: skip


def _count(request: Request) -> None:
    limiter.hit("read items", client_address(request), most=READS, seconds=60)


def _typed(text: str) -> str:
    """Words as somebody types them: nothing that no database takes, and no novels."""
    return text.replace("\0", " ")[:LONGEST_WORDS]


def _few(ids: list[str]) -> None:
    if len(ids) > items.MOST:
        raise BadInput(f"Ask for {items.MOST} items at once at most.")


ROUTES = [items_of, item, search, browse, stores, stock, code, range_of]
