"""What a shop's own words mean in the lexicon: the path of a product's type, and the name of a colour."""

import re
from functools import lru_cache

from catalog.matching.lexicon import Lexicon
from catalog.words import fold, plain


class Namer:
    """Reads a feed's words; each different one is read once."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self.family_words = {
            plain(e.spelling): e.concept for e in lexicon.entries if e.kind == "colour" and e.language in ("en", "any")
        }
        self._narrow = {
            word: kind for word, kind in lexicon.feed_words.items() if " " not in word and lexicon.types[kind].kind_of
        }
        """Words of types that are a kind of another."""
        self._most_words = max((word.count(" ") + 1 for word in lexicon.feed_words), default=0)
        self.families = lru_cache(maxsize=65_536)(self._families)

    def types(self, path: str, google_category: str = "", titled: str = "") -> tuple[str, ...]:
        """The lexicon's types that a path speaks of, the narrowest first; of one that speaks of none, its last step.

        Shops write the broad type first or last; which one is the narrower the lexicon knows (`kind_of`), and of two
        that are not related the last step goes first, unless an earlier one is a kind of it. `titled`: a type that the
        product's title names, which counts where it is of the same wider type ("boots" among casual shoes).
        """
        known = self._types(path, google_category)
        line = tuple(self._lexicon.ancestry(titled)) if titled and titled not in known else ()
        return tuple(dict.fromkeys([*line, *known])) if set(line) & set(known) else known

    def titled(self, title: str) -> str:
        """The type that a title names last; '' if it names none."""
        words = plain(fold(title)).split()
        return next((kind for word in reversed(words) if (kind := self._narrow.get(word))), "")

    def _types(self, path: str, google_category: str) -> tuple[str, ...]:
        steps = [plain(fold(step.replace("_", " "))) for step in re.split(r"\s*[>/|]\s*", path) if step.strip()]
        named = [name for step in reversed(steps) if (name := self._type_named(step))]
        if not named:
            steps += [plain(fold(step)) for step in google_category.split(">") if step.strip()]
            named = [name for step in reversed(steps) if (name := self._type_named(step))]
        if not named:
            return (f"own:{steps[-1]}",) if steps else ()
        wider = {w for name in named for w in list(self._lexicon.ancestry(name))[1:]}
        narrowest = next(name for name in named if name not in wider)
        others = [name for name in named if name not in wider]
        return tuple(dict.fromkeys(one for name in (narrowest, *others) for one in self._lexicon.ancestry(name)))

    def _type_named(self, step: str) -> str | None:
        words = self._lexicon.feed_words
        if step in words:
            return words[step]
        # "Women's Ankle Boots & Shoes": the longest run of words that is a type, the later the better.
        tokens = step.split()
        starts, lengths = range(len(tokens)), range(1, self._most_words + 1)
        known = [run for at in starts for length in lengths if (run := " ".join(tokens[at : at + length])) in words]
        return words[max(known, key=len)] if known else None

    def _families(self, colour: str) -> tuple[str, ...]:
        """The families that a colour's name says, in alphabetical order."""
        tokens = plain(fold(colour)).split()
        found = set()
        at = 0
        while at < len(tokens):
            for length in (3, 2, 1):
                if family := self.family_words.get(" ".join(tokens[at : at + length])):
                    found.add(family)
                    at += length - 1
                    break
            at += 1
        return tuple(sorted(found))
