"""What processes that serve the same installation need of each other, and where they are refused: said before one begins."""

import fcntl
import os
from pathlib import Path
from typing import IO

from sqlalchemy import text

from server.core.database import Database
from server.core.errors import Misconfigured
from server.core.settings import FEWEST_CONNECTIONS, Settings

FAR = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "ceph", "glusterfs", "fuse.sshfs", "fuse.glusterfs", "afs"}
)
"""File systems of other machines: SQLite's log is shared memory, and its readers there would see torn pages."""
LEASE_CONNECTIONS = 1
"""What one process holds of PostgreSQL besides its pool: to say that it lives, however busy that is."""
BACKPLANE_CONNECTIONS = 2
"""What one process holds of PostgreSQL besides, where that is the backplane: to listen and to tell."""
KEPT_FREE = 7
"""Connections that are left to a migration, a backup, the doctor, and whoever has to look."""


def check(settings: Settings, workers: int) -> None:
    """Raises Misconfigured when so many processes cannot serve with these settings, with what to set."""
    sqlite = settings.database.startswith("sqlite")
    if workers > 1 and sqlite:
        raise Misconfigured(
            "SQLite serves one process. For more, set VITRINE_DATABASE_URL to postgresql://user:secret@host/vitrine and "
            "VITRINE_BACKPLANE_URL to redis://host, run vitrine migrate, and import the catalogue there."
        )
    if workers > 1 and settings.backplane == "memory":
        raise Misconfigured(
            "Several processes need something that carries news between them: set VITRINE_BACKPLANE_URL to redis://host, or "
            "to postgresql:// with the address of the database."
        )
    if sqlite and (kind := file_system(file_of(settings).parent)) in FAR:
        raise Misconfigured(
            f"The database {file_of(settings)} lies on a disk of another machine ({kind}), where SQLite loses data. Set "
            "VITRINE_HOME to a folder of this machine, or VITRINE_DATABASE_URL to postgresql://user:secret@host/vitrine."
        )


def file_of(settings: Settings) -> Path:
    """Where SQLite's file is."""
    return Path(settings.database.partition(":///")[2])


def alone(settings: Settings) -> IO[str] | None:
    """Hold the SQLite database for this server until the file that is returned is closed; None on PostgreSQL.

    Raises Misconfigured while another server has it: screens of the one would not hear of changes through the other.
    """
    if not settings.database.startswith("sqlite"):
        return None
    path = file_of(settings)
    held = open(path.with_name(path.name + ".serving"), "a+", encoding="utf-8")  # noqa: SIM115 - kept open on purpose
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        held.seek(0)
        who = held.read().strip() or "another process"
        held.close()
        raise Misconfigured(
            f"{path} is served already, by process {who}. SQLite serves one: end that one, or use PostgreSQL for both."
        ) from None
    held.truncate(0)
    held.write(f"{os.getpid()}\n")
    held.flush()
    return held


def file_system(folder: Path, mounts: str | None = None) -> str:
    """The kind of file system that a folder is on, as Linux names it; empty where it is not told."""
    try:
        lines = (mounts or Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="replace")).splitlines()
    except OSError:
        return ""
    found, kind = "", ""
    for line in lines:
        fields = line.split()
        point = fields[4].replace("\\040", " ")
        if folder.resolve().is_relative_to(point) and len(point) >= len(found):
            found, kind = point, fields[fields.index("-") + 1]
    return kind


async def check_connections(settings: Settings, workers: int) -> None:
    """Raises Misconfigured when the pools of these processes could ask PostgreSQL for more than it gives."""
    if settings.database.startswith("sqlite"):
        return
    database = Database(settings.database, settings)
    try:
        async with database.snapshot() as db:
            most = int(await db.scalar(text("SHOW max_connections")) or 0)
    finally:
        await database.close()
    besides = LEASE_CONNECTIONS + BACKPLANE_CONNECTIONS * settings.backplane.startswith("postgres")
    each = settings.database_connections + besides
    if workers * each > most - KEPT_FREE:
        fit = (most - KEPT_FREE) // each
        fewer = (most - KEPT_FREE) // workers - besides
        mends = [
            f"start with --workers {fit} or fewer" if fit else "",
            f"set VITRINE_DATABASE_CONNECTIONS to {fewer} or less" if fewer >= FEWEST_CONNECTIONS else "",
            "raise max_connections of PostgreSQL",
        ]
        raise Misconfigured(
            f"{workers} processes with {each} connections each may need {workers * each}, and PostgreSQL gives {most} in all, of which "
            f"{KEPT_FREE} are left to migrations and backups. To mend it, {', or '.join(filter(None, mends))}."
        )
