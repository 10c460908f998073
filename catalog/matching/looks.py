"""Looks that people speak of without naming a thing ("glass skin", "quiet luxury"): how languages say them, what serves them."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from catalog.words import fold

LANGUAGES = ("en", "vi", "no", "fr", "es", "de", "pt", "ja")
"""The languages in which looks are spelt."""
KEYS = ("types", "colours", "finishes", "names", "bears")
"""What is told of what serves a look, in the order of Look's fields."""


@dataclass(frozen=True, slots=True)
class Look:
    """What serves a look, as the shelf knows it: see lexicon/looks.toml."""

    name: str
    label: str
    """What a trend of it is called."""
    types: tuple[str, ...]
    colours: tuple[str, ...] = ()
    finishes: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    bears: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """A look that a post names, and where in its reading; `ambiguous`: it counts only in company."""

    look: Look
    start: int
    end: int
    ambiguous: bool


def longest(seen: Iterable[Seen]) -> list[Seen]:
    """Without looks inside longer ones, in the order in which they stand."""
    kept: list[Seen] = []
    for one in sorted(dict.fromkeys(seen), key=lambda look: (look.start, -look.end)):
        if not kept or one.end > kept[-1].end or (one.start, one.end) == (kept[-1].start, kept[-1].end):
            kept.append(one)
    return kept


@dataclass(frozen=True, slots=True)
class LookSpelling:
    """How a look is written: folded, with accents."""

    look: Look
    spelling: str
    accents_needed: bool
    ambiguous: bool


class Looks:
    """All looks, in all languages at once; made once and shared."""

    def __init__(self, tables: Mapping[str, Any]) -> None:
        self.finishes: Mapping[str, str] = tables["finish"]
        """Finishes that are themes by themselves, each with what a trend of it is called."""
        self.looks = {name: _look(name, table) for name, table in tables["look"].items()}
        self.spellings = [
            spelling for name, table in tables["look"].items() for spelling in _spellings(self.looks[name], table)
        ]


@lru_cache(maxsize=1)
def built_in() -> Looks:
    """The looks that ship with Vitrine."""
    return Looks(tomllib.loads((resources.files(__package__) / "lexicon" / "looks.toml").read_text("utf-8")))


def _look(name: str, table: Mapping[str, str]) -> Look:
    return Look(name, table["label"], *(tuple(_listed(table.get(k, ""))) for k in KEYS))


def _spellings(look: Look, table: Mapping[str, str]) -> Iterator[LookSpelling]:
    for word in {look.label: None} | {word: None for code in LANGUAGES for word in _listed(table[code])}:
        bare = word.removeprefix("=").removesuffix("?")
        yield LookSpelling(look, fold(bare), word.startswith("="), word.endswith("?"))


def _listed(words: str) -> list[str]:
    return [" ".join(word.split()) for word in words.split(",") if word.strip()]
