"""What tablets count, and what was collected the most in a store today."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromQuery

from kiosk import counting, items, places
from kiosk.api import tablet
from kiosk.item_api import FRESH, READS
from server.core.clock import now
from server.core.database import Database
from server.core.security import client_address, limiter


@post("/api/counts", status_code=204)
async def counts(request: Request, database: Database, data: counting.Batch) -> None:
    """Take what a tablet has counted; the same batch once more changes nothing."""
    async with database.transaction() as db:
        kiosk = await tablet(db, request)
        limiter.hit("counts", kiosk.id, most=30, seconds=60)
        # Shoppers stand at a tablet one after the other: what it tells of more comes later, or is made up.
        limiter.hit("visits told", kiosk.id, most=counting.VISITS_AN_HOUR, seconds=3600, times=counting.visits(data))
        await counting.take(db, kiosk, data, at=now())


@get("/api/collected")
async def collected(request: Request, database: Database, store: FromQuery[str]) -> Response[Any]:
    """{"day", "items": [{"item", "bags"}]}: what most shoppers of a store collected today, five of them or more."""
    limiter.hit("read items", client_address(request), most=READS, seconds=60)
    at = now()
    async with database.snapshot() as db:
        known = await places.known(db, store)
        if known is None:
            return Response({"day": "", "items": []}, headers=FRESH)
        day = counting.today(known, at)
        bags = dict(await counting.most_collected(db, [(known.id, day)]))
        found = await items.by_ids(db, bags, store_id=known.id)
        told = [{"item": items.told(row, at=at), "bags": bags[row.variant.id]} for row in found]
    return Response({"day": day.isoformat(), "items": told}, headers=FRESH)


ROUTES = [counts, collected]
