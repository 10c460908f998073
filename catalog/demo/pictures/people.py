# ruff: noqa: E501 (outlines and runs of tones read better unbroken)
"""Portraits of people who do not exist: cut-paper heads and shoulders with lips in the colours of the house."""

from __future__ import annotations

import random
from collections.abc import Callable

from PIL import Image, ImageChops

from catalog.demo.pictures.mark import flower
from catalog.demo.pictures.outline import ellipse, flipped, line, loop, mirrored, path, ribbon
from catalog.demo.pictures.pigment import shifted
from catalog.demo.pictures.studio import GOLD, INK, IVORY, Studio, poured, pressed

SKINS = ("#F2DAC6", "#EACBB0", "#E0B998", "#D3A47C", "#C48D61", "#AB744A", "#8C5936", "#72442B", "#563121")
HAIRS = ("#1F1B1D", "#2B1C18", "#472B20", "#6A3823", "#A8632F", "#D9B46A", "#8A8E96", "#7A3FB0", "#C9704F")
GROUNDS = (
    "#F2B8A0",
    "#E8A23C",
    "#B5C98E",
    "#7FB3C4",
    "#A6C2E3",
    "#CFB4E4",
    "#EFA4B8",
    "#D96C4F",
    "#3F7F74",
    "#5A2A6F",
    "#F0D58C",
    "#2B4C7E",
)
WOOLS = ("#C4142F", "#1C8B74", "#E8A23C", "#86A3C9")
LIPS = ("#C4142F", "#A90F1E", "#6E1026", "#BC5F75", "#E62E86", "#A3624B", "#D5521C", "#842038")
CLOTHES = (
    "#17223F",
    "#F4F2ED",
    "#C4142F",
    "#12503A",
    "#F3BF18",
    "#5A2A6F",
    "#E594B0",
    "#1F1B1D",
    "#86A3C9",
    "#A8452A",
    "#1C8B74",
    "#D9C7A8",
)


def avatar(seed: int, size: int = 400) -> Image.Image:
    """A square RGB portrait; the same seed is the same person at every size."""
    rng = random.Random(seed * 7919 + 52)
    ground, skin, hair = (
        GROUNDS[seed % len(GROUNDS)],
        SKINS[(seed * 5 + 2) % len(SKINS)],
        HAIRS[(seed * 4 + rng.randrange(3)) % len(HAIRS)],
    )
    back, front = STYLES[seed % len(STYLES)]
    s = Studio(max(size, 400))
    _ground(s, ground)
    back(s, hair)
    _bust(s, skin, _unlike(rng, CLOTHES, ground), rng.randrange(4))
    bare = front in (_beard, _beanie)
    _face(s, skin, shifted(skin, light=-0.1, chroma=1.25, hue=-16) if bare else rng.choice(LIPS), hair)
    front(s, hair)
    if not bare:
        _extras(s, rng, seed)
    whole = poured(pressed(s.layers), "#000000", s.size).convert("RGB")
    return whole if s.size == size else whole.resize((size, size), Image.Resampling.LANCZOS)


def _unlike(rng: random.Random, colours: tuple[str, ...], other: str) -> str:
    choice = rng.choice(colours)
    return choice if choice != other else colours[0]


def _ground(s: Studio, colour: str) -> None:
    whole = Image.new("L", (s.size, s.size), 255)
    s.coat(whole, s.gradient(((0, 158), (1, 112)), (0, 0), (1000, 1000)), colour, "matte")
    sun = s.mask(ellipse(640, 400, 370, 370))
    s.coat(
        sun,
        s.gradient(((0, 150), (1, 120)), (300, 100), (950, 760)),
        shifted(colour, light=0.08, chroma=0.85, hue=14),
        "matte",
    )


def _part(s: Studio, outline, colour: str, *, lo: int = 112, hi: int = 156, shadow: float = 0.22) -> Image.Image:
    mask = outline if isinstance(outline, Image.Image) else s.mask(outline)
    if shadow:
        s.shade(s.blur(s.moved(mask, 8, 12), 14), shadow)
    s.coat(mask, s.gradient(((0, hi), (1, lo)), (250, 150), (800, 950)), colour, "matte")
    return mask


def _bust(s: Studio, skin: str, cloth: str, neckline: int) -> None:
    neck = mirrored("M 500 560 L 428 560 C 430 660 430 700 402 736 C 380 764 340 770 300 790 L 300 960 L 500 960")
    mask = _part(s, neck, skin, lo=100, hi=140)
    s.shade(ImageChops.multiply(s.blur(s.mask(ellipse(510, 640, 130, 76)), 22), mask), 0.36)
    shoulders = "M 500 {0} C 470 {0} 430 {1} 396 {2} C 300 792 190 810 120 880 C 90 912 76 960 70 1010 L 500 1010"
    cut = ((880, 850, 764), (800, 796, 756), (930, 860, 770), (776, 770, 744))[neckline]
    garment = _part(s, mirrored(shoulders.format(*cut)), cloth, hi=150, lo=104)
    if neckline == 0:
        lapel = path("M 396 764 C 420 850 460 900 500 940 L 470 1010 L 330 1010 L 350 900 L 320 880 Z")
        for shape in (lapel, flipped(lapel)):
            _part(s, ImageChops.multiply(s.mask(shape), garment), shifted(cloth, light=0.03), shadow=0.2)
    elif neckline == 1:
        s.shade(ImageChops.multiply(s.stroke(line("398 762 440 806 500 822 560 806 602 762"), 5), garment), 0.3)
    elif neckline == 3:
        roll = mirrored("M 500 690 C 460 690 430 684 412 676 C 404 710 398 744 400 770 C 430 790 470 796 500 796")
        _part(s, roll, shifted(cloth, light=0.02), shadow=0.25)


def _face(s: Studio, skin: str, lips: str, hair: str) -> None:
    for side in (-1, 1):
        _part(s, ellipse(500 + side * 156, 452, 26, 42), skin, lo=104, hi=136, shadow=0.12)
    head = mirrored("M 500 240 C 400 240 340 320 344 430 C 348 540 400 640 500 652")
    mask = _part(s, head, skin, lo=110, hi=160)
    s.shade(
        ImageChops.multiply(
            s.blur(s.mask(path("M 560 230 L 700 230 L 700 680 L 520 680 C 620 560 640 400 560 230 Z")), 26), mask
        ),
        0.16,
    )
    blush = s.blur(s.mask(ellipse(408, 512, 40, 26), ellipse(592, 512, 40, 26)), 18)
    s.coat(
        ImageChops.multiply(blush, mask).point(lambda v: v * 0.3),
        128,
        shifted(skin, light=-0.04, chroma=1.5, hue=-26),
        "flat",
    )
    dark = shifted(skin, light=-0.32, chroma=0.8)
    brow = hair if hair not in ("#D9B46A", "#8A8E96", "#7A3FB0") else dark
    for side in (-1, 1):
        x = 500 + side * 72
        s.coat(
            s.mask(ribbon(line(f"{x - side * 40} 400 {x} 384 {x + side * 44} 396"), (10, 12, 3))),
            120,
            shifted(brow, light=0.02),
            "flat",
        )
        lid = line(f"{x - 40} 446 {x - 20} 462 {x + 2} 467 {x + 24} 461 {x + 42} 444")
        s.coat(s.mask(ribbon(lid, (3, 8, 9, 8, 3))), 110, INK, "flat")
        s.coat(
            s.strokes(
                [
                    ((x + side * d, 462 - abs(d - 18) * 0.18), (x + side * (d + 10), 478 - abs(d - 18) * 0.3))
                    for d in (18, 30, 40)
                ],
                4,
            ),
            110,
            INK,
            "flat",
        )
    s.shade(s.blur(s.mask(ribbon(line("512 450 522 504 528 530 500 542"), (2, 6, 8, 3))), 2), 0.22)
    upper = mirrored("M 500 582 C 491 574 480 572 471 575 C 458 580 448 587 440 593 C 460 600 482 600 500 598")
    lower = mirrored("M 500 597 C 478 598 458 595 442 593 C 456 614 478 623 500 623")
    s.coat(s.mask(lower), 140, lips, "satin")
    s.coat(s.mask(upper), 112, lips, "satin")
    s.light(s.blur(s.mask(ellipse(492, 609, 17, 4)), 3), 0.5)


def _extras(s: Studio, rng: random.Random, seed: int) -> None:
    kind = (seed * 3 + 1) % 5
    if kind in (0, 2) and STYLES[seed % len(STYLES)][0] is not _scarf_back:
        for side in (-1, 1):
            x = 500 + side * 160
            if kind == 0:
                s.coat(
                    s.mask(ellipse(x, 540, 34, 40), holes=[ellipse(x, 538, 24, 30)]),
                    s.gradient(((0, 230), (1, 80)), (x - 30, 500), (x + 30, 580)),
                    GOLD,
                    "metal",
                )
            else:
                s.coat(s.mask(ellipse(x, 500, 11, 11)), 200, GOLD, "metal")
                s.coat(s.mask(loop(f"{x} 512 {x + 18} 556 {x} 580 {x - 18} 556")), 150, rng.choice(LIPS), "gloss")
    if kind == 3:
        rims = rng.choice((INK, "#842038", "#A57A37"))
        for x in (428, 572):
            ring = s.mask(ellipse(x, 450, 60, 54), holes=[ellipse(x, 450, 51, 45)])
            s.coat(ring, 128, rims, "gloss")
            s.light(s.mask(ellipse(x, 450, 51, 45)), 0.12)
        s.coat(s.stroke(line("486 440 500 432 514 440"), 9), 128, rims, "gloss")
    if kind == 4 and STYLES[seed % len(STYLES)][0] is not _scarf_back:
        bloom = s.mask(*flower(646, 330, 52))
        s.shade(s.blur(s.moved(bloom, 4, 6), 5), 0.35)
        s.coat(bloom, 140, rng.choice(("#E62E86", "#F3BF18", IVORY, "#2252C6")), "matte")
        s.coat(s.mask(ellipse(646, 330, 14, 14)), 150, GOLD, "matte")


def _nothing(s: Studio, hair: str) -> None:
    """No hair in this layer."""


def _bob_back(s: Studio, hair: str) -> None:
    _part(
        s,
        mirrored("M 500 180 C 360 176 286 280 290 420 C 292 520 276 580 286 650 C 340 690 430 676 500 676"),
        hair,
        lo=84,
        hi=140,
    )


def _fringe(s: Studio, hair: str) -> None:
    _part(
        s,
        path(
            "M 334 430 C 320 260 410 186 500 186 C 600 186 684 262 668 430 C 650 360 640 340 620 322 C 560 352 440 352 380 322 C 360 344 348 372 334 430 Z"
        ),
        hair,
        lo=100,
        hi=168,
    )


def _sides(s: Studio, hair: str) -> None:
    _part(
        s,
        path(
            "M 330 440 C 312 270 400 184 500 184 C 606 184 690 270 670 440 C 656 372 630 316 560 268 C 500 330 410 330 362 352 C 348 376 338 400 330 440 Z"
        ),
        hair,
        lo=100,
        hi=168,
    )


def _long_back(s: Studio, hair: str) -> None:
    _part(
        s,
        mirrored("M 500 178 C 350 174 276 290 282 430 C 286 560 226 660 240 780 C 250 850 330 870 400 840 L 500 800"),
        hair,
        lo=80,
        hi=140,
    )


def _bun(s: Studio, hair: str) -> None:
    _part(s, ellipse(500, 158, 92, 84), hair, lo=96, hi=170)
    s.shade(s.stroke(line("440 200 500 222 560 200"), 6), 0.3)


def _sleek(s: Studio, hair: str) -> None:
    _part(
        s,
        path(
            "M 336 420 C 322 270 400 196 500 196 C 600 196 678 270 664 420 C 652 340 610 282 500 276 C 390 282 348 340 336 420 Z"
        ),
        hair,
        lo=100,
        hi=172,
    )


def _afro_back(s: Studio, hair: str) -> None:
    cloud = [ellipse(500 + dx, 340 + dy, r, r) for dx, dy, r in
             ((0, -70, 190), (-120, -20, 160), (120, -20, 160), (-170, 90, 130), (170, 90, 130), (-90, -120, 130), (90, -120, 130), (-130, 180, 90), (130, 180, 90))]  # fmt: skip
    _part(s, s.mask(*cloud), hair, lo=84, hi=146)


def _afro_front(s: Studio, hair: str) -> None:
    curls = [
        ellipse(500 + dx, 262 + dy, 44, 40)
        for dx, dy in ((-136, 54), (-104, 12), (-58, -8), (0, -16), (58, -8), (104, 12), (136, 54))
    ]
    _part(s, s.mask(*curls), hair, lo=104, hi=160, shadow=0.18)


def _crop(s: Studio, hair: str) -> None:
    _part(
        s,
        path(
            "M 338 410 C 316 300 360 196 470 180 C 580 160 690 220 666 412 C 660 370 652 340 636 316 C 600 300 560 296 520 262 C 480 300 420 300 374 306 C 354 340 344 370 338 410 Z"
        ),
        hair,
        lo=96,
        hi=170,
    )


def _scarf_back(s: Studio, hair: str) -> None:
    cloth = (
        shifted(hair, light=0.24, chroma=3.0, hue=40)
        if hair in ("#1F1B1D", "#2B1C18", "#8A8E96")
        else shifted(hair, light=0.1)
    )
    _part(
        s,
        mirrored("M 500 176 C 356 174 284 290 296 440 C 304 560 300 640 250 760 C 320 840 420 850 500 850"),
        cloth,
        lo=92,
        hi=146,
    )


def _scarf_front(s: Studio, hair: str) -> None:
    cloth = (
        shifted(hair, light=0.24, chroma=3.0, hue=40)
        if hair in ("#1F1B1D", "#2B1C18", "#8A8E96")
        else shifted(hair, light=0.1)
    )
    band = s.mask(
        mirrored("M 500 180 C 370 178 306 290 318 440 C 326 560 370 650 420 690 L 500 720"),
        holes=[mirrored("M 500 262 C 410 262 352 330 356 430 C 360 530 410 622 500 640")],
    )
    _part(s, band, cloth, lo=104, hi=166)
    wrap = path("M 330 600 C 400 700 540 740 690 640 C 700 720 640 800 500 812 C 400 820 300 790 270 730 Z")
    _part(s, wrap, cloth, lo=100, hi=160)
    folds = s.strokes([line("340 640 440 730 600 730 690 660"), line("310 690 420 780 560 784 660 730")], 4)
    s.shade(folds, 0.2)


def _curls_back(s: Studio, hair: str) -> None:
    rng = random.Random(4)
    cloud = [
        ellipse(500 + side * (130 + rng.uniform(0, 60)), 300 + i * 52, 74, 66) for side in (-1, 1) for i in range(9)
    ]
    _part(s, s.mask(*cloud, ellipse(500, 300, 190, 130)), hair, lo=84, hi=140)


def _parted(s: Studio, hair: str) -> None:
    _part(
        s,
        path("M 326 470 C 300 270 390 180 500 184 C 480 260 420 320 360 360 C 350 400 340 430 326 470 Z"),
        hair,
        lo=100,
        hi=166,
    )
    _part(
        s,
        path("M 674 470 C 700 270 610 180 480 184 C 520 260 590 320 640 360 C 652 400 660 430 674 470 Z"),
        hair,
        lo=100,
        hi=160,
    )


def _beard(s: Studio, hair: str) -> None:
    hair = "#2B1C18" if hair == "#7A3FB0" else hair
    _crop(s, hair)
    jaw = s.mask(
        mirrored("M 500 560 C 470 556 440 562 424 580 C 396 560 366 520 350 450 C 346 560 400 668 500 676"),
        holes=[ellipse(500, 597, 50, 20)],
    )
    _part(s, jaw, hair, lo=92, hi=140, shadow=0.14)


def _beanie(s: Studio, hair: str) -> None:
    wool = WOOLS[HAIRS.index(hair) % len(WOOLS)]
    stubble = s.blur(s.mask(mirrored("M 500 630 C 440 626 400 580 352 480 C 360 580 410 650 500 656")), 12)
    s.coat(stubble.point(lambda v: v * 0.4), 128, hair, "flat")
    _part(s, mirrored("M 500 150 C 380 150 320 240 330 350 L 500 366"), wool, lo=96, hi=170)
    _part(
        s,
        mirrored("M 500 300 C 430 300 370 304 322 316 C 316 340 318 366 324 384 C 380 372 440 368 500 368"),
        shifted(wool, light=-0.05),
        lo=100,
        hi=160,
    )
    s.shade(s.strokes([line(f"{x} 306 {500 + (x - 500) * 1.02} 374") for x in range(334, 670, 16)], 3), 0.16)


Layered = Callable[[Studio, str], None]
STYLES: tuple[tuple[Layered, Layered], ...] = (
    (_bob_back, _fringe), (_bun, _sleek),  (_afro_back, _afro_front), (_long_back, _parted), (_nothing, _beard), (_scarf_back, _scarf_front),
    (_long_back, _sides), (_curls_back, _parted), (_bob_back, _sides), (_nothing, _sleek), (_long_back, _fringe), (_nothing, _crop), (_nothing, _beanie),
)  # fmt: skip
