"""Weighing cues: whether the words of a post are about something that is sold, and what exactly they ask for.

A show needs a head (a type, or a brand with a beauty or fashion cue) and evidence of at least ENOUGH. A word that also
means something else ("watch", "blush") is a head only with a second, independent cue beside it. Evidence is the head's
own weight plus, once a kind, that of the cues around it; each weight is log10(10,000 / posts in 10,000 with the word),
held under a cap for its kind, so that no pile of general words makes a show.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from catalog.matching.cues import Cue
from catalog.matching.lexicon import Lexicon
from catalog.matching.manner import LITTLE, in_passing, manner
from catalog.matching.nearness import gap, same_sentence
from catalog.matching.shelf import Shelf
from catalog.words import Reading

ENOUGH = 4.0
"""Evidence that a show needs. Chosen for precision: a wrong show costs more than a missed one."""

_MOST = 4.0
_CAPS = {"shade": 1.4, "colour": 1.4, "finish": 1.2, "brand": 2.6, "context": 1.2, "gender": 0.3}
_INTENTS = {"wish": 1.5, "have": 1.2, "praise": 0.9}
"""What it says that somebody looks for a thing, has got it, or likes something."""
_PRAISED = 1.2
"""What praise says right before the thing: "gorgeous boots"."""
_BEHIND = frozenset({"vi", "ja", "ko", "zh", "es", "fr", "it", "pt"})
"""Languages that praise behind the thing: "váy xinh", "スカートかわいい", "botas preciosas"."""
_AGAIN = 1.2
"""What the same thing says in another way, or another thing that is sold: "sunglasses 😎", "a tie or a wallet"."""
_HEADS = {"beauty": 4.0, "fashion": 2.9}
_PARTS = {"lips": 2.7, "nails": 2.7}
"""Red lips are painted; purple cheeks may have other reasons, and need a cue more."""
_AMBIGUOUS, _SLIP, _EMOJI, _ORDINARY = 1.9, 2.8, 2.2, 1.0
_BESIDE = 2
"""Words that may stand between a colour and what it colours."""


@dataclass(frozen=True, slots=True)
class Head:
    """A cue that names what is wanted: its type ('' for a brand alone), the colours bound to it, its weight."""

    cue: Cue
    type_name: str
    weight: float
    colours: tuple[Cue, ...] = ()
    support: tuple[Cue, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was found, weighed."""

    heads: tuple[Head, ...]
    cues: tuple[Cue, ...]
    """Those that count as evidence, heads among them; guards are not here."""
    total: float
    doubtful: tuple[Cue, ...] = ()
    """Heads that would have needed a second cue."""

    def enough(self, head_start: float = 0.0) -> bool:
        """Whether an item may be shown, as far as the words go. A feed's `head_start` helps a sure head alone."""
        sure = any(not (head.cue.ambiguous or head.cue.slip) or head.support for head in self.heads)
        return sure and self.total + head_start >= ENOUGH


def weigh(cues: Sequence[Cue], reading: Reading, shelf: Shelf, language: str = "", *, sure: bool = False) -> Evidence:
    """The evidence in a post's cues. `sure`: a person says that the words are about things that are sold."""
    telling = [cue for cue in cues if cue.kind != "guard"]
    telling += _shades(telling, reading, shelf)
    heads, doubtful = [], []
    for cue in telling:
        if cue.kind not in ("type", "part", "brand"):
            continue
        head = _head(cue, telling, reading, shelf) or (_plain_head(cue, telling, reading, shelf) if sure else None)
        (heads.append(head) if head else doubtful.append(cue))
    # A brand beside a type is no head of its own.
    heads = [head for head in heads if head.type_name] or heads
    heads = _shared_out(heads, reading)
    total = _total(heads, telling, reading, shelf.lexicon, language)
    return Evidence(tuple(heads), tuple(telling), total, tuple(doubtful))


def _shades(cues: Sequence[Cue], reading: Reading, shelf: Shelf) -> Iterator[Cue]:
    """Names of shades of the things that the post names: of a name of one word only where it ranks, never as proof."""
    types = {c.concept for c in cues if c.kind == "type"}
    types |= {shelf.lexicon.parts[c.concept] for c in cues if c.kind == "part"}
    if not types:
        return
    for name, start, end in shelf.shades_in(reading):
        inside = any(c.start < end and start < c.end and c.kind in ("type", "part", "brand") for c in cues)
        if not inside and types & shelf.types_of_shade(name):
            yield Cue("shade", name, start, end, _CAPS["shade"] if " " in name else 0.0, ambiguous=" " not in name)


def only_emoji(reading: Reading, cues: Sequence[Cue]) -> bool:
    """Whether the post is nothing but one thing's emoji, once or more: then it is about that thing."""
    types = {cue.concept for cue in cues if cue.kind == "type" and cue.emoji and not cue.ambiguous}
    return len(types) == 1 and not any(char.isalnum() for char in reading.plain)


def _head(cue: Cue, cues: Sequence[Cue], reading: Reading, shelf: Shelf) -> Head | None:
    if cue.kind == "brand":
        return _brand_head(cue, cues, shelf)
    lexicon = shelf.lexicon
    colours = tuple(_beside(cue, ("colour",), cues, reading))
    if cue.kind == "part":
        support = (*colours, *_beside(cue, ("finish",), cues, reading))
        return (
            Head(cue, lexicon.parts[cue.concept], _PARTS.get(cue.concept, 2.3), colours, support) if support else None
        )
    group = lexicon.types[cue.concept].group if cue.concept in lexicon.types else ""
    if not cue.ambiguous and not cue.slip:
        return Head(cue, cue.concept, _weight(cue, group, told=_told(cue, cues, reading)), colours)
    support = tuple(_support(cue, group, colours, cues, reading, shelf))
    return Head(cue, cue.concept, _weight(cue, group), colours, support) if support else None


def _shared_out(heads: Sequence[Head], reading: Reading) -> list[Head]:
    """Each colour bound to the nearest thing alone: in "purple liner + clear gloss" the gloss is not purple."""

    def distance(head: Head, colour: Cue) -> tuple[int, int]:
        return gap(head.cue, colour, reading), abs(head.cue.start - colour.start)

    nearest = {
        c: min((h for h in heads if c in h.colours), key=lambda h: distance(h, c)) for h in heads for c in h.colours
    }
    return [
        replace(head, colours=tuple(c for c in head.colours if nearest[c].type_name == head.type_name))
        for head in heads
    ]


def _plain_head(cue: Cue, cues: Sequence[Cue], reading: Reading, shelf: Shelf) -> Head:
    name = {"type": cue.concept, "part": shelf.lexicon.parts.get(cue.concept, ""), "brand": ""}[cue.kind]
    return Head(cue, name, cue.weight, tuple(_beside(cue, ("colour",), cues, reading)))


def _brand_head(cue: Cue, cues: Sequence[Cue], shelf: Shelf) -> Head | None:
    """A brand that is no ordinary word, with a cue that the talk is of beauty or fashion, whichever the brand sells."""
    groups = shelf.groups.get(cue.concept, set())
    support = tuple(
        c for c in cues if c.kind == "context" and c.concept in groups or c.kind == "part" and "beauty" in groups
    )
    return Head(cue, "", min(cue.weight, 2.9), (), support) if support and not (cue.ambiguous or cue.slip) else None


def _told(cue: Cue, cues: Sequence[Cue], reading: Reading) -> bool:
    """Whether words right beside an emoji speak of it as of a word: "👠 rojos", "👟 novo", "my new 👗"."""
    return cue.emoji and any(
        other.kind in ("colour", "intent") and not (other.emoji or other.ambiguous) and gap(cue, other, reading) == 0
        for other in cues
    )


def _weight(cue: Cue, group: str, *, told: bool = False) -> float:
    cap = _HEADS.get(group, _HEADS["fashion"])
    for applies, limit in ((cue.ambiguous, _AMBIGUOUS), (cue.slip, _SLIP), (cue.emoji and not told, _EMOJI)):
        cap = min(cap, limit) if applies else cap
    return min(cue.weight, cap)


def _support(
    cue: Cue, group: str, colours: Iterable[Cue], cues: Sequence[Cue], reading: Reading, shelf: Shelf
) -> Iterator[Cue]:
    """Independent cues that an ambiguous word means the thing: beside it for most, anywhere for a sure brand."""
    yield from colours
    yield from _beside(cue, ("finish",), cues, reading)
    for other in cues:
        if other.kind == "brand" and group in shelf.groups.get(other.concept, ()):
            if not other.ambiguous or gap(cue, other, reading) <= 1:
                yield other
        elif other.kind == "intent" and other.end <= cue.start <= other.end + 1:
            yield other
        elif other.kind == "shade" and not other.ambiguous and same_sentence(cue, other, reading):
            if cue.concept in shelf.types_of_shade(other.concept):
                yield other
        elif _same_subject(cue, group, other, reading):
            yield other


def _same_subject(cue: Cue, group: str, other: Cue, reading: Reading) -> bool:
    """Whether another cue of the sentence speaks of the same group, or names the same type in another word before."""
    if other.kind == "context":
        return other.concept == group and same_sentence(cue, other, reading)
    named = other.kind == "type" and other.concept == cue.concept and other.end <= cue.start
    return named and _other_word(cue, other, reading)


def _other_word(one: Cue, other: Cue, reading: Reading) -> bool:
    return reading.plain[one.start : one.end] != reading.plain[other.start : other.end]


def _beside(cue: Cue, kinds: tuple[str, ...], cues: Sequence[Cue], reading: Reading) -> Iterator[Cue]:
    for other in cues:
        elsewhere = (other.start, other.end) != (cue.start, cue.end)
        if other.kind in kinds and elsewhere and not other.ambiguous and gap(cue, other, reading) <= _BESIDE:
            yield other


def _total(heads: Sequence[Head], cues: Sequence[Cue], reading: Reading, lexicon: Lexicon, language: str) -> float:
    if not heads:
        return 0.0
    best = max(heads, key=lambda head: head.weight)
    named = [(head.cue, head.colours) for head in heads]
    places = lexicon.grammar["place"].get(language, frozenset())
    rest: dict[str, float] = {}
    for cue in cues:
        # A word counts once: what stands inside the head, or is the head in another sense, is no second cue.
        if cue.end <= best.cue.start or cue.start >= best.cue.end:
            kind = _again(cue, best, heads, reading) or cue.kind
            cap = min(_cap(cue, kind, best), LITTLE if in_passing(cue, named, reading, places) else _MOST)
            rest[kind] = max(rest.get(kind, 0.0), min(cue.weight, cap))
    rest = {kind: weight for kind, weight in rest.items() if weight}
    makers = {(cue.start, cue.end) for cue in cues if cue.kind == "brand"}
    rest |= manner(
        best.cue, [head.cue for head in heads], reading, language, line=(best.cue.start, best.cue.end) in makers
    )
    if rest.keys() == {"another"}:  # "jacket and scarf left on the train": a list is no wish
        return best.weight
    return best.weight + sum(rest.values())


def _again(cue: Cue, best: Head, heads: Sequence[Head], reading: Reading) -> str:
    """'again' for a cue that names the thing in another way (a word and its emoji), 'another' for another thing sold."""
    if cue.kind != "type":
        return ""
    if cue.concept == best.type_name:
        return "again" if cue.emoji != best.cue.emoji else ""
    return "another" if any(head.cue is cue for head in heads) and _other_word(cue, best.cue, reading) else ""


def _cap(cue: Cue, kind: str, best: Head) -> float:
    if kind in ("again", "another"):
        return _AGAIN
    if kind == "intent":
        before = cue.end <= best.cue.start <= cue.end + 1
        behind = cue.language in _BEHIND and best.cue.end <= cue.start <= best.cue.end + 1
        return max(_INTENTS.get(cue.concept, 0.0), _PRAISED if before or behind else 0.0)
    cap = _CAPS.get(kind, 0.0)
    return min(cap, _ORDINARY) if cue.ambiguous and kind != "shade" else cap
