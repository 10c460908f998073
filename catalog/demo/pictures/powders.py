"""Pressed and poured colour seen from above or half above: palette, single pan, compact, balm tin, cream pot."""

from __future__ import annotations

import math
import random

from PIL import Image, ImageChops

from catalog.demo.pictures.cloth import Folds, relief
from catalog.demo.pictures.mark import flower, monogram, word_width, wordmark
from catalog.demo.pictures.outline import Point, ellipse, line, ribbon, rounded
from catalog.demo.pictures.studio import GOLD, INK, OWN, Studio

# The five pans of a palette: change of lightness, chroma, hue, and finish.
PANS = (("own:0.22:0.45:0", "matte"), ("own:0.1:0.8:14", "satin"), ("own", "matte"), ("own:-0.14:0.9:-10", "satin"),
        ("own:0.12:0.9:30", "metal"))  # fmt: skip


def palette(s: Studio, _: str) -> None:
    """Five pans in a row under an open mirrored lid, seen from above."""
    lid, tray = rounded(45, 90, 955, 478, 30), rounded(45, 486, 955, 915, 30)
    both = s.mask(lid, tray)
    s.shade(s.blur(s.moved(both, 12, 20), 14), 0.36)
    for part, (y0, y1) in ((lid, (90, 478)), (tray, (486, 915))):
        mask = s.mask(part)
        s.coat(mask, s.gradient(((0, 178), (0.3, 128), (1, 92)), (45, y0), (955, y1)), INK, "gloss")
        s.rim(mask, 3, 3, 1.2, 0.6)
        s.rim(mask, -2, -3, 1.2, 0.2)
    for x in (200, 800):
        s.coat(
            s.mask(rounded(x - 70, 468, x + 70, 496, 12)),
            s.gradient(((0, 120), (0.3, 240), (0.6, 90), (1, 60)), (0, 468), (0, 496)),
            GOLD,
            "metal",
        )
    _mirror(s, s.mask(rounded(80, 122, 920, 446, 14)), (80, 122, 920, 446))
    for i, (colour, surface) in enumerate(PANS):
        x0 = 80 + i * 170
        _well(
            s,
            rounded(x0, 530, x0 + 158, 812, 14),
            rounded(x0 + 6, 536, x0 + 152, 806, 10),
            colour,
            surface,
            (x0, 530, x0 + 158, 812),
        )
    mark = s.mask(*wordmark("ALKANET ROW", 500 - word_width("ALKANET ROW", 26) / 2, 862, 26))
    s.coat(mark, s.gradient(((0, 210), (0.5, 150), (1, 200)), (300, 0), (700, 0)), GOLD, "metal")


def pan(s: Studio, _: str) -> None:
    """One large pan from above, worn at the edge, with a swipe of its colour and a few crumbs."""
    swipe = s.mask(ribbon(line("470 880 620 846 760 800 930 700"), (70, 120, 108, 20)))
    grain = _grain(s)
    s.coat(
        ImageChops.multiply(s.blur(swipe, 4), grain.point(lambda v: min(255, v * 1.55))), 128, "own:-0.09:1:0", "matte"
    )
    _disc(s, 445, 445, 398)
    _crumbs(s, 760, 700, 26, 120)


def _disc(s: Studio, x: float, y: float, r: float) -> None:
    whole = s.mask(ellipse(x, y, r, r))
    s.shade(s.blur(s.moved(whole, 12, 20), 14), 0.4)
    s.coat(
        whole,
        s.gradient(((0, 250), (0.25, 190), (0.5, 90), (0.75, 60), (1, 170)), (x - r, y - r), (x + r, y + r)),
        GOLD,
        "metal",
    )
    s.coat(
        s.mask(ellipse(x, y, r - 14, r - 14)),
        s.gradient(((0, 50), (0.5, 100), (1, 235)), (x - r, y - r), (x + r, y + r)),
        GOLD,
        "metal",
    )
    powder = s.mask(ellipse(x, y, r - 24, r - 24))
    s.coat(powder, _powder(s, x, y, r - 24), surface="satin")
    s.core(powder, 12, 16, 12, 0.42)
    _emboss(s, monogram(x, y, r * 0.72), powder)
    _rows(s, x, y, r - 24, powder)


def _rows(s: Studio, x: float, y: float, r: float, powder: Image.Image) -> None:
    """The house's rows: fine ridges around the rim."""
    rays = []
    for i in range(96):
        a = 2 * math.pi * i / 96
        rays.append(
            (
                (x + math.cos(a) * r * 0.80, y + math.sin(a) * r * 0.80),
                (x + math.cos(a) * r * 0.93, y + math.sin(a) * r * 0.93),
            )
        )
    mask = s.strokes(rays, 5)
    s.light(ImageChops.multiply(s.moved(mask, 2, 3), powder), 0.22)
    s.shade(ImageChops.multiply(mask, powder), 0.24)


def compact(s: Studio, kind: str) -> None:
    """A round compact standing open: mirror behind, powder in front."""
    s.ground(484, 776, 372, 150, strength=0.55)
    lid = s.mask(ellipse(500, 318, 396, 276))
    s.coat(
        s.mask(ellipse(500, 330, 400, 280)),
        s.gradient(((0, 200), (0.5, 110), (1, 70)), (100, 0), (900, 0)),
        INK,
        "gloss",
    )
    s.coat(lid, s.gradient(((0, 250), (0.3, 170), (0.6, 70), (1, 200)), (100, 60), (900, 580)), GOLD, "metal")
    glass = s.mask(ellipse(500, 318, 380, 262))
    _mirror(s, glass, (120, 56, 880, 580))
    s.core(glass, 8, 10, 8, 0.5)
    hinge = s.mask(rounded(420, 566, 580, 606, 14))
    s.coat(hinge, s.gradient(((0, 110), (0.35, 240), (0.7, 90), (1, 50)), (0, 566), (0, 606)), GOLD, "metal")
    side = s.mask(
        ellipse(500, 770, 432, 190), ((68, 715), (932, 715), (932, 770), (68, 770)), ellipse(500, 715, 432, 190)
    )
    stops = ((0, 98), (0.06, 130), (0.12, 226), (0.2, 232), (0.27, 140), (0.6, 108), (0.86, 80), (0.92, 150), (1, 110))
    s.coat(side, s.gradient(stops, (68, 0), (932, 0)), INK, "gloss")
    s.coat(
        s.mask(ellipse(500, 752, 432, 190), ellipse(500, 715, 432, 190)),
        s.gradient(((0, 90), (0.15, 245), (0.4, 150), (0.6, 60), (0.85, 220), (1, 70)), (68, 0), (932, 0)),
        GOLD,
        "metal",
    )
    s.coat(
        s.mask(ellipse(500, 742, 432, 190), ellipse(500, 715, 432, 190)),
        s.gradient(stops, (68, 0), (932, 0)),
        INK,
        "gloss",
    )
    top = s.mask(ellipse(500, 715, 432, 190))
    s.coat(top, s.gradient(((0, 190), (0.5, 130), (1, 100)), (100, 560), (900, 860)), INK, "gloss")
    s.rim(top, 2, 3, 1.2, 0.5)
    s.rim(top, 0, -3, 1.2, 0.3)
    s.coat(
        s.mask(ellipse(500, 715, 352, 152)),
        s.gradient(((0, 60), (0.5, 120), (1, 245)), (200, 600), (800, 820)),
        GOLD,
        "metal",
    )
    _pressed(s, kind)


def _pressed(s: Studio, kind: str) -> None:
    powder = s.mask(ellipse(500, 720, 340, 144))
    surface = "satin" if kind == "highlight" else "matte"
    flat = Studio(s.size)
    mask = flat.mask(ellipse(500, 500, 340, 340))
    flat.coat(mask, _powder(flat, 500, 500, 340), surface=surface)
    _emboss(flat, flower(500, 500, 210), mask)
    _rows(flat, 500, 500, 340, mask)
    s.squash(flat, 144 / 340, (500, 720))
    s.core(powder, 6, 10, 8, 0.5)
    if kind == "highlight":
        s.light(
            ImageChops.multiply(s.blur(s.mask(ribbon(line("250 690 420 640 640 650"), (4, 60, 4))), 26), powder), 0.55
        )


def tin(s: Studio, _: str) -> None:
    """A low balm tin, its lid leaned behind it."""
    _lid(s, 640, 400, 318)
    _drum(s, 430, 700, 385, 0.46, 96)
    balm = s.mask(ellipse(430, 700, 346, 156))
    s.coat(balm, s.gradient(((0, 196), (0.35, 140), (0.7, 116), (1, 134)), (130, 570), (720, 840)), surface="satin")
    s.core(balm, 8, 16, 12, 0.5)
    swipe = (
        Folds([line("210 720 340 776 520 766 640 700")], (6, 74, 66, 4), 16, -1.7),
        Folds([line("560 770 640 742 690 690")], (2, 30, 2), 9, 0.9),
    )
    s.coat(balm, relief(s, balm, swipe, puff=24, wide=50, gain=1.2), surface="satin")
    s.core(balm, 8, 14, 12, 0.4)
    s.light(ImageChops.multiply(s.blur(s.mask(ribbon(line("170 694 270 622 420 590"), (2, 20, 3))), 6), balm), 0.6)


def pot(s: Studio, _: str) -> None:
    """A glass pot of cream shadow with a fingertip's swirl, its lid leaned behind it."""
    _lid(s, 650, 380, 300)
    x, y, r = 420, 640, 372
    s.ground(x, 838, r * 0.92, 112, strength=0.55)
    side = s.mask(
        ellipse(x, 800, r - 10, 140),
        ((x - r, y), (x + r, y), (x + r - 10, 800), (x - r + 10, 800)),
        ellipse(x, y, r, 165),
    )
    stops = ((0, 90), (0.04, 180), (0.09, 240), (0.14, 150), (0.5, 140), (0.88, 124), (0.93, 210), (1, 90))
    s.coat(side, s.gradient(stops, (x - r, 0), (x + r, 0)), "own:0.16:0.5:0", "glass")
    inside = s.mask(
        ellipse(x, 760, r - 48, 122), ((x - r + 44, y), (x + r - 44, y), (x + r - 48, 760), (x - r + 48, 760))
    )
    s.coat(inside, s.gradient(((0, 96), (0.2, 150), (0.6, 116), (1, 84)), (x - r, 0), (x + r, 0)), surface="metal")
    top = s.mask(ellipse(x, y, r, 165))
    s.coat(
        top, s.gradient(((0, 225), (0.4, 160), (1, 120)), (x - r, y - 100), (x + r, y + 100)), "own:0.2:0.4:0", "glass"
    )
    s.rim(top, 2, 4, 1.5, 0.8)
    s.rim(top, 0, -4, 1.5, 0.7)
    cream = s.mask(ellipse(x, y + 6, r - 44, 138))
    turns = [i * 0.09 for i in range(146)]
    spiral = tuple((x + math.cos(a) * (300 - a * 21), y + 8 + math.sin(a) * (300 - a * 21) * 0.40) for a in turns)
    folds = (Folds([spiral], (4, 40, 46, 40, 20), 9, 1.5), Folds([spiral], (2, 10, 10, 10, 6), 4, 0.7))
    s.coat(cream, relief(s, cream, folds, puff=20, wide=40, gain=1.25), surface="metal")
    s.light(ImageChops.multiply(s.blur(s.mask(ellipse(x - 110, y - 30, 120, 40)), 40), cream), 0.3)
    s.core(cream, 6, 12, 9, 0.5)
    s.light(ImageChops.multiply(s.blur(s.mask(rounded(x - r + 20, 690, x - r + 40, 850, 9)), 4), side), 0.7)


def _drum(s: Studio, x: float, y: float, r: float, ratio: float, deep: float) -> None:
    s.ground(x, y + deep - 14, r * 0.94, r * ratio * 0.94, strength=0.5)
    ry = r * ratio
    side = s.mask(
        ellipse(x, y + deep, r, ry),
        ((x - r, y), (x + r, y), (x + r, y + deep), (x - r, y + deep)),
        ellipse(x, y, r, ry),
    )
    stops = (
        (0, 60),
        (0.05, 130),
        (0.12, 240),
        (0.22, 226),
        (0.34, 140),
        (0.52, 70),
        (0.66, 50),
        (0.82, 214),
        (0.9, 130),
        (1, 50),
    )
    s.coat(side, s.gradient(stops, (x - r, 0), (x + r, 0)), GOLD, "metal")
    top = s.mask(ellipse(x, y, r, ry))
    s.coat(
        top, s.gradient(((0, 248), (0.3, 190), (0.6, 100), (1, 190)), (x - r, y - ry), (x + r, y + ry)), GOLD, "metal"
    )
    s.coat(
        s.mask(ellipse(x, y, r - 16, ry - 9)),
        s.gradient(((0, 40), (0.5, 110), (1, 240)), (x - r, y - ry), (x + r, y + ry)),
        GOLD,
        "metal",
    )


def _lid(s: Studio, x: float, y: float, r: float) -> None:
    """A round lid standing on its edge, leaned back, its lacquered face to us."""
    edge = s.mask(ellipse(x + 16, y + 6, r, r * 0.98))
    s.shade(s.blur(s.moved(edge, 18, 26), 18), 0.34)
    s.coat(edge, s.gradient(((0, 120), (0.5, 60), (0.8, 220), (1, 90)), (x - r, y), (x + r, y + 60)), GOLD, "metal")
    s.coat(
        s.mask(ellipse(x, y, r, r)),
        s.gradient(((0, 252), (0.3, 190), (0.6, 80), (1, 200)), (x - r, y - r), (x + r, y + r)),
        GOLD,
        "metal",
    )
    face = s.mask(ellipse(x, y, r - 12, r - 12))
    s.coat(face, s.gradient(((0, 190), (0.35, 140), (0.5, 128), (1, 88)), (x - r, y - r), (x + r, y + r)), INK, "gloss")
    sheen = s.mask(((x - r, y - r * 0.1), (x + r * 0.1, y - r), (x + r * 0.5, y - r), (x - r, y + r * 0.5)))
    s.light(ImageChops.multiply(s.blur(sheen, 6), face), 0.10)
    s.coat(
        s.mask(*monogram(x, y - r * 0.04, r * 0.8)),
        s.gradient(((0, 220), (0.5, 140), (1, 190)), (x - r / 2, y - r / 2), (x + r / 2, y + r / 2)),
        GOLD,
        "metal",
    )


def _mirror(s: Studio, mask: Image.Image, box: tuple[float, float, float, float]) -> None:
    x0, y0, x1, y1 = box
    tone = s.gradient(((0, 206), (0.4, 156), (0.7, 112), (1, 160)), (x0, y0), (x1, y1))
    s.coat(mask, tone, "#aba3b0", "glass")
    s.coat(mask.point(lambda v: v * 0.38), tone, OWN, "glass")
    w = x1 - x0
    for a, b, strength in ((0.12, 0.30, 0.30), (0.34, 0.38, 0.24), (0.70, 0.84, 0.12)):
        beam = s.mask(
            ((x0 + w * (a + 0.22), y0), (x0 + w * (b + 0.22), y0), (x0 + w * (b - 0.14), y1), (x0 + w * (a - 0.14), y1))
        )
        s.light(ImageChops.multiply(beam, mask), strength)
    s.core(mask, 4, 6, 6, 0.35)


def _well(s: Studio, outer: tuple[Point, ...], inner: tuple[Point, ...], colour: str, surface: str, box: tuple) -> None:
    x0, y0, x1, y1 = box
    s.coat(s.mask(outer), s.gradient(((0, 60), (0.5, 120), (1, 235)), (x0, y0), (x1, y1)), GOLD, "metal")
    mask = s.mask(inner)
    tone = (
        ((0, 168), (0.5, 132), (1, 108))
        if surface != "metal"
        else ((0, 200), (0.3, 120), (0.5, 225), (0.75, 96), (1, 160))
    )
    s.coat(mask, s.gradient(tone, (x0, y0), (x1, y1)), colour, surface)
    if surface == "metal":
        s.light(ImageChops.multiply(_grain(s).point(lambda v: max(0, (v - 150) * 3)), mask), 0.4)
    else:
        s.shade(ImageChops.multiply(_grain(s).point(lambda v: max(0, (v - 140) * 2)), mask), 0.12)
    s.core(mask, 4, 6, 5, 0.5)
    rows = [((x0 + 22, y), (x1 - 22, y)) for y in range(int(y1) - 86, int(y1) - 26, 12)]
    _emboss_mask(s, s.strokes(rows, 5), mask)
    _emboss(s, monogram((x0 + x1) / 2, y0 + 96, 84), mask)


def _emboss(s: Studio, outlines: list[tuple[Point, ...]], within: Image.Image) -> None:
    _emboss_mask(s, s.mask(*outlines), within)


def _emboss_mask(s: Studio, mask: Image.Image, within: Image.Image) -> None:
    """Press a mask into what is there: shadow inside its upper left, light at its lower right."""
    s.light(ImageChops.multiply(ImageChops.subtract(s.moved(mask, 2.2, 3), mask), within), 0.55)
    s.shade(ImageChops.multiply(ImageChops.subtract(mask, s.moved(mask, 2.2, 3)), within), 0.5)
    s.shade(ImageChops.multiply(mask, within), 0.12)


def _powder(s: Studio, x: float, y: float, r: float) -> Image.Image:
    tone = s.gradient(((0, 172), (0.5, 134), (1, 104)), (x - r, y - r), (x + r, y + r))
    return ImageChops.add(tone, _grain(s), 1, -128)


def _grain(s: Studio) -> Image.Image:
    """A fixed, even speckle about 128, the same on every machine."""
    side = 160
    tile = Image.frombytes("L", (side, side), bytes(128 + v for v in _SPECKLE[: side * side]))
    big = Image.new("L", (s.size, s.size))
    step = max(side, round(side * s.k * 1.6))
    tile = tile.resize((step, step), Image.Resampling.BICUBIC)
    for px in range(0, s.size, step):
        for py in range(0, s.size, step):
            big.paste(tile, (px, py))
    return big


_RANDOM = random.Random(952)
_SPECKLE = [max(-60, min(60, round(_RANDOM.gauss(0, 13)))) for _ in range(160 * 160)]


def _crumbs(s: Studio, x: float, y: float, count: int, spread: float) -> None:
    rng = random.Random(7)
    shapes = []
    for _ in range(count):
        cx, cy, r = x + rng.gauss(0, spread * 0.7), y + rng.gauss(0, spread * 0.6), rng.uniform(3, 13) ** 1.0
        corners = sorted(rng.uniform(0, 2 * math.pi) for _ in range(6))
        shapes.append(tuple((cx + math.cos(a) * r * rng.uniform(0.7, 1.2), cy + math.sin(a) * r) for a in corners))
    mask = s.mask(*shapes)
    s.shade(s.blur(s.moved(mask, 3, 5), 2), 0.4)
    s.coat(mask, 140, surface="matte")
    s.rim(mask, 2, 3, 1, 0.5)
