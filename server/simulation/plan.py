"""What a simulation is to do: how many devices, for how long, and what befalls them."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Times are seconds, shares 0 to 1."""

    screens: int = 1000
    tablets: int = 100
    seconds: float = 600
    storms: int = 2
    """How often every connection breaks at once."""
    slow: float = 0.05
    """The share of devices on a slow link: they read late, ask late and confirm late."""
    skew: float = 30
    """How wrong the devices' own clocks are, at most, either way."""
    change_every: float = 2
    drop_every: float = 300
    """How often one device drops off, on average, and how long it stays away at most."""
    away: float = 60
    cold: bool = False
    """Whether every screen fetches what its loop needs at the start too, as after an installation of new players."""

    @property
    def warm_up(self) -> float:
        """How long the devices take to come, so that the start is not a storm of its own."""
        return min(20.0, self.seconds / 10)

    def storms_at(self) -> list[float]:
        """When the storms come, evenly spread over the time in which all are there."""
        length = (self.seconds - self.warm_up) / (self.storms + 1)
        return [self.warm_up + length * (number + 1) for number in range(self.storms)]
