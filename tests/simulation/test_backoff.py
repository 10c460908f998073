"""How long a virtual device waits before it comes again."""

from random import Random

import pytest

from server.simulation.backoff import pause


@pytest.mark.parametrize(
    ("code", "failures", "least", "most"),
    [(None, 1, 0.5, 1), (4408, 3, 2, 4), (1013, 30, 15, 30), (4429, 1, 5, 10), (1012, 1, 0.5, 5), (1012, 9, 0.5, 5)],
)
def test_a_device_waits_as_the_player_does(code: int | None, failures: int, least: float, most: float) -> None:
    chance = Random(1)
    waits = [pause(code, failures, chance) for _ in range(300)]
    assert least <= min(waits) < least * 1.1 and most * 0.9 < max(waits) <= most
