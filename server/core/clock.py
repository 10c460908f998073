"""What time it is: the one place that asks, so that a test can answer instead."""

import time
from datetime import UTC, datetime, timedelta


def now() -> datetime:
    """The current moment, aware, in UTC."""
    return datetime.now(UTC)


class Leaps:
    """Notices that the clock was set, or that the machine slept: what it says is then not what has passed.

    For work that takes something away because nothing was heard for a while: nobody was silent for an hour because the
    clock says so. It notices what happens between two questions, from its making on.
    """

    def __init__(self, least: timedelta = timedelta(seconds=30)) -> None:
        self._least, self._seen, self._leapt_at = least.total_seconds(), (time.monotonic(), now()), float("-inf")

    def within(self, span: timedelta) -> bool:
        """Whether it has happened in the time just past, as that has passed."""
        moment, told = time.monotonic(), now()
        if abs((told - self._seen[1]).total_seconds() - (moment - self._seen[0])) > self._least:
            self._leapt_at = moment
        self._seen = moment, told
        return moment - self._leapt_at < span.total_seconds()


def milliseconds() -> int:
    """The current moment as milliseconds since 1970, the unit of the live protocol."""
    return round(now().timestamp() * 1000)


def iso(moment: datetime | None) -> str | None:
    """ISO 8601 with a Z, to the millisecond; None stays None."""
    return None if moment is None else moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
