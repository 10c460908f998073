"""A clock that is set while the product runs."""

import time
from datetime import timedelta

import pytest

from server.core import clock

HOUR = timedelta(hours=1)
MINUTES = timedelta(minutes=15)


@pytest.mark.parametrize("leap", [HOUR, -HOUR])
def test_a_clock_that_is_set_is_noticed_for_as_long_as_is_asked(
    monkeypatch: pytest.MonkeyPatch, leap: timedelta
) -> None:
    wall, passed = clock.now(), [0.0]
    shift = [timedelta()]
    monkeypatch.setattr(time, "monotonic", lambda: passed[0])
    monkeypatch.setattr(clock, "now", lambda: wall + timedelta(seconds=passed[0]) + shift[0])
    leaps = clock.Leaps()
    for seconds, leapt in ((60, False), (3600, False)):
        passed[0] += seconds
        assert leaps.within(MINUTES) is leapt
    shift[0] = leap
    assert leaps.within(MINUTES)
    for seconds, leapt in ((60, True), (800, True), (60, False)):
        passed[0] += seconds
        assert leaps.within(MINUTES) is leapt
