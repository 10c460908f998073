"""Boxes that only the server opens: what a tablet could not send before it forgot its shopper.

ECIES on P-256: an ephemeral key of the tablet's, ECDH, HKDF-SHA256 and AES-256-GCM, all of it in every browser's WebCrypto.
The tablet's id is authenticated with each box, so that no other tablet can hand it in.
"""

import asyncio
import base64
import binascii
import secrets
from datetime import timedelta

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from kiosk.keeping import Operation
from kiosk.models import SealingKey
from server.core.clock import now
from server.core.errors import BadInput
from server.core.security import new_id

INFO = b"vitrine sealed visit 1"
RENEWED = timedelta(days=30)
"""A key seals for so long; older ones go on opening."""
LARGEST = 192 * 1024


class Box(msgspec.Struct):
    """What a tablet hands in; all base64. `epk` is the ephemeral public point, uncompressed."""

    key: str
    epk: str
    iv: str
    data: str


class Sealed(msgspec.Struct):
    """What is in a box: a visit that is over, its bag with the secret, and what could not be sent. It names nobody."""

    visit: str
    bag: str
    secret: str
    operations: list[Operation]


async def current(db: AsyncSession) -> SealingKey:
    """The key pair to seal to; a new one after a month."""
    newest = await db.scalar(select(SealingKey).order_by(SealingKey.made_at.desc()).limit(1))
    if newest is None or newest.made_at < now() - RENEWED:
        private = ec.generate_private_key(ec.SECP256R1())
        pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        newest = SealingKey(id=new_id(), private=pem, made_at=now())
        db.add(newest)
        await db.flush()
    return newest


def public(key: SealingKey) -> str:
    """The public point, uncompressed, in base64: what `crypto.subtle.importKey("raw", ...)` takes."""
    point = _loaded(key.private).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.b64encode(point).decode()


async def key_of(db: AsyncSession, box: Box) -> SealingKey:
    """The key pair that a box was sealed to. Raises BadInput where it is none of ours, or the box is too large."""
    key = await db.get(SealingKey, box.key) if len(box.key) <= 16 else None
    if key is None or len(box.data) > LARGEST:
        raise BadInput("This box cannot be opened: it was sealed for another installation, or is too large.")
    return key


async def unseal(key: SealingKey, box: Box, *, tablet: str) -> Sealed:
    """What is in a box of this tablet's, opened in a thread. Raises BadInput for one that was altered or is another tablet's."""
    try:
        plain = await asyncio.to_thread(_open, key.private, box, tablet.encode())
        return msgspec.json.decode(plain, type=Sealed)
    except (InvalidTag, ValueError, binascii.Error, msgspec.DecodeError, RecursionError):
        raise BadInput("This box cannot be opened: it was altered, or is not of this tablet.") from None


def seal(public_key: str, key_id: str, plain: bytes, *, tablet: str) -> Box:
    """Seal as a tablet does, for tests and for the simulator."""
    own = ec.generate_private_key(ec.SECP256R1())
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), base64.b64decode(public_key))
    iv = secrets.token_bytes(12)
    data = AESGCM(_derived(own.exchange(ec.ECDH(), theirs))).encrypt(iv, plain, tablet.encode())
    point = own.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return Box(key_id, *(base64.b64encode(part).decode() for part in (point, iv, data)))


def _open(private: str, box: Box, tablet: bytes) -> bytes:
    epk, iv, data = (base64.b64decode(part, validate=True) for part in (box.epk, box.iv, box.data))
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), epk)
    return AESGCM(_derived(_loaded(private).exchange(ec.ECDH(), theirs))).decrypt(iv, data, tablet)


def _derived(shared: bytes) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=INFO).derive(shared)


def _loaded(pem: str) -> ec.EllipticCurvePrivateKey:
    key = load_pem_private_key(pem.encode(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)  # noqa: S101 - we made it
    return key
