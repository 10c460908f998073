"""Bars by day as values for SVG: heights, labels, and which days have no data. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

HEIGHT = 72.0
WIDTH = 320.0


@dataclass(frozen=True)
class Bar:
    """One day: where it stands, how high, and the part of it that is told apart; sizes in the chart's units."""

    x: float
    width: float
    height: float
    part: float
    label: str
    known: bool


@dataclass(frozen=True)
class Chart:
    """Bars of a period, with the highest value for scale."""

    bars: tuple[Bar, ...]
    most: int
    first: str
    last: str


def chart(days: Sequence[str], values: Sequence[int | None], *, unit: str, parts: Sequence[int | None] = ()) -> Chart:
    """Bars for values by day; `parts` are shares of them that are told apart, such as what was approved."""
    most = max((value for value in values if value is not None), default=0)
    step = WIDTH / max(1, len(days))
    gap = min(3.0, step * 0.18)
    bars = tuple(
        Bar(
            x=round(at * step + gap / 2, 2), width=round(step - gap, 2), height=_height(value, most),
            part=_height(parts[at] if parts else 0, most), known=value is not None,
            label=f"{written(day)}: " + ("no data" if value is None else f"{value:,} {unit}"),
        )
        for at, (day, value) in enumerate(zip(days, values, strict=True))
    )  # fmt: skip
    return Chart(bars, most, written(days[0]), written(days[-1]))


def written(day: str) -> str:
    """A day in few words: 7 Nov."""
    found = date.fromisoformat(day)
    return f"{found.day} {found:%b}"


def _height(value: int | None, most: int) -> float:
    if not value or not most:
        return 0.0
    return round(max(1.2, HEIGHT * value / most), 2)
