"""The catalogue as columns for looking through: which words stand with which variant, and what variants are filtered by."""

from array import array
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from catalog.search.typing import folded

Numbers = np.ndarray
CODED = ("brand", "path", "colour", "swatch")
"""What is kept under a code."""
WEIGHTS = {"title": 255, "brand": 245, "own": 235, "colour": 225, "type": 205, "size": 150, "path": 120}
"""How much a word says by where it stands, of 255; in several places it counts once, in the best."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A variant as people look for it. `path` is joined by ' > '; `category` is Google's; `swatch` #rrggbb."""

    variant: str
    product: str
    title: str
    """That of its product."""
    own: str = ""
    """Its own title."""
    brand: str = ""
    path: str = ""
    category: str = ""
    colour: str = ""
    swatch: str | None = None
    size: str = ""
    sold: bool = True


@dataclass(frozen=True)
class Table:
    """Columns as long as `variants`, all variants of a product next to each other; and the words in three arrays."""

    variants: list[str]
    products: list[str]
    """Ids by product number. A product that was changed has a new number; its old one belongs to no variant."""
    titles: list[str]
    product: Numbers
    coded: dict[str, Numbers]
    values: dict[str, list]
    sold: np.ndarray
    lengths: np.ndarray
    """Words in the title."""
    words: list[str]
    """By word number."""
    word: Numbers
    """Of each place where a word stands, the word's number; with `row` (which variant) and `weight` (of 255)."""
    row: Numbers
    weight: np.ndarray

    def without(self, products: Collection[str]) -> "Table":
        """The table without all variants of these products."""
        gone = np.array([id in products for id in self.products], bool)
        keep = ~gone[self.product]
        left, stays = np.cumsum(keep, dtype=np.int32) - 1, keep[self.row]
        return Table(
            [id for id, kept in zip(self.variants, keep.tolist(), strict=True) if kept], self.products, self.titles,
            self.product[keep], {name: column[keep] for name, column in self.coded.items()}, self.values,
            self.sold[keep], self.lengths[keep], self.words, self.word[stays], left[self.row[stays]], self.weight[stays],
        )  # fmt: skip


def written(documents: Iterable[Document], onto: Table | None = None) -> Table:
    """The table of these, behind all that is in another. Variants of one product may come in any order."""
    ordered = sorted(documents, key=lambda one: (one.product, one.variant))
    table = _Writing(onto).add(ordered)
    return table if onto is None else _joined(onto, table)


class _Writing:
    """Numbers go on where those of the table begun end."""

    def __init__(self, onto: Table | None) -> None:
        self._first_product = len(onto.products) if onto else 0
        self._first_row = len(onto.variants) if onto else 0
        self._values = {name: list(onto.values[name]) if onto else [] for name in CODED}
        self._codes = {name: {value: code for code, value in enumerate(self._values[name])} for name in CODED}
        self._words = {word: number for number, word in enumerate(onto.words)} if onto else {}
        self._numbers = lru_cache(maxsize=8192)(self._numbers_of)

    def add(self, ordered: Collection[Document]) -> Table:
        products: dict[str, int] = {}
        titles: list[str] = []
        product, sold, lengths = array("i"), array("b"), array("h")
        coded = {name: array("i") for name in CODED}
        word, row, weight = array("i"), array("i"), array("B")
        for place, one in enumerate(ordered, self._first_row):
            if one.product not in products:
                products[one.product] = self._first_product + len(titles)
                titles.append(one.title)
            product.append(products[one.product])
            sold.append(one.sold)
            lengths.append(min(len(self._numbers(one.title)), 1000))
            for name, value in zip(CODED, (one.brand, (one.path, one.category), one.colour, one.swatch), strict=True):
                coded[name].append(self._code(name, value))
            said = self._said(one)
            word.extend(said)
            row.extend([place] * len(said))
            weight.extend(said.values())
        return Table(
            [one.variant for one in ordered], list(products), titles, _int32(product),
            {name: _int32(column) for name, column in coded.items()}, self._values,
            np.array(sold, bool), np.array(lengths, np.int16), list(self._words), _int32(word), _int32(row),
            np.frombuffer(weight, np.uint8) if len(weight) else np.empty(0, np.uint8),
        )  # fmt: skip

    def _said(self, one: Document) -> dict[int, int]:
        """The words of a variant, each with the weight of the best place where it stands."""
        above, _, last = one.path.rpartition(" > ")
        parts = (
            ("path", above), ("size", one.size), ("type", last), ("colour", one.colour), ("own", one.own if one.own != one.title else ""),
            ("brand", one.brand), ("title", one.title),
        )  # fmt: skip
        return {number: WEIGHTS[part] for part, text in parts if text for number in self._numbers(text)}

    def _numbers_of(self, text: str) -> tuple[int, ...]:
        words = self._words
        return tuple(words.setdefault(word, len(words)) for word in dict.fromkeys(_words(text)))

    def _code(self, name: str, value: object) -> int:
        codes = self._codes[name]
        if value not in codes:
            codes[value] = len(codes)
            self._values[name].append(value)
        return codes[value]


def _words(text: str) -> Iterator[str]:
    """The words of a text, and those that people run together: ‘L'Oréal’ as loreal, ‘T-shirt’ as tshirt."""
    words = folded(text).split()
    yield from words
    for one, other in zip(words, words[1:], strict=False):
        if len(one) == 1 and one != "s" and one.isalpha() and other.isalpha():  # the s of ‘men's’ begins no word
            yield one + other


def _joined(one: Table, more: Table) -> Table:
    return Table(
        one.variants + more.variants, one.products + more.products, one.titles + more.titles,
        np.concatenate([one.product, more.product]),
        {name: np.concatenate([one.coded[name], more.coded[name]]) for name in CODED}, more.values,
        np.concatenate([one.sold, more.sold]), np.concatenate([one.lengths, more.lengths]), more.words,
        np.concatenate([one.word, more.word]), np.concatenate([one.row, more.row]),
        np.concatenate([one.weight, more.weight]),
    )  # fmt: skip


def _int32(column: array) -> Numbers:
    return np.frombuffer(column, np.int32) if len(column) else np.empty(0, np.int32)
