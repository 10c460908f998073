"""Screens that all come back at once after a restart: how long until every one is current, and what it costs the server.

python -m tests.bench.storm [--screens 5000] [--cold]      (VITRINE_DATABASE_URL: a database of its own; else SQLite)

Real screens with their tokens, from one address, every handshake begun at once. Each has its own document and its
stores' and an old version of its loop, as after a change during the restart; with --cold they have nothing at all.
"""

import asyncio
import json
import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import rich_click as click
from sqlalchemy import select

from catalog.models import Store
from displays.documents import nearby
from displays.models import LoopGroup, Screen, ScreenReport
from displays.screens import loop_key
from server.core import devices, topics
from server.core.clock import now
from server.core.database import Database
from server.core.settings import Settings
from server.migrating import migrate
from tests.bench.running import ROOT, crowd, server
from tests.house import HOURS

STREETS, LOOPS = 250, 20
SHORTEST = 120
"""Bytes of the shortest document with its frame; a welcome has less."""


@dataclass(frozen=True)
class Storm:
    """What a storm took: seconds of the wall clock until the last was current, and seconds of the server's CPU."""

    screens: int
    documents: int
    seconds: float
    cpu: float
    memory_kib: float


async def measure(folder: Path, screens: int, *, cold: bool, database_url: str = "") -> Storm:
    """One storm on a server that has just begun."""
    settings = Settings(home=folder, database_url=database_url, sources=False)
    hellos = await _hellos(settings, screens, cold=cold)
    documents = max(len(have) for _, have in hellos) if cold else 1
    targets = [("/live", "", json.dumps({"type": "hello", "token": token, "have": have})) for token, have in hellos]
    async with server(folder, sources="0", database_url=database_url) as ours:
        before = await ours.state()
        began = time.monotonic_ns()
        async with crowd(folder, ours.port, targets, least=SHORTEST, at_once=screens) as comers:
            for _ in range(documents):
                last = (await comers.round()).last
            after = await ours.state()
    memory = (after["memory"] - before["memory"]) / screens / 1024
    return Storm(screens, documents, (last - began) / 1e9, after["cpu"] - before["cpu"], memory)


async def _hellos(settings: Settings, count: int, *, cold: bool) -> list[tuple[str, dict[str, list[str | int] | None]]]:
    """Token of every screen, and what it has."""
    database = Database(settings.database, settings)
    await migrate(database)
    async with database.transaction() as db:
        tokens = await _open_the_house(db, count)
    async with database.snapshot() as db:
        epoch = await topics.epoch(db)
        numbers = dict((await db.execute(select(topics.Topic.name, topics.Topic.number))).all())
        found = []
        for screen in await db.scalars(select(Screen)):
            names = [f"screen:{screen.id}", *(f"store:{near.store_id}" for near in (await nearby(db, screen))[:2])]
            have = {name: None if cold else [epoch, numbers.get(name, 0)] for name in names}
            have[f"loop:{screen.loop_key}"] = None if cold else [epoch, numbers[f"loop:{screen.loop_key}"] - 1]
            found.append((tokens[screen.id], have))
    await database.close()
    return found


async def _open_the_house(db, count: int) -> dict[str, str]:
    """Stores, loops and screens; the screens' tokens by id."""
    for n in range(STREETS):
        db.add(
            Store(
                id=f"S{n}",
                name=f"Store {n}",
                latitude=50 + n / 50,
                longitude=0.1,
                time_zone="Europe/London",
                hours=HOURS,
            )
        )
    labels = [[f"group {n}"] for n in range(LOOPS)]
    db.add_all([LoopGroup(key=loop_key(one, "en"), labels=one, language="en") for one in labels])
    known = [devices.create(db, kind="screen", by="the bench") for _ in range(count)]
    tokens = {device.id: devices.issue(device) for device in known}
    for device in known:
        device.first_used_at = device.paired_at
    await db.flush()
    for n, device in enumerate(known):
        db.add(_screen(n, device.id, labels[n % LOOPS]))
    await db.flush()
    db.add_all([ScreenReport(screen_id=device.id, applied={}) for device in known])
    topics.note(db, *(f"screen:{device.id}" for device in known), *(f"device:{device.id}" for device in known))
    topics.note(db, *(f"loop:{loop_key(one, 'en')}" for one in labels), *(f"store:S{n}" for n in range(STREETS)))
    return tokens


def _screen(n: int, id: str, labels: list[str]) -> Screen:
    found = Screen(id=id, name=f"Screen {n}", width=1920, height=1080, added_at=now(), labels=labels)
    found.latitude, found.longitude = 50 + n % STREETS / 50, 0.101
    found.loop_key = loop_key(labels, "en")
    return found


@click.command()
@click.option("--screens", default=5000)
@click.option("--cold", is_flag=True)
def main(screens: int, cold: bool) -> None:
    """Measure one storm."""
    url = os.environ.get("VITRINE_DATABASE_URL", "")
    (ROOT / "var").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ROOT / "var") as folder:
        found = asyncio.run(measure(Path(folder), screens, cold=cold, database_url=url))
    print(f"{found}, load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
