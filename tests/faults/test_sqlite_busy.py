"""SQLite under the load that one process should carry, beside an import and retention: nobody hears of a lock."""

import asyncio
import itertools
import random
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select

from catalog.models import Variant
from server.core.audit import AuditEntry
from server.core.clock import now
from server.core.settings import ROOT
from server.retention import forget_old
from tests.faults.clients import all_current
from tests.faults.lean import Answer, Lean
from tests.faults.serving import Serving, sqlite_home
from tests.faults.test_web_killed import Installation, customers, followed, whole

READS_A_SECOND, WRITES_A_SECOND = 200, 50
PEOPLE = 20
AT_ONCE = 100
"""Requests of a kind that wait for their answers at most."""


@pytest.fixture
async def alone(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[Installation]:
    """One process on SQLite."""
    settings = sqlite_home(tmp_path / "home", sqlite_template)
    made = Installation(settings, [Serving(settings)])
    await made.processes[0].start()
    yield made
    await made.processes[0].stop()


def feed(path: Path, rows: int, turn: int) -> Path:
    """A feed of invented products, in four shades each. Each turn has other prices, so that there is something to write."""
    lines = ["id\titem_group_id\ttitle\tdescription\tlink\tprice\tavailability\tbrand\tcolor\tproduct_type"]
    for n in range(rows):
        about = " ".join(f"word{(n * 7 + k) % 900}" for k in range(30))
        lines.append(
            f"v{n}\tp{n // 4}\tVelvet {n // 4}\t{about}\thttps://shop.test/{n}\t{(n + turn) % 90 + 1}.00 GBP\tin_stock\tHouse\t"
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


async def imported(made: Installation, feed: Path) -> None:
    """An import in a process of its own, as an operator or a timer starts it."""
    told = {"VITRINE_HOME": str(made.settings.home), "PATH": "/usr/bin:/bin"}
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "server", "import", "products", str(feed), "--force",
        cwd=ROOT, env=told, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await child.communicate()
    assert child.returncode == 0, said.decode()


Ask = Callable[[], Awaitable[Answer | None]]
"""Makes one request; its answer, or None where that was looked at already."""


class Load:
    """So many requests a second, whatever becomes of them: whoever is slow is asked all the same, up to a bound."""

    def __init__(self, read: Ask, write: Ask) -> None:
        self._read, self._write = read, write
        self.took: dict[str, list[float]] = {"read": [], "write": []}
        self.bad: list[Answer] = []

    async def during(self, work: Awaitable[None], process: Serving) -> str:
        """Load while some work is done; returns what that came to, in lines."""
        over, began, used = asyncio.Event(), time.monotonic(), process.cpu()
        self.took = {kind: [] for kind in self.took}

        async def end() -> None:
            await work
            over.set()

        await asyncio.gather(
            end(),
            self._run("read", READS_A_SECOND, self._read, over),
            self._run("write", WRITES_A_SECOND, self._write, over),
        )
        took, used = time.monotonic() - began, process.cpu() - used
        cost = used / sum(map(len, self.took.values())) * 1000
        return (
            f"{took:.0f} s, {cost:.1f} ms of CPU a request\n  {self._told('read', took)}\n  {self._told('write', took)}"
        )

    async def _run(self, kind: str, a_second: float, ask: Ask, over: asyncio.Event) -> None:
        tasks: set[asyncio.Task[None]] = set()
        due = time.monotonic()
        while not over.is_set():
            due = max(due + 1 / a_second, time.monotonic() - 1)
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            if len(tasks) < AT_ONCE:
                task = asyncio.create_task(self._one(kind, ask))
                tasks.add(task)
                task.add_done_callback(tasks.discard)
        await asyncio.gather(*tasks)

    async def _one(self, kind: str, ask: Ask) -> None:
        began = time.monotonic()
        answer = await ask()
        self.took[kind].append(time.monotonic() - began)
        if answer and not answer.is_success:
            self.bad.append(answer)

    def _told(self, kind: str, seconds: float) -> str:
        times = sorted(self.took[kind])
        return (
            f"{kind}: {len(times) / seconds:.0f}/s, median {times[len(times) // 2] * 1000:.0f} ms, "
            f"p99 {times[int(len(times) * 0.99)] * 1000:.0f} ms, most {times[-1] * 1000:.0f} ms"
        )


@pytest.mark.parametrize(
    ("quiet", "seconds", "rows"),
    [(0, 1, 300), pytest.param(30, 90, 47_000, marks=pytest.mark.soak)],
    ids=["short", "full"],
)
async def test_no_lock_reaches_anybody_under_the_load_of_one_process(
    alone: Installation, tmp_path: Path, quiet: float, seconds: float, rows: int, capsys: pytest.CaptureFixture[str]
) -> None:
    process = alone.processes[0]
    everybody, screens = await customers(alone)
    people = everybody[:PEOPLE]
    await asyncio.gather(*(one.begin() for one in people))
    await old_rows(alone, rows)
    followers = await followed(alone, people, screens)
    tablets = [Lean(process.address, one.token, own=f"127.0.1.{n + 1}") for n, one in enumerate(people)]
    for one, tablet in zip(people, tablets, strict=True):  # each in a store of its own
        await one.tablet.close()
        one.tablet = tablet  # type: ignore[assignment]
    locks = {one.bag: asyncio.Lock() for one in people}

    async def read() -> Answer:
        number = random.randrange(len(people))
        if random.random() < 0.5:
            return await tablets[number].ask("GET", f"/api/topics/bag:{people[number].bag}")
        return await tablets[number].ask("POST", "/api/items", json={"ids": ["stain-madder", "slip-ink"]})

    async def write() -> None:
        one = random.choice(people)
        async with locks[one.bag]:  # a shopper taps once at a time
            await one.tap(len(one.said))  # which fails where it was refused

    async def disturb() -> None:
        end = time.monotonic() + seconds
        for turn in itertools.count():
            path = await asyncio.to_thread(feed, tmp_path / "products.tsv", rows, turn)
            await asyncio.gather(imported(alone, path), forget_old(process.database, alone.settings))
            if time.monotonic() > end:
                return

    load = Load(read, write)
    await all_current(followers, process.database)
    told = [f"alone: {await load.during(asyncio.sleep(quiet), process)}"] if quiet else []
    told += [f"beside an import of {rows:,} rows and retention: {await load.during(disturb(), process)}"]
    await all_current(followers, process.database)
    assert not [(answer.status_code, answer.text) for answer in load.bad]
    assert "database is locked" not in process.log.read_text()
    await whole(process.database, people, [])
    async with process.database.snapshot() as db:
        assert await db.scalar(select(func.count()).select_from(Variant).where(Variant.id.like("v%"))) == rows
        assert await db.scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.what == "old")) == 0
    await asyncio.gather(*(one.stop() for one in followers), *(one.close() for one in tablets))
    with capsys.disabled():
        print("", *told, sep="\n  ")
