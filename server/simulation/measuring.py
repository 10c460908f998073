"""What is measured beside the devices: how late this program itself is, and the server's memory as /metrics tells it."""

import asyncio
import re
import time

import httpx

from server.simulation.records import Reading, Records, Server
from server.simulation.surroundings import Surroundings

BEAT_SECONDS = 0.05
NAMES = (
    "process_resident_memory_bytes", "process_start_time_seconds", "process_cpu_seconds_total", "vitrine_sockets",
)  # fmt: skip
METRIC = re.compile(rf"^({'|'.join(NAMES)})(?:{{[^}}]*}})? (\S+)$", re.M)


async def own_lag(records: Records) -> None:
    """Note, until cancelled, how much later than asked this program was woken (ms)."""
    while True:
        asked = time.monotonic() + BEAT_SECONDS
        await asyncio.sleep(BEAT_SECONDS)
        records.lag.append(max(0.0, (time.monotonic() - asked) * 1000))


async def server_memory(all: Surroundings, *, since: float, every: float) -> None:
    """Note, until cancelled, what /metrics says, each process of the server on its own; `since` is on the monotonic clock."""
    records = all.records
    headers = {"Authorization": f"Bearer {all.metrics_token}"} if all.metrics_token else {}
    while True:
        try:
            answer = await all.request("GET", "/metrics", headers=headers)
            note_metrics(records, answer.text if answer.status_code == 200 else "", at=time.monotonic() - since)
        except httpx.HTTPError as error:
            records.memory_trouble = type(error).__name__
        await asyncio.sleep(every)


def note_metrics(records: Records, text: str, *, at: float) -> None:
    """Take what counts out of an exposition. Answers of several processes are told apart by when each began."""
    found = {name: float(value) for name, value in METRIC.findall(text)}
    if "process_resident_memory_bytes" not in found:
        records.memory_trouble = "/metrics does not tell it to us"
        return
    process = f"{found.get('process_start_time_seconds', 0):.2f}"
    one = records.servers.setdefault(process, Server())
    size, cpu = found["process_resident_memory_bytes"], found.get("process_cpu_seconds_total", 0.0)
    one.readings.append(Reading(at, size, found.get("vitrine_sockets", 0), cpu))
