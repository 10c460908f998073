"""The product as a process of its own, with what a measurement needs besides: changes on demand, its CPU and its memory.

python -m tests.bench.app        (VITRINE_* in the environment; says {"port": ...} on standard output)
"""

import json
import resource
import socket
import sys
import time
from pathlib import Path
from typing import Any

import uvicorn
from litestar import Request, get, post
from sqlalchemy import select

from displays.models import LoopGroup
from server.app import create
from server.core import topics
from server.core.database import Database
from server.core.hub import Hub
from server.core.logs import configure
from server.core.settings import load
from server.serving import options

PADDING = "x" * 900
sent: list[dict[str, Any]] = []


async def everyone(db: Any, reader: topics.Reader, id: str) -> bool:
    """A topic of the measurement is nobody's secret."""
    return True


@topics.document("bench", readers=everyone)
async def document(db: Any, id: str) -> dict[str, Any]:
    """A document of about a kilobyte."""
    return {"id": id, "padding": PADDING}


@post("/bench/bump/{name:str}")
async def bump(database: Database, name: str) -> dict[str, int]:
    """Change a topic; when, on this machine's monotonic clock in nanoseconds."""
    began = time.monotonic_ns()
    async with database.transaction() as db:
        topics.note(db, name)
    return {"began": began, "committed": time.monotonic_ns()}


@get("/bench/state")
async def state(request: Request) -> dict[str, Any]:
    """What this process has used and done so far; CPU in seconds, memory in bytes."""
    hub: Hub = request.app.state.hub
    return {"cpu": time.process_time(), "memory": _memory(), "sockets": hub.peers, "sent": sent[-2000:]}


@post("/bench/build")
async def build(database: Database) -> dict[str, Any]:
    """Build the document of the first loop 20 times: CPU in seconds for one, and its bytes."""
    async with database.snapshot() as db:
        key = await db.scalar(select(LoopGroup.key).limit(1))
    began = time.process_time()
    for _ in range(20):
        async with database.snapshot() as db:
            _, document = await topics.read(db, f"loop:{key}")
    return {"cpu": (time.process_time() - began) / 20, "bytes": len(json.dumps(document))}


def _memory() -> int:
    statm = Path("/proc/self/statm")
    if statm.exists():
        return int(statm.read_text().split()[1]) * resource.getpagesize()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def note_sent(name: str, version: topics.Version) -> None:
    """Remember when a version had been written to every socket."""
    sent.append({"topic": name, "number": version[1], "at": time.time() * 1000})


def main() -> None:
    """Serve on a free port of 127.0.0.1 until told to end."""
    settings = load()
    configure(settings.log, (settings.home / "bench.log").open("a", buffering=1))
    app = create(settings)
    for route in (bump, state, build):
        app.register(route)
    app.state.hub.on_sent.append(note_sent)
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(app, **options(host="127.0.0.1", port=port, settings=settings)))
    print(json.dumps({"port": port}), flush=True)
    server.run(sockets=[listening])


if __name__ == "__main__":
    main()
