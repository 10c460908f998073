"""What tablets and phones tell the server of visits, bags and tickets."""

import asyncio
from typing import Any

import msgspec
from litestar import Request, Response, delete, get, post, put
from litestar.params import FromPath, FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from kiosk import calling, keeping, sealing, shoppers, tickets, visits
from kiosk.models import Bag, Kiosk, ShopperSession
from server.core import codes, devices, topics
from server.core.database import Database
from server.core.errors import BadInput, Conflict, NotFound, SignInNeeded
from server.core.security import bearer, client_address, is_uuid, limiter
from server.core.settings import Settings


class Beginning(msgspec.Struct):
    """A visit as the tablet made it."""

    bag: str
    secret: str


class Batch(msgspec.Struct):
    """Operations on a bag; a tablet proves with the bag's secret that it made it."""

    operations: list[keeping.Operation]
    secret: str = ""


class Opened(msgspec.Struct):
    """The secret of a ticket, which stood in the fragment of the code's address."""

    ticket: str


class Picked(msgspec.Struct):
    """The number that the shopper picked on the phone."""

    number: int


# -- tablet: visits -----------------------------------------------------------------------------------------------


async def tablet(db: AsyncSession, request: Request) -> Kiosk:
    """The tablet that asks. Raises SignInNeeded for any other device."""
    kiosk = await devices.held_by(db, bearer(request), Kiosk)
    if kiosk is None:
        await devices.calling(db, request)
        raise SignInNeeded("This device is no tablet. Pair it as one.")
    return kiosk


@put("/api/visits/{id:str}")
async def begin_visit(request: Request, database: Database, id: FromPath[str], data: Beginning) -> dict[str, Any]:
    """Begin a visit, or say that it goes on; said every minute while somebody is there."""
    async with database.transaction() as db:
        kiosk = await tablet(db, request)
        limiter.hit("visit", kiosk.id, most=120, seconds=60)
        visit = await visits.begin(db, kiosk.id, id=id, bag_id=data.bag, secret=data.secret)
        return {"visit": visit.id, "bag": visit.bag_id, "over": visit.ended_at is not None}


@delete("/api/visits/{id:str}")
async def end_visit(request: Request, database: Database, id: FromPath[str], by: FromQuery[str] = "shopper") -> None:
    """The glass is cleared. Ending what is over, or was never heard of, is fine."""
    async with database.transaction() as db:
        kiosk = await tablet(db, request)
        try:
            await visits.end(db, await visits.of_kiosk(db, kiosk.id, id), by=by)
        except NotFound:
            return


@post("/api/visits/{id:str}/tickets")
async def show_ticket(request: Request, database: Database, settings: Settings, id: FromPath[str]) -> dict[str, Any]:
    """A code for a phone to take the bag with, as an address and as a picture."""
    async with database.transaction() as db:
        kiosk = await tablet(db, request)
        limiter.hit("ticket", kiosk.id, most=60, seconds=600)
        secret = await tickets.show(db, await visits.of_kiosk(db, kiosk.id, id))
    address = f"{codes.public_address(request, settings)}/take#{secret}"
    svg = await asyncio.to_thread(codes.svg, address)
    return {"address": address, "svg": svg.decode(), "expires_seconds": int(tickets.LIFE.total_seconds())}


@delete("/api/visits/{id:str}/tickets")
async def refuse_ticket(request: Request, database: Database, id: FromPath[str]) -> None:
    """That was not my phone: nobody gets the bag, and who just got it has it no more."""
    async with database.transaction() as db:
        await tickets.refuse(db, await visits.of_kiosk(db, (await tablet(db, request)).id, id))


@post("/api/visits/{id:str}/call")
async def call_associate(request: Request, database: Database, id: FromPath[str]) -> None:
    """Ask for somebody; asking again changes nothing."""
    async with database.transaction() as db:
        kiosk = await tablet(db, request)
        limiter.hit("call", kiosk.id, most=30, seconds=60)
        await calling.call(db, kiosk, await visits.of_kiosk(db, kiosk.id, id))


@delete("/api/visits/{id:str}/call")
async def cancel_call(request: Request, database: Database, id: FromPath[str]) -> None:
    """Nobody needs to come after all."""
    async with database.transaction() as db:
        await calling.cancel(db, await visits.of_kiosk(db, (await tablet(db, request)).id, id))


# -- tablet: what could not be sent -------------------------------------------------------------------------------


@get("/api/sealing-key")
async def sealing_key(request: Request, database: Database) -> dict[str, str]:
    """What a tablet seals to when it has to forget before it could send."""
    async with database.transaction() as db:
        await tablet(db, request)
        key = await sealing.current(db)
        return {"id": key.id, "key": sealing.public(key)}


@post("/api/sealed", status_code=200)
async def take_sealed(request: Request, database: Database, data: sealing.Box) -> dict[str, Any]:
    """Open a box of this tablet's and keep what is in it; handing it in again changes nothing."""
    async with database.snapshot() as db:
        kiosk = await tablet(db, request)
        limiter.hit("sealed", kiosk.id, most=300, seconds=60)
        key = await sealing.key_of(db, data)
    held = await sealing.unseal(key, data, tablet=kiosk.id)  # nobody's tap waits for that
    if len(held.operations) > keeping.AT_ONCE:
        raise BadInput("This box holds nothing that can be used.")
    async with database.transaction() as db:
        await tablet(db, request)  # it may have been taken out meanwhile
        bag = await visits.made_with(db, held.bag, held.secret)
        outcomes = await keeping.take(db, bag, held.operations, source=f"kiosk:{kiosk.id}")
        return {"outcomes": [msgspec.to_builtins(one) for one in outcomes]}


# -- bags ---------------------------------------------------------------------------------------------------------


@post("/api/bags/{id:str}/operations", status_code=200)
async def operate(request: Request, database: Database, id: FromPath[str], data: Batch) -> dict[str, Any]:
    """Keep operations, from the tablet that made the bag or from a browser that opens it.

    `bag` is what it has become by now, and `version` that of the document which shows them.
    """
    if not 0 < len(data.operations) <= keeping.AT_ONCE:
        raise BadInput(f"Send 1 to {keeping.AT_ONCE} operations at once.")
    bumped: dict[str, int] = {}

    async def take(db: AsyncSession) -> tuple[str, list[keeping.Outcome]]:
        bag, source = await _operated(db, request, id, data.secret)
        outcomes = await keeping.take(db, bag, data.operations, source=source)
        topics.once_bumped(db, bumped.update)
        return (await keeping.where(db, bag.id))[0] if bag.moved_to else bag.id, outcomes

    became, outcomes = await database.shared(take)
    version = [request.app.state.hub.epoch, bumped[f"bag:{became}"]]
    return {"outcomes": [msgspec.to_builtins(one) for one in outcomes], "bag": became, "version": version}


async def _operated(db: AsyncSession, request: Request, id: str, secret: str) -> tuple[Bag, str]:
    if not is_uuid(id):
        raise NotFound("There is no such bag for you.")
    if bearer(request):
        kiosk = await tablet(db, request)
        limiter.hit("operate", kiosk.id, most=600, seconds=60)
        return await visits.with_secret(db, id, secret), f"kiosk:{kiosk.id}"
    session = await shoppers.calling(db, request)
    limiter.hit("operate", session.digest, most=600, seconds=60)
    return await shoppers.own_bag(db, session, id), "phone"


# -- phone: taking a bag ------------------------------------------------------------------------------------------


@post("/api/tickets", status_code=200)
async def open_ticket(request: Request, database: Database, settings: Settings, data: Opened) -> Response[Any]:
    """A phone has scanned a tablet's code: it gets numbers to pick from."""
    limiter.hit("open ticket", client_address(request), most=60, seconds=60)
    async with database.transaction() as db:
        session, secret = await _session(db, request, settings)
        ticket = await tickets.open_with(db, data.ticket[:100], session)
        place = await tickets.place(db, ticket)
        body = {"state": ticket.state, "choices": ticket.choices if ticket.state == "asked" else [], **place}
    answer = Response(body, headers={"Cache-Control": "no-store"})
    if secret:
        shoppers.remember(answer, request, secret, settings)
    return answer


@post("/api/tickets/pick", status_code=200)
async def pick_number(request: Request, database: Database, settings: Settings, data: Picked) -> Response[Any]:
    """The shopper picked a number on the phone: the right one opens the bag, to a new session."""
    limiter.hit("pick", client_address(request), most=60, seconds=60)
    async with database.transaction() as db:
        before = await shoppers.calling(db, request)
        visit = await tickets.pick(db, before, data.number)
        if visit is not None:
            session, secret = await shoppers.begin(db, settings, browser=shoppers.browser_of(request), before=before)
            await tickets.renamed(db, before.digest, session.digest)
    if visit is None:
        raise Conflict(tickets.WRONG, wrong=True)
    answer = Response({"bag": visit.bag_id}, headers={"Cache-Control": "no-store"})
    shoppers.remember(answer, request, secret, settings)
    return answer


async def _session(db: AsyncSession, request: Request, settings: Settings) -> tuple[ShopperSession, str]:
    """The browser's session, and the secret of a new one where it had none."""
    session = await shoppers.session_of(db, request)
    return (session, "") if session else await shoppers.begin(db, settings, browser=shoppers.browser_of(request))


# -- phone: the bag -----------------------------------------------------------------------------------------------


@get("/api/bag")
async def own_bag(request: Request, database: Database) -> Response[Any]:
    """Which bag this browser opens, and why it may have lost the one it had."""
    async with database.snapshot() as db:
        session = await shoppers.session_of(db, request)
        bag = await shoppers.bag_of(db, session) if session else None
    if session:
        await shoppers.used(database, session)
    body = {
        "bag": bag.id if bag else None, "customer": bool(session and session.customer_id),
        "lost_because": session.lost_because if session else "",
    }  # fmt: skip
    return Response(body, headers={"Cache-Control": "no-store"})


@post("/api/bag", status_code=200)
async def begin_bag(request: Request, database: Database, settings: Settings) -> Response[Any]:
    """The bag of this browser, begun where it has none: so that what was seen on a billboard can be kept without any account."""
    limiter.hit("begin bag", client_address(request), most=60, seconds=600)
    async with database.transaction() as db:
        session, secret = await _session(db, request, settings)
        bag = await shoppers.bag_of(db, session) or await shoppers.begin_bag(db, session)
    answer = Response({"bag": bag.id}, headers={"Cache-Control": "no-store"})
    if secret:
        shoppers.remember(answer, request, secret, settings)
    return answer


@delete("/api/bag/visits/{id:str}")
async def end_visit_from_phone(request: Request, database: Database, id: FromPath[str]) -> None:
    """Clear the tablet that has this browser's bag open."""
    async with database.transaction() as db:
        session = await shoppers.calling(db, request)
        bag = await shoppers.bag_of(db, session)
        for visit in await visits.in_progress(db, bag.id) if bag else ():
            if visit.id == id:
                await visits.end(db, visit, by="phone")


ROUTES = [
    begin_visit, end_visit, show_ticket, refuse_ticket, call_associate, cancel_call, sealing_key, take_sealed, operate,
    open_ticket, pick_number, own_bag, begin_bag, end_visit_from_phone,
]  # fmt: skip
