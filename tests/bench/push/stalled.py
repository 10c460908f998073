"""A screen that stops reading beside a thousand others: what it costs them, when it is let go, and that it catches up."""

import asyncio
import json
import socket
import statistics
import time
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from tests.bench.push import shop
from tests.bench.push.delivering import after, listening, of
from tests.bench.push.meter import Meter
from tests.bench.running import Crowd

GROUP = "rich"
CYCLES, CHANGES, FEW, EVERY_SECONDS = 3, 40, 4, 0.25
LONGEST = 60
"""Seconds after which a socket that does not read is taken to be kept for good."""
RECEIVES = 4096
"""Bytes that the kernel holds for the screen that does not read, about."""
SLOW = "vitrine_slow_peers_total"


async def measure(folder: Path, house: shop.Shop, sockets: int) -> dict[str, Any]:
    """Change what all play, with and without a screen that does not read, in turns."""
    async with shop.serving(house, folder) as running:
        subject = of(running, start_seconds=20)
        silent = house.screens[GROUP][-1]
        size = len(await running.document(GROUP))
        without: list[tuple[float, float]] = []
        beside: list[tuple[float, float]] = []
        ends = []
        async with listening(folder, subject, GROUP, min(sockets, len(house.screens[GROUP]) - 1)) as others:
            await Meter(running.pid).settled(subject.start_seconds)
            for _ in range(CYCLES):
                for _ in range(CHANGES // FEW):
                    without += await _changes(running, others)
                ends.append(await _stall(running, silent, others, beside))
        return {
            "sockets": sockets, "document_bytes": size, "without": _summed(without), "beside": _summed(beside),
            "changes": [len(without), len(beside)], "ends": ends,
        }  # fmt: skip


async def _change(running: shop.Running, others: Crowd) -> tuple[float, float]:
    """One change; when 95 of a hundred had it after it was asked for, and after the first had it, in milliseconds."""
    began = time.monotonic_ns()
    await running.edit(GROUP)
    first, p95, _ = after(await others.round(), began)
    await asyncio.sleep(max(0, EVERY_SECONDS - (time.monotonic_ns() - began) / 1e9))
    return p95, p95 - first


async def _stall(
    running: shop.Running, silent: shop.Screen, others: Crowd, beside: list[tuple[float, float]]
) -> dict[str, Any]:
    """Let it stop reading, go on changing until it is let go, and let it come back."""
    dropped, changes = await running.counted(SLOW), 0
    line = await _line(running.port)
    have = await _hear(line, silent, dict.fromkeys(silent.topics()))
    began = time.monotonic()
    while (kept := await running.counted(SLOW) == dropped) and time.monotonic() - began < LONGEST:
        beside += await _changes(running, others)
        changes += FEW
    closed = time.monotonic() - began
    line.transport.abort()
    return {
        "closed_seconds": None if kept else closed, "changes_meanwhile": changes, **await _return(running, silent, have)
    }  # fmt: skip


async def _changes(running: shop.Running, others: Crowd) -> list[tuple[float, float]]:
    """A few changes, after a look at the counts: the same with the silent one and without it."""
    await running.counted(SLOW)
    return [await _change(running, others) for _ in range(FEW)]


async def _line(port: int) -> ClientConnection:
    """A connection whose kernel keeps little for it, and that reads nothing which nobody asks it for."""
    ours = socket.socket()
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVES)
    ours.setblocking(False)
    await asyncio.get_running_loop().sock_connect(ours, ("127.0.0.1", port))
    address = f"ws://127.0.0.1:{port}/live"
    return await connect(address, sock=ours, compression=None, ping_interval=None, max_queue=1)


async def _hear(line: ClientConnection, screen: shop.Screen, have: dict[str, Any]) -> dict[str, Any]:
    """Say hello, and listen until each topic of which it has nothing has come; returns the version of each."""
    await line.send(json.dumps({"type": "hello", "token": screen.token, "have": have}))
    have = dict(have)
    while not all(have.values()):
        message = json.loads(await line.recv())
        if message["type"] == "topic":
            have[message["topic"]] = message["version"]
    return have


async def _return(running: shop.Running, screen: shop.Screen, have: dict[str, Any]) -> dict[str, Any]:
    """Come back with what it had, and count what it is sent until it has the newest of its loop."""
    loop, behind = f"loop:{screen.loop}", have[f"loop:{screen.loop}"][1]
    newest = await _newest(running, screen)
    began, documents = time.monotonic(), 0
    async with connect(f"ws://127.0.0.1:{running.port}/live", compression=None) as line:
        await line.send(json.dumps({"type": "hello", "token": screen.token, "have": have}))
        while have[loop][1] < newest:
            message = json.loads(await asyncio.wait_for(line.recv(), 30))
            if message["type"] == "topic":
                have[message["topic"]], documents = message["version"], documents + 1
    return {
        "versions_missed": newest - behind, "documents_on_return": documents,
        "caught_up_ms": (time.monotonic() - began) * 1000,
    }  # fmt: skip


async def _newest(running: shop.Running, screen: shop.Screen) -> int:
    """The number of its loop as the database has it, over HTTP."""
    headers = {"Authorization": f"Bearer {screen.token}"}
    answer = (await running.http.get(f"/api/topics/loop:{screen.loop}", headers=headers)).raise_for_status().json()
    return answer["version"][1]


def _summed(times: list[tuple[float, float]]) -> dict[str, list[float]]:
    """Median and quartiles of both times, in milliseconds."""
    names = ("p95_ms", "p95_after_first_ms")
    columns = zip(*times, strict=True)
    return {name: _quartiles(list(column)) for name, column in zip(names, columns, strict=True)}


def _quartiles(values: list[float]) -> list[float]:
    low, middle, high = statistics.quantiles(values, n=4)
    return [middle, low, high]
