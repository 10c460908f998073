"""How well each variant fits what was typed: every word as it is, in another form, as what it means, or a slip away."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from math import log

import numpy as np

from catalog.matching.columns import oklab
from catalog.search.meanings import Meaning, Meanings
from catalog.search.spelling import Vocabulary
from catalog.search.table import Table
from catalog.search.typing import accented, terms

FEW = 5
"""Of fewer variants than this a word may have been mistyped, although there is one that begins so."""
BEGUN = 4
"""Letters from which on the beginning of a word of the lexicon is taken for that word."""
BOTH = 0.25
"""How much more it is that a thing bears a word and is what the word means: a lipstick before a shirt with lipstick prints."""
MEANT = 0.4
"""What is left of a word without its accents where they make it a word of the lexicon."""
MOST_REMEMBERED, MEMORY = 256, 64 * 2**20
"""How many words' scores are remembered, and how many bytes of them: at a million variants one takes 4 MB."""

Score = np.ndarray
"""float32 for each variant: how well it fits, 0 for not at all."""


class Wording:
    """The words of a table of variants, and what they mean."""

    def __init__(self, table: Table, meanings: Meanings) -> None:
        self.meanings, self._table, self._count = meanings, table, len(table.variants)
        self._spell()
        # A feed that puts titles into its types has tens of thousands: they are read here, where nobody waits.
        self._types = {path: meanings.types(path) for path in table.values["path"]}
        self._lab = np.array([oklab(swatch) for swatch in table.values["swatch"]] or [(0, 0, 0)], np.float32)
        most = max(8, min(MOST_REMEMBERED, MEMORY // (4 * self._count or 1)))
        self._column: Callable[[str, str], np.ndarray] = lru_cache(maxsize=most)(self._concept)
        self.term = lru_cache(maxsize=most)(self._term)
        """How well each variant has the term at a place of those said, and how much the term says; (terms, place,
        whether it was typed with accents)."""

    def fit(self, words: str, allowed: np.ndarray, coded: bool) -> tuple[Score, bool]:
        """How well each variant fits, and whether none has all the words; `coded`: a code was typed, which is enough."""
        said = terms(words, self.meanings.together)
        if not said:
            return (np.zeros(self._count, np.float32) if words.strip() else allowed.astype(np.float32)), False
        marked = accented(words)
        each = [self.term(said, at, term in marked) for at, term in enumerate(said)]
        held = np.sum([score > 0 for score, _ in each], axis=0, dtype=np.int8) * allowed
        most = int(held.max(initial=0))
        partly = most < len(said) and not coded
        needed = most if partly and 2 * most >= len(said) > 1 else len(said)
        score = np.sum([score * weight for score, weight in each], axis=0, dtype=np.float32)
        score *= 1 + 0.2 * np.minimum(1.0, len(said) / np.maximum(self._table.lengths, 1))
        return np.where(held >= needed, score, 0).astype(np.float32), partly and needed < len(said)

    def _term(self, said: tuple[str, ...], at: int, marked: bool) -> tuple[Score, float]:
        term, last = said[at], at == len(said) - 1
        meant = marked and term in self.meanings.of
        bears, means = np.zeros(self._count, np.float32), np.zeros(self._count, np.float32)
        own = self._vocabulary.alike(term)
        self._bear(bears, own)
        # A word that goes on behind it is whole: what begins so is hardly meant, where there is that very word.
        self._begin(bears, term, 1.0 if last else 0.3 if own else 0.8)
        self._bear_joined(bears, said, at)
        if meant:
            bears *= MEANT
        known = term in self._stood and not meant
        for place, sure in own:
            self._mean(means, bears, self.meanings.of.get(self._words[place], ()), sure, known=known)
        self._mean_together(means, bears, said, at)
        if last and len(term) >= BEGUN:
            self._mean_begun(means, bears, term)
        if len(term) > 3 and not own and np.count_nonzero((bears > 0) | (means > 0)) < FEW:
            self._slip(bears, means, said, at)
        score = np.maximum(bears, means) + BOTH * np.minimum(bears, means)
        score.flags.writeable = False
        return score, log(1 + self._count / (1 + np.count_nonzero(score)))

    def _bear(self, bears: Score, words: Iterable[tuple[int, float]]) -> None:
        for place, sure in words:
            of = slice(self._starts[place], self._starts[place + 1])
            rows = self._rows[of]  # a word stands once with a variant
            bears[rows] = np.maximum(bears[rows], self._weights[of] * np.float32(sure))

    def _begin(self, bears: Score, term: str, sure: float) -> None:
        """Words that go on where the term ends: the more of one was typed, the surer."""
        places = self._vocabulary.beginning(term)
        of = slice(self._starts[places.start], self._starts[places.stop])
        if of.start == of.stop:
            return
        lengths = np.array([len(word) for word in self._words[places]], np.float32)
        shares = np.repeat(
            sure * (0.55 + 0.35 * len(term) / lengths), np.diff(self._starts[places.start : places.stop + 1])
        )
        np.maximum.at(bears, self._rows[of], self._weights[of] * shares.astype(np.float32))

    def _slip(self, bears: Score, means: Score, said: tuple[str, ...], at: int) -> None:
        term, last = said[at], at == len(said) - 1
        near = self._vocabulary.near(term, last)
        self._bear(bears, near)
        for place, sure in near:
            self._mean(means, bears, self.meanings.of.get(self._words[place], ()), sure, known=False)
        self._bear_parted(bears, term)

    def _bear_joined(self, bears: Score, said: tuple[str, ...], at: int) -> None:
        """‘lip stick’ is a lipstick."""
        for pair in (said[max(0, at - 1) : at + 1], said[at : at + 2]):
            if len(pair) == 2:
                self._bear(bears, ((place, 0.9 * sure) for place, sure in self._vocabulary.alike("".join(pair))))

    def _bear_parted(self, bears: Score, term: str) -> None:
        """‘redlipstick’ is a red lipstick: both parts have to be there."""
        for cut in range(3, len(term) - 2):
            one, other = self._vocabulary.alike(term[:cut]), self._vocabulary.alike(term[cut:])
            if one and other:
                parts = [np.zeros(self._count, np.float32) for _ in range(2)]
                self._bear(parts[0], one)
                self._bear(parts[1], other)
                np.maximum(bears, 0.8 * np.minimum(*parts), out=bears)

    def _mean_together(self, means: Score, bears: Score, said: tuple[str, ...], at: int) -> None:
        """Several words that mean one thing: ‘son môi’, ‘nail polish’; the last may be begun."""
        for start in range(max(0, at - self.meanings.longest + 1), at + 1):
            for end in range(max(start + 2, at + 1), min(len(said), start + self.meanings.longest) + 1):
                phrase = " ".join(said[start:end])
                if end == len(said):
                    for whole in self._beginning_so(phrase):
                        sure = 0.6 + 0.4 * len(phrase) / len(whole)
                        self._mean(means, bears, self.meanings.of[whole], sure, known=False)
                elif phrase in self.meanings.of:
                    self._mean(means, bears, self.meanings.of[phrase], 1.0, known=False)

    def _beginning_so(self, phrase: str) -> list[str]:
        phrases = self._phrases
        start, stop = np.searchsorted(phrases, [phrase, phrase + "\U0010ffff"]).tolist()
        return self.meanings.phrases[start : min(stop, start + 8)]

    def _mean_begun(self, means: Score, bears: Score, term: str) -> None:
        places = self._vocabulary.beginning(term)
        for word in self._words[places]:
            if word != term and word in self.meanings.of:
                sure = 0.5 + 0.4 * len(term) / len(word)
                self._mean(means, bears, self.meanings.of[word], sure, known=False)

    def _mean(self, means: Score, bears: Score, meanings: Iterable[Meaning], sure: float, *, known: bool) -> None:
        """`known`: the catalogue has the word itself, so what it means in another language is hardly meant."""
        for kind, concept, own, english in meanings:
            surely = sure * own * (0.5 if known and not english else 1.0)
            if kind in ("finish", "gender"):
                for word in () if english else self.meanings.named(concept):
                    self._bear(bears, ((place, one * surely) for place, one in self._vocabulary.alike(word)))
            else:
                np.maximum(means, self._column(kind, concept) * np.float32(surely), out=means)

    def _concept(self, kind: str, concept: str) -> np.ndarray:
        """How far each variant is of a type or a colour."""
        table, meanings = self._table, self.meanings
        if kind == "type":
            return table.where("path", lambda path: concept in self._types[path]).astype(np.float32)
        if concept not in meanings.lexicon.centres:
            return np.zeros(self._count, np.float32)
        named = meanings.by_name(table.values["colour"], concept)[table.coded["colour"]]
        seen = meanings.by_swatch(self._lab, concept)[table.coded["swatch"]]
        plainly = meanings.by_family(table.values["swatch"], concept)[table.coded["swatch"]]
        return np.maximum.reduce([named, seen, plainly])

    def _spell(self) -> None:
        table, numbers = self._table, np.unique(self._table.word)
        self._stood = {table.words[number] for number in numbers.tolist()}
        self._words = sorted(self._stood.union(self.meanings.words))
        self._vocabulary = Vocabulary(self._words)
        places = np.zeros(len(table.words) or 1, np.int32)
        for number in numbers.tolist():
            places[number] = self._vocabulary.places[table.words[number]]
        word = places[table.word]
        order = np.argsort(word, kind="stable")
        self._rows, self._weights = table.row[order], table.weight[order].astype(np.float32) / 255
        self._starts = np.searchsorted(word[order], np.arange(len(self._words) + 1))
        self._phrases = np.array(self.meanings.phrases or [""], np.str_)
