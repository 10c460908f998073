"""When a store is open: weekly hours and exceptions by date, read from text or JSON, answered for a moment.

Written in the store's own wall-clock time. An interval that ends at or before its start ends on the next day
("18:00-02:00"), and belongs to the day on which it begins: an exception for Saturday leaves Friday's late hours alone.
Where the clocks change, a time that comes twice means the first, and one that is skipped is as much later.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from server.core.errors import BadInput

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONGEST = 4_000
"""Characters of hours in text."""
MOST_EXCEPTIONS = 400
MOST_INTERVALS = 12
"""In one day."""
LOOK_AHEAD = 400
"""Days in which the next opening is looked for: more than a year, for a place open on one date alone."""

Interval = tuple[int, int]
"""Opening and closing in minutes after midnight; closing 1 to 1440, at or before opening when it is the next day's."""

_NAMES = {name[:length]: day for day, name in enumerate(
    ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
) for length in (2, 3, 4, 5, 9)}  # fmt: skip
_TIME = re.compile(r"([0-9]{1,2})[:.]([0-9]{2})")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PART = re.compile(r"(24/7|(?:[a-z]+|[0-9-]{10})(?:\s*(?:,|-|\.\.)\s*(?:[a-z]+|[0-9-]{10}))*)(.*)", re.DOTALL)
_SHUT = ("closed", "shut", "-")
_ALL_DAY = ("24h", "24/7", "open")


class HoursError(BadInput):
    """Opening hours that cannot be read; says which part."""

    title = "Those hours cannot be read"


@dataclass(frozen=True, slots=True)
class Hours:
    """Opening hours: seven days from Monday, each with its intervals in order, and the dates that differ."""

    week: tuple[tuple[Interval, ...], ...]
    exceptions: Mapping[date, tuple[Interval, ...]] = field(default_factory=dict)

    def as_document(self) -> dict[str, dict[str, list[list[str]]]]:
        """For JSON: {"hours": {"mon": [["09:30", "20:00"]], ... "sun": []}, "exceptions": {"2026-12-25": []}}."""
        hours = {day: _written(intervals) for day, intervals in zip(DAYS, self.week, strict=True)}
        exceptions = {day.isoformat(): _written(self.exceptions[day]) for day in sorted(self.exceptions)}
        return {"hours": hours, "exceptions": exceptions}

    def on(self, day: date) -> tuple[Interval, ...]:
        """The intervals that begin on a date."""
        exception = self.exceptions.get(day)
        return self.week[day.weekday()] if exception is None else exception

    def open_at(self, moment: datetime, time_zone: str) -> bool:
        """Whether the store is open at an aware moment; open at the minute of opening, shut at that of closing."""
        zone = ZoneInfo(time_zone)
        today = moment.astimezone(zone).date()
        return any(start <= moment < end for start, end in self._spans(today, days=2, zone=zone))

    def next_opening(self, moment: datetime, time_zone: str) -> datetime | None:
        """When the store opens next, in UTC: `moment` itself if it is open; None if not within LOOK_AHEAD days."""
        zone = ZoneInfo(time_zone)
        moment = moment.astimezone(UTC)
        today = moment.astimezone(zone).date()
        spans = self._spans(today, days=LOOK_AHEAD, zone=zone)
        return next((max(start, moment) for start, end in spans if start < end and end > moment), None)

    def open_until(self, moment: datetime, time_zone: str) -> datetime | None:
        """When the store that is open at `moment` shuts, in UTC, through hours that follow without a gap; None if it is
        shut now, or does not shut within a week."""
        zone = ZoneInfo(time_zone)
        moment, until = moment.astimezone(UTC), None
        for start, end in self._spans(moment.astimezone(zone).date(), days=9, zone=zone):
            if start <= (until or moment) < end:
                until = end
        return until if until and until - moment < timedelta(days=7) else None

    def _spans(self, today: date, *, days: int, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
        """The open spans in UTC that begin yesterday (it may still be open from then) and on the days after."""
        for ahead in range(-1, days - 1):
            try:
                day = today + timedelta(days=ahead)
                for start, end in self.on(day):
                    yield _instant(day, start, zone), _instant(day, end if end > start else end + 1440, zone)
            except OverflowError:
                return


def parse(text: str) -> Hours:
    """Hours from text such as `mon-sat 09:30-20:00; sun 12:00-18:00; 2026-12-25 closed`.

    Parts are parted by semicolons, intervals of a day by commas; a later part replaces what an earlier one said for the
    same day. Days not named are closed. A date may be a span: `2026-12-25..2026-12-26 closed`. Raises HoursError.
    """
    if len(text) > LONGEST:
        raise HoursError(f"hours are longer than {LONGEST} characters")
    week: list[tuple[Interval, ...]] = [()] * 7
    exceptions: dict[date, tuple[Interval, ...]] = {}
    parts = [part.strip().lower() for part in re.sub(r"[\u2010-\u2015]", "-", text).split(";")]
    if not any(parts):
        raise HoursError("no hours")
    for part in filter(None, parts):
        days, intervals = _part(part)
        for day in days:
            if isinstance(day, date):
                exceptions[day] = intervals
            else:
                week[day] = intervals
    return _checked(week, exceptions)


def from_document(document: object) -> Hours:
    """Hours from JSON: what `as_document` gives, or its days and "exceptions" side by side. Raises HoursError."""
    if not isinstance(document, Mapping):
        raise HoursError('hours in JSON are an object such as {"mon": [["09:30", "20:00"]]}')
    days = document.get("hours", document.get("weekly", document))
    exceptions = document.get("exceptions") or {}
    if not isinstance(days, Mapping) or not isinstance(exceptions, Mapping):
        raise HoursError('"hours" and "exceptions" are objects')
    if unknown := [key for key in days if key not in DAYS and key != "exceptions"]:
        raise HoursError(f"{str(unknown[0])[:40]!r} is no day; days are {', '.join(DAYS)}")
    week = [_listed(days.get(day) or []) for day in DAYS]
    return _checked(week, {_date(str(day)): _listed(found) for day, found in exceptions.items()})


def _part(part: str) -> tuple[list[int | date], tuple[Interval, ...]]:
    """The days of "mon-fri,sun 09:00-13:00, 14:00-18:00" and its intervals."""
    match = _PART.match(part)
    if not match:
        raise HoursError(f"{part[:40]!r} does not begin with a day or a date")
    days, times = match[1], match[2].strip(" :")
    if days == "24/7":
        return list(range(7)), ((0, 1440),)
    named = [day for item in days.split(",") for day in _days(item.strip(" :"))]
    return named, _intervals(times, part=part)


def _days(item: str) -> list[int | date]:
    if item in ("daily", "everyday"):
        return list(range(7))
    if _DATE.match(item):
        return _dates(item)
    first, _, last = (name.strip() for name in item.partition("-"))
    start, end = _weekday(first), _weekday(last or first)
    return [(start + ahead) % 7 for ahead in range((end - start) % 7 + 1)]


def _weekday(name: str) -> int:
    if name not in _NAMES:
        raise HoursError(f"{name[:40]!r} is no day; days are {', '.join(DAYS)} or a date such as 2026-12-25")
    return _NAMES[name]


def _dates(item: str) -> list[int | date]:
    first, _, last = (text.strip() for text in item.partition(".."))
    start = _date(first)
    days = (_date(last or first) - start).days
    if not 0 <= days < MOST_EXCEPTIONS:
        raise HoursError(f"{item[:40]!r} ends before it begins, or is longer than {MOST_EXCEPTIONS} days")
    return [start + timedelta(days=ahead) for ahead in range(days + 1)]


def _date(text: str) -> date:
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise HoursError(f"{text[:40]!r} is no date; write it as 2026-12-25")


def _intervals(text: str, *, part: str) -> tuple[Interval, ...]:
    if text in _SHUT:
        return ()
    if text in _ALL_DAY:
        return ((0, 1440),)
    if not text:
        raise HoursError(f"{part[:40]!r} has no times; write 09:30-20:00 or closed")
    pairs = [re.split(r"\s*(?:-|to)\s*", item.strip()) for item in re.split(r",|\s+and\s+", text)]
    return tuple(_interval(pair) for pair in pairs)


def _listed(found: object) -> tuple[Interval, ...]:
    if not isinstance(found, list | tuple):
        raise HoursError('a day is a list of pairs such as [["09:30", "20:00"]]')
    return tuple(_interval(pair) for pair in found)


def _interval(pair: object) -> Interval:
    if not isinstance(pair, list | tuple) or len(pair) != 2:
        raise HoursError(f"{str(pair)[:40]!r} is no pair of times; write 09:30-20:00")
    start, end = (_minutes(str(text)) for text in pair)
    if start == end or start == 1440:
        raise HoursError(f"{pair[0]}-{pair[1]} opens and closes at once; for all day write 00:00-24:00")
    return start, end or 1440


def _minutes(text: str) -> int:
    match = _TIME.fullmatch(text)
    minutes = int(match[1]) * 60 + int(match[2]) if match and int(match[2]) < 60 else -1
    if not 0 <= minutes <= 1440:
        raise HoursError(f"{text[:40]!r} is no time of day; write it as 09:30")
    return minutes


def _checked(week: list[tuple[Interval, ...]], exceptions: dict[date, tuple[Interval, ...]]) -> Hours:
    if len(exceptions) > MOST_EXCEPTIONS:
        raise HoursError(f"more than {MOST_EXCEPTIONS} dates with hours of their own")
    return Hours(tuple(map(_sorted, week)), {day: _sorted(found) for day, found in exceptions.items()})


def _sorted(intervals: tuple[Interval, ...]) -> tuple[Interval, ...]:
    intervals = tuple(sorted(intervals))
    if len(intervals) > MOST_INTERVALS:
        raise HoursError(f"more than {MOST_INTERVALS} intervals in a day")
    for (start, end), (following, _) in zip(intervals, intervals[1:], strict=False):
        if following < (end if end > start else end + 1440):
            raise HoursError(f"{_text(start)}-{_text(end)} overlaps with what opens at {_text(following)}")
    return intervals


def _written(intervals: tuple[Interval, ...]) -> list[list[str]]:
    return [[_text(start), _text(end)] for start, end in intervals]


def _text(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _instant(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    day += timedelta(days=minutes // 1440)
    return datetime.combine(day, time(minutes % 1440 // 60, minutes % 60), tzinfo=zone).astimezone(UTC)
