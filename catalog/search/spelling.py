"""The words of the catalogue in alphabetical order: by their beginning, by their stem, and those a slip or two away."""

from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from catalog.search.typing import stem

LONGEST = 24
"""Letters of a word that are compared; what is longer is no word that people type."""
_A_SLIP, _TWO_SLIPS = 4, 8
"""Letters that a word has to have for one or two of them to be wrong."""

Word = tuple[int, float]
"""Place of a word in the alphabet, and how far it is what was typed (0 to 1)."""


class Vocabulary:
    """The words of a catalogue; places are those of `words`, which is sorted."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = np.array(words or [""], dtype=np.str_)
        self.places = {word: place for place, word in enumerate(words)}
        self._by_stem: dict[str, list[int]] = defaultdict(list)
        for place, word in enumerate(words):
            self._by_stem[stem(word)].append(place)
        letters = np.zeros((len(self.words), LONGEST + 1), np.uint32)
        cut = self.words.astype(f"<U{LONGEST}")
        letters[:, :LONGEST] = np.ascontiguousarray(cut).view(np.uint32).reshape(len(cut), LONGEST)
        self._letters, self._lengths = letters, np.char.str_len(cut).astype(np.int16)
        self._signs = _signs(letters)
        self.near = lru_cache(maxsize=4096)(self._near)

    def alike(self, term: str) -> list[Word]:
        """The word itself, and those that differ from it in their ending alone."""
        own = self.places.get(term)
        return [(place, 1.0 if place == own else 0.92) for place in self._by_stem.get(stem(term), ())]

    def beginning(self, term: str) -> slice:
        """The places of the words that begin so."""
        return slice(*np.searchsorted(self.words, [term, term + "\U0010ffff"]).tolist())

    def _near(self, term: str, begun: bool) -> list[Word]:
        """Words that a slip or two away were typed so: a letter wrong, left out, put in, or two in the wrong order.

        `begun`: what was typed may be the beginning of the word. The better the word, the fewer the slips.
        """
        slips = 0 if len(term) < _A_SLIP else 1 if len(term) < _TWO_SLIPS else 2
        if not slips or len(term) > LONGEST or not term.isalpha():
            return []
        lacking = np.bitwise_count(_sign(term) & ~self._signs)
        longer = self._lengths - len(term)
        candidates = np.nonzero((lacking <= slips) & (longer >= -slips) & (begun | (longer <= slips)))[0]
        apart = _distances(term, self._letters[candidates])
        lengths = self._lengths[candidates]
        whole = apart[np.arange(len(candidates)), np.minimum(lengths, apart.shape[1] - 1)]
        whole[np.abs(lengths - len(term)) > slips] = 9
        # Two slips and another first letter: hardly what was meant.
        whole[(whole > 1) & (self._letters[candidates, 0] != ord(term[0]))] = 9
        found = np.where(whole <= slips, 0.8 - 0.15 * whole, 0.0)
        if begun:
            first = self._letters[candidates, 0] == ord(term[0])
            part = np.where(first & (apart.min(axis=1) <= 1), 0.45 * len(term) / np.maximum(lengths, len(term)), 0.0)
            found = np.maximum(found, part)
        return [(int(candidates[at]), float(found[at])) for at in np.nonzero(found)[0]]


def _signs(letters: np.ndarray) -> np.ndarray:
    """Which letters a word has, a bit each, those of the alphabet and figures apart."""
    bits = np.left_shift(np.uint64(1), (letters % 64).astype(np.uint64))
    bits[letters == 0] = 0
    return np.bitwise_or.reduce(bits, axis=1)


def _sign(term: str) -> np.uint64:
    return _signs(np.array([[ord(letter) for letter in term]], np.uint32))[0]


def _distances(term: str, letters: np.ndarray) -> np.ndarray:
    """How many slips away from `term` the first 0, 1, 2 ... letters of each word are (Damerau and Levenshtein)."""
    width = min(letters.shape[1], len(term) + 3)
    far = np.full(len(letters), 9, np.int8)
    before: list[np.ndarray] = []
    row = [np.full(len(letters), at, np.int8) for at in range(width)]
    for typed, letter in enumerate(term, start=1):
        older, before, row = before, row, [np.full(len(letters), typed, np.int8)]
        for at in range(1, width):
            if abs(at - typed) > 2:
                row.append(far)
                continue
            same = letters[:, at - 1] == ord(letter)
            best = np.minimum(np.minimum(before[at], row[at - 1]) + 1, before[at - 1] + ~same)
            if typed > 1 and at > 1:
                turned = (letters[:, at - 2] == ord(letter)) & (letters[:, at - 1] == ord(term[typed - 2]))
                best = np.where(turned, np.minimum(best, older[at - 2] + 1), best)
            row.append(best)
    return np.stack(row, axis=1)
