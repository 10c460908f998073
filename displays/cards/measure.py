"""How much room a text takes: widths from the real font files, lines broken as the browser breaks them, or earlier."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import regex

from displays.cards.typefaces import UNITS, face_for, font
from displays.cards.words import Piece, shown

# Kerning, hinting and the browser's rounding move a line by less than this.
SAFETY = 1.015
EMOJI_EM, FLAG_EM = 1.24, 0.5
# Where a line may break: after spaces and hyphens, around ideographs; scripts without spaces are broken by a
# dictionary, for which every eighth letter stands in.
CHUNK = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\u3000-\u303f\uff00-\uff60]|[\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]{1,8}"
    r"|[^\s\p{Han}\p{Hiragana}\p{Katakana}\u3000-\u303f\uff00-\uff60\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}-]+-?|-|[^\S\n]+|\n"
)
LOOSE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\u3000-\u303f\uff00-\uff60\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]")
IDEOGRAPHIC = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]")


@dataclass(frozen=True)
class Type:
    """How a text is set: a typeface by key, a weight, the language that chooses between Han faces."""

    family: str
    weight: int
    language: str = "en"


@lru_cache(maxsize=65536)
def width(text: str, how: Type) -> float:
    """The width of a text on one line, in em."""
    total, start = 0.0, 0
    faces = [face_for(sign, how.family, how.weight, how.language) for sign in text]
    for at in range(1, len(text) + 1):
        if at == len(text) or faces[at] != faces[start]:
            face = faces[start]
            total += font(face).getlength(text[start:at]) / UNITS if face else float(at - start)
            start = at
    return total * SAFETY


def lines(cut: list[Piece], how: Type, room: float) -> int:
    """How many lines the pieces take in a column `room` em wide."""
    # Ideographs may not begin or end a line with certain marks: up to one of them moves to the next line.
    spare = 1.0 if any(IDEOGRAPHIC.search(piece.text) for piece in cut) else 0.0
    count, used, space = 1, 0.0, 0.0
    for chunk, wide in _measured(tuple(cut), how):
        if chunk == "\n":
            count, used, space = count + 1, 0.0, 0.0
        elif chunk.isspace():
            space = wide
        elif used + space + wide <= room - spare:
            used, space = used + space + wide, 0.0
        else:
            more, used = _wrapped(wide, used, room - spare)
            # A long address is also broken at its strokes, which leaves lines unfilled.
            count, space = count + more + (1 if more > 1 and "/" in chunk else 0), 0.0
    return count


def missing(cut: list[Piece], how: Type) -> str:
    """The characters in the pieces that no shipped typeface has."""
    signs = {sign for piece in cut for sign in shown(piece) if not sign.isspace() and not _invisible(sign)}
    return "".join(sorted(sign for sign in signs if face_for(sign, how.family, how.weight, how.language) is None))


def files(text: str, how: Type) -> set[str]:
    """The names of the font files that the browser loads for a text."""
    faces = (face_for(sign, how.family, how.weight, how.language) for sign in set(text))
    return {face.file for face in faces if face}


@lru_cache(maxsize=256)
def _measured(cut: tuple[Piece, ...], how: Type) -> tuple[tuple[str, float], ...]:
    # A text is tried in every size and shape; its words have one width in em.
    return tuple(_chunks(cut, how))


def _chunks(cut: tuple[Piece, ...], how: Type) -> Iterator[tuple[str, float]]:
    """What may not be broken, with its width. A word goes on across pieces: "(" and "#tag" stay together."""
    word = ""
    for piece in cut:
        if piece.kind in ("emoji", "flag"):
            yield from _word(word, how)
            word = ""
            yield "☐", EMOJI_EM if piece.icon else width(shown(piece), how) + FLAG_EM
            continue
        for chunk in CHUNK.findall(piece.text):
            if chunk.isspace() or LOOSE.match(chunk):
                yield from _word(word, how)
                word = ""
                yield chunk, 0.0 if chunk == "\n" else width(chunk, how)
            elif word.endswith("-"):
                yield from _word(word, how)
                word = chunk
            else:
                word += chunk
    yield from _word(word, how)


def _word(word: str, how: Type) -> Iterator[tuple[str, float]]:
    if word:
        yield word, width(word, how)


def _wrapped(wide: float, used: float, room: float) -> tuple[int, float]:
    """Lines more and width used after a chunk that does not fit beside what is on the line."""
    if wide <= room:
        return 1, wide
    # Too long for any line: it starts on a new one (if there is anything on this) and is cut where it must be.
    over = int(wide // (room * 0.94)) + 1
    return over - (0 if used else 1), wide % room


def _invisible(sign: str) -> bool:
    return bool(regex.match(r"[\p{Cf}\p{Mn}\ufe00-\ufe0f]", sign))
