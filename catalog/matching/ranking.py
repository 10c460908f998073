"""Ranking: which variants fit what a post asks for, best first, one of each product, with the reasons.

The fit of a variant is a sum over what was asked: its type (a narrower one a little less), its brand, how near its
shade is to the named colour in OKLab, its finish, for whom it is; then words of its name, stock, and the feed's boosts.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from catalog.matching.shelf import Shelf, brand_key
from catalog.matching.values import Terms

_TYPE, _WIDER, _BRAND, _COLOUR, _FINISH, _GENDER, _STOCK, _NAME, _SHADE = 1.0, 0.92, 0.8, 1.2, 0.25, 0.3, 0.15, 0.9, 0.7
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

    @property
    def asked(self) -> float:
        """The fit of a variant that has all of it."""
        total = (_TYPE if self.type_name or self.hints else 0.0) + (_BRAND if self.brands else 0.0)
        return total + (_COLOUR if self.colours else 0.0) or 1.0


@dataclass(frozen=True, slots=True)
class Fit:
    """A variant's number on the shelf and how well it fits (about 0 to 1, more with boosts)."""

    number: int
    fit: float


class Ranking:
    """The shelf ranked under a feed's terms. One for each Terms; rankings of equal demands are remembered."""

    def __init__(self, shelf: Shelf, terms: Terms) -> None:
        self._shelf = shelf
        self._terms = terms
        self._allowed = _allowed(shelf, terms)
        self._boosts = _boosts(shelf, terms)
        self._bearers = lru_cache(maxsize=1024)(self._bearers_of)
        self.ranked = lru_cache(maxsize=4096)(self._ranked)

    def allows(self, number: int) -> bool:
        """Whether the feed sells this variant."""
        return self._allowed is None or bool(self._allowed[number])

    def best(self, demand: Demand, words: Collection[str], most: int) -> list[Fit]:
        """The best variants for a demand, one of each product; `words` of the post may lift products by their names."""
        ranked = self.ranked(demand)
        lifts = self._named(words)
        if lifts:
            product = {fit.number: self._shelf.placed[fit.number].item.product for fit in ranked}
            ranked = sorted(
                (Fit(fit.number, fit.fit + lifts.get(product[fit.number], 0.0)) for fit in ranked),
                key=lambda fit: -fit.fit,
            )
        return list(ranked[:most])

    def paired(self, variants: Iterable[str]) -> list[Fit]:
        """Variants that the feed's pairs name, in its order, as far as they exist and are sold."""
        numbers = (self._shelf.by_variant.get(variant) for variant in variants)
        return [Fit(number, 1.0) for number in numbers if number is not None and self.allows(number)]

    def _ranked(self, demand: Demand) -> Sequence[Fit]:
        best: dict[str, Fit] = {}
        for number in self._pool(demand):
            if self.allows(number):
                fit = self._fit(number, demand)
                product = self._shelf.placed[number].item.product
                if product not in best or best[product].fit < fit:
                    best[product] = Fit(number, fit)
        return tuple(sorted(best.values(), key=lambda one: (-one.fit, one.number)))

    def _pool(self, demand: Demand) -> Iterable[int]:
        shelf = self._shelf
        if not demand.type_name:
            pool = [n for brand in demand.brands for n in shelf.by_brand.get(brand, ())]
            hinted = [n for n in pool if set(shelf.placed[n].types) & set(demand.hints)]
            return hinted or pool
        pool = shelf.variants(demand.type_name)
        if demand.brands:  # a named brand that makes such things is meant; one that makes none means the type
            own = [n for n in pool if shelf.placed[n].brand in demand.brands and self.allows(n)]
            return own or pool
        return pool

    def _fit(self, number: int, demand: Demand) -> float:
        placed = self._shelf.placed[number]
        fit = 0.0
        if demand.type_name:
            fit += _TYPE if placed.types[0] == demand.type_name else _WIDER
        elif demand.hints:
            fit += _TYPE if set(placed.types) & set(demand.hints) else 0.0
        if demand.brands and placed.brand in demand.brands:
            fit += _BRAND
        if demand.colours:
            fit += _COLOUR * max(self._shelf.colour_fit(number, family) for family in demand.colours)
        if demand.finishes and placed.title_words.intersection(demand.finishes):
            fit += _FINISH
        if demand.shades and number in self._bearers(demand.shades):
            fit += _SHADE * demand.asked
        return fit / demand.asked + self._whose(placed.item.gender, demand) + self._extra(number)

    def _bearers_of(self, shades: tuple[str, ...]) -> frozenset[int]:
        return frozenset(number for shade in shades for number in self._shelf.by_shade.get(shade, ()))

    def _whose(self, gender: str, demand: Demand) -> float:
        if demand.genders:
            return _GENDER if gender in demand.genders else -_GENDER if gender and gender != "unisex" else 0.0
        return -_GENDER if gender in _CHILDREN else 0.0

    def _extra(self, number: int) -> float:
        stock = self._shelf.placed[number].item.stock if self._shelf.stock_known else 1.0
        # What nobody can buy goes behind everything that fits half as well.
        return (_STOCK * min(stock, 1.0) if stock > 0 else -0.5) + self._boosts.get(number, 0.0)

    def _named(self, words: Collection[str]) -> Mapping[str, float]:
        """Products whose names hold words of the post, and by how much that lifts them: rare words lift more."""
        lifts: dict[str, float] = {}
        for word in words:
            if len(word) < 3 and not word.isdigit() or word in self._shelf.lexicon.everyday:
                continue
            products = self._shelf.by_title_word.get(word, ())
            for product in products:
                lifts[product] = lifts.get(product, 0.0) + _NAME / (1 + len(products) ** 0.5)
        return lifts


def _allowed(shelf: Shelf, terms: Terms) -> bytearray | None:
    """Which variants the feed sells, a byte each; None for all."""
    if not (terms.brands or terms.types or terms.products or terms.without):
        return None
    wanted = _test(shelf, terms.brands, terms.types, terms.products)
    unwanted = _test(shelf, terms.without, terms.without, terms.without)
    everything = not (terms.brands or terms.types or terms.products)
    only_both = bool(terms.brands and terms.types)
    numbers = range(len(shelf.placed))
    return bytearray((everything or _in(wanted(n), only_both)) and not any(unwanted(n)) for n in numbers)


def _in(found: tuple[bool, bool, bool], only_both: bool) -> bool:
    brand, kind, product = found
    return product or (brand and kind if only_both else brand or kind)


def _test(
    shelf: Shelf, brands: Collection[str], types: Collection[str], products: Collection[str]
) -> Callable[[int], tuple[bool, bool, bool]]:
    keys = {brand_key(b) for b in brands}
    paths = tuple(t.casefold() for t in types)

    def test(number: int) -> tuple[bool, bool, bool]:
        placed = shelf.placed[number]
        path = placed.item.product_type.casefold()
        kind = any(name in types for name in placed.types) or any(
            path == p or path.startswith(p + " >") or path.endswith("> " + p) for p in paths
        )
        return placed.brand in keys, kind, placed.item.product in products or placed.item.variant in products

    return test


def _boosts(shelf: Shelf, terms: Terms) -> dict[int, float]:
    found: dict[int, float] = {}
    for name, boost in terms.boosts.items():
        numbers = {
            *([shelf.by_variant[name]] if name in shelf.by_variant else ()),
            *shelf.by_product.get(name, ()),
            *shelf.by_brand.get(brand_key(name), ()),
            *shelf.by_type.get(name, ()),
        }
        for number in numbers:
            found[number] = found.get(number, 0.0) + boost
    return found
