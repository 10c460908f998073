"""Marks in a post's text the words that made it match; pure."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import regex

KINDS = {
    "type": "kind of item", "brand": "brand", "colour": "colour", "finish": "finish", "name": "item's name", "gender": "for whom",
    "own": "word of this feed", "shade": "shade", "price": "price", "size": "size",
    "pair": "pair of tag and item", "boost": "boost", "context": "context", "intent": "wish",
}  # fmt: skip
"""What a reason's kind is called beside the words."""


@dataclass(frozen=True)
class Piece:
    """A part of a text: plain where `kind` is empty, else words that speak for the item, and why."""

    text: str
    kind: str = ""
    why: str = ""


def marked(text: str, reasons: Iterable[dict[str, Any]]) -> tuple[Piece, ...]:
    """The text in pieces that join to it again. Reasons whose places overlap an earlier one, or are none, mark nothing."""
    pieces: list[Piece] = []
    at = 0
    bounds = sorted({*(sign.start() for sign in regex.finditer(r"\X", text)), len(text)})
    for place_start, place_end, kind, why in sorted(_places(text, reasons)):
        # Whole signs: a heart on fire is one, and not a heart and a fire.
        start = bounds[bisect_right(bounds, place_start) - 1]
        end = bounds[bisect_left(bounds, place_end)]
        if start < at:
            continue
        pieces += [Piece(text[at:start])] if start > at else []
        pieces.append(Piece(text[start:end], kind, why))
        at = end
    return (*pieces, Piece(text[at:])) if at < len(text) else tuple(pieces)


def _places(text: str, reasons: Iterable[dict[str, Any]]) -> Iterable[tuple[int, int, str, str]]:
    for reason in reasons:
        start, end = reason.get("start"), reason.get("end")
        if isinstance(start, int) and isinstance(end, int) and 0 <= start < end <= len(text):
            yield start, end, str(reason.get("kind", "")), str(reason.get("words", ""))
