"""How a browser becomes a device: it shows a code, somebody types that into the console, and a poll brings the token."""

from typing import Any

import msgspec
from litestar import Request, get, post
from sqlalchemy.ext.asyncio import AsyncSession

from server.core import devices
from server.core.database import Database
from server.core.errors import BadInput, NotFound
from server.core.security import bearer, client_address, limiter

FORMS = {"screen": "/console/screens/new", "kiosk": "/console/tablets/new"}
"""Where a code of each kind of device is typed."""
ELSEWHERE = {
    "screen": "That code is a screen’s, not a tablet’s.", "kiosk": "That code is a tablet’s, not a screen’s.",
}  # fmt: skip


class Asking(msgspec.Struct):
    """What a device says when it asks to be paired; sizes in pixels."""

    kind: str = "screen"
    width: int = 0
    height: int = 0


@post("/api/pairing")
async def ask(request: Request, database: Database, data: Asking) -> dict[str, Any]:
    """Offer a device a code to show, and a secret to poll with."""
    limiter.hit("pairing", client_address(request), most=30, seconds=600)
    if data.kind not in ("screen", "kiosk") or not (100 <= data.width <= 20_000 and 100 <= data.height <= 20_000):
        raise BadInput("A device is a screen or a kiosk, 100 to 20,000 pixels each way.")
    async with database.transaction() as db:
        offer = await devices.offer(db, kind=data.kind, width=data.width, height=data.height)
    return {"code": offer.code, "secret": offer.secret, "expires_seconds": offer.expires_seconds}


@get("/api/pairing")
async def poll(request: Request, database: Database) -> dict[str, Any]:
    """Tell a device whether somebody has taken it in; then its id and token."""
    limiter.hit("pairing poll", client_address(request), most=1200, seconds=600)
    async with database.transaction() as db:
        found = await devices.collect(db, bearer(request) or "")
    return {"paired": False} if found is None else {"paired": True, "id": found[0].id, "token": found[1]}


async def typed_code(
    db: AsyncSession, code: str, kind: str, *, by: str, errors: dict[str, str]
) -> devices.Pairing | None:
    """The device of this kind that shows a code which somebody typed; else None, with why in `errors`.

    Guesses are counted, since a right one names a device.
    """
    limiter.hit("pairing by code", by, most=30, seconds=300)
    try:
        pairing = await devices.waiting(db, code[:20])
    except NotFound as error:
        errors["code"] = error.detail
        return None
    if pairing.kind != kind:
        errors["code"] = ELSEWHERE[pairing.kind]
        errors["elsewhere"] = f"{FORMS[pairing.kind]}?code={pairing.code}"
        return None
    return pairing


ROUTES = [ask, poll]
