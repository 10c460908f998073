"""Files that somebody uploaded: on this machine's disk while they are read, in the database while they wait to be taken in.

Whoever takes one in may be served by another machine than the one that it was sent to.
"""

import asyncio
import shutil
import time
import zlib
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.models import Import, UploadPiece
from server.core import room
from server.core.clock import now
from server.core.database import Database
from server.core.settings import Settings

KEPT = timedelta(days=1)
LARGEST = 200 * 1024 * 1024
PIECE = 1024 * 1024


def path(settings: Settings, record: int) -> Path:
    """Where the file of an import lies while it is read."""
    return settings.home / "uploads" / f"import-{record}"


async def keep(settings: Settings, record: int, file: BinaryIO) -> Path:
    """Copy an uploaded file to where its import looks for it; half of one is not kept. Raises NoRoom."""
    kept = path(settings, record)

    def copy() -> None:
        kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with kept.open("wb") as target:
            shutil.copyfileobj(file, target, PIECE)

    try:
        await asyncio.to_thread(copy)
    except OSError as error:
        raise room.unwritten(kept, error) from error
    return kept


async def set_aside(database: Database, record: int, file: Path) -> None:
    """Put a file that is only tried where every process finds it, in pieces that hold nobody up. Raises NoRoom."""

    def compressed(source: BinaryIO) -> bytes:
        piece = source.read(PIECE)
        return zlib.compress(piece, 1) if piece else b""

    with file.open("rb") as source:
        number = 0
        while body := await asyncio.to_thread(compressed, source):
            async with database.transaction() as db:
                db.add(UploadPiece(import_id=record, number=number, body=body))
            number += 1


async def waits(db: AsyncSession, record: int) -> bool:
    """Whether the file of a try is there to be taken in."""
    return bool(await db.scalar(select(exists().where(UploadPiece.import_id == record))))


async def hand_over(database: Database, settings: Settings, record: int, *, to: int) -> Path | None:
    """Give a file that was tried to the import that takes it in; None when another did. Raises NoRoom."""
    async with database.transaction() as db:
        moved = await db.execute(update(UploadPiece).where(UploadPiece.import_id == record).values(import_id=to))
    if not moved.rowcount:
        return None
    kept, number = path(settings, to), 0
    try:
        kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with kept.open("wb") as target:
            while body := await _piece(database, to, number):
                await asyncio.to_thread(lambda body=body: target.write(zlib.decompress(body)))
                number += 1
    except OSError as error:
        raise room.unwritten(kept, error) from error
    finally:
        await give_up(database, to)
    return kept


async def _piece(database: Database, record: int, number: int) -> bytes | None:
    chosen = (UploadPiece.import_id == record, UploadPiece.number == number)
    async with database.snapshot() as db:
        return await db.scalar(select(UploadPiece.body).where(*chosen))


async def give_up(database: Database, record: int) -> None:
    """Let go of a file that nobody will take in."""
    async with database.transaction() as db:
        await db.execute(delete(UploadPiece).where(UploadPiece.import_id == record))


def forget(settings: Settings, record: int) -> None:
    """Remove a file that has been read."""
    path(settings, record).unlink(missing_ok=True)


async def forget_old(database: Database, settings: Settings) -> None:
    """Remove what nobody came back for within a day, and what a process that was killed has left."""
    for kept in (settings.home / "uploads").glob("import-*"):
        if time.time() - kept.stat().st_mtime > KEPT.total_seconds():
            kept.unlink(missing_ok=True)
    old = select(Import.id).where(Import.started_at < now() - KEPT)
    async with database.snapshot() as db:
        if not await db.scalar(select(exists().where(UploadPiece.import_id.in_(old)))):
            return
    async with database.transaction() as db:
        await db.execute(delete(UploadPiece).where(UploadPiece.import_id.in_(old)))
