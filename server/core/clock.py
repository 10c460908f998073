"""What time it is: the one place that asks, so that a test can answer instead."""

from datetime import UTC, datetime


def now() -> datetime:
    """The current moment, aware, in UTC."""
    return datetime.now(UTC)


def milliseconds() -> int:
    """The current moment as milliseconds since 1970, the unit of the live protocol."""
    return round(now().timestamp() * 1000)


def iso(moment: datetime | None) -> str | None:
    """ISO 8601 with a Z, to the millisecond; None stays None."""
    return None if moment is None else moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
