"""Signing in and out: by password, or by a link that works once."""

from typing import Any
from urllib.parse import quote

import structlog
from litestar import Request, Response, get, post
from litestar.params import FromQuery
from sqlalchemy.ext.asyncio import AsyncSession

from server.core import audit, staff
from server.core.database import Database
from server.core.errors import SignInNeeded, TooMany, VitrineError
from server.core.rendering import page
from server.core.security import client_address, limiter, neighbourhood, parts_of
from server.core.settings import Settings

log = structlog.get_logger()
HOME = "/console"
IN_ADDRESSES = "/?#[]@!$&'()*+,;=:%"
"""What stands in an address as it is; a header holds nothing beyond ASCII."""
RENEWAL = "vitrine_renewal"
"""Cookie that comes with a link: whoever has just come in by one may set a password without the old one."""


@get("/console/sign-in")
async def form(request: Request, database: Database, next: FromQuery[str] = "") -> Response[Any]:
    """The form; somebody who is signed in already goes on."""
    async with database.snapshot() as db:
        if await staff.session_of(db, request.cookies.get(staff.COOKIE)):
            return Response(None, status_code=303, headers={"Location": own_path(next)})
    return _form(request, next=own_path(next))


@post("/console/sign-in")
async def sign_in(request: Request, database: Database, settings: Settings) -> Response[Any]:
    """Begin a session for the right e-mail address and password; the words are the same whatever was wrong."""
    fields = await request.form()
    email, target = str(fields.get("email", ""))[:200], own_path(str(fields.get("next", "")))
    try:
        _limit(request, email)
        # Checked on a snapshot: a hundred wrong tries must not queue before the one writer.
        async with database.snapshot() as db:
            known = await staff.check_password(db, email=email, password=str(fields.get("password", "")))
        async with database.transaction() as db:
            person = await db.get_one(staff.Staff, known.id)
            secret = await _begin(db, request, person, how="signed in")
    except (SignInNeeded, TooMany) as error:
        log.info("sign_in_refused", reason=type(error).__name__, address=client_address(request))
        return _form(request, next=target, email=email, error=error)
    limiter.forget("sign-in", _guesser(request, email))
    return _enter(request, settings, secret, target)


@post("/console/sign-out")
async def sign_out(request: Request, database: Database) -> Response[Any]:
    """End this session, or with `everywhere` all of this person's."""
    everywhere = bool((await request.form()).get("everywhere"))
    async with database.transaction() as db:
        secret = request.cookies.get(staff.COOKIE)
        if found := await staff.session_of(db, secret):
            audit.record(db, who=found[0].name, what="signed out", which="everywhere" if everywhere else found[0].email)
            await (staff.end_sessions(db, found[0]) if everywhere else staff.sign_out(db, secret or ""))
    answer: Response[Any] = Response(None, status_code=303, headers={"Location": "/console/sign-in"})
    answer.delete_cookie(staff.COOKIE, path="/")
    return answer


@get("/console/enter")
async def link(request: Request, database: Database, key: FromQuery[str] = "") -> Response[Any]:
    """What a one-time link opens: a button. Looking at the page spends nothing, so a preview of the link may."""
    async with database.snapshot() as db:
        found = await staff.session_of(db, request.cookies.get(staff.COOKIE))
    return page(
        request, "console/enter.html", title="Come in", key=key[:100], already=found[0] if found else None, error=None
    )


@post("/console/enter")
async def enter(request: Request, database: Database, settings: Settings) -> Response[Any]:
    """Spend a one-time link and begin a session."""
    key = str((await request.form()).get("key", ""))[:100]
    try:
        limiter.hit("enter", client_address(request), most=20, seconds=300)
        async with database.transaction() as db:
            person = await staff.follow(db, key)
            secret = await _begin(db, request, person, how="signed in by link")
            renewal = await staff.renewal(db, person, session=secret)
    except (SignInNeeded, TooMany) as error:
        return page(
            request,
            "console/enter.html",
            status=error.status,
            title="Come in",
            key="",
            already=None,
            error=error.detail,
        )
    answer = _enter(request, settings, secret, HOME)
    seconds = int(staff.RENEWAL_LIFE.total_seconds())
    answer.set_cookie(
        RENEWAL,
        renewal,
        path="/console/account",
        max_age=seconds,
        httponly=True,
        samesite="lax",
        secure=_secure(request),
    )
    return answer


def own_path(text: str) -> str:
    """The same path if it is one of the console's own pages, else the first page: nobody is sent elsewhere from here."""
    parts = parts_of(text if text.isprintable() and "\\" not in text else "")
    own = not parts.scheme and not parts.netloc and (parts.path == HOME or parts.path.startswith(f"{HOME}/"))
    inner = parts.path.removeprefix(HOME)
    fits = own and ".." not in inner and "//" not in inner and inner != "/sign-in"
    return quote(text, safe=IN_ADDRESSES) if fits else HOME


def _limit(request: Request, email: str) -> None:
    """Count a try: strictly of one guesser at one account, less so of one at many, and of many at one.

    Not strictly by the account alone: anybody who knows an address could keep its person out with wrong passwords.
    """
    limiter.hit("sign-in", _guesser(request, email), most=8, seconds=300)
    limiter.hit("sign-in address", client_address(request), most=30, seconds=300)
    limiter.hit("sign-in account", email.strip().lower(), most=200, seconds=300)


def _guesser(request: Request, email: str) -> str:
    return f"{neighbourhood(client_address(request))} {email.strip().lower()}"


async def _begin(db: AsyncSession, request: Request, person: staff.Staff, *, how: str) -> str:
    """A new session; the one this browser had, whoever planted it, ends."""
    await staff.sign_out(db, request.cookies.get(staff.COOKIE, ""))
    audit.record(db, who=person.name, what=how, which=person.email, address=client_address(request))
    return await staff.sign_in(db, person, hours=request.app.state.settings.session_hours)


def _enter(request: Request, settings: Settings, secret: str, target: str) -> Response[Any]:
    answer: Response[Any] = Response(None, status_code=303, headers={"Location": target, "Cache-Control": "no-store"})
    give(answer, request, settings, secret)
    return answer


def give(answer: Response[Any], request: Request, settings: Settings, secret: str) -> None:
    """Hand a browser its session: out of reach of scripts, of other sites' forms, and of plain HTTP where there is TLS."""
    hours = settings.session_hours
    answer.set_cookie(
        staff.COOKIE, secret, path="/", max_age=hours * 3600, httponly=True, samesite="lax", secure=_secure(request)
    )


def _secure(request: Request) -> bool:
    return request.url.scheme == "https"


def _form(request: Request, *, next: str, email: str = "", error: VitrineError | None = None) -> Response[Any]:
    headers = {"Retry-After": str(error.extra["retry_after"])} if error and "retry_after" in error.extra else {}
    words = error.detail if error else ""
    return page(
        request, "console/sign_in.html", status=error.status if error else 200, headers=headers,
        title="Sign in", next=next, email=email, error=words,
    )  # fmt: skip


ROUTES = [form, sign_in, sign_out, link, enter]
