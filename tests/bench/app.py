"""The product as a process of its own, with what a measurement needs besides: its CPU and its memory.

python -m tests.bench.app        (VITRINE_* in the environment; says {"port": ...} on standard output)
"""

import json
import resource
import socket
import sys
import time
from pathlib import Path
from typing import Any

import msgspec
import uvicorn
from litestar import Request, get, post
from sqlalchemy import select

from displays.models import LoopGroup
from server.app import create
from server.core import conversation, topics
from server.core.database import Database
from server.core.garbage import settle
from server.core.hub import Hub
from server.core.logs import configure
from server.core.settings import load
from server.core.wire import payload_of
from server.serving import options

sent: dict[str, float] = {}
"""When each live spot was first written to every socket, in milliseconds since 1970."""
shown: dict[str, float] = {}
"""When each spot first went up on any screen, as the screen says."""


@get("/bench/state")
async def state(request: Request) -> dict[str, Any]:
    """What this process has used and done so far; CPU in seconds, memory in bytes."""
    hub: Hub = request.app.state.hub
    return {
        "cpu": time.process_time(), "memory": _memory(), "sockets": hub.peers, "sent": sent, "shown": shown,
    }  # fmt: skip


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


def note_sent(hub: Hub, name: str) -> None:
    """Remember when the spots of a loop had been written to every socket."""
    if name.startswith("loop:") and name in hub.channels.names:
        at = time.time() * 1000
        for spot in msgspec.json.decode(payload_of(hub.channels[name].framed))["doc"].get("spots", ()):
            if spot["live"]:
                sent.setdefault(spot["id"], at)


def note_shown(reader: topics.Reader, message: dict[str, Any]) -> None:
    """Remember when a spot went up."""
    shown.setdefault(str(message.get("spot")), float(message.get("at") or 0))


def listen_to_screens() -> None:
    """Hear what screens report, beside the product."""
    product = conversation.reports["showing"]

    def both(reader: topics.Reader, message: dict[str, Any]) -> None:
        note_shown(reader, message)
        product(reader, message)

    conversation.reports["showing"] = both


def main() -> None:
    """Serve on a free port of 127.0.0.1 until told to end."""
    settings = load()
    configure(settings.log, (settings.home / "bench.log").open("a", buffering=1))
    app = create(settings)
    for route in (state, build):
        app.register(route)
    hub: Hub = app.state.hub
    hub.on_sent.append(lambda name, version: note_sent(hub, name))
    listen_to_screens()
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(app, **options(host="127.0.0.1", port=port, settings=settings)))
    print(json.dumps({"port": port}), flush=True)
    settle()
    server.run(sockets=[listening])


if __name__ == "__main__":
    main()
