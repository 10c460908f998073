"""Outlines as text: a small part of SVG's path language (absolute M L C Q Z), smooth loops and mirrored halves."""

from __future__ import annotations

import math
import re
from functools import lru_cache

Point = tuple[float, float]
_STEPS = 18


@lru_cache(maxsize=4096)
def path(text: str) -> tuple[Point, ...]:
    """Points along a path of `M x y`, `L x y`, `C x1 y1 x2 y2 x y` and `Q x1 y1 x y`, in thousandths of the canvas."""
    points: list[Point] = []
    for command, body in re.findall(r"([MLCQ])([^MLCQZ]*)", text):
        n = [float(x) for x in re.findall(r"-?\d+(?:\.\d+)?", body)]
        step = {"M": 2, "L": 2, "Q": 4, "C": 6}[command]
        for i in range(0, len(n), step):
            _extend(points, list(zip(n[i : i + step : 2], n[i + 1 : i + step : 2], strict=True)))
    return tuple(points)


def mirrored(text: str, axis: float = 500) -> tuple[Point, ...]:
    """A symmetric outline from its left half, drawn from the top of the axis to its foot."""
    half = path(text)
    return half + tuple((2 * axis - x, y) for x, y in reversed(half))


def flipped(points: tuple[Point, ...], axis: float = 500) -> tuple[Point, ...]:
    """The same points on the other side of an upright axis."""
    return tuple((2 * axis - x, y) for x, y in points)


def loop(text: str) -> tuple[Point, ...]:
    """A smooth closed curve through the points given (Catmull-Rom)."""
    p = _pairs(text)
    n = len(p)
    return tuple(_spline(p[i - 1], p[i], p[(i + 1) % n], p[(i + 2) % n], k / 14) for i in range(n) for k in range(14))


def line(text: str) -> tuple[Point, ...]:
    """A smooth open curve through the points given."""
    p = _pairs(text)
    p = [p[0], *p, p[-1]]
    points = [_spline(*p[i : i + 4], k / 14) for i in range(len(p) - 3) for k in range(14)]
    return (*points, p[-1])


def ellipse(x: float, y: float, rx: float, ry: float, start: float = 0, end: float = 360) -> tuple[Point, ...]:
    """Points of an ellipse or an arc of it, degrees clockwise from the right."""
    angles = [math.radians(start + (end - start) * k / 72) for k in range(73)]
    return tuple((x + rx * math.cos(a), y + ry * math.sin(a)) for a in angles)


def rounded(x0: float, y0: float, x1: float, y1: float, r: float) -> tuple[Point, ...]:
    """A rectangle with round corners."""
    corners = ((x1 - r, y0 + r, 270), (x1 - r, y1 - r, 0), (x0 + r, y1 - r, 90), (x0 + r, y0 + r, 180))
    return tuple(p for x, y, a in corners for p in ellipse(x, y, r, r, a, a + 90)[::6])


def ribbon(points: tuple[Point, ...], widths: tuple[float, ...]) -> tuple[Point, ...]:
    """The outline of a stroke along points whose width runs through the widths given, from end to end."""
    left, right = [], []
    for i, (x, y) in enumerate(points):
        (ax, ay), (bx, by) = points[max(0, i - 1)], points[min(len(points) - 1, i + 1)]
        length = math.hypot(bx - ax, by - ay) or 1
        half = _along(widths, i / (len(points) - 1)) / 2
        nx, ny = -(by - ay) / length * half, (bx - ax) / length * half
        left.append((x + nx, y + ny))
        right.append((x - nx, y - ny))
    return (*left, *reversed(right))


def _pairs(text: str) -> list[Point]:
    n = [float(x) for x in re.findall(r"-?\d+(?:\.\d+)?", text)]
    return list(zip(n[::2], n[1::2], strict=True))


def _extend(points: list[Point], control: list[Point]) -> None:
    if len(control) == 1:
        points.append(control[0])
        return
    knots = [points[-1], *control]
    points += [_bezier(knots, k / _STEPS) for k in range(1, _STEPS + 1)]


def _bezier(knots: list[Point], t: float) -> Point:
    while len(knots) > 1:
        knots = [(a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t) for a, b in zip(knots, knots[1:], strict=False)]
    return knots[0]


def _spline(a: Point, b: Point, c: Point, d: Point, t: float) -> Point:
    def axis(p: float, q: float, r: float, s: float) -> float:
        return 0.5 * (2 * q + (r - p) * t + (2 * p - 5 * q + 4 * r - s) * t * t + (3 * q - p - 3 * r + s) * t**3)

    return axis(a[0], b[0], c[0], d[0]), axis(a[1], b[1], c[1], d[1])


def _along(values: tuple[float, ...], t: float) -> float:
    at = t * (len(values) - 1)
    i = min(int(at), len(values) - 2) if len(values) > 1 else 0
    return values[i] + (values[min(i + 1, len(values) - 1)] - values[i]) * (at - i)
