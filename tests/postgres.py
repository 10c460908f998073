"""A PostgreSQL server for tests: its own folder, its own socket, ended by process id."""

import asyncio
import glob
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import threading
import uuid
from pathlib import Path

import asyncpg

from server.core.database import Database
from server.migrating import migrate


def find_postgres() -> Path | None:
    """The folder of initdb and postgres: the newest that Debian has, or what is on the path."""
    found = sorted(
        glob.glob("/usr/lib/postgresql/*/bin/initdb"), key=lambda path: int(path.split("/")[4].partition(".")[0])
    )
    program = found[-1] if found else shutil.which("initdb")
    return Path(program).resolve().parent if program else None


class Postgres:
    """One server that listens on a socket of its own only."""

    keeps_commits = False
    """Whether what it has acknowledged outlives its own crash; most tests never crash it, and are faster without."""

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        self._folder = Path(tempfile.mkdtemp(prefix="vitrine-pg-"))
        # PostgreSQL refuses to run as root; its package has brought a user.
        self._user = "postgres" if os.geteuid() == 0 else None
        if self._user:
            account = pwd.getpwnam(self._user)
            os.chown(self._folder, account.pw_uid, account.pw_gid)
        self._process: subprocess.Popen[bytes] | None = None
        self._loop = asyncio.new_event_loop()
        self._teller: asyncpg.Connection | None = None

    def start(self) -> None:
        """Make a cluster, start it, and migrate the template that every test's database is copied from."""
        data = self._folder / "data"
        self._run(
            "initdb", "-D", str(data), "-A", "trust", "-U", "vitrine", "-E", "UTF8", "--no-sync", "--locale=C.UTF-8"
        )
        quick = {
            "fsync": "off", "synchronous_commit": "on" if self.keeps_commits else "off", "full_page_writes": "off",
            "max_connections": "200",
        }  # fmt: skip
        options = [part for name, value in quick.items() for part in ("-c", f"{name}={value}")]
        self._process = subprocess.Popen(
            [self._programs / "postgres", "-D", data, "-k", self._folder, "-c", "listen_addresses=", *options],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, user=self._user, cwd=self._folder,
        )  # fmt: skip
        asyncio.run(self._prepare())
        threading.Thread(target=self._loop.run_forever, daemon=True).start()

    def stop(self) -> None:
        """End the server and remove its folder."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        if self._process:
            self._process.send_signal(signal.SIGINT)  # at once, though connections are open
            self._process.wait(20)
        shutil.rmtree(self._folder, ignore_errors=True)

    def url(self, name: str) -> str:
        """The address of one of its databases, as settings take it."""
        return f"postgresql+asyncpg://vitrine@/{name}?host={self._folder}"

    def create(self) -> str:
        """A new database with all tables and no rows."""
        name = f"t{uuid.uuid4().hex[:12]}"
        self._say(f"CREATE DATABASE {name} TEMPLATE empty STRATEGY FILE_COPY")
        return name

    def drop(self, name: str) -> None:
        """Remove a database, whoever still holds it."""
        self._say(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _say(self, statement: str) -> None:
        """One statement, on a connection that is kept: a program started for each would take longer than most tests."""
        asyncio.run_coroutine_threadsafe(self._ask(statement), self._loop).result(60)

    async def _ask(self, statement: str) -> None:
        if self._teller is None:
            self._teller = await asyncpg.connect(host=str(self._folder), user="vitrine", database="postgres")
        await self._teller.execute(statement)

    async def _prepare(self) -> None:
        for _ in range(200):
            try:
                connection = await asyncpg.connect(host=str(self._folder), user="vitrine", database="postgres")
                break
            except (OSError, asyncpg.PostgresError):
                await asyncio.sleep(0.1)
        await connection.execute("CREATE DATABASE empty")
        await connection.close()
        database = Database(self.url("empty"))
        await migrate(database)
        await database.close()

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [self._programs / program, *arguments], check=True, capture_output=True, user=self._user, cwd=self._folder
        )
