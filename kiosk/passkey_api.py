"""What a browser asks of passkeys: challenges, adding one, signing in with one, names."""

from typing import Any

import msgspec
from litestar import Request, Response, Router, delete, post, put
from litestar.params import FromPath

from kiosk import customers, passkeys, shoppers
from kiosk.account_api import anonymous, own, signed_in
from kiosk.account_words import in_their_language, named
from server.core.database import Database
from server.core.errors import Conflict, VitrineError
from server.core.security import client_address, limiter
from server.core.settings import Settings


class Signed(msgspec.Struct):
    """A credential as the browser's `toJSON` writes it."""

    credential: dict[str, Any]


class Named(msgspec.Struct):
    """What its owner calls a passkey."""

    name: str


def _party(request: Request, settings: Settings) -> passkeys.RelyingParty:
    party = passkeys.relying_party(request, settings)
    if party is None:
        raise Conflict(
            "Passkeys need an address with a name and encryption, and this one has not both. Sign in by mail."
        )
    return party


@post("/api/sign-in/passkey-challenge", status_code=200)
async def ask_to_sign_in(request: Request, database: Database, settings: Settings) -> Response[Any]:
    """A challenge for whatever passkey this browser has for this house."""
    limiter.hit("passkey", client_address(request), most=60, seconds=600)
    party = _party(request, settings)
    async with database.transaction() as db:
        session, secret, fresh = await anonymous(db, request, settings)
        answer = Response(await passkeys.ask(db, party, session), headers={"Cache-Control": "no-store"})
    if fresh:
        shoppers.remember(answer, request, secret, settings)
    return answer


@post("/api/sign-in/passkey", status_code=200)
async def sign_in(request: Request, database: Database, settings: Settings, data: Signed) -> Response[Any]:
    """The signed challenge signs in."""
    limiter.hit("passkey", client_address(request), most=60, seconds=600)
    party = _party(request, settings)
    async with database.transaction() as db:
        session, _, _ = await anonymous(db, request, settings)
        challenge = await passkeys.spend(db, session, "sign in")
    async with database.transaction() as db:  # of its own: spent is spent, whatever comes of it
        session, _, _ = await anonymous(db, request, settings)
        customer = await passkeys.verify(db, party, challenge, data.credential)
        done = await customers.sign_in(db, settings, customer, before=session, browser=shoppers.browser_of(request))
    return signed_in(request, settings, customer, done)


@post("/api/me/passkey-challenge", status_code=200)
async def ask_to_add(request: Request, database: Database, settings: Settings) -> Response[Any]:
    """A challenge for a new passkey of this customer."""
    party = _party(request, settings)
    async with database.transaction() as db:
        session, customer = await own(db, request)
        limiter.hit("add passkey", str(customer.id), most=30, seconds=600)
        return Response(await passkeys.offer(db, party, customer, session), headers={"Cache-Control": "no-store"})


@post("/api/me/passkeys", status_code=201)
async def add(request: Request, database: Database, settings: Settings, data: Signed) -> dict[str, str]:
    """Keep the new passkey, by the name of the browser that made it until its owner gives it another."""
    party = _party(request, settings)
    async with database.transaction() as db:
        challenge = await passkeys.spend(db, (await own(db, request))[0], "add")
    async with database.transaction() as db:
        _, customer = await own(db, request)
        name = " · ".join(filter(None, named(shoppers.browser_of(request)))) or "Passkey"
        made = await passkeys.add(db, party, customer, challenge, data.credential, name=name)
        return {"id": made.id, "name": made.name}


@put("/api/me/passkeys/{id:str}", status_code=200)
async def rename(request: Request, database: Database, id: FromPath[str], data: Named) -> dict[str, str]:
    """Give a passkey another name."""
    async with database.transaction() as db:
        _, customer = await own(db, request)
        found = await passkeys.of_customer(db, customer, id)
        found.name = passkeys.checked_name(data.name)
        return {"id": found.id, "name": found.name}


@delete("/api/me/passkeys/{id:str}")
async def remove(request: Request, database: Database, id: FromPath[str]) -> None:
    """Let a passkey sign nobody in any more."""
    async with database.transaction() as db:
        _, customer = await own(db, request)
        await db.delete(await passkeys.of_customer(db, customer, id))


ROUTES = [
    Router(
        "/",
        route_handlers=[ask_to_sign_in, sign_in, ask_to_add, add, rename, remove],
        exception_handlers={VitrineError: in_their_language},
    )
]
