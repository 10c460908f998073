"""How well variants fit what a post asks for: a sum over what was asked, part by part.

Its type (a narrower one a little less), its brand, how near its shade is to the named colour in OKLab, its finish, for
whom it is, price and size; then stock, and the feed's boosts.
"""

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from catalog.matching.figures import size_key
from catalog.matching.shelf import Shelf
from catalog.matching.values import Asked
from catalog.rows import Numbers

_TYPE, _WIDER, _BRAND, _COLOUR, _FINISH, _GENDER, _STOCK, _SHADE = 1.0, 0.8, 0.8, 1.2, 0.25, 0.3, 0.15, 0.7
_PRICE, _SIZE, _OTHER_SIZE = 0.35, 0.25, 0.1
_USUAL = 0.06
"""What a shop has most of is what people mean by a wide word: shoes rather than shoe laces."""
_ABOUT = 1.15
"""Who names a price will pay a little more."""
_CHILDREN = frozenset({"boys", "girls", "kids", "male kids", "female kids"})


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


class Fitting:
    """The variants of a shelf, with what a feed adds to each; equal questions are answered once."""

    def __init__(self, shelf: Shelf, boosts: np.ndarray | None) -> None:
        self._shelf, self._boosts = shelf, boosts
        self._usual = lru_cache(maxsize=512)(self._usual_of)
        self._genders = lru_cache(maxsize=64)(self._genders_of)

    def is_by(self, numbers: Numbers, brands: Collection[str]) -> np.ndarray:
        """Which variants are by one of these makers."""
        codes = [self._shelf.brand_codes[brand] for brand in brands if brand in self._shelf.brand_codes]
        return np.isin(self._shelf.maker[numbers], codes)

    def is_of(self, numbers: Numbers, types: Collection[str]) -> np.ndarray:
        """Which variants are of one of these types."""
        kinds = np.array([bool(set(types) & set(kind)) for kind in self._shelf.kinds])
        return kinds[self._shelf.columns.coded["path"][numbers]]

    def fits(self, numbers: Numbers, demand: Demand) -> np.ndarray:
        """How well variants fit, about 0 to 1, more with boosts."""
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
            parts["type"] = _TYPE * self.is_of(numbers, demand.hints) / asked
        if demand.brands:
            parts["brand"] = _BRAND * self.is_by(numbers, demand.brands) / asked
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
