"""The rule of the bag: a removal names the adds that it had seen and removes those alone, in whatever order they come. Pure."""

from collections.abc import Iterable, Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

MOST_ITEMS = 200
"""Different variants in a bag; its document has to hold them all."""
MOST_ADDS = 400
"""Adds in a bag that no removal has named."""


@dataclass(frozen=True)
class Add:
    """A variant put into the bag, by the id of the operation that did it."""

    id: str
    variant: str
    made_at: datetime
    seen: dict[str, Any] = field(default_factory=dict, hash=False)
    """Where the shopper met it."""


@dataclass(frozen=True)
class Item:
    """A variant in a bag, once, however often it was added."""

    variant: str
    adds: tuple[str, ...]
    """What a removal has to name, the earliest first."""
    at: datetime
    """When it was first added, of the adds that still hold."""
    seen: dict[str, Any] = field(hash=False)


def contents(adds: Iterable[Add], removed: Set[str]) -> list[Item]:
    """What is in a bag: the variants of all adds that no removal has named, the newest first."""
    held: dict[str, list[Add]] = {}
    for add in sorted(adds, key=lambda add: (add.made_at, add.id)):
        if add.id not in removed:
            held.setdefault(add.variant, []).append(add)
    items = [_item(variant, by) for variant, by in held.items()]
    return sorted(items, key=lambda item: (item.at, item.variant), reverse=True)


def fit(adds: Iterable[Add]) -> bool:
    """Whether one bag can hold all these, none of which a removal has named."""
    variants = [add.variant for add in adds]
    return len(variants) <= MOST_ADDS and len(set(variants)) <= MOST_ITEMS


def room_for(variant: str, adds: Iterable[Add]) -> bool:
    """Whether one more add of this variant fits into a bag in which these hold."""
    variants = [add.variant for add in adds]
    return len(variants) < MOST_ADDS and (variant in variants or len(set(variants)) < MOST_ITEMS)


def _item(variant: str, adds: list[Add]) -> Item:
    seen = next((add.seen for add in adds if add.seen), {})
    return Item(variant, tuple(add.id for add in adds), adds[0].made_at, seen)
