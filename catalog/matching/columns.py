"""The catalogue as columns: a number for each variant, an array for each thing that is known of it.

A million variants as objects would take gigabytes and seconds a question; as columns they take a few hundred megabytes
and milliseconds. What is said of many (a brand, a path of types, a colour's name) is kept once, under a code.
"""

from array import array
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from math import nan

import numpy as np

from catalog.matching.values import MatchItem
from catalog.words import fold, plain
from server.core.colour import ColourRefused, to_oklab

CODED = ("brand", "path", "colour", "gender", "size", "currency")
"""What is kept under a code."""

Numbers = np.ndarray
"""An array of int32: places in a column."""


@dataclass(frozen=True)
class Codes:
    """Different values, each under its place in the list."""

    values: list[object] = field(default_factory=list)
    places: dict[object, int] = field(default_factory=dict)

    def code(self, value: object) -> int:
        """A value's place; a new one goes to the end."""
        place = self.places.get(value)
        if place is None:
            place = self.places[value] = len(self.values)
            self.values.append(value)
        return place

    def copy(self) -> "Codes":
        return Codes(list(self.values), dict(self.places))


def _run(ordered: Numbers, code: int) -> slice:
    """Where a code stands in an array sorted by code."""
    # Asked in the array's own type: for any other all of it would be converted first.
    return slice(*np.searchsorted(ordered, np.array((code, code + 1), ordered.dtype)))


class Grouped:
    """Places by code, found without a dictionary: the places sorted by code."""

    def __init__(self, codes: Numbers) -> None:
        self._order = np.argsort(codes, kind="stable").astype(np.int32)
        self._sorted = codes[self._order]

    def of(self, *codes: int) -> Numbers:
        """The places with one of these codes, in their order for each code."""
        runs = [self._order[_run(self._sorted, code)] for code in codes]
        return runs[0] if len(runs) == 1 else np.concatenate(runs) if runs else np.empty(0, np.int32)


@dataclass(frozen=True)
class Postings:
    """Words to the numbers of the products in whose names they stand, as two arrays sorted by word."""

    words: dict[str, int]
    codes: Numbers
    products: Numbers

    def of(self, word: str) -> Numbers:
        """The products with a word in their name; none for a word that was too common to keep."""
        code = self.words.get(word)
        if code is None:
            return self.products[:0]
        return self.products[_run(self.codes, code)]


@dataclass(frozen=True)
class Columns:
    """A catalogue. All arrays but `product_marks` are as long as `variants`."""

    variants: list[str]
    products: list[str]
    """Ids by product number. A product that was changed has a new number; its old one belongs to no variant."""
    product: Numbers
    coded: dict[str, Numbers]
    codes: dict[str, Codes]
    lab: np.ndarray
    """float32, OKLab of the swatch; nan where there is none."""
    stock: np.ndarray
    price: np.ndarray
    """float32, in whole units of the currency; nan where it is not known."""
    names: Postings
    product_marks: np.ndarray
    """uint64 for each product: which of the marks (finishes and the like) its name bears."""

    def value(self, column: str, number: int) -> object:
        """A coded thing of one variant."""
        return self.codes[column].values[self.coded[column][number]]

    def without(self, products: Collection[str]) -> "Columns":
        """The catalogue without all variants of these products."""
        gone = np.array([number for number, id in enumerate(self.products) if id in products], np.int32)
        keep = ~np.isin(self.product, gone)
        return replace(
            self,
            variants=[id for id, kept in zip(self.variants, keep.tolist(), strict=True) if kept],
            product=self.product[keep], coded={name: column[keep] for name, column in self.coded.items()},
            lab=self.lab[keep], stock=self.stock[keep], price=self.price[keep],
        )  # fmt: skip


class Writing:
    """Columns that are being written, item by item: a new catalogue, or more of one that there is."""

    def __init__(
        self, marks: Sequence[Collection[str]], titled: Callable[[str], str], common: int, onto: Columns | None = None
    ) -> None:
        """`marks`: the words of each mark; `titled`: the type that a title names; `common`: in how many names a word is
        too common to be kept."""
        self._titled = lru_cache(maxsize=4096)(titled)
        self._marks = {word: 1 << bit for bit, words in enumerate(marks) for word in words}
        self._common, self._onto = common, onto
        self._first = len(onto.products) if onto else 0
        self._codes = {name: onto.codes[name].copy() if onto else Codes() for name in CODED}
        self._coded = {name: array("i") for name in CODED}
        self._words: dict[str, int] = dict(onto.names.words) if onto else {}
        self._variants: list[str] = []
        self._products: dict[str, int] = {}
        self._product = array("i")
        self._titles: list[tuple[int, ...]] = []
        self._lab, self._stock, self._price = array("f"), array("f"), array("f")
        self._title = lru_cache(maxsize=4096)(self._title_of)

    def add(self, items: Iterable[MatchItem]) -> "Writing":
        """Write items down."""
        brand, path, colour, gender, size, currency = (self._codes[name].code for name in CODED)
        columns = [self._coded[name].append for name in CODED]
        for item in items:
            self._variants.append(item.variant)
            self._product.append(self._product_of(item))
            row = (
                brand(item.brand), path((item.product_type, item.google_category, self._titled(item.title))), colour(item.colour),
                gender(item.gender), size(item.size), currency(item.currency),
            )  # fmt: skip
            for append, code in zip(columns, row, strict=True):
                append(code)
            self._lab.extend(_oklab(item.swatch))
            self._stock.append(item.stock)
            self._price.append(nan if item.price is None else item.price)
        return self

    def _product_of(self, item: MatchItem) -> int:
        number = self._products.get(item.product)
        words = self._title(item.title)
        if number is None:
            number = self._products[item.product] = self._first + len(self._titles)
            self._titles.append(words)
        elif (before := self._titles[number - self._first]) != words:
            # Feeds put the shade into the title; what all a product's variants share is its own name.
            self._titles[number - self._first] = tuple(word for word in before if word in words)
        return number

    def _title_of(self, title: str) -> tuple[int, ...]:
        places = self._words
        words = dict.fromkeys(word for word in plain(fold(title)).split() if len(word) > 1)
        return tuple(places.setdefault(word, len(places)) for word in words)

    def done(self) -> Columns:
        """The columns, with those that they were written onto."""
        codes = np.fromiter((code for title in self._titles for code in title), np.int32)
        lengths = np.fromiter(map(len, self._titles), np.int32, len(self._titles))
        products = np.repeat(np.arange(self._first, self._first + len(lengths), dtype=np.int32), lengths)
        marks = self._marked(codes, lengths)
        written = Columns(
            self._variants, list(self._products), _int32(self._product), {n: _int32(c) for n, c in self._coded.items()},
            self._codes, np.frombuffer(self._lab, np.float32).reshape(-1, 3), np.frombuffer(self._stock, np.float32),
            np.frombuffer(self._price, np.float32), self._postings(codes, products), marks,
        )  # fmt: skip
        return written if self._onto is None else _joined(self._onto, written)

    def _postings(self, codes: Numbers, products: Numbers) -> Postings:
        telling = np.bincount(codes, minlength=len(self._words))[codes] <= self._common
        codes, products = codes[telling], products[telling]
        order = np.argsort(codes, kind="stable")
        return Postings(self._words, codes[order], products[order])

    def _marked(self, codes: Numbers, lengths: Numbers) -> np.ndarray:
        bits = np.zeros(len(self._words), np.uint64)
        for word, bit in self._marks.items():
            if word in self._words:
                bits[self._words[word]] |= np.uint64(bit)
        ends = np.cumsum(lengths)
        upto = np.concatenate([[0], ends])
        marks = np.zeros(len(lengths), np.uint64)
        bearing = np.nonzero(bits[codes])[0]
        np.bitwise_or.at(marks, np.searchsorted(upto, bearing, side="right") - 1, bits[codes[bearing]])
        return marks


def _joined(one: Columns, more: Columns) -> Columns:
    places = np.searchsorted(one.names.codes, more.names.codes, side="right")
    names = Postings(
        more.names.words,
        np.insert(one.names.codes, places, more.names.codes),
        np.insert(one.names.products, places, more.names.products),
    )
    return Columns(
        one.variants + more.variants, one.products + more.products, np.concatenate([one.product, more.product]),
        {name: np.concatenate([one.coded[name], more.coded[name]]) for name in CODED}, more.codes,
        np.concatenate([one.lab, more.lab]), np.concatenate([one.stock, more.stock]),
        np.concatenate([one.price, more.price]), names, np.concatenate([one.product_marks, more.product_marks]),
    )  # fmt: skip


def _int32(column: array) -> Numbers:
    return np.frombuffer(column, np.int32) if len(column) else np.empty(0, np.int32)


@lru_cache(maxsize=65_536)
def _oklab(swatch: str | None) -> tuple[float, float, float]:
    try:
        return tuple(to_oklab(swatch)) if swatch else (nan, nan, nan)
    except ColourRefused:
        return nan, nan, nan
