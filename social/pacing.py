"""How fast posts are taken: a burst as it comes, and from then on so much a second, however much more there is.

Those who moderate and those who watch come first: in a flood they are left most of this process.
"""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Pace:
    """So much at once (`burst`), and so much `a_second` for good; posts, or seconds of work."""

    def __init__(self, *, burst: float, a_second: float) -> None:
        self._burst, self._a_second = burst, a_second
        self._left, self._at = burst, time.monotonic()

    def allows(self) -> bool:
        """Whether one more may be taken now; it counts as taken."""
        self.spend(0)
        if self._left < 1:
            return False
        self.spend(1)
        return True

    def spend(self, amount: float) -> None:
        """Note what was taken; it may be more than there is."""
        moment = time.monotonic()
        self._left, self._at = min(self._burst, self._left + (moment - self._at) * self._a_second) - amount, moment

    @contextmanager
    def work(self, *, longest: float) -> Iterator[None]:
        """Note how long something took, as so many seconds at most: whatever took longer was waiting for others."""
        began = time.monotonic()
        try:
            yield
        finally:
            self.spend(min(time.monotonic() - began, longest))

    async def turn(self) -> None:
        """Wait until nothing is owed."""
        self.spend(0)
        if self._left < 0:
            await asyncio.sleep(-self._left / self._a_second)
