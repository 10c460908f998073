"""The corpora: a real catalogue, judged posts and posts on any subject, which lie outside the repository.

Their folder is in VITRINE_CORPORA (default ../shared/corpora); what uses them skips where they are absent.
"""

import gzip
import json
import os
import random
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from catalog.feeds.reading import read_products
from catalog.matching.values import MatchItem
from server.commands.matching import item

CORPORA = Path(os.environ.get("VITRINE_CORPORA", Path(__file__).parents[2].parent / "shared" / "corpora"))
FEED = CORPORA / "catalogue" / "merchant_feed.tsv.gz"
_SYLLABLES = [a + b for a in "bdfgklmnprstvz" for b in ("a", "e", "i", "o", "u", "an", "el", "is")]
_OWN_BRANDS = 0.3
"""Part of a copy's brands that get a name of their own."""


def there() -> bool:
    """Whether the corpora are on this machine."""
    return FEED.exists() and (CORPORA / "posts").exists()


def items() -> list[MatchItem]:
    """The catalogue, read as an import reads it."""
    return [item(row) for row in read_products(FEED).rows]


def multiplied(catalogue: Iterable[MatchItem], count: int) -> Iterator[MatchItem]:
    """So many variants: the catalogue, and copies of it with ids, names and brands of their own."""
    yield from (catalogue := list(catalogue))
    chance, made, copy = random.Random(4), len(catalogue), 0
    while made < count:
        copy += 1
        brands: dict[str, str] = {"": ""}
        names: dict[str, str] = {}
        for one in catalogue[: count - made]:
            brand = brands.setdefault(one.brand, _word(chance) if chance.random() < _OWN_BRANDS else one.brand)
            name = names.setdefault(one.product, _word(chance))
            yield replace(
                one,
                variant=f"{one.variant}~{copy}",
                product=f"{one.product}~{copy}",
                title=f"{name} {one.title}",
                brand=brand,
            )
        made += len(catalogue)


def examples() -> list[dict[str, Any]]:
    """Judged posts with the ids of their right products."""
    with (CORPORA / "posts" / "examples.jsonl").open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def background() -> list[dict[str, Any]]:
    """Posts on any subject."""
    with gzip.open(CORPORA / "posts" / "background.jsonl.gz", "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def _word(chance: random.Random) -> str:
    return "".join(chance.choice(_SYLLABLES) for _ in range(3)).title()
