"""Lipsticks, cheek sticks, and everything that comes in a slim tube with a wand."""

from __future__ import annotations

from PIL import ImageChops

from catalog.demo.pictures.lathe import around, turned
from catalog.demo.pictures.mark import monogram
from catalog.demo.pictures.outline import ellipse, line, loop, path, ribbon
from catalog.demo.pictures.studio import GOLD, INK, IVORY, Studio

FINISHES = {
    "matte": ("matte", "matte"), "satin": ("satin", "satin"), "shine": ("gloss", "gloss"), "metallic": ("metal", "metal"),
}  # fmt: skip


def lipstick(s: Studio, finish: str) -> None:
    """An open lipstick beside its standing cap."""
    x = 330
    s.ground(x, 925, 138, strength=0.65)
    s.ground(712, 925, 140, strength=0.65)
    _case(s, x)
    _bullet(s, x, finish)
    _cap(s, 712)


def stick(s: Studio, _: str) -> None:
    """A wide cream stick with a domed end, its short cap beside it."""
    x = 345
    s.ground(x, 925, 160, strength=0.65)
    s.ground(735, 925, 150, strength=0.65)
    turned(s, x, ((580, 152), (594, 157), (912, 157), (925, 152)), flutes=38, colour=INK, light="gloss", surface="gloss",
           top=110, depth=16)  # fmt: skip
    turned(s, x, ((520, 142), (586, 142)), colour=GOLD, top=185)
    outline = path(
        f"M {x - 116} 520 L {x - 116} 190 C {x - 116} 70 {x - 70} 42 {x} 42 C {x + 70} 42 {x + 116} 70 {x + 116} 190 "
        f"L {x + 116} 520 Q {x} 556 {x - 116} 520 Z"
    )
    mask = s.mask(outline)
    tone = around(s, x, ((40, 60), (60, 84), (110, 108), (190, 116), (540, 116)), "satin")
    s.coat(mask, tone, surface="satin")
    glow = s.blur(s.mask(ellipse(x - 38, 104, 50, 40)), 18)
    s.light(ImageChops.multiply(glow, mask), 0.5)
    s.shade(ImageChops.multiply(s.blur(s.mask(ellipse(x, 524, 124, 22)), 8), mask), 0.5)
    _front_edge(s, mask)
    turned(s, 735, ((880, 154), (925, 154)), colour=GOLD, top=None)
    turned(s, 735, ((600, 148), (612, 154), (884, 154)), flutes=38, colour=INK, light="gloss", surface="gloss", top=112,
           depth=16)  # fmt: skip
    _lid_inlay(s, 735, 602, 112)


def tube(s: Studio, kind: str) -> None:
    """A clear tube standing open and its wand lifted out, product on the tip."""
    x = 330
    s.ground(x, 925, 138, strength=0.65)
    _wand(s, kind)
    light = {"gloss": "gloss", "liquid": "satin", "concealer": "satin"}[kind]
    turned(s, x, ((300, 62), (372, 62)), colour=GOLD, top=60)
    turned(
        s,
        x,
        ((368, 70), (384, 104), (402, 122), (430, 132), (912, 132), (925, 124)),
        colour="own:0.24:0.45:0",
        light="glass",
        surface="glass",
        top=None,
    )
    inner = turned(
        s,
        x,
        ((392, 78), (408, 104), (428, 117), (446, 121), (862, 121), (880, 114)),
        light=light,
        surface="gloss",
        top=None,
    )
    if kind == "gloss":
        glow = s.blur(s.mask(ellipse(x + 30, 760, 60, 110)), 40)
        s.light(ImageChops.multiply(glow, inner), 0.4, "#fff4ec")
    _streaks(s, x, 436, 890, 126)
    s.light(s.blur(s.mask(ellipse(x - 10, 918, 84, 7)), 4), 0.6)
    s.coat(
        s.mask(*monogram(x, 660, 128)), s.gradient(((0, 210), (1, 130)), (x - 60, 600), (x + 60, 720)), GOLD, "metal"
    )


def mascara(s: Studio, _: str) -> None:
    """A mascara standing open, its brush lifted out."""
    x = 330
    s.ground(x, 925, 124, strength=0.65)
    _wand(s, "mascara")
    turned(s, x, ((300, 58), (372, 58)), colour=GOLD, top=60)
    turned(s, x, ((360, 118), (372, 124), (440, 124)), colour=GOLD, top=190)
    turned(
        s,
        x,
        ((424, 122), (905, 122), (925, 116)),
        flutes=32,
        colour=INK,
        light="gloss",
        surface="gloss",
        top=None,
        depth=16,
    )
    band = turned(s, x, ((740, 126), (830, 126)), light="satin", surface="gloss", top=None)
    s.rim(band, 0, 3, 1, 0.5)
    s.coat(
        s.mask(*monogram(x, 570, 110)), s.gradient(((0, 210), (1, 130)), (x - 60, 520), (x + 60, 620)), GOLD, "metal"
    )


def _case(s: Studio, x: float) -> None:
    turned(s, x, ((684, 132), (696, 137), (912, 137), (925, 132)), flutes=34, colour=INK, light="gloss", surface="gloss",
           top=120, depth=16)  # fmt: skip
    turned(s, x, ((656, 129), (692, 129)), colour=GOLD, top=200)
    turned(s, x, ((572, 114), (656, 114)), colour=GOLD, top=190)
    turned(s, x, ((500, 101), (582, 101)), colour=GOLD, top=90)


def _bullet(s: Studio, x: float, finish: str) -> None:
    light, surface = FINISHES[finish]
    # The cone cut on the slant: a cylinder whose top runs from low left to high right.
    outline = path(
        f"M {x - 89} 506 L {x - 89} 252 C {x - 89} 214 {x - 74} 196 {x - 54} 170 C {x - 8} 110 {x + 28} 58 {x + 52} 44 "
        f"C {x + 76} 32 {x + 89} 56 {x + 89} 98 L {x + 89} 506 Q {x} 532 {x - 89} 506 Z"
    )
    mask = s.mask(outline)
    s.coat(mask, around(s, x, ((40, 89), (520, 89)), light), surface=surface)
    face = loop(
        f"{x - 81} 238 {x - 64} 194 {x - 22} 138 {x + 22} 80 {x + 54} 56 {x + 70} 72 {x + 68} 124 {x + 34} 188 "
        f"{x - 18} 240 {x - 64} 260"
    )
    plane = ImageChops.multiply(s.mask(face), mask)
    s.coat(
        plane, s.gradient(((0, 236), (0.35, 200), (0.7, 166), (1, 150)), (x - 56, 90), (x + 56, 250)), surface=surface
    )
    s.rim(plane, 4, 3, 1.5, 0.55)
    if finish != "matte":
        glint = s.blur(s.mask(ribbon(line(f"{x - 26} 184 {x + 14} 134 {x + 46} 86"), (2, 18, 3))), 4)
        s.light(ImageChops.multiply(glint, plane), 0.8 if finish == "shine" else 0.4)
    tilted = Studio(s.size)
    tilted.coat(tilted.mask(*monogram(x, 162, 58)), 84, surface=surface)
    s.merge(tilted, angle=33, centre=(x, 162), to=(x - 1, 162))
    _front_edge(s, mask)
    s.shade(ImageChops.multiply(s.blur(s.mask(ellipse(x, 508, 96, 20)), 7), mask), 0.55)


def _front_edge(s: Studio, mask) -> None:
    s.rim(mask, -3, 1, 1.2, 0.42)
    s.rim(mask, 3, 1, 1.0, 0.36)


def _cap(s: Studio, x: float) -> None:
    turned(s, x, ((880, 138), (925, 138)), colour=GOLD, top=None)
    turned(
        s,
        x,
        ((512, 133), (524, 138), (884, 138)),
        flutes=34,
        colour=INK,
        light="gloss",
        surface="gloss",
        top=112,
        depth=16,
    )
    _lid_inlay(s, x, 514, 98)


def _lid_inlay(s: Studio, x: float, y: float, r: float) -> None:
    s.coat(s.mask(ellipse(x, y, r, r * 0.15)), 200, GOLD, "metal")
    tone = s.gradient(((0, 175), (1, 105)), (x - r, y - 12), (x + r, y + 12))
    s.coat(s.mask(ellipse(x, y, r - 4, (r - 4) * 0.15)), tone, INK, "gloss")


def _streaks(s: Studio, x: float, top: float, foot: float, r: float) -> None:
    for at, width, strength in ((-0.74, 16, 0.8), (-0.52, 5, 0.5), (0.84, 9, 0.45)):
        bar = s.mask(ribbon(((x + at * r, top), (x + at * r, (top + foot) / 2), (x + at * r, foot)), (2, width, 2)))
        s.light(s.blur(bar, 2), strength)


def _wand(s: Studio, kind: str) -> None:
    """The cap with its rod, drawn upright about x = 500 and then leaned to the right."""
    w = Studio(s.size)
    turned(
        w,
        500,
        ((60, 66), (72, 70), (440, 70)),
        flutes=24,
        colour=INK,
        light="gloss",
        surface="gloss",
        top=None,
        depth=16,
    )
    turned(w, 500, ((424, 91), (476, 91)), colour=GOLD, top=None)
    turned(w, 500, ((478, 50), (500, 50)), colour=GOLD, light="metal", top=None)
    if kind == "mascara":
        turned(w, 500, ((500, 9), (700, 9)), colour=INK, light="gloss", surface="gloss", top=None)
        _bristles(w)
    else:
        turned(w, 500, ((500, 15), (740, 13)), colour=IVORY, light="glass", surface="glass", top=None)
        _tip(w, kind)
    s.merge(w, angle=-20, centre=(500, 500), to=(708, 496), scale=1.04)


def _tip(w: Studio, kind: str) -> None:
    tip = w.mask(path("M 474 706 C 456 764 456 850 494 912 C 502 920 514 920 521 910 C 550 850 546 764 528 706 Z"))
    w.coat(
        tip, around(w, 501, ((706, 26), (800, 44), (912, 16)), "gloss" if kind == "gloss" else "satin"), surface="gloss"
    )
    w.rim(tip, 3, 2, 2, 0.5)


def _bristles(w: Studio) -> None:
    rows = [
        line(f"{500 - r} {y - 6} 500 {y + 5} {500 + r} {y - 6}")
        for y in range(690, 922, 7)
        for r in (30 + 12 * min(1, (y - 690) / 120) - 20 * max(0, (y - 880) / 60),)
    ]
    w.coat(w.strokes(rows, 4), w.gradient(((0, 190), (0.4, 128), (1, 80)), (455, 0), (545, 0)), surface="matte")
    w.coat(w.strokes(rows[::3], 2), w.gradient(((0, 225), (0.5, 150), (1, 90)), (455, 0), (545, 0)), surface="matte")
