"""The shade next to one: the nearest in OKLab of the same product, or of the same kind of thing. Pure, with a reason each.

What the store has comes first, since whoever asks for the next shade often does because the first is not here; then the
same product before another, then the nearer.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import hypot
from typing import Any

from catalog.companions import ANYBODY, Piece, distance
from server.core import colour

MOST = 3
NEXT = 0.16
"""In OKLab: further than that is another colour, and nobody's next shade."""
HARDLY = 0.02
"""What the eye just notices: nearer than that is the same shade."""


@dataclass(frozen=True, slots=True)
class Shade:
    """A variant whose shade is next to another's.

    `why`: 'next' (another shade of the product) or 'near' (another product of the kind; data: brand). `data["how"]` is
    what it is beside the other: 'same', 'lighter', 'deeper', 'warmer', 'cooler', 'stronger' or 'softer'.
    """

    variant: str
    why: str
    data: Mapping[str, Any] = field(default_factory=dict)
    distance: float = 0.0


def next_to(own: Piece, others: Iterable[Piece], *, most: int = MOST) -> tuple[Shade, ...]:
    """The best of `others`, one of each product and colour; nothing for an item whose colour is not known."""
    if not own.swatch:
        return ()
    near = [(distance(own.swatch, one.swatch), one) for one in others if one.swatch and _may_be(own, one)]
    fitting = [(apart, one) for apart, one in near if apart <= NEXT]
    fitting.sort(key=lambda pair: (not pair[1].here, pair[1].product != own.product, pair[0], pair[1].variant))
    found: dict[tuple[str, str], Shade] = {}
    for apart, one in fitting:
        found.setdefault((one.product, one.colour.casefold()), _shade(own, one, apart))
    return tuple(found.values())[:most]


def _may_be(own: Piece, other: Piece) -> bool:
    """Another colour of the product, or another product of the very type that is for the same people."""
    if other.product == own.product:
        return other.colour.casefold() != own.colour.casefold()
    same = own.gender == other.gender or own.gender in ANYBODY or other.gender in ANYBODY
    return bool(own.type) and other.type == own.type and same


def _shade(own: Piece, other: Piece, apart: float) -> Shade:
    how = {"how": compared(own.swatch or "", other.swatch or "")}
    if other.product == own.product:
        return Shade(other.variant, "next", how, apart)
    return Shade(other.variant, "near", how | {"brand": other.brand}, apart)


def compared(one: str, other: str) -> str:
    """What the second colour is beside the first, by what differs most: see Shade."""
    if distance(one, other) <= HARDLY:
        return "same"
    (light, a, b), (other_light, other_a, other_b) = colour.to_oklab(one), colour.to_oklab(other)
    ways = {
        ("lighter", "deeper"): other_light - light,
        ("warmer", "cooler"): (other_a - a) * 0.5 + (other_b - b) * 1.5,
        ("stronger", "softer"): hypot(other_a, other_b) - hypot(a, b),
    }
    (more, less), by = max(ways.items(), key=lambda way: abs(way[1]))
    return more if by > 0 else less
