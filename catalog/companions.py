"""What goes with an item: things of another kind that are often worn, carried or put on together. Pure, with a reason each.

An item of the same kind is an alternative and never a companion: kinds are told by the path of types without its last
step, so a lip gloss does not go with a lipstick, and a nail lacquer may; nor does what has the same last step. Where
nothing fits there is silence.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from math import dist
from typing import Any

from server.core import colour

MOST = 6
MOST_OF_A_KIND = 2
NEAR = 0.08
"""In OKLab, where 0.02 is just noticed: a wine and a burgundy are that near, a wine and a scarlet are not."""
ORDER = LOOK, SHADE, COLOUR, BRAND = "look", "shade", "colour", "brand"
"""Reasons, the best first."""
ANYBODY = ("", "unisex")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """What is known of a variant here. `type` is a path joined by ' > ', `swatch` #rrggbb, `here` whether the store has it."""

    variant: str
    product: str
    type: str
    brand: str = ""
    colour: str = ""
    swatch: str | None = None
    gender: str = ""
    here: bool = False


@dataclass(frozen=True, slots=True)
class Companion:
    """A variant and why it goes with another.

    `why`: 'look' (people show them together; data: word), 'shade' (the same shade; data: name), 'colour' (the same
    colour family; data: family) or 'brand' (data: brand).
    """

    variant: str
    why: str
    data: Mapping[str, Any] = field(default_factory=dict)
    distance: float = 0.0


def companions(
    own: Piece, others: Iterable[Piece], *, looks: Mapping[str, str] | None = None, most: int = MOST
) -> tuple[Companion, ...]:
    """The best of `others` beside `own`, at most two of a kind, no product twice.

    What the store has comes first; then the better reason, then the nearer colour. `looks`: variants that are shown
    together with this one, each with the word under which they are.
    """
    fitting = [(found, other) for other in others if (found := _reason(own, other, looks or {}))]
    fitting.sort(key=lambda pair: (not pair[1].here, ORDER.index(pair[0].why), pair[0].distance, pair[0].variant))
    return tuple(_varied(fitting, most))


def kind(path: str) -> str:
    """What a type is one of: 'Beauty > Lips' of 'Beauty > Lips > Lipstick'; of a type alone, itself."""
    return path.rpartition(" > ")[0] or path


def _reason(own: Piece, other: Piece, looks: Mapping[str, str]) -> Companion | None:
    if other.product == own.product or not _of_another_kind(own, other) or not _for_the_same(own, other):
        return None
    if other.variant in looks:
        return Companion(other.variant, LOOK, {"word": looks[other.variant]})
    if own.swatch and other.swatch and (apart := distance(own.swatch, other.swatch)) <= NEAR:
        if own.colour and own.colour.casefold() == other.colour.casefold():
            return Companion(other.variant, SHADE, {"name": other.colour}, apart)
        if (family := colour.family(own.swatch)) == colour.family(other.swatch):
            return Companion(other.variant, COLOUR, {"family": family}, apart)
    if own.brand and own.brand == other.brand:
        return Companion(other.variant, BRAND, {"brand": own.brand}, 1.0)
    return None


def _of_another_kind(own: Piece, other: Piece) -> bool:
    if not (own.type and other.type) or kind(other.type) == kind(own.type):
        return False
    return _last(other.type) != _last(own.type)  # a liquid lipstick, in another branch of the shop's types, is one too


def _last(path: str) -> str:
    return path.rpartition(" > ")[2]


def _for_the_same(own: Piece, other: Piece) -> bool:
    return own.gender == other.gender or own.gender in ANYBODY or other.gender in ANYBODY


def _varied(fitting: list[tuple[Companion, Piece]], most: int) -> Iterable[Companion]:
    """One of each kind first, then a second; the order stays within each round."""
    products: set[str] = set()
    kinds: Counter[str] = Counter()
    chosen: list[Companion] = []
    for allowed in range(1, MOST_OF_A_KIND + 1):
        for found, piece in fitting:
            if len(chosen) < most and piece.product not in products and kinds[kind(piece.type)] < allowed:
                products.add(piece.product)
                kinds[kind(piece.type)] += 1
                chosen.append(found)
    return chosen


def near(swatch: str, swatches: Iterable[str], most: int = 60, *, within: float = NEAR) -> list[str]:
    """Those of the colours that are near to one, the nearest first."""
    found = sorted((distance(swatch, other), other) for other in swatches)
    return [other for apart, other in found[:most] if apart <= within]


def distance(one: str, other: str) -> float:
    """How different two colours look, as server.core.colour.distance says it; remembered, since it is asked of thousands."""
    return dist(_oklab(one), _oklab(other))


_oklab = lru_cache(maxsize=16_384)(colour.to_oklab)
