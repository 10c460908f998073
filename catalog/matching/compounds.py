"""Compounds: "Blumensommerkleid" is a dress, since German and the Scandinavian languages say the thing last.

A compound that the lexicon lists, be it as something else ("Fahrradkette" is no necklace), is never taken apart.
"""

import re
from collections.abc import Collection, Iterator

from catalog.matching.lexicon import Entry, Lexicon
from catalog.words import Reading, plain

LANGUAGES = frozenset({"de", "no", "sv"})
_SHORTEST_HEAD, _SHORTEST_FIRST = 4, 3
_LONGEST = 40
_WORD = re.compile(r"[^\W\d_]+")


class Compounds:
    """Knows the words for things that compounds may end with: those that mean nothing else."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._heads: dict[str, dict[str, Entry]] = {language: {} for language in LANGUAGES}
        for entry in lexicon.entries:
            word = plain(entry.spelling)
            sure = entry.kind == "type" and not entry.ambiguous and word.isalpha() and len(word) >= _SHORTEST_HEAD
            if sure and entry.language in LANGUAGES:
                self._heads[entry.language].setdefault(word, entry)

    def found(
        self, reading: Reading, language: str, taken: Collection[tuple[int, int]]
    ) -> Iterator[tuple[Entry, int, int]]:
        """The things that compounds of a post name, with the places of the compounds; not in what is `taken`."""
        heads = self._heads.get(language)
        if not heads:
            return
        for word in _WORD.finditer(reading.plain):
            long_enough = _SHORTEST_HEAD + _SHORTEST_FIRST <= len(word[0]) <= _LONGEST
            if long_enough and not any(start < word.end() and word.start() < end for start, end in taken):
                ends = (word[0][at:] for at in range(_SHORTEST_FIRST, len(word[0]) - _SHORTEST_HEAD + 1))
                if entry := next((heads[end] for end in ends if end in heads), None):
                    yield entry, word.start(), word.end()
