"""The house's mark (an A whose crossbar is an alkanet flower) and its wordmark, as geometry of our own: no font needed."""

from __future__ import annotations

import math
from collections.abc import Sequence

from catalog.demo.pictures.outline import Point, ellipse

Outline = tuple[Point, ...]
_THICK, _THIN = 0.150, 0.042


def flower(x: float, y: float, r: float) -> list[Outline]:
    """Five round petals about an open eye."""
    turns = [math.radians(-90 + 72 * i) for i in range(5)]
    return [ellipse(x + math.cos(a) * r * 0.62, y + math.sin(a) * r * 0.62, r * 0.40, r * 0.40) for a in turns]


def monogram(x: float, y: float, height: float) -> list[Outline]:
    """The mark, centred on (x, y): two strokes of an A and the flower between them."""
    top, foot, w = y - height / 2, y + height / 2, height * 0.40
    thin = _bar((x, top), (x - w, foot), height * _THIN)
    thick = _bar((x - height * 0.012, top), (x + w, foot), height * _THICK)
    serifs = [_serif(x - w, foot, height * 0.13, height), _serif(x + w, foot, height * 0.19, height)]
    return [thin, thick, *serifs, *flower(x - height * 0.012, y + height * 0.225, height * 0.155)]


def wordmark(text: str, x: float, y: float, height: float) -> list[Outline]:
    """Spaced capitals of ALKANET ROW (its letters only), the first at x, standing on y + height / 2."""
    shapes: list[Outline] = []
    for letter in text:
        shapes += [tuple((x + px * height, y + (py - 0.5) * height) for px, py in o) for o in _letter(letter)]
        x += (_WIDTHS[letter] + 0.26) * height
    return shapes


def word_width(text: str, height: float) -> float:
    """Width of a wordmark from its first stroke to its last."""
    return (sum(_WIDTHS[letter] + 0.26 for letter in text) - 0.26) * height


_WIDTHS = {"A": 0.86, "L": 0.52, "K": 0.72, "N": 0.80, "E": 0.54, "T": 0.66, "R": 0.64, "O": 0.98, "W": 1.20, " ": 0.30}
T, t = _THICK, _THIN
_BARS: dict[str, Sequence[tuple[Point, Point, float]]] = {
    "A": (((0.42, 0), (0.02, 1), t), ((0.40, 0), (0.80, 1), T), ((0.17, 0.66), (0.66, 0.66), t)),
    "L": (((0.075, 0), (0.075, 1), T), ((0, 0.98), (0.52, 0.98), t)),
    "K": (((0.075, 0), (0.075, 1), T), ((0.64, 0), (0.10, 0.58), t), ((0.30, 0.38), (0.66, 1), T)),
    "N": (((0.02, 0), (0.02, 1), t), ((0.06, 0), (0.74, 1), T), ((0.78, 0), (0.78, 1), t)),
    "E": (((0.075, 0), (0.075, 1), T), ((0, 0.02), (0.52, 0.02), t), ((0, 0.48), (0.42, 0.48), t), ((0, 0.98), (0.54, 0.98), t)),
    "T": (((0.33, 0), (0.33, 1), T), ((0, 0.02), (0.66, 0.02), t)),
    "R": (((0.075, 0), (0.075, 1), T), ((0.26, 0.50), (0.60, 1), T)),
    "W": (((0.04, 0), (0.34, 1), T), ((0.60, 0.06), (0.34, 1), t), ((0.60, 0.06), (0.88, 1), T), ((1.18, 0), (0.88, 1), t)),
    "O": (),
    " ": (),
}  # fmt: skip


def _letter(letter: str) -> list[Outline]:
    shapes = [_bar(a, b, width) for a, b, width in _BARS[letter]]
    if letter == "O":
        shapes.append(_ring(0.49, 0.5, 0.49, 0.51, 0.34, 0.47))
    if letter == "R":
        shapes.append(_arc(0.16, 0.255, 0.42, 0.255, 0.29, 0.213))
    return shapes


def _bar(a: Point, b: Point, width: float) -> Outline:
    # Ends are cut level, as letters are: width is measured across for uprights and slopes, upward for level bars.
    if abs(b[1] - a[1]) < 1e-6:
        return ((a[0], a[1] - width / 2), (b[0], b[1] - width / 2), (b[0], b[1] + width / 2), (a[0], a[1] + width / 2))
    half = width / 2 * math.hypot(b[0] - a[0], b[1] - a[1]) / abs(b[1] - a[1])
    return ((a[0] - half, a[1]), (a[0] + half, a[1]), (b[0] + half, b[1]), (b[0] - half, b[1]))


def _serif(x: float, y: float, half: float, height: float) -> Outline:
    return ((x - half, y - height * 0.028), (x + half, y - height * 0.028), (x + half, y), (x - half, y))


def _ring(x: float, y: float, rx: float, ry: float, inner_x: float, inner_y: float) -> Outline:
    return ellipse(x, y, rx, ry, -90, 270) + ellipse(x, y, inner_x, inner_y, 270, -90)


def _arc(x: float, y: float, rx: float, ry: float, inner_x: float, inner_y: float) -> Outline:
    outer = ((x - 0.1, y - ry), *ellipse(x, y, rx, ry, -90, 90), (x - 0.1, y + ry))
    inner = ((x - 0.1, y + inner_y), *ellipse(x, y, inner_x, inner_y, 90, -90), (x - 0.1, y - inner_y))
    return outer + inner
