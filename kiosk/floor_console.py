"""The floor: for associates, who is called at which tablet of their store, and how its tablets stand."""

from typing import Any
from urllib.parse import quote, unquote

from litestar import Request, Response, delete, get, post
from litestar.params import FromPath, FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.models import Store
from kiosk import calling, floor
from kiosk.models import Call, Kiosk
from server.core import audit, staff
from server.core.database import Database
from server.core.errors import NotAllowed, NotFound
from server.core.rendering import Section, add_section, back, console_page, page

add_section(Section(32, "/console/floor", "Floor", "f", "associate"))
PATH = "/console/floor"


def path_of(store_id: str) -> str:
    """The address of a store's floor, whatever characters are in its code."""
    return f"{PATH}/{quote(store_id, safe='')}"


@get(PATH)
async def floors(request: Request, database: Database) -> Response[Any]:
    """Every store that has a tablet; an associate goes on to their own."""
    async with database.snapshot() as db:
        person = await staff.calling(db, request, "associate")
        if not person.may("viewer"):
            return back(path_of(person.store_id or ""))
        summaries = await floor.summaries(db)
    if request.headers.get("hx-request"):
        return page(request, "kiosk/floors_table.html", person=person, summaries=summaries, path_of=path_of)
    return console_page(request, "kiosk/floors.html", person, title="Floor", summaries=summaries, path_of=path_of)


@get(PATH + "/{store:path}")
async def store_floor(request: Request, database: Database) -> Response[str]:
    """The floor of a store: open calls with what was collected, visits, and tablets."""
    # The raw path: a store's code may hold what an address would take for a part of itself.
    raw = request.scope.get("raw_path", b"").decode("ascii", "replace").partition("?")[0]
    async with database.snapshot() as db:
        person = await staff.calling(db, request, "associate")
        return await _shown(db, request, person, unquote(raw.partition(f"{PATH}/")[2]))


async def _shown(db: AsyncSession, request: Request, person: staff.Staff, store_id: str) -> Response[str]:
    store = await _store(db, person, store_id)
    context = {"floor": await floor.floor(db, store), "store": store, "here": path_of(store.id)}
    context |= {"may_clear": person.may("merchandiser"), "may_serve": serves(person)}
    if request.headers.get("hx-request"):
        return page(request, "kiosk/floor_now.html", person=person, **context)
    return console_page(request, "kiosk/floor.html", person, title=store.name, **context)


async def _store(db: AsyncSession, person: staff.Staff, id: str) -> Store:
    """A store whose floor this person may see. Raises NotFound: of others an associate does not learn that they are there."""
    store = await db.get(Store, id) if 0 < len(id) <= 60 and "\0" not in id and _sees(person, id) else None
    if store is None:
        raise NotFound("There is no such store, or it is not yours.")
    return store


def _sees(person: staff.Staff, store_id: str) -> bool:
    return person.may("viewer") or person.store_id == store_id


# -- calls --------------------------------------------------------------------------------------------------------


@post("/console/calls/{id:int}/answer", status_code=200)
async def answer(request: Request, database: Database, id: FromPath[int]) -> Response[str]:
    """Say that one is coming: the tablet tells the shopper one's first name."""
    async with database.transaction() as db:
        person = await _serving(db, request)
        call = await calling.answer(db, id, store_id=_own(person), by=first_name(person))
        await _record(db, person, "answered call", call)
    return await _anew(database, request, person, call.store_id)


@delete("/console/calls/{id:int}", status_code=200)
async def done(request: Request, database: Database, id: FromPath[int]) -> Response[str]:
    """The shopper has been helped."""
    async with database.transaction() as db:
        person = await _serving(db, request)
        call = await calling.finish(db, id, store_id=_own(person))
        await _record(db, person, "ended call", call)
    return await _anew(database, request, person, call.store_id)


@delete("/console/calls", status_code=200)
async def clear(request: Request, database: Database, store: FromQuery[str] = "") -> Response[str]:
    """End every call of a store, after closing time say."""
    async with database.transaction() as db:
        person = await staff.calling(db, request, "merchandiser")
        found = await _store(db, person, store)
        for call in await calling.open_calls(db, found.id):
            await calling.finish(db, call.id, store_id=found.id)
        audit.record(db, who=person.name, what="cleared calls", which=found.name, id=found.id)
    return await _anew(database, request, person, found.id)


async def _anew(database: Database, request: Request, person: staff.Staff, store_id: str) -> Response[str]:
    """The floor as it is now; after the change is kept, since taps wait for whoever writes."""
    async with database.snapshot() as db:
        return await _shown(db, request, person, store_id)


async def _serving(db: AsyncSession, request: Request) -> staff.Staff:
    """Somebody who may see to calls: an associate, or who may change things anyway. Raises NotAllowed for a viewer."""
    person = await staff.calling(db, request, "associate")
    if not serves(person):
        raise NotAllowed(f"This needs the role associate or moderator; you are {person.role}. Ask an administrator.")
    return person


def serves(person: staff.Staff) -> bool:
    """Whether somebody's role lets them answer calls."""
    return person.role == "associate" or person.may("moderator")


def _own(person: staff.Staff) -> str | None:
    """The one store whose calls this person may see to; None: all."""
    return None if person.may("viewer") else person.store_id or ""


def first_name(person: staff.Staff) -> str:
    """What a tablet calls whoever is coming: enough to know them by, and no more."""
    return (person.name.split() or ["Somebody"])[0]


async def _record(db: AsyncSession, person: staff.Staff, what: str, call: Call) -> None:
    audit.record(db, who=person.name, what=what, which=(await db.get_one(Kiosk, call.kiosk_id)).name, id=call.id)


ROUTES = [floors, store_floor, answer, done, clear]
