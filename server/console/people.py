"""Staff: who may use the console and how far their role reaches; administrators alone see this."""

from typing import Any

from litestar import Request, Response, delete, get, post
from litestar.params import FromPath
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.models import Store
from server.core import audit, staff
from server.core.clock import now
from server.core.database import Database
from server.core.errors import NotFound, VitrineError
from server.core.rendering import Section, add_section, back, console_page
from server.core.settings import Settings
from server.core.staff import Staff, StaffSession

add_section(Section(70, "/console/staff", "Staff", "p", "admin"))

REACH = {
    "associate": "sees the floor of one store and answers calls there; nothing else",
    "viewer": "sees everything, changes nothing",
    "moderator": "judges posts, withdraws them, presses the red button",
    "merchandiser": "makes campaigns, screens, imports, the brand kit",
    "admin": "takes people on and lets them go",
}


@get("/console/staff")
async def people(request: Request, database: Database) -> Response[str]:
    """Everybody, those who have left last."""
    async with database.snapshot() as db:
        return await _page(request, db, await staff.calling(db, request, "admin"))


@post("/console/staff")
async def take_on(request: Request, database: Database, settings: Settings) -> Response[Any]:
    """Take somebody on; the answer shows their one-time link, once."""
    form = {name: str(value)[:200] for name, value in (await request.form()).items()}
    written = {"email": form.get("email", ""), "name": form.get("name", ""), "role": form.get("role", "viewer")}
    store_id = form.get("store_id", "")
    async with database.transaction() as db:
        caller = await staff.calling(db, request, "admin")
        try:
            person = await staff.add(db, **written, store_id=await _store(db, store_id))
        except VitrineError as error:
            return await _page(request, db, caller, error=error, written={**written, "store_id": store_id})
        audit.record(db, who=caller.name, what="added staff", which=person.email, **_place(person))
        address = link_address(request, settings, await staff.link(db, person))
        return await _page(request, db, caller, link=(person, address))


@post("/console/staff/{staff_id:int}/link")
async def new_link(request: Request, database: Database, settings: Settings, staff_id: FromPath[int]) -> Response[Any]:
    """A new one-time link for somebody who has lost the way in; earlier ones are void."""
    async with database.transaction() as db:
        caller = await staff.calling(db, request, "admin")
        person = await _one(db, staff_id)
        address = link_address(request, settings, await staff.link(db, person))
        audit.record(db, who=caller.name, what="made sign-in link", which=person.email)
        return await _page(request, db, caller, link=(person, address))


@post("/console/staff/{staff_id:int}/role")
async def change_role(request: Request, database: Database, staff_id: FromPath[int]) -> Response[Any]:
    """Give somebody another role, or an associate another store; it holds from their next click."""
    form = await request.form()
    role = str(form.get("role", ""))
    async with database.transaction() as db:
        caller = await staff.calling(db, request, "admin")
        person = await _one(db, staff_id)
        before = _place(person)
        await staff.change_role(db, person, role, store_id=await _store(db, str(form.get("store_id", ""))))
        if before != _place(person):
            told = {"before": before["role"], "after": role, **_place(person)}
            audit.record(db, who=caller.name, what="changed role", which=person.email, **told)
    return back("/console/staff", said=f"{person.name} is {role} now.")


@post("/console/staff/{staff_id:int}/end")
async def let_go(request: Request, database: Database, staff_id: FromPath[int]) -> Response[Any]:
    """End somebody's access: every browser of theirs is out at once."""
    return await _end(request, database, staff_id)


@delete("/console/staff/{staff_id:int}", status_code=303)
async def remove(request: Request, database: Database, staff_id: FromPath[int]) -> Response[Any]:
    """The same for programs, which can say DELETE."""
    return await _end(request, database, staff_id)


async def _end(request: Request, database: Database, staff_id: int) -> Response[Any]:
    async with database.transaction() as db:
        caller = await staff.calling(db, request, "admin")
        person = await _one(db, staff_id)
        await staff.end(db, person)
        audit.record(db, who=caller.name, what="ended staff", which=person.email)
    return back("/console/staff", said=f"{person.name} has no access any more.")


async def _one(db: AsyncSession, staff_id: int) -> Staff:
    person = await db.get(Staff, staff_id)
    if person is None or person.ended_at:
        raise NotFound("There is nobody like that, or they have left.")
    return person


async def _store(db: AsyncSession, id: str) -> str | None:
    """The store that was chosen, if it is one."""
    store = await db.get(Store, id) if 0 < len(id) <= 60 and "\0" not in id else None
    return store.id if store else None


def _place(person: Staff) -> dict[str, str]:
    """A role as the audit log tells it: an associate's with its store."""
    return {"role": person.role, **({"store": person.store_id} if person.store_id else {})}


def link_address(request: Request, settings: Settings, secret: str) -> str:
    """Where a one-time link leads: the installation's public address, or else the one that this page was asked at."""
    here = f"{request.url.scheme}://{request.headers.get('host', '')}"
    return f"{settings.public_url.rstrip('/') or here}/console/enter?key={secret}"


async def _page(
    request: Request,
    db: AsyncSession,
    caller: Staff,
    *,
    link: tuple[Staff, str] | None = None,
    error: VitrineError | None = None,
    written: dict[str, str] | None = None,
) -> Response[str]:
    everybody = list(await db.scalars(select(Staff).order_by(Staff.ended_at.is_not(None), Staff.name, Staff.id)))
    stores = list(await db.scalars(select(Store).where(Store.withdrawn_at.is_(None)).order_by(Store.name)))
    open_now = select(StaffSession.staff_id, func.count(), func.max(StaffSession.created_at))
    rows = await db.execute(open_now.where(StaffSession.expires_at > now()).group_by(StaffSession.staff_id))
    return console_page(
        request, "console/people.html", caller, title="Staff", status=error.status if error else 200, everybody=everybody,
        sessions={id: (count, since) for id, count, since in rows}, roles=staff.ROLES, reach=REACH, link=link, stores=stores,
        error=error.detail if error else "", written={"email": "", "name": "", "role": "moderator", "store_id": ""} | (written or {}),
    )  # fmt: skip


ROUTES = [people, take_on, new_link, change_role, let_go, remove]
