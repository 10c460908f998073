"""The demo: an invented house with its shops, screens, posts and staff, on the real product from end to end."""

import asyncio
import fcntl
import json
import shutil
import socket
from dataclasses import replace
from pathlib import Path
from typing import IO

import uvicorn
from rich.console import Console
from sqlalchemy import select

from catalog.demo import house
from server import serving
from server.app import create
from server.commands import demo_house
from server.commands.demo_pictures import picture
from server.core import staff
from server.core.database import Database
from server.core.errors import Misconfigured
from server.core.garbage import settle
from server.core.logs import configure
from server.core.settings import Settings, load
from server.migrating import migrate
from social.rehearsal import scenario

TOKEN = "rehearsal"  # noqa: S105 - of the replica on loopback, not of X
FIRST, LATER = "launch", "quiet"
"""A first start is a launch; later ones add a quiet afternoon to what is there."""
CONTROL, LOG = "rehearsal.json", "vitrine.log"
_held: list[IO[str]] = []
"""Kept open, and so locked, for as long as the process lives."""
EMAIL = "you@alkanetrow.example"


async def run(*, host: str, port: int, fresh: bool, speed: float, out: Console) -> None:
    """Set up what is missing, say where to look, and serve until interrupted."""
    settings = load()
    serving.check_port(host, port)
    home = settings.home / "demo"
    _alone(settings.home, f"http://{host}:{port}")
    if fresh:
        shutil.rmtree(home, ignore_errors=True)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    log = (home / LOG).open("w", buffering=1)  # kept out of the terminal, which says where to look
    configure("console", log)
    # The network's place is taken at once; who calls there waits until the replica, which takes a while to load, answers.
    with socket.create_server(("127.0.0.1", 0)) as network, log:
        address = f"127.0.0.1:{network.getsockname()[1]}"
        settings = replace(
            settings, home=home, database_url="", x_bearer_token=TOKEN, x_api_base=f"http://{address}", sources=True,
            x_posts_a_day=100_000, allow_fetch=address, log="console",
            public_url=settings.public_url or f"http://{host}:{port}",
        )  # fmt: skip
        await _serve(settings, network, host=host, port=port, speed=speed, out=out)


def _alone(home: Path, address: str) -> None:
    """Keep this demo's data to this process until it ends. Raises Misconfigured while another has it."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = (home / "demo.lock").open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.seek(0)
        raise Misconfigured(
            f"The demo runs already, at {file.read().strip() or 'another address'}. End it, or give this one a folder of its "
            "own: VITRINE_HOME=var/other make demo"
        ) from None
    file.truncate(0)
    file.write(address)
    file.flush()
    _held.append(file)


async def _serve(
    settings: Settings, network: socket.socket, *, host: str, port: int, speed: float, out: Console
) -> None:
    database = Database(settings.database, settings)
    await migrate(database)
    first = await demo_house.furnish(database, settings, out)
    key = await _link(database)
    screens = json.loads((settings.home / demo_house.SCREENS).read_text())
    await database.close()
    _write(settings.home / CONTROL, json.dumps({"control": f"{settings.x_api_base}/rehearsal"}))
    app = create(settings)
    server = uvicorn.Server(uvicorn.Config(app, **serving.options(host=host, port=port, settings=settings)))
    serving_task = asyncio.create_task(server.serve())
    if await _answers(server, serving_task):
        out.print(_where(f"http://{host}:{port}", key, screens, settings.home / LOG, first=first), soft_wrap=True)
        await asyncio.sleep(2 if first else 1)  # the pages that open now go first
        settle()
        await _rehearse(network, FIRST if first else LATER, speed, serving_task)
    await serving_task
    out.print("\nEnded. The demo's data is kept; the next start goes on with it.")


async def _rehearse(network: socket.socket, name: str, speed: float, task: "asyncio.Task[None]") -> None:
    """Play a scenario on the replica of X for as long as the server serves."""
    from social.rehearsal.replica import Replica

    replica = Replica(token=TOKEN, pictures=picture)
    await replica.start(listening=network)
    try:
        await replica.play(scenario.load(name), speed=speed)
        await asyncio.wait([task])
    finally:
        await replica.stop()


async def _answers(server: uvicorn.Server, task: "asyncio.Task[None]") -> bool:
    """Wait until the server answers requests; False when it ended before."""
    while not server.started and not task.done():  # noqa: ASYNC110 - uvicorn tells in no other way
        await asyncio.sleep(0.02)
    return not task.done()


async def _link(database: Database) -> str:
    """A one-time sign-in link for the newcomer, a new one at every start."""
    async with database.transaction() as db:
        person = await db.scalar(select(staff.Staff).where(staff.Staff.email == EMAIL))
        return await staff.link(db, person or await staff.add(db, email=EMAIL, name="You", role="admin"))


def _where(address: str, key: str, screens: list[dict[str, str]], log: Path, *, first: bool) -> str:
    lines = ["", f"[bold]{house.BRAND}, on Vitrine.[/bold] Open these in a browser:", ""]
    for screen in screens:
        lines += [f"  {screen['name']}", f"    {address}/screen/adopt#{screen['id']}.{screen['token']}"]
    lines += ["", "  Console, signed in once by this link", f"    {address}/console/enter?key={key}", ""]
    rush, calm = (
        "Posts arrive every few seconds, for some nine minutes.",
        "A quiet afternoon: a post every minute or two.",
    )
    again = "" if first else " `.venv/bin/vitrine rehearse launch` brings the rush of the first start."
    lines += [f"{rush if first else calm}{again}"]
    lines += [
        "Those with the opt-in tag and nothing doubtful go live by the feed's rule; the rest wait in the queue for you."
    ]
    lines += [f"The log is in {_short(log)}. Ctrl-C ends it.", ""]
    return "\n".join(lines)


def _short(path: Path) -> Path:
    """A path as seen from here, where that is shorter."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _write(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o600)
