"""Work that repeats."""

import asyncio

import pytest

from server.core.hub import cancelled
from server.core.jobs import repeat
from server.core.lease import LeaseLost
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


async def test_a_repeating_job_that_another_process_does_now_ends_without_a_word_of_a_bug(
    capsys: pytest.CaptureFixture[str],
) -> None:
    async def refused() -> None:
        raise LeaseLost("another does it")

    await asyncio.wait_for(repeat(0.001, refused, name="odd"), 1)
    said = capsys.readouterr().out
    assert "work_refused" in said and "Traceback" not in said
