"""Shoulder bag, tote, box clutch and make-up pouch, all with the fluted clasp of the house."""

from __future__ import annotations

from PIL import Image, ImageChops

from catalog.demo.pictures.cloth import Folds, panel, seam, stitches, wire
from catalog.demo.pictures.lathe import turned
from catalog.demo.pictures.mark import monogram
from catalog.demo.pictures.outline import ellipse, flipped, line, mirrored, path, ribbon, rounded
from catalog.demo.pictures.studio import GOLD, INK, Studio


def crescent_bag(s: Studio, _: str) -> None:
    """A half-moon bag with its strap arched above."""
    s.ground(500, 912, 300, 34, strength=0.6)
    strap = line("128 520 130 330 240 130 500 64 760 130 870 330 872 520")
    panel(
        s,
        ribbon(strap, (40, 42, 42, 42, 40)),
        (Folds([strap], (10, 14, 10), 8, 0.5),),
        surface="satin",
        puff=10,
        lift=8,
    )
    stitches(s, line("142 510 146 336 250 146 500 80 750 146 854 336 858 510"), "own:0.12:0.8:0", width=2)
    for x in (128, 872):
        _ring(s, x, 530, 34)
    back = mirrored("M 500 510 C 340 500 200 490 84 500 C 90 560 100 600 110 640 L 500 700")
    s.coat(s.mask(back), 60, surface="satin")
    body = mirrored("M 500 560 C 340 560 180 552 66 520 C 60 660 120 790 250 868 C 330 914 420 924 500 924")
    folds = (Folds([line("120 560 200 700 330 800"), line("880 560 800 700 670 800")], (4, 50, 6), 30, 0.8),
             Folds([line("200 580 340 620 500 630 660 620 800 580")], (4, 40, 4), 26, 0.5))  # fmt: skip
    mask = panel(s, body, folds, surface="gloss", puff=56, wide=110, gain=1.1, lift=6)
    s.core(mask, 0, -30, 26, 0.3)
    stitches(
        s, line("84 548 110 690 200 800 330 880 500 904 670 880 800 800 890 690 916 548"), "own:0.12:0.8:0", width=2.2
    )
    flap = mirrored(
        "M 500 530 C 340 530 180 520 64 486 C 58 520 62 560 72 590 C 200 640 340 668 420 690 C 440 730 470 744 500 744"
    )
    flap_mask = panel(s, flap, (), surface="gloss", puff=34, wide=60, gain=1.0, lift=10)
    stitches(
        s,
        line("82 584 210 628 340 654 430 676 456 714 500 728 544 714 570 676 660 654 790 628 918 584"),
        "own:0.12:0.8:0",
        width=2.2,
    )
    glow = ribbon(line("110 520 300 552 500 560 700 552"), (2, 18, 20, 2))
    s.light(ImageChops.multiply(s.blur(s.mask(glow), 7), flap_mask), 0.5)
    _clasp(s, 500, 700, 42, 84)


def tote(s: Studio, _: str) -> None:
    """A tall structured tote with two handles."""
    s.ground(500, 928, 360, 40, strength=0.6)
    back = line("356 330 350 170 420 92 500 86 580 92 650 170 644 330")
    panel(s, ribbon(back, (26, 26, 26)), (), colour="own:-0.08:1:0", surface="satin", puff=8, lift=5)
    s.coat(s.mask(path("M 190 286 L 810 286 L 836 330 L 164 330 Z")), 44, surface="cloth")
    body = path("M 150 312 L 850 312 C 862 500 884 740 904 920 Q 500 956 96 920 C 116 740 138 500 150 312 Z")
    folds = (Folds([line("190 360 250 600 220 880"), line("810 360 760 600 790 880")], (4, 60, 8), 34, 0.8),
             Folds([line("200 820 400 870 640 860 820 800")], (4, 50, 4), 30, 0.4))  # fmt: skip
    mask = panel(s, body, folds, surface="satin", puff=44, wide=100, lift=6)
    s.core(mask, -26, 0, 22, 0.22)
    seam(s, line("150 372 500 384 850 372"), mask, 0.35)
    for d in (326, 360):
        stitches(s, line(f"156 {d} 500 {d + 10} 844 {d}"), "own:0.12:0.8:0", width=2.2)
    for side in (-1, 1):
        stitches(
            s,
            line(f"{500 + side * 338} 330 {500 + side * 362} 620 {500 + side * 390} 900"),
            "own:0.12:0.8:0",
            width=2.2,
        )
        patch = path("M 306 330 L 386 330 L 386 452 Q 346 500 306 452 Z")
        patch = patch if side < 0 else flipped(patch)
        panel(s, patch, (), surface="satin", puff=9, lift=5)
        _stud(s, 500 + side * 154, 440, 13)
    front = line("346 400 338 210 414 124 500 116 586 124 662 210 654 400")
    panel(s, ribbon(front, (32, 32, 32)), (Folds([front], (8, 10, 8), 6, 0.5),), surface="satin", puff=9, lift=9)
    _deboss(s, 500, 640, 170, mask)


def clutch(s: Studio, _: str) -> None:
    """A lacquered box clutch, standing."""
    s.ground(500, 850, 440, 44, strength=0.62)
    top = path("M 130 300 L 900 300 L 946 352 L 60 352 Z")
    s.coat(s.mask(top), s.gradient(((0, 226), (0.4, 170), (1, 120)), (60, 300), (946, 360)), surface="gloss")
    face = s.mask(rounded(60, 340, 946, 872, 34))
    tone = s.gradient(((0, 150), (0.12, 168), (0.3, 140), (0.55, 122), (1, 92)), (60, 340), (900, 900))
    s.coat(face, tone, surface="gloss")
    sweep = s.mask(path("M 60 720 C 240 640 420 470 500 340 L 760 340 C 640 560 380 780 60 860 Z"))
    s.light(ImageChops.multiply(s.blur(sweep, 5), face), 0.20)
    s.light(
        ImageChops.multiply(
            s.blur(
                s.mask(path("M 800 340 L 850 340 C 780 540 640 740 480 872 L 440 872 C 600 740 730 540 800 340 Z")), 4
            ),
            face,
        ),
        0.13,
    )
    s.core(face, -14, -18, 14, 0.4)
    s.rim(face, 4, 4, 2, 0.6)
    band = s.mask(((60, 596), (946, 596), (946, 618), (60, 618)))
    s.coat(band, s.gradient(((0, 90), (0.3, 246), (0.6, 120), (1, 50)), (0, 596), (0, 618)), GOLD, "metal")
    s.shade(s.blur(s.mask(((60, 618), (946, 618), (946, 628), (60, 628))), 3), 0.4)
    _clasp(s, 503, 560, 62, 120)
    s.light(s.blur(s.mask(rounded(90, 362, 620, 372, 5)), 3), 0.5)


def pouch(s: Studio, _: str) -> None:
    """A quilted make-up bag with a zip."""
    s.ground(500, 868, 420, 46, strength=0.6)
    body = path("M 108 372 C 300 340 700 340 892 372 C 930 480 956 640 950 780 C 948 850 900 872 820 880 C 620 896 380 896 180 880 "
                "C 100 872 52 850 50 780 C 44 640 70 480 108 372 Z")  # fmt: skip
    lines = [line(f"{x} 330 {x + 160} 620 {x + 330} 910") for x in range(-330, 960, 92)]
    lines += [line(f"{x} 330 {x - 160} 620 {x - 330} 910") for x in range(60, 1340, 92)]
    mask = panel(s, body, (Folds(lines, (9, 9, 9), 9, -1.5),), surface="satin", puff=54, wide=110, gain=1.15, lift=6)
    grooves = ImageChops.multiply(s.strokes(lines, 2.4), mask)
    s.shade(grooves, 0.34)
    s.light(ImageChops.multiply(s.moved(grooves, 2.4, 2.4), mask), 0.25)
    s.core(mask, 0, -22, 18, 0.3)
    edge = path("M 100 352 C 300 318 700 318 900 352 L 906 408 C 700 376 300 376 94 408 Z")
    panel(s, edge, (), colour="own:-0.1:0.95:0", surface="satin", puff=12, wide=40, lift=5)
    teeth = [
        ((x, 356 - 30 * (1 - ((x - 500) / 400) ** 2) + 18), (x, 356 - 30 * (1 - ((x - 500) / 400) ** 2) + 34))
        for x in range(116, 888, 9)
    ]
    s.coat(s.mask(ribbon(line("108 378 300 350 500 344 700 350 892 378"), (20, 20, 20))), 30, INK, "flat")
    s.coat(
        s.strokes(teeth, 5),
        s.gradient(((0, 120), (0.3, 245), (0.6, 100), (0.8, 220), (1, 120)), (100, 0), (900, 0)),
        GOLD,
        "metal",
    )
    pull = s.mask(
        rounded(792, 344, 836, 386, 8), rounded(804, 376, 824, 486, 9), holes=[rounded(809, 452, 819, 476, 4)]
    )
    s.shade(s.blur(s.moved(pull, 5, 7), 4), 0.45)
    s.coat(pull, s.gradient(((0, 110), (0.35, 250), (0.65, 130), (1, 60)), (792, 0), (836, 0)), GOLD, "metal")
    patch = s.mask(rounded(420, 590, 580, 720, 12))
    s.shade(s.blur(s.moved(patch, 3, 4), 4), 0.35)
    s.coat(patch, s.gradient(((0, 190), (1, 110)), (420, 590), (580, 720)), INK, "gloss")
    s.coat(s.mask(*monogram(500, 655, 86)), s.gradient(((0, 220), (1, 130)), (460, 610), (540, 700)), GOLD, "metal")


def _clasp(s: Studio, x: float, y: float, r: float, height: float) -> None:
    """The house's closure: a short fluted column of gold."""
    plate = s.mask(rounded(x - r - 14, y - height / 2 - 8, x + r + 14, y + height / 2 + 20, 14))
    s.shade(s.blur(s.moved(plate, 6, 9), 7), 0.5)
    turned(s, x, ((y - height / 2, r), (y + height / 2, r)), flutes=20, colour=GOLD, top=205, depth=26)
    turned(s, x, ((y + height / 2 - 6, r + 6), (y + height / 2 + 8, r + 6)), colour=GOLD, top=None)


def _ring(s: Studio, x: float, y: float, r: float) -> None:
    wire(s, ellipse(x, y, r, r), 13)


def _stud(s: Studio, x: float, y: float, r: float) -> None:
    disc = s.mask(ellipse(x, y, r, r))
    s.shade(s.blur(s.moved(disc, 3, 4), 3), 0.45)
    s.coat(disc, s.gradient(((0, 250), (0.5, 140), (1, 40)), (x - r, y - r), (x + r, y + r)), GOLD, "metal")


def _deboss(s: Studio, x: float, y: float, height: float, within: Image.Image) -> None:
    mark = s.mask(*monogram(x, y, height))
    s.light(ImageChops.multiply(ImageChops.subtract(s.moved(mark, 2, 3), mark), within), 0.4)
    s.shade(ImageChops.multiply(mark, within), 0.30)
