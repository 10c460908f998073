"""SQLite under the load that one process should carry, beside an import and retention: nobody hears of a lock."""

import asyncio
import random
import sys
import time
from collections.abc import AsyncIterator, Awaitable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import func, insert, select

from catalog.models import Variant
from server.core.audit import AuditEntry
from server.core.clock import now
from server.core.settings import ROOT
from tests.faults.clients import all_current
from tests.faults.serving import Serving, sqlite_home
from tests.faults.test_web_killed import Installation, customers, followed, whole

READS_A_SECOND, WRITES_A_SECOND = 200, 50
PEOPLE = 20


@pytest.fixture
async def alone(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[Installation]:
    """One process on SQLite."""
    settings = sqlite_home(tmp_path / "home", sqlite_template)
    made = Installation(settings, [Serving(settings)])
    await made.processes[0].start()
    yield made
    await made.processes[0].stop()


def feed(path: Path, rows: int) -> Path:
    """A feed of invented products, in four shades each."""
    lines = ["id\titem_group_id\ttitle\tdescription\tlink\tprice\tavailability\tbrand\tcolor\tproduct_type"]
    for n in range(rows):
        about = " ".join(f"word{(n * 7 + k) % 900}" for k in range(30))
        lines.append(
            f"v{n}\tp{n // 4}\tVelvet {n // 4}\t{about}\thttps://shop.test/{n}\t{n % 90 + 1}.00 GBP\tin_stock\tHouse\t"
            f"Shade {n % 4}\tBeauty > Lips > Lipstick"
        )
    path.write_text("\n".join(lines) + "\n")
    return path


async def old_rows(made: Installation, count: int) -> None:
    """Entries that retention has to delete."""
    long_ago = now() - timedelta(days=2000)
    rows = [
        {"at": long_ago, "who": "somebody", "what": "old", "which": str(n), "details": {"n": n}} for n in range(count)
    ]
    async with made.processes[0].database.transaction() as db:
        await db.execute(insert(AuditEntry), rows)


async def beside(made: Installation, *program: str) -> None:
    """Another process on the same file, as an operator or a timer starts it."""
    told = {"VITRINE_HOME": str(made.settings.home), "PATH": "/usr/bin:/bin"}
    child = await asyncio.create_subprocess_exec(
        sys.executable, *program, cwd=ROOT, env=told, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await child.communicate()
    assert child.returncode == 0, said.decode()


class Load:
    """So many requests a second, whatever becomes of them: whoever is slow is asked all the same, up to a bound."""

    def __init__(self, address: str) -> None:
        self._client = httpx.AsyncClient(base_url=address, timeout=60, limits=httpx.Limits(max_connections=40))
        self.took: dict[str, list[float]] = {"read": [], "write": []}
        self.bad: list[httpx.Response] = []

    async def run(self, kind: str, a_second: float, ask: Any, over: asyncio.Event) -> None:
        """Ask until it is over."""
        tasks: set[asyncio.Task[None]] = set()
        due = time.monotonic()
        while not over.is_set():
            due = max(due + 1 / a_second, time.monotonic() - 1)
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            if len(tasks) < 100:
                task = asyncio.create_task(self._one(kind, ask))
                tasks.add(task)
                task.add_done_callback(tasks.discard)
        await asyncio.gather(*tasks)

    async def _one(self, kind: str, ask: Any) -> None:
        answer, seconds = await ask(self._client)
        self.took[kind].append(seconds)
        if answer.status_code >= 400:
            self.bad.append(answer)

    async def close(self) -> None:
        """End it."""
        await self._client.aclose()


Answered = tuple[httpx.Response, float]
"""An answer, and in how many seconds it came."""


async def timed(asking: Awaitable[httpx.Response | None]) -> Answered:
    """The answer to a request, none where it was checked already."""
    began = time.monotonic()
    answer = await asking
    return answer or httpx.Response(200), time.monotonic() - began


@pytest.mark.parametrize(
    ("seconds", "rows"), [(2, 2000), pytest.param(90, 47_000, marks=pytest.mark.soak)], ids=["short", "full"]
)
async def test_no_lock_reaches_anybody_under_the_load_of_one_process(
    alone: Installation, tmp_path: Path, seconds: float, rows: int, capsys: pytest.CaptureFixture[str]
) -> None:
    process = alone.processes[0]
    everybody, screens = await customers(alone)
    people = everybody[:PEOPLE]
    await asyncio.gather(*(one.begin() for one in people))
    await old_rows(alone, rows)
    followers = await followed(alone, people, screens)
    locks = {one.bag: asyncio.Lock() for one in people}
    load, over, moment = Load(process.address), asyncio.Event(), time.monotonic()
    used = process.cpu()

    async def read(client: httpx.AsyncClient) -> Answered:
        one = random.choice(people)
        headers = {"authorization": f"Bearer {one.token}"}
        if random.random() < 0.5:
            return await timed(client.get(f"/api/topics/bag:{one.bag}", headers=headers))
        return await timed(client.post("/api/items", json={"ids": ["stain-madder", "slip-ink"]}, headers=headers))

    async def write(client: httpx.AsyncClient) -> Answered:
        one = random.choice(people)
        async with locks[one.bag]:  # a shopper taps once at a time
            return await timed(one.tap(len(one.said)))

    async def disturb() -> None:
        while time.monotonic() < moment + seconds:
            path = feed(tmp_path / "products.tsv", rows)
            await beside(alone, "-m", "server", "import", "products", str(path), "--force")
            await beside(alone, "-m", "tests.faults.forgetting")
        over.set()

    await asyncio.gather(
        disturb(),
        load.run("read", READS_A_SECOND, read, over),
        load.run("write", WRITES_A_SECOND, write, over),
    )
    took, used = time.monotonic() - moment, process.cpu() - used
    await all_current(followers, process.database)
    assert not [(answer.status_code, answer.text) for answer in load.bad]
    assert not [answer.text for one in people for answer in one.tablet.refusals]
    assert "database is locked" not in process.log.read_text()
    await whole(process.database, people, [])
    async with process.database.snapshot() as db:
        assert await db.scalar(select(func.count()).select_from(Variant).where(Variant.id.like("v%"))) == rows
        assert await db.scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.what == "old")) == 0
    for one in followers:
        await one.stop()
    await load.close()
    with capsys.disabled():
        for kind, times in load.took.items():
            times.sort()
            print(
                f"\n  {kind}: {len(times) / took:.0f}/s, median {times[len(times) // 2] * 1000:.0f} ms, "
                f"p99 {times[int(len(times) * 0.99)] * 1000:.0f} ms, most {times[-1] * 1000:.0f} ms",
                end="",
            )
        asked = sum(map(len, load.took.values()))
        print(
            f"; {used / asked * 1000:.1f} ms of CPU a request, over {took:.0f} s beside an import of {rows:,} rows and retention"
        )
