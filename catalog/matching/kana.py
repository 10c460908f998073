"""Words in runs of katakana, which nothing parts: "リップ" is in "ピンクリップ", and not in "トリップ"."""

import re
from collections.abc import Iterable
from functools import lru_cache

KANA = re.compile("[\u30a1-\u30fa\u30fc]+")
_LONG = 5
"""Letters of a word that stands in no other by chance."""
_LONGEST_RUN = 40


class Kana:
    """Knows the words of which runs may be made."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = frozenset(words)
        self._longest = max(map(len, self._words), default=0)
        self._remembered = lru_cache(maxsize=4096)(self._is_known)

    def stands(self, text: str, start: int, end: int) -> bool:
        """Whether what stands there is a word: long, a whole run, or with known words alone around it in its run."""
        if end - start >= _LONG or not KANA.match(text[start]):
            return True
        before = start
        while before and KANA.match(text[before - 1]):
            before -= 1
        rest = KANA.match(text, end)
        return self._known(text[before:start]) and self._known(rest[0] if rest else "")

    def _known(self, run: str) -> bool:
        """Whether a run is made of known words."""
        return len(run) <= _LONGEST_RUN and self._remembered(run)

    def _is_known(self, run: str) -> bool:
        reached = {0}
        for end in range(1, len(run) + 1):
            if any(at in reached and run[at:end] in self._words for at in range(max(0, end - self._longest), end)):
                reached.add(end)
        return len(run) in reached
