"""What serves a theme that names no thing: items that bear its finish, are of its colour, or go into its look."""

from collections.abc import Iterable, Iterator

import numpy as np

from catalog.matching.fitting import Demand
from catalog.matching.looks import Look
from catalog.matching.ranking import Fit, Ranking
from catalog.matching.shelf import Shelf
from catalog.rows import Numbers

_CLEARLY = 0.5
"""Colour fit from which a thing may stand for a colour that people speak of."""
_LOOKED_AT = 240
"""Products among which types take turns."""


def serving(shelf: Shelf, ranking: Ranking, look: Look, most: int) -> list[Fit]:
    """The best for a look, one of a product, the types taking turns: a trend of pleats is not eight skirts."""
    wanted = tuple(colour for colour in look.colours if colour in shelf.lexicon.centres)
    for numbers in _pools(shelf, look):
        if wanted and not look.types:
            numbers = numbers[np.max([shelf.colour_fits(numbers, one) for one in wanted], axis=0) >= _CLEARLY]
        found = ranking.among(numbers, Demand("", wanted, finishes=look.finishes), _LOOKED_AT)
        if found := [*_in_turns(shelf, look, found)][:most]:
            return found
    return []


def _pools(shelf: Shelf, look: Look) -> Iterator[Numbers]:
    """What is to choose from: things of its types that bear what it is of, those whose names say it before all others."""
    pool = np.arange(len(shelf), dtype=np.int32)
    if look.types:
        pool = np.unique(np.concatenate([shelf.variants(name) for name in look.types]))
    if look.bears:
        pool = _named(shelf, pool, look.bears)
    if look.finishes:
        marks = shelf.columns.product_marks[shelf.columns.product[pool]]
        pool = pool[(marks & shelf.marked(look.finishes)) != 0]
    if look.names:
        yield _named(shelf, pool, look.names)
    yield pool


def _named(shelf: Shelf, pool: Numbers, words: Iterable[str]) -> Numbers:
    return pool[np.isin(shelf.columns.product[pool], np.concatenate([shelf.named(word) for word in words]))]


def _in_turns(shelf: Shelf, look: Look, fits: Iterable[Fit]) -> Iterator[Fit]:
    """One of each type, then a second; the look's own types in its order, others as their best fits."""
    by_type: dict[str, list[Fit]] = {name: [] for name in look.types}
    for fit in fits:
        kinds = shelf.placed(fit.number).types
        name = next((kind for kind in kinds if kind in by_type), kinds[0] if kinds else "")
        by_type.setdefault(name, []).append(fit)
    for turn in range(max(map(len, by_type.values()), default=0)):
        yield from (found[turn] for found in by_type.values() if turn < len(found))
