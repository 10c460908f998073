"""What a shopper's browser asks of the account: signing in and out, and what belongs to it."""

import asyncio
from typing import Any

import msgspec
from litestar import Request, Response, Router, delete, get, post, put
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from kiosk import account_view, customers, exporting, forgetting, mailing, shoppers, signing_in
from kiosk.account_words import in_their_language, speaker
from kiosk.models import Customer, ShopperSession
from server.core.clock import iso, now
from server.core.database import Database
from server.core.errors import BadInput, Conflict, Misconfigured, VitrineError
from server.core.languages import COOKIE as LANGUAGE
from server.core.security import client_address, limiter
from server.core.settings import LANGUAGES, Settings

YEAR = 365 * 86400


class Asked(msgspec.Struct):
    """Whose mailbox a code shall go to."""

    email: str


class Typed(msgspec.Struct):
    """The code from the mail."""

    code: str


class Language(msgspec.Struct):
    """A language of ours."""

    language: str


# -- signing in and out -------------------------------------------------------------------------------------------


@post("/api/sign-in", status_code=200)
async def ask_for_code(request: Request, database: Database, settings: Settings, data: Asked) -> Response[Any]:
    """Send a code to an address. The answer is the same whether anybody is known by it."""
    limiter.hit("sign in", client_address(request), most=30, seconds=600)
    if not mailing.possible(settings):
        raise Misconfigured("This house sends no mail yet, so nobody can sign in by mail. A passkey works.")
    email = signing_in.address(data.email)
    async with database.transaction() as db:
        session, secret, fresh = await anonymous(db, request, settings)
        await signing_in.ask(db, session, secret, email, speaker(request, settings))
    answer = _answer({"email": email, "expires_seconds": int(signing_in.LIFE.total_seconds())})
    if fresh:
        shoppers.remember(answer, request, secret, settings)
    return answer


@post("/api/sign-in/code", status_code=200)
async def type_code(request: Request, database: Database, settings: Settings, data: Typed) -> Response[Any]:
    """The code from the mail signs in, in the browser that asked for it and in no other."""
    limiter.hit("code", client_address(request), most=100, seconds=600)
    done, left = None, 0
    async with database.transaction() as db:
        session, secret, _ = await anonymous(db, request, settings)
        email, left = await signing_in.redeem(db, session, secret, data.code)
        if email:
            customer = await customers.with_email(db, email, language=speaker(request, settings).language)
            done = await customers.sign_in(db, settings, customer, before=session, browser=shoppers.browser_of(request))
    if done is None:
        detail = (
            "That is not the code. Tries left: {left}."
            if left
            else "That was not the code either. Have a new one sent."
        )
        raise BadInput(detail, left=left)
    return signed_in(request, settings, customer, done)


@delete("/api/sign-in", status_code=200)
async def sign_out(request: Request, database: Database, settings: Settings) -> Response[Any]:
    """This browser is the customer's no more."""
    async with database.transaction() as db:
        session, _ = await own(db, request)
        fresh = await customers.sign_out(db, settings, session, browser=shoppers.browser_of(request))
    answer = _answer({"bag": fresh[0].bag_id if fresh else None})
    if fresh:
        shoppers.remember(answer, request, fresh[1], settings)
    else:
        answer.delete_cookie(shoppers.COOKIE, path="/")
    return answer


async def anonymous(db: AsyncSession, request: Request, settings: Settings) -> tuple[ShopperSession, str, bool]:
    """The session of a browser that nobody has signed in with, its secret, and whether it is new. Raises Conflict."""
    session = await shoppers.session_of(db, request)
    if session is None:
        return *await shoppers.begin(db, settings, browser=shoppers.browser_of(request)), True
    if session.customer_id is not None:
        raise Conflict("Somebody is signed in here already. Sign out first.")
    return session, request.cookies[shoppers.COOKIE], False


def signed_in(request: Request, settings: Settings, customer: Customer, done: customers.SignedIn) -> Response[Any]:
    """The answer to whoever has just signed in, with the cookie of the new session."""
    claim = {"id": done.claim.id} if done.claim else None
    refused = speaker(request, settings)(done.refused) if done.refused else ""
    answer = _answer({"bag": done.bag.id, "claim": claim, "refused": refused, "language": customer.language})
    shoppers.remember(answer, request, done.secret, settings)
    if LANGUAGE not in request.cookies:  # what was chosen in this browser stays
        answer.set_cookie(LANGUAGE, customer.language, path="/", max_age=YEAR, samesite="lax")
    return answer


# -- the account --------------------------------------------------------------------------------------------------


@get("/api/me")
async def me(request: Request, database: Database, settings: Settings) -> Response[Any]:
    """What the account's page shows."""
    async with database.snapshot() as db:
        session, customer = await own(db, request)
        body = await account_view.view(db, settings, customer, session)
    await shoppers.used(database, session)
    return _answer(body)


@put("/api/me/language", status_code=200)
async def choose_language(request: Request, database: Database, data: Language) -> None:
    """What mail speaks, and every browser in which no other was chosen."""
    if data.language not in LANGUAGES:
        raise BadInput("The language is en, vi or nb.")
    async with database.transaction() as db:
        _, customer = await own(db, request)
        customer.language = data.language


@put("/api/me/mail-consent", status_code=200)
async def agree_to_mail(request: Request, database: Database) -> dict[str, Any]:
    """They may be written to, until they say otherwise."""
    async with database.transaction() as db:
        _, customer = await own(db, request)
        customer.mail_consent_at = customer.mail_consent_at or now()
        return {"mail_consent_at": iso(customer.mail_consent_at)}


@delete("/api/me/mail-consent", status_code=200)
async def refuse_mail(request: Request, database: Database) -> dict[str, Any]:
    """They are not written to any more."""
    async with database.transaction() as db:
        _, customer = await own(db, request)
        customer.mail_consent_at = None
    return {"mail_consent_at": None}


@delete("/api/me/sessions/{id:str}")
async def end_session(request: Request, database: Database, id: FromPath[str]) -> None:
    """Sign another browser out."""
    async with database.transaction() as db:
        _, customer = await own(db, request)
        await customers.end_session(db, customer, id)


@delete("/api/me/claims/{id:int}", status_code=200)
async def undo_claim(request: Request, database: Database, id: FromPath[int]) -> dict[str, str]:
    """Take back what came into the bag with a sign-in or from a tablet; says who has it now."""
    async with database.transaction() as db:
        session, customer = await own(db, request)
        return {"with": await customers.undo_claim(db, customer, session, id)}


@get("/api/me/export")
async def export(request: Request, database: Database) -> Response[bytes]:
    """All that is held about the customer, as a file in schema.org's terms."""
    async with database.snapshot() as db:
        _, customer = await own(db, request)
        limiter.hit("export", str(customer.id), most=10, seconds=60)
        held = await exporting.export(db, customer)
    body = await asyncio.to_thread(lambda: msgspec.json.format(msgspec.json.encode(held), indent=2))
    name = f"my-bag-{now():%Y-%m-%d}.json"
    headers = {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, media_type="application/ld+json", headers=headers)


@delete("/api/me", status_code=200)
async def erase(request: Request, database: Database) -> Response[Any]:
    """Forget the customer: all of it, now."""
    async with database.transaction() as db:
        _, customer = await own(db, request)
        await forgetting.erase(db, customer)
    answer = _answer({"erased": True})
    answer.delete_cookie(shoppers.COOKIE, path="/")
    return answer


async def own(db: AsyncSession, request: Request) -> tuple[ShopperSession, Customer]:
    """The session that asks, and its customer. Raises SignInNeeded."""
    session = await shoppers.calling(db, request)
    return session, await customers.calling(db, session)


def _answer(body: dict[str, Any]) -> Response[Any]:
    return Response(body, headers={"Cache-Control": "no-store"})


ROUTES = [
    Router(
        "/",
        route_handlers=[
            ask_for_code, type_code, sign_out, me, choose_language, agree_to_mail, refuse_mail, end_session, undo_claim,
            export, erase,
        ],
        exception_handlers={VitrineError: in_their_language},
    )
]  # fmt: skip
