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
    hanger(s, 138, 132, 26)
    for side in (-1, 1):
        strap = line(f"{500 + side * 104} 156 {500 + side * 112} 220 {500 + side * 118} 268")
        s.coat(s.mask(ribbon(strap, (7, 7, 8))), 150, surface="satin")
    back = s.mask(mirrored("M 500 300 C 450 300 400 300 372 340 L 372 380 L 500 390"))
    s.coat(back, s.gradient(((0, 40), (1, 84)), (0, 290), (0, 380)), surface="satin")
    hem = s.mask(ellipse(500, 942, 266, 22))
    s.coat(hem, 46, surface="satin")
    dress = mirrored(
        "M 500 352 C 462 350 420 306 384 260 C 366 296 352 330 346 376 C 350 440 384 480 388 520 "
        "C 386 580 336 640 312 720 C 286 800 252 880 232 944 C 280 930 300 958 350 950 C 400 940 440 968 500 952"
    )
    folds = (
        Folds(fan(7, (392, 600, 600), (250, 760, 955), sway=10, seed=3, start=0.4), (2, 22, 30), 13, 1.25),
        Folds(fan(9, (400, 610, 560), (262, 748, 955), sway=10, seed=8, start=0.5), (2, 8, 14), 5, 0.6),
        Folds(
            [line("402 300 440 392 500 410 560 392 598 300"), line("420 330 456 430 500 446 548 428 580 332")],
            (2, 18, 18, 2),
            8,
            0.9,
        ),
        Folds(
            [line("360 380 420 470 470 500"), line("640 380 590 466 540 520"), line("396 520 450 560 520 566")],
            (2, 14, 2),
            8,
            0.6,
        ),
        Folds([line("420 520 390 600 330 760"), line("590 520 612 640 668 790")], (2, 20, 3), 10, 0.8),
    )
    panel(s, dress, folds, surface="satin", puff=30, wide=70, gain=1.25, lift=6)
    s.rim(s.mask(dress), 0, 3, 1, 0.3)


def gown(s: Studio, _: str) -> None:
    """A floor-length dress with a fitted bodice and a full, gathered skirt."""
    hanger(s, 128, 120, 22)
    for side in (-1, 1):
        strap = line(f"{500 + side * 98} 144 {500 + side * 104} 180 {500 + side * 98} 232")
        s.coat(
            s.mask(ribbon(strap, (16, 18, 30))), s.gradient(((0, 170), (1, 110)), (390, 0), (610, 0)), surface="satin"
        )
    s.coat(s.mask(mirrored("M 500 230 C 450 230 420 236 396 270 L 400 320 L 500 330")), 56, surface="satin")
    s.coat(s.mask(ellipse(500, 930, 398, 30)), 44, surface="satin")
    skirt = mirrored(
        "M 500 440 C 470 440 430 440 404 446 C 340 540 210 720 96 918 C 130 946 150 914 190 936 C 230 960 260 920 310 944 "
        "C 350 964 400 926 440 954 C 460 964 480 958 500 950"
    )
    folds = (
        Folds(fan(9, (420, 580, 450), (110, 890, 950), sway=12, seed=5, start=0.12), (5, 26, 52), 17, 1.5),
        Folds(fan(14, (412, 588, 446), (120, 880, 950), sway=10, seed=12, start=0.2), (3, 10, 18), 6, 0.7),
    )
    panel(s, skirt, folds, surface="satin", puff=34, wide=90, gain=1.15, lift=7)
    bodice = mirrored(
        "M 500 306 C 470 300 440 262 402 228 C 372 250 366 290 368 330 C 376 380 398 410 402 450 C 440 462 470 464 500 464"
    )
    gathers = (
        Folds(
            [
                line(f"{500 + side * a} {250 + a * 0.2} {500 + side * a * 0.72} 350 {500 + side * a * 0.42} 448")
                for side in (-1, 1)
                for a in (40, 62, 84, 104)
            ],
            (2, 12, 4),
            5,
            0.7,
        ),
        Folds([line("404 300 450 330 500 322"), line("598 300 550 330 500 322")], (2, 20, 3), 9, 0.8),
    )
    panel(s, bodice, gathers, surface="satin", puff=26, wide=50, gain=1.2, lift=4)
    sash = mirrored("M 500 438 C 460 438 420 434 401 430 L 399 466 C 430 474 470 476 500 476")
    panel(
        s,
        sash,
        (Folds([line("402 444 500 454 598 444"), line("402 458 500 466 598 458")], (4, 6, 4), 3, 0.6),),
        surface="satin",
        puff=12,
        lift=3,
    )


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
    skirt_mask = panel(s, skirt, drapes, puff=30, wide=70, gain=1.1, lift=5)
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
    mask = panel(s, skirt, folds, surface="satin", puff=34, wide=100, gain=1.2, lift=7)
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
