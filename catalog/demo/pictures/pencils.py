"""Pencils, pens and brushes: long things drawn upright and then laid across the frame."""

from __future__ import annotations

import math
import random

from PIL import ImageChops

from catalog.demo.pictures.lathe import around, turned
from catalog.demo.pictures.outline import line, path, ribbon
from catalog.demo.pictures.studio import GOLD, INK, Studio

WOOD = "#d9b083"


def pencil(s: Studio, kind: str) -> None:
    """Two pencils lying side by side across a scribble, one showing its point."""
    _scribble(s, kind)
    for point_up, to in ((False, (610, 560)), (True, (390, 450))):
        p = Studio(s.size)
        _upright(p, point_up)
        shadow = Studio(s.size)
        shadow.merge(p, angle=42, to=to)
        solid = shadow.solid()
        s.shade(s.blur(s.moved(solid, 14, 22), 12), 0.36)
        s.layers += shadow.layers


def liner(s: Studio, _: str) -> None:
    """A liner pen with its cap off, and the wing that it has drawn."""
    flick = ribbon(line("90 792 230 716 400 664 560 604 720 500 905 330"), (3, 26, 40, 34, 18, 1))
    s.coat(s.mask(flick), 100, "own:-0.08:1:0", "satin")
    s.light(s.blur(s.mask(ribbon(line("240 706 400 656 540 604"), (1, 5, 1))), 2), 0.28)
    p = Studio(s.size)
    turned(
        p,
        500,
        ((130, 48), (142, 54), (560, 54)),
        flutes=18,
        colour=INK,
        light="gloss",
        surface="gloss",
        top=None,
        depth=18,
    )
    turned(p, 500, ((545, 57), (600, 57)), colour=GOLD, top=None)
    turned(p, 500, ((600, 50), (690, 44), (790, 18)), colour=INK, light="gloss", surface="gloss", top=None)
    tip = p.mask(path("M 484 782 L 499 960 L 502 960 L 516 782 Z"))
    p.coat(tip, around(p, 500, ((780, 18), (960, 2)), "satin"), surface="satin")
    p.rim(tip, 2.5, 1, 0.8, 0.5)
    p.rim(tip, -2.5, 1, 0.8, 0.3)
    _laid(s, p, angle=34, to=(520, 440), scale=1.1)
    c = Studio(s.size)
    turned(
        c,
        500,
        ((320, 48), (332, 54), (660, 54)),
        flutes=18,
        colour=INK,
        light="gloss",
        surface="gloss",
        top=None,
        depth=18,
    )
    turned(c, 500, ((640, 56), (680, 56)), colour=GOLD, top=None)
    _laid(s, c, angle=63, to=(720, 800), scale=1.1)


def brush(s: Studio, kind: str) -> None:
    """A make-up brush lying from lower left to upper right."""
    b = Studio(s.size)
    if kind == "face":
        turned(
            b,
            500,
            ((470, 46), (560, 50), (700, 40), (900, 20), (950, 12)),
            colour=INK,
            light="gloss",
            surface="gloss",
            top=None,
        )
        turned(b, 500, ((330, 66), (400, 62), (478, 48)), colour=GOLD, top=None)
        _hair(b, 40, 342, 64, 132, 0.42)
    else:
        turned(
            b,
            500,
            ((420, 34), (520, 37), (700, 28), (940, 12), (960, 8)),
            colour=INK,
            light="gloss",
            surface="gloss",
            top=None,
        )
        turned(b, 500, ((250, 44), (330, 40), (428, 36)), colour=GOLD, top=None)
        _hair(b, 50, 260, 43, 72, 0.66)
    for y in (0.25, 0.4):
        top = 342 if kind == "face" else 262
        turned(b, 500, ((top + y * 120, 64 - y * 20 if kind == "face" else 44 - y * 8),) * 2, colour=GOLD, top=None)
    _laid(s, b, angle=38, to=(500, 500), scale=1.2 if kind == "face" else 1.28)


def _laid(s: Studio, part: Studio, *, angle: float, to: tuple[float, float], scale: float) -> None:
    out = Studio(s.size)
    out.merge(part, angle=angle, scale=scale, to=to)
    solid = out.solid()
    s.shade(s.blur(s.moved(solid, 16, 26), 14), 0.36)
    s.layers += out.layers


def _upright(p: Studio, point_up: bool) -> None:
    """A hexagonal pencil about x = 500, its point at the top, or its gilded end."""
    r = 66
    top = 250 if point_up else 60
    body = p.mask(((500 - r, top), (500 + r, top), (500 + r, 900), (500 - r, 900)))
    facets = (
        (0, 96),
        (0.035, 110),
        (0.25, 122),
        (0.262, 236),
        (0.30, 214),
        (0.5, 152),
        (0.725, 146),
        (0.738, 88),
        (1, 64),
    )
    p.coat(body, p.gradient(facets, (500 - r, 0), (500 + r, 0)), surface="gloss")
    for x, strength in ((500 - r * 0.47, 0.5), (500 + r * 0.48, 0.14)):
        p.light(p.blur(p.mask(((x - 2, top), (x + 2, top), (x + 2, 900), (x - 2, 900))), 1.4), strength)
    if not point_up:
        turned(p, 500, ((40, 64), (52, 70), (104, 70)), colour=GOLD, top=None)
        turned(p, 500, ((112, 69), (124, 69)), colour=GOLD, top=None)
        return
    cone = path("M 500 40 L 434 262 Q 450 236 466 258 Q 482 286 500 286 Q 518 286 534 258 Q 550 236 566 262 Z")
    p.coat(p.mask(cone), p.gradient(((0, 150), (0.3, 212), (0.6, 120), (1, 60)), (446, 0), (554, 0)), WOOD, "matte")
    grain = [line(f"{500 + d * 0.45:.1f} 130 {500 + d} 268") for d in (-40, -26, -8, 12, 30, 44)]
    p.shade(ImageChops.multiply(p.strokes(grain, 2), p.mask(cone)), 0.16, "#6b3a12")
    lead = p.mask(path("M 500 36 C 508 36 511 44 513 52 L 534 154 Q 500 172 466 154 L 487 52 C 489 44 492 36 500 36 Z"))
    p.coat(lead, around(p, 500, ((36, 6), (154, 34)), "satin"), surface="satin")
    for x, tip in ((430, 262), (500, 286)):
        p.light(p.blur(p.strokes([line(f"{x + 4} {tip - 2} {x + 35} {tip - 18}")], 2), 1), 0.1)


def _scribble(s: Studio, kind: str) -> None:
    rng = random.Random(kind)
    points = []
    for i in range(9):
        x = 560 + i * 32
        points.append(f"{x + rng.uniform(-8, 8):.0f} {930 - i * 6 + rng.uniform(-12, 12):.0f}")
        points.append(f"{x + 72 + rng.uniform(-8, 8):.0f} {730 - i * 8 + rng.uniform(-26, 26):.0f}")
    marks = s.mask(ribbon(line(" ".join(points)), (14, 24, 20, 26, 18, 22, 12)))
    s.coat(s.blur(marks, 5 if kind == "kohl" else 1), 128, "own:-0.07:1:0", "matte")


def _hair(b: Studio, top: float, foot: float, narrow: float, wide: float, waist: float) -> None:
    """Hair from ferrule to tip: pale at the root, the variant's colour towards the end."""
    mid = foot - (foot - top) * waist
    low = foot - (foot - mid) * 0.55
    outline = path(
        f"M {500 - narrow} {foot} C {500 - narrow - 6} {low} {500 - wide} {mid + 70} {500 - wide} {mid} "
        f"C {500 - wide} {(top + mid) / 2} {500 - wide * 0.5} {top} 500 {top} C {500 + wide * 0.5} {top} {500 + wide} {(top + mid) / 2} "
        f"{500 + wide} {mid} C {500 + wide} {mid + 70} {500 + narrow + 6} {low} {500 + narrow} {foot} Z"
    )
    mask = b.mask(outline)
    tone = around(b, 500, ((top, wide * 0.5), (mid, wide), (foot, narrow)), "matte")
    b.coat(mask, tone, "#efe4d8", "matte")
    fade = b.gradient(((0, 255), (0.45, 235), (0.8, 0), (1, 0)), (0, top), (0, foot))
    b.coat(ImageChops.multiply(mask, fade), tone, surface="cloth")
    rng = random.Random(wide)
    light, dark = [], []
    for i in range(90):
        u = rng.uniform(-1, 1)
        spread = math.copysign(abs(u) ** 0.9, u)
        start = top + (mid - top) * (1 - math.sqrt(max(0, 1 - spread * spread))) + rng.uniform(4, 50)
        points = line(
            f"{500 + wide * spread * 0.96} {start} {500 + wide * spread * 0.94} {mid} {500 + narrow * spread * 0.9} {foot}"
        )
        (light if i % 2 else dark).append(points)
    b.light(ImageChops.multiply(b.strokes(light, 1.6), mask), 0.16)
    b.shade(ImageChops.multiply(b.strokes(dark, 1.8), mask), 0.16)
    b.shade(
        ImageChops.multiply(
            b.blur(b.mask(((440, foot - 14), (560, foot - 14), (560, foot + 10), (440, foot + 10))), 8), mask
        ),
        0.5,
    )
