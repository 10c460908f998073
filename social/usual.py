"""What a feed usually says of a word: over several windows before this one and at the same time on earlier days.

A window in which the feed heard nobody says nothing and is left out. The level is the third quartile of the windows, so
that a word that comes back in every third or fourth is usual; a feed that hears more people than it usually does may
be expected to say each word more often, and the level grows with it.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

WINDOWS = 8
"""Windows right before this one."""
DAYS = 3
"""Earlier days of which the same window is looked at."""
_CALM, _MOST = 30, 8.0
"""People by which both crowds are taken for larger, so that a small feed's chance is no growth; the most that counts."""


@dataclass(frozen=True, slots=True)
class Usual:
    """`level` voices are usual, `expected` with the feed as large as it is now; `last`: those of the window before."""

    level: float = 0.0
    expected: float = 0.0
    windows: int = 0
    """How many were compared with."""
    last: int = 0
    growth: float = 1.0


NOTHING_BEFORE = Usual()


def spans(window: timedelta, now: datetime) -> list[tuple[datetime, datetime]]:
    """The windows to compare with, each without its beginning and with its end: the last first, then those of days."""
    found = [(now - (n + 1) * window, now - n * window) for n in range(1, WINDOWS + 1)]
    for day in range(1, DAYS + 1):
        end = now - timedelta(days=day)
        if end <= found[WINDOWS - 1][0]:
            found.append((end - window, end))
    return found


def usual(
    before: Iterable[tuple[datetime, str, Hashable]], *, crowd: int, window: timedelta, now: datetime
) -> Callable[[Hashable], Usual]:
    """What is usual of each key, from (moment, author, key) of what was said before; `crowd`: authors heard now."""
    windows = spans(window, now)
    authors: dict[Hashable, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    heard: dict[int, set[str]] = defaultdict(set)
    for at, author, key in before:
        for number in _holding(at, windows, window, now):
            authors[key][number].add(author)
            heard[number].add(author)
    counted = sorted(heard)
    growth = _growth(crowd, [len(heard[number]) for number in counted])

    def of(key: Hashable) -> Usual:
        if not counted:
            return NOTHING_BEFORE
        said = authors.get(key, {})
        level = quartile([len(said.get(number, ())) for number in counted])
        return Usual(level, level * growth, len(counted), len(said.get(0, ())), growth)

    return of


def _holding(
    at: datetime, windows: Sequence[tuple[datetime, datetime]], window: timedelta, now: datetime
) -> Iterable[int]:
    near = int((now - at) / window) - 1
    if 0 <= near < WINDOWS:
        # A moment at the very edge belongs to the later window's beginning, which that leaves out.
        return (near,)
    return (n for n, (start, end) in enumerate(windows[WINDOWS:], WINDOWS) if start < at <= end)


def quartile(levels: Sequence[int]) -> float:
    """The third quartile, between the two nearest."""
    ordered = sorted(levels)
    place = 0.75 * (len(ordered) - 1)
    low = int(place)
    return ordered[low] + (place - low) * (ordered[min(low + 1, len(ordered) - 1)] - ordered[low])


def _growth(crowd: int, before: Sequence[int]) -> float:
    if not before:
        return 1.0
    return min(_MOST, max(1.0, (crowd + _CALM) / (median(before) + _CALM)))
