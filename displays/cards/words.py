"""A post's text as safe HTML and as pieces to measure: tags, mentions and links in their tone, emoji as images."""

import unicodedata
from dataclasses import dataclass

import regex
from markupsafe import Markup, escape

from displays.cards.content import Media
from server.core import emoji

LETTERS = r"[\p{L}\p{M}\p{Nd}_\u200c\u200d\ua67e\u05be\u05f3\u05f4\uff5e\u301c\u309b\u309c\u30a0\u30fb\u3003\u0f0b\u0f0c\u00b7]"
MARKED = regex.compile(
    rf"(?P<link>https?://[^\s<>\"]+)"
    rf"|(?P<tag>(?<!{LETTERS}|&)[#＃](?!\ufe0f|\u20e3){LETTERS}*[\p{{L}}\p{{M}}]{LETTERS}*)"
    rf"|(?P<mention>(?<![\w@])[@＠]\w+(?:@[\w.-]+\w|(?:[.-]\w+)*))"
)


@dataclass(frozen=True)
class Piece:
    """A stretch of text of one kind: text, tag, mention, link, emoji (then `icon` names its picture) or flag."""

    kind: str
    text: str
    icon: str = ""


def pieces(text: str) -> list[Piece]:
    """The text cut into pieces, nothing left out."""
    cut: list[Piece] = []
    for part, icon in emoji.split(text):
        if icon:
            cut.append(Piece("emoji", part, icon))
        elif icon == "":
            cut.append(Piece("flag", part))
        else:
            cut.extend(_marked(part))
    return cut


def html(cut: list[Piece]) -> Markup:
    """Safe HTML of the pieces."""
    return Markup("").join(_html(piece) for piece in cut)


def media(cut: list[Piece]) -> tuple[Media, ...]:
    """The images of the emoji in the pieces, each once."""
    drawings = (emoji.image(icon) for icon in dict.fromkeys(piece.icon for piece in cut if piece.icon))
    return tuple(Media(one.digest, one.content_type, one.body) for one in drawings)


def shown(piece: Piece) -> str:
    """The characters that stand on the glass for a piece (nothing for an image)."""
    if piece.kind == "flag":
        return emoji.flag_letters(piece.text)
    return "" if piece.icon else piece.text


def plain_letters(text: str, drawn) -> str:
    """The text with letters that no shipped typeface has in their plain form where it has one (𝓗 becomes H)."""
    return "".join(sign if drawn(sign) else _plain(sign, drawn) for sign in text)


def _plain(sign: str, drawn) -> str:
    form = unicodedata.normalize("NFKC", sign)
    return form if all(drawn(one) for one in form) else sign


def _marked(text: str) -> list[Piece]:
    cut, start = [], 0
    for found in MARKED.finditer(text):
        if start < found.start():
            cut.append(Piece("text", text[start : found.start()]))
        cut.append(Piece(found.lastgroup, found.group()))
        start = found.end()
    if start < len(text):
        cut.append(Piece("text", text[start:]))
    return cut


def _html(piece: Piece) -> Markup:
    if piece.icon:
        src = f"/media/{emoji.image(piece.icon).digest}"
        return Markup('<img class="emoji" src="{}" alt="{}" width="128" height="128">').format(src, piece.text)
    if piece.kind == "flag":
        return Markup('<span class="flag" role="img" aria-label="{}">{}</span>').format(piece.text, shown(piece))
    if piece.kind == "text":
        return escape(piece.text)
    return Markup('<bdi class="{}">{}</bdi>').format(piece.kind, piece.text)
