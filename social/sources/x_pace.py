"""How long to wait before connecting to X again, and how to say why."""

from datetime import datetime

from social.sources.x_client import Outcome

_PAUSE = frozenset({420, 429})
_WINDOW = 900
"""Seconds of X's rate limits: 50 connections are allowed in one."""


def backoff(outcome: Outcome, *, failures: int, now: datetime) -> float:
    """Seconds to wait after a connection that ended so, the `failures`th (from 1) in a row."""
    if outcome.crowded:  # no matter of X's window: it ends as soon as X notices
        return min(5 * 2 ** min(failures - 1, 10), 60)
    if outcome.status in _PAUSE:
        asked = (outcome.reset_at or 0) + 1 - now.timestamp()
        # A date beyond the window is a mistake, and must not silence us for years.
        return min(asked if asked > 0 else 30 * 2 ** min(failures, 5), _WINDOW + 60)
    if outcome.status is not None:
        return min(5 * 2 ** min(failures - 1, 10), 320)
    return min(2 ** min(failures - 1, 10), 60)


def words(outcome: Outcome) -> str:
    """How a connection ended, as a sentence without its full stop."""
    said = f" ({outcome.detail})" if outcome.detail else ""
    if outcome.status == 409:
        return "X has no rules to stream by: no feed listens for anything yet"
    if outcome.crowded:
        return f"X still holds another connection of this app{said}"
    if outcome.status in _PAUSE:
        return f"X asks for a pause{said}"
    if outcome.status is not None:
        return f"X answered {outcome.status}{said}"
    how = {"closed": "X closed the connection", "stalled": "The connection went silent"}
    return how.get(outcome.kind, "The connection was lost") + said
