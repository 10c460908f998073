"""The catalogue laid out for matching: which variants are of which type, brand and colour, and what they are named."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import dist, exp

from catalog.matching.lexicon import Lexicon
from catalog.matching.values import MatchItem
from catalog.words import Reading, fold, plain
from server.core.colour import ColourRefused, Oklab, to_oklab

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


def makers(brands: Iterable[str]) -> dict[str, str]:
    """Each brand as a feed spells it to its key; "Puma Black" with a handful of items is Puma's, which has hundreds."""
    counts = Counter(brands)
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
    """A variant's place on the shelf. `types` are narrowest first, wider ones of the lexicon included."""

    item: MatchItem
    brand: str
    types: tuple[str, ...]
    colours: tuple[Oklab, ...]
    families: frozenset[str]
    """Families that its colour's name says."""
    title_words: frozenset[str]


class Shelf:
    """An index of the catalogue; built once, read by every post."""

    def __init__(self, items: Iterable[MatchItem], lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self.centres = {f: tuple(to_oklab(h) for h in hexes) for f, hexes in lexicon.centres.items()}
        self._family_words = {
            plain(e.spelling): e.concept for e in lexicon.entries if e.kind == "colour" and e.language in ("en", "any")
        }
        self._types = lru_cache(maxsize=None)(self._types_of)
        self._families = lru_cache(maxsize=None)(self._families_of)
        self._oklab = lru_cache(maxsize=None)(_oklab)
        self._titles = lru_cache(maxsize=None)(_title_words)
        items = list(items)
        self._makers = makers(item.brand for item in items)
        self.placed: list[Placed] = [self._place(item) for item in items]
        self.by_type: dict[str, list[int]] = defaultdict(list)
        self.by_brand: dict[str, list[int]] = defaultdict(list)
        self.by_variant: dict[str, int] = {}
        self.by_product: dict[str, list[int]] = defaultdict(list)
        self.groups: dict[str, set[str]] = defaultdict(set)
        self.types_of_brand: dict[str, set[str]] = defaultdict(set)
        self._index()
        self.by_title_word = self._title_index()
        self.by_shade = self._shade_index()
        # Before any inventory has been read no variant has stock, which says nothing about any of them.
        self.stock_known = any(placed.item.stock > 0 for placed in self.placed)
        self.colour_fit = lru_cache(maxsize=65_536)(self._colour_fit)

    def variants(self, type_name: str) -> Sequence[int]:
        """The variants of a type, its narrower types included."""
        return self.by_type.get(type_name, ())

    def _place(self, item: MatchItem) -> Placed:
        families = self._families(item.colour)
        seen = self._oklab(item.swatch) if item.swatch else None
        colours = (seen,) if seen else tuple(self.centres[f][0] for f in sorted(families))
        path = self._types(item.product_type, item.google_category)
        words = self._titles(item.title)
        return Placed(item, self._makers[item.brand], path, colours, families, words)

    def _index(self) -> None:
        for number, placed in enumerate(self.placed):
            self.by_variant[placed.item.variant] = number
            self.by_product[placed.item.product].append(number)
            for name in placed.types:
                self.by_type[name].append(number)
            if placed.brand:
                self.by_brand[placed.brand].append(number)
                self.types_of_brand[placed.brand].update(placed.types)
                self.groups[placed.brand].update(
                    self.lexicon.types[t].group for t in placed.types if t in self.lexicon.types
                )

    def _title_index(self) -> dict[str, tuple[str, ...]]:
        """Word to the products that have it in their title, of words that tell products apart."""
        found: dict[str, set[str]] = defaultdict(set)
        for product, numbers in self.by_product.items():
            # Feeds put the shade into the title; what all a product's variants share is its own name.
            for word in frozenset.intersection(*(self.placed[number].title_words for number in numbers)):
                found[word].add(product)
        return {word: tuple(ids) for word, ids in found.items() if len(ids) <= _COMMON_IN_TITLES}

    def _shade_index(self) -> dict[str, tuple[int, ...]]:
        """Names of shades that are no plain names of colours ("Phone Box", "Damson") to the variants that bear them."""
        found: dict[str, list[int]] = defaultdict(list)
        plain_words = {word for phrase in self._family_words for word in phrase.split()} | self.lexicon.everyday
        for number, placed in enumerate(self.placed):
            name = plain(fold(placed.item.colour))
            words = name.split()
            own = [word for word in words if word not in plain_words and word not in _DEGREES and word.isalpha()]
            if own and len(words) <= _LONGEST_SHADE and (len(words) > 1 or len(name) > 3):
                found[name].append(number)
        return {name: tuple(numbers) for name, numbers in found.items()}

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

    def _types_of(self, path: str, google_category: str) -> tuple[str, ...]:
        """The lexicon's types that a shop's path speaks of; of a path that speaks of none, its last step itself.

        Shops write the broad type first or last; which one is the narrower the lexicon knows (`kind_of`), and of two
        that are not related the last step counts, unless an earlier one is a kind of it.
        """
        steps = [plain(fold(step.replace("_", " "))) for step in re.split(r"\s*[>/|]\s*", path) if step.strip()]
        named = [name for step in reversed(steps) if (name := self._type_named(step))]
        if not named:
            steps += [plain(fold(step)) for step in google_category.split(">") if step.strip()]
            named = [name for step in reversed(steps) if (name := self._type_named(step))]
        if not named:
            return (f"own:{steps[-1]}",) if steps else ()
        wider = {w for name in named for w in list(self.lexicon.ancestry(name))[1:]}
        narrowest = next(name for name in named if name not in wider)
        return tuple(dict.fromkeys(self.lexicon.ancestry(narrowest)))

    def _type_named(self, step: str) -> str | None:
        words = self.lexicon.feed_words
        if step in words:
            return words[step]
        # "Women's Ankle Boots & Shoes": the longest run of words that is a type, the later the better.
        tokens = step.split()
        runs = (" ".join(tokens[a:b]) for a in range(len(tokens)) for b in range(a + 1, len(tokens) + 1))
        known = [run for run in runs if run in words]
        return words[max(known, key=len)] if known else None

    def _families_of(self, colour: str) -> frozenset[str]:
        tokens = plain(fold(colour)).split()
        found = set()
        at = 0
        while at < len(tokens):
            for length in (3, 2, 1):
                if family := self._family_words.get(" ".join(tokens[at : at + length])):
                    found.add(family)
                    at += length - 1
                    break
            at += 1
        return frozenset(found)

    def _colour_fit(self, number: int, family: str) -> float:
        """0 to 1: how much of a family's colour a variant has. The swatch decides; a name alone is believed less."""
        placed = self.placed[number]
        if not placed.colours:
            return 0.0
        near = min(dist(a, b) for a in placed.colours for b in self.centres[family])
        fit = exp(-((near / _NEAR) ** 2))
        if placed.item.swatch is None or len(placed.families) > 1:
            return (1.0 if len(placed.families) == 1 else 0.7) if family in placed.families else fit * 0.8
        return min(1.0, fit + (0.1 if family in placed.families else 0.0))


def _oklab(swatch: str) -> Oklab | None:
    try:
        return to_oklab(swatch)
    except ColourRefused:
        return None


def _title_words(title: str) -> frozenset[str]:
    return frozenset(word for word in plain(fold(title)).split() if len(word) > 1)
