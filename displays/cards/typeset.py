"""A text as it will be set: tamed, cut into pieces, with its typeface, direction, language and leading."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import regex
from markupsafe import Markup, escape

from displays.cards import measure, tame, words
from displays.cards.content import Media
from displays.cards.typefaces import DISPLAY, TEXT, draws, face_for, stack
from server.core.brand import BrandKit

# Line height by role and by what the script needs; cards.css has the same figures.
LEADING = {
    "words": {"": 1.26, "high": 1.32, "cjk": 1.42, "tall": 1.52},
    "display": {"": 1.06, "high": 1.2, "cjk": 1.22, "tall": 1.42},
    "facts": {"": 1.28, "high": 1.32, "cjk": 1.36, "tall": 1.5},
}
NOTO = "noto-sans"
LATIN = regex.compile(r"\p{Script=Latin}")
WITHIN = regex.compile(r"(?<=[\p{Ll}\p{Nd}])(?=\p{Lu})|(?<=\p{Ll})(?=\p{Nd})|(?<=_)|(?<=\s)", regex.V1)
STACKED = regex.compile(r"[\u1ea0-\u1ef9]")
IDEOGRAPHIC = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]")


@dataclass(frozen=True)
class Copy:
    """A text ready for a template and for measuring. `role` is words (a stranger's), display or facts (ours)."""

    text: str
    cut: tuple[words.Piece, ...]
    role: str
    how: measure.Type
    language: str
    dir: str
    noto: bool

    @cached_property
    def html(self) -> Markup:
        """Safe HTML."""
        return words.html(list(self.cut))

    @cached_property
    def pitch(self) -> str:
        """What the script asks of the leading: '', high, cjk or tall; a class in cards.css."""
        if tame.is_tall(self.text):
            return "tall"
        if IDEOGRAPHIC.search(self.text):
            return "cjk"
        return "high" if STACKED.search(self.text) else ""

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """A tag's words (#LondonFashionWeek has three): between them it may be broken."""
        return (self.text,) if self.media else tuple(part for part in WITHIN.split(self.text) if part)

    @property
    def parted(self) -> Markup:
        """Safe HTML that may be broken between its parts and nowhere else."""
        return self.html if self.media else Markup("<wbr>").join(escape(part) for part in self.parts)

    def parted_height(self, size: float, width: float, *, broken: bool) -> float | None:
        """Its height in u on one line or `broken` between its parts; None if that is wider than the column."""
        parts = self.parts if broken else (self.text,)
        lines, used = 1, 0.0
        for part in parts:
            wide = self.width(size) if len(parts) == 1 else measure.width(part, self.how) * size
            if wide > width:
                return None
            lines, used = (lines, used + wide) if used + wide <= width else (lines + 1, wide)
        return lines * size * LEADING[self.role][self.pitch]

    @property
    def media(self) -> tuple[Media, ...]:
        return words.media(list(self.cut))

    @property
    def files(self) -> set[str]:
        """Names of the font files that it needs."""
        return measure.files("".join(words.shown(piece) for piece in self.cut), self.how)

    @property
    def missing(self) -> str:
        """Characters that no shipped typeface has."""
        return measure.missing(list(self.cut), self.how)

    def width(self, size: float) -> float:
        """Its width on one line, in u, set `size` u high."""
        emoji = sum(measure.EMOJI_EM for piece in self.cut if piece.icon)
        return (emoji + sum(measure.width(words.shown(piece), self.how) for piece in self.cut if not piece.icon)) * size

    def height(self, size: float, width: float) -> float:
        """Its height in u, set `size` u high in a column of `width` u; 0 if it is empty."""
        if not self.cut:
            return 0.0
        return measure.lines(list(self.cut), self.how, width / size) * size * LEADING[self.role][self.pitch]


def set_copy(raw: str, role: str, *, brand: BrandKit, language: str | None, weight: int | None = None) -> Copy:
    """Set a text in the brand's typeface for its role; whole in Noto, if it lacks some of the Latin letters."""
    tamed = tame.tame(raw) if role == "words" else tame.tame_name(raw)
    spoken = tame.language(tamed, language)
    family, heavy = _family(role, brand)
    heavy = weight or heavy
    letters = words.plain_letters(tamed, _drawn(family, heavy, spoken))
    noto = any(not _own(family, heavy, sign) for sign in LATIN.findall(letters))
    how = measure.Type(NOTO if noto else family, min(heavy, 600) if noto else heavy, spoken)
    cut = tuple(words.pieces(letters))
    return Copy(letters, cut, role, how, spoken, tame.direction(letters), noto)


def _family(role: str, brand: BrandKit) -> tuple[str, int]:
    if role == "display":
        family = brand.display if brand.display in DISPLAY else "fraunces"
        return family, DISPLAY[family]
    return (brand.text if brand.text in (*TEXT, NOTO) else TEXT[0]), 500 if role == "words" else 400


def voice(brand: BrandKit, letters: str) -> BrandKit:
    """The kit with its text face, or with Noto if that lacks some of the letters of the house's own language."""
    family, weight = _family("facts", brand)
    whole = all(_own(family, weight, sign) for sign in LATIN.findall(letters))
    return replace(brand, text=family if whole else NOTO)


def _drawn(family: str, weight: int, language: str) -> Callable[[str], bool]:
    return lambda sign: sign.isspace() or face_for(sign, family, weight, language) is not None


@lru_cache(maxsize=16384)
def _own(family: str, weight: int, sign: str) -> bool:
    return any(face.package == family and draws(face, sign) for face in stack(family, weight, "en"))
