"""What a word can mean in the lexicon, as people call it: what a merchandiser chooses from when they add a word."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from catalog.matching.lexicon import Lexicon, built_in
from catalog.words import fold, plain

SAID_OF = {
    "type": "kind of item", "colour": "colour", "finish": "finish or pattern", "part": "part of the body", "context": "subject",
    "intent": "what is said of it", "gender": "for whom", "brand": "brand", "product": "product", "variant": "one shade or size",
    "guard": "keeps items away", "stop": "no meaning",
}  # fmt: skip
"""What a kind of meaning is called beside it."""

_SAID = {
    ("stop", ""): "nothing: not read here",
    ("guard", "rival"): "a maker or shop that we do not carry",
    ("guard", "elsewhere"): "a saying: the post is about something else",
    ("guard", "complaint"): "a complaint",
    ("guard", "advert"): "a giveaway or advertisement",
    ("guard", "unsafe"): "company that no item should stand beside",
    ("intent", "wish"): "somebody looks for it",
    ("intent", "have"): "somebody has got it",
    ("intent", "praise"): "somebody likes it",
    ("context", "beauty"): "beauty",
    ("context", "fashion"): "fashion",
}
_KINDS = ("type", "colour", "finish", "part", "context", "intent", "gender")


@dataclass(frozen=True, slots=True)
class Meaning:
    """Something that a word can mean."""

    kind: str
    concept: str
    label: str
    swatch: str | None = None

    @property
    def note(self) -> str:
        """What kind of meaning it is."""
        return SAID_OF[self.kind]


def label(kind: str, concept: str) -> str:
    """What a meaning of the lexicon is called."""
    if (kind, concept) in _SAID:
        return _SAID[kind, concept]
    return built_in().label(concept) if kind == "type" else concept.replace("_", " ")


@lru_cache(maxsize=1)
def known() -> dict[tuple[str, str], Meaning]:
    """Everything that the lexicon knows, what keeps items away first, then kind by kind."""
    lexicon = built_in()
    keys = list(_SAID)[:6]
    spoken: dict[str, set[str]] = defaultdict(set)
    for entry in lexicon.entries:
        spoken[entry.kind].add(entry.concept)
    keys += [(kind, concept) for kind in _KINDS for concept in sorted(spoken[kind])]
    return {key: Meaning(*key, label(*key), _swatch(lexicon, *key)) for key in keys}


def choices(words: str, own_types: Iterable[str], most: int) -> list[Meaning]:
    """The meanings that typed letters may stand for: by what they are called, then by any word of any language."""
    asked = plain(fold(words[:100]))
    every = [*known().values(), *(Meaning("type", name, label("type", name)) for name in own_types)]
    if not asked:
        return every[:most]
    named = [one for one in every if _begins(asked, one.label)]
    named.sort(key=lambda one: plain(fold(one.label)) != asked)
    spelt = [known()[key] for key in _spelt(asked) if key in known()]
    return list(dict.fromkeys([*named, *spelt]))[:most]


def _begins(asked: str, name: str) -> bool:
    """Whether a word of the name begins so."""
    return f" {asked}" in f" {plain(fold(name))}"


def _spelt(asked: str) -> list[tuple[str, str]]:
    """What lexicon words that begin so mean; the shortest first, since they are most of what was typed."""
    found = [(len(spelling), key) for spelling, keys in _spellings() if spelling.startswith(asked) for key in keys]
    return [key for _, key in sorted(found)]


@lru_cache(maxsize=1)
def _spellings() -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for entry in built_in().entries:
        if entry.kind in _KINDS:
            found[plain(entry.spelling)].add((entry.kind, entry.concept))
    return tuple((spelling, tuple(sorted(keys))) for spelling, keys in sorted(found.items()))


def _swatch(lexicon: Lexicon, kind: str, concept: str) -> str | None:
    return lexicon.centres[concept][0] if kind == "colour" and concept in lexicon.centres else None
