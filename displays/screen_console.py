"""Staff pages of screens: where they are, how they stand, taking one in by its code, changing it, taking it out."""

from typing import Any

from litestar import Request, Response, delete, get, post
from litestar.params import FromPath, FromQuery
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog import walking
from catalog.models import Store
from displays import campaign_pages, screen_form, screen_pages, screens
from displays.behind import standings
from displays.forms import Errors
from displays.models import Screen, ScreenReport
from displays.screen_form import ScreenDraft
from server.core import devices, staff
from server.core.database import Database
from server.core.errors import BadInput, Conflict, NotFound
from server.core.pairing import typed_code
from server.core.rendering import Section, add_section, back, console_page, forward, page
from server.core.zones import known_zones

add_section(Section(30, "/console/screens", "Screens", "s"))
PATH = "/console/screens"
MOST = 60
LANGUAGES = {"en": "English", "vi": "Tiếng Việt", "nb": "Norsk bokmål"}
LEASES = {"5": "5 minutes", "15": "15 minutes", "30": "30 minutes", "60": "an hour", "240": "4 hours", "1440": "a day"}


# -- looking ----------------------------------------------------------------------------------------------------------


@get(PATH)
async def screen_list(
    request: Request, database: Database, words: FromQuery[str] = "", start: FromQuery[int] = 0
) -> Response[str]:
    """All screens, on the map and in a list with how each stands."""
    async with database.snapshot() as db:
        person = await staff.calling(db, request, "viewer")
        every = await screens.billboards(db)
        found = screen_pages.chosen(every, words[:100])
        shown = found[max(0, start) :][:MOST]
        rows = await screen_pages.rows(db, shown)
        context = {
            "rows": rows,
            "words": words[:100],
            "total": len(found),
            "all": len(every),
            "inside": len(await screens.present(db)) - len(every),
            "start": max(0, start),
            "most": MOST,
        }
        if request.headers.get("hx-request"):
            return page(request, "displays/screens_table.html", person=person, **context)
        chart = await screen_pages.chart(db, standing=await standings(db, every))
    return console_page(request, "displays/screens.html", person, title="Screens", chart=chart, **context)


@get(PATH + "/{id:str}")
async def screen_page(request: Request, database: Database, id: FromPath[str]) -> Response[str]:
    """One screen: its settings, how it stands, who is near, its loop and its plays."""
    async with database.snapshot() as db:
        person = await staff.calling(db, request, "viewer")
        screen = await opened(db, id)
        return await _page(db, request, person, screen, screen_form.kept(screen))


@get(PATH + "/{id:str}/now")
async def screen_now(request: Request, database: Database, id: FromPath[str]) -> Response[str]:
    """How it stands and what it plays, fetched anew whenever that changes."""
    async with database.snapshot() as db:
        await staff.calling(db, request, "viewer")
        return page(request, "displays/screen_now.html", **await _now(db, await opened(db, id)))


async def opened(db: AsyncSession, id: str) -> Screen:
    """A screen that has not been taken out. Raises NotFound."""
    screen = await db.get(Screen, id)
    device = await db.get(devices.Device, id) if screen else None
    if screen is None or device is None or device.revoked_at:
        raise NotFound("There is no such screen, or it was taken out.")
    return screen


def _of_its_own(screen: Screen) -> None:
    """Refuse to change by itself what follows a tablet. Raises Conflict."""
    if screen.inside:
        raise Conflict(f"‘{screen.name}’ plays on a tablet and follows it. Nothing was changed; change the tablet.")


async def _page(
    db: AsyncSession,
    request: Request,
    person: staff.Staff,
    screen: Screen,
    draft: ScreenDraft,
    *,
    errors: Errors | None = None,
) -> Response[str]:
    context = {
        **await _now(db, screen), **await _choices(db), "v": draft, "errors": errors or Errors(),
        "near": await screen_pages.near(db, screen),
        "chart": await screen_pages.chart(db, only=screen), "may_edit": person.may("merchandiser") and not screen.inside,
        "detour": walking.DETOUR,
        "pace": walking.METRES_PER_MINUTE, "device": await db.get_one(devices.Device, screen.id), "pairing": None,
    }  # fmt: skip
    return console_page(
        request, "displays/screen_page.html", person, title=screen.name, status=422 if errors else 200, **context
    )


async def _now(db: AsyncSession, screen: Screen) -> dict[str, Any]:
    report = await db.get(ScreenReport, screen.id)
    row = (await screen_pages.rows(db, [screen]))[0]
    mode, loop = await screen_pages.playing(db, screen, report, screens.aspect(screen))
    return {
        "screen": screen, "row": row, "report": report, "mode": mode, "loop_now": loop, "aspect": screens.aspect(screen),
        "today": await screen_pages.today(db, screen), "lease_ends": screen_pages.lease_ends(screen, report),
    }  # fmt: skip


async def _choices(db: AsyncSession) -> dict[str, Any]:
    stores = await db.scalars(select(Store).where(Store.withdrawn_at.is_(None)).order_by(Store.name))
    return {
        "zones": sorted(known_zones()), "languages": LANGUAGES, "leases": LEASES, "stores": list(stores),
        "labels_in_use": await campaign_pages.labels_in_use(db),
    }  # fmt: skip


# -- taking one in ----------------------------------------------------------------------------------------------------


@get(f"{PATH}/new")
async def pairing_page(request: Request, database: Database, code: FromQuery[str] = "") -> Response[str]:
    """First the code on the glass; once a screen shows it, where that screen is and what it is called."""
    errors, pairing = Errors(), None
    async with database.snapshot() as db:
        person = await staff.calling(db, request, "merchandiser")
        if code.strip():
            pairing = await typed_code(db, code, "screen", by=person.email, errors=errors)
        return await _pairing_page(db, request, person, ScreenDraft(code=code[:20]), pairing, errors)


@post(PATH)
async def pair(request: Request, database: Database) -> Response[Any]:
    """Take a screen in. It fetches its key by itself within seconds."""
    draft = screen_form.typed(await request.form())
    errors = Errors()
    async with database.transaction() as db:
        person = await staff.calling(db, request, "merchandiser")
        draft = screen_form.at(draft, await db.get(Store, draft.at_store))
        pairing = await typed_code(db, draft.code, "screen", by=person.email, errors=errors)
        setting, wrong = screen_form.read(draft)
        errors.update(wrong)
        if errors or pairing is None:
            return await _pairing_page(db, request, person, draft, pairing, errors)
        device = await devices.pair(db, pairing, by=person.name)
        screen = await screens.add(db, device, setting, width=pairing.width, height=pairing.height, by=person.name)
    return back(f"{PATH}/{screen.id}", said=f"‘{screen.name}’ is paired. It begins to play within seconds.")


async def _pairing_page(
    db: AsyncSession,
    request: Request,
    person: staff.Staff,
    draft: ScreenDraft,
    pairing: devices.Pairing | None,
    errors: Errors,
) -> Response[str]:
    context = {
        **await _choices(db), "v": draft, "pairing": pairing, "errors": errors, "may_edit": True, "screen": None, "near": [],
        "chart": await screen_pages.chart(db), "begun": bool(pairing or request.method == "POST"),
    }  # fmt: skip
    return console_page(
        request, "displays/screen_new.html", person, title="Pair a screen", status=422 if errors else 200, **context
    )


# -- changing ---------------------------------------------------------------------------------------------------------


@post(PATH + "/{id:str}")
async def save(request: Request, database: Database, id: FromPath[str]) -> Response[Any]:
    """Keep a screen's settings; it hears of them at once."""
    draft = screen_form.typed(await request.form())
    async with database.transaction() as db:
        person = await staff.calling(db, request, "merchandiser")
        screen = await opened(db, id)
        draft = screen_form.at(draft, await db.get(Store, draft.at_store))
        _of_its_own(screen)
        setting, errors = screen_form.read(draft)
        if errors:
            return await _page(db, request, person, screen, draft, errors=errors)
        await screens.change(db, screen, setting, by=person.name)
    return back(f"{PATH}/{id}", said="Saved. The screen has it within a second, or when it is next connected.")


@post(PATH + "/{id:str}/reloads")
async def reload(request: Request, database: Database, id: FromPath[str]) -> Response[None]:
    """Ask a screen to load its page anew."""
    async with database.transaction() as db:
        person = await staff.calling(db, request, "moderator")
        screen = await opened(db, id)
        await screens.reload(db, screen, by=person.name)
    return back(f"{PATH}/{id}", said="It loads its page anew: at once if it is connected, else when it comes back.")


@delete(PATH + "/{id:str}", status_code=200)
async def remove(request: Request, database: Database, id: FromPath[str]) -> Response[None]:
    """Take a screen out: its key is void from now on."""
    async with database.transaction() as db:
        person = await staff.calling(db, request, "merchandiser")
        screen = await opened(db, id)
        _of_its_own(screen)
        await screens.remove(db, screen, by=person.name)
    return forward(PATH, said=f"‘{screen.name}’ is out. Its key is void; its plays stay in the results.")


@get(f"{PATH}/near")
async def near(
    request: Request,
    database: Database,
    latitude: FromQuery[str] = "",
    longitude: FromQuery[str] = "",
    range_minutes: FromQuery[str] = "10",
) -> Response[str]:
    """The stores near a place that is being chosen."""
    setting, errors = screen_form.read(
        ScreenDraft(name="-", latitude=latitude, longitude=longitude, range_minutes=range_minutes)
    )
    if "place" in errors or "range_minutes" in errors:
        raise BadInput(errors["place"] or errors["range_minutes"])
    there = Screen(id="-", latitude=setting.latitude, longitude=setting.longitude, range_minutes=setting.range_minutes)
    async with database.snapshot() as db:
        await staff.calling(db, request, "viewer")
        found = await screen_pages.near(db, there)
    return page(
        request,
        "displays/screen_near.html",
        near=found,
        placed=setting.latitude is not None,
        detour=walking.DETOUR,
        pace=walking.METRES_PER_MINUTE,
    )


ROUTES = [screen_list, screen_page, screen_now, pairing_page, pair, save, reload, remove, near]
