"""A burst is taken as it comes, and then so much a second; whoever took more than that waits."""

import pytest

from social import pacing
from social.pacing import Pace


class Time:
    """Passes when somebody sleeps, or when it is told to."""

    def __init__(self) -> None:
        self.now, self.slept = 100.0, list[float]()

    def monotonic(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    made = Time()
    monkeypatch.setattr(pacing, "time", made)
    monkeypatch.setattr(pacing, "asyncio", made)
    return made


def taken(pace: Pace, tries: int = 1000) -> int:
    return sum(pace.allows() for _ in range(tries))


def test_a_burst_is_taken_at_once_and_then_so_many_a_second_and_never_more_than_a_burst(time: Time) -> None:
    pace = Pace(burst=50, a_second=10)
    assert taken(pace) == 50
    time.now += 2
    assert taken(pace) == 20
    time.now += 3600
    assert taken(pace) == 50


async def test_who_took_more_than_there_was_waits_until_nothing_is_owed(time: Time) -> None:
    pace = Pace(burst=1.5, a_second=0.25)
    for _ in range(3):
        await pace.turn()
        pace.spend(0.5)
    assert time.slept == []
    pace.spend(0.1)
    await pace.turn()
    assert time.slept == pytest.approx([0.4])
    time.now += 0.4
    await pace.turn()
    assert len(time.slept) == 1
