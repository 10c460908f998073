"""The demo: an invented house with its shops, screens, posts and staff, on the real product from end to end."""

import asyncio
import fcntl
import json
import os
import shutil
import socket
from dataclasses import replace
from pathlib import Path
from typing import IO

import uvicorn
from rich.console import Console
from rich.markup import escape
from sqlalchemy import select

from catalog.demo import house
from server import demo_page, lan, serving
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
OWNER = {"email": "you@alkanetrow.example", "name": "You", "role": "admin"}
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - asked for, with LAN=1; the other where the network has IPv6 alone


async def run(*, host: str, port: int, fresh: bool, speed: float, out: Console, open_to_lan: bool = False) -> None:
    """Set up what is missing, say where to look, and serve until interrupted; with `open_to_lan` also the phones around."""
    settings = load()
    home = settings.home / "demo"
    address = settings.public_url.rstrip("/") or f"http://{host}:{port}"
    if open_to_lan:
        address = address if address.startswith("https:") else _on_the_network(port, out)
        host = EVERYWHERE[address.startswith("https://[")]
    serving.check_port(host, port)
    _alone(settings.home, address)
    if fresh:
        _clear(home)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    log = (home / LOG).open("w", buffering=1)  # kept out of the terminal, which says where to look
    configure("console", log)
    # The network's place is taken at once; who calls there waits until the replica, which takes a while to load, answers.
    with socket.create_server(("127.0.0.1", 0)) as network, log:
        replica = f"127.0.0.1:{network.getsockname()[1]}"
        settings = replace(
            settings, home=home, database_url="", x_bearer_token=TOKEN, x_api_base=f"http://{replica}", sources=True,
            x_posts_a_day=100_000, allow_fetch=replica, log="console", public_url=address, demo=True, mail="console",
        )  # fmt: skip
        certificate = _certificate(settings, host, port) if open_to_lan else None
        await _serve(settings, network, host=host, port=port, speed=speed, certificate=certificate, out=out)


def _on_the_network(port: int, out: Console) -> str:
    """Where the phones around reach this machine. Raises Misconfigured where there is no network."""
    from server.core import tls

    chosen = lan.choose(tls.addresses())
    if chosen.words:
        out.print(chosen.words, soft_wrap=True)
    return chosen.origin(port)


def _certificate(settings: Settings, host: str, port: int) -> Path:
    """A certificate for this machine's names, of an authority that devices come to trust by the page /trust."""
    from server.core import tls

    os.environ |= {"VITRINE_AUTHORITY": "1", "VITRINE_LISTENING": f"https://{host}:{port}"}
    return tls.certificate(settings.home / "tls", serving.own_names(host, settings))


def _clear(home: Path) -> None:
    """Throw a demo away, but for the authority: phones that trust it need not learn to trust another."""
    for one in home.glob("*"):
        if one.is_dir() and one.name != "tls":
            shutil.rmtree(one, ignore_errors=True)
        elif one.is_file():
            one.unlink()


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
    settings: Settings,
    network: socket.socket,
    *,
    host: str,
    port: int,
    speed: float,
    certificate: Path | None,
    out: Console,
) -> None:
    database = Database(settings.database, settings)
    await migrate(database)
    first = await demo_house.furnish(database, settings, out)
    ways_in = {"console": await _link(database, OWNER), "associate": await _link(database, demo_house.ASSOCIATE)}
    await database.close()
    _write(settings.home / CONTROL, json.dumps({"control": f"{settings.x_api_base}/rehearsal"}))
    app = create(settings)
    options = serving.options(host=host, port=port, settings=settings)
    server = uvicorn.Server(uvicorn.Config(app, **options, ssl_certfile=certificate, ssl_keyfile=certificate))
    serving_task = asyncio.create_task(server.serve())
    if await _answers(server, serving_task):
        out.print(_where(settings, ways_in, first=first), soft_wrap=True)
        if certificate:
            out.print(_for_phones(settings), soft_wrap=True)
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


async def _link(database: Database, who: dict[str, str]) -> str:
    """A one-time sign-in link for somebody of the demo, a new one at every start."""
    async with database.transaction() as db:
        person = await db.scalar(select(staff.Staff).where(staff.Staff.email == who["email"]))
        return await staff.link(db, person or await staff.add(db, **who))


def _where(settings: Settings, ways_in: dict[str, str], *, first: bool) -> str:
    address, home = settings.public_url, settings.home
    lines = ["", f"[bold]{house.BRAND}, on Vitrine.[/bold] Open this page in a browser; it opens all the others:"]
    lines += ["", f"    {address}/demo/{demo_page.key_of(home)}", "", "Or each by itself:", ""]
    for kind, name in (("screen", demo_page.SCREENS), ("kiosk", demo_page.TABLETS)):
        for one in demo_page.devices_of(home, name):
            what = "" if kind == "screen" else "Tablet: "
            lines += [f"  {what}{one['name']}", f"    {address}/{kind}/adopt#{one['id']}.{one['token']}"]
    lines += ["", "  A shopper’s phone", f"    {address}/bag"]
    lines += ["", "  Console, signed in once by this link", f"    {address}/console/enter?key={ways_in['console']}"]
    lines += ["  The floor of Oxford Street for an associate, in a private window or on a phone"]
    lines += [f"    {address}/console/enter?key={ways_in['associate']}", ""]
    rush, calm = (
        "Posts arrive every few seconds, for some nine minutes.",
        "A quiet afternoon: a post every minute or two.",
    )
    again = "" if first else " `.venv/bin/vitrine rehearse launch` brings the rush of the first start."
    lines += [f"{rush if first else calm}{again}"]
    lines += [
        "Those with the opt-in tag and nothing doubtful go live by the feed's rule; the rest wait in the queue for you."
    ]
    lines += [f"The log is in {_short(home / LOG)}. Ctrl-C ends it.", ""]
    return "\n".join(lines)


def _for_phones(settings: Settings) -> str:
    """How a phone on the same network comes in: a code for its camera, and why it warns at first."""
    trust = f"{settings.public_url}/trust"
    return (
        f"Phones on this network: scan this, or open {trust}\n"
        "They warn at first, since the certificate is this machine’s own; the page says how each comes to trust it.\n\n"
        f"{escape(lan.drawn(trust))}"
    )


def _short(path: Path) -> Path:
    """A path as seen from here, where that is shorter."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _write(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o600)
