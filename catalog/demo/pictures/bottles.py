"""Glass: nail lacquer with its spill, foundation, and three perfume bottles."""

from __future__ import annotations

from PIL import Image, ImageChops

from catalog.demo.pictures.lathe import around, turned
from catalog.demo.pictures.mark import monogram, word_width, wordmark
from catalog.demo.pictures.outline import Point, ellipse, line, loop, path, ribbon, rounded
from catalog.demo.pictures.studio import GOLD, INK, IVORY, Studio


def lacquer(s: Studio, finish: str) -> None:
    """A round-shouldered bottle of lacquer under a tall fluted cap, some of it spilt in front."""
    x = 400
    s.ground(x, 850, 236, strength=0.6)
    glass = path(
        f"M {x - 96} 420 C {x - 96} 446 {x - 110} 456 {x - 150} 470 C {x - 216} 492 {x - 240} 530 {x - 240} 590 "
        f"L {x - 240} 800 Q {x - 240} 852 {x - 190} 868 Q {x} 900 {x + 190} 868 Q {x + 240} 852 {x + 240} 800 "
        f"L {x + 240} 590 C {x + 240} 530 {x + 216} 492 {x + 150} 470 C {x + 110} 456 {x + 96} 446 {x + 96} 420 Z"
    )
    body = s.mask(glass)
    light, surface = ("metal", "metal") if finish == "chrome" else ("gloss", "gloss")
    profile = ((430, 96), (470, 150), (510, 216), (560, 240), (880, 240))
    s.coat(body, around(s, x, profile, light), surface=surface)
    if finish == "chrome":
        turn = s.gradient(((0, 0), (0.3, 200), (0.55, 30), (0.8, 220), (1, 60)), (x - 200, 470), (x + 200, 880))
        s.coat(
            ImageChops.multiply(body, turn).point(lambda v: v * 0.75),
            around(s, x, profile, light),
            "own:0.04:1.15:48",
            surface,
        )
    _glass_foot(s, x, body)
    s.core(body, -26, 0, 16, 0.28)
    s.rim(body, 4, 2, 2, 0.45)
    s.rim(body, -4, 0, 2, 0.35)
    window = s.mask(ribbon(line(f"{x - 196} 790 {x - 200} 640 {x - 190} 560 {x - 150} 508"), (6, 22, 26, 4)))
    s.light(s.blur(window, 3), 0.75)
    s.coat(
        s.mask(*monogram(x + 6, 690, 128)),
        s.gradient(((0, 200), (1, 130)), (x - 60, 620), (x + 60, 760)),
        GOLD,
        "metal",
    )
    turned(s, x, ((414, 104), (438, 104)), colour=GOLD, top=None)
    turned(
        s, x, ((52, 84), (66, 90), (416, 102)), flutes=32, colour=INK, light="gloss", surface="gloss", top=110, depth=18
    )
    _spill(s, finish)


def _glass_foot(s: Studio, x: float, body: Image.Image) -> None:
    """The thick clear bottom of a bottle, where the colour ends and light gathers."""
    base = s.mask(path(f"M {x - 260} 806 Q {x} 858 {x + 260} 806 L {x + 260} 920 L {x - 260} 920 Z"))
    clear = ImageChops.multiply(base, body)
    s.coat(
        clear,
        s.gradient(((0, 190), (0.2, 232), (0.5, 165), (0.8, 205), (1, 150)), (x - 240, 0), (x + 240, 40)),
        "own:0.1:0.7:0",
        "glass",
    )
    s.light(s.blur(s.stroke(line(f"{x - 236} 808 {x} 850 {x + 236} 808"), 5), 1.5), 0.5)
    s.light(ImageChops.multiply(s.blur(s.mask(ellipse(x - 60, 884, 130, 12)), 6), body), 0.6)


def _spill(s: Studio, finish: str) -> None:
    pool = s.mask(
        loop("520 880 590 812 690 800 752 742 836 726 900 768 906 836 948 868 936 926 850 950 730 944 610 956 528 930")
    )
    _pool(s, pool, "metal" if finish == "chrome" else "gloss")


def _pool(s: Studio, pool: Image.Image, surface: str) -> None:
    """A thick drop of something wet: dark under its near edge, bright along the far one."""
    s.shade(s.blur(s.moved(pool, 5, 9), 6), 0.4)
    s.coat(pool, s.gradient(((0, 150), (0.5, 128), (1, 104)), (560, 740), (820, 950)), surface=surface)
    s.core(pool, -8, -14, 9, 0.42)
    inner = s.blur(pool, 15).point(lambda v: max(0, min(255, (v - 130) * 4)))
    s.rim(inner, 8, 12, 3, 0.85)
    s.rim(pool, -3, -3, 2, 0.22)


def foundation(s: Studio, _: str) -> None:
    """A heavy glass bottle of foundation, a stroke of it on the table."""
    x = 400
    smear = s.mask(ribbon(line("560 900 680 846 800 872 918 770"), (40, 96, 104, 44)))
    s.shade(s.blur(s.moved(smear, 5, 9), 7), 0.3)
    s.coat(
        smear,
        s.gradient(((0, 186), (0.3, 136), (0.5, 108), (0.7, 150), (1, 118)), (660, 790), (740, 930)),
        surface="satin",
    )
    ridges = [line(f"{570} {896 + d} 690 {836 + d * 1.6} 800 {862 + d * 1.7} 906 {768 + d}") for d in (-20, -6, 8, 20)]
    s.light(ImageChops.multiply(s.blur(s.strokes(ridges, 5), 2), smear), 0.34)
    s.rim(smear, 3, 5, 2, 0.5)
    s.ground(x, 895, 218, strength=0.6)
    box = rounded(x - 215, 330, x + 215, 920, 44)
    glass = s.mask(box)
    s.coat(glass, _wide(s, x, 215), "own:0.08:0.55:0", "glass")
    inner = s.mask(rounded(x - 184, 366, x + 184, 862, 30))
    s.coat(
        inner,
        s.gradient(((0, 104), (0.1, 128), (0.3, 150), (0.6, 128), (1, 100)), (x - 184, 0), (x + 184, 0)),
        surface="satin",
    )
    s.core(inner, -18, 0, 12, 0.2)
    s.light(s.blur(s.mask(rounded(x - 196, 380, x - 172, 850, 12)), 3), 0.75)
    s.light(s.blur(s.mask(rounded(x + 184, 400, x + 194, 850, 5)), 2), 0.55)
    s.light(s.blur(s.mask(rounded(x - 180, 880, x + 180, 894, 7)), 4), 0.5)
    s.rim(glass, 3, 3, 1.5, 0.6)
    s.rim(glass, -3, -3, 1.5, 0.3)
    plate = s.mask(rounded(x - 86, 500, x + 86, 720, 10))
    s.coat(plate, s.gradient(((0, 160), (0.5, 132), (1, 108)), (x - 86, 0), (x + 86, 0)), IVORY, "matte")
    s.rim(plate, 2, 2, 1, 0.6)
    s.coat(s.mask(*monogram(x, 592, 104)), 116, INK, "flat")
    s.coat(s.mask(*_line("ALKANET ROW", x, 686, 13)), 116, INK, "flat")
    turned(s, x, ((296, 120), (334, 120)), colour=GOLD, top=None)
    turned(
        s,
        x,
        ((58, 112), (72, 118), (300, 118)),
        flutes=34,
        colour=INK,
        light="gloss",
        surface="gloss",
        top=110,
        depth=18,
    )


def perfume(s: Studio, shape: str) -> None:
    """Eau de parfum in the bottle of its own."""
    {"slab": _slab, "dome": _dome, "column": _column}[shape](s)


def _slab(s: Studio) -> None:
    x = 500
    s.ground(x, 918, 330, 44, strength=0.62)
    glass = s.mask(rounded(150, 330, 850, 940, 38))
    s.coat(glass, _wide(s, x, 350), "own:0.2:0.45:0", "glass")
    juice = s.mask(rounded(206, 392, 794, 850, 22))
    s.coat(juice, s.gradient(((0, 176), (0.4, 136), (0.75, 112), (1, 150)), (220, 400), (780, 860)), surface="glass")
    level = s.mask(((206, 392), (794, 392), (794, 440), (206, 440)))
    s.light(ImageChops.multiply(level, juice), 0.28)
    s.light(s.blur(s.stroke(((210, 441), (790, 441)), 3), 0.8), 0.55)
    beam = s.mask(((206, 850), (206, 640), (420, 392), (560, 392), (206, 790)))
    s.light(ImageChops.multiply(s.blur(beam, 6), juice), 0.16)
    s.core(juice, -14, -10, 12, 0.3)
    for bar, strength in ((rounded(164, 372, 186, 900, 10), 0.8), (rounded(814, 380, 828, 900, 7), 0.5),
                          (rounded(230, 880, 770, 900, 9), 0.55), (rounded(220, 346, 640, 356, 5), 0.5)):  # fmt: skip
        s.light(s.blur(s.mask(bar), 3), strength)
    s.rim(glass, 3, 3, 1.5, 0.7)
    s.rim(glass, -3, -3, 1.5, 0.4)
    _label(s, x, 640, 190)
    _stopper(s, x, 60, 306, 138, 42)


def _dome(s: Studio) -> None:
    x = 500
    s.ground(x, 916, 350, 50, strength=0.62)
    outline = path("M 420 300 C 420 340 400 350 350 372 C 190 440 116 590 116 740 C 116 850 150 916 230 930 Q 500 962 770 930 "
                   "C 850 916 884 850 884 740 C 884 590 810 440 650 372 C 600 350 580 340 580 300 Z")  # fmt: skip
    glass = s.mask(outline)
    s.coat(glass, _wide(s, x, 384), "own:0.22:0.5:0", "glass")
    small = path("M 440 400 C 300 430 170 560 166 740 C 166 812 190 856 250 866 Q 500 892 750 866 C 810 856 834 812 834 740 "
                 "C 830 560 700 430 560 400 Z")  # fmt: skip
    juice = s.mask(small)
    s.coat(juice, around(s, x, ((400, 90), (500, 250), (650, 330), (890, 334)), "glass"), surface="glass")
    glow = s.blur(s.mask(ellipse(610, 720, 150, 110)), 60)
    s.light(ImageChops.multiply(glow, juice), 0.34, "#ffe9d8")
    s.core(juice, -22, -14, 18, 0.34)
    arc = s.mask(ribbon(line("190 800 186 690 226 570 300 480 372 432"), (4, 26, 34, 24, 3)))
    s.light(s.blur(arc, 4), 0.7)
    arc = s.mask(ribbon(line("846 820 856 720 832 620 786 544"), (2, 12, 10, 2)))
    s.light(s.blur(arc, 3), 0.6)
    s.light(s.blur(s.mask(ellipse(470, 906, 230, 10)), 5), 0.5)
    s.rim(glass, 4, 3, 2, 0.6)
    s.rim(glass, -4, -3, 2, 0.4)
    _label(s, x, 690, 170)
    turned(s, x, ((286, 92), (318, 92)), colour=GOLD, top=None)
    turned(s, x, ((56, 116), (76, 132), (150, 140), (250, 118), (292, 96)), flutes=36, colour=INK, light="gloss", surface="gloss",
           top=112, depth=18)  # fmt: skip


def _column(s: Studio) -> None:
    x = 500
    s.ground(x, 912, 220, strength=0.62)
    turned(s, x, ((330, 206), (348, 214), (900, 214), (912, 206)), flutes=26, colour="own:0.2:0.5:0", light="glass", surface="glass",
           top=None, depth=20)  # fmt: skip
    juice = turned(s, x, ((420, 184), (850, 184)), flutes=24, light="glass", surface="glass", top=190, depth=24)
    glow = s.blur(s.mask(ellipse(560, 720, 90, 130)), 50)
    s.light(ImageChops.multiply(glow, juice), 0.35, "#fff0d8")
    whole = s.mask(rounded(286, 300, 714, 944, 30))
    s.light(ImageChops.multiply(s.blur(s.mask(rounded(312, 360, 336, 890, 10)), 4), whole), 0.7)
    s.light(ImageChops.multiply(s.blur(s.mask(rounded(676, 370, 688, 890, 6)), 3), whole), 0.5)
    s.coat(
        s.mask(rounded(400, 560, 600, 780, 10)),
        s.gradient(((0, 170), (0.5, 128), (1, 96)), (400, 0), (600, 0)),
        IVORY,
        "matte",
    )
    s.rim(s.mask(rounded(400, 560, 600, 780, 10)), 2, 2, 1, 0.6)
    s.coat(s.mask(*monogram(x, 650, 96)), 110, INK, "flat")
    s.coat(s.mask(*_line("ALKANET ROW", x, 740, 15)), 110, INK, "flat")
    turned(s, x, ((300, 150), (336, 150)), colour=GOLD, top=None)
    _stopper(s, x, 52, 300, 140, 40)


def _stopper(s: Studio, x: float, top: float, foot: float, r: float, flutes: int) -> None:
    turned(s, x, ((foot, r * 0.62), (foot + 38, r * 0.62)), colour=GOLD, top=None)
    turned(s, x, ((foot - 20, r), (foot + 4, r)), colour=GOLD, top=None)
    turned(s, x, ((top, r - 8), (top + 14, r), (foot - 16, r)), flutes=flutes, colour=INK, light="gloss", surface="gloss", top=112,
           depth=18)  # fmt: skip
    s.coat(s.mask(ellipse(x, top + 2, r * 0.72, r * 0.72 * 0.15)), 205, GOLD, "metal")
    s.coat(s.mask(ellipse(x, top + 2, r * 0.69, r * 0.69 * 0.15)), 150, INK, "gloss")


def _label(s: Studio, x: float, y: float, height: float) -> None:
    tone = s.gradient(((0, 214), (0.5, 150), (1, 190)), (x - height, y - height), (x + height, y + height))
    s.coat(s.mask(*monogram(x, y - height * 0.2, height)), tone, GOLD, "metal")
    s.coat(s.mask(*_line("ALKANET ROW", x, y + height * 0.55, height * 0.17)), tone, GOLD, "metal")


def _line(text: str, x: float, y: float, height: float) -> list[tuple[Point, ...]]:
    return wordmark(text, x - word_width(text, height) / 2, y, height)


def _wide(s: Studio, x: float, r: float) -> Image.Image:
    stops = ((0, 90), (0.03, 180), (0.06, 236), (0.1, 150), (0.5, 136), (0.88, 128), (0.93, 205), (0.97, 170), (1, 80))
    return s.gradient(stops, (x - r, 0), (x + r, 0))
