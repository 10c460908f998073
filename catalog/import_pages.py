"""Staff pages for what comes into the catalogue: upload, try, import, watch; and addresses that are fetched on a schedule."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response, delete, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, FromQuery
from litestar.response import Stream
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog import importing, picturing, scheduling, uploads
from catalog.models import Image, Import
from server.core import audit, staff
from server.core.clock import now
from server.core.database import Database
from server.core.errors import BadInput, Conflict, NoRoom, NotFound
from server.core.rendering import back, console_page, forward
from server.core.settings import Settings
from server.core.spreadsheets import download
from server.core.staff import Staff

PATH = "/console/catalogue/imports"
A_PAGE = 50
SHOWN = 30
MOST_RUNNING = 3
PERIODS = {15: "every 15 minutes", 60: "every hour", 360: "every 6 hours", 1440: "every day", 10080: "every week"}
KINDS = {"stores": "Stores", "products": "Products", "inventory": "Inventory"}
UPLOAD_SECONDS = 600
_running: set[asyncio.Task[None]] = set()
_arriving: set[object] = set()


@get(PATH)
async def imports(request: Request, database: Database) -> Response[str]:
    """Upload, schedule, and what came lately."""
    return await _overview(request, database, "catalog/imports.html")


@get(f"{PATH}/list")
async def imports_list(request: Request, database: Database) -> Response[str]:
    """The part of it that changes by itself, for the page to fetch anew."""
    return await _overview(request, database, "catalog/imports_list.html")


async def _overview(request: Request, database: Database, template: str) -> Response[str]:
    async with database.snapshot() as db:
        person = await staff.calling(db, request, "viewer")
        return console_page(
            request, template, person, title="Import", kinds=KINDS, periods=PERIODS, scheduled=await scheduling.listed(db),
            imports=list(await db.scalars(select(Import).order_by(Import.id.desc()).limit(SHOWN))), moment=now(),
        )  # fmt: skip


# -- upload -------------------------------------------------------------------------------------------------------


@post(PATH, request_max_body_size=uploads.LARGEST + 64 * 1024)
async def upload(request: Request, database: Database, settings: Settings) -> Response[None]:
    """Take a file in, streamed to disk, and try it or import it in the background."""
    async with database.snapshot() as db:
        person = await staff.calling(db, request, "merchandiser")  # before the body is read
    with _turn():
        form = await _form(request)
        file, kind = form.get("file"), str(form.get("kind", ""))
        try:
            if kind not in KINDS:
                raise BadInput("Say what the file holds: stores, products or inventory.")
            if not isinstance(file, UploadFile) or not file.filename:
                raise BadInput("Choose a file to import.")
            dry_run = str(form.get("now", "")) != "1"
            record = await _begin(database, person, kind, _name(file.filename), dry_run=dry_run)
            path = await _keep(database, settings, record, file, dry_run=dry_run)
        finally:
            if isinstance(file, UploadFile):
                await file.close()
        _start(database, settings, record, kind, path, dry_run=dry_run)
    return back(f"{PATH}/{record}")


async def _keep(database: Database, settings: Settings, record: int, file: UploadFile, *, dry_run: bool) -> Path:
    try:
        path = await uploads.keep(settings, record, file.file)
        if dry_run:
            await uploads.set_aside(database, record, path)
        return path
    except NoRoom as error:
        uploads.forget(settings, record)
        await importing.refuse(database, record, f"{error.title}. Nothing was changed. Upload the file again.")
        raise


@contextmanager
def _turn() -> Iterator[None]:
    """Count what is to be imported from its first byte on, until it runs: many that arrive at once are many. Raises Conflict."""
    if len(_running) + len(_arriving) >= MOST_RUNNING:
        raise Conflict("Other imports are running. Wait for one to end, then try again.")
    turn = object()
    _arriving.add(turn)
    try:
        yield
    finally:
        _arriving.discard(turn)


async def _form(request: Request) -> Any:
    """The form, unless it takes so long that its sender is likely gone, and would keep its turn for ever."""
    try:
        async with asyncio.timeout(UPLOAD_SECONDS):
            return await request.form()
    except TimeoutError:
        raise BadInput(f"The file had not arrived after {UPLOAD_SECONDS // 60} minutes. Nothing was changed.") from None


def _name(told: str) -> str:
    """The file's own name, as far as it can be shown."""
    return "".join(sign for sign in PurePath(told.replace("\\", "/")).name if sign.isprintable())[:200] or "a file"


async def _begin(database: Database, person: Staff, kind: str, source: str, *, dry_run: bool) -> int:
    record = await importing.begin(database, kind, source=source, by=person.name, dry_run=dry_run)
    async with database.transaction() as db:
        what = "tried feed" if dry_run else "imported feed"
        audit.record(db, who=person.name, what=what, which=source, kind=kind, id=record)
    return record


def _start(
    database: Database, settings: Settings, record: int, kind: str, path: Path, *, dry_run: bool, force: bool = False
) -> None:
    async def work() -> None:
        try:
            await importing.follow(database, record, kind, path, dry_run=dry_run, force=force)
        finally:
            uploads.forget(settings, record)
            if dry_run and await _hopeless(database, record):
                await uploads.give_up(database, record)

    task = asyncio.create_task(work())
    _running.add(task)
    task.add_done_callback(_ended)


async def _hopeless(database: Database, record: int) -> bool:
    """Whether nobody can insist on a file that was tried: it was refused as a whole, not for some of its rows."""
    async with database.snapshot() as db:
        row = await db.get(Import, record)
        return row is None or (row.state == "refused" and not row.left_out)


def _ended(task: asyncio.Task[None]) -> None:
    _running.discard(task)
    if not task.cancelled():
        task.exception()  # told already, in the report and the log


@post(PATH + "/{id:int}/import")
async def take_in(request: Request, database: Database, settings: Settings, id: FromPath[int]) -> Response[None]:
    """Import the file that was tried: somebody has seen what it does, so that it may do it."""
    async with database.snapshot() as db:
        person = await staff.calling(db, request, "merchandiser")
        tried, waits = await _find(db, id), await uploads.waits(db, id)
    if not tried.dry_run or tried.state == "running":
        raise Conflict("This is not a try that has ended. Nothing was changed.")
    if not waits:
        raise Conflict("The file is no longer kept. Upload it again; nothing was changed.")
    with _turn():
        record = await _begin(database, person, tried.kind, tried.source, dry_run=False)
        try:
            path = await uploads.hand_over(database, settings, id, to=record)
        except NoRoom as error:
            await importing.refuse(database, record, f"{error.title}. Nothing was changed. Upload the file again.")
            raise
        if path is None:
            reason = "The file was imported by somebody else meanwhile."
            await importing.note(database, record, state="refused", reason=reason, ended_at=now())
        else:
            _start(database, settings, record, tried.kind, path, dry_run=False, force=True)
    return back(f"{PATH}/{record}")


# -- report -------------------------------------------------------------------------------------------------------


@get(PATH + "/{id:int}")
async def report(request: Request, database: Database, id: FromPath[int], page: FromQuery[int] = 1) -> Response[str]:
    """What an import did or would do, and every row that it left out."""
    return await _report(request, database, id, page, "catalog/import.html")


@get(PATH + "/{id:int}/report")
async def report_part(
    request: Request, database: Database, id: FromPath[int], page: FromQuery[int] = 1
) -> Response[str]:
    """The same without its frame, while it runs."""
    return await _report(request, database, id, page, "catalog/import_report.html")


async def _report(request: Request, database: Database, id: int, page: int, template: str) -> Response[str]:
    async with database.snapshot() as db:
        person = await staff.calling(db, request, "viewer")
        row, kept = await _find(db, id), await uploads.waits(db, id)
    pages = max(1, -(-len(row.left_out) // A_PAGE))
    page = min(max(page, 1), pages)
    return console_page(
        request, template, person, title=f"{KINDS.get(row.kind, row.kind)} from {row.source[:80]}", row=row, kinds=KINDS, page=page,
        pages=pages, left_out=row.left_out[(page - 1) * A_PAGE : page * A_PAGE], told=row.counts.get("left_out", len(row.left_out)),
        waits=row.dry_run and row.state != "running" and kept,
    )  # fmt: skip


@get(PATH + "/{id:int}/left-out.csv")
async def left_out(request: Request, database: Database, id: FromPath[int]) -> Stream:
    """The rows that were left out, with line and reason, for whoever mends the feed."""
    async with database.snapshot() as db:
        await staff.calling(db, request, "viewer")
        row = await _find(db, id)

    async def rows() -> AsyncIterator[tuple[object, ...]]:
        for one in row.left_out:
            yield one["line"], one["id"], one["reason"]

    return download(f"left-out-{id}.csv", ("line", "id", "reason"), rows())


async def _find(db: AsyncSession, id: int) -> Import:
    row = await db.get(Import, id)
    if row is None:
        raise NotFound("There is no such import. Reports are kept for 90 days.")
    return row


# -- schedule -----------------------------------------------------------------------------------------------------


@post("/console/catalogue/addresses")
async def add_address(request: Request, database: Database) -> Response[None]:
    """Put an address on the schedule."""
    form = await request.form()
    every = str(form.get("every", ""))
    async with database.transaction() as db:
        person = await staff.calling(db, request, "merchandiser")
        if not every.isascii() or not every.isdigit() or len(every) > 6:
            raise BadInput("Say how often it is to be fetched.")
        row = await scheduling.add(db, str(form.get("kind", "")), str(form.get("url", "")), int(every), by=person.name)
    return back(PATH, said=f"{row.url} is fetched now, and then {PERIODS.get(row.every_minutes, 'on schedule')}.")


@post("/console/catalogue/addresses/{id:int}/fetch")
async def fetch_address(request: Request, database: Database, id: FromPath[int]) -> Response[None]:
    """Fetch it out of turn."""
    async with database.transaction() as db:
        person = await staff.calling(db, request, "merchandiser")
        await scheduling.fetch_soon(db, id, by=person.name)
    return back(PATH, said="It is fetched within half a minute; its result appears here.")


@delete("/console/catalogue/addresses/{id:int}", status_code=200)
async def remove_address(request: Request, database: Database, id: FromPath[int]) -> Response[None]:
    """Take an address off the schedule."""
    async with database.transaction() as db:
        person = await staff.calling(db, request, "merchandiser")
        await scheduling.remove(db, id, by=person.name)
    return forward(PATH, said="It is fetched no more. What it brought stays.")


# -- pictures -----------------------------------------------------------------------------------------------------


@post("/console/catalogue/pictures/{id:int}/retry")
async def retry_picture(request: Request, database: Database, id: FromPath[int]) -> Response[None]:
    """Fetch one picture again."""
    async with database.transaction() as db:
        person = await staff.calling(db, request, "merchandiser")
        image = await db.get(Image, id)
        if image is None:
            raise NotFound("There is no such picture.")
        await picturing.fetch_again(db, [id])
        audit.record(db, who=person.name, what="fetched picture again", which=image.url[:300])
    product = request.query_params.get("product", "")
    target = _product_path(product) if product else "/console/catalogue?picture=refused"
    return back(target, said="It is fetched again within seconds.")


@post("/console/catalogue/refused-pictures/retry")
async def retry_refused(request: Request, database: Database) -> Response[None]:
    """Fetch every refused picture again."""
    async with database.transaction() as db:
        person = await staff.calling(db, request, "merchandiser")
        count = await picturing.fetch_refused_again(db)
        audit.record(db, who=person.name, what="fetched refused pictures again", which=f"{count} pictures")
    return back("/console/catalogue?picture=missing", said=f"{count:,} pictures are fetched again, sixteen at a time.")


def _product_path(id: str) -> str:
    return "/console/catalogue/product?" + urlencode({"id": id[:100]})


ROUTES = [
    imports, imports_list, upload, take_in, report, report_part, left_out, add_address, fetch_address, remove_address,
    retry_picture, retry_refused,
]  # fmt: skip
