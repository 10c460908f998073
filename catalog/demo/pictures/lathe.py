"""Things turned on a lathe (cases, caps, bottles, handles): standing solids seen a little from above."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PIL import Image

from catalog.demo.pictures.outline import Point, ellipse
from catalog.demo.pictures.studio import Stops, Studio, strip_of

TILT = 0.15  # how round a circle looks from the camera's height

# How light falls across a round thing, from its left edge to its right.
LIGHT: dict[str, Stops] = {
    "matte": ((0, 100), (0.1, 152), (0.25, 200), (0.42, 162), (0.62, 118), (0.86, 78), (0.95, 88), (1, 120)),
    "satin": ((0, 92), (0.08, 138), (0.2, 205), (0.28, 214), (0.4, 152), (0.62, 116), (0.86, 72), (0.95, 86), (1, 122)),
    "gloss": ((0, 98), (0.07, 120), (0.14, 150), (0.17, 246), (0.25, 250), (0.29, 158), (0.45, 132), (0.66, 106),
              (0.82, 76), (0.87, 130), (0.93, 142), (0.96, 90), (1, 118)),
    "metal": ((0, 46), (0.05, 120), (0.1, 196), (0.17, 252), (0.26, 226), (0.38, 132), (0.5, 66), (0.62, 36), (0.72, 62),
              (0.83, 216), (0.89, 158), (0.96, 44), (1, 110)),
    "lacquer": ((0, 110), (0.06, 96), (0.13, 120), (0.16, 214), (0.22, 222), (0.26, 128), (0.45, 112), (0.7, 96),
                (0.85, 84), (0.9, 146), (0.95, 152), (1, 110)),
    "glass": ((0, 60), (0.05, 110), (0.1, 232), (0.15, 240), (0.19, 150), (0.4, 140), (0.7, 132), (0.84, 120), (0.9, 210),
              (0.94, 200), (0.97, 90), (1, 70)),
}  # fmt: skip


def turned(s: Studio, x: float, profile: Sequence[Point], *, light: str = "metal", flutes: int = 0, colour: str = "own",
           surface: str = "metal", top: int | None = 150, depth: int = 26) -> Image.Image:  # fmt: skip
    """Lay a solid of revolution about the upright x: `profile` is (y, radius) from top to bottom.

    `flutes` cuts that many grooves around it; `top` is the tone of its upper face (None: rounded off or hidden).
    Returns its mask.
    """
    (y0, r0), (y1, r1) = profile[0], profile[-1]
    left = [(x - r, y) for y, r in profile]
    right = [(x + r, y) for y, r in reversed(profile)]
    foot = ellipse(x, y1, r1, r1 * TILT, 180, 0)
    lid = ellipse(x, y0, r0, r0 * TILT, 360, 180)
    mask = s.mask((*left, *foot, *right, *lid))
    s.coat(mask, around(s, x, profile, light, flutes, depth), colour, surface)
    if top is not None:
        face = s.mask(ellipse(x, y0, r0, r0 * TILT))
        tone = s.gradient(((0, min(255, top + 55)), (0.5, top), (1, top - 30)), (x - r0, y0), (x + r0, y0))
        s.coat(face, tone, colour, surface)
        s.light(_bevel(s, x, y0, r0), 0.4)
    return mask


def _bevel(s: Studio, x: float, y: float, r: float) -> Image.Image:
    return s.stroke(ellipse(x, y, r - 1, (r - 1) * TILT, 20, 175), 1.6)


def around(s: Studio, x: float, profile: Sequence[Point], light: str, flutes: int = 0, depth: int = 26) -> Image.Image:
    """The tones of light on a round thing about the upright x, whose outline follows `profile`."""
    strip = _fluted(strip_of(LIGHT[light], 1024), flutes, depth) if flutes else strip_of(LIGHT[light], 1024)
    return wrapped(s, x, profile, strip)


def wrapped(s: Studio, x: float, profile: Sequence[Point], strip: Image.Image) -> Image.Image:
    """A row of 1024 tones stretched across `profile`, (y, half width) from top to bottom, about the upright x."""
    source = _held(strip)
    k = s.k
    ys = [
        profile[0][0] - profile[0][1] * TILT - 2,
        *(y for y, _ in profile),
        profile[-1][0] + profile[-1][1] * TILT + 2,
    ]
    rs = [profile[0][1], *(r for _, r in profile), profile[-1][1]]
    mesh = []
    for (ya, ra), (yb, rb) in zip(zip(ys, rs, strict=True), zip(ys[1:], rs[1:], strict=True), strict=False):
        top, bottom = round(ya * k), round(yb * k)
        if bottom > top:
            mesh.append(((0, max(0, top), s.size, min(s.size, bottom)), _quad(s, x, ra, rb)))
    blank = Image.new("L", (s.size, s.size), 128)
    return source.transform(blank.size, Image.Transform.MESH, mesh, Image.Resampling.BILINEAR)


def _held(strip: Image.Image) -> Image.Image:
    """The strip with its end tones held for its own width on both sides, so that an edge never falls off it."""
    wide = Image.new("L", (3072, 1), strip.getpixel((0, 0)))
    wide.paste(strip.getpixel((1023, 0)), (2048, 0, 3072, 1))
    wide.paste(strip, (1024, 0))
    return wide.resize((3072, 4))


def _quad(s: Studio, x: float, ra: float, rb: float) -> tuple[float, ...]:
    def across(pixel: float, r: float) -> float:
        return 1025 + (pixel / s.k - (x - r)) / (2 * max(r, 0.5)) * 1022

    return (across(0, ra), 1, across(0, rb), 3, across(s.size, rb), 3, across(s.size, ra), 1)


def _fluted(strip: Image.Image, flutes: int, depth: int) -> Image.Image:
    out = []
    for i, tone in enumerate(strip.tobytes()):
        u = max(-1.0, min(1.0, i / 511.5 - 1))
        phase = math.asin(u) / math.pi * flutes
        groove = math.cos(2 * math.pi * phase)
        side = math.sin(2 * math.pi * phase)
        out.append(max(0, min(255, round(tone + depth * (1.1 * groove - 0.9 * side - 0.5 * (groove < -0.55))))))
    return Image.frombytes("L", strip.size, bytes(out))
