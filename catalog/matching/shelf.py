"""The catalogue laid out for matching: which variants are of which type, brand and colour, and what they are named."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from catalog.matching.columns import Columns, Grouped, Writing
from catalog.matching.lexicon import Lexicon
from catalog.matching.naming import Namer
from catalog.matching.values import MatchItem
from catalog.rows import Numbers
from catalog.words import Reading, fold, plain
from server.core.colour import to_oklab

_NEAR = 0.095
"""OKLab distance at which a shade still is recognisably of a family: its fit is 1/e of a perfect one."""

_LONGEST_SHADE = 4
_WORD = re.compile(r"[^\s|]+")
_DEGREES = frozenset(
    ("light", "medium", "dark", "deep", "soft", "pale", "bright", "warm", "cool", "fair", "natural", "neutral", "true",
     "classic", "matte", "clear", "shade", "no", "color", "colour", "number", "multi", "tone", "rich", "very", "extra",
     "transparent", "universal")
)  # fmt: skip

_COMMON_IN_TITLES = 400
"""A word in more products' titles than this tells them apart too little to look up."""


def brand_key(brand: str) -> str:
    """The key by which two spellings of a brand are the same brand."""
    return plain(fold(brand))


def makers(counts: Mapping[str, int]) -> dict[str, str]:
    """Each brand as a feed spells it to its key; "Puma Black" with a handful of items is Puma's, which has hundreds."""
    totals: Counter[str] = Counter()
    for brand, count in counts.items():
        totals[brand_key(brand)] += count
    return {brand: _maker(brand_key(brand), totals) for brand in counts}


def _maker(key: str, totals: Mapping[str, int]) -> str:
    words = key.split()
    shorter = (" ".join(words[:n]) for n in range(1, len(words)))
    return next((one for one in shorter if totals.get(one, 0) >= 10 * totals[key]), key)


@dataclass(frozen=True, slots=True)
class Placed:
    """A variant on the shelf, as reasons speak of it. `types` are narrowest first, wider ones of the lexicon included."""

    variant: str
    product: str
    brand: str
    types: tuple[str, ...]
    colour: str
    gender: str


class Shelf:
    """An index of the catalogue; made once, read by every post."""

    def __init__(self, items: Iterable[MatchItem] | Columns, lexicon: Lexicon, namer: Namer | None = None) -> None:
        self.lexicon = lexicon
        self.namer = namer or Namer(lexicon)
        self.marks = tuple(_spellings(lexicon))
        self.columns = items if isinstance(items, Columns) else self._writing().add(items).done()
        self.centres = {f: np.array([to_oklab(h) for h in hexes], np.float32) for f, hexes in lexicon.centres.items()}
        # Before any inventory has been read no variant has stock, which says nothing about any of them.
        self.stock_known = bool((self.columns.stock > 0).any())
        self._place_types()
        self._place_brands()
        self._place_shades()
        self._by_product = Grouped(self.columns.product)
        self.variants = lru_cache(maxsize=512)(self._variants)
        self.types_of_shade = lru_cache(maxsize=4096)(self._types_of_shade)
        """The types of the things whose colour bears a name."""

    def changed(self, items: Iterable[MatchItem], products: Collection[str]) -> "Shelf":
        """The shelf with these items in place of all variants of these products."""
        columns = self._writing(self.columns.without(products)).add(items).done()
        return Shelf(columns, self.lexicon, self.namer)

    def __len__(self) -> int:
        return len(self.columns.variants)

    def placed(self, number: int) -> Placed:
        """What is known of one variant."""
        columns = self.columns
        return Placed(
            columns.variants[number], columns.products[columns.product[number]],
            self.brands[self.maker[number]], self.kinds[columns.coded["path"][number]],
            str(columns.value("colour", number)), str(columns.value("gender", number)),
        )  # fmt: skip

    def _variants(self, type_name: str) -> Numbers:
        """The variants of a type, its narrower types included."""
        return self._by_path.of(*(code for code, types in enumerate(self.kinds) if type_name in types))

    def of_brands(self, brands: Iterable[str]) -> Numbers:
        """The variants of these makers."""
        return self._by_maker.of(*(self.brand_codes[brand] for brand in brands if brand in self.brand_codes))

    def most_carried(self) -> list[str]:
        """The makers, those with most variants first."""
        counts = np.bincount(self.maker, minlength=len(self.brands)).tolist()
        return sorted(self.brand_codes, key=lambda brand: (-counts[self.brand_codes[brand]], brand))

    def of_products(self, products: Numbers) -> Numbers:
        """The variants of products by their numbers."""
        return self._by_product.of(*products.tolist())

    def of_product(self, number: int) -> Numbers:
        """The variants of one product by its number."""
        return self._by_product.of(number)

    def of_shades(self, names: Iterable[str]) -> Numbers:
        """The variants whose colour bears one of these names."""
        return self._by_colour.of(*(code for name in names for code in self.by_shade.get(name, ())))

    def _types_of_shade(self, name: str) -> frozenset[str]:
        paths = np.unique(self.columns.coded["path"][self.of_shades([name])])
        return frozenset(kind for path in paths.tolist() for kind in self.kinds[path])

    def named(self, word: str) -> Numbers:
        """The numbers of the products that have a word in their name, if it tells products apart."""
        found = self.columns.names.of(word)
        return found if len(found) <= _COMMON_IN_TITLES else found[:0]

    def bears(self, number: int, mark: str) -> bool:
        """Whether a variant's name says a finish."""
        return bool(self.marked([mark]) & self.columns.product_marks[self.columns.product[number]])

    def marked(self, concepts: Iterable[str]) -> np.uint64:
        """The bits of these finishes in Columns.product_marks."""
        wanted = set(concepts)
        return np.uint64(sum(1 << bit for bit, (concept, _) in enumerate(self.marks) if concept in wanted))

    def colour_fits(self, numbers: Numbers, family: str) -> np.ndarray:
        """0 to 1: how much of a family's colour variants have. The swatch decides; a name alone is believed less."""
        colour = self.columns.coded["colour"][numbers]
        says, only = self._says(family), self._families_said <= 1
        lab = self.columns.lab[numbers]
        apart = np.min(np.linalg.norm(lab[:, None, :] - self.centres[family][None], axis=2), axis=1)
        fit = np.exp(-((apart / _NEAR) ** 2))
        swatch = ~np.isnan(apart)
        one = np.minimum(1.0, fit + np.where(says[colour], 0.1, 0.0))
        many = np.where(says[colour], 0.7, fit * 0.8)
        by_swatch = np.where(only[colour], one, many)
        return np.where(swatch, np.nan_to_num(by_swatch), self._fit_of_name(family)[colour])

    def colour_fit(self, number: int, family: str) -> float:
        """The same of one variant."""
        return float(self.colour_fits(np.array([number]), family)[0])

    def shades_in(self, reading: Reading) -> Iterator[tuple[str, int, int]]:
        """The names of shades that stand in a post, with their places; a longer name before those within it."""
        words = [(found[0], found.start(), found.end()) for found in _WORD.finditer(reading.plain)]
        at = 0
        while at < len(words):
            for length in range(min(_LONGEST_SHADE, len(words) - at), 0, -1):
                name = " ".join(word for word, _, _ in words[at : at + length])
                if name in self.by_shade:
                    yield name, words[at][1], words[at + length - 1][2]
                    at += length - 1
                    break
            at += 1

    def _writing(self, onto: Columns | None = None) -> Writing:
        return Writing([words for _, words in self.marks], self.namer.titled, _COMMON_IN_TITLES, onto)

    def _place_types(self) -> None:
        paths = self.columns.values["path"]
        self.kinds = [self.namer.types(*path) for path in paths]
        """Path code to types, the narrowest first."""
        self.type_names = {name for types in self.kinds for name in types}
        self._by_path = Grouped(self.columns.coded["path"])

    def _place_brands(self) -> None:
        spelt, column = self.columns.values["brand"], self.columns.coded["brand"]
        counts = np.bincount(column, minlength=len(spelt)).tolist()
        keys = makers(dict(zip(map(str, spelt), counts, strict=True)))
        self.brands = list(dict.fromkeys(keys.values()))
        self.brand_codes = {key: code for code, key in enumerate(self.brands) if key}
        """Key of a maker to its code."""
        code_of = {key: code for code, key in enumerate(self.brands)}
        self.maker = np.array([code_of[keys[str(name)]] for name in spelt], np.int32)[column]
        self._by_maker = Grouped(self.maker)
        self.types_of_brand: dict[str, set[str]] = defaultdict(set)
        self.groups: dict[str, set[str]] = defaultdict(set)
        pairs = np.unique(self.maker.astype(np.int64) * len(self.kinds) + self.columns.coded["path"])
        for maker, path in (divmod(pair, len(self.kinds)) for pair in pairs.tolist()):
            if brand := self.brands[maker]:
                types = self.kinds[path]
                self.types_of_brand[brand].update(types)
                self.groups[brand].update(self.lexicon.types[t].group for t in types if t in self.lexicon.types)

    def _place_shades(self) -> None:
        """Names of shades that are no plain names of colours ("Phone Box", "Damson") to the codes of those colours."""
        names = [str(name) for name in self.columns.values["colour"]]
        self._colour_families = [self.namer.families(name) for name in names]
        self._families_said = np.array([len(families) for families in self._colour_families] or [0])
        self._says = lru_cache(maxsize=128)(
            lambda family: np.array([family in said for said in self._colour_families] or [False])
        )
        self._fit_of_name = lru_cache(maxsize=128)(self._fits_of_names)
        self._by_colour = Grouped(self.columns.coded["colour"])
        plain_words = {word for phrase in self.namer.family_words for word in phrase.split()} | self.lexicon.everyday
        self.by_shade: dict[str, list[int]] = defaultdict(list)
        for code, spelt in enumerate(names):
            name = plain(fold(spelt))
            words = name.split()
            own = [word for word in words if word not in plain_words and word not in _DEGREES and word.isalpha()]
            if own and len(words) <= _LONGEST_SHADE and (len(words) > 1 or len(name) > 3):
                self.by_shade[name].append(code)

    def _fits_of_names(self, family: str) -> np.ndarray:
        """How much of a family's colour a variant has of which only the colour's name is known, by the name's code."""
        fits = {said: self._fit_by_name(said, family) for said in set(self._colour_families)}
        return np.array([fits[said] for said in self._colour_families] or [0.0])

    def _fit_by_name(self, said: tuple[str, ...], family: str) -> float:
        if not said:
            return 0.0
        if family in said:
            return 1.0 if len(said) == 1 else 0.7
        first = np.array([self.centres[one][0] for one in said])
        apart = np.linalg.norm(first[:, None, :] - self.centres[family][None], axis=2).min()
        return float(np.exp(-((apart / _NEAR) ** 2))) * 0.8


def _spellings(lexicon: Lexicon) -> Iterator[tuple[str, frozenset[str]]]:
    """Each finish with the English words by which a product's name says it."""
    found: dict[str, set[str]] = defaultdict(set)
    for entry in lexicon.entries:
        if entry.kind == "finish":
            found[entry.concept].add(entry.concept)
            if entry.language == "en" and " " not in entry.spelling and not entry.ambiguous:
                found[entry.concept].add(plain(entry.spelling))
    for concept in sorted(found)[:64]:
        yield concept, frozenset(found[concept])
