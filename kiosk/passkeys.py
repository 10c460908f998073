"""Passkeys: a browser's authenticator signs a challenge of ours, once, and that is somebody's account.

The names of things are those of the Web Authentication standard: the relying party is this house at its own address.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from litestar import Request
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, options_to_json_dict
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from kiosk.account_view import passkeys
from kiosk.models import Customer, Passkey, PasskeyChallenge, ShopperSession
from server.core import brand, codes
from server.core.clock import now
from server.core.errors import BadInput, Conflict, Gone, NotFound
from server.core.security import digest, new_token, same
from server.core.settings import Settings

LIFE = timedelta(minutes=5)
NOT_SIGNED = (WebAuthnException, ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, EOFError)
"""What a stranger's bytes provoke: the library lets through what its parsers raise."""
MOST = 20
ID = re.compile(r"[A-Za-z0-9_-]{1,1400}")
OVER = "That took too long, or another tab began anew. Try again."
UNKNOWN = "This passkey is not known here. It may have been removed; sign in by mail, and add it again."
UNREAD = "What the passkey said cannot be read. Try again."


@dataclass(frozen=True)
class RelyingParty:
    """Who asks an authenticator: the name of the host, and the origin of its pages."""

    id: str
    origin: str


def relying_party(request: Request, settings: Settings) -> RelyingParty | None:
    """This house as authenticators know it; None where they would refuse: an address of numbers, or one that is not secure."""
    here = f"{request.url.scheme}://{request.headers.get('host', '')}"
    # localhost is nobody else's: pages there may use it whatever the public address is, so that it can be tried out.
    public = here if _host(here) == "localhost" else codes.public_address(request, settings)
    host = _host(public)
    secure = public.startswith("https://") or host == "localhost"
    return RelyingParty(host, public) if secure and _has_name(host) else None


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _has_name(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return bool(host)
    return False


async def _challenge(db: AsyncSession, session: ShopperSession, purpose: str) -> bytes:
    """A new challenge for a browser; the one before it is void."""
    row = await db.get(PasskeyChallenge, (session.digest, purpose))
    if row is None:
        row = PasskeyChallenge(session=session.digest, purpose=purpose)
        db.add(row)
    row.challenge, row.expires_at = new_token().encode(), now() + LIFE
    return row.challenge


async def spend(db: AsyncSession, session: ShopperSession, purpose: str) -> bytes:
    """The challenge of a browser, 'add' or 'sign in', which is void from now on. Raises Gone."""
    row = await db.get(PasskeyChallenge, (session.digest, purpose), with_for_update=True)
    if row is None or row.expires_at <= now():
        raise Gone(OVER)
    await db.delete(row)
    return row.challenge


# -- adding -------------------------------------------------------------------------------------------------------


async def offer(db: AsyncSession, party: RelyingParty, customer: Customer, session: ShopperSession) -> dict[str, Any]:
    """What `navigator.credentials.create` needs to make a passkey for a customer. Raises Conflict when they have enough."""
    await _room(db, customer)
    known = [PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.id)) for one in await passkeys(db, customer)]
    options = generate_registration_options(
        rp_id=party.id, rp_name=(await brand.current(db)).name, user_name=customer.email or "", user_id=_handle(customer),
        challenge=await _challenge(db, session, "add"), exclude_credentials=known,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.PREFERRED
        ),
    )  # fmt: skip
    return options_to_json_dict(options)


def _handle(customer: Customer) -> bytes:
    """What an authenticator knows a customer by: the same for all their passkeys, and nothing that says who it is."""
    return bytes.fromhex(digest(f"passkeys of customer {customer.id} since {customer.created_at:%Y%m%d%H%M%S%f}"))


async def add(
    db: AsyncSession, party: RelyingParty, customer: Customer, challenge: bytes, said: dict[str, Any], *, name: str
) -> Passkey:
    """Keep a new passkey. Raises BadInput for what cannot be verified, Conflict for one that is known or one too many."""
    try:
        found = verify_registration_response(
            credential=said, expected_challenge=challenge, expected_rp_id=party.id, expected_origin=party.origin
        )
    except NOT_SIGNED as error:
        raise BadInput(UNREAD) from error
    id = bytes_to_base64url(found.credential_id)
    if await db.get(Passkey, id):
        raise Conflict("This passkey is kept already.")
    await _room(db, customer)
    made = Passkey(
        id=id, customer_id=customer.id, public_key=found.credential_public_key, sign_count=found.sign_count,
        name=checked_name(name), created_at=now(),
    )  # fmt: skip
    db.add(made)
    return made


def checked_name(name: str) -> str:
    """A name for a passkey. Raises BadInput for one that nobody can read."""
    name = " ".join(name.split())
    if not (0 < len(name) <= 100 and name.isprintable()):
        raise BadInput("Give the passkey a name by which you know it, of 100 letters at most.")
    return name


async def _room(db: AsyncSession, customer: Customer) -> None:
    count = select(func.count()).select_from(Passkey).where(Passkey.customer_id == customer.id)
    if (await db.scalar(count) or 0) >= MOST:
        raise Conflict("You have as many passkeys as an account can hold. Remove one first.")


async def of_customer(db: AsyncSession, customer: Customer, id: str) -> Passkey:
    """A customer's own passkey. Raises NotFound."""
    found = await db.get(Passkey, id) if ID.fullmatch(id) else None
    if found is None or found.customer_id != customer.id:
        raise NotFound("There is no such thing in your account.")
    return found


# -- signing in ---------------------------------------------------------------------------------------------------


async def ask(db: AsyncSession, party: RelyingParty, session: ShopperSession) -> dict[str, Any]:
    """What `navigator.credentials.get` needs: any passkey for this house will do, nobody is named."""
    challenge = await _challenge(db, session, "sign in")
    return options_to_json_dict(generate_authentication_options(rp_id=party.id, challenge=challenge))


async def verify(db: AsyncSession, party: RelyingParty, challenge: bytes, said: dict[str, Any]) -> Customer:
    """The customer whose passkey has signed a challenge. Raises BadInput."""
    id = said.get("id")
    known = await db.get(Passkey, id, with_for_update=True) if isinstance(id, str) and ID.fullmatch(id) else None
    if known is None:
        raise BadInput(UNKNOWN)
    try:
        found = verify_authentication_response(
            credential=said, expected_challenge=challenge, expected_rp_id=party.id, expected_origin=party.origin,
            credential_public_key=known.public_key, credential_current_sign_count=known.sign_count,
        )  # fmt: skip
    except NOT_SIGNED as error:
        raise BadInput(UNREAD) from error
    customer = await db.get_one(Customer, known.customer_id)
    handle = said["response"].get("userHandle")
    if handle and not same(handle.rstrip("="), bytes_to_base64url(_handle(customer))):
        raise BadInput(UNKNOWN)
    known.sign_count, known.used_at = found.new_sign_count, now()
    return customer
