"""Two hundred changes a second to one topic: how many deliveries become of them, that the newest wins, and that memory is flat."""

import asyncio
import json
import os
import subprocess
import sys
import time
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.bench.push import shop
from tests.bench.push.delivering import ALL, listening, of
from tests.bench.push.meter import Meter
from tests.bench.push.writing import TOPIC
from tests.bench.running import Crowd, line, process
from tests.faults.servers import Redis, find_redis

A_SECOND, SECONDS = 200, 10
LATEST = 10
"""Seconds after the last change in which all must have it."""


async def measure(folder: Path, house: shop.Shop, sockets: int) -> dict[str, Any]:
    """Let another process of the installation write, over Redis, while so many screens listen to the store."""
    program = find_redis()
    if program is None:
        return {"missing": "redis-server is not here, which carries the news from one process to the other"}
    redis = Redis(program)
    try:
        redis.start()
        return await _measure(folder, house, sockets, {"VITRINE_BACKPLANE_URL": redis.url})
    finally:
        redis.remove()


async def _measure(folder: Path, house: shop.Shop, sockets: int, environment: dict[str, str]) -> dict[str, Any]:
    async with AsyncExitStack() as stack:
        running = await stack.enter_async_context(shop.serving(house, folder, **environment))
        subject = replace(of(running), match=f'"topic":"{TOPIC}"')
        screens = await stack.enter_async_context(listening(folder, subject, ALL, sockets))
        meter = Meter(running.pid)
        await meter.settled(subject.start_seconds)
        home = {**os.environ, **environment, "VITRINE_HOME": str(running.home), "VITRINE_SOURCES": "0"}
        command = (sys.executable, "-m", "tests.bench.push.writing", str(A_SECOND), str(SECONDS))
        log = stack.enter_context((folder / "writing.log").open("wb"))
        writer = await stack.enter_async_context(process(*command, env=home, stdin=subprocess.PIPE, stderr=log))
        await line(writer, 60)
        return {"sockets": sockets, "a_second": A_SECOND, **await _flood(meter, screens, writer)}


async def _flood(meter: Meter, screens: Crowd, writer: asyncio.subprocess.Process) -> dict[str, Any]:
    before, cpu, began = await screens.frames(), meter.cpu(), time.monotonic()
    memory = [meter.memory()]
    assert writer.stdin
    writer.stdin.write(b"\n")
    written = asyncio.create_task(line(writer, 120))
    while not written.done():
        await asyncio.wait((written,), timeout=0.5)
        memory.append(meter.memory())
    done, took = json.loads(await written), time.monotonic() - began
    ended = time.monotonic_ns()
    while (now := await screens.frames()).oldest < done["number"] and time.monotonic_ns() - ended < LATEST * 1e9:
        await asyncio.sleep(0.02)
    each = [now.least - before.least, now.most - before.most]
    return {
        "changes": done["changes"], "seconds": done["seconds"], "deliveries": each, "deliveries_all": now.total - before.total,
        "oldest": now.oldest, "newest": now.newest, "written": done["number"], "newest_everywhere": now.oldest >= done["number"],
        "last_after_ms": (now.last - ended) / 1e6, "memory_kib": [memory[0], max(memory), memory[-1]],
        "cpu_share": (meter.cpu() - cpu) / took,
    }  # fmt: skip
