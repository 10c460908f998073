"""Server time as a device tells it (docs/protocol.md, section 4), on a clock of its own that is wrong."""

import time
from collections import deque
from collections.abc import Callable

SAMPLES = 8
JUMP_MS = 5000
WINDOW_SECONDS = 60


def monotonic() -> float:
    """Milliseconds that never go back."""
    return time.monotonic() * 1000


class Clock:
    """One device's: a monotonic clock plus the greatest offset of the last few messages. All times are milliseconds."""

    __slots__ = ("_monotonic", "_samples", "_skew", "_wall")

    def __init__(
        self, skew: float, *, ticking: Callable[[], float] = monotonic, wall: Callable[[], float] | None = None
    ) -> None:
        """`skew`: how far the device's own clock is ahead of this machine's."""
        self._monotonic = ticking
        self._wall = wall or (lambda: time.time() * 1000)
        self._skew = skew
        self._samples: deque[float] = deque(maxlen=SAMPLES)

    def heard(self, now: float) -> None:
        """Learn from a message that the server stamped."""
        sample = now - self._monotonic()
        if self._samples and abs(sample - max(self._samples)) > JUMP_MS:
            self._samples.clear()
        self._samples.append(sample)

    def wall(self) -> float:
        """What the device itself takes for the time."""
        return self._wall() + self._skew

    def now(self) -> float:
        """Server time; the device's own until something was heard."""
        return self._monotonic() + max(self._samples) if self._samples else self.wall()

    def offset(self) -> int:
        """Server time minus the device's own."""
        return round(self.now() - self.wall()) if self._samples else 0


class Truth:
    """Server time as well as the whole fleet knows it: of all its messages in a minute the one with the shortest journey."""

    def __init__(self, *, ticking: Callable[[], float] = monotonic) -> None:
        self._monotonic = ticking
        self._best: deque[tuple[float, float]] = deque()
        """(when, offset), the offsets falling: a message that was later and truer makes earlier ones worthless."""

    def heard(self, now: float) -> None:
        """Learn from any device's message."""
        at = self._monotonic()
        sample = now - at
        while self._best and self._best[-1][1] <= sample:
            self._best.pop()
        self._best.append((at, sample))
        while self._best[0][0] < at - WINDOW_SECONDS * 1000:
            self._best.popleft()

    def now(self) -> float:
        """Server time, ms since 1970; this machine's until something was heard."""
        return self._monotonic() + self._best[0][1] if self._best else time.time() * 1000
