"""Looks through the catalogue in memory: which products, the best first, which of their variants, and what narrows them.

Every word has to be there: as it was typed, with another ending, as the beginning of a word, as what it means in the
lexicon, or a slip away. The rarer a word, the more it says; a word in the title says more than one beside it. Where no
product has all the words, those that have most of them are found, and that is said.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from catalog.rows import Numbers
from catalog.search.meanings import Meanings, built_in
from catalog.search.table import Document, Table, written
from catalog.search.wording import Score, Wording
from server.core import colour
from server.core.colour import ColourRefused

CODE = 1000.0


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
        self.wording = Wording(self.table, self.meanings)
        self._number()

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
        score, partly = self.wording.fit(words, allowed, bool(codes))
        if codes:
            coded = np.isin(self.table.product, [self._product_of[id] for id in codes if id in self._product_of])
            score = np.where(coded & allowed, score + CODE, score)
        return Found(self, self._ordered(score), score, partly)

    def choices(
        self, words: str = "", filters: Filters = Filters(), *, among: np.ndarray | None = None,
    ) -> dict[str, Counter[str]]:  # fmt: skip
        """Into what a search can be narrowed: {"types", "brands", "colours"}, each name with the number of products.
        What is chosen of one kind leaves the others of that kind to choose from."""
        score, _ = self.wording.fit(words, self._allowed(Filters(withdrawn=filters.withdrawn), among), False)
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
            return self.table.where("brand", lambda brand: brand == filters.brand) if filters.brand else self._all
        return self.table.where("path", lambda path: _under(path[0], filters.type)) if filters.type else self._all

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

    # -- making -------------------------------------------------------------------------------------------------------

    def _ordered(self, score: Score) -> Numbers:
        """The numbers of the products that fit, the best first, and what fits alike by title."""
        if not len(self):
            return np.empty(0, np.int32)
        best = np.maximum.reduceat(score, self._runs)
        fitting = np.nonzero(best > 0)[0]
        keys = np.round(best[fitting] * 10_000).astype(np.int64)
        return self._run_products[fitting[np.lexsort((self._rank[fitting], -keys))]]

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
