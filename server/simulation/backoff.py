"""How long a device waits before it tries again: the player's rule (server/core/web/device/backoff.js)."""

from random import Random

RESTARTS = 1012
SPREAD = (0.5, 5.0)
"""All are told at once that the server restarts, and must not be back at once."""


def backoff(failures: int, chance: Random, *, base: float = 0.5, cap: float = 30) -> float:
    """Seconds: between half and the whole of what doubles with each failure in a row, from 1."""
    most = min(cap, base * 2 ** min(failures, 16))
    return most / 2 + chance.random() * most / 2


def pause(code: int | None, failures: int, chance: Random) -> float:
    """Seconds until a line is tried again, by the code with which the last one was closed (connection.js)."""
    if code == RESTARTS:
        return chance.uniform(*SPREAD)
    return backoff(failures, chance, base=5, cap=120) if code in (4401, 4429) else backoff(failures, chance)
