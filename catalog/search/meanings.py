"""What words mean besides themselves: ‘leppestift’ and ‘son môi’ a lipstick, ‘đỏ’ what is red whatever its shade is called."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np

from catalog.matching import lexicon
from catalog.matching.columns import oklab
from catalog.matching.lexicon import Entry, Lexicon
from catalog.matching.naming import Namer
from catalog.search.typing import folded
from server.core import colour

NEAR = 0.095
"""OKLab distance at which a shade still is recognisably of a family: its fit is 1/e of a perfect one."""
LEAST_FIT = 0.5
BY_NAME = 0.7
NEAREST = 2
"""Families of which a swatch is said to be in words."""
USUAL = 3
"""Spellings of a concept that go first in a language's file: the usual ones."""
_OWN = {"type": 0.8, "colour": 0.75, "finish": 0.8, "gender": 0.9}
"""Kinds of concepts that people look for, and how much their words say of what they stand for."""

Meaning = tuple[str, str, float, bool]
"""Kind, concept, how surely it is meant (0 to 1), and whether the word is English, as the feed's own words mostly are."""


class Meanings:
    """The lexicon's words as people type them."""

    def __init__(self, words: Lexicon) -> None:
        self.lexicon, self.namer = words, Namer(words)
        found: dict[str, dict[tuple[str, str], Meaning]] = defaultdict(dict)
        for entry in words.entries:
            if entry.kind in _OWN and (spelling := folded(entry.spelling)):
                known, new = found[spelling].get((entry.kind, entry.concept)), _meaning(entry)
                found[spelling][entry.kind, entry.concept] = max(known or new, new, key=lambda one: (one[3], one[2]))
        self.of = {spelling: tuple(meanings.values()) for spelling, meanings in found.items()}
        self.phrases = sorted(spelling for spelling in self.of if " " in spelling)
        self.words = [spelling for spelling in self.of if " " not in spelling]
        self.longest = max((phrase.count(" ") + 1 for phrase in self.phrases), default=1)
        self._named = _named(words)

    def together(self, words: Sequence[str]) -> set[int]:
        """The places of words that mean something together, as ‘son môi’ does."""
        found: set[int] = set()
        for start in range(len(words)):
            for end in range(start + 2, min(len(words), start + self.longest) + 1):
                if " ".join(words[start:end]) in self.of:
                    found.update(range(start, end))
        return found

    def named(self, concept: str) -> tuple[str, ...]:
        """The English words of a finish or a gender."""
        return self._named.get(concept, ())

    def said(
        self, path: tuple[str, str], colour_name: str, swatch: str | None, languages: tuple[str, ...]
    ) -> tuple[str, ...]:
        """The words for what a thing is and for its colour in these languages, folded, for those who look without an index:
        the usual ones of its narrowest type and the nearest families, and no word that begins another."""
        found = {word for name in self.namer.types(*path)[:1] for word in self._words("type", name, languages)}
        for family in self._nearest(swatch) if swatch else self.namer.families(colour_name):
            found.update(self._words("colour", family, languages))
        return tuple(word for word in sorted(found) if not any(o != word and o.startswith(word) for o in found))

    @lru_cache(maxsize=4096)  # noqa: B019 - there is one for a process
    def _words(self, kind: str, concept: str, languages: tuple[str, ...]) -> tuple[str, ...]:
        entries = [e for e in self.lexicon.entries if (e.kind, e.concept) == (kind, concept) and not _loose(e)]
        usual = [e.spelling for language in languages for e in [e for e in entries if e.language == language][:USUAL]]
        return tuple(dict.fromkeys(word for spelling in usual for word in folded(spelling).split()))

    @lru_cache(maxsize=16_384)  # noqa: B019 - there is one for a process
    def _nearest(self, swatch: str) -> list[str]:
        lab = np.array([oklab(swatch)], np.float32)
        fits = [(-float(self.by_swatch(lab, family)[0]), family) for family in self.lexicon.centres]
        near = [family for fit, family in sorted(fits)[:NEAREST] if fit < 0]
        return list(dict.fromkeys([*near, *filter(None, [_family(swatch)])]))

    @lru_cache(maxsize=16_384)  # noqa: B019 - there is one for a process
    def types(self, path: tuple[str, str]) -> frozenset[str]:
        """The types that a path and a category speak of, wider ones included."""
        return frozenset(self.namer.types(*path))

    def by_name(self, names: Sequence[str], family: str) -> np.ndarray:
        """How much of a family's colour there is in things of which the colour's name is this."""
        return np.array(
            [BY_NAME if family in self.namer.families(name) else 0.0 for name in names] or [0.0], np.float32
        )

    def by_swatch(self, lab: np.ndarray, family: str) -> np.ndarray:
        """The same by swatch; `lab` in OKLab, nan where there is none."""
        centres = np.array([colour.to_oklab(one) for one in self.lexicon.centres[family]], np.float32)
        apart = np.min(np.linalg.norm(lab[:, None, :] - centres[None], axis=2), axis=1)
        fit = np.nan_to_num(np.exp(-((apart / NEAR) ** 2)))
        return np.where(fit >= LEAST_FIT, fit, 0.0).astype(np.float32)

    def by_family(self, swatches: Sequence[str], family: str) -> np.ndarray:
        """The same by the plain word for a swatch, under which filters have it: a bottle green far from every centre is green."""
        return np.array([LEAST_FIT if _family(one) == family else 0.0 for one in swatches] or [0.0], np.float32)


def _loose(entry: Entry) -> bool:
    """Whether a spelling's single words mean other things: ‘off white’, ‘my lips but better’."""
    return entry.kind == "colour" and entry.language == "en" and " " in entry.spelling


def _family(swatch: str | None) -> str:
    """The plain word for a swatch; '' where there is none or it is no colour."""
    try:
        return colour.family(swatch) if swatch else ""
    except colour.ColourRefused:
        return ""


@lru_cache(maxsize=1)
def built_in() -> Meanings:
    """What the lexicon that ships with Vitrine means."""
    return Meanings(lexicon.built_in())


def _meaning(entry: Entry) -> Meaning:
    sure = 0.8 if entry.ambiguous or entry.accents_needed else 1.0
    return entry.kind, entry.concept, sure * _OWN[entry.kind], entry.language in ("en", "any")


def _named(words: Lexicon) -> dict[str, tuple[str, ...]]:
    """A finish or gender to its name and the first English word for it: what a feed may say."""
    found: dict[str, list[str]] = defaultdict(list)
    for kind, concept, spelling in _english(words):
        if kind in ("finish", "gender") and len(found[concept]) < 2:
            found[concept] += [folded(concept)] if not found[concept] else []
            found[concept].append(spelling)
    return {concept: tuple(dict.fromkeys(words)) for concept, words in found.items()}


def _english(words: Lexicon) -> Iterator[tuple[str, str, str]]:
    for entry in words.entries:
        if entry.language == "en" and " " not in entry.spelling:
            yield entry.kind, entry.concept, folded(entry.spelling)
