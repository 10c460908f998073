"""Heels, ankle boots and trainers, each as a pair seen from the side."""

from __future__ import annotations

from collections.abc import Callable

from PIL import ImageChops

from catalog.demo.pictures.cloth import Folds, panel, relief, seam, stitches
from catalog.demo.pictures.outline import line, path, ribbon
from catalog.demo.pictures.studio import GOLD, INK, IVORY, Studio


def heel(s: Studio, _: str) -> None:
    """Pointed court shoes on a slim heel."""
    _two(s, _heel, back=(1.0, 62, -96), front=(-28, 46), foot=884)


def ankle_boot(s: Studio, _: str) -> None:
    """Chelsea boots on a block heel."""
    _two(s, _boot, back=(1.0, 96, -46), front=(-48, 26), foot=904, scale=0.97)


def trainer(s: Studio, _: str) -> None:
    """Low leather trainers with a row along the side."""
    _two(s, _trainer, back=(1.0, 64, -128), front=(-24, 60), foot=826)


def _two(s: Studio, draw: Callable[[Studio], None], *, back: tuple[float, float, float], front: tuple[float, float],
         foot: float, scale: float = 0.94) -> None:  # fmt: skip
    one = Studio(s.size)
    draw(one)
    for dx, dy, dim in ((back[1], back[2], True), (*front, False)):
        part = Studio(s.size)
        part.merge(one, scale=scale, to=(500 + dx, 500 + dy))
        solid = part.solid()
        base = 500 + dy + (foot - 500) * scale
        contact = s.moved(solid, 0, 0)
        band = s.mask(((0, base - 26), (1000, base - 26), (1000, base + 40), (0, base + 40)))
        contact = ImageChops.multiply(contact, band)
        s.shade(s.blur(s.moved(contact, 6, 10), 7), 0.7)
        s.shade(s.blur(s.moved(contact, 22, 18), 22), 0.45)
        if not dim:
            s.shade(ImageChops.multiply(s.blur(s.moved(solid, 16, 14), 16), s.solid()), 0.5)
        s.layers += part.layers
        if dim:
            s.shade(solid, 0.14)


def _heel(s: Studio) -> None:
    lining = path("M 372 664 C 440 606 560 540 640 430 C 700 350 752 300 792 306 L 800 420 L 640 640 L 420 720 Z")
    s.coat(s.mask(lining), s.gradient(((0, 170), (0.6, 110), (1, 60)), (400, 660), (800, 380)), "#c9a27e", "matte")
    stiletto = path("M 838 540 C 842 640 850 760 856 884 L 822 884 C 818 780 800 690 744 600 Z")
    column = s.mask(stiletto)
    s.coat(column, relief(s, column, (), puff=13, wide=16, gain=1.5), surface="gloss")
    s.shade(ImageChops.multiply(s.blur(s.mask(path("M 740 590 L 850 530 L 850 640 L 770 640 Z")), 16), column), 0.4)
    s.coat(
        s.mask(path("M 822 866 L 856 866 L 857 886 L 821 886 Z")),
        s.gradient(((0, 90), (0.3, 240), (1, 60)), (820, 0), (858, 0)),
        GOLD,
        "metal",
    )
    sole = path(
        "M 60 812 C 62 836 80 846 112 846 L 350 846 C 440 836 510 790 566 732 C 640 656 700 612 762 606 L 752 590 L 540 690 L 300 810 Z"
    )
    s.coat(s.mask(sole), s.gradient(((0, 150), (0.5, 120), (1, 170)), (60, 0), (760, 0)), INK, "gloss")
    upper = path(
        "M 54 806 C 66 776 150 748 236 716 C 300 692 340 676 372 654 C 400 700 480 716 560 660 C 640 596 690 480 736 398 "
        "C 756 360 776 326 796 306 C 832 372 850 460 846 560 C 830 596 796 600 752 602 C 690 612 630 660 564 724 "
        "C 500 786 430 830 344 836 L 112 836 C 76 836 52 824 54 806 Z"
    )
    creases = (Folds([line("150 790 260 760 380 740 500 730"), line("640 640 720 520 790 380")], (4, 30, 4), 20, 0.5),)
    mask = s.mask(upper)
    s.coat(mask, relief(s, mask, creases, puff=40, wide=70, gain=1.3), surface="gloss")
    s.core(mask, 0, -26, 22, 0.34)
    shine = ribbon(line("104 800 190 762 290 726 366 700"), (2, 16, 22, 3))
    s.light(ImageChops.multiply(s.blur(s.mask(shine), 5), mask), 0.7)
    shine = ribbon(line("700 560 760 470 800 380"), (2, 18, 3))
    s.light(ImageChops.multiply(s.blur(s.mask(shine), 6), mask), 0.42)
    edge = s.stroke(line("372 656 400 690 480 704 560 656 640 584 690 480 736 398 796 308"), 4)
    s.light(ImageChops.multiply(edge, mask), 0.35)
    s.rim(mask, 2, 3, 1, 0.4)


def _boot(s: Studio) -> None:
    block = path("M 640 810 L 846 806 L 838 904 L 662 904 Z")
    s.coat(s.mask(block), s.gradient(((0, 150), (0.3, 205), (0.6, 120), (1, 70)), (640, 0), (846, 0)), INK, "satin")
    for y in (836, 858, 880):
        s.shade(s.strokes([((646, y), (842, y - 1))], 2), 0.4)
    sole = path(
        "M 100 846 C 92 876 110 892 140 892 L 430 892 C 520 880 580 850 652 838 L 846 826 L 848 796 L 120 816 Z"
    )
    s.coat(s.mask(sole), s.gradient(((0, 176), (0.4, 130), (1, 84)), (0, 800), (0, 892)), INK, "satin")
    s.coat(s.mask(path("M 470 128 C 540 108 740 104 800 126 L 790 170 L 480 176 Z")), 40, "own:-0.06:0.8:0", "cloth")
    upper = path(
        "M 104 836 C 92 790 120 740 186 704 C 270 664 360 640 410 580 C 450 530 462 430 462 330 C 462 250 462 180 466 130 "
        "C 560 166 720 164 806 126 C 820 260 828 400 836 520 C 844 620 856 720 850 816 C 760 834 660 832 600 836 "
        "C 480 850 280 848 130 848 C 112 848 106 844 104 836 Z"
    )
    creases = (
        Folds(
            [line("410 590 470 610 520 590"), line("380 630 450 660 520 650"), line("430 540 480 566 520 550")],
            (2, 20, 2),
            9,
            0.9,
        ),
        Folds([line("500 200 494 360 470 520"), line("800 240 806 420 810 600")], (4, 26, 6), 18, 0.7),
        Folds([line("190 760 300 700 420 660")], (4, 46, 4), 26, 0.8),
    )
    mask = panel(s, upper, creases, surface="gloss", puff=44, wide=80, gain=1.25, lift=0)
    s.core(mask, 0, -24, 20, 0.32)
    gusset = path(
        "M 560 152 C 610 158 670 158 716 150 C 706 300 690 440 652 540 C 640 552 632 552 624 540 C 586 440 568 300 560 152 Z"
    )
    band = ImageChops.multiply(s.mask(gusset), mask)
    s.coat(band, s.gradient(((0, 118), (0.5, 92), (1, 60)), (560, 0), (716, 0)), "own:-0.05:0.6:0", "matte")
    ribs = s.strokes([line(f"{566 + i * 11} 140 {590 + i * 7} 350 {626 + i * 2} 560") for i in range(15)], 3)
    s.light(ImageChops.multiply(ribs, band), 0.18)
    s.core(band, 4, 4, 4, 0.45)
    stitches(s, line("552 156 560 300 580 446 618 548"), "own:0.14:0.8:0", width=2, length=7)
    stitches(s, line("724 152 714 300 696 446 660 548"), "own:0.14:0.8:0", width=2, length=7)
    shine = ribbon(line("140 792 190 740 270 704 350 672"), (2, 26, 24, 3))
    s.light(ImageChops.multiply(s.blur(s.mask(shine), 8), mask), 0.55)
    shine = ribbon(line("486 210 488 340 482 440"), (2, 16, 3))
    s.light(ImageChops.multiply(s.blur(s.mask(shine), 6), mask), 0.5)
    tab = ribbon(line("774 178 784 104 806 100 812 160"), (20, 20, 20, 20))
    panel(s, tab, (), surface="cloth", puff=6, lift=3)
    stitches(s, line("118 826 300 836 480 834 660 816 840 804"), IVORY, width=2, length=8)


def _trainer(s: Studio) -> None:
    sole = path("M 62 736 C 52 790 70 826 120 828 L 846 828 C 900 826 934 800 936 748 L 930 700 L 70 700 Z")
    mask = s.mask(sole)
    s.coat(mask, s.gradient(((0, 214), (0.35, 160), (0.7, 120), (1, 84)), (0, 700), (0, 830)), IVORY, "satin")
    s.shade(ImageChops.multiply(s.strokes([line("64 786 300 796 600 796 932 780")], 2.4), mask), 0.35)
    s.shade(ImageChops.multiply(s.strokes([((x, 806), (x, 830)) for x in range(110, 900, 16)], 4), mask), 0.3)
    stitches(s, line("84 744 300 758 600 758 916 736"), "#b9aa93", width=2, length=8)
    s.coat(
        s.mask(path("M 500 380 C 580 404 720 400 840 356 L 840 430 L 600 490 Z")),
        s.gradient(((0, 90), (1, 50)), (520, 0), (820, 0)),
        "own:-0.08:0.7:0",
        "cloth",
    )
    tongue = path("M 470 430 C 470 380 466 340 486 306 C 500 290 540 296 560 316 C 580 350 590 400 592 450 L 500 520 Z")
    swell = (Folds([line("500 320 512 400 540 470")], (6, 30, 6), 14, 0.6),)
    panel(s, tongue, swell, colour="own:-0.05:0.95:0", surface="satin", puff=14, lift=0)
    upper = path(
        "M 66 742 C 56 690 84 640 150 614 C 220 588 300 566 370 508 C 416 468 450 424 478 380 C 492 362 506 366 514 384 "
        "C 540 444 620 470 700 456 C 760 446 800 412 828 362 C 836 346 856 344 868 358 C 884 380 884 420 884 460 "
        "C 890 540 916 620 932 724 C 720 766 300 770 66 742 Z"
    )
    creases = (
        Folds([line("250 600 300 640 380 650"), line("300 580 350 612 420 620")], (2, 18, 2), 10, 0.8),
        Folds([line("130 690 260 620 420 560")], (4, 50, 6), 30, 0.8),
        Folds([line("600 480 720 520 860 500")], (4, 40, 6), 24, 0.6),
    )
    mask = panel(s, upper, creases, surface="satin", puff=40, wide=70, gain=1.1, lift=0)
    s.core(mask, 0, -18, 14, 0.28)
    toe = path("M 60 745 C 52 680 100 628 180 600 C 226 634 254 690 254 758 C 190 758 120 752 60 745 Z")
    panel(s, ImageChops.multiply(s.mask(toe), mask), (), surface="satin", puff=24, wide=30, lift=4)
    stitches(s, line("186 606 228 642 250 690 256 752"), IVORY, width=2, length=7)
    s.shade(s.mask(*[path(f"M {x} {y} L {x + 6} {y - 3} L {x + 8} {y + 3} L {x + 2} {y + 6} Z") for x, y in
                     ((120, 690), (140, 676), (162, 664), (128, 716), (152, 704), (176, 694), (186, 724))]), 0.35)  # fmt: skip
    counter = path(
        "M 820 372 C 836 340 866 342 874 372 C 888 440 890 540 932 724 C 880 736 830 742 770 746 C 748 640 764 500 796 412 Z"
    )
    panel(
        s,
        ImageChops.multiply(s.mask(counter), mask),
        (),
        colour="own:-0.1:1:0",
        surface="satin",
        puff=20,
        wide=30,
        lift=4,
    )
    # The row: fluted ridges in the house's ink and gold, from the laces to the sole.
    for i, (colour, surface) in enumerate(((INK, "satin"), (GOLD, "metal"), (INK, "satin"))):
        bar = ribbon(line(f"{556 + i * 46} {474 - i * 2} {534 + i * 48} 620 {494 + i * 52} 758"), (18, 24, 30))
        part = ImageChops.multiply(s.mask(bar), mask)
        s.shade(s.blur(s.moved(part, 3, 3), 3), 0.3)
        s.coat(part, s.gradient(((0, 205), (0.5, 130), (1, 80)), (480 + i * 46, 0), (540 + i * 46, 0)), colour, surface)
    eyestay = path("M 290 556 C 370 516 432 450 482 372 L 528 420 C 500 520 440 600 384 630 Z")
    panel(s, ImageChops.multiply(s.mask(eyestay), mask), (), surface="satin", puff=10, lift=3)
    for i in range(5):
        x, y = 336 + i * 37, 548 - i * 38
        lace = ribbon(line(f"{x - 16} {y - 22} {x + 16} {y - 6} {x + 52} {y + 30}"), (16, 19, 16))
        cord = s.mask(lace)
        s.shade(s.blur(s.moved(cord, 3, 5), 3), 0.42)
        s.coat(cord, s.gradient(((0, 200), (0.5, 150), (1, 96)), (x, y - 24), (x + 14, y + 24)), IVORY, "matte")
    seam(s, line("508 392 560 452 660 474 750 456 816 400"), mask, 0.3)
