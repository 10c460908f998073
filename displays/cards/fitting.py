"""In which shapes of screen a card fits, and how large its text may be there: the geometry of cards.css in figures.

Lengths are in u (1 % of the stage's short side). A step is a size of the card's main text; the first is the largest.
"""

from collections.abc import Callable, Sequence

from displays.cards import measure, words
from displays.cards.draft import ItemView
from displays.cards.stage import CLASSES, Stage, tightest
from displays.cards.typeset import Copy

POST = (11.0, 9.0, 7.6, 6.5, 5.6, 4.8, 4.0)
HEADLINE = (14.0, 12.0, 10.5, 9.0, 7.8, 6.6)
RISING = (36.0, 31.0, 27.0, 23.0, 20.0, 17.0, 14.5, 12.0, 10.0, 8.5, 7.2, 6.0)

PAD = 6.0
QR = 17.0
PRICE = 26.0  # width of a price and the one before it
FACTS_RULE = 3.2  # the hairline over the item's part, and the air under it

Needs = Callable[[float, Stage], bool]


def fit(sizes: Sequence[float], fits: Needs) -> dict[str, int]:
    """For each shape in which the card fits the number of its step (from 1): the largest that fits its every stage."""
    steps = {}
    for shape in CLASSES:
        stages = tightest(shape)
        step = next((n for n, size in enumerate(sizes, 1) if all(fits(size, stage) for stage in stages)), None)
        if step is not None:
            steps[shape] = step
    return steps


def beside(stage: Stage, *, longest: bool = False) -> tuple[float, float]:
    """Width and height in u of the column beside (in portrait: under) the picture; `longest`: as the last step has it."""
    if stage.landscape:
        return stage.width * (0.58 if longest else 0.52) - PAD - 5, stage.height - 2 * PAD
    return stage.width - 2 * PAD, stage.height * (0.6 if longest else 0.54) - PAD - 5


def item_height(item: ItemView, width: float, name: float | None = 5.6) -> float:
    """The height in u of an item's facts beside its code: whose and what (`name` u high), price and shade, where."""
    column = width - QR - 4
    named = 4.3 + item.name.height(name, column) if name else 0
    together = item.shade.width(3.2) + PRICE <= column
    offer = 1 + 3.8 * 1.28 + (0 if together else item.shade.height(3.2, column))
    # The line of where to get it: in a wide column on one line, as long as the screen chooses its words.
    where = 3.1 * 1.32 * (1 if column >= 60 else 2)
    return max(QR, named + offer + 0.8 + where)


def merged(plain: dict[str, int], broken: dict[str, int], sizes: Sequence[float], gain: float) -> dict[str, int]:
    """A word on one line, unless breaking it makes it `gain` times as large: broken it is harder to read and to type."""
    better = {
        shape: step
        for shape, step in broken.items()
        if shape not in plain or sizes[step - 1] >= gain * sizes[plain[shape] - 1]
    }
    return {shape: better.get(shape, plain.get(shape, 0)) for shape in broken}


def stacked(*blocks: float, gap: float) -> float:
    """The height of blocks one under another; empty ones take neither room nor gap."""
    there = [block for block in blocks if block]
    return sum(there) + gap * max(0, len(there) - 1)


def longest_word(copy: Copy, size: float) -> float:
    """The width in u of the longest word: a headline is not cut within one."""
    every = (word for piece in copy.cut for word in words.shown(piece).split())
    return max((measure.width(word, copy.how) * size for word in every), default=0.0)
