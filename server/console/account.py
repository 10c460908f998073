"""One's own account: who one is here, and one's password."""

from typing import Any

from litestar import Request, Response, get, post

from server.console.sign_in import RENEWAL, give
from server.core import audit, staff
from server.core.database import Database
from server.core.errors import BadInput, SignInNeeded, TooMany
from server.core.rendering import back, console_page
from server.core.security import limiter
from server.core.settings import Settings


@get("/console/account")
async def account(request: Request, database: Database) -> Response[str]:
    """Name, role and a form for the password."""
    async with database.snapshot() as db:
        return await _shown(request, db, await staff.calling(db, request, "associate"))


@post("/console/account/password")
async def password(request: Request, database: Database, settings: Settings) -> Response[Any]:
    """Set a password; every session of this person ends but this one, which gets a new secret."""
    fields = await request.form()
    async with database.transaction() as db:
        person = await staff.calling(db, request, "associate")
        try:
            limiter.hit("password", str(person.id), most=8, seconds=300)
            await _check_right(db, request, person, current=str(fields.get("current", "")))
            await staff.set_password(person, str(fields.get("password", "")))
        except (BadInput, SignInNeeded, TooMany) as error:
            return await _shown(request, db, person, error=error.detail)
        await staff.end_sessions(db, person)
        audit.record(db, who=person.name, what="set password", which=person.email)
        secret = await staff.sign_in(db, person, hours=settings.session_hours)
    answer = back("/console/account", said="Your password is set. Other browsers have been signed out.")
    give(answer, request, settings, secret)
    answer.delete_cookie(RENEWAL, path="/console/account")
    return answer


async def _check_right(db: Any, request: Request, person: staff.Staff, *, current: str) -> None:
    """The old password, or a link that has just been followed, or none to lose."""
    if await _renewing(db, request, person):
        return
    try:
        await staff.check_password(db, email=person.email, password=current)
    except SignInNeeded:
        raise BadInput("The current password is not right. Nothing was changed.") from None


async def _renewing(db: Any, request: Request, person: staff.Staff) -> bool:
    """Whether the old password is not asked for; setting the new one ends the session, and what this rests on with it."""
    secret, session = request.cookies.get(RENEWAL, ""), request.cookies.get(staff.COOKIE, "")
    return person.password_hash is None or await staff.may_renew(db, person, secret, session=session)


async def _shown(request: Request, db: Any, person: staff.Staff, *, error: str = "") -> Response[str]:
    return console_page(
        request, "console/account.html", person, title="Your account", status=400 if error else 200, error=error,
        renewing=await _renewing(db, request, person), shortest=staff.SHORTEST_PASSWORD, sessions=await staff.count_sessions(db, person),
    )  # fmt: skip


ROUTES = [account, password]
