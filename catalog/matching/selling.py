"""What a feed sells and pushes, along the shelf: a value for each variant, worked out once for a feed's terms."""

from collections.abc import Collection

import numpy as np

from catalog.matching.shelf import Shelf, brand_key
from catalog.matching.values import Terms


def numbers(shelf: Shelf, variants: Collection[str]) -> dict[str, int]:
    """The numbers of a few variants, by one look along the shelf: an index of a million would be kept for nothing."""
    if not variants:
        return {}
    return {id: number for number, id in enumerate(shelf.columns.variants) if id in variants}


def allowed(shelf: Shelf, terms: Terms) -> np.ndarray | None:
    """Which variants the feed sells, a truth for each; None for all."""
    if not (terms.brands or terms.types or terms.products or terms.without):
        return None
    brand, kind = _of_brands(shelf, terms.brands), _of_types(shelf, terms.types)
    named = of_ids(shelf, terms.products)
    everything = not (terms.brands or terms.types or terms.products)
    wanted = named | (brand & kind if terms.brands and terms.types else brand | kind) | everything
    unwanted = _of_brands(shelf, terms.without) | _of_types(shelf, terms.without) | of_ids(shelf, terms.without)
    return wanted & ~unwanted


def _of_brands(shelf: Shelf, brands: Collection[str]) -> np.ndarray:
    codes = [shelf.brand_codes[key] for key in map(brand_key, brands) if key in shelf.brand_codes]
    return np.isin(shelf.maker, codes)


def _of_types(shelf: Shelf, types: Collection[str]) -> np.ndarray:
    paths = tuple(kind.casefold() for kind in types)

    def wanted(path: str, names: tuple[str, ...]) -> bool:
        path = path.casefold()
        return any(name in types for name in names) or any(
            path == one or path.startswith(one + " >") or path.endswith("> " + one) for one in paths
        )

    known = zip(shelf.columns.values["path"], shelf.kinds, strict=True)
    of = np.array([wanted(path, names) for (path, *_), names in known] or [False])
    return of[shelf.columns.coded["path"]]


def of_ids(shelf: Shelf, ids: Collection[str]) -> np.ndarray:
    """Which variants have one of these ids, or are of a product that has."""
    if not ids:
        return np.zeros(len(shelf), bool)
    products = np.array([id in ids for id in shelf.columns.products] or [False])
    return products[shelf.columns.product] | of_variants(shelf, ids)


def of_variants(shelf: Shelf, ids: Collection[str]) -> np.ndarray:
    """Which variants have one of these ids."""
    return np.fromiter((id in ids for id in shelf.columns.variants), bool, len(shelf))


def boosts(shelf: Shelf, terms: Terms) -> np.ndarray | None:
    """What the feed adds to each variant; None where it boosts nothing."""
    if not terms.boosts:
        return None
    columns, given = shelf.columns, terms.boosts
    added = np.fromiter((given.get(id, 0.0) for id in columns.variants), np.float32, len(shelf))
    # A product of one variant often has its variant's id, which is boosted once.
    own = np.array([given.get(id, 0.0) for id in columns.products] or [0.0], np.float32)[columns.product]
    added = np.where(added == 0, own, added)
    for name, boost in given.items():
        added[shelf.variants(name)] += boost
        added[shelf.of_brands([brand_key(name)])] += boost
    return added
