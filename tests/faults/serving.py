"""The product as an operator runs it, `vitrine serve`, as a process of a test; and what is there before it starts."""

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import sys
from pathlib import Path
from typing import Any

import httpx

from server.core import staff
from server.core.database import Database
from server.core.settings import ROOT, Settings
from tests.conftest import until

TOKEN = "metrics"


class Serving:
    """One process on a port of its own. It has what tests/shopping.py asks of a served application."""

    def __init__(
        self,
        settings: Settings,
        *,
        host: str = "127.0.0.1",
        constants: tuple[str, ...] = (),
        arguments: tuple[str, ...] = (),
    ) -> None:
        self.settings, self.host = settings, host
        self._program = ["-m", "tests.faults.quick", *constants, "--"] if constants else ["-m", "server"]
        self._arguments = arguments
        self.port = free_port(host)
        self.address, self.live = f"http://{host}:{self.port}", f"ws://{host}:{self.port}/live"
        self.database = Database(settings.database, settings)
        """The same tables, by a connection of the test."""
        self._asking = self.client()
        self.log = settings.home / "serve.log"
        self.process: asyncio.subprocess.Process | None = None

    async def start(self, prefix: tuple[str, ...] = (), log: Path | None = None, **environment: str) -> None:
        """Returns when it answers."""
        self.log = log or self.log
        kept = {name: value for name, value in os.environ.items() if not name.startswith("VITRINE_")}
        told = {
            "VITRINE_HOME": str(self.settings.home),
            "VITRINE_DATABASE_URL": self.settings.database_url,
            "VITRINE_SOURCES": "0",
            "VITRINE_LOG": "json",
            "VITRINE_METRICS_TOKEN": TOKEN,
        }
        with self.log.open("ab") as log_file:
            self.process = await asyncio.create_subprocess_exec(
                *prefix, sys.executable, *self._program, "serve", "--host", self.host, "--port", str(self.port), *self._arguments,
                env=kept | told | environment, cwd=ROOT, stdout=log_file, stderr=log_file,
            )  # fmt: skip
        async with self.client() as client:

            async def answers() -> bool:
                assert self.process and self.process.returncode is None, self.log.read_text()
                with contextlib.suppress(httpx.HTTPError):
                    return (await client.get("/health/ready", timeout=2)).status_code == 200
                return False

            await until(answers, seconds=40)

    async def stop(self) -> None:
        """End it in order, and let go of the database."""
        await self.database.close()
        await self._asking.aclose()
        if self.process and self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(self.process.wait(), 15)
            except TimeoutError:
                self.process.kill()
                await self.process.wait()

    def client(self, **cookies: str) -> httpx.AsyncClient:
        """A browser without pages."""
        return httpx.AsyncClient(
            base_url=self.address, cookies=cookies, headers={"accept": "text/html"}, timeout=30, verify=False
        )

    async def staff(self, role: str = "admin") -> httpx.AsyncClient:
        """A browser in which somebody with this role is signed in."""
        async with self.database.transaction() as db:
            person = await staff.add(db, email=f"{role}@house.test", name=role.title(), role=role, store_id="OXF")
            secret = await staff.sign_in(db, person, hours=12)
        return self.client(**{staff.COOKIE: secret})

    async def metric(self, name: str) -> float:
        """A figure of /metrics; 0 where it was never counted."""
        answer = await self._asking.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        lines = answer.raise_for_status().text.splitlines()
        return sum(float(line.rpartition(" ")[2]) for line in lines if line.partition("{")[0].partition(" ")[0] == name)

    def sockets(self) -> int:
        """How many sockets the process has, of whatever kind."""
        assert self.process
        files = Path(f"/proc/{self.process.pid}/fd")
        return sum(os.readlink(file).startswith("socket:") for file in files.iterdir())

    def cpu(self) -> float:
        """Seconds of processor time that it has used."""
        assert self.process
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> int:
        """Bytes that it holds in memory."""
        assert self.process
        return int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")


def free_port(host: str) -> int:
    """A port that nobody has at this moment."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return probe.getsockname()[1]


def sqlite_home(folder: Path, template: Path, **more: Any) -> Settings:
    """Settings of an installation on SQLite whose tables are there."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(template, folder / "vitrine.sqlite")
    return Settings(home=folder, sources=False, **more)
