"""X's ids, which begin with the time at which they were given out."""

from datetime import datetime

_EPOCH_MS = 1_288_834_974_657


def id_at(moment: datetime) -> str:
    """The smallest id that a post made at this moment can have."""
    return str(max(0, int(moment.timestamp() * 1000) - _EPOCH_MS) << 22)
