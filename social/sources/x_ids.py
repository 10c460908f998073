"""X's ids, which begin with the time at which they were given out."""

from datetime import datetime

_EPOCH_MS = 1_288_834_974_657
_SERIAL_BITS = 22


def id_at(moment: datetime) -> str:
    """The smallest id that a post made at this moment can have."""
    return str(max(0, int(moment.timestamp() * 1000) - _EPOCH_MS) << _SERIAL_BITS)


def earlier(post_id: str, seconds: float) -> str:
    """The smallest id that a post made so long before this one can have."""
    return str(max(0, (int(post_id) >> _SERIAL_BITS) - round(seconds * 1000)) << _SERIAL_BITS)
