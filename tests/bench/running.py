"""Processes of a measurement: the server, and the clients that listen to it, each ended by its own handle."""

import asyncio
import contextlib
import json
import os
import shutil
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

    async def bump(self, topic: str) -> dict[str, int]:
        """Change a topic."""
        return (await self.http.post(f"/bench/bump/{topic}")).raise_for_status().json()


@asynccontextmanager
async def server(home: Path, **environment: str) -> AsyncIterator[Server]:
    """The product in a process of its own on a free port; `environment` without VITRINE_ and in lower case."""
    named = {f"VITRINE_{name.upper()}": value for name, value in environment.items()}
    async with process(
        sys.executable, "-m", "tests.bench.app", env={**os.environ, "VITRINE_HOME": str(home), **named}
    ) as child:
        port = json.loads(await line(child, 60))["port"]
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as http:
            await _answers(http)
            yield Server(port, http)


@asynccontextmanager
async def process(*command: str | Path, **options: Any) -> AsyncIterator[asyncio.subprocess.Process]:
    """A child that ends with the block."""
    child = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE, cwd=ROOT, **options)
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


async def _answers(http: httpx.AsyncClient) -> None:
    for _ in range(300):
        with contextlib.suppress(httpx.HTTPError):
            await http.get("/health/live")
            return
        await asyncio.sleep(0.1)
    raise RuntimeError("the server does not answer")


class Crowd:
    """Many sockets in one process that say when all have had a change."""

    def __init__(self, child: asyncio.subprocess.Process) -> None:
        self._child = child

    async def round(self) -> tuple[int, int]:
        """The next change that all have: first and last arrival on the monotonic clock, in nanoseconds."""
        while True:
            words = (await line(self._child, 60)).split()
            if words[0] == "ROUND":
                return int(words[2]), int(words[3])


def client_program(folder: Path) -> tuple[list[str], str]:
    """How to start the crowd, and in words what it is: the C program where there is a compiler, else Python."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler and sys.platform == "linux":
        program = folder / "fanclient"
        subprocess.run([compiler, "-O2", "-o", program, HERE / "fanclient.c"], check=True)
        return [str(program)], "tests/bench/fanclient.c"
    return [
        sys.executable,
        "-m",
        "tests.bench.pyclient",
    ], "a Python client (no C compiler here), slower than the server"


@asynccontextmanager
async def crowd(
    folder: Path,
    port: int,
    targets: list[tuple[str, str, str]],
    *,
    least: int = 200,
    report: bool = False,
    at_once: int = 64,
) -> AsyncIterator[Crowd]:
    """One connection for each (path, header, first message); yields when all handshakes are done."""
    file = folder / f"targets-{port}-{len(targets)}.txt"
    file.write_text("".join("\t".join(target) + "\n" for target in targets))
    program, _ = client_program(folder)
    arguments = [port, file, least, BEAT_SECONDS, int(report), at_once]
    async with process(*program, *map(str, arguments)) as child:
        while "READY" not in await line(child, 120):
            pass
        yield Crowd(child)
