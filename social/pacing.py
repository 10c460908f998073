"""How fast posts are taken: a burst as it comes, and from then on so many a second, however many more there are.

Those who moderate and those who watch come first: in a flood they are left most of this process.
"""

import asyncio
import time


class Pace:
    """So many at once (`burst`), and so many `a_second` for good."""

    def __init__(self, *, burst: int, a_second: float) -> None:
        self._burst, self._a_second = burst, a_second
        self._left, self._at = float(burst), time.monotonic()

    def allows(self) -> bool:
        """Whether one more may be taken now; it counts as taken."""
        self._pass_time()
        if self._left < 1:
            return False
        self._left -= 1
        return True

    async def turn(self) -> None:
        """Wait until one more may be taken; who asks first is first."""
        self._pass_time()
        self._left -= 1
        if self._left < 0:
            await asyncio.sleep(-self._left / self._a_second)

    def _pass_time(self) -> None:
        moment = time.monotonic()
        self._left, self._at = min(self._burst, self._left + (moment - self._at) * self._a_second), moment
