"""What a source could not take in is counted, and told in words for ten minutes."""

import pytest
from prometheus_client import REGISTRY

from social import losses
from social.losses import Losses


class Time:
    now = 0.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    made = Time()
    monkeypatch.setattr(losses, "time", made)
    return made


def counted(why: str) -> float:
    labels = {"network": "test", "why": why}
    return REGISTRY.get_sample_value("vitrine_posts_left_out_total", labels) or 0.0


def test_what_was_lost_is_told_for_ten_minutes_and_counted_once(time: Time) -> None:
    lost, before = Losses("test"), (counted("dropped"), counted("duplicates"))
    assert lost.note({"duplicates": 3, "foreign": 2, "connections": 1, "filled": 4}) == ""
    time.now = 5
    flood = {"duplicates": 3, "foreign": 2, "dropped": 295_321, "garbage": 1}
    said = "Posts left out in the last ten minutes: 295,321 that came faster than we judge; 1 that made no sense."
    assert lost.note(flood) == lost.note(flood) == said
    time.now = 599
    assert lost.note(flood) == said
    time.now = 620
    assert lost.note(flood) == ""
    assert (counted("dropped") - before[0], counted("duplicates") - before[1]) == (295_321, 3)
