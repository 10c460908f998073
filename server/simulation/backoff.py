"""How long a device waits before it tries again: the player's rule (server/core/web/device/backoff.js)."""

from random import Random


def backoff(failures: int, chance: Random, *, base: float = 0.5, cap: float = 30) -> float:
    """Seconds: between half and the whole of what doubles with each failure in a row, from 1."""
    most = min(cap, base * 2 ** min(failures, 16))
    return most / 2 + chance.random() * most / 2
