"""The lexicon: what types, colours and cues are called, and what keeps an item away, in several languages, read from the
versioned files beside it."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import resources
from math import log10
from typing import Any

from catalog.words import fold, plain

ANY = "any"
"""The language of words that hold in every language: emoji, names, tags."""

_COMMONEST, _RAREST = 10_000, 1


@dataclass(frozen=True, slots=True)
class Entry:
    """One spelling of one concept. `spelling` is folded, with accents; `kind` is 'type', 'colour', 'guard' ..."""

    kind: str
    concept: str
    spelling: str
    language: str = ANY
    ambiguous: bool = False
    accents_needed: bool = False


@dataclass(frozen=True, slots=True)
class Type:
    """A kind of thing that is sold."""

    name: str
    group: str
    kind_of: str = ""
    label: str = ""
    """What English calls it, for reasons and themes."""


@dataclass(frozen=True)
class Lexicon:
    """Everything that the matcher knows before it has seen a catalogue."""

    version: str
    entries: tuple[Entry, ...]
    types: Mapping[str, Type]
    feed_words: Mapping[str, str]
    """Folded word of a shop's product type to the name of the type."""
    centres: Mapping[str, tuple[str, ...]]
    """Family of colour to its centres, as hex."""
    parts: Mapping[str, str]
    """Part of the body to the type that is worn there."""
    frequencies: Mapping[str, float]
    """Folded word to the number of posts out of 10,000 that hold it; a word that is not here: 1."""
    ordinary: frozenset[str]
    """Brands that are also ordinary words, names or places (plain)."""
    everyday: frozenset[str]
    """Words of which hashtags are made (plain)."""
    real: frozenset[str]
    """Words that look like slips of lexicon words and are none."""
    false_friends: Mapping[str, frozenset[str]]
    """Language to words of English, or of no language, that mean something else in it (plain)."""
    figures: Mapping[str, frozenset[str]]
    """Words beside numbers: 'size' ("size 8") and 'price' ("under 20") to their words (plain), of all languages."""
    grammar: Mapping[str, Mapping[str, frozenset[str]]]
    """'place' ("on", "in") and 'without' to languages and their words (plain)."""
    handle_words: frozenset[str]
    """What makers put before or behind their names in handles ("official")."""
    never: frozenset[str]
    """Brands so ordinary as words that they are never read as brands."""

    def weight(self, spelling: str) -> float:
        """How much a word says: 0 for one in every post, 4 for one that stands in one of 10,000 or fewer."""
        frequency = min(max(self.frequencies.get(spelling, _RAREST), _RAREST), _COMMONEST)
        return log10(_COMMONEST / frequency)

    def ancestry(self, name: str) -> Iterator[str]:
        """A type and the wider ones it belongs to, the narrowest first."""
        while name in self.types:
            yield name
            name = self.types[name].kind_of

    def label(self, name: str) -> str:
        """What a type is called in reasons and themes."""
        return self.types[name].label if name in self.types else name.removeprefix("own:")


LANGUAGES = ("en", "vi", "no", "fr", "es", "de", "pt", "ja", "it", "sv", "zh", "ko", "ar", "hi")
"""Languages with a file of their own; that of English goes first, since its words name the types in reasons."""

KINDS = ("brand", "type", "colour", "finish", "part", "context", "intent", "gender", "guard")


@lru_cache(maxsize=1)
def built_in() -> Lexicon:
    """The lexicon that ships with Vitrine."""
    concepts, said = _file("concepts"), {language: _said(language) for language in (ANY, *LANGUAGES)}
    english = said["en"]
    return Lexicon(
        version=".".join(str(table["version"]) for table in (concepts, *said.values())),
        entries=tuple(entry for language, tables in said.items() for entry in _entries(language, tables)),
        types={name: _type(name, table, english["type"]) for name, table in concepts["type"].items()},
        feed_words=_feed_words(concepts["type"], english["type"]),
        centres={name: tuple(_listed(table["hex"])) for name, table in concepts["colour"].items()},
        parts={name: table["type"] for name, table in concepts["part"].items()},
        frequencies={fold(w): float(n) for n, words in concepts["frequency"].items() for w in _listed(words)},
        ordinary=frozenset(plain(fold(w)) for w in _listed(said[ANY]["guard"]["ordinary"])),
        everyday=frozenset(plain(fold(w)) for w in _listed(english["words"]["everyday"])),
        real=frozenset(_listed(english["words"]["real"])),
        false_friends={
            language: frozenset(_listed(tables.get("false_friends", {}).get("en", "")))
            for language, tables in said.items()
        },
        figures={
            kind: frozenset(
                plain(fold(word))
                for tables in said.values()
                for word in _listed(tables.get("figure", {}).get(kind, ""))
            )
            for kind in ("size", "price")
        },
        grammar={
            kind: {
                language: frozenset(plain(fold(word)) for word in _listed(tables.get("grammar", {}).get(kind, "")))
                for language, tables in said.items()
            }
            for kind in ("place", "without")
        },
        handle_words=frozenset(_listed(said[ANY]["words"]["handle"])),
        never=frozenset(_listed(said[ANY]["words"]["never"])),
    )


def _said(language: str) -> dict[str, Any]:
    """What a language calls things, and what in it keeps an item away."""
    words, guards = _file(language), _file(f"guards/{language}")
    return words | guards | {"version": f"{words['version']}-{guards['version']}"}


def _file(name: str) -> dict[str, Any]:
    return tomllib.loads((resources.files(__package__) / "lexicon" / f"{name}.toml").read_text("utf-8"))


def _listed(words: str) -> list[str]:
    return [" ".join(word.split()) for word in words.split(",") if word.strip()]


def _entries(language: str, tables: Mapping[str, Mapping[str, str]]) -> Iterator[Entry]:
    for kind in KINDS:
        for concept, words in tables.get(kind, {}).items():
            if concept != "ordinary":
                yield from _spellings(kind, concept, language, words)


def _spellings(kind: str, concept: str, language: str, words: str) -> Iterator[Entry]:
    for word in _listed(words):
        entry = _entry(kind, concept, word, language)
        yield entry
        if kind == "type" and language == "en":
            yield from (replace(entry, spelling=many) for many in plurals(entry.spelling))


def _entry(kind: str, concept: str, word: str, language: str) -> Entry:
    bare = word.removeprefix("=").removesuffix("?")
    return Entry(kind, concept, fold(bare), language, word.endswith("?"), word.startswith("="))


def plurals(word: str) -> Iterator[str]:
    """The English plural of a word or phrase; nothing for what looks like one."""
    if not word.isascii() or word.endswith("s") and not word.endswith("ss"):
        return
    if word.endswith(("ch", "sh", "x", "ss")):
        yield word + "es"
    elif word.endswith("y") and word[-2:-1] not in "aeiou":
        yield word[:-1] + "ies"
    else:
        yield word + "s"


def _type(name: str, table: Mapping[str, str], english: Mapping[str, str]) -> Type:
    label = _listed(english.get(name, name))[0].removesuffix("?")
    return Type(name, table["group"], table.get("kind_of", ""), label)


def _feed_words(types: Mapping[str, Mapping[str, str]], english: Mapping[str, str]) -> dict[str, str]:
    """Shops name types in English, in the singular or the plural; a `feed` word and the type's own name go first."""
    found: dict[str, str] = {}
    for source in ("feed", "name", "en"):
        for name, table in types.items():
            words = {"feed": table.get("feed", ""), "name": name.replace("_", " "), "en": english.get(name, "")}[source]
            for word in _listed(words):
                spelling = plain(fold(word.removesuffix("?")))
                for one in (spelling, *plurals(spelling)):
                    found.setdefault(one, name)
    return found
