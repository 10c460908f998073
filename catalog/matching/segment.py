"""Hashtags taken apart into whole words: at capitals, or where every part is a known word. Never a free substring.

"#RedLips" and "#redlips" hold lips; "#boreal" does not hold oreal and "#chrisbrown" does not hold brown, because chris
is no word of the lexicon.
"""

from collections.abc import Iterable, Sequence
from copy import copy
from functools import lru_cache

from catalog.matching.lexicon import Lexicon
from catalog.matching.shelf import Shelf
from catalog.words import at_capitals, fold, plain

_LONGEST = 60
_LONGEST_WORD = 20
_EVERYDAY = 0.9
"""What an everyday word costs beside another: "suits and tie" rather than "suit sand tie"."""


class Segmenter:
    """Knows the words of which hashtags may be made."""

    def __init__(self, lexicon: Lexicon, shelf: Shelf) -> None:
        spelt = {
            plain(e.spelling) for e in lexicon.entries if e.kind in ("type", "colour", "finish", "part", "context")
        }
        # A joined "lipgloss" must not hide "gloss" of other tags, nor a two-letter word glue anything together.
        self._cues = {w.replace(" ", "") for w in spelt if w.isascii() and len(w) > 2} | {
            b.replace(" ", "") for b in shelf.brand_codes if len(b) > 3 and b not in lexicon.ordinary
        }
        alone = {w for w in spelt if " " not in w}
        self._whole = {w.replace(" ", "") for w in spelt if " " in w} - alone
        self._everyday = lexicon.everyday
        self._words = self._cues | lexicon.everyday
        self._guards = {
            plain(e.spelling) for e in lexicon.entries
            if e.kind == "guard" and e.language in ("en", "any") and " " not in e.spelling and e.spelling.isascii()
        }  # fmt: skip
        self._remembered = lru_cache(maxsize=16_384)(self._split)

    def knowing(self, words: Iterable[str]) -> "Segmenter":
        """A segmenter that knows these words (plain) besides."""
        other = copy(self)
        other._words = self._words | {word for word in words if word.isascii() and len(word) > 2}
        other._remembered = lru_cache(maxsize=4096)(other._split)
        return other

    def split(self, tag: str) -> Sequence[int]:
        """Where the words of a tag begin; (0,) where it cannot be taken apart wholly."""
        return self._remembered(tag) if len(tag) <= _LONGEST else at_capitals(tag)

    def _split(self, tag: str) -> Sequence[int]:
        begins = at_capitals(tag)
        if len(begins) > 1 or not tag.isascii():
            return begins
        folded = plain(fold(tag))
        if len(folded) != len(tag) or folded in self._words and folded not in self._whole:
            return (0,)
        return tuple(self._fewest(folded) or (0,))

    def _fewest(self, tag: str) -> list[int] | None:
        """The begins of the split into the fewest known words, everyday ones preferred; None if there is none."""
        best: list[tuple[float, list[int]] | None] = [(0.0, [])] + [None] * len(tag)
        for end in range(1, len(tag) + 1):
            for begin in range(max(0, end - _LONGEST_WORD), end):
                before, word = best[begin], tag[begin:end]
                if before is not None and self._known(word):
                    cost = before[0] + (_EVERYDAY if word in self._everyday else 1.0)
                    here = best[end]
                    if here is None or cost < here[0]:
                        best[end] = cost, [*before[1], begin]
        whole = best[len(tag)]
        return whole[1] if whole else None

    def _known(self, word: str) -> bool:
        return word in self._words and word not in self._whole or word in self._guards and len(word) > 3
