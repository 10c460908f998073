"""Hashtags taken apart into whole words: at capitals, or where every part is a known word. Never a free substring.

"#RedLips" and "#redlips" hold lips; "#boreal" does not hold oreal and "#chrisbrown" does not hold brown, because chris
is no word of the lexicon.
"""

from collections.abc import Sequence
from functools import lru_cache

from catalog.matching.lexicon import Lexicon
from catalog.matching.shelf import Shelf
from catalog.words import at_capitals, fold, plain

_LONGEST = 60


class Segmenter:
    """Knows the words of which hashtags may be made."""

    def __init__(self, lexicon: Lexicon, shelf: Shelf) -> None:
        spelt = {
            plain(e.spelling) for e in lexicon.entries if e.kind in ("type", "colour", "finish", "part", "context")
        }
        # A joined "lipgloss" must not hide "gloss" of other tags, nor a two-letter word glue anything together.
        self._cues = {w.replace(" ", "") for w in spelt if w.isascii() and len(w) > 2} | {
            b.replace(" ", "") for b in shelf.by_brand if len(b) > 3 and b not in lexicon.ordinary
        }
        self._whole = {w.replace(" ", ""): w for w in spelt if " " in w}
        self._words = self._cues | lexicon.everyday
        self._guards = {
            plain(e.spelling) for e in lexicon.entries
            if e.kind == "guard" and e.language in ("en", "any") and " " not in e.spelling and e.spelling.isascii()
        }  # fmt: skip
        self.split = lru_cache(maxsize=16_384)(self._split)

    def _split(self, tag: str) -> Sequence[int]:
        """Where the words of a tag begin; (0,) where it cannot be taken apart wholly."""
        begins = at_capitals(tag)
        if len(begins) > 1 or not tag.isascii() or len(tag) > _LONGEST:
            return begins
        folded = plain(fold(tag))
        if len(folded) != len(tag) or folded in self._words and folded not in self._whole:
            return (0,)
        return tuple(self._fewest(folded) or (0,))

    def _fewest(self, tag: str) -> list[int] | None:
        """The begins of the split into the fewest known words, at least one of them a cue; None if there is none."""
        best: list[list[int] | None] = [[]] + [None] * len(tag)
        for end in range(1, len(tag) + 1):
            for begin in range(max(0, end - 20), end):
                before = best[begin]
                if before is not None and self._known(tag[begin:end]):
                    here = best[end]
                    if here is None or len(before) + 1 < len(here):
                        best[end] = [*before, begin]
        return best[len(tag)]

    def _known(self, word: str) -> bool:
        return word in self._words and word not in self._whole or word in self._guards and len(word) > 3
