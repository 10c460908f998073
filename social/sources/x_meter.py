"""What reading X costs: posts of the UTC day, each counted once, times the price, up to a cap."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

REMEMBERED = 50_000
"""Posts of which is known that they were counted."""


@dataclass(frozen=True)
class XState:
    """What must outlive the process: the day's count, and how far X was heard (see Mark)."""

    day: date
    posts: int
    newest_id: str | None = None


class Meter:
    """Counts posts as X bills them: once for an id in a UTC day, whichever way it came.

    Ids are remembered in memory only, and the latest alone, so a restart or a flood counts a post anew that is read anew:
    never less than X bills.
    """

    def __init__(self, *, cap: int, price: Decimal) -> None:
        self.cap = cap
        self.price = price
        self.day = date.min
        self.posts = 0
        self._ids: OrderedDict[str, None] = OrderedDict()

    def restore(self, state: XState) -> None:
        """Go on from a count that was kept."""
        self.day, self.posts, self._ids = state.day, state.posts, OrderedDict()

    def count(self, post_id: str, now: datetime) -> None:
        """Note that a post was read."""
        self.turn(now)
        if post_id not in self._ids:
            self._ids[post_id] = None
            self.posts += 1
            if len(self._ids) > REMEMBERED:
                self._ids.popitem(last=False)

    def turn(self, now: datetime) -> None:
        """Begin anew if the UTC day has changed. A clock set back does not forget what was spent."""
        if now.astimezone(UTC).date() > self.day:
            self.day, self.posts, self._ids = now.astimezone(UTC).date(), 0, OrderedDict()

    def left(self, now: datetime) -> int:
        """Posts that may still be read today."""
        self.turn(now)
        return max(0, self.cap - self.posts)

    @property
    def spent(self) -> Decimal:
        """US dollars of the day. A post costs half a cent, so minor units would not do."""
        return self.posts * self.price

    def resumes_at(self) -> datetime:
        """The beginning of the next UTC day, in which reading may go on."""
        return datetime.combine(self.day + timedelta(days=1), time(), UTC)
