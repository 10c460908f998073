"""Turns a tone (0 shadow, 128 the colour itself, 255 highlight) into a colour, for each way a surface takes light."""

from __future__ import annotations

import math
from functools import lru_cache

# Surface: how deep its shadows go, how far its highlights rise, how white they are.
SURFACES = {
    "matte": (0.58, 0.40, 0.35),
    "cloth": (0.60, 0.36, 0.30),
    "satin": (0.64, 0.62, 0.45),
    "gloss": (0.66, 0.97, 0.85),
    "metal": (0.74, 0.90, 0.50),
    "glass": (0.45, 0.95, 0.75),
    "flat": (0.25, 0.25, 0.2),
}
OKLCh = tuple[float, float, float]


def from_hex(colour: str) -> OKLCh:
    """`#RRGGBB` as OKLCh: lightness 0..1, chroma, hue in degrees."""
    r, g, b = (_linear(int(colour[i : i + 2], 16) / 255) for i in (1, 3, 5))
    l_ = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)
    m_ = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
    s_ = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
    a = 1.9779984951 * l_ - 2.4285922050 * m_ + 0.4505937099 * s_
    b = 0.0259040371 * l_ + 0.7827717662 * m_ - 0.8086757660 * s_
    lightness = 0.2104542553 * l_ + 0.7936177850 * m_ - 0.0040720468 * s_
    return lightness, math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360


def to_rgb(colour: OKLCh) -> tuple[int, int, int]:
    """OKLCh as sRGB bytes, each channel clipped."""
    lightness, chroma, hue = colour
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    l_ = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    m_ = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    s_ = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        _byte(4.0767416621 * l_ - 3.3077115913 * m_ + 0.2309699292 * s_),
        _byte(-1.2684380046 * l_ + 2.6097574011 * m_ - 0.3413193965 * s_),
        _byte(-0.0041960863 * l_ - 0.7034186147 * m_ + 1.7076147010 * s_),
    )


def to_hex(colour: OKLCh) -> str:
    """OKLCh as `#rrggbb`."""
    return "#{:02x}{:02x}{:02x}".format(*to_rgb(colour))


def shifted(colour: str, *, light: float = 0.0, chroma: float = 1.0, hue: float = 0.0) -> str:
    """A neighbour of a colour: lightness added, chroma multiplied, hue turned by degrees."""
    lightness, strength, angle = from_hex(colour)
    return to_hex((min(0.99, max(0.05, lightness + light)), strength * chroma, (angle + hue) % 360))


@lru_cache(maxsize=512)
def ramp(colour: str, surface: str) -> tuple[list[int], list[int], list[int]]:
    """Three look-up tables of 256 bytes, tone to red, green and blue."""
    columns = zip(*(to_rgb(_lit(from_hex(colour), (tone - 128) / 127, surface)) for tone in range(256)), strict=True)
    red, green, blue = (list(column) for column in columns)
    return red, green, blue


def _lit(colour: OKLCh, t: float, surface: str) -> OKLCh:
    lightness, chroma, hue = colour
    depth, rise, white = SURFACES[surface]
    if t < 0:
        # Pale things keep pale shadows; yellows go amber in the shade, never green.
        depth *= 0.55 + 0.45 * min(1.0, 1.6 * (1 - lightness))
        turn = -16 * -t if 60 <= hue <= 115 and chroma > 0.03 else 0
        return lightness * (1 + depth * t), chroma * (1 + 0.22 * t), hue + turn
    return lightness + (1 - lightness) * rise * t, chroma * (1 - white * t), hue


def _linear(c: float) -> float:
    return c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4


def _byte(c: float) -> int:
    c = min(1.0, max(0.0, c))
    return round(255 * (12.92 * c if c <= 0.0031308 else 1.055 * c ** (1 / 2.4) - 0.055))
