"""Staff pages of tablets: how they stand, store by store, taking one in by its code, changing it, taking it out."""

from typing import Any

from litestar import Request, Response, delete, get, post
from litestar.params import FromPath, FromQuery
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.models import Store
from kiosk import floor, kiosks, tablet_form, visits
from kiosk.models import Kiosk, Visit
from kiosk.tablet_form import TabletDraft
from server.core import audit, devices, staff
from server.core.database import Database
from server.core.errors import NotFound
from server.core.pairing import typed_code
from server.core.rendering import Section, add_section, back, console_page, forward, page
from server.core.security import parts_of

add_section(Section(31, "/console/tablets", "Tablets", "l"))
PATH = "/console/tablets"
LANGUAGES = {"en": "English", "vi": "Tiếng Việt", "nb": "Norsk bokmål"}
Errors = dict[str, str]


# -- looking ------------------------------------------------------------------------------------------------------


@get(PATH)
async def tablet_list(request: Request, database: Database) -> Response[str]:
    """All tablets by store, with how each stands."""
    async with database.snapshot() as db:
        person = await staff.calling(db, request, "viewer")
        lines = await floor.lines(db, await kiosks.present(db))
        stores = list(await db.scalars(select(Store).where(Store.id.in_({one.kiosk.store_id for one in lines}))))
    stores.sort(key=lambda store: store.name.casefold())
    places = [(store, [one for one in lines if one.kiosk.store_id == store.id]) for store in stores]
    if request.headers.get("hx-request"):
        return page(request, "kiosk/tablets_table.html", person=person, places=places)
    return console_page(request, "kiosk/tablets.html", person, title="Tablets", places=places)


@get(PATH + "/{id:str}")
async def tablet_page(request: Request, database: Database, id: FromPath[str]) -> Response[str]:
    """One tablet: its settings and how it stands."""
    async with database.snapshot() as db:
        person = await staff.calling(db, request, "viewer")
        kiosk = await opened(db, id)
        return await _page(db, request, person, kiosk, tablet_form.kept(kiosk))


@get(PATH + "/{id:str}/now")
async def tablet_now(request: Request, database: Database, id: FromPath[str]) -> Response[str]:
    """How it stands and what goes on at it, fetched anew whenever that changes."""
    async with database.snapshot() as db:
        person = await staff.calling(db, request, "viewer")
        return page(request, "kiosk/tablet_now.html", person=person, **await _now(db, await opened(db, id)))


async def opened(db: AsyncSession, id: str) -> Kiosk:
    """A tablet that has not been taken out. Raises NotFound."""
    kiosk = await db.get(Kiosk, id)
    device = await db.get(devices.Device, id) if kiosk else None
    if kiosk is None or device is None or device.revoked_at:
        raise NotFound("There is no such tablet, or it was taken out.")
    return kiosk


async def _page(
    db: AsyncSession, request: Request, person: staff.Staff, kiosk: Kiosk, draft: TabletDraft, *, errors: Errors | None = None
) -> Response[str]:  # fmt: skip
    context = {**await _now(db, kiosk), **await _choices(db), "v": draft, "errors": errors or {}, "pairing": None}
    return console_page(
        request, "kiosk/tablet_page.html", person, title=kiosk.name, status=422 if errors else 200,
        may_edit=person.may("merchandiser"), **context,
    )  # fmt: skip


async def _now(db: AsyncSession, kiosk: Kiosk) -> dict[str, Any]:
    [line] = await floor.lines(db, [kiosk])
    device, store = await db.get_one(devices.Device, kiosk.id), await db.get_one(Store, kiosk.store_id)
    return {"kiosk": kiosk, "line": line, "device": device, "store": store}


async def _choices(db: AsyncSession) -> dict[str, Any]:
    stores = await db.scalars(select(Store).where(Store.withdrawn_at.is_(None)).order_by(Store.name))
    return {"stores": list(stores), "languages": LANGUAGES}


# -- taking one in ------------------------------------------------------------------------------------------------


@get(f"{PATH}/new")
async def pairing_page(
    request: Request, database: Database, code: FromQuery[str] = "", store: FromQuery[str] = ""
) -> Response[str]:
    """First the code on the glass; once a tablet shows it, where that tablet belongs and what it is called."""
    errors: Errors = {}
    async with database.snapshot() as db:
        person = await staff.calling(db, request, "merchandiser")
        pairing = await typed_code(db, code, "kiosk", by=person.email, errors=errors) if code.strip() else None
        draft = tablet_form.at(TabletDraft(code=code[:20]), store[:60])
        return await _pairing_page(db, request, person, draft, pairing, errors)


@post(PATH)
async def pair(request: Request, database: Database) -> Response[Any]:
    """Take a tablet in. It fetches its key by itself within seconds."""
    draft, errors = tablet_form.typed(await request.form()), {}
    async with database.transaction() as db:
        person = await staff.calling(db, request, "merchandiser")
        pairing = await typed_code(db, draft.code, "kiosk", by=person.email, errors=errors)
        setting = tablet_form.read(draft)
        errors.update(await kiosks.problems(db, setting))
        if errors or pairing is None:
            return await _pairing_page(db, request, person, draft, pairing, errors)
        kiosk = await kiosks.add(db, await devices.pair(db, pairing, by=person.name), setting, by=person.name)
    return back(f"{PATH}/{kiosk.id}", said=f"‘{kiosk.name}’ is paired. It is ready for shoppers within seconds.")


async def _pairing_page(
    db: AsyncSession, request: Request, person: staff.Staff, draft: TabletDraft, pairing: devices.Pairing | None, errors: Errors
) -> Response[str]:  # fmt: skip
    return console_page(
        request, "kiosk/tablet_new.html", person, title="Pair a tablet", status=422 if errors else 200, **await _choices(db),
        v=draft, pairing=pairing, errors=errors, begun=bool(pairing or request.method == "POST"),
    )  # fmt: skip


# -- changing -----------------------------------------------------------------------------------------------------


@post(PATH + "/{id:str}")
async def save(request: Request, database: Database, id: FromPath[str]) -> Response[Any]:
    """Keep a tablet's settings; it hears of them at once."""
    draft = tablet_form.typed(await request.form())
    async with database.transaction() as db:
        person = await staff.calling(db, request, "merchandiser")
        kiosk, setting = await opened(db, id), tablet_form.read(draft)
        if errors := await kiosks.problems(db, setting):
            return await _page(db, request, person, kiosk, draft, errors=errors)
        await kiosks.change(db, kiosk, setting, by=person.name)
    return back(f"{PATH}/{id}", said="Saved. The tablet has it within a second, or when it is next connected.")


@post(PATH + "/{id:str}/reloads")
async def reload(request: Request, database: Database, id: FromPath[str]) -> Response[None]:
    """Ask a tablet to load its page anew."""
    async with database.transaction() as db:
        person = await staff.calling(db, request, "moderator")
        await kiosks.reload(db, await opened(db, id), by=person.name)
    return back(f"{PATH}/{id}", said="It loads its page anew as soon as nobody is at it, or when it comes back.")


@delete(PATH + "/{id:str}", status_code=200)
async def remove(request: Request, database: Database, id: FromPath[str]) -> Response[None]:
    """Take a tablet out: its key is void from now on, and a visit at it is over."""
    async with database.transaction() as db:
        person = await staff.calling(db, request, "merchandiser")
        kiosk = await opened(db, id)
        await kiosks.remove(db, kiosk, by=person.name)
    return forward(PATH, said=f"‘{kiosk.name}’ is out. Its key is void, and it shows a pairing code again.")


@delete("/console/visits/{id:str}", status_code=200)
async def end_visit(request: Request, database: Database, id: FromPath[str]) -> Response[None]:
    """Clear a tablet from here: its glass forgets the shopper at once, or when it is next connected."""
    async with database.transaction() as db:
        person = await staff.calling(db, request, "merchandiser")
        visit = await db.get(Visit, id)
        if visit is None:
            raise NotFound("There is no such visit.")
        kiosk = await db.get_one(Kiosk, visit.kiosk_id)
        if visit.ended_at is None:
            await visits.end(db, visit, by="staff")
            audit.record(db, who=person.name, what="ended visit", which=kiosk.name, id=kiosk.id)
    came_from = parts_of(request.headers.get("hx-current-url", "")).path
    here = came_from if came_from.startswith("/console/") else f"{PATH}/{kiosk.id}"
    return forward(here, said=f"‘{kiosk.name}’ is cleared. The bag stays with whoever took it.")


ROUTES = [tablet_list, tablet_page, tablet_now, pairing_page, pair, save, reload, remove, end_visit]
