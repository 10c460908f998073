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
    x = 350
    s.ground(x, 925, 112, strength=0.65)
    _wand(s, kind)
    light = {"gloss": "glass", "liquid": "matte", "concealer": "satin"}[kind]
    turned(s, x, ((350, 52), (420, 52)), colour=GOLD, top=96, flutes=0)
    turned(s, x, ((410, 78), (424, 96), (460, 110), (912, 110), (925, 104)), colour="#f4efe9", light="glass",
           surface="glass", top=None)  # fmt: skip
    inner = turned(
        s, x, ((424, 70), (440, 86), (474, 97), (880, 97), (896, 92)), light=light, surface="gloss", top=None
    )
    if kind == "gloss":
        s.light(ImageChops.multiply(s.blur(s.mask(ellipse(x, 800, 70, 110)), 40), inner), 0.35, "#fff4ec")
    _streaks(s, x, 470, 880, 104)
    s.coat(s.mask(*monogram(x, 690, 92)), 200, GOLD, "flat")


def mascara(s: Studio, _: str) -> None:
    """A mascara standing open, its brush lifted out."""
    x = 350
    s.ground(x, 925, 118, strength=0.65)
    _wand(s, "mascara")
    turned(s, x, ((390, 54), (450, 54)), colour=GOLD, top=60)
    turned(s, x, ((440, 108), (452, 114), (520, 114)), colour=GOLD, top=190)
    turned(
        s,
        x,
        ((505, 112), (905, 112), (925, 106)),
        flutes=30,
        colour=INK,
        light="gloss",
        surface="gloss",
        top=None,
        depth=16,
    )
    band = turned(s, x, ((780, 115), (846, 115)), light="gloss", surface="gloss", top=None)
    s.rim(band, 0, 3, 1, 0.5)


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
    s.rim(mask, -3, 1, 1.2, 0.30)
    s.rim(mask, 2, 1, 1.0, 0.26)


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
    turned(w, 500, ((424, 73), (476, 73)), colour=GOLD, top=None)
    turned(w, 500, ((478, 40), (500, 40)), colour=GOLD, light="metal", top=None)
    if kind == "mascara":
        turned(w, 500, ((500, 9), (700, 9)), colour=INK, light="gloss", surface="gloss", top=None)
        _bristles(w)
    else:
        turned(w, 500, ((500, 15), (740, 13)), colour=IVORY, light="glass", surface="glass", top=None)
        _tip(w, kind)
    s.merge(w, angle=-22, centre=(500, 500), to=(690, 500), scale=0.98)


def _tip(w: Studio, kind: str) -> None:
    tip = w.mask(path("M 478 716 C 466 770 466 850 496 905 C 502 912 512 912 518 903 C 540 850 536 770 524 716 Z"))
    w.coat(
        tip, around(w, 501, ((716, 22), (800, 34), (910, 12)), "gloss" if kind == "gloss" else "satin"), surface="gloss"
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
