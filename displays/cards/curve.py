"""A trend's curve as a quiet graphic: a smooth line over a soft area, with a point where it stands now."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 1000.0, 300.0


@dataclass(frozen=True)
class Curve:
    """SVG path data in a box of WIDTH by HEIGHT; `now` is a point at its end."""

    line: str
    area: str
    now: str


def curve(values: Sequence[float]) -> Curve | None:
    """The curve of counts in equal steps of time, oldest first; None if there are too few to make one."""
    if len(values) < 3 or max(values) <= 0:
        return None
    top, step = max(values), WIDTH / (len(values) - 1)
    points = [(n * step, HEIGHT * (1 - max(0.0, value) / top)) for n, value in enumerate(values)]
    line = f"M{points[0][0]:.1f} {points[0][1]:.1f}" + "".join(_bends(points))
    return Curve(
        line, f"{line}L{WIDTH:.1f} {HEIGHT:.1f}L0 {HEIGHT:.1f}Z", f"M{points[-1][0]:.1f} {points[-1][1]:.1f}h0.01"
    )


def _bends(points: list[tuple[float, float]]) -> list[str]:
    # Control points level with their own ends: the line never overshoots what was counted.
    bends = []
    for (x0, y0), (x1, y1) in zip(points, points[1:], strict=False):
        middle = (x0 + x1) / 2
        bends.append(f"C{middle:.1f} {y0:.1f} {middle:.1f} {y1:.1f} {x1:.1f} {y1:.1f}")
    return bends
