"""Files that somebody uploaded, kept on disk until they have been imported or a day has passed."""

import asyncio
import shutil
import time
from pathlib import Path
from typing import BinaryIO

from server.core import room
from server.core.settings import Settings

KEPT_SECONDS = 24 * 3600
LARGEST = 200 * 1024 * 1024


def path(settings: Settings, record: int) -> Path:
    """Where the file of an import lies, if it is kept on this machine."""
    return settings.home / "uploads" / f"import-{record}"


async def keep(settings: Settings, record: int, file: BinaryIO) -> Path:
    """Copy an uploaded file to where its import looks for it; half of one is not kept. Raises NoRoom."""
    kept = path(settings, record)

    def copy() -> None:
        kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with kept.open("wb") as target:
            shutil.copyfileobj(file, target, 1024 * 1024)

    try:
        await asyncio.to_thread(copy)
    except OSError as error:
        raise room.unwritten(kept, error) from error
    return kept


def hand_over(settings: Settings, record: int, *, to: int) -> Path | None:
    """Give a file that was tried to the import that takes it in; None when it is no longer there."""
    try:
        return path(settings, record).rename(path(settings, to))
    except FileNotFoundError:
        return None


def forget(settings: Settings, record: int) -> None:
    """Remove a file that is done with."""
    path(settings, record).unlink(missing_ok=True)


def forget_old(settings: Settings) -> None:
    """Remove what nobody came back for within a day."""
    for kept in (settings.home / "uploads").glob("import-*"):
        if time.time() - kept.stat().st_mtime > KEPT_SECONDS:
            kept.unlink(missing_ok=True)
