"""Ranking: which variants fit what a post asks for, best first, one of each product.

The fit of a variant is a sum over what was asked: its type (a narrower one a little less), its brand, how near its
shade is to the named colour in OKLab, its finish, for whom it is, price and size; then words of its name, stock, and
the feed's boosts. Among variants that fit alike each post has favourites of its own, so that the same lipstick is not
the answer to every post; and what a feed has shown lately steps back a little.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from zlib import crc32

import numpy as np

from catalog.matching import selling
from catalog.matching.figures import size_key
from catalog.matching.learned import Lesson
from catalog.matching.shelf import Shelf
from catalog.matching.values import Asked, Terms
from catalog.rows import Numbers

_TYPE, _WIDER, _BRAND, _COLOUR, _FINISH, _GENDER, _STOCK, _NAME, _SHADE = 1.0, 0.8, 0.8, 1.2, 0.25, 0.3, 0.15, 0.9, 0.7
_PRICE, _SIZE, _OTHER_SIZE = 0.35, 0.25, 0.1
_USUAL = 0.06
"""What a shop has most of is what people mean by a wide word: shoes rather than shoe laces."""
_ABOUT = 1.15
"""Who names a price will pay a little more."""
_CHILDREN = frozenset({"boys", "girls", "kids", "male kids", "female kids"})
KEPT = 48
"""Variants that are remembered of a ranking, each of another product: four times what a person chooses from."""
_ALIKE = 0.04
"""Variants whose fits differ by less are alike to the eye: which comes first is each post's own lot."""
_TIRED, _MOST_TIRED = 0.02, 0.1
"""What a product steps back for each time it was shown lately, and at most."""


@dataclass(frozen=True, slots=True)
class Demand:
    """What a post asks for: one type with the colours bound to it. The key under which rankings are remembered."""

    type_name: str
    colours: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    finishes: tuple[str, ...] = ()
    genders: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    """Types that parts of the body hint at, where only a brand was named."""
    shades: tuple[str, ...] = ()
    """Names of shades, as Shelf.by_shade has them."""
    price: float = 0.0
    """What it may cost, in whole units of `currency` ('': of any); 0 if the post names no price."""
    currency: str = ""
    size: str = ""
    """As matching.figures.size_key has it."""

    @property
    def asked(self) -> float:
        """The fit of a variant that has all of it."""
        total = (_TYPE if self.type_name or self.hints else 0.0) + (_BRAND if self.brands else 0.0)
        return total + (_COLOUR if self.colours else 0.0) or 1.0

    @property
    def key(self) -> Asked:
        """The same as people's corrections are kept by."""
        return Asked(self.type_name, tuple(sorted(self.colours)), tuple(sorted(self.brands)))


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


class Ranking:
    """The shelf ranked under a feed's terms. One for each Terms; rankings of equal demands are remembered."""

    def __init__(self, shelf: Shelf, terms: Terms) -> None:
        self._shelf, self._terms = shelf, terms
        self._allowed = selling.allowed(shelf, terms)
        self._boosts = selling.boosts(shelf, terms)
        self._paired = selling.numbers(shelf, {variant for variants in terms.pairs.values() for variant in variants})
        self._usual = lru_cache(maxsize=512)(self._usual_of)
        self._genders = lru_cache(maxsize=64)(self._genders_of)
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
        return self._top(sold, self._fits(sold, demand), most) if len(sold) else []

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
        return Fit(number, float(self._fits(np.array([number]), demand)[0]) + sum(others.values()))

    def others(self, number: int, occasion: Occasion) -> dict[str, float]:
        """What is added to a variant's fit besides `parts`: for its name, its turn, and what people said of it."""
        product = self._product(number)
        turn = {"turn": self._turn(product, occasion), "name": self._lifts(occasion.words).get(product, 0.0)}
        return turn | {"learned": float(self._said(np.array([number]), occasion.lesson)[0])}

    def best_of(self, numbers: Sequence[int], demand: Demand, occasion: Occasion) -> Fit | None:
        """The best of a few variants, as the feed sells them; None where it sells none."""
        some = np.array([number for number in numbers if self.allows(number)], np.int32)
        found = self._top(some, self._fits(some, demand), 1) if len(some) else []
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
        return tuple(self._top(pool, self._fits(pool, demand), KEPT))

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
            hinted = pool[self._is_of(pool, demand.hints)] if demand.hints else pool[:0]
            return hinted if len(hinted) else pool
        pool = shelf.variants(demand.type_name)
        if demand.brands:  # a named brand that makes such things is meant; one that makes none means the type
            own = pool[self._is_by(pool, demand.brands)]
            sold = own if self._allowed is None else own[self._allowed[own]]
            return sold if len(sold) else pool
        return pool

    def _is_by(self, numbers: Numbers, brands: Collection[str]) -> np.ndarray:
        codes = [self._shelf.brand_codes[brand] for brand in brands if brand in self._shelf.brand_codes]
        return np.isin(self._shelf.maker[numbers], codes)

    def _is_of(self, numbers: Numbers, types: Collection[str]) -> np.ndarray:
        kinds = np.array([bool(set(types) & set(kind)) for kind in self._shelf.kinds])
        return kinds[self._shelf.columns.coded["path"][numbers]]

    def _fits(self, numbers: Numbers, demand: Demand) -> np.ndarray:
        return np.sum(list(self.parts(numbers, demand).values()), axis=0)

    def parts(self, numbers: Numbers, demand: Demand) -> dict[str, np.ndarray]:
        """What each thing that was asked for adds to the fits of variants, by its name."""
        shelf, columns, asked = self._shelf, self._shelf.columns, demand.asked
        parts = {"stock": self._stocked(numbers), "gender": self._whose(numbers, demand)}
        if demand.type_name:
            narrow = np.array([kind[:1] == (demand.type_name,) for kind in shelf.kinds])
            parts["type"] = np.where(narrow[columns.coded["path"][numbers]], _TYPE, _WIDER) / asked
            parts["usual"] = _USUAL * self._usual(demand.type_name)[columns.coded["path"][numbers]]
        elif demand.hints:
            parts["type"] = _TYPE * self._is_of(numbers, demand.hints) / asked
        if demand.brands:
            parts["brand"] = _BRAND * self._is_by(numbers, demand.brands) / asked
        if demand.colours:
            nearest = np.max([shelf.colour_fits(numbers, family) for family in demand.colours], axis=0)
            parts["colour"] = _COLOUR * nearest / asked
        if demand.finishes:
            marks = columns.product_marks[columns.product[numbers]]
            parts["finish"] = _FINISH * ((marks & shelf.marked(demand.finishes)) != 0) / asked
        if demand.shades:
            parts["shade"] = _SHADE * np.isin(numbers, shelf.of_shades(demand.shades))
        if demand.price:
            parts["price"] = -_PRICE * self._dearer(numbers, demand)
        if demand.size:
            parts["size"] = self._sized(demand.size)[columns.coded["size"][numbers]]
        if self._boosts is not None:
            parts["boost"] = self._boosts[numbers]
        return parts

    def _usual_of(self, type_name: str) -> np.ndarray:
        """By code of a path, 0 to 1: how many of a type's variants it has, beside the path that has most."""
        paths = self._shelf.columns.coded["path"]
        counts = np.bincount(paths[self._shelf.variants(type_name)], minlength=len(self._shelf.kinds))
        return counts / max(1, counts.max(initial=0))

    def _dearer(self, numbers: Numbers, demand: Demand) -> np.ndarray:
        dearer = self._shelf.columns.price[numbers] > demand.price * _ABOUT
        if not demand.currency:
            return dearer
        same = np.array([code == demand.currency for code in self._shelf.columns.values["currency"]])
        return dearer & same[self._shelf.columns.coded["currency"][numbers]]

    def _sized(self, size: str) -> np.ndarray:
        """What is added for each size that the catalogue knows."""
        known = [size_key(str(one)) for one in self._shelf.columns.values["size"]]
        return np.array([_SIZE if one == size else -_OTHER_SIZE if one else 0.0 for one in known] or [0.0])

    def _whose(self, numbers: Numbers, demand: Demand) -> np.ndarray:
        return self._genders(demand.genders)[self._shelf.columns.coded["gender"][numbers]]

    def _genders_of(self, asked: tuple[str, ...]) -> np.ndarray:
        """What is added for each gender that the catalogue knows."""
        known = [str(gender) for gender in self._shelf.columns.values["gender"]]
        if not asked:
            return np.array([-_GENDER if gender in _CHILDREN else 0.0 for gender in known] or [0.0])
        others = {gender: -_GENDER if gender and gender != "unisex" else 0.0 for gender in known}
        return np.array([_GENDER if gender in asked else others[gender] for gender in known] or [0.0])

    def _stocked(self, numbers: Numbers) -> np.ndarray:
        if not self._shelf.stock_known:
            return np.full(len(numbers), _STOCK)
        # What nobody can buy goes behind everything that fits half as well.
        stock = self._shelf.columns.stock[numbers]
        return np.where(stock > 0, _STOCK * np.minimum(stock, 1.0), -0.5)

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
        return self._top(numbers, self._fits(numbers, demand), len(lifts)) if len(numbers) else []

    def _taught(self, demand: Demand, lesson: Lesson) -> list[Fit]:
        """The best variant of each product that people spoke of, with what that adds."""
        numbers = self._spoken_of(*lesson.ids)
        numbers = numbers[np.isin(numbers, self._pool(demand))]
        if self._allowed is not None:
            numbers = numbers[self._allowed[numbers]]
        fits = self._fits(numbers, demand) + self._said(numbers, lesson)
        return self._top(numbers, fits, len(numbers)) if len(numbers) else []

    def _said(self, numbers: Numbers, lesson: Lesson | None) -> np.ndarray:
        columns = self._shelf.columns
        named = ((columns.products[columns.product[number]], columns.variants[number]) for number in numbers.tolist())
        return np.array([lesson.lift(*one) if lesson else 0.0 for one in named])

    def _numbers_of(self, products: Collection[str], variants: Collection[str]) -> Numbers:
        """The variants of these products, and of the products of these variants."""
        own = selling.of_ids(self._shelf, products) | selling.of_variants(self._shelf, variants)
        return self._shelf.of_products(np.unique(self._shelf.columns.product[own]))
