"""The shapes of screens that a card is fitted to, and the room that each leaves at its tightest.

Lengths are in u: 1 % of the short side of the stage. A screen takes the class whose shape is nearest to its own, so a card
that is said to fit a class has to fit the squarest screen that would take it: there the long side is shortest.
"""

from dataclasses import dataclass
from math import sqrt

CLASSES = {
    "21:9": 21 / 9,
    "16:9": 16 / 9,
    "16:10": 16 / 10,
    "4:3": 4 / 3,
    "1:1": 1.0,
    "3:4": 3 / 4,
    "10:16": 10 / 16,
    "9:16": 9 / 16,
    "9:21": 9 / 21,
}


@dataclass(frozen=True)
class Stage:
    """A stage of `width` by `height` u; landscape if it is at least as wide as high."""

    width: float
    height: float

    @property
    def landscape(self) -> bool:
        return self.width >= self.height


def tightest(shape: str) -> tuple[Stage, ...]:
    """The stages on which a card must fit to be shown on every screen of the class."""
    if shape == "1:1":
        return Stage(100, 100), Stage(100, 100.1)
    ratios = sorted(max(ratio, 1 / ratio) for ratio in CLASSES.values())
    own = max(CLASSES[shape], 1 / CLASSES[shape])
    below = max(ratio for ratio in ratios if ratio < own - 1e-9)
    long = 100 * sqrt(own * below)
    return (Stage(long, 100) if CLASSES[shape] > 1 else Stage(100, long),)
