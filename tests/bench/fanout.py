"""One change to many sockets: CPU of the server for a delivery, when the first and the last have it, memory for a connection."""

import statistics
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from server.core import devices
from server.core.database import Database
from server.core.settings import Settings
from server.migrating import migrate
from tests.bench import nchan
from tests.bench.running import Crowd, Server, client_program, crowd, server

ROUNDS, BATCHES = 15, 5
HELLO = '{{"type":"hello","token":"{token}","have":{{"{topic}":null}}}}'
TOPIC, ALONE = "bench:a", "bench:b"


@dataclass(frozen=True)
class Fanout:
    """What a fan-out took: medians over its batches; CPU in microseconds, times in milliseconds after the commit.

    `change_us` is what a change costs with a single listener (the request, the transaction, the document), `cpu_us` what
    each further delivery adds; `writing_us` is the part of it that the loop over the sockets takes, as ours measures itself.
    """

    server: str
    sockets: int
    change_us: float
    cpu_us: float
    first_ms: float
    last_ms: float
    memory_kib: float
    writing_us: float = 0.0


async def measure(folder: Path, sockets: int) -> dict[str, Any]:
    """Ours, and nchan's beside it in alternating batches where it is installed."""
    settings = Settings(home=folder, sources=False)
    tokens = await devices_for(settings, sockets)
    async with AsyncExitStack() as stack:
        ours = await stack.enter_async_context(server(folder, sources="0"))
        before = (await ours.state())["memory"]
        alone = await _listening(stack, folder, ours, tokens[:1], ALONE)
        listeners = await _listening(stack, folder, ours, tokens[1:], TOPIC)
        memory = ((await ours.state())["memory"] - before) / sockets / 1024
        written = (await ours.state())["writing"]
        theirs = await _nchan(stack, folder, sockets) if nchan.installed() else None
        batches: dict[str, list[tuple[float, ...]]] = {"vitrine": [], "nchan": []}
        for _ in range(BATCHES):
            batches["vitrine"].append(await _ours(ours, alone, listeners))
            if theirs:
                batches["nchan"].append(await _theirs(theirs))
        writing = [now - then for then, now in zip(written, (await ours.state())["writing"], strict=True)]
    memories = {"vitrine": memory, "nchan": theirs.memory if theirs else 0}
    found = [_median(name, sockets, rows, memories[name]) for name, rows in batches.items() if rows]
    found[0] = replace(found[0], writing_us=writing[0] / max(1, writing[1]) * 1e6)
    ratio = found[0].cpu_us / found[1].cpu_us if len(found) > 1 else None
    return {
        "rows": [asdict(one) for one in found],
        "ratio": ratio,
        "client": client_program(folder)[1],
        "missing": None if theirs else nchan.MISSING,
    }


async def _listening(stack: AsyncExitStack, folder: Path, ours: Server, tokens: list[str], topic: str) -> Crowd:
    targets = [("/live", "", HELLO.format(token=token, topic=topic)) for token in tokens]
    listeners = await stack.enter_async_context(crowd(folder, ours.port, targets))
    await listeners.round()  # what each is told at first
    return listeners


async def _ours(ours: Server, alone: Crowd, listeners: Crowd) -> tuple[float, ...]:
    async def change(topic: str, heard: Crowd) -> tuple[float, float]:
        committed = (await ours.bump(topic))["committed"]
        first, last = await heard.round()
        return (first - committed) / 1e6, (last - committed) / 1e6

    async def cpu() -> float:
        return float((await ours.state())["cpu"])

    return await _batch(lambda: change(ALONE, alone), lambda: change(TOPIC, listeners), cpu)


async def _theirs(theirs: "Theirs") -> tuple[float, ...]:
    async def change(channel: str, heard: Crowd) -> tuple[float, float]:
        began = time.monotonic_ns()
        await theirs.running.publish(channel, b"x" * 1000)
        first, last = await heard.round()
        return (first - began) / 1e6, (last - began) / 1e6

    async def cpu() -> float:
        return theirs.running.cpu()

    return await _batch(lambda: change("b", theirs.alone), lambda: change("a", theirs.listeners), cpu)


async def _batch(
    one: Callable[[], Awaitable[tuple[float, float]]],
    many: Callable[[], Awaitable[tuple[float, float]]],
    cpu: Callable[[], Awaitable[float]],
) -> tuple[float, ...]:
    """CPU of a change with one listener and with all (microseconds), first and last delivery (milliseconds)."""
    began = await cpu()
    for _ in range(ROUNDS):
        await one()
    between = await cpu()
    times = [await many() for _ in range(ROUNDS)]
    return ((between - began) / ROUNDS * 1e6, (await cpu() - between) / ROUNDS * 1e6, *_medians(times))


@dataclass(frozen=True)
class Theirs:
    """nginx with as many listeners."""

    running: nchan.Nchan
    alone: Crowd
    listeners: Crowd
    memory: float


async def _nchan(stack: AsyncExitStack, folder: Path, sockets: int) -> Theirs:
    running = await stack.enter_async_context(nchan.running(folder, _free_port()))
    alone = await stack.enter_async_context(crowd(folder, running.port, [("/sub/b", "", "")]))
    before = running.memory()
    listeners = await stack.enter_async_context(crowd(folder, running.port, [("/sub/a", "", "")] * sockets))
    return Theirs(running, alone, listeners, (running.memory() - before) / sockets / 1024)


def _medians(times: list[tuple[float, float]]) -> tuple[float, float]:
    firsts, lasts = zip(*times, strict=True)
    return statistics.median(firsts), statistics.median(lasts)


def _median(name: str, sockets: int, rows: list[tuple[float, ...]], memory: float) -> Fanout:
    one, many, first, last = (statistics.median(column) for column in zip(*rows, strict=True))
    return Fanout(name, sockets, one, (many - one) / (sockets - 1), first, last, memory)


async def devices_for(settings: Settings, count: int) -> list[str]:
    """A migrated database in which so many devices are known; their tokens."""
    database = Database(settings.database, settings)
    await migrate(database)
    async with database.transaction() as db:
        made = [devices.create(db, kind="screen", by="the bench") for _ in range(count)]
        tokens = [devices.issue(device) for device in made]
        for device in made:
            device.first_used_at = device.paired_at
    await database.close()
    return tokens


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
