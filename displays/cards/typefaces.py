"""Which shipped typeface sets which character: the brand's own first, then Noto, as the browser will choose.

A family comes as many files, each for some characters; server/core/vendor.py knows them. cards.css names the same families
in the same order.
"""

from functools import cache, lru_cache
from pathlib import Path

from PIL import ImageFont

from server.core import vendor
from server.core.vendor import FontFace

ROOT = Path(__file__).resolve().parents[2]
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


@lru_cache(maxsize=128)
def stack(family: str, weight: int, language: str) -> tuple[FontFace, ...]:
    """All the faces that a text in `family` (a package's name) may use, in the browser's order."""
    han = HAN.get(language.split("-")[0].lower(), HAN["ja"])
    families = (family, *SCRIPTS, *(f"noto-sans-{part}" for part in han))
    return tuple(face for name in dict.fromkeys(families) for face in _faces(name, weight))


@lru_cache(maxsize=65536)
def face_for(sign: str, family: str, weight: int, language: str) -> FontFace | None:
    """The face that draws a character, or None if no shipped typeface has it."""
    return next((face for face in stack(family, weight, language) if draws(face, sign)), None)


def draws(face: FontFace, sign: str) -> bool:
    """Whether the browser asks this file for the character, and the file has it: ranges promise more than is there."""
    return face.covers(ord(sign)) and _has_glyph(path_of(face), sign)


@cache
def path_of(face: FontFace) -> Path:
    """Where the file is."""
    return ROOT / "node_modules" / "@fontsource" / face.package / "files" / face.file


@cache
def font(face: FontFace) -> ImageFont.FreeTypeFont:
    """The face opened for measuring at UNITS px to the em."""
    return ImageFont.truetype(str(path_of(face)), UNITS)


@cache
def _faces(package: str, weight: int) -> tuple[FontFace, ...]:
    own = [face for face in vendor.font_faces(ROOT) if face.package == package and face.style == "normal"]
    if not own:
        return ()
    held = vendor.nearest(weight, {face.weight for face in own})
    # Where ranges overlap, the face that is declared last wins.
    return tuple(face for face in reversed(own) if face.weight == held)


@lru_cache(maxsize=65536)
def _has_glyph(path: Path, sign: str) -> bool:
    return sign.isspace() or bytes(_plain(path).getmask(sign)) != _missing(path)


@cache
def _plain(path: Path) -> ImageFont.FreeTypeFont:
    # Without shaping: a lone combining mark would else be drawn on a dotted circle.
    return ImageFont.truetype(str(path), 40, layout_engine=ImageFont.Layout.BASIC)


@cache
def _missing(path: Path) -> bytes:
    return bytes(_plain(path).getmask("\uffff"))
