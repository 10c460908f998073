"""One change to many sockets: the server's CPU for a delivery, when the first and the last have it, memory for a connection."""

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.push import peers, shop
from tests.bench.push.meter import Meter
from tests.bench.push.peers import Target
from tests.bench.running import BEAT_SECONDS, Crowd, Round, crowd

OURS = "Vitrine"
WARM = 5
CHANGES = {1000: 50, 5000: 25}
START_SECONDS = 35
"""What our server does beside its requests when it starts has begun by then (server/jobs.py)."""
HOLD_SECONDS = 30
ONE, ALL = "alone", "crowd"


@dataclass(frozen=True)
class Subject:
    """A running server that is measured; `targets` and `change` know two groups, of one socket and of all."""

    port: int
    pid: int
    targets: Callable[[str, int], list[Target]]
    change: Callable[[str], Awaitable[None]]
    least: int
    """Bytes from which a message counts as the change."""
    match: str = ""
    speaks: bool = False
    """Whether it speaks our protocol: who subscribes is told the newest at once, and says every now and then that they live."""
    start_seconds: float = 0


@dataclass(frozen=True)
class Delivery:
    """What one server took in one round: medians over its changes.

    CPU in microseconds: `cpu_us` for each delivery beyond the first, `change_us` for the change itself with one listener
    (for ours the edit in the console, its transaction and its document). Times in milliseconds after the change was asked for.
    """

    cpu_us: float
    change_us: float
    first_ms: float
    p95_ms: float
    last_ms: float
    memory_kib: float


async def measure(folder: Path, subject: Subject, sockets: int) -> Delivery:
    """Listen with one socket, then with all, and let changes to the one and to all take turns."""
    meter = Meter(subject.pid)
    async with AsyncExitStack() as stack:
        one = await stack.enter_async_context(listening(folder, subject, ONE, 1))
        await _warm(subject, meter, ONE, one)
        await meter.settled(subject.start_seconds)
        before = meter.memory()
        many = await stack.enter_async_context(listening(folder, subject, ALL, sockets))
        await _warm(subject, meter, ALL, many)
        await meter.settled()
        memory = (meter.memory() - before) / sockets
        pairs = [
            (await changed(subject, meter, ONE, one), await changed(subject, meter, ALL, many))
            for _ in range(CHANGES.get(sockets, 25))
        ]
    base = statistics.median(cpu for (cpu, _), _ in pairs)
    whole = statistics.median(cpu for _, (cpu, _) in pairs)
    first, p95, last = (statistics.median(times) for times in zip(*(times for _, (_, times) in pairs), strict=True))
    return Delivery((whole - base) / (sockets - 1) * 1e6, base * 1e6, first, p95, last, memory)


async def holding(folder: Path, subject: Subject, sockets: int) -> float:
    """The share of a core that it takes to hold so many sockets to which nothing is said but beats."""
    meter = Meter(subject.pid)
    async with listening(folder, subject, ALL, sockets):
        await meter.settled(subject.start_seconds)
        began, cpu = time.monotonic(), meter.cpu()
        await asyncio.sleep(HOLD_SECONDS)
        return (meter.cpu() - cpu) / (time.monotonic() - began)


@asynccontextmanager
async def listening(folder: Path, subject: Subject, group: str, count: int) -> AsyncIterator[Crowd]:
    """So many sockets of a group, each with all that it is told at first."""
    targets = subject.targets(group, count)
    beat = BEAT_SECONDS if subject.speaks else 0
    async with crowd(folder, subject.port, targets, least=subject.least, match=subject.match, beat=beat) as sockets:
        if subject.speaks:
            await sockets.round()
        await asyncio.sleep(0.5)  # until the last of them is subscribed
        yield sockets


async def changed(
    subject: Subject, meter: Meter, group: str, sockets: Crowd
) -> tuple[float, tuple[float, float, float]]:
    """One change: seconds of CPU, and when the first, the 95th of a hundred and the last had it."""
    cpu, began = meter.cpu(), time.monotonic_ns()
    await subject.change(group)
    times = after(await sockets.round(), began)
    await meter.rest()
    return meter.cpu() - cpu, times


def after(arrived: Round, began: int) -> tuple[float, float, float]:
    """First, p95 and last in milliseconds after a moment."""
    return (arrived.first - began) / 1e6, (arrived.p95 - began) / 1e6, (arrived.last - began) / 1e6


async def _warm(subject: Subject, meter: Meter, group: str, sockets: Crowd) -> None:
    for _ in range(WARM):
        await changed(subject, meter, group, sockets)


@asynccontextmanager
async def ours(house: shop.Shop, folder: Path) -> AsyncIterator[Subject]:
    """Our server, with real screens that listen to their own topics."""
    async with shop.serving(house, folder) as running:
        yield of(running)


def of(running: shop.Running, *, start_seconds: float = START_SECONDS) -> Subject:
    """A run of our server as something to measure."""

    def targets(group: str, count: int) -> list[Target]:
        return [screen.target() for screen in running.shop.screens[group][:count]]

    return Subject(
        running.port, running.pid, targets, running.edit, least=1, match=shop.COUNTED, speaks=True,
        start_seconds=start_seconds,
    )  # fmt: skip


@asynccontextmanager
async def theirs(name: str, folder: Path, body: bytes) -> AsyncIterator[Subject]:
    """A peer, with a message of the same bytes."""
    async with peers.PEERS[name](folder) as peer:
        yield Subject(
            peer.port, peer.pid, lambda group, count: [peer.target(group[0])] * count,
            lambda group: peer.publish(group[0], body), least=int(len(body) * 0.9),
        )  # fmt: skip
