"""The shapes of screens that a card is fitted to, and the room that each leaves at its tightest.

Lengths are in u: 1 % of the short side of the stage. A class stands for screens of very nearly its shape; on others that
are nearer to it than to the next, the player measures for itself and takes a smaller step, or leaves the card out.
"""

from dataclasses import dataclass

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

# A strip of a browser may be lost to its window.
NEARLY = 0.985


@dataclass(frozen=True)
class Stage:
    """A stage of `width` by `height` u; landscape if it is at least as wide as high."""

    width: float
    height: float

    @property
    def landscape(self) -> bool:
        return self.width >= self.height


def tightest(shape: str) -> tuple[Stage, ...]:
    """The stages on which a card must fit to be shown on the screens of the class."""
    if shape == "1:1":
        return Stage(100, 100), Stage(100, 100.1)
    ratio = CLASSES[shape]
    long = 100 * max(ratio, 1 / ratio) * NEARLY
    return (Stage(long, 100) if ratio > 1 else Stage(100, long),)
