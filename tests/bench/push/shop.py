"""Ours, as an operator runs it: `vitrine serve` in a process of its own, with paired screens, and a merchandiser who edits."""

import asyncio
import json
import os
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from websockets.asyncio.client import connect

from displays import campaigns
from displays.models import Spot
from server.core import staff
from server.core.clock import now
from server.core.database import Database
from server.core.devices import Device
from server.core.settings import Settings
from server.migrating import migrate
from social.models import Feed
from tests import house
from tests.bench.push.peers import Target
from tests.bench.running import answers, free_port, process

COUNTED = '"topic":"loop:'
SPOTS = {"crowd": 2, "alone": 2, "rich": 40}
"""Evergreen spots by group of screens: two make a document of about a kilobyte, 40 one of 20."""
AT_ONCE = 500


@dataclass(frozen=True)
class Screen:
    """A paired screen: its id, its token, and the loop that it plays."""

    id: str
    token: str
    loop: str

    def topics(self) -> list[str]:
        """What it listens to, as the player does: itself, its loop, and the store that is near."""
        return [f"screen:{self.id}", f"loop:{self.loop}", "store:OXF"]

    def hello(self) -> str:
        """Its first message, when it has nothing yet."""
        return json.dumps({"type": "hello", "token": self.token, "have": dict.fromkeys(self.topics())})

    def target(self) -> Target:
        """Its connection, for fanclient."""
        return "/live", "", self.hello()


@dataclass(frozen=True)
class Shop:
    """An installation that can be copied: its screens by group, the campaign and the first spot of each, who may edit."""

    home: Path
    screens: dict[str, list[Screen]]
    spots: dict[str, tuple[int, int]]
    cookie: str


@dataclass
class Running:
    """One server process on a copy of the shop."""

    shop: Shop
    home: Path
    port: int
    child: asyncio.subprocess.Process
    http: httpx.AsyncClient
    edits: int = 0

    @property
    def pid(self) -> int:
        """Of the process that does all the work."""
        return self.child.pid

    async def edit(self, group: str) -> None:
        """Move a spot of this group's campaign one place, in the console: its loop has a new version when this returns."""
        campaign, spot = self.shop.spots[group]
        self.edits += 1
        towards = "start" if self.edits % 2 else "end"
        path = f"/console/campaigns/{campaign}/spots/{spot}/place"
        (await self.http.post(path, data={"towards": towards}, params={"id": campaign})).raise_for_status()

    async def counted(self, name: str) -> float:
        """What /metrics says of one count."""
        lines = (await self.http.get("/metrics")).text.splitlines()
        return next((float(line.split()[1]) for line in lines if line.startswith(name + " ")), 0.0)

    async def document(self, group: str) -> bytes:
        """The message with which a screen of this group learns its loop."""
        async with connect(f"ws://127.0.0.1:{self.port}/live", compression=None) as socket:
            await socket.send(self.shop.screens[group][0].hello())
            async for message in socket:
                if COUNTED in message[:255]:
                    return message.encode() if isinstance(message, str) else message
        raise RuntimeError("no document came")


async def furnish(home: Path, sockets: int) -> Shop:
    """Make an installation with so many screens in one group, one in a group of its own, and as many as 1,001 in a rich one."""
    settings = _settings(home)
    database = Database(settings.database, settings)
    await migrate(database)
    async with database.transaction() as db:
        await house.catalogue(db)
        person = await staff.add(db, email="merchandiser@house.test", name="Merchandiser", role="admin")
        cookie = await staff.sign_in(db, person, hours=24)
        spots = {group: await _campaign(db, group) for group in SPOTS}
    counts = {"crowd": sockets, "alone": 1, "rich": min(sockets, 1000) + 1}
    screens = {group: await _screens(database, group, count) for group, count in counts.items()}
    await database.close()
    return Shop(home, screens, spots, cookie)


async def _campaign(db: Any, group: str) -> tuple[int, int]:
    feed = Feed(name=group, tags=[f"House{group}"], changed_at=now())
    db.add(feed)
    await db.flush()
    campaign = await campaigns.create(db, feed, campaigns.Plan(name=group, labels=(group,)), by="the bench")
    spots = []
    for number in range(SPOTS[group]):
        spot = Spot(position=number, headline=f"Spring at the house, part {number + 1}", words="Come in and see.")
        spots.append(await campaigns.add_spot(db, campaign, spot, by="the bench"))
    await campaigns.publish(db, campaign, by="the bench")
    return campaign.id, spots[-1].id


async def _screens(database: Database, group: str, count: int) -> list[Screen]:
    made: list[Screen] = []
    while len(made) < count:
        async with database.transaction() as db:
            for number in range(len(made), min(count, len(made) + AT_ONCE)):
                screen, token = await house.screen(db, f"{group} {number}", labels=(group,))
                (await db.get_one(Device, screen.id)).first_used_at = now()
                made.append(Screen(screen.id, token, screen.loop_key))
    return made


@asynccontextmanager
async def serving(shop: Shop, folder: Path, **environment: str) -> AsyncIterator[Running]:
    """The server on a copy of the shop, which ends with the block; it may be ended and started again meanwhile."""
    home, port = folder / "home", free_port()
    shutil.copytree(shop.home, home)
    async with (
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60, cookies={staff.COOKIE: shop.cookie}) as http,
        started(home, port, **environment) as child,
    ):
        await answers(http)
        yield Running(shop, home, port, child, http)


@asynccontextmanager
async def started(home: Path, port: int, **environment: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """One run of the server process."""
    named = {"VITRINE_HOME": str(home), "VITRINE_SOURCES": "0", "VITRINE_LOG": "json", **environment}
    command = (sys.executable, "-m", "server", "serve", "--port", str(port))
    with (home / "server.log").open("ab") as log:
        async with process(*command, env={**os.environ, **named}, stderr=log, stdout=log) as child:
            yield child


def _settings(home: Path) -> Settings:
    home.mkdir(parents=True, exist_ok=True)
    return Settings(home=home, sources=False)
