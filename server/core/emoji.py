"""Emoji as SVG images of our own host: finds them in a text, longest sequence first, and makes their bytes.

The artwork is Noto's (Apache-2.0) from the npm package @iconify-json/noto. It has no national flags: a flag is shown as
its two letters, which is what the characters spell.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path

from markupsafe import Markup, escape

PACKAGE = Path(__file__).resolve().parents[2] / "node_modules" / "@iconify-json" / "noto"
VARIATION, TEXT_STYLE, JOINER, KEYCAP = "\ufe0f", "\ufe0e", "\u200d", "\u20e3"
# Signs that are text unless a variation selector asks for the picture; every typeface has them.
TEXT_BY_DEFAULT = frozenset("©®™‼⁉ℹ↔↕↖↗↘↙↩↪Ⓜ▪▫〰〽㊗㊙0123456789#*")
LONGEST = 12


def split(text: str) -> Iterator[tuple[str, str | None]]:
    """Yield the text in pieces: (piece, None) for text, (sequence, icon name) for an emoji, (flag, "") for a flag."""
    start = at = 0
    while at < len(text):
        length, name = _at(text, at)
        if not length:
            at += 1
            continue
        if start < at:
            yield text[start:at], None
        yield text[at : at + length], name
        start = at = at + length
    if start < len(text):
        yield text[start:], None


def drawn(text: str) -> Markup:
    """A text for staff pages with its emoji as pictures from our own host, since not every machine has them as type."""
    pieces = [
        f'<img class="emoji" src="/emoji/{name}.svg" alt="{escape(piece)}" draggable="false">'
        if name
        else escape(piece)
        for piece, name in split(str(text))
    ]
    return Markup("".join(pieces))  # noqa: S704 - every piece of it was escaped above


@dataclass(frozen=True)
class Drawing:
    """The bytes of an emoji's picture, and their SHA-256 in hex."""

    digest: str
    content_type: str
    body: bytes = field(repr=False)


def image(name: str) -> Drawing:
    """The SVG of an icon, ready to be kept under its digest. Raises KeyError for an unknown name."""
    return _image(name)


def flag_letters(flag: str) -> str:
    """The two letters that a flag's regional indicators spell."""
    return "".join(chr(ord(sign) - 0x1F1E6 + ord("A")) for sign in flag)


def _at(text: str, at: int) -> tuple[int, str | None]:
    first = text[at]
    if first not in _starts() and not _indicator(first):
        return 0, None
    if _indicator(first):
        pair = text[at : at + 2]
        return (2, "") if len(pair) == 2 and _indicator(pair[1]) else (0, None)
    return _longest(text, at)


def _longest(text: str, at: int) -> tuple[int, str | None]:
    window = text[at : at + LONGEST]
    for length in range(len(window), 0, -1):
        sequence = window[:length]
        name = _names().get(sequence.replace(VARIATION, ""))
        # A variation selector that follows belongs to the sequence; the next round up has it.
        if name and _is_picture(sequence, text[at + length : at + length + 1]):
            return length, name
    return 0, None


def _is_picture(sequence: str, following: str) -> bool:
    if sequence[-1] == JOINER or following == TEXT_STYLE:
        return False
    return sequence[0] not in TEXT_BY_DEFAULT or VARIATION in sequence or KEYCAP in sequence


def _indicator(sign: str) -> bool:
    return "\U0001f1e6" <= sign <= "\U0001f1ff"


@cache
def _names() -> dict[str, str]:
    codes = json.loads((PACKAGE / "chars.json").read_text())
    return {"".join(chr(int(part, 16)) for part in code.split("-")): name for code, name in codes.items()}


@cache
def _starts() -> frozenset[str]:
    return frozenset(sequence[0] for sequence in _names())


@cache
def _icons() -> dict:
    return json.loads((PACKAGE / "icons.json").read_text())


@lru_cache(maxsize=1024)
def _image(name: str) -> Drawing:
    icons = _icons()
    while name not in icons["icons"]:
        name = icons["aliases"][name]["parent"]
    body = icons["icons"][name]["body"]
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {icons["width"]} {icons["height"]}">{body}</svg>'
    return Drawing(hashlib.sha256(svg.encode()).hexdigest(), "image/svg+xml", svg.encode())
