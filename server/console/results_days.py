"""Days on the clocks of many places: which days a period has, and how a database tells the local day of a moment. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from server.core.errors import BadInput
from server.core.zones import known_zones

LONGEST = 92
"""Days in a period at most: a quarter."""
PERIODS = {"today": 1, "7": 7, "30": 30}


@dataclass(frozen=True)
class Period:
    """Days from `first` to `last`, both included, each as the clock of its own place counts them."""

    first: date
    last: date

    @property
    def days(self) -> tuple[str, ...]:
        """The days in ISO, in order."""
        return tuple((self.first + timedelta(days=n)).isoformat() for n in range((self.last - self.first).days + 1))

    def span(self, zone: str) -> tuple[datetime, datetime]:
        """When it begins and ends in a zone, in UTC."""
        return _start(self.first, zone), _start(self.last + timedelta(days=1), zone)


@dataclass(frozen=True)
class Stretch:
    """A part of a period in which a zone's clock is a constant number of seconds ahead of UTC."""

    start: datetime
    end: datetime
    ahead: int


def chosen(period: str, first: str, last: str, *, today: date) -> Period:
    """The period that somebody asked for: a number of days up to today, or two dates. Raises BadInput."""
    if not first and not last:
        days = PERIODS.get(period, PERIODS["7"])
        return Period(today - timedelta(days=days - 1), today)
    begin, end = _day(first or last), _day(last or first)
    if end < begin:
        begin, end = end, begin
    if (end - begin).days >= LONGEST:
        raise BadInput(f"A period has {LONGEST} days at most; this one has {(end - begin).days + 1}. Choose fewer.")
    return Period(begin, end)


def stretches(period: Period, zone: str) -> Iterator[Stretch]:
    """The period in pieces between changes of the clocks; most often there is one."""
    start, end = period.span(zone)
    while start < end:
        stop = _change(start, end, zone)
        yield Stretch(start, stop, _ahead(start, zone))
        start = stop


def day_of(column: str, stretch: Stretch, *, sqlite: bool) -> str:
    """SQL for the local day, in ISO, of a column of moments within a stretch."""
    if sqlite:
        return f"date({column}, '{stretch.ahead:+d} seconds')"
    return f"to_char(({column} AT TIME ZONE 'UTC') + interval '{stretch.ahead} seconds', 'YYYY-MM-DD')"


def known(zone: str) -> str:
    """The zone, or UTC for one that this machine does not know."""
    return zone if zone in known_zones() else "UTC"


def _day(text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"‘{text[:20]}’ is not a day; write one like 2026-11-22.") from None
    if not 2000 <= found.year <= 2200:
        raise BadInput("Choose days between 2000 and 2200.")
    return found


def _start(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def _ahead(moment: datetime, zone: str) -> int:
    offset = moment.astimezone(ZoneInfo(zone)).utcoffset()
    return int(offset.total_seconds()) if offset else 0


def _change(start: datetime, end: datetime, zone: str) -> datetime:
    """When the clocks change first after `start`; `end` when they do not before it."""
    ahead, low = _ahead(start, zone), start
    while low < end:
        high = min(low + timedelta(days=1), end)
        if _ahead(high, zone) != ahead and high < end:
            return _narrowed(low, high, ahead, zone)
        low = high
    return end


def _narrowed(low: datetime, high: datetime, ahead: int, zone: str) -> datetime:
    while high - low > timedelta(seconds=1):
        middle = (low + (high - low) / 2).replace(microsecond=0)
        low, high = (middle, high) if _ahead(middle, zone) == ahead else (low, middle)
    return high
