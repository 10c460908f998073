"""Work that repeats."""

import asyncio

from server.core.hub import cancelled
from server.core.jobs import repeat
from tests.conftest import until


async def test_a_repeating_job_survives_its_failures() -> None:
    turns: list[int] = []

    async def sometimes() -> None:
        turns.append(1)
        if len(turns) % 2:
            raise RuntimeError("odd")

    async def often() -> bool:
        return len(turns) > 5

    task = asyncio.create_task(repeat(0.001, sometimes, name="odd"))
    await until(often)
    await cancelled(task)
