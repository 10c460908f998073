"""Whether a screen has what was changed: the one judgement that the red button and withdrawals are counted by."""

from collections.abc import Mapping
from typing import Protocol

from displays.models import Screen, ScreenReport


class Bumping(Protocol):
    """A row that keeps where the loops stood just before the change that it stands for, by topic."""

    bumped: dict[str, int]


def keep_bumped(row: Bumping, numbers: Mapping[str, int]) -> None:
    """Keep the numbers before those that this transaction has given: what others did meanwhile is not the change."""
    row.bumped = {name: numbers[name] - 1 if name in numbers else before for name, before in row.bumped.items()}


def confirmed(screen: Screen, report: ScreenReport | None, bumped: Mapping[str, int], *, epoch: str) -> bool:
    """Whether it has applied a version of its loop that is newer than the one in `bumped`, in the history named `epoch`.

    Of a loop that was not there then, every version is newer.
    """
    name = f"loop:{screen.loop_key}"
    applied = report.applied.get(name) if report else None
    return applied is not None and applied[0] == epoch and applied[1] > bumped.get(name, 0)
