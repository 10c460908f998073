"""`vitrine backup`: a copy of an SQLite database that is whole, taken beside its traffic."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from rich.console import Console

from server.core.errors import Misconfigured
from server.core.settings import Settings
from server.facts import masked
from server.together import file_of


def run(settings: Settings, file: Path, out: Console) -> None:
    """Copy the database to `file`, which must not be there. Raises Misconfigured with what to do."""
    if not settings.database.startswith("sqlite"):
        raise Misconfigured(
            f"PostgreSQL copies itself: pg_dump --format=custom --file={file} {masked(settings.database_url)}"
        )
    if file.exists():
        raise Misconfigured(f"{file} is there already, and is left as it was. Name a new file.")
    try:
        _copy(file_of(settings), file)
    except (OSError, sqlite3.Error) as error:
        file.unlink(missing_ok=True)
        raise Misconfigured(f"The copy was not made ({error}); the database is as it was.") from None
    out.print(f"{file} is a whole copy ({file.stat().st_size / 1e6:,.1f} MB).", soft_wrap=True)


def _copy(source: Path, file: Path) -> None:
    """One snapshot, without its log and its holes; writers go on meanwhile. Only its owner may read it."""
    file.touch(mode=0o600, exist_ok=False)
    with closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=rw", uri=True)) as connection:
        connection.execute("VACUUM INTO ?", (str(file),))
    with closing(sqlite3.connect(file)) as copy:
        said = copy.execute("PRAGMA integrity_check").fetchone()[0]
    if said != "ok":
        raise sqlite3.DatabaseError(f"the copy is not whole: {said}")
    with file.open("rb") as written:
        os.fsync(written.fileno())
