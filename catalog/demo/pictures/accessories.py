"""Belt, scarves, sunglasses, earrings and hats."""

# ruff: noqa: E501 (outlines and runs of tones read better unbroken)
from __future__ import annotations

import math
import random

from PIL import Image, ImageChops

from catalog.demo.pictures.cloth import Folds, fan, panel, relief, stitches, twill, wire
from catalog.demo.pictures.lathe import turned
from catalog.demo.pictures.mark import flower
from catalog.demo.pictures.outline import Point, ellipse, flipped, line, loop, path, ribbon, rounded
from catalog.demo.pictures.studio import GOLD, INK, IVORY, OWN, Studio


def belt(s: Studio, _: str) -> None:
    """A belt buckled into a loop, standing on its edge."""
    s.ground(500, 700, 430, 120, strength=0.55)
    s.ground(500, 560, 400, 60, strength=0.3)
    back = path(
        "M 60 440 C 90 330 290 270 500 270 C 710 270 910 330 940 440 L 940 560 C 900 470 700 410 500 410 C 300 410 100 470 60 560 Z"
    )
    s.coat(s.mask(back), s.gradient(((0, 70), (0.5, 150), (1, 80)), (60, 0), (940, 0)), "#a5805c", "matte")
    front = path(
        "M 60 440 C 70 560 270 622 500 622 C 730 622 930 560 940 440 L 940 584 C 920 710 730 780 500 780 C 270 780 80 710 60 584 Z"
    )
    mask = panel(s, front, (), surface="gloss", puff=20, lift=0, wide=20)
    s.shade(
        ImageChops.multiply(s.gradient(((0, 190), (0.18, 40), (0.5, 0), (0.8, 60), (1, 210)), (60, 0), (940, 0)), mask),
        0.5,
    )
    glow = ribbon(line("150 600 250 640 360 664"), (4, 60, 6))
    s.light(ImageChops.multiply(s.blur(s.mask(glow), 22), mask), 0.5)
    for y in (0, 128):
        stitches(
            s,
            line(f"74 {476 + y} 180 {566 + y} 340 {622 + y} 500 {632 + y} 660 {622 + y} 820 {566 + y} 926 {476 + y}"),
            "own:0.14:0.8:0",
            width=2.2,
        )
    for i in range(5):
        x = 660 + i * 44
        y = 690 - ((x - 500) / 440) ** 2 * 108 + 6
        s.shade(s.mask(ellipse(x, y, 7, 9)), 0.8)
    keeper = ribbon(line("622 604 618 700 620 792"), (40, 40, 40))
    panel(s, keeper, (), surface="gloss", puff=10, lift=7)
    buckle = s.mask(rounded(380, 584, 574, 822, 34), holes=[rounded(424, 628, 530, 778, 14)])
    s.shade(s.blur(s.moved(buckle, 6, 10), 7), 0.5)
    s.coat(
        buckle,
        s.gradient(((0, 250), (0.25, 196), (0.5, 80), (0.7, 60), (0.85, 230), (1, 90)), (380, 584), (574, 822)),
        GOLD,
        "metal",
    )
    flutes = s.strokes(
        [((x, 584), (x, 628)) for x in range(420, 540, 11)] + [((x, 778), (x, 822)) for x in range(420, 540, 11)], 4
    )
    s.shade(ImageChops.multiply(flutes, buckle), 0.4)
    s.light(ImageChops.multiply(s.moved(flutes, 4, 0), buckle), 0.35)
    s.rim(buckle, 3, 3, 1.2, 0.6)
    wire(s, ((470, 704), (560, 700)), 18)


def silk_scarf(s: Studio, _: str) -> None:
    """A printed silk square laid out with a turned corner."""
    flat = Studio(s.size)
    square = rounded(110, 110, 890, 890, 8)
    whole = flat.mask(square)
    flat.coat(whole, 128, surface="satin")
    _print(flat)
    drawn = Studio(s.size)
    drawn.merge(flat, angle=9, scale=1.02)
    solid = drawn.solid()
    s.shade(s.blur(s.moved(solid, 12, 18), 12), 0.36)
    s.layers += drawn.layers
    folds = (
        Folds(
            [
                line("150 200 400 420 700 560 900 600"),
                line("300 130 420 360 460 700 420 900"),
                line("110 640 360 600 640 700 860 900"),
            ],
            (4, 50, 8),
            26,
            1.2,
        ),
        Folds([line("560 130 600 330 760 480 910 470"), line("120 420 300 520 420 720 400 880")], (3, 26, 4), 13, 0.9),
    )
    tone = relief(s, solid, folds, puff=14, gain=1.5)
    s.light(ImageChops.multiply(tone.point(lambda v: max(0, v - 134) * 2), solid), 0.6)
    s.shade(ImageChops.multiply(tone.point(lambda v: max(0, 130 - v) * 2), solid), 0.6)
    s.rim(solid, 3, 3, 1, 0.5)
    s.rim(solid, -3, -3, 1, 0.3)


def _print(flat: Studio) -> None:
    """A page of the colour book: rows of chips round a flower, between two borders."""
    for inset, colour in ((26, IVORY), (36, OWN), (62, INK), (74, OWN)):
        flat.coat(flat.mask(rounded(110 + inset, 110 + inset, 890 - inset, 890 - inset, 4)), 128, colour, "satin")
    tints = ("own:0.18:0.7:0", IVORY, "own:-0.14:1:0", GOLD, "own:0.06:0.9:60", "own:0.12:0.8:-50", INK)
    chips: dict[str, list[tuple[Point, ...]]] = {}
    for row in range(7):
        for column in range(7):
            if 2 <= row <= 4 and 2 <= column <= 4:
                continue
            x, y = 206 + column * 84, 206 + row * 84
            tint = tints[(row * 3 + column * 5 + row * column) % len(tints)]
            chips.setdefault(tint, []).append(rounded(x, y, x + 70, y + 70, 34 if (row + column) % 2 else 6))
    for tint, shapes in chips.items():
        flat.coat(flat.mask(*shapes), 128, tint, "satin")
    flat.coat(flat.mask(ellipse(500, 500, 118, 118)), 128, INK, "satin")
    flat.coat(flat.mask(*flower(500, 500, 84)), 128, "own:0.2:0.8:0", "satin")
    flat.coat(flat.mask(ellipse(500, 500, 20, 20)), 128, GOLD, "satin")


def wool_scarf(s: Studio, _: str) -> None:
    """A brushed wool scarf folded over once, its two fringed ends hanging one before the other."""
    weave = twill(s, 9, 9)
    parts = ((612, 60, 760, 168, 11, "own:-0.07:1:0"), (420, 40, 838, 190, 5, OWN))
    for x, top, foot, half, seed, colour in parts:
        _fringe(s, x, foot, half, seed, colour)
        outline = path(
            f"M {x - half} {top + 70} Q {x - half + 4} {top + 4} {x - half + 70} {top} L {x + half - 60} {top + 6} Q {x + half - 2} {top + 10} {x + half} {top + 80} "
            f"L {x + half + 10} {foot} Q {x} {foot + 16} {x - half - 12} {foot - 4} Z"
        )
        folds = (
            Folds(
                fan(4, (x - half, x + half, top + 20), (x - half, x + half, foot), seed=seed, sway=14, start=0.1),
                (8, 40, 20),
                20,
                1.1,
            ),
            Folds([line(f"{x - half} {top + 44} {x} {top + 58} {x + half} {top + 50}")], (10, 26, 10), 14, 0.8),
        )
        mask = panel(s, outline, folds, colour=colour, texture=weave, puff=26, wide=30, lift=12)
        for y, width in ((foot - 150, 42), (foot - 92, 14), (foot - 66, 14)):
            band = s.strokes([line(f"{x - half - 30} {y - 4} {x} {y + 10} {x + half + 30} {y}")], width)
            s.coat(ImageChops.multiply(band, mask).point(lambda v: v * 0.5), 128, INK if width > 20 else IVORY, "matte")


def _fringe(s: Studio, x0: float, foot: float, half: float, seed: int, colour: str) -> None:
    rng = random.Random(seed)
    strands = []
    for i in range(30):
        x = x0 - half + (i + 0.5) * half * 2 / 30
        middle, end = x + rng.uniform(-4, 4), x + rng.uniform(-9, 9)
        strands.append(
            ribbon(line(f"{x} {foot - 14} {middle} {foot + 50} {end} {foot + rng.uniform(96, 116)}"), (9, 9, 5))
        )
    mask = s.mask(*strands)
    s.shade(s.blur(s.moved(mask, 5, 6), 4), 0.4)
    s.coat(mask, s.gradient(((0, 70), (0.3, 150), (1, 132)), (0, foot - 10), (0, foot + 110)), colour)
    s.rim(mask, 1.5, 1, 0.6, 0.3)


def cat_eye(s: Studio, _: str) -> None:
    """Cat-eye sunglasses in thick acetate, folded towards us."""
    outer = path("M 500 424 C 460 388 420 380 380 380 C 270 374 160 356 62 300 C 44 304 42 340 60 376 C 64 470 92 566 150 616 "
                 "C 210 668 330 664 400 604 C 440 566 452 500 476 476 C 486 468 494 466 500 466")  # fmt: skip
    lens = path(
        "M 420 452 C 412 428 380 426 340 424 C 260 420 190 410 140 392 C 120 388 112 404 114 426 C 120 490 146 548 190 578 C 240 610 320 606 368 564 C 404 532 422 490 420 452 Z"
    )
    _glasses(s, outer, lens, tone=INK, thick=1.0)


def round_eye(s: Studio, _: str) -> None:
    """Round metal-rimmed sunglasses with tinted lenses."""
    for side in (-1, 1):
        wire(s, line(f"{500 + side * 440} 470 {500 + side * 458} 460 {500 + side * 468} 480"), 14)
    for x in (276, 724):
        lens = s.mask(ellipse(x, 500, 196, 196))
        s.shade(s.blur(s.moved(lens, 12, 24), 18), 0.32)
        s.coat(lens, s.gradient(((0, 84), (0.5, 128), (1, 176)), (x, 300), (x, 700)), OWN, "glass")
        _reflect(s, lens, x, 500, 196)
        s.core(lens, 6, 10, 10, 0.4)
        wire(s, ellipse(x, 500, 198, 198), 16)
    wire(s, line("470 462 486 424 514 424 530 462"), 15)
    for side in (-1, 1):
        pad = s.mask(loop(f"{500 + side * 44} 520 {500 + side * 54} 540 {500 + side * 50} 580 {500 + side * 38} 570"))
        s.coat(pad, 190, IVORY, "glass")


def _glasses(s: Studio, half: tuple[Point, ...], lens: tuple[Point, ...], *, tone: str, thick: float) -> None:
    frame = (*half, *flipped(tuple(reversed(half))))
    lenses = (lens, flipped(lens))
    scaled = [tuple((500 + (x - 500) * 1.02, 500 + (y - 490) * 1.16) for x, y in shape) for shape in (frame, *lenses)]
    frame, *lenses = scaled
    solid = s.mask(frame, *lenses)
    s.shade(s.blur(s.moved(solid, 12, 26), 18), 0.34)
    for glass in lenses:
        mask = s.mask(glass)
        xs, ys = [p[0] for p in glass], [p[1] for p in glass]
        x, y, r = (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2, (max(xs) - min(xs)) / 2
        s.coat(mask, s.gradient(((0, 60), (0.5, 120), (1, 200)), (x, min(ys)), (x, max(ys))), tone, "glass")
        _reflect(s, mask, x, y, r)
    rim = s.mask(frame, holes=lenses)
    s.coat(rim, relief(s, rim, (), puff=16, wide=30, gain=1.7 * thick), surface="gloss")
    s.rim(rim, 3, 4, 1.5, 0.6)
    s.rim(rim, -2, -3, 1.5, 0.25)
    streak = ribbon(
        tuple((500 + (x - 500) * 1.02, 500 + (y - 490) * 1.16) for x, y in line("76 344 180 384 300 402 400 412")),
        (2, 9, 9, 2),
    )
    s.light(ImageChops.multiply(s.blur(s.mask(streak, flipped(streak)), 3), rim), 0.75)
    for side in (-1, 1):
        for i in range(3):
            pin = rounded(500 + side * (400 - i * 13) - 4, 344, 500 + side * (400 - i * 13) + 4, 372, 4)
            s.coat(s.mask(tuple((x, y + i * 5) for x, y in pin)), 215, GOLD, "metal")


def _reflect(s: Studio, mask: Image.Image, x: float, y: float, r: float) -> None:
    for a, b, strength in ((-0.75, -0.25, 0.30), (-0.12, 0.02, 0.20)):
        beam = s.mask(
            (
                (x + r * (a + 0.6), y - r * 1.3),
                (x + r * (b + 0.6), y - r * 1.3),
                (x + r * (b - 0.6), y + r * 1.3),
                (x + r * (a - 0.6), y + r * 1.3),
            )
        )
        s.light(
            ImageChops.multiply(
                ImageChops.multiply(beam, mask), s.gradient(((0, 255), (1, 40)), (x, y - r), (x, y + r))
            ),
            strength,
        )


def hoop(s: Studio, _: str) -> None:
    """A pair of fluted hoops."""
    for x, y, r in ((676, 410, 278), (352, 600, 318)):
        _hoop(s, x, y, r)


def _hoop(s: Studio, x: float, y: float, r: float) -> None:
    inner = ellipse(x, y - r * 0.03, r * 0.72, r * 0.74)
    ring = s.mask(ellipse(x, y, r, r), holes=[inner])
    s.shade(s.blur(s.moved(ring, 14, 24), 14), 0.4)
    tone = relief(s, ring, (), puff=34, gain=2.3, body=1.6)
    s.coat(ring, tone, surface="metal")
    rays = []
    for i in range(84):
        a = 2 * math.pi * i / 84
        twist = a + 0.16
        rays.append(
            (
                (x + math.cos(a) * r * 0.7, y + math.sin(a) * r * 0.71),
                (x + math.cos(twist) * r * 1.02, y + math.sin(twist) * r * 1.02),
            )
        )
    grooves = ImageChops.multiply(s.strokes(rays, 6), ring)
    s.shade(s.blur(grooves, 1.2), 0.5)
    s.light(ImageChops.multiply(s.moved(grooves, 6, 5), ring), 0.42)
    s.core(ring, -5, -6, 5, 0.4)
    s.rim(ring, 3, 4, 1.5, 0.6)
    arc = ribbon(ellipse(x, y, r * 0.87, r * 0.87, 195, 265), (3, 22, 3))
    s.light(ImageChops.multiply(s.blur(s.mask(arc), 7), ring), 0.8)
    wire(s, line(f"{x - 12} {y - r * 0.97} {x + 6} {y - r - 24} {x + 46} {y - r - 14} {x + 60} {y - r * 0.9}"), 9)


def drop(s: Studio, _: str) -> None:
    """A pair of drop earrings: hook, fluted cap, enamelled tear."""
    for x, dy in ((300, 0), (700, 26)):
        _tear(s, x, dy)


def _tear(s: Studio, x: float, dy: float) -> None:
    wire(
        s,
        line(
            f"{x + 66} {190 + dy} {x + 58} {90 + dy} {x + 18} {54 + dy} {x - 22} {74 + dy} {x - 30} {120 + dy} {x - 10} {170 + dy} {x} {230 + dy}"
        ),
        10,
    )
    wire(s, ellipse(x, 252 + dy, 22, 22), 9)
    drop_shape = path(f"M {x} {360 + dy} C {x + 40} {460 + dy} {x + 168} {600 + dy} {x + 168} {744 + dy} C {x + 168} {850 + dy} {x + 92} {926 + dy} {x} {926 + dy} "
                      f"C {x - 92} {926 + dy} {x - 168} {850 + dy} {x - 168} {744 + dy} C {x - 168} {600 + dy} {x - 40} {460 + dy} {x} {360 + dy} Z")  # fmt: skip
    mask = s.mask(drop_shape)
    s.shade(s.blur(s.moved(mask, 16, 26), 16), 0.38)
    s.coat(mask, s.gradient(((0, 250), (0.5, 130), (1, 50)), (x - 160, 500 + dy), (x + 160, 900 + dy)), GOLD, "metal")
    enamel = s.mask(tuple((x + (px - x) * 0.90, 665 + dy + (py - 665 - dy) * 0.93) for px, py in drop_shape))
    s.coat(enamel, relief(s, enamel, (), puff=70, wide=90, gain=1.3), surface="gloss")
    s.core(enamel, -22, -26, 24, 0.4)
    glow = s.blur(s.mask(ellipse(x + 50, 820 + dy, 66, 52)), 34)
    s.light(ImageChops.multiply(glow, enamel), 0.42)
    streak = ribbon(
        line(f"{x - 108} {760 + dy} {x - 104} {690 + dy} {x - 70} {610 + dy} {x - 30} {540 + dy}"), (3, 26, 22, 3)
    )
    s.light(ImageChops.multiply(s.blur(s.mask(streak), 4), enamel), 0.85)
    turned(
        s,
        x,
        ((276 + dy, 22), (300 + dy, 40), (380 + dy, 62), (410 + dy, 60)),
        flutes=22,
        colour=GOLD,
        top=None,
        depth=26,
    )


def felt_hat(s: Studio, _: str) -> None:
    """A wide-brimmed felt hat with a grosgrain band."""
    brim = path("M 40 640 C 90 560 260 520 500 520 C 740 520 910 560 960 640 C 972 690 900 740 780 778 C 690 806 600 818 500 818 "
                "C 400 818 310 806 220 778 C 100 740 28 690 40 640 Z")  # fmt: skip
    whole = s.mask(brim)
    s.shade(s.blur(s.moved(whole, 12, 34), 24), 0.42)
    felt = _felt(s)
    mask = panel(s, brim, (Folds([line("80 650 260 580 500 566 740 580 920 650")], (6, 60, 6), 30, -0.8),
                           Folds([line("120 700 300 770 500 786 700 770 880 700")], (6, 40, 6), 22, 0.8)), puff=22, wide=50, texture=felt, lift=0)  # fmt: skip
    s.shade(ImageChops.multiply(s.blur(s.mask(ellipse(520, 640, 330, 78)), 22), mask), 0.55)
    s.rim(mask, 0, -4, 1.5, 0.35)
    crown = path("M 236 640 C 232 520 244 380 286 290 C 312 232 356 204 410 196 C 448 190 470 220 500 226 C 530 220 552 190 590 196 "
                 "C 650 204 690 236 714 292 C 756 384 768 520 764 640 C 700 690 300 690 236 640 Z")  # fmt: skip
    folds = (Folds([line("500 226 494 300 500 400")], (4, 60, 6), 26, -1.6), Folds([line("380 236 350 330 340 440")], (4, 70, 10), 34, 1.1),
             Folds([line("640 240 664 330 660 440")], (4, 60, 10), 34, 0.9))  # fmt: skip
    top = panel(s, crown, folds, puff=56, wide=110, texture=felt, gain=1.1, lift=4)
    band = path("M 238 540 C 320 590 680 590 762 540 L 766 646 C 690 700 310 700 234 646 Z")
    ribbon_mask = ImageChops.multiply(s.mask(band), ImageChops.lighter(top, s.mask(band)))
    s.shade(s.blur(s.moved(ribbon_mask, 0, 5), 5), 0.4)
    s.coat(
        ribbon_mask,
        s.gradient(((0, 96), (0.2, 190), (0.4, 150), (0.75, 100), (1, 70)), (234, 0), (766, 0)),
        INK,
        "satin",
    )
    ribs = s.strokes([((x, 520), (x, 700)) for x in range(238, 766, 6)], 1.6)
    s.shade(ImageChops.multiply(ribs, ribbon_mask), 0.3)
    bow = path("M 262 556 L 330 580 L 330 684 L 258 660 Z")
    panel(s, bow, (), colour=INK, surface="satin", puff=8, lift=4)
    s.coat(s.mask(*flower(296, 622, 24)), 205, GOLD, "metal")


def beret(s: Studio, _: str) -> None:
    """A wool beret, tilted."""
    b = Studio(s.size)
    felt = _felt(b)
    under = path("M 180 620 C 300 720 640 740 800 640 L 776 706 C 640 800 330 780 214 690 Z")
    b.coat(b.mask(under), b.gradient(((0, 84), (0.5, 60), (1, 40)), (180, 0), (800, 0)))
    rim = path("M 214 676 C 330 760 640 780 778 690 L 772 744 C 640 826 330 806 220 728 Z")
    panel(b, rim, (), colour="own:-0.08:0.9:0", puff=12, wide=30, lift=0)
    cap = path(
        "M 56 520 C 60 400 220 270 470 246 C 700 226 900 330 944 470 C 966 560 900 650 780 700 C 640 752 380 748 220 690 C 110 648 54 590 56 520 Z"
    )
    folds = (
        Folds([line("120 540 260 400 480 330"), line("880 480 760 380 560 320")], (6, 90, 10), 46, 0.9),
        Folds(
            [
                line("240 690 300 600 420 540"),
                line("420 738 450 640 500 560"),
                line("640 744 620 640 560 560"),
                line("800 690 730 600 620 540"),
            ],
            (30, 22, 3),
            16,
            0.8,
        ),
        Folds([line("110 600 260 660 500 690 740 660 890 570")], (6, 40, 6), 24, -0.7),
    )
    mask = panel(b, cap, folds, puff=70, wide=130, texture=felt, gain=1.1, lift=6)
    b.core(mask, 0, -30, 26, 0.3)
    stalk = path("M 478 268 C 482 236 478 212 486 196 C 494 186 508 190 508 204 C 506 226 508 246 512 268 Z")
    panel(b, stalk, (), puff=8, lift=3)
    pin = b.mask(*flower(800, 560, 40))
    b.shade(b.blur(b.moved(pin, 4, 5), 4), 0.5)
    b.coat(pin, b.gradient(((0, 250), (0.5, 150), (1, 60)), (764, 520), (840, 600)), GOLD, "metal")
    b.coat(b.mask(ellipse(800, 560, 11, 11)), 190, INK, "gloss")
    out = Studio(s.size)
    out.merge(b, angle=-9, centre=(500, 500), to=(500, 506))
    solid = out.solid()
    s.shade(s.blur(s.moved(solid, 10, 30), 22), 0.4)
    s.layers += out.layers


def _felt(s: Studio) -> Image.Image:
    from catalog.demo.pictures.powders import _grain

    return s.blur(_grain(s), 1.2)
