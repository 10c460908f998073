"""A tap at the tablet until the phone has it, with 50 visits at once; then 100 operations a second for half a minute.

Tablets and phones are clients of the HTTP and socket protocols in this process; the server is a process of its own, on SQLite.
"""

import asyncio
import random
import secrets
import statistics
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import httpx

from kiosk import kiosks, shoppers, visits
from kiosk.models import Bag
from server.core import devices
from server.core.database import Database
from server.core.settings import Settings
from server.migrating import migrate
from tests import house
from tests.bench.running import server
from tests.live import Live
from tests.shopping import add, remove

VISITS, TAPS = 50, 20
RATE, SECONDS = 100, 30
TRIES = 5
VARIANTS = ("stain-madder", "stain-plum", "slip-ink")


@dataclass(frozen=True)
class Visiting:
    """A visit with a phone that has taken its bag."""

    token: str
    """The tablet's."""
    bag: str
    secret: str
    cookie: str
    """The phone's."""


class Answer(NamedTuple):
    """What came of an operation."""

    milliseconds: float
    again: int
    """How often it had to be sent again, since a connection broke."""
    said: str
    """Why it was not kept; empty when it was."""


async def measure(folder: Path) -> dict[str, Any]:
    """Tap, then flood; figures in milliseconds."""
    settings = Settings(home=folder)
    everybody = await _furnish(settings)
    async with AsyncExitStack() as stack:
        running = await stack.enter_async_context(server(folder, public_url="http://bench.test"))
        limits = httpx.Limits(max_connections=VISITS * 2)
        address = f"http://127.0.0.1:{running.port}"
        http = await stack.enter_async_context(httpx.AsyncClient(base_url=address, timeout=60, limits=limits))
        sockets = f"ws://127.0.0.1:{running.port}/live"
        phones = [await stack.enter_async_context(_phone(sockets, one)) for one in everybody]
        for one, phone in zip(everybody, phones, strict=True):
            await phone.document(f"bag:{one.bag}")
        pairs = zip(everybody, phones, strict=True)
        taps = [tap for some in await asyncio.gather(*[_tap(http, one, phone) for one, phone in pairs]) for tap in some]
        used = (await running.state())["cpu"]
        flood = await _flood(http, everybody)
        flood["cpu_ms"] = ((await running.state())["cpu"] - used) * 1000 / flood["sent"]
        kept = await _kept(http, everybody)
    return {
        "visits": VISITS,
        "taps": len(taps),
        **_figures("tap", taps),
        "flood": flood | {"lost": flood["kept"] - kept},
    }


async def _furnish(settings: Settings) -> list[Visiting]:
    database = Database(settings.database, settings)
    await migrate(database)
    async with database.transaction() as db:
        await house.catalogue(db)
    made = [await _visiting(database, settings) for _ in range(VISITS)]
    await database.close()
    return made


async def _visiting(database: Database, settings: Settings) -> Visiting:
    bag, secret = str(uuid4()), secrets.token_urlsafe(32)
    async with database.transaction() as db:
        device = devices.create(db, kind="kiosk", by="the bench")
        await db.flush()
        await kiosks.add(db, device, kiosks.Setting(name="Lips, by the mirror", store_id="OXF"), by="the bench")
        await visits.begin(db, device.id, id=str(uuid4()), bag_id=bag, secret=secret)
        session, cookie = await shoppers.begin(db, settings, browser="the bench")
        await shoppers.give(db, session, await db.get_one(Bag, bag))
        return Visiting(devices.issue(device), bag, secret, cookie)


def _phone(address: str, one: Visiting) -> Live:
    cookie = {"Cookie": f"{shoppers.COOKIE}={one.cookie}"}
    return Live(address, have={f"bag:{one.bag}": None}, caller="shopper", additional_headers=cookie)


async def _tap(http: httpx.AsyncClient, one: Visiting, phone: Live) -> list[float]:
    """Put something in and take it out again, a tap a second or so; how long the phone waited for each."""
    waited = []
    for number in range(TAPS):
        await asyncio.sleep(random.uniform(0.5, 1.5))
        held = {id for item in phone.documents[f"bag:{one.bag}"]["items"] for id in item["adds"]}
        tap = remove(held) if held else add(VARIANTS[number % 3])
        began = time.perf_counter()
        sending = asyncio.create_task(_send(http, one, tap))
        await phone.document(f"bag:{one.bag}", lambda doc, held=held: bool(doc["items"]) != bool(held))
        waited.append((time.perf_counter() - began) * 1000)
        await sending
    return waited


async def _flood(http: httpx.AsyncClient, everybody: list[Visiting]) -> dict[str, Any]:
    """So many operations a second, whether or not the ones before are answered."""
    began, tasks = time.perf_counter(), []
    for number in range(RATE * SECONDS):
        await asyncio.sleep(max(0.0, began + number / RATE - time.perf_counter()))
        tasks.append(asyncio.create_task(_timed(http, everybody[number % VISITS], add(VARIANTS[number % 3]))))
    answers = await asyncio.gather(*tasks)
    errors = [one.said for one in answers if one.said]
    return {
        "sent": len(answers), "kept": len(answers) - len(errors), "errors": len(errors), "first_error": next(iter(errors), ""),
        "again": sum(one.again for one in answers), "seconds": time.perf_counter() - began,
        **_figures("answer", [one.milliseconds for one in answers]),
    }  # fmt: skip


async def _timed(http: httpx.AsyncClient, one: Visiting, operation: dict[str, Any]) -> Answer:
    """Send as a tablet does: what met a broken connection is sent again, and the shopper sees nothing of it."""
    began, again = time.perf_counter(), -1
    while (again := again + 1) < TRIES:
        try:
            said = _refusal(await _send(http, one, operation))
            break
        except httpx.HTTPError as error:
            said = repr(error)
    return Answer((time.perf_counter() - began) * 1000, again, said)


def _refusal(answer: httpx.Response) -> str:
    kept = answer.status_code == 200 and answer.json()["outcomes"][0]["kept"]
    return "" if kept else f"{answer.status_code} {answer.text[:200]}"


async def _send(http: httpx.AsyncClient, one: Visiting, operation: dict[str, Any]) -> httpx.Response:
    body = {"operations": [operation], "secret": one.secret}
    headers = {"authorization": f"Bearer {one.token}"}
    return await http.post(f"/api/bags/{one.bag}/operations", json=body, headers=headers)


async def _kept(http: httpx.AsyncClient, everybody: list[Visiting]) -> int:
    """Adds that the bags hold."""
    total = 0
    for one in everybody:
        headers = {"authorization": f"Bearer {one.token}"}
        document = (await http.get(f"/api/topics/bag:{one.bag}", headers=headers)).json()["doc"]
        total += sum(len(item["adds"]) for item in document["items"])
    return total


def _figures(name: str, waited: list[float]) -> dict[str, float]:
    cuts = statistics.quantiles(waited, n=20)
    return {f"{name}_p50_ms": statistics.median(waited), f"{name}_p95_ms": cuts[-1], f"{name}_most_ms": max(waited)}
