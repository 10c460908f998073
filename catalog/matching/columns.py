"""What matching knows of the catalogue, as columns: shade, stock and price of each variant, words and marks of each name."""

from array import array
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import nan

import numpy as np

from catalog.matching.values import MatchItem
from catalog.rows import Codes, Numbers, Rows, int32, renumbered
from catalog.words import fold, plain
from server.core.colour import ColourRefused, to_oklab

CODED = ("brand", "path", "colour", "gender", "size", "currency")
"""What is kept under a code."""


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
    common: np.ndarray
    """By code, whether a word was found in too many names to be kept; it then is in none that comes later either."""

    def of(self, word: str) -> Numbers:
        """The products with a word in their name; none for a word that was too common to keep."""
        code = self.words.get(word)
        if code is None:
            return self.products[:0]
        return self.products[_run(self.codes, code)]

    def left(self, products: np.ndarray) -> "Postings":
        """Those of the products that stay, a truth for each, numbered anew."""
        stays = products[self.products]
        return Postings(self.words, self.codes[stays], renumbered(products)[self.products[stays]], self.common)

    def followed_by(self, more: "Postings") -> "Postings":
        """Those of both, where `more` was written onto these."""
        places = np.searchsorted(self.codes, more.codes, side="right")
        codes, products = np.insert(self.codes, places, more.codes), np.insert(self.products, places, more.products)
        return Postings(more.words, codes, products, more.common)


@dataclass(frozen=True)
class Columns(Rows):
    """A catalogue. All arrays but `product_marks` are as long as `variants`."""

    lab: np.ndarray
    """float32, OKLab of the swatch; nan where there is none."""
    stock: np.ndarray
    price: np.ndarray
    """float32, in whole units of the currency; nan where it is not known."""
    names: Postings
    product_marks: np.ndarray
    """uint64 for each product: which of the marks (finishes and the like) its name bears."""

    @property
    def swatches(self) -> int:
        """How many variants have one."""
        return int(np.count_nonzero(~np.isnan(self.lab[:, 0])))

    def without(self, gone: Collection[str]) -> "Columns":
        """The catalogue without all variants of these products."""
        variants, products = self.staying(gone)
        return Columns(
            **self.left(variants, products), lab=self.lab[variants], stock=self.stock[variants],
            price=self.price[variants], names=self.names.left(products), product_marks=self.product_marks[products],
        )  # fmt: skip

    def joined(self, more: "Columns") -> "Columns":
        """Both, where `more` was written onto these."""
        return Columns(
            **self.followed_by(more), lab=np.concatenate([self.lab, more.lab]),
            stock=np.concatenate([self.stock, more.stock]), price=np.concatenate([self.price, more.price]),
            names=self.names.followed_by(more.names),
            product_marks=np.concatenate([self.product_marks, more.product_marks]),
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
        self._codes = {name: Codes(onto.values[name] if onto else ()) for name in CODED}
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
            self._lab.extend(oklab(item.swatch))
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
            self._variants, list(self._products), int32(self._product), {n: int32(c) for n, c in self._coded.items()},
            {name: codes.values for name, codes in self._codes.items()}, np.frombuffer(self._lab, np.float32).reshape(-1, 3),
            np.frombuffer(self._stock, np.float32), np.frombuffer(self._price, np.float32),
            self._postings(codes, products), marks,
        )  # fmt: skip
        return written if self._onto is None else self._onto.joined(written)

    def _postings(self, codes: Numbers, products: Numbers) -> Postings:
        common = np.bincount(codes, minlength=len(self._words)) > self._common
        if self._onto:
            known = self._onto.names.common
            common[: len(known)] |= known
        told = ~common[codes]
        codes, products = codes[told], products[told]
        order = np.argsort(codes, kind="stable")
        return Postings(self._words, codes[order], products[order], common)

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


@lru_cache(maxsize=65_536)
def oklab(swatch: str | None) -> tuple[float, float, float]:
    """A swatch in OKLab; nan for none."""
    try:
        return tuple(to_oklab(swatch)) if swatch else (nan, nan, nan)
    except ColourRefused:
        return nan, nan, nan
