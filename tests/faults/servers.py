"""Servers beside ours that a test may kill, stop for a while and start again: Redis and PostgreSQL, each on its own socket."""

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import asyncpg

from tests.postgres import Postgres


def find_redis() -> str | None:
    """redis-server, or valkey-server, which speaks the same."""
    return shutil.which("redis-server") or shutil.which("valkey-server")


class Redis:
    """One Redis server that listens on a unix socket only and keeps nothing."""

    def __init__(self, program: str) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="vitrine-redis-"))
        self._program = program
        self._process: subprocess.Popen[bytes] | None = None
        self.socket = self._folder / "redis.sock"
        self.url = f"unix://{self.socket}"

    def start(self) -> None:
        """Start it, or start it again; returns when it answers."""
        options = ["--port", "0", "--unixsocket", str(self.socket), "--save", "", "--appendonly", "no"]
        self._process = subprocess.Popen(
            [self._program, *options, "--dir", str(self._folder)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        wait_for(self.socket.exists)

    def kill(self) -> None:
        """End it without a word."""
        if self._process:
            self._process.kill()
            self._process.wait()
        self.socket.unlink(missing_ok=True)

    def freeze(self) -> None:
        """Let it hold its connections and say nothing."""
        assert self._process
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        assert self._process
        self._process.send_signal(signal.SIGCONT)

    def remove(self) -> None:
        """End it and remove its folder."""
        with contextlib.suppress(Exception):
            self.thaw()
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)


class FragilePostgres(Postgres):
    """A PostgreSQL server of one test, that may go down and come back with its data."""

    keeps_commits = True

    def crash(self) -> None:
        """End it at once, as the loss of its machine would; connections break."""
        assert self._process
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(20)

    def freeze(self) -> None:
        """Let all of it hold its connections and say nothing, as a machine does that hangs."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, what: signal.Signals) -> None:
        assert self._process
        parent = self._process.pid
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        for pid in (parent, *map(int, children)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, what)

    async def again(self) -> None:
        """Start it again on the same data; returns when it takes connections."""
        assert self._process
        self._process = subprocess.Popen(
            self._process.args, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, user=self._user, cwd=self._folder
        )
        for _ in range(300):
            with contextlib.suppress(OSError, TimeoutError, asyncpg.PostgresError):
                await (await self._connect()).close()
                return
            await asyncio.sleep(0.1)
        raise AssertionError("PostgreSQL did not come back")

    async def end_listeners(self) -> int:
        """Break every connection that listens for notifications, and no other; returns how many."""
        connection = await self._connect()
        try:
            return len(
                await connection.fetch(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query ILIKE 'LISTEN%'"
                )
            )
        finally:
            await connection.close()

    async def _connect(self) -> asyncpg.Connection:
        return await asyncpg.connect(host=str(self._folder), user="vitrine", database="postgres", timeout=5)


def wait_for(condition, seconds: float = 20) -> None:
    """Wait for something that is bound to happen."""
    for _ in range(int(seconds / 0.02)):
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError("it did not happen")
