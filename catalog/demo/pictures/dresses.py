"""Dresses and skirts on the house's hanger."""

from __future__ import annotations

import math

from PIL import Image, ImageChops

from catalog.demo.pictures.cloth import Folds, clip_jaws, clips, fan, hanger, panel, relief, seam
from catalog.demo.pictures.lathe import wrapped
from catalog.demo.pictures.outline import ellipse, flipped, line, mirrored, path, ribbon
from catalog.demo.pictures.studio import Studio, strip_of


def slip_dress(s: Studio, _: str) -> None:
    """A bias-cut satin slip with thin straps and a cowl neck."""
    hanger(s, 132, 104, 20)
    for side in (-1, 1):
        strap = line(f"{500 + side * 80} 144 {500 + side * 84} 190 {500 + side * 88} 232")
        s.coat(s.mask(ribbon(strap, (6, 6, 7))), 150, surface="satin")
    back = s.mask(mirrored("M 500 256 C 460 256 424 260 404 290 L 404 320 L 500 330"))
    s.coat(back, s.gradient(((0, 40), (1, 84)), (0, 250), (0, 330)), surface="satin")
    s.coat(s.mask(ellipse(500, 944, 236, 20)), 46, surface="satin")
    dress = mirrored(
        "M 500 292 C 470 290 440 258 412 224 C 398 252 388 280 384 314 C 388 360 408 390 410 424 C 408 480 372 530 352 600 "
        "C 326 700 286 840 262 944 C 300 932 320 958 364 950 C 410 940 446 966 500 952"
    )
    cowl = [line("424 254 456 326 500 340 546 326 576 254"), line("430 290 462 366 500 380 540 362 564 292")]
    folds = (
        Folds(fan(6, (410, 580, 520), (282, 730, 955), sway=10, seed=3, start=0.4), (2, 22, 32), 14, 1.3),
        Folds(fan(8, (415, 590, 480), (290, 720, 955), sway=10, seed=8, start=0.5), (2, 8, 14), 5, 0.6),
        Folds(cowl, (2, 15, 15, 2), 7, 0.9),
        Folds(
            [line("394 320 440 384 480 410"), line("606 320 566 388 524 426"), line("416 424 458 456 520 460")],
            (2, 12, 2),
            7,
            0.6,
        ),
        Folds([line("436 430 404 520 350 700"), line("570 430 596 560 650 740")], (2, 22, 3), 11, 0.8),
    )
    panel(s, dress, folds, surface="satin", puff=26, wide=30, gain=1.25, lift=6)
    s.rim(s.mask(dress), 0, 3, 1, 0.3)


def gown(s: Studio, _: str) -> None:
    """A floor-length dress with a fitted bodice and a full, gathered skirt."""
    hanger(s, 124, 92, 18)
    for side in (-1, 1):
        strap = line(f"{500 + side * 72} 136 {500 + side * 78} 170 {500 + side * 72} 206")
        s.coat(
            s.mask(ribbon(strap, (13, 15, 24))), s.gradient(((0, 170), (1, 110)), (420, 0), (580, 0)), surface="satin"
        )
    s.coat(s.mask(mirrored("M 500 208 C 464 208 440 212 424 236 L 426 272 L 500 280")), 56, surface="satin")
    s.coat(s.mask(ellipse(500, 934, 346, 26)), 44, surface="satin")
    skirt = mirrored(
        "M 500 366 C 478 366 450 366 430 370 C 390 470 260 720 150 924 C 180 950 204 918 240 940 C 276 962 306 924 350 946 "
        "C 384 964 420 930 452 954 C 470 964 484 960 500 952"
    )
    folds = (
        Folds(fan(8, (440, 560, 374), (160, 840, 950), sway=10, seed=5, start=0.1), (4, 26, 50), 17, 1.5),
        Folds(fan(12, (434, 566, 372), (170, 830, 950), sway=8, seed=12, start=0.2), (3, 10, 18), 6, 0.7),
    )
    panel(s, skirt, folds, surface="satin", puff=34, wide=40, gain=1.15, lift=7)
    bodice = mirrored(
        "M 500 258 C 478 254 454 230 428 202 C 406 220 400 250 402 280 C 408 320 424 344 427 376 C 452 386 478 388 500 388"
    )
    spread = [(side, a) for side in (-1, 1) for a in (30, 48, 66, 80)]
    gathers = (
        Folds(
            [
                line(f"{500 + d * a} {222 + a * 0.2} {500 + d * a * 0.72} 300 {500 + d * a * 0.42} 376")
                for d, a in spread
            ],
            (2, 10, 3),
            4,
            0.7,
        ),
        Folds([line("430 258 464 280 500 274"), line("570 258 536 280 500 274")], (2, 16, 3), 7, 0.8),
    )
    panel(s, bodice, gathers, surface="satin", puff=20, wide=30, gain=1.2, lift=4)
    sash = mirrored("M 500 364 C 470 364 442 360 427 357 L 425 388 C 446 394 474 396 500 396")
    tucks = (Folds([line("428 368 500 376 572 368"), line("428 380 500 388 572 380")], (4, 6, 4), 3, 0.6),)
    panel(s, sash, tucks, surface="satin", puff=10, lift=3)


def wrap_dress(s: Studio, _: str) -> None:
    """A crêpe wrap dress with three-quarter sleeves, tied at the side."""
    hanger(s, 138, 170, 48)
    s.coat(
        s.mask(mirrored("M 500 176 C 460 170 440 172 424 180 L 440 300 L 500 330")),
        s.gradient(((0, 50), (1, 90)), (0, 170), (0, 300)),
    )
    s.coat(s.mask(ellipse(500, 920, 236, 20)), 46)
    sleeve = path(
        "M 396 190 C 350 196 318 222 300 268 C 272 350 232 450 196 548 C 190 566 262 600 276 584 C 310 500 350 430 384 366 Z"
    )
    folds = (
        Folds(
            [line("330 240 290 400 240 540"), line("360 300 330 400 280 520"), line("300 380 320 410 350 400")],
            (3, 16, 4),
            8,
            0.9,
        ),
    )
    panel(s, sleeve, folds, puff=26, wide=40)
    panel(
        s,
        flipped(sleeve),
        (
            Folds(
                [line("670 240 710 400 760 540"), line("640 300 668 400 716 520"), line("700 380 680 412 652 402")],
                (3, 16, 4),
                8,
                0.9,
            ),
        ),
        puff=26,
        wide=40,
    )
    under = path(
        "M 576 182 C 600 186 620 196 632 220 C 650 300 636 380 612 452 L 610 520 L 470 520 L 420 450 C 470 360 540 260 576 182 Z"
    )
    panel(
        s,
        under,
        (Folds([line("590 230 540 330 470 440"), line("620 260 590 360 520 460")], (2, 14, 3), 7, 0.7),),
        puff=22,
    )
    skirt = path("M 398 500 C 370 600 306 760 270 908 C 310 930 340 906 380 926 C 430 946 470 918 510 936 C 560 950 600 918 650 930 "
                 "C 690 936 712 920 734 908 C 690 760 640 600 604 500 Z")  # fmt: skip
    drapes = (
        Folds(fan(7, (430, 610, 520), (290, 720, 930), sway=10, seed=21, start=0.3), (3, 18, 32), 12, 1.2),
        Folds(
            [line(f"408 {516 + i * 4} {480 + i * 34} {560 + i * 44} {560 + i * 40} {640 + i * 74}") for i in range(3)],
            (5, 16, 2),
            7,
            0.8,
        ),
    )
    skirt_mask = panel(s, skirt, drapes, puff=28, wide=34, gain=1.1, lift=5)
    seam(s, line("420 520 560 700 590 930"), skirt_mask, 0.5)
    over = path(
        "M 424 180 C 400 184 380 196 368 220 C 350 300 364 380 388 452 L 396 520 L 606 520 L 600 470 C 540 420 470 320 424 180 Z"
    )
    panel(
        s,
        over,
        (
            Folds(
                [line("412 230 450 340 560 470"), line("384 270 420 380 520 490"), line("376 340 410 430 470 500")],
                (2, 16, 3),
                8,
                0.9,
            ),
        ),
        puff=24,
        wide=30,
        lift=6,
    )
    waist = path("M 392 478 Q 500 508 610 478 L 612 520 Q 500 548 392 520 Z")
    panel(s, waist, (Folds([line("394 494 500 522 608 494")], (5, 7, 5), 3, 0.8),), puff=12, lift=4)
    for tail in ("404 500 380 560 372 640 350 716", "400 504 404 580 392 660 404 742"):
        panel(s, ribbon(line(tail), (16, 26, 30, 34)), (Folds([line(tail)], (3, 8, 8), 4, 0.6),), puff=8, lift=4)
    panel(s, ellipse(400, 502, 24, 20), puff=12, lift=4)


def slip_skirt(s: Studio, _: str) -> None:
    """A bias satin midi skirt on a clip hanger."""
    clips(s, 120, 236)
    s.coat(s.mask(ellipse(500, 152, 214, 16)), 50, surface="satin")
    s.coat(s.mask(ellipse(500, 934, 342, 26)), 46, surface="satin")
    skirt = mirrored(
        "M 500 160 C 420 160 340 158 288 150 C 270 250 236 380 216 520 C 200 660 170 800 150 930 C 200 950 230 920 280 944 "
        "C 340 966 380 926 430 950 C 460 962 480 956 500 948"
    )
    folds = (
        Folds(fan(6, (330, 680, 260), (190, 830, 950), sway=20, seed=31, start=0.5), (2, 26, 44), 18, 1.5),
        Folds(fan(8, (320, 690, 240), (180, 840, 950), sway=18, seed=37, start=0.6), (2, 9, 16), 6, 0.6),
        Folds(
            [
                line("300 200 420 330 560 380"),
                line("690 220 600 330 480 400"),
                line("280 330 400 460 520 500"),
                line("720 350 640 470 520 540"),
            ],
            (2, 22, 2),
            13,
            0.7,
        ),
    )
    mask = panel(s, skirt, folds, surface="satin", puff=30, wide=40, gain=1.2, lift=7)
    band = mirrored("M 500 160 C 420 160 340 158 288 150 L 282 190 C 340 200 420 204 500 204")
    panel(s, ImageChops.multiply(s.mask(band), mask), (), surface="satin", puff=10, wide=60, lift=3)
    clip_jaws(s, 120, 236)


def pleated_skirt(s: Studio, _: str) -> None:
    """A sunray-pleated skirt on a clip hanger."""
    clips(s, 120, 196)
    s.coat(s.mask(ellipse(500, 926, 410, 30)), 42)
    pleats, waist, hem = 26, 176, 428
    edge = [(500 + hem * math.sin(u * math.pi / 2 * 0.999), 916 + 26 * math.cos(u * math.pi / 2) + (10 if i % 2 else -8))
            for i in range(2 * pleats + 1) for u in (i / pleats - 1,)]  # fmt: skip
    outline = (
        (500 - waist, 176),
        (500 + waist, 176),
        (500 + waist + 26, 330),
        *reversed(edge),
        (500 - waist - 26, 330),
    )
    mask = s.mask(outline)
    profile = ((176, waist), (330, waist + 26), (640, waist + 138), (940, hem + 4))
    s.shade(s.blur(s.moved(mask, 6, 9), 9), 0.34)
    s.coat(mask, wrapped(s, 500, profile, _pleats(pleats)), surface="satin")
    s.shade(ImageChops.multiply(s.gradient(((0, 110), (0.14, 20), (0.6, 0), (1, 60)), (0, 170), (0, 950)), mask), 0.5)
    swell = relief(
        s,
        mask,
        (Folds(fan(5, (360, 640, 300), (120, 880, 940), seed=4, start=0.2), (10, 60, 90), 40, 1.6),),
        puff=30,
        wide=90,
    )
    s.light(ImageChops.multiply(swell.point(lambda v: max(0, v - 132) * 2), mask), 0.22)
    s.shade(ImageChops.multiply(swell.point(lambda v: max(0, 128 - v) * 2), mask), 0.34)
    band = mirrored("M 500 158 C 430 158 380 156 324 150 L 320 196 C 380 206 440 208 500 208")
    panel(s, band, (), surface="cloth", puff=12, wide=60, lift=4)
    clip_jaws(s, 120, 196)


def _pleats(count: int) -> Image.Image:
    row = Image.new("L", (1024, 1))
    tones = []
    base = strip_of(((0, 96), (0.2, 150), (0.35, 160), (0.7, 122), (1, 84)), 1024).tobytes()
    for i in range(1024):
        u = i / 511.5 - 1
        t = (math.asin(max(-1.0, min(1.0, u))) / math.pi + 0.5) * count % 1
        # A knife pleat: bright on its leading ridge, falling to a dark fold under the next.
        blade = 42 - 74 * t if t < 0.82 else -62 + (t - 0.82) * 560
        tones.append(max(0, min(255, round(base[i] + blade))))
    row.putdata(tones)
    return row
