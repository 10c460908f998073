"""Processes of a measurement: the server, and the clients that listen to it, each ended by its own handle."""

import asyncio
import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

BEAT_SECONDS = 15
HERE = Path(__file__).parent
ROOT = HERE.parent.parent


@dataclass(frozen=True)
class Server:
    """A running server: where it is, and a client to ask it."""

    port: int
    http: httpx.AsyncClient

    async def state(self) -> dict[str, Any]:
        """Its CPU, memory and sockets."""
        return (await self.http.get("/bench/state")).raise_for_status().json()


@asynccontextmanager
async def server(home: Path, **environment: str) -> AsyncIterator[Server]:
    """The product in a process of its own on a free port; `environment` without VITRINE_ and in lower case."""
    named = {f"VITRINE_{name.upper()}": value for name, value in environment.items()}
    async with process(
        sys.executable, "-m", "tests.bench.app", env={**os.environ, "VITRINE_HOME": str(home), **named}
    ) as child:
        port = json.loads(await line(child, 60))["port"]
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as http:
            await answers(http)
            yield Server(port, http)


@asynccontextmanager
async def process(*command: str | Path, **options: Any) -> AsyncIterator[asyncio.subprocess.Process]:
    """A child that ends with the block."""
    child = await asyncio.create_subprocess_exec(*command, **{"stdout": subprocess.PIPE, "cwd": ROOT, **options})
    try:
        yield child
    finally:
        with contextlib.suppress(ProcessLookupError):
            child.terminate()
        try:
            await asyncio.wait_for(child.wait(), 15)
        except TimeoutError:
            child.kill()
            await child.wait()


async def line(child: asyncio.subprocess.Process, seconds: float) -> str:
    """The next line that a child says. Raises RuntimeError when it ends or says nothing."""
    assert child.stdout
    try:
        said = await asyncio.wait_for(child.stdout.readline(), seconds)
    except TimeoutError:
        raise RuntimeError(f"nothing was said for {seconds:.0f} s") from None
    if not said:
        raise RuntimeError(f"the process ended with {await child.wait()}")
    return said.decode()


async def answers(http: httpx.AsyncClient) -> None:
    """Return once the server answers. Raises RuntimeError when it does not within half a minute."""
    for _ in range(300):
        with contextlib.suppress(httpx.HTTPError):
            await http.get("/health/live")
            return
        await asyncio.sleep(0.1)
    raise RuntimeError("the server does not answer")


@dataclass(frozen=True)
class Round:
    """When a change arrived: the first, the last and the 95th of a hundred, in nanoseconds on the monotonic clock."""

    first: int
    last: int
    p95: int


@dataclass(frozen=True)
class Frames:
    """What the sockets had so far: the least and the most of any, all together; the oldest and the newest version that any
    holds; when the last came, in nanoseconds on the monotonic clock."""

    least: int
    most: int
    total: int
    oldest: int
    newest: int
    last: int


class Crowd:
    """Many sockets in one process that say when all have had a change."""

    def __init__(self, child: asyncio.subprocess.Process) -> None:
        self._child = child

    async def round(self, seconds: float = 60) -> Round:
        """The next change that all have."""
        return Round(*map(int, (await self._said("ROUND", seconds))[2:]))

    async def frames(self) -> Frames:
        """What they had so far; rounds that were not asked for are forgotten."""
        assert self._child.stdin
        self._child.stdin.write(b"?\n")
        return Frames(*map(int, (await self._said("FRAMES", 60))[1:]))

    async def _said(self, what: str, seconds: float) -> list[str]:
        while (words := (await line(self._child, seconds)).split())[0] != what:
            pass
        return words


def compiler() -> str | None:
    """A C compiler, where there is one."""
    return shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")


def compiled(source: Path, folder: Path) -> Path:
    """A program of a C source, in this folder."""
    program = folder / source.stem
    subprocess.run([compiler() or "cc", "-O2", "-o", program, source], check=True)
    return program


def client_program(folder: Path) -> tuple[list[str], str]:
    """How to start the crowd, and in words what it is: the C program where there is a compiler, else Python."""
    if compiler() and sys.platform == "linux":
        return [str(compiled(HERE / "fanclient.c", folder))], "tests/bench/fanclient.c"
    python = [sys.executable, "-m", "tests.bench.pyclient"]
    return python, "a Python client (no C compiler here), slower than the server"


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@asynccontextmanager
async def crowd(
    folder: Path,
    port: int,
    targets: list[tuple[str, str, str]],
    *,
    least: int = 200,
    report: bool = False,
    at_once: int = 64,
    match: str = "",
    beat: int = BEAT_SECONDS,
) -> AsyncIterator[Crowd]:
    """One connection for each (path, header, first message); yields when all handshakes are done.

    Messages count from `least` bytes on, and with the text `match` in their beginning. Each says every `beat` seconds that it
    lives; 0: never, for servers that don't speak our protocol.
    """
    file = folder / f"targets-{port}-{len(targets)}.txt"
    file.write_text("".join("\t".join(target) + "\n" for target in targets))
    program, _ = client_program(folder)
    arguments = [port, file, least, beat, int(report), at_once, match]
    async with process(*program, *map(str, arguments), stdin=subprocess.PIPE) as child:
        while "READY" not in await line(child, 120):
            pass
        yield Crowd(child)
