"""What nobody waits for gives way to what somebody waits for, and not for ever."""

import asyncio

import httpx
import pytest

from server.core import lull
from server.core.lull import Requests
from tests.conftest import Served


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing goes on for the clock's sake."""
    monkeypatch.setattr(lull, "MOST_SECONDS", 60)


async def test_work_begins_at_once_where_nobody_waits() -> None:
    await asyncio.wait_for(Requests().lull(), 1)


async def test_work_waits_until_a_request_is_answered(unhurried: None) -> None:
    requests = Requests()
    with requests.one():
        work = asyncio.create_task(requests.lull())
        await asyncio.sleep(3 * lull.QUIET_SECONDS)
        assert not work.done()
    await asyncio.wait_for(work, 10)


async def test_work_waits_for_what_follows_from_an_answer(monkeypatch: pytest.MonkeyPatch, unhurried: None) -> None:
    monkeypatch.setattr(lull, "QUIET_SECONDS", 30)
    requests = Requests()
    with requests.one():
        pass
    work = asyncio.create_task(requests.lull())
    await asyncio.sleep(0.05)
    assert not work.done()
    work.cancel()


async def test_work_goes_on_where_requests_never_end() -> None:
    requests = Requests()
    with requests.one():
        await asyncio.wait_for(requests.lull(), 10)


async def test_requests_that_may_change_something_count_and_no_others(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[int] = []

    class Counting(Requests):
        def one(self):  # type: ignore[no-untyped-def]
            counted.append(1)
            return super().one()

    monkeypatch.setattr(lull, "requests", Counting())
    async with httpx.AsyncClient(base_url=served.address) as client:
        await client.get("/health/live")
        assert not counted
        await client.post("/api/visits/none/call")
        assert counted == [1]
