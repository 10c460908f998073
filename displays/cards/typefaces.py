"""Which shipped typeface sets which character: the brand's own first, then Noto, as the browser will choose.

The faces come from npm's @fontsource packages; a face there is cut into files by unicode range. cards.css names the same
families in the same order.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from PIL import ImageFont

PACKAGES = Path(__file__).resolve().parents[2] / "node_modules" / "@fontsource"
DISPLAY = {
    "fraunces": 600,
    "bricolage-grotesque": 700,
    "playfair-display": 700,
    "dm-serif-display": 400,
}
TEXT = ("source-sans-3", "figtree", "dm-sans")
SCRIPTS = ("noto-sans", "noto-sans-arabic", "noto-sans-hebrew", "noto-sans-devanagari", "noto-sans-thai")
HAN = {"ja": ("jp", "sc", "kr"), "zh": ("sc", "jp", "kr"), "ko": ("kr", "jp", "sc")}
UNITS = 100  # the size at which faces are measured, px to the em
FACE = re.compile(r"@font-face\s*{(.*?)}", re.S)


@dataclass(frozen=True)
class Face:
    """One woff2 file: a family, a weight, and the characters that the browser asks it for."""

    family: str
    weight: int
    path: Path
    ranges: tuple[tuple[int, int], ...]

    def claims(self, sign: str) -> bool:
        """Whether the browser would load this file for the character."""
        return any(first <= ord(sign) <= last for first, last in self.ranges)

    def draws(self, sign: str) -> bool:
        """Whether the file really has the character: a range may promise more than is in it."""
        return self.claims(sign) and _has_glyph(self.path, sign)


@lru_cache(maxsize=64)
def stack(family: str, weight: int, language: str) -> tuple[Face, ...]:
    """All the faces that a text in `family` may use, in the browser's order. Unknown families mean Noto alone."""
    han = HAN.get(language.split("-")[0].lower(), HAN["ja"])
    families = (family, *SCRIPTS, *(f"noto-sans-{part}" for part in han))
    return tuple(face for name in dict.fromkeys(families) for face in _faces(name, _nearest(name, weight)))


@lru_cache(maxsize=65536)
def face_for(sign: str, family: str, weight: int, language: str) -> Face | None:
    """The face that draws a character, or None if no shipped typeface has it."""
    return next((face for face in stack(family, weight, language) if face.draws(sign)), None)


@cache
def font(path: Path) -> ImageFont.FreeTypeFont:
    """The file opened for measuring at UNITS px to the em."""
    return ImageFont.truetype(str(path), UNITS)


@cache
def _faces(package: str, weight: int) -> tuple[Face, ...]:
    sheet = PACKAGES / package / f"{weight}.css"
    if not sheet.is_file():
        return ()
    # Where ranges overlap the face that is declared last wins.
    return tuple(reversed([_face(package, weight, block) for block in FACE.findall(sheet.read_text())]))


def _face(package: str, weight: int, block: str) -> Face:
    file = re.search(r"url\(\./(files/[^)]+\.woff2)\)", block)
    ranges = re.search(r"unicode-range:\s*([^;]+)", block)
    return Face(package, weight, PACKAGES / package / file[1], _ranges(ranges[1] if ranges else "U+0-10FFFF"))


def _ranges(text: str) -> tuple[tuple[int, int], ...]:
    pairs = (part.strip()[2:].partition("-") for part in text.split(","))
    return tuple((int(first, 16), int(last or first, 16)) for first, _, last in pairs)


@cache
def _nearest(package: str, weight: int) -> int:
    have = [int(sheet.stem) for sheet in (PACKAGES / package).glob("[0-9]00.css")]
    return min(have, key=lambda one: abs(one - weight), default=weight)


@lru_cache(maxsize=65536)
def _has_glyph(path: Path, sign: str) -> bool:
    plain = _plain(path)
    return sign.isspace() or bytes(plain.getmask(sign)) != _missing(path)


@cache
def _plain(path: Path) -> ImageFont.FreeTypeFont:
    # Without shaping: a lone combining mark would else be drawn on a dotted circle.
    return ImageFont.truetype(str(path), 40, layout_engine=ImageFont.Layout.BASIC)


@cache
def _missing(path: Path) -> bytes:
    return bytes(_plain(path).getmask("\uffff"))
