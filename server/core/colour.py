"""Colour as the eye sees it (OKLab): a variant's own colour made into a room where type stays legible.

OKLab and its matrices: Bjorn Ottosson, 2020, https://bottosson.github.io/posts/oklab/ ; contrast: WCAG 2.2,
"relative luminance" and "contrast ratio". Pure functions of hex strings.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import atan2, cbrt, cos, degrees, dist, hypot, radians, sin
from typing import NamedTuple

from server.core.errors import BadInput

INK_CONTRAST = 7.0
SOFT_CONTRAST = 4.5
ACCENT_CONTRAST = 3.0
STONE = 75.0  # the hue that colours without one lean to: paper and stone, not screen grey

# Where English speakers agree what a colour is called: several anchors a word, dark and light, vivid and dull.
_ANCHORS = {
    "black": "#000000 #141414 #1c1a1b #101520 #2a2a2a",
    "grey": "#3c3c3c #5a5a5a #808080 #a6a6a6 #c4c4c4 #708090 #8b8680 #4a4e52",
    "white": "#ffffff #f5f5f5 #fffaf4 #f4f8fa #ececec",
    "beige": "#f5f0dc #ede0c8 #e3cfb4 #d8c0a4 #e8d3c3 #cdb295 #dcc3b0 #d8a47c #cf9d70 #fac9b5",
    "brown": "#3b2218 #5c3a21 #7b4a2d #8b5a3c #a0724f #6b4226 #96694c #b08060 #4e3629 #9c6b5a #7d5a50 #615349 #5a4545",
    "red": "#ff0000 #c8102e #a4161a #8b0000 #6d1023 #dc143c #b22222 #e23b3b #4f0d18 #7a1f2b #9b2d30",
    "pink": "#ffc0cb #ff69b4 #ff1493 #f4a6b8 #d8708c #e75480 #c97d8a #f8d7dd #e8a0a0 #b5596b #c71585 #a80f6a #d8286a",
    "orange": "#ff8c00 #ff7f50 #e8641b #f28c28 #cc5500 #fa8a5f #ff5a1f #ffb066 #f4a460",
    "yellow": "#ffff00 #ffd700 #f5d547 #fff3a0 #e1b12c #d4a017 #f7e98e #cfb53b",
    "green": "#008000 #00c853 #2e8b57 #556b2f #0b3d2e #98d8a0 #7fae5a #b5c99a #00a693 #004d40 #8a9a5b #7fe0c3 #00ff00",
    "blue": "#0000ff #1e3a8a #4169e1 #87ceeb #001f4d #1f77b4 #b0d4f1 #5f9ea0 #00b7d4 #0d2b45 #6a8caf #00ffff",
    "purple": "#800080 #6a0dad #4b0082 #9b59b6 #c8a2d8 #e0cdf0 #2e0a3d #5e3566 #8e6c9e #b57edc #580f41 #ba55d3 #7f5270",
}
FAMILIES = tuple(_ANCHORS)


class ColourRefused(BadInput, ValueError):
    """Text that is not a colour in hexadecimal."""


class Oklab(NamedTuple):
    """Lightness 0 to 1; a (green to red) and b (blue to yellow), each about -0.4 to 0.4."""

    lightness: float
    a: float
    b: float


class Oklch(NamedTuple):
    """Lightness 0 to 1, chroma 0 to about 0.37, hue in degrees from 0 to 360 (meaningless where chroma is near 0)."""

    lightness: float
    chroma: float
    hue: float


@dataclass(frozen=True, slots=True)
class Room:
    """The four colours of a card, as #rrggbb.

    `ink` on `field` has a contrast of at least 7:1, `soft` (secondary text) of 4.5:1, `accent` (rules, graphics and
    large figures, never small text) of 3:1.
    """

    field: str
    ink: str
    soft: str
    accent: str


def normal(text: str) -> str:
    """A colour as people write it (`#ABC`, `aabbcc`) as #rrggbb in lower case. Raises ColourRefused."""
    found = re.fullmatch(r"\s*#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})\s*", text, re.ASCII)
    if not found:
        raise ColourRefused(f"{text[:40]!r} is not a colour. Write six hexadecimal digits, as in #7a1f2b.")
    digits = found[1].lower()
    return "#" + (digits if len(digits) == 6 else "".join(d * 2 for d in digits))


def to_oklab(colour: str) -> Oklab:
    """An sRGB hex colour in OKLab."""
    r, g, b = (_linear(byte) for byte in bytes.fromhex(normal(colour)[1:]))
    long = cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
    medium = cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
    short = cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
    return Oklab(
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def to_oklch(colour: str) -> Oklch:
    """An sRGB hex colour in OKLCH."""
    lightness, a, b = to_oklab(colour)
    return Oklch(lightness, hypot(a, b), degrees(atan2(b, a)) % 360)


def from_oklab(colour: Oklab) -> str:
    """The sRGB hex colour; where the screen cannot show it, hue and lightness stay and chroma gives way."""
    lightness, a, b = colour
    return from_oklch(Oklch(lightness, hypot(a, b), degrees(atan2(b, a)) % 360))


def from_oklch(colour: Oklch) -> str:
    """The sRGB hex colour; where the screen cannot show it, hue and lightness stay and chroma gives way."""
    lightness = min(1.0, max(0.0, colour.lightness))
    chroma = most_chroma(lightness, colour.hue, at_most=max(0.0, colour.chroma))
    return _hex(_channels(lightness, chroma, colour.hue))


def most_chroma(lightness: float, hue: float, at_most: float = 0.4) -> float:
    """The greatest chroma up to `at_most` that sRGB holds at this lightness and hue."""
    if _shown(_channels(lightness, at_most, hue)):
        return at_most
    low, high = 0.0, at_most
    for _ in range(16):
        middle = (low + high) / 2
        low, high = (middle, high) if _shown(_channels(lightness, middle, hue)) else (low, middle)
    return low


def luminance(colour: str) -> float:
    """WCAG relative luminance: 0 for black, 1 for white."""
    r, g, b = (_linear(byte) for byte in bytes.fromhex(normal(colour)[1:]))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    """WCAG contrast ratio of two colours: 1 to 21, the same both ways."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def distance(one: str, other: str) -> float:
    """How different two colours look: the straight line in OKLab. 0.02 is just noticed, 1 is black to white."""
    return dist(to_oklab(one), to_oklab(other))


@lru_cache(maxsize=8192)
def family(colour: str) -> str:
    """The plain word for a colour, one of FAMILIES: that of the most similar anchor. Raises ColourRefused."""
    own = to_oklab(colour)
    return min(_anchors(), key=lambda anchor: dist(own, anchor[0]))[1]


@lru_cache(maxsize=8192)
def room(swatch: str) -> Room:
    """The room of a swatch: its hue kept, its lightness and chroma settled where type stays legible.

    A field may be deep (light ink) or bright (dark ink); between them lies a band in which no ink reaches 7:1. A
    swatch that falls into it goes to the side where it stays more like itself. Raises ColourRefused.
    """
    own = _settled(to_oklch(swatch))
    return min(_deep(own), _bright(own), key=lambda one: _unlike(from_oklch(own), one.field))


@lru_cache(maxsize=1)
def _anchors() -> tuple[tuple[Oklab, str], ...]:
    return tuple((to_oklab(colour), name) for name, colours in _ANCHORS.items() for colour in colours.split())


def _unlike(wanted: str, field: str) -> float:
    # A red that turns pink, or a yellow that turns brown, is worse than the same red made darker (a pink that turns to
    # wine is not); and a colour gains weight as it darkens, while it turns to candy as it lightens.
    before, after = family(wanted), family(field)
    renamed = 0.0 if before == after or (before == "pink" and after in ("red", "purple")) else 0.12
    lightened = 0.2 * max(0.0, luminance(field) - luminance(wanted))
    return distance(wanted, field) + renamed + lightened


def _settled(own: Oklch) -> Oklch:
    """What is asked of the field: greys and creams lean to warm stone, fluorescent colours are calmed."""
    if own.chroma < 0.012:
        return Oklch(_off_the_middle(own.lightness), 0.006, STONE)
    knee, beyond = (0.12, 0.65) if own.lightness < 0.8 else (0.1, 0.45)
    chroma = min(own.chroma, knee + (own.chroma - knee) * beyond)
    lightness = min(own.lightness, 0.965 - 0.3 * max(0.0, chroma - 0.06))
    return Oklch(lightness, chroma, _warmed(own))


def _warmed(own: Oklch) -> float:
    # Ivory, cream and bone are specified a little green (#fffff0); on a wall they are read as warm.
    pale = 40 < own.hue < 130 and own.chroma < 0.035
    return (own.hue + STONE) / 2 if pale else own.hue


def _off_the_middle(lightness: float) -> float:
    # Middle grey is the one colour that makes a dull room: charcoal below, pale stone above.
    return lightness * 0.62 if lightness < 0.62 else 1 - (1 - lightness) * 0.6


def _deep(own: Oklch) -> Room:
    hue, chroma = own.hue, own.chroma
    ink = from_oklch(Oklch(0.975, min(chroma * 0.12, 0.018), hue))
    field = _nearest(lambda t: Oklch(_between(max(own.lightness, 0.2), 0.1, t), chroma, hue), ink, INK_CONTRAST)
    soft = _nearest(lambda t: Oklch(_between(0.8, 1, t), min(chroma * 0.5, 0.05), hue), field, SOFT_CONTRAST)
    accent = _nearest(lambda t: Oklch(_between(0.72, 1, t), max(chroma, 0.08), hue), field, ACCENT_CONTRAST)
    return Room(field, ink, soft, accent)


def _bright(own: Oklch) -> Room:
    hue, chroma = own.hue, own.chroma
    ink = from_oklch(Oklch(0.19, min(chroma * 0.35, 0.05), hue))
    field = _nearest(lambda t: Oklch(_between(min(own.lightness, 0.965), 1, t), chroma, hue), ink, INK_CONTRAST)
    soft = _nearest(lambda t: Oklch(_between(0.45, 0, t), min(chroma * 0.6, 0.07), hue), field, SOFT_CONTRAST)
    accent = _nearest(lambda t: Oklch(_between(0.55, 0, t), max(chroma, 0.08), hue), field, ACCENT_CONTRAST)
    return Room(field, ink, soft, accent)


def _between(start: float, end: float, part: float) -> float:
    return start + (end - start) * part


def _nearest(tone: Callable[[float], Oklch], against: str, ratio: float) -> str:
    """The first tone on the way from `tone(0)` to `tone(1)` whose contrast with `against` is at least `ratio`."""
    if contrast(first := from_oklch(tone(0)), against) >= ratio:
        return first
    short, enough = 0.0, 1.0
    for _ in range(12):
        middle = (short + enough) / 2
        reached = contrast(from_oklch(tone(middle)), against) >= ratio
        short, enough = (short, middle) if reached else (middle, enough)
    return from_oklch(tone(enough))


def _linear(byte: int) -> float:
    c = byte / 255
    return c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4


def _channels(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    a, b = chroma * cos(radians(hue)), chroma * sin(radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _shown(channels: tuple[float, float, float]) -> bool:
    return all(-0.0005 <= c <= 1.0005 for c in channels)


def _hex(channels: tuple[float, float, float]) -> str:
    return "#" + "".join(f"{_byte(c):02x}" for c in channels)


def _byte(c: float) -> int:
    c = min(1.0, max(0.0, c))
    return round(255 * (12.92 * c if c <= 0.0031308 else 1.055 * c ** (1 / 2.4) - 0.055))
