"""Media: bytes kept under their digest, so that an address never changes its content and any process can serve it."""

import asyncio
import hashlib
import re
from contextvars import Context
from datetime import UTC, datetime, timedelta

from sqlalchemy import LargeBinary, String, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from server.core.clock import now
from server.core.database import Database
from server.core.tables import Base, add_unless_there

DIGEST = re.compile(r"[0-9a-f]{64}")
KEPT_SECONDS, LARGEST_KEPT, MOST_KEPT = 1.0, 128 * 1024, 128
"""For how long a process keeps what it has just looked up, of which size at most, and how many."""

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
"""When bytes that were let go count as stored: what nothing names is given a day, and these are not."""


class Media(Base):
    """A picture, an emoji or a card."""

    __tablename__ = "media"
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    content_type: Mapped[str] = mapped_column(String(60))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    size: Mapped[int]
    created_at: Mapped[datetime]
    """When they were stored, or stored again."""


def digest(body: bytes) -> str:
    """The name of these bytes: SHA-256 in hexadecimal."""
    return hashlib.sha256(body).hexdigest()


async def store(db: AsyncSession, body: bytes, content_type: str) -> str:
    """Keep bytes; storing the same again says that they are wanted anew. Returns their digest."""
    name, moment = digest(body), now()
    if await add_unless_there(
        db, Media, digest=name, content_type=content_type, body=body, size=len(body), created_at=moment
    ):
        return name
    # Bytes that nothing names are let go when they are a day old: what is stored again must not be among them. A row
    # that is young stays untouched, and so unlocked: every card of a busy hour has the same few emoji.
    stale = update(Media).where(Media.digest == name, Media.created_at < moment - timedelta(hours=12))
    await db.execute(stale.values(created_at=moment))
    return name


async def find(db: AsyncSession, name: str) -> tuple[bytes, str] | None:
    """The bytes under a digest and their media type, or None."""
    row = (await db.execute(select(Media.body, Media.content_type).where(Media.digest == name))).one_or_none()
    return None if row is None else (row[0], row[1])


class Asked:
    """The media of a process that were asked for just now: all screens fetch a new card within seconds, and it is looked up once."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._found: dict[str, asyncio.Task[tuple[bytes, str] | None]] = {}

    async def find(self, name: str) -> tuple[bytes, str] | None:
        """As `find` does, of a second ago at most."""
        found = self._found.get(name)
        if found is None:
            found = asyncio.create_task(self._look(name), context=Context())
            if len(self._found) < MOST_KEPT:
                self._found[name] = found
                found.add_done_callback(lambda _: self._forget_soon(name, found))
        return await asyncio.shield(found)

    async def _look(self, name: str) -> tuple[bytes, str] | None:
        async with self._database.snapshot() as db:
            return await find(db, name)

    def _forget_soon(self, name: str, found: "asyncio.Task[tuple[bytes, str] | None]") -> None:
        body = None if found.cancelled() or found.exception() else found.result()
        seconds = KEPT_SECONDS if body and len(body[0]) <= LARGEST_KEPT else 0
        found.get_loop().call_later(seconds, self._found.pop, name, None)
