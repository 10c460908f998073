"""Devices: screens and kiosks, how one is paired by a code, and what its token opens.

The code on the glass only names a pairing; what the device polls with is a separate secret, so a passer-by who reads the
code gains nothing.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import TypeVar

from litestar.connection import ASGIConnection
from sqlalchemy import ColumnElement, ForeignKey, Select, String, bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column

from server.core import events, topics
from server.core.clock import now
from server.core.errors import Conflict, Gone, NotFound, SignInNeeded
from server.core.security import bearer, digest, new_code, new_id, new_token
from server.core.tables import Base, padded

Row = TypeVar("Row", bound=Base)
PAIRING_LIFE = timedelta(minutes=10)
UNKNOWN = "This device is not known here, or it was taken out. Pair it again."
SIMULATED = "sim"
"""How the ids of devices begin that `vitrine simulate` made; no other does, since `new_id` writes no i."""


class Device(Base):
    """Something with glass that holds a token."""

    __tablename__ = "device"
    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    """'screen' or 'kiosk'."""
    token_digest: Mapped[str | None] = mapped_column(String(64), unique=True)
    paired_at: Mapped[datetime]
    paired_by: Mapped[str] = mapped_column(String(200))
    first_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


# Statements that every request needs are made once: making them anew costs more than running them.
KNOWN = select(Device).where(Device.revoked_at.is_(None))
HOLDER = KNOWN.where(Device.token_digest == bindparam("digest"))
HOLDERS = KNOWN.where(Device.token_digest.in_(bindparam("digests", expanding=True)))


class Pairing(Base):
    """A device that shows a code and waits to be taken in."""

    __tablename__ = "pairing"
    code: Mapped[str] = mapped_column(String(8), primary_key=True)
    secret_digest: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(String(10))
    width: Mapped[int]
    height: Mapped[int]
    expires_at: Mapped[datetime]
    device_id: Mapped[str | None] = mapped_column(ForeignKey("device.id", ondelete="CASCADE"))


@dataclass(frozen=True)
class Offer:
    """What a device is told when it asks to be paired."""

    code: str
    secret: str
    expires_seconds: int


async def offer(db: AsyncSession, *, kind: str, width: int, height: int) -> Offer:
    """Give a new device a code to show and a secret to poll with; both end after ten minutes."""
    await db.execute(delete(Pairing).where(Pairing.expires_at < now()))
    code, secret = new_code(), new_token()
    while await db.get(Pairing, code):
        code = new_code()
    pairing = Pairing(code=code, secret_digest=digest(secret), kind=kind, width=width, height=height)
    pairing.expires_at = now() + PAIRING_LIFE
    db.add(pairing)
    return Offer(code, secret, int(PAIRING_LIFE.total_seconds()))


async def waiting(db: AsyncSession, code: str) -> Pairing:
    """The device that shows this code; spaces, dashes and case do not matter. Raises NotFound."""
    written = "".join(letter for letter in code.upper() if letter.isalnum())
    pairing = await db.get(Pairing, written)
    if pairing is None or pairing.expires_at < now() or pairing.device_id:
        raise NotFound("No device shows that code now. Codes last ten minutes; read the one on the glass again.")
    return pairing


async def pair(db: AsyncSession, pairing: Pairing, *, by: str) -> Device:
    """Take the device in; it fetches its token with its secret."""
    await db.refresh(pairing, with_for_update=True)
    if pairing.device_id:
        raise Conflict("That device has just been paired by somebody else.")
    device = create(db, kind=pairing.kind, by=by)
    await db.flush()
    pairing.device_id = device.id
    return device


def create(db: AsyncSession, *, kind: str, by: str) -> Device:
    """A device that has no token yet."""
    device = Device(id=new_id(), kind=kind, token_digest=None, paired_at=now(), paired_by=by)
    db.add(device)
    return device


async def collect(db: AsyncSession, secret: str) -> tuple[Device, str] | None:
    """Answer a poll: the device with a fresh token once it is paired, None while it waits. Raises Gone.

    Until the token has been used for the first time every poll makes a new one: an answer that was lost on the way
    must not leave the device outside.
    """
    pairing = await db.scalar(select(Pairing).where(Pairing.secret_digest == digest(secret)))
    if pairing is None or pairing.expires_at < now():
        raise Gone("This pairing is over. Ask for a new code.")
    if pairing.device_id is None:
        return None
    device = await db.get_one(Device, pairing.device_id)
    if device.first_used_at or device.revoked_at:
        raise Gone("This pairing is over. Ask for a new code.")
    return device, issue(device)


def simulated(id: str) -> bool:
    """Whether a device is one of a simulation: what it says is taken like any other's, and counts nowhere."""
    return id.startswith(SIMULATED)


def genuine(id: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Of rows that name a device in this column: those of devices that are there, and not of a simulation."""
    return id.not_like(f"{SIMULATED}%")


def issue(device: Device) -> str:
    """A new token for a device; the old one, if any, is void."""
    token = new_token()
    device.token_digest = digest(token)
    return token


async def held_by(db: AsyncSession, token: str | None, kind: type[Row]) -> Row | None:
    """What a package keeps of the device with this token, under the device's id; nothing for an unknown or revoked one."""
    return await db.scalar(_held_by(kind), {"digest": digest(token or "")})


@cache
def _held_by(kind: type[Row]) -> Select[tuple[Row]]:
    known = (Device.token_digest == bindparam("digest")) & Device.revoked_at.is_(None)
    return select(kind).join(Device, Device.id == kind.id).where(known)  # type: ignore[attr-defined]


async def by_token(db: AsyncSession, token: str | None) -> Device:
    """The device that holds this token. Raises SignInNeeded for an unknown or revoked one."""
    device = await db.scalar(HOLDER, {"digest": digest(token)}) if token else None
    if device is None:
        raise SignInNeeded(UNKNOWN)
    return device


async def by_tokens(db: AsyncSession, tokens: Collection[str]) -> dict[str, Device]:
    """The devices that hold these tokens, by token; those of unknown and revoked ones are not among them."""
    if not tokens:
        return {}
    by_digest = {digest(token): token for token in tokens}
    found = await db.scalars(HOLDERS, {"digests": padded(list(by_digest))})
    return {by_digest[device.token_digest or ""]: device for device in found}


async def first_use(db: AsyncSession, ids: Collection[str]) -> None:
    """These devices have their tokens: the pairings that gave them are over."""
    await db.execute(update(Device).where(Device.id.in_(ids)).values(first_used_at=now()))
    await db.execute(delete(Pairing).where(Pairing.device_id.in_(ids)))


async def calling(db: AsyncSession, connection: ASGIConnection) -> Device:
    """The device that makes this request, by its Authorization header. Raises SignInNeeded."""
    return await by_token(db, bearer(connection))


async def revoke(db: AsyncSession, device: Device) -> None:
    """Take a device out: its token is void and its sockets close, on every process."""
    device.revoked_at = now()
    device.token_digest = None
    topics.note(db, f"device:{device.id}", f"{device.kind}:{device.id}")
    await events.emit(db, events.DeviceRevoked(device.id))
