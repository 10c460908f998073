"""What a process uses, as the kernel counts it: CPU with all its threads, and memory."""

import asyncio
import os
import time
from dataclasses import dataclass
from pathlib import Path

IDLE_SHARE = 0.03
"""Of a core: what a server that waits may still use."""
STILL_KIB = 256
"""How much the memory of a server that waits may move in a second."""
STILL_SECONDS = 4


@dataclass(frozen=True)
class Meter:
    """One process, by its id."""

    pid: int

    def cpu(self) -> float:
        """Seconds of CPU that it has used, to the nanosecond: its clock, as clock_getcpuclockid(3) numbers it."""
        return time.clock_gettime((~self.pid << 3) | 2)

    def memory(self) -> float:
        """KiB that it holds."""
        return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1024

    async def rest(self) -> None:
        """Return when it has nothing to do, or after a fifth of a second: what follows a change belongs to it."""
        before = self.cpu()
        for _ in range(20):
            await asyncio.sleep(0.01)
            if (now := self.cpu()) - before < 0.0001:
                return
            before = now

    async def settled(self, least: float = 0) -> None:
        """Return when its CPU and its memory have stood still for seconds, after `least` seconds, or two minutes at most.

        A server builds indexes and lexicons beside its requests when it starts: what they take is no connection's.
        """
        began, still, cpu, memory = time.monotonic(), 0, self.cpu(), self.memory()
        while time.monotonic() - began < 120 and (still < STILL_SECONDS or time.monotonic() - began < least):
            await asyncio.sleep(1)
            idle = self.cpu() - cpu < IDLE_SHARE and abs(self.memory() - memory) < STILL_KIB
            still = still + 1 if idle else 0
            cpu, memory = self.cpu(), self.memory()
