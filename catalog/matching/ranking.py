"""Ranking: which variants fit what a post asks for, best first, one of each product.

To how well a variant fits (see fitting) come words of its name and what people corrected. Among variants that fit alike
each post has favourites of its own, so that the same lipstick is not the answer to every post; and what a feed has
shown lately steps back a little.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import exp
from zlib import crc32

import numpy as np

from catalog.matching import selling
from catalog.matching.fitting import Demand, Fitting
from catalog.matching.learned import Lesson
from catalog.matching.shelf import Shelf
from catalog.matching.values import Terms
from catalog.rows import Numbers

_NAME = 0.9
"""What it adds that a word of the post is in one product's name alone."""
KEPT = 48
"""Variants that are remembered of a ranking, each of another product: four times what a person chooses from."""
_ALIKE = 0.04
"""Variants whose fits differ by less are alike to the eye: which comes first is each post's own lot."""
_LATER = 0.93
"""What each further thing of a post is worth beside the one before."""
_TIRED, _MOST_TIRED = 0.02, 0.1
"""What a product steps back for each time it was shown lately, and at most."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A variant's number on the shelf and how well it fits (about 0 to 1, more with boosts)."""

    number: int
    fit: float


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a ranking depends on besides the demand: the post's loose words, its lot, and what was shown lately."""

    words: Collection[str] = frozenset()
    lot: int = 0
    lately: Mapping[str, int] = field(default_factory=dict)
    """Product id to how often it was shown."""
    lesson: Lesson | None = None
    """What people's corrections say of such posts."""


def standing(fit: float, order: int) -> float:
    """What a fit is worth in a score, 0 to 1: of the thing that is named first most, since it is meant most."""
    return (1 - exp(-1.6 * fit)) * _LATER**order


class Ranking:
    """The shelf ranked under a feed's terms. One for each Terms; rankings of equal demands are remembered."""

    def __init__(self, shelf: Shelf, terms: Terms) -> None:
        self._shelf, self._terms = shelf, terms
        self._allowed = selling.allowed(shelf, terms)
        self._fitting = Fitting(shelf, selling.boosts(shelf, terms))
        self.parts = self._fitting.parts
        self._paired = selling.numbers(shelf, {variant for variants in terms.pairs.values() for variant in variants})
        self._spoken_of = lru_cache(maxsize=256)(self._numbers_of)
        self.ranked = lru_cache(maxsize=4096)(self._ranked)

    def allows(self, number: int) -> bool:
        """Whether the feed sells this variant."""
        return self._allowed is None or bool(self._allowed[number])

    def excludes(self, number: int) -> bool:
        """Whether the feed names this variant, its brand or its type among what it never shows."""
        only = selling.allowed(self._shelf, Terms(without=self._terms.without))
        return only is not None and not only[number]

    def numbers(self, variants: Collection[str]) -> Numbers:
        """The numbers of variants that are on the shelf, in no order."""
        return np.flatnonzero(selling.of_variants(self._shelf, variants))

    def best(self, demand: Demand, occasion: Occasion, most: int) -> list[Fit]:
        """The best variants for a demand, one of each product; words of the post may lift products by their names."""
        best = {self._product(fit.number): fit for fit in self.ranked(demand)}
        lifts = self._lifts(occasion.words)
        if lifts:
            for fit in self._lifted(demand, lifts):
                best.setdefault(self._product(fit.number), fit)
        if occasion.lesson:
            best |= {self._product(fit.number): fit for fit in self._taught(demand, occasion.lesson)}
        found = (
            Fit(fit.number, fit.fit + lifts.get(product, 0.0) + self._turn(product, occasion))
            for product, fit in best.items()
        )
        return sorted(found, key=lambda fit: (-fit.fit, fit.number))[:most]

    def among(self, numbers: Numbers, demand: Demand, most: int) -> list[Fit]:
        """The best of these variants for a demand, one of each product, as far as the feed sells them."""
        sold = numbers if self._allowed is None else numbers[self._allowed[numbers]]
        return self._top(sold, self._fitting.fits(sold, demand), most) if len(sold) else []

    def sold(self, variants: Sequence[str]) -> list[str]:
        """Those of a few variants that the feed sells, in their order, the first of each product."""
        numbers = selling.numbers(self._shelf, set(variants))
        sold = [id for id in variants if id in numbers and self.allows(numbers[id])]
        first = {self._product(numbers[id]): id for id in reversed(sold)}
        return [id for id in sold if first[self._product(numbers[id])] == id]

    def paired(self, variants: Sequence[str]) -> list[Fit]:
        """Variants that the feed's pairs name, in its order, as far as they exist and are sold."""
        numbers = (self._paired.get(variant) for variant in variants)
        return [Fit(number, 1.0) for number in numbers if number is not None and self.allows(number)]

    def fit(self, variant: str, demand: Demand, occasion: Occasion) -> Fit | None:
        """How well one variant fits; None where the feed does not sell it, or it is not of what was asked for."""
        number = next(iter(self.numbers([variant]).tolist()), None)
        if number is None or not self.allows(number) or number not in self._pool(demand):
            return None
        others = self.others(number, occasion)
        return Fit(number, float(self._fitting.fits(np.array([number]), demand)[0]) + sum(others.values()))

    def others(self, number: int, occasion: Occasion) -> dict[str, float]:
        """What is added to a variant's fit besides `parts`: for its name, its turn, and what people said of it."""
        product = self._product(number)
        turn = {"turn": self._turn(product, occasion), "name": self._lifts(occasion.words).get(product, 0.0)}
        return turn | {"learned": float(self._said(np.array([number]), occasion.lesson)[0])}

    def best_of(self, numbers: Sequence[int], demand: Demand, occasion: Occasion) -> Fit | None:
        """The best of a few variants, as the feed sells them; None where it sells none."""
        some = np.array([number for number in numbers if self.allows(number)], np.int32)
        found = self._top(some, self._fitting.fits(some, demand), 1) if len(some) else []
        return found[0] if found else None

    def _product(self, number: int) -> int:
        return int(self._shelf.columns.product[number])

    def _turn(self, product: int, occasion: Occasion) -> float:
        id = self._shelf.columns.products[product]
        lot = crc32(id.encode(), occasion.lot) / 2**32 if occasion.lot else 0.0
        return _ALIKE * lot - min(_MOST_TIRED, _TIRED * occasion.lately.get(id, 0))

    def _ranked(self, demand: Demand) -> Sequence[Fit]:
        pool = self._pool(demand)
        if self._allowed is not None:
            pool = pool[self._allowed[pool]]
        return tuple(self._top(pool, self._fitting.fits(pool, demand), KEPT))

    def _top(self, numbers: Numbers, fits: np.ndarray, most: int) -> list[Fit]:
        """The best of each product, best first; of equals the lower number."""
        taken = min(len(numbers), 16 * most)
        while True:
            part = np.argpartition(-fits, taken - 1)[:taken] if taken < len(fits) else np.arange(len(fits))
            order = part[np.lexsort((numbers[part], -fits[part]))]
            _, first = np.unique(self._shelf.columns.product[numbers[order]], return_index=True)
            if len(first) >= most or taken == len(numbers):
                break
            taken = min(len(numbers), taken * 4)
        chosen = order[np.sort(first)[:most]]
        return [Fit(*one) for one in zip(numbers[chosen].tolist(), fits[chosen].tolist(), strict=True)]

    def _pool(self, demand: Demand) -> Numbers:
        shelf = self._shelf
        if not demand.type_name:
            pool = shelf.of_brands(demand.brands)
            hinted = pool[self._fitting.is_of(pool, demand.hints)] if demand.hints else pool[:0]
            return hinted if len(hinted) else pool
        pool = shelf.variants(demand.type_name)
        if demand.brands:  # a named brand that makes such things is meant; one that makes none means the type
            own = pool[self._fitting.is_by(pool, demand.brands)]
            sold = own if self._allowed is None else own[self._allowed[own]]
            return sold if len(sold) else pool
        return pool

    def _lifts(self, words: Collection[str]) -> dict[int, float]:
        """Products whose names hold words of the post, and by how much that lifts them: rare words lift more."""
        lifts: dict[int, float] = {}
        for word in words:
            if len(word) < 3 and not word.isdigit() or word in self._shelf.lexicon.everyday:
                continue
            products = self._shelf.named(word).tolist()
            for product in products:
                lifts[product] = lifts.get(product, 0.0) + _NAME / (1 + len(products) ** 0.5)
        return lifts

    def _lifted(self, demand: Demand, lifts: Collection[int]) -> list[Fit]:
        """The best variant of each lifted product that is of what was asked for."""
        numbers = self._shelf.of_products(np.fromiter(lifts, np.int32))
        numbers = numbers[np.isin(numbers, self._pool(demand))]
        if self._allowed is not None:
            numbers = numbers[self._allowed[numbers]]
        return self._top(numbers, self._fitting.fits(numbers, demand), len(lifts)) if len(numbers) else []

    def _taught(self, demand: Demand, lesson: Lesson) -> list[Fit]:
        """The best variant of each product that people spoke of, with what that adds."""
        numbers = self._spoken_of(*lesson.ids)
        numbers = numbers[np.isin(numbers, self._pool(demand))]
        if self._allowed is not None:
            numbers = numbers[self._allowed[numbers]]
        fits = self._fitting.fits(numbers, demand) + self._said(numbers, lesson)
        return self._top(numbers, fits, len(numbers)) if len(numbers) else []

    def _said(self, numbers: Numbers, lesson: Lesson | None) -> np.ndarray:
        columns = self._shelf.columns
        named = ((columns.products[columns.product[number]], columns.variants[number]) for number in numbers.tolist())
        return np.array([lesson.lift(*one) if lesson else 0.0 for one in named])

    def _numbers_of(self, products: Collection[str], variants: Collection[str]) -> Numbers:
        """The variants of these products, and of the products of these variants."""
        own = selling.of_ids(self._shelf, products) | selling.of_variants(self._shelf, variants)
        return self._shelf.of_products(np.unique(self._shelf.columns.product[own]))
