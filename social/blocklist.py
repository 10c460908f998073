"""The blocklist: which words of a text no wall wants, found whole, through disguises, in several languages."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from catalog.matching.lexicon import built_in
from catalog.words import at_capitals
from social.folding import as_written, folded, has_accents, native, skeleton, squeezed, undivided, words

_LEAST_PREFIX = 4
_PIECES = re.compile(r"[^\w*\u0900-\u0dff]+")


@dataclass(frozen=True)
class Blocklist:
    """Folded words, ready to be looked up."""

    whole: frozenset[str]
    beginnings: frozenset[str]
    phrases: tuple[str, ...]
    inside: tuple[str, ...]
    """Words of scripts without spaces: found anywhere in the text."""
    marked: frozenset[str]
    """Words and phrases that only their accents tell from harmless ones: found as they are written."""
    squeezable: frozenset[str]
    """Long words without a double letter: a text that doubles one is still seen through."""
    innocent: frozenset[str] = frozenset()

    def found(self, text: str) -> tuple[str, ...]:
        """The words of the list that a text holds, as the list has them."""
        spoken = words(text) - self.innocent
        hits = {word for word in spoken if word in self.whole}
        hits |= {short for word in spoken if (short := squeezed(word)) in self.squeezable}
        hits |= {word[:n] for word in spoken for n in range(_LEAST_PREFIX, len(word)) if word[:n] in self.beginnings}
        hits |= {word for token in spoken if "*" in token for word in self._masked(token)}
        return tuple(sorted(hits | self._phrases(text)))

    def found_in_tag(self, tag: str) -> tuple[str, ...]:
        """The words of the list that a hashtag holds, as whole words: at capitals, or where all its parts are words."""
        begins = [*at_capitals(tag), len(tag)]
        apart = " ".join(tag[a:b] for a, b in zip(begins, begins[1:], strict=False))
        whole = folded(tag.replace("_", ""))
        if whole in self.innocent:
            return ()
        return tuple(dict.fromkeys([*self.found(apart), *self._glued(whole)]))

    def _phrases(self, text: str) -> set[str]:
        plain = _as_phrase(text)
        hits = {p for p in self.phrases if f" {p} " in f" {plain} "}
        if not text.isascii():
            whole = native(text)
            hits |= {w for w in self.inside if w in whole}
        written = " ".join(_PIECES.split(as_written(text)))
        return hits | {m for m in self.marked if f" {m} " in f" {written} "}

    def _masked(self, token: str) -> Iterable[str]:
        """ "f*ck": a word of the list whose letters the stars hide; one star may hide several."""
        for word in self.whole | self.beginnings:
            if word[0] == token[0] and len(token) > 2 and _hides(token, word):
                yield word

    def _glued(self, tag: str) -> Iterable[str]:
        known = built_in().everyday
        for cut in range(1, len(tag)):
            one, other = tag[:cut], tag[cut:]
            if cut >= _LEAST_PREFIX and one in self.whole and other in known:
                yield one
            if len(other) >= _LEAST_PREFIX and other in self.whole and one in known:
                yield other


@lru_cache(maxsize=256)
def _as_phrase(text: str) -> str:
    return " ".join(skeleton(piece) for piece in _PIECES.split(native(text)))


def _hides(token: str, word: str) -> bool:
    parts = [part for part in token.split("*") if part]
    letters = sum(len(part) for part in parts)
    if not parts or letters < 2 or letters + token.count("*") > len(word) + 1 or letters >= len(word):
        return False
    at = 0
    for part in parts:
        at = word.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return word.startswith(parts[0]) and (token.endswith("*") or word.endswith(parts[-1]))


def compiled(entries: Iterable[str], innocent: Iterable[str] = ()) -> Blocklist:
    """A blocklist of words as people write them; a `*` at the end stands for any ending."""
    whole, beginnings, phrases, inside, marked = set(), set(), set(), set(), set()
    for entry in entries:
        written = as_written(entry.strip().removesuffix("*"))
        word = folded(written)
        if not word:
            continue
        if has_accents(written):
            marked.add(written)
        elif undivided(word) or not any(char.isalnum() for char in word):
            inside.add(word)
        elif " " in word:
            phrases.add(word)
        elif entry.strip().endswith("*") and len(word) >= _LEAST_PREFIX:
            beginnings.add(word)
            whole.add(word)
        else:
            whole.add(word)
    long = frozenset(word for word in whole if len(word) > 3 and squeezed(word) == word)
    return Blocklist(
        frozenset(whole), frozenset(beginnings), tuple(sorted(phrases)), tuple(sorted(inside)),
        frozenset(marked), long,
        frozenset(folded(word) for word in innocent),
    )  # fmt: skip


@lru_cache(maxsize=256)
def merchandisers(entries: frozenset[str], allowed: frozenset[str]) -> Blocklist:
    """A feed's own words, compiled once for all its posts."""
    return compiled(entries, allowed)


@lru_cache(maxsize=128)
def default(strength: str, language: str = "", allowed: frozenset[str] = frozenset()) -> Blocklist:
    """The list that ships with Vitrine: `refuse` (never shown) or `hold` (a person decides).

    `language` is that of the post, '' if it is not known: words that are harmless elsewhere count only in their own.
    """
    table = _file()
    own = frozenset(_listed(table["own"]["any"]))
    entries = (
        word
        for spoken, listed in table[strength].items()
        for word in _listed(listed)
        if spoken == language or not language or word.removesuffix("*") not in own
    )
    kept = (entry for entry in entries if folded(entry) not in allowed)
    return compiled(kept, {*_listed(table["innocent"]["any"]), *allowed})


def _listed(words_: str) -> list[str]:
    return [word.strip() for word in words_.split(",") if word.strip()]


@lru_cache(maxsize=1)
def _file() -> dict:
    return tomllib.loads((resources.files(__package__) / "blocklist.toml").read_text("utf-8"))
