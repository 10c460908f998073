"""What simulated devices take for the time."""

from server.simulation.clock import Clock, Truth


class Ticking:
    """A monotonic clock that a test moves, in milliseconds."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


def test_a_device_tells_server_time_however_wrong_its_own_clock_is():
    ticking = Ticking()
    clock = Clock(30_000, ticking=ticking, wall=lambda: 500_000 + ticking.at)
    assert clock.now() == clock.wall() == 531_000
    clock.heard(500_990)  # sent at 500,990, and 10 ms on its way
    assert clock.now() == 500_990
    ticking.at += 1000
    clock.heard(501_998)  # a shorter journey is the truer
    assert clock.now() == 501_998
    ticking.at += 1000
    clock.heard(502_900)
    assert clock.now() == 502_998
    assert clock.offset() == 502_998 - clock.wall() == -30_002


def test_a_server_whose_clock_was_set_is_believed_at_once():
    ticking = Ticking()
    clock = Clock(0, ticking=ticking)
    clock.heard(500_000)
    clock.heard(500_000 - 3_600_000)
    assert clock.now() == 500_000 - 3_600_000


def test_the_fleet_takes_the_message_with_the_shortest_journey_in_a_minute():
    ticking = Ticking()
    truth = Truth(ticking=ticking)
    for journey in (40, 3, 25):
        ticking.at += 1000
        truth.heard(700_000 + ticking.at - journey)
    assert truth.now() == 700_000 + ticking.at - 3
    ticking.at += 61_000
    truth.heard(700_000 + ticking.at - 12)
    assert truth.now() == 700_000 + ticking.at - 12
