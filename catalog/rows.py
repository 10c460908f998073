"""Variants in rows, a number for each: what matching and search, each with columns of its own, make of the catalogue.

A million variants as objects would take gigabytes and seconds a question; as columns they take a few hundred megabytes
and milliseconds. What is said of many (a brand, a path of types, a colour's name) is kept once, under a code.
"""

from array import array
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Any

import numpy as np

Numbers = np.ndarray
"""An array of int32: places in a column."""


@dataclass(frozen=True)
class Rows:
    """What every catalogue of columns has; never changed. A product's number is its place in `products`."""

    variants: list[str]
    products: list[str]
    product: Numbers
    coded: dict[str, Numbers]
    values: dict[str, list]
    """What the codes of each coded column stand for: each value once, and none that no variant has."""

    def value(self, column: str, number: int) -> Any:
        """A coded thing of one variant."""
        return self.values[column][self.coded[column][number]]

    def where(self, column: str, holds: Callable[[Any], bool]) -> np.ndarray:
        """A bool for each variant: whether this holds of a coded thing of it."""
        return np.array([holds(value) for value in self.values[column]] or [False], bool)[self.coded[column]]

    def staying(self, gone: Collection[str]) -> tuple[np.ndarray, np.ndarray]:
        """Which variants and which products are left without these products: a truth for each, by number."""
        products = np.fromiter((id not in gone for id in self.products), bool, len(self.products))
        return products[self.product] if len(products) else np.zeros(0, bool), products

    def left(self, variants: np.ndarray, products: np.ndarray) -> dict[str, Any]:
        """The rows of those that stay (see `staying`), numbered anew: nothing is kept of what is gone."""
        coded, values = {}, {}
        for name, column in self.coded.items():
            coded[name], values[name] = _recoded(column[variants], self.values[name])
        return {
            "variants": list(compress(self.variants, variants.tolist())),
            "products": list(compress(self.products, products.tolist())),
            "product": renumbered(products)[self.product[variants]],
            "coded": coded, "values": values,
        }  # fmt: skip

    def followed_by(self, more: "Rows") -> dict[str, Any]:
        """The rows of both, where `more` was written onto these."""
        return {
            "variants": self.variants + more.variants, "products": self.products + more.products,
            "product": np.concatenate([self.product, more.product]),
            "coded": {name: np.concatenate([column, more.coded[name]]) for name, column in self.coded.items()},
            "values": more.values,
        }  # fmt: skip


class Codes:
    """Different values, each under its place in a list: those that there are, and new ones behind them."""

    def __init__(self, values: Sequence[Any] = ()) -> None:
        self.values = list(values)
        self._places = {value: place for place, value in enumerate(self.values)}

    def code(self, value: Any) -> int:
        """A value's place; a new one goes to the end."""
        place = self._places.get(value)
        if place is None:
            place = self._places[value] = len(self.values)
            self.values.append(value)
        return place


def renumbered(kept: np.ndarray) -> Numbers:
    """The new number of each that is kept, by its old one."""
    return np.cumsum(kept, dtype=np.int32) - np.int32(1)


def int32(column: array) -> Numbers:
    """A column that was written, as it is read."""
    return np.frombuffer(column, np.int32) if len(column) else np.empty(0, np.int32)


def _recoded(column: Numbers, values: list[Any]) -> tuple[Numbers, list[Any]]:
    """A column without codes that it no longer has."""
    used = np.zeros(len(values), bool)
    used[column] = True
    return (column, values) if used.all() else (renumbered(used)[column], list(compress(values, used.tolist())))
