"""How a post is put, which tells without a word for it whether a thing is meant: who wants something opens with it, asks,
lists an outfit or says its maker's name for it; a story names clothes in passing."""

from collections.abc import Collection, Mapping, Sequence

from catalog.matching.cues import Cue
from catalog.matching.nearness import APART, gap
from catalog.words import BREAK, Reading

_TELLS = 1.1
"""What each form says: with a word for a thing that has no other meaning, just enough."""
LITTLE = 0.7
"""What a cue says that a story tells in passing: not enough with the thing alone."""

_ARTICLES = frozenset({"en", "es", "fr", "de", "pt", "no", "it", "sv"})
"""Languages whose stories put an article or a possessive before a thing."""
_DEFINITE = {"no": ("en", "et", "ene", "a"), "sv": ("en", "et", "n", "na")}
"""Ends of things in languages that write the article there."""
_SHORTEST_FIRST = 5
"""Letters of a word before the thing that is no article: "store solbriller", "proper ripped jeans"."""
_SHORTEST_OWN = 4
"""The same of a word that is the thing's own: "work bag"."""
_OUTFIT = 3
_FAR = 4
"""Words between a thing and its owner's verb: "achei 50 reais no bolso da calça" found no trousers."""
_PHRASE = 2
"""Words between a place's word and the thing with its colour: "down my white shirt", "auf dem weißen Hemd"."""
_CUT_OFF = "\u2026"
"""What ends a post of which nobody sees the rest, nor how it is put."""


def manner(thing: Cue, things: Sequence[Cue], reading: Reading, language: str, *, line: bool) -> Mapping[str, float]:
    """What the form of a post says of a thing that it names surely, by kind; nothing of what an emoji names. `line`: the
    thing is called by its maker's name ("crocs", "timberlands")."""
    if thing.kind != "type" or thing.ambiguous or thing.slip or thing.emoji or reading.text.rstrip().endswith(_CUT_OFF):
        return {}
    told = {
        "opening": language in _ARTICLES and _opens(thing, reading, _DEFINITE.get(language, ())),
        "question": not _replies(reading) and _asks(thing, reading),
        "outfit": _parted(things) >= _OUTFIT,
        "line": line and not _tagged(reading) and not _replies(reading),
    }
    return {kind: _TELLS for kind, holds in told.items() if holds}


def in_passing(cue: Cue, named: Sequence[tuple[Cue, Sequence[Cue]]], reading: Reading, places: Collection[str]) -> bool:
    """Whether a cue only belongs to a story in which a thing is named: a colour that is another's, or that of a thing on
    which something fell, or a verb of having far from it. `named`: the things, each with its colours."""
    if cue.kind == "intent":
        return cue.concept == "have" and _FAR < min(gap(cue, thing, reading) for thing, _ in named) < APART
    if cue.kind != "colour" or cue.ambiguous or not any(thing.kind == "type" for thing, _ in named):
        return False
    coloured = next((thing for thing, colours in named if cue in colours), None)
    return coloured is None or bool(_before(min(cue.start, coloured.start), reading) & set(places))


def _opens(thing: Cue, reading: Reading, definite: tuple[str, ...]) -> bool:
    """Whether a post opens with the thing, bare of any article: "crocs at the wedding", "blazer sur hoodie". A word alone
    or behind tags opens nothing, and a reply goes on with what others say."""
    alone = not reading.plain[thing.end :].strip(f" {BREAK}")
    if alone or _tagged(reading) or _replies(reading):
        return False
    first, named = reading.plain[: thing.start].split(), reading.plain[thing.start : thing.end]
    bare = not first or len(first) == 1 and len(first[0]) >= _SHORTEST_FIRST
    its = named.split()[:-1]  # "the coat", "meu colar": things that are sure by what stands before them
    return bare and all(len(word) >= _SHORTEST_OWN for word in its) and not (definite and named.endswith(definite))


def _tagged(reading: Reading) -> bool:
    return "#" in reading.text or "＃" in reading.text


def _asks(thing: Cue, reading: Reading) -> bool:
    """Whether the thing's own sentence is a question; one behind a story ("who does that?") asks for nothing."""
    end = reading.plain.find(BREAK, thing.end)
    return end >= 0 and reading.asks(end)


def _replies(reading: Reading) -> bool:
    """Whether a post goes on with what others say, or repeats it."""
    return reading.text.startswith(("@", "＠", "RT @"))


def _parted(things: Sequence[Cue]) -> int:
    """Different things in different places; one word for two kinds of thing is one."""
    named: set[str] = set()
    reach = -1
    for cue in sorted((cue for cue in things if cue.kind == "type" and not cue.emoji), key=lambda cue: cue.start):
        if cue.start >= reach and cue.concept not in named:
            named.add(cue.concept)
            reach = cue.end
    return len(named)


def _before(at: int, reading: Reading) -> set[str]:
    """The last words of a sentence before a place in it."""
    return set(reading.plain[:at].rsplit(BREAK, 1)[-1].split()[-_PHRASE:])
