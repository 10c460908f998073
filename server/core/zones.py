"""Time zones that this machine knows. Asking for them reads hundreds of files, so it is done once."""

from datetime import UTC, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, available_timezones


@cache
def known_zones() -> frozenset[str]:
    """The names of the IANA time zones of this machine."""
    return frozenset(available_timezones())


def zone_of(name: str) -> tzinfo:
    """The zone of that name; UTC for a name that this machine does not know."""
    return ZoneInfo(name) if name in known_zones() else UTC
