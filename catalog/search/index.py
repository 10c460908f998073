"""Looks through the catalogue in memory: which products, the best first, which of their variants, and what narrows them.

Every word has to be there: as it was typed, with another ending, as the beginning of a word, as what it means in the
lexicon, or a slip away. The rarer a word, the more it says; a word in the title says more than one beside it. Where no
product has all the words, those that have most of them are found, and that is said.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import log

import numpy as np

from catalog.rows import Numbers
from catalog.search.meanings import Meaning, Meanings, built_in, oklab
from catalog.search.spelling import Vocabulary
from catalog.search.table import Document, Table, written
from catalog.search.typing import accented, terms
from server.core import colour
from server.core.colour import ColourRefused

FEW = 5
"""Of fewer variants than this a word may have been mistyped, although there is one that begins so."""
BEGUN = 4
"""Letters from which on the beginning of a word of the lexicon is taken for that word."""
BOTH = 0.25
"""How much more it is that a thing bears a word and is what the word means: a lipstick before a shirt with lipstick prints."""
MEANT = 0.4
"""What is left of a word without its accents where they make it a word of the lexicon."""
CODE = 1000.0

Score = np.ndarray
"""float32 for each variant: how well it fits, 0 for not at all."""


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What a variant has to be; empty is anything."""

    brand: str = ""
    type: str = ""
    """A path of types, with all below it; or the last step of one."""
    colour: str = ""
    """A family of server.core.colour; 'none such' finds nothing."""
    withdrawn: bool = False
    """Products of which nothing is sold any more, instead of those that are."""


@dataclass(frozen=True)
class Found:
    """Products by number, the best first, and how well each variant fits."""

    index: "Index"
    order: Numbers
    score: Score
    partly: bool = False
    """No product has all the words: these have most of them."""

    @property
    def total(self) -> int:
        """How many products there are."""
        return len(self.order)

    def page(self, start: int, size: int) -> list[str]:
        """Ids of products."""
        return [self.index.table.products[number] for number in self.order[start : start + size].tolist()]

    def fits(self, start: int, size: int) -> dict[str, float]:
        """Each variant that fits, of these products, and how well."""
        numbers = self.order[start : start + size]
        places = np.nonzero(np.isin(self.index.table.product, numbers) & (self.score > 0))[0]
        variants = self.index.table.variants
        return {variants[at]: round(float(self.score[at]), 4) for at in places.tolist()}


class Index:
    """The catalogue to be looked through; made once, read by everybody, never changed."""

    def __init__(self, documents: Iterable[Document] | Table, meanings: Meanings | None = None) -> None:
        self.meanings = meanings or built_in()
        self.table = documents if isinstance(documents, Table) else written(documents)
        self._spell()
        self._number()
        self._column: Callable[[str, str], np.ndarray] = lru_cache(maxsize=256)(self._concept)
        self._term = lru_cache(maxsize=256)(self._term_of)

    def changed(self, documents: Iterable[Document], products: Collection[str]) -> "Index":
        """The index with these in place of all variants of these products."""
        return Index(written(documents, self.table.without(products)), self.meanings)

    def __len__(self) -> int:
        return len(self.table.variants)

    @cached_property
    def place_of(self) -> Mapping[str, int]:
        """A variant's id to its place."""
        return {id: place for place, id in enumerate(self.table.variants)}

    def places(self, variants: Iterable[str]) -> np.ndarray:
        """A bool for each variant: whether it is one of these."""
        found = np.zeros(len(self), bool)
        found[[self.place_of[id] for id in variants if id in self.place_of]] = True
        return found

    def with_products(self, some: np.ndarray) -> np.ndarray:
        """Those of a bool for each variant, with all others of their products."""
        products = np.zeros(len(self.table.products) or 1, bool)
        products[self.table.product[some]] = True
        return products[self.table.product]

    # -- looking ------------------------------------------------------------------------------------------------------

    def find(
        self, words: str = "", filters: Filters = Filters(), *, among: np.ndarray | None = None, codes: Collection[str] = (),
    ) -> Found:  # fmt: skip
        """Products with every word. `among`: a bool for each variant. `codes`: products that stand first, since their code
        was typed."""
        allowed = self._allowed(filters, among)
        score, partly = self._fit(words, allowed, bool(codes))
        if codes:
            coded = np.isin(self.table.product, [self._product_of[id] for id in codes if id in self._product_of])
            score = np.where(coded & allowed, score + CODE, score)
        return Found(self, self._ordered(score), score, partly)

    def choices(
        self, words: str = "", filters: Filters = Filters(), *, among: np.ndarray | None = None,
    ) -> dict[str, Counter[str]]:  # fmt: skip
        """Into what a search can be narrowed: {"types", "brands", "colours"}, each name with the number of products.
        What is chosen of one kind leaves the others of that kind to choose from."""
        score, _ = self._fit(words, self._allowed(Filters(withdrawn=filters.withdrawn), among), False)
        hit = score > 0
        own, family = {kind: self._mask(kind, filters) for kind in ("brand", "type", "colour")}, self.family

        def but(kind: str) -> np.ndarray:
            return hit & np.logical_and.reduce([mask for name, mask in own.items() if name != kind])

        return {
            "types": self._types(but("type")),
            "brands": self._counted(but("brand"), self.table.coded["brand"], self.table.values["brand"]),
            "colours": self._counted(but("colour"), family, colour.FAMILIES),
        }  # fmt: skip

    def swatch_of(self, family: str) -> str:
        """The colour that most variants of a family have."""
        places = self.table.coded["swatch"][(self.family == colour.FAMILIES.index(family)) & self.table.sold]
        counts = np.bincount(places, minlength=len(self.table.values["swatch"]))
        named = [
            (-count, name)
            for name, count in zip(self.table.values["swatch"], counts.tolist(), strict=True)
            if name and count
        ]
        return min(named)[1] if named else self.meanings.lexicon.centres.get(family, ("",))[0]

    # -- what is asked of a variant -----------------------------------------------------------------------------------

    def _allowed(self, filters: Filters, among: np.ndarray | None) -> np.ndarray:
        sold = ~self._product_sold[self.table.product] if filters.withdrawn else self.table.sold
        masks = [self._mask(kind, filters) for kind in ("brand", "type", "colour")]
        return np.logical_and.reduce([sold, *masks] if among is None else [sold, *masks, among])

    def _mask(self, kind: str, filters: Filters) -> np.ndarray:
        if kind == "colour":
            wanted = colour.FAMILIES.index(filters.colour) if filters.colour in colour.FAMILIES else -2
            return self.family == wanted if filters.colour else self._all
        if kind == "brand":
            return self._coded("brand", lambda brand: brand == filters.brand) if filters.brand else self._all
        return self._coded("path", lambda path: _under(path[0], filters.type)) if filters.type else self._all

    def _coded(self, name: str, holds: Callable[[object], bool]) -> np.ndarray:
        return np.array([holds(value) for value in self.table.values[name]] or [False], bool)[self.table.coded[name]]

    def _counted(self, hit: np.ndarray, codes: Numbers, names: Collection[object]) -> Counter[str]:
        """How many products have each."""
        of = hit & (codes >= 0)
        pairs = np.unique(self.table.product[of].astype(np.int64) * (len(names) + 1) + codes[of])
        counts = np.bincount(pairs % (len(names) + 1), minlength=len(names)).tolist()
        return Counter({str(name): count for name, count in zip(names, counts, strict=False) if count and name})

    def _types(self, hit: np.ndarray) -> Counter[str]:
        paths = self._counted(hit, self.table.coded["path"], range(1, len(self.table.values["path"]) + 1))
        counts: Counter[str] = Counter()
        for code, count in paths.items():
            steps = self.table.values["path"][int(code) - 1][0].split(" > ")
            for depth in range(1, len(steps) + 1):
                counts[" > ".join(steps[:depth])] += count
        del counts[""]
        return counts

    # -- words --------------------------------------------------------------------------------------------------------

    def _fit(self, words: str, allowed: np.ndarray, coded: bool) -> tuple[Score, bool]:
        said = terms(words, self.meanings.together)
        if not said:
            return (np.zeros(len(self), np.float32) if words.strip() else allowed.astype(np.float32)), False
        marked = accented(words)
        each = [self._term(said, at, term in marked) for at, term in enumerate(said)]
        held = np.sum([score > 0 for score, _ in each], axis=0, dtype=np.int8) * allowed
        most = int(held.max(initial=0))
        partly = most < len(said) and not coded
        needed = most if partly and 2 * most >= len(said) > 1 else len(said)
        score = np.sum([score * weight for score, weight in each], axis=0, dtype=np.float32)
        score *= 1 + 0.2 * np.minimum(1.0, len(said) / np.maximum(self.table.lengths, 1))
        return np.where(held >= needed, score, 0).astype(np.float32), partly and needed < len(said)

    def _term_of(self, said: tuple[str, ...], at: int, marked: bool) -> tuple[Score, float]:
        """How well each variant has a term, and how much the term says. `marked`: it was typed with accents."""
        term, last = said[at], at == len(said) - 1
        meant = marked and term in self.meanings.of
        bears, means = np.zeros(len(self), np.float32), np.zeros(len(self), np.float32)
        own = self._vocabulary.alike(term)
        self._bear(bears, own)
        # A word that goes on behind it is whole: what begins so is hardly meant, where there is that very word.
        self._begin(bears, term, 1.0 if last else 0.3 if own else 0.8)
        self._bear_joined(bears, said, at)
        if meant:
            bears *= MEANT
        for place, sure in own:
            self._mean(
                means,
                bears,
                self.meanings.of.get(self._words[place], ()),
                sure,
                known=term in self._stood and not meant,
            )
        self._mean_together(means, bears, said, at)
        if last and len(term) >= BEGUN:
            self._mean_begun(means, bears, term)
        if len(term) > 3 and not own and np.count_nonzero((bears > 0) | (means > 0)) < FEW:
            self._slip(bears, means, said, at)
        score = np.maximum(bears, means) + BOTH * np.minimum(bears, means)
        score.flags.writeable = False
        return score, log(1 + len(self) / (1 + np.count_nonzero(score)))

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
                parts = [np.zeros(len(self), np.float32) for _ in range(2)]
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
                        self._mean(
                            means, bears, self.meanings.of[whole], 0.6 + 0.4 * len(phrase) / len(whole), known=False
                        )
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
                if not english:
                    self._bear(
                        bears,
                        (
                            (p, s * surely)
                            for word in self.meanings.named(concept)
                            for p, s in self._vocabulary.alike(word)
                        ),
                    )
            else:
                np.maximum(means, self._column(kind, concept) * np.float32(surely), out=means)

    def _concept(self, kind: str, concept: str) -> np.ndarray:
        """How far each variant is of a type or a colour."""
        table, meanings = self.table, self.meanings
        if kind == "type":
            return self._coded("path", lambda path: concept in meanings.types(path)).astype(np.float32)
        if concept not in meanings.lexicon.centres:
            return np.zeros(len(self), np.float32)
        named = meanings.by_name(table.values["colour"], concept)[table.coded["colour"]]
        seen = meanings.by_swatch(self._lab, concept)[table.coded["swatch"]]
        return np.maximum(named, seen)

    # -- making -------------------------------------------------------------------------------------------------------

    def _ordered(self, score: Score) -> Numbers:
        """The numbers of the products that fit, the best first, and what fits alike by title."""
        if not len(self):
            return np.empty(0, np.int32)
        best = np.maximum.reduceat(score, self._runs)
        fitting = np.nonzero(best > 0)[0]
        keys = np.round(best[fitting] * 10_000).astype(np.int64)
        return self._run_products[fitting[np.lexsort((self._rank[fitting], -keys))]]

    def _spell(self) -> None:
        table, numbers = self.table, np.unique(self.table.word)
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

    def _number(self) -> None:
        table = self.table
        self._all = np.ones(len(self), bool)
        self._runs = np.flatnonzero(np.diff(table.product, prepend=-1)) if len(self) else np.empty(0, np.int64)
        self._run_products = table.product[self._runs]
        self._product_of = {table.products[number]: number for number in self._run_products.tolist()}
        named = sorted(range(len(self._runs)), key=lambda at: self._by_title(self._run_products[at]))
        self._rank = np.empty(len(self._runs), np.int32)
        self._rank[named] = np.arange(len(self._runs), dtype=np.int32)
        self._product_sold = np.zeros(len(table.products) or 1, bool)
        self._product_sold[table.product[table.sold]] = True
        self._lab = np.array([oklab(swatch) for swatch in table.values["swatch"]] or [(0, 0, 0)], np.float32)
        seen = np.array([_family(swatch) for swatch in table.values["swatch"]] or [-1], np.int8)[table.coded["swatch"]]
        said = np.array([self._family_said(name) for name in table.values["colour"]] or [-1], np.int8)[
            table.coded["colour"]
        ]
        self.family = np.where(seen >= 0, seen, said)
        """Place in server.core.colour.FAMILIES; by the swatch, else by the colour's name, -1 where neither tells."""

    def _by_title(self, number: int) -> tuple[str, str]:
        return self.table.titles[number], self.table.products[number]

    def _family_said(self, name: str) -> int:
        said = self.meanings.namer.families(name)
        return _family(self.meanings.lexicon.centres[said[0]][0]) if len(said) == 1 else -1


def _under(path: str, type: str) -> bool:
    return path == type or path.startswith(f"{type} > ") or path.endswith(f" > {type}")


@lru_cache(maxsize=65_536)
def _family(swatch: str | None) -> int:
    try:
        return colour.FAMILIES.index(colour.family(swatch)) if swatch else -1
    except ColourRefused:
        return -1
