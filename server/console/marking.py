"""Marks in a post's text the words that speak for an item or held the post, each tied to its sentence; pure."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import regex

KINDS = {
    "type": "kind of item", "brand": "brand", "colour": "colour", "shade": "shade", "finish": "finish", "name": "item’s name",
    "gender": "for whom", "price": "price", "size": "size", "own": "word of this feed", "pair": "pair of tag and item",
    "boost": "boost", "context": "context", "intent": "wish", "learned": "learnt from people",
}  # fmt: skip
"""What a reason's kind is called beside the words."""


@dataclass(frozen=True)
class Piece:
    """A part of a text: plain where `kind` is empty, else words that sentences are about: their numbers, and why in words."""

    text: str
    kind: str = ""
    why: str = ""
    numbers: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()
    """Those of the sentences whose words end with this piece."""


@dataclass(frozen=True)
class Sentence:
    """A reason as it is told. `number` leads to the words that are marked with it; 0 where no words are meant."""

    number: int
    kind: str
    words: str
    language: str = ""
    """BCP 47, where the word is of one language."""
    weight: float = 0.0


@dataclass(frozen=True)
class Told:
    """A post's text with the words marked, and the sentences that are about them."""

    pieces: tuple[Piece, ...]
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True)
class _Place:
    start: int
    end: int
    sentence: Sentence


def told(text: str, reasons: Iterable[dict[str, Any]]) -> Told:
    """A text with all that its reasons are about marked. Reasons that are about no words of it are told without a mark."""
    places, sentences = [], []
    for reason in reasons:
        place = _place(text, reason)
        sentence = _sentence(reason, len(places) + 1 if place else 0)
        places += [_Place(*place, sentence)] if place else []
        sentences.append(sentence)
    return Told(_pieces(text, places), tuple(sentences))


def _pieces(text: str, places: Sequence[_Place]) -> tuple[Piece, ...]:
    """The text in pieces that join to it again; words that several sentences are about are marked for all of them."""
    if not places:
        return (Piece(text),) if text else ()
    bounds = sorted({*(sign.start() for sign in regex.finditer(r"\X", text)), len(text)})
    # Whole signs: a heart on fire is one, and not a heart and a fire.
    whole = [
        _Place(bounds[bisect_right(bounds, one.start) - 1], bounds[bisect_left(bounds, one.end)], one.sentence)
        for one in places
    ]
    cuts = sorted({0, len(text), *(one.start for one in whole), *(one.end for one in whole)})
    return tuple(
        _piece(text[start:end], [one for one in whole if one.start <= start and end <= one.end], end)
        for start, end in zip(cuts, cuts[1:], strict=False)
    )


def _piece(text: str, about: Sequence[_Place], end: int) -> Piece:
    if not about:
        return Piece(text)
    why = "; ".join(dict.fromkeys(one.sentence.words for one in about))
    numbers = tuple(one.sentence.number for one in about)
    return Piece(
        text, about[0].sentence.kind, why, numbers, tuple(one.sentence.number for one in about if one.end == end)
    )


def _sentence(reason: dict[str, Any], number: int) -> Sentence:
    language, weight = str(reason.get("language") or ""), reason.get("weight")
    return Sentence(
        number, str(reason.get("kind") or "other"), str(reason.get("words", "")),
        "" if language in ("any", "feed") else language, float(weight) if isinstance(weight, int | float) else 0.0,
    )  # fmt: skip


def _place(text: str, reason: dict[str, Any]) -> tuple[int, int] | None:
    start, end = reason.get("start"), reason.get("end")
    known = isinstance(start, int) and isinstance(end, int) and 0 <= start < end <= len(text)
    return (start, end) if known else None
