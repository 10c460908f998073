"""The catalogue as columns for looking through: which words stand with which variant, and what variants are filtered by."""

from array import array
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import compress

import numpy as np

from catalog.rows import Codes, Numbers, Rows, int32, renumbered
from catalog.search.typing import folded

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
class Table(Rows):
    """Columns as long as `variants`, all variants of a product next to each other; and the words in three arrays."""

    titles: list[str]
    """By product number."""
    sold: np.ndarray
    lengths: np.ndarray
    """Words in the title."""
    words: list[str]
    """By word number."""
    word: Numbers
    """Of each place where a word stands, the word's number; with `row` (which variant) and `weight` (of 255)."""
    row: Numbers
    weight: np.ndarray

    @property
    def swatches(self) -> int:
        """How many variants have one."""
        return int(np.count_nonzero(self.where("swatch", bool)))

    def without(self, gone: Collection[str]) -> "Table":
        """The table without all variants of these products."""
        variants, products = self.staying(gone)
        stays = variants[self.row] if len(self.row) else np.zeros(0, bool)
        return Table(
            **self.left(variants, products), titles=list(compress(self.titles, products.tolist())),
            sold=self.sold[variants], lengths=self.lengths[variants], words=self.words, word=self.word[stays],
            row=renumbered(variants)[self.row[stays]], weight=self.weight[stays],
        )  # fmt: skip

    def joined(self, more: "Table") -> "Table":
        """Both, where `more` was written onto this."""
        return Table(
            **self.followed_by(more), titles=self.titles + more.titles, sold=np.concatenate([self.sold, more.sold]),
            lengths=np.concatenate([self.lengths, more.lengths]), words=more.words,
            word=np.concatenate([self.word, more.word]), row=np.concatenate([self.row, more.row]),
            weight=np.concatenate([self.weight, more.weight]),
        )  # fmt: skip


def written(documents: Iterable[Document], onto: Table | None = None) -> Table:
    """The table of these, behind all that is in another. Variants of one product may come in any order."""
    ordered = sorted(documents, key=lambda one: (one.product, one.variant))
    table = _Writing(onto).add(ordered)
    return table if onto is None else onto.joined(table)


class _Writing:
    """Numbers go on where those of the table begun end."""

    def __init__(self, onto: Table | None) -> None:
        self._first_product = len(onto.products) if onto else 0
        self._first_row = len(onto.variants) if onto else 0
        self._codes = {name: Codes(onto.values[name] if onto else ()) for name in CODED}
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
                coded[name].append(self._codes[name].code(value))
            said = self._said(one)
            word.extend(said)
            row.extend([place] * len(said))
            weight.extend(said.values())
        return Table(
            [one.variant for one in ordered], list(products), int32(product),
            {name: int32(column) for name, column in coded.items()},
            {name: codes.values for name, codes in self._codes.items()}, titles,
            np.array(sold, bool), np.array(lengths, np.int16), list(self._words), int32(word), int32(row),
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


def _words(text: str) -> Iterator[str]:
    """The words of a text, and those that people run together: ‘L'Oréal’ as loreal, ‘T-shirt’ as tshirt."""
    words = folded(text).split()
    yield from words
    for one, other in zip(words, words[1:], strict=False):
        if len(one) == 1 and one != "s" and one.isalpha() and other.isalpha():  # the s of ‘men's’ begins no word
            yield one + other
