"""Whose account a handle is: "@nyxcosmetics" is Nyx's, and "@charlottetilbury" that of a maker not carried here."""

from collections.abc import Collection, Iterable
from copy import copy
from functools import lru_cache

from catalog.matching.cues import rivals
from catalog.matching.lexicon import Lexicon
from catalog.matching.shelf import Shelf
from catalog.words import fold, plain

_LONGEST = 40
_SHORTEST = 3
"""Letters of a maker's name in a handle: shorter ones stand in anybody's."""


class Accounts:
    """Knows the handles under which makers write."""

    def __init__(self, lexicon: Lexicon, shelf: Shelf) -> None:
        carried = {brand.replace(" ", ""): brand for brand in shelf.brand_codes if brand not in lexicon.never}
        self._makers = {name.replace(" ", ""): name for name in rivals(lexicon, shelf)} | carried
        self._added = lexicon.handle_words
        self._remembered = lru_cache(maxsize=16_384)(self._maker)

    def knowing(self, names: Iterable[str]) -> "Accounts":
        """The same with the makers of these names (plain) besides; a handle that holds one reads as it."""
        other = copy(self)
        other._makers = self._makers | {name.replace(" ", ""): name for name in names}
        other._remembered = lru_cache(maxsize=4096)(other._maker)
        return other

    def maker(self, handle: str) -> str:
        """The maker's name for a handle without sign; empty for anybody else's."""
        return self._remembered(handle) if len(handle) <= 2 * _LONGEST else ""

    def _maker(self, handle: str) -> str:
        name = plain(fold(handle)).replace(" ", "")
        if not name.isascii() or not _SHORTEST <= len(name) <= _LONGEST:
            return ""
        return next((self._makers[one] for one in _without(self._added, name) if one in self._makers), "")


def _without(added: Collection[str], name: str) -> Iterable[str]:
    """A handle, and what is left of it without one or two of the words that makers add; the longest first."""
    forms, newest = {name}, {name}
    for _ in range(2):
        shorter = {one[: -len(word)] for one in newest for word in added if one.endswith(word)}
        shorter |= {one[len(word) :] for one in newest for word in added if one.startswith(word)}
        newest = {one for one in shorter if len(one) >= _SHORTEST} - forms
        forms |= newest
    return sorted(forms, key=len, reverse=True)
