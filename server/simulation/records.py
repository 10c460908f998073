"""What a simulation notes while it runs: samples and counts, in plain values, for the scorecard to judge."""

from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple


def samples() -> "array[float]":
    """A series of numbers, eight bytes each: a run of ten minutes has some hundred thousand."""
    return array("d")


@dataclass
class Storm:
    """Every connection broken at once. Seconds count from then."""

    at: float
    devices: int
    back: "array[float]" = field(default_factory=samples)
    """After how long each was welcomed again."""
    current: "array[float]" = field(default_factory=samples)
    """After how long each had applied all that there was."""


class Reading(NamedTuple):
    """What a process of the server said of itself at one moment."""

    at: float
    """Seconds of the run."""
    size: float
    """Resident bytes."""
    sockets: float
    cpu: float
    """Seconds of CPU that it has used since it began."""


@dataclass
class Server:
    """What /metrics said of one process of the server."""

    readings: list[Reading] = field(default_factory=list)


@dataclass
class Records:
    """All of one run. Times are milliseconds unless they say otherwise."""

    delivered: "array[float]" = field(default_factory=samples)
    """From the writing of a change to its arrival at a device that was there all the time."""
    applied: "array[float]" = field(default_factory=samples)
    applied_with_media: "array[float]" = field(default_factory=samples)
    """The same until it was applied, of changes that needed a card to be fetched."""
    delivered_slow: "array[float]" = field(default_factory=samples)
    """To devices on slow links."""
    stale: "array[float]" = field(default_factory=samples)
    """Each second, of each device with a connection: how long what it shows has been out of date; 0 where it is not."""
    stale_away: "array[float]" = field(default_factory=samples)
    """The same of those without one."""
    tapped: "array[float]" = field(default_factory=samples)
    """From an operation's sending to the bag's document that shows it."""
    media: "array[float]" = field(default_factory=samples)
    clock_error: "array[float]" = field(default_factory=samples)
    lag: "array[float]" = field(default_factory=samples)
    """How late this program itself was."""
    storms: list[Storm] = field(default_factory=list)
    servers: dict[str, Server] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    """Connections, drops, reports, changes, visits, operations, and so on, by name."""
    errors: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    """Connections that were not let in, by why."""
    cpu_seconds: float = 0.0
    """Of this program."""
    seconds: float = 0.0
    """How long the run lasted."""
    memory_trouble: str = ""
    """Why the server's memory could not be read."""


@dataclass
class History:
    """The versions of the loop that the fleet has seen, with the moment at which each was written (ms, server time)."""

    numbers: list[int] = field(default_factory=list)
    moments: list[float] = field(default_factory=list)
    cards: set[str] = field(default_factory=set)
    """Of the simulation's own campaign."""

    def note(self, number: int, moment: float, cards: Iterable[str] = ()) -> None:
        """A version came to somebody."""
        place = bisect_right(self.numbers, number)
        if not place or self.numbers[place - 1] != number:
            self.numbers.insert(place, number)
            self.moments.insert(place, moment)
            self.cards.update(cards)

    @property
    def newest(self) -> int:
        """The greatest version known; -1 before any."""
        return self.numbers[-1] if self.numbers else -1

    def staleness(self, number: int, now: float) -> float:
        """For how long (ms) somebody with this version has been out of date: since the first that they lack."""
        place = bisect_right(self.numbers, number)
        return max(0.0, now - self.moments[place]) if place < len(self.numbers) else 0.0
