"""SQLite under the load that one process should carry, beside an import and retention: nobody hears of a lock."""

import asyncio
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

    def __init__(self) -> None:
        self.took: dict[str, list[float]] = {"read": [], "write": []}
        self.bad: list[Answer] = []

    async def run(
        self, kind: str, a_second: float, ask: Callable[[], Awaitable[Answer | None]], over: asyncio.Event
    ) -> None:
        """Ask until it is over."""
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

    async def _one(self, kind: str, ask: Callable[[], Awaitable[Answer | None]]) -> None:
        began = time.monotonic()
        answer = await ask()
        self.took[kind].append(time.monotonic() - began)
        if answer and not answer.is_success:
            self.bad.append(answer)

    def told(self, kind: str, seconds: float) -> str:
        """What came of one kind, in a line."""
        times = sorted(self.took[kind])
        return (
            f"{kind}: {len(times) / seconds:.0f}/s, median {times[len(times) // 2] * 1000:.0f} ms, "
            f"p99 {times[int(len(times) * 0.99)] * 1000:.0f} ms, most {times[-1] * 1000:.0f} ms"
        )


@pytest.mark.parametrize(
    ("seconds", "rows"), [(1, 600), pytest.param(90, 47_000, marks=pytest.mark.soak)], ids=["short", "full"]
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
    tablets = [Lean(process.address, one.token, own=f"127.0.1.{n + 1}") for n, one in enumerate(people)]
    for one, tablet in zip(people, tablets, strict=True):  # each in a store of its own
        await one.tablet.close()
        one.tablet = tablet  # type: ignore[assignment]
    locks = {one.bag: asyncio.Lock() for one in people}
    load, over, moment = Load(), asyncio.Event(), time.monotonic()
    used = process.cpu()

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
        path = feed(tmp_path / "products.tsv", rows)
        while time.monotonic() < moment + seconds:
            await asyncio.gather(
                beside(alone, "-m", "server", "import", "products", str(path), "--force"),
                beside(alone, "-m", "tests.faults.forgetting"),
            )
        over.set()

    await asyncio.gather(
        disturb(),
        load.run("read", READS_A_SECOND, read, over),
        load.run("write", WRITES_A_SECOND, write, over),
    )
    took, used = time.monotonic() - moment, process.cpu() - used
    await all_current(followers, process.database)
    assert not [(answer.status_code, answer.text) for answer in load.bad]
    assert "database is locked" not in process.log.read_text()
    await whole(process.database, people, [])
    async with process.database.snapshot() as db:
        assert await db.scalar(select(func.count()).select_from(Variant).where(Variant.id.like("v%"))) == rows
        assert await db.scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.what == "old")) == 0
    await asyncio.gather(*(one.stop() for one in followers), *(one.close() for one in tablets))
    with capsys.disabled():
        cost = used / sum(map(len, load.took.values())) * 1000
        print(f"\n  {load.told('read', took)}\n  {load.told('write', took)}")
        print(f"  {cost:.1f} ms of CPU a request, over {took:.0f} s beside an import of {rows:,} rows and retention")
