"""What a post speaks of, as short English phrases that can be counted: "burgundy lips", "pleats", "glass skin".

Themes are made of what words mean, so that a Vietnamese and a Norwegian post about burgundy lips are one theme. They
need no thing that is sold: a finish or a look is one by itself, a colour where something says that clothes or make-up
are spoken of. The more particular themes go first.
"""

from collections.abc import Iterable, Iterator, Sequence

from catalog.matching.cues import Cue
from catalog.matching.evidence import Evidence, Head
from catalog.matching.lexicon import Lexicon
from catalog.matching.looks import Look, Looks, Seen
from catalog.words import BREAK, Reading

_SILENT = frozenset({"unsafe", "advert", "elsewhere"})
"""Guards beside which words without a thing are not believed."""
_COMPANY = frozenset({"context", "type", "part", "brand", "finish"})
_PARTICULAR = 3.0
"""Weight of a colour's word from which a feed's own tag is company enough: "burgundy", not "red"."""
_DENIES = 2
"""Words before a theme within which a negation is about it."""


class Themes:
    """Tells what posts speak of, by the words of a lexicon and the looks."""

    def __init__(self, lexicon: Lexicon, looks: Looks) -> None:
        self._lexicon, self._looks = lexicon, looks
        self._worn = {type_name: part for part, type_name in lexicon.parts.items() if part in ("lips", "nails")}
        self._finishes = {label: concept for concept, label in looks.finishes.items()}
        self._named = {look.label.casefold(): look for look in looks.looks.values()}

    def of(
        self, evidence: Evidence | None, cues: Sequence[Cue], looks: Sequence[Seen], reading: Reading, *, at_home: bool
    ) -> tuple[str, ...]:
        """The themes of a post. `evidence`: that of its things, None where no word may name one; `at_home`: it is in a
        feed of which a tag of the house says already what is spoken of."""
        denials = [cue for cue in cues if cue.kind == "guard" and cue.concept == "negation"]
        kept = [cue for cue in cues if not _denied(cue, denials, reading)]
        seen = [one for one in looks if not _denied(one, denials, reading)]
        heads = [head for head in evidence.heads if head.type_name and head.cue in kept] if evidence else []
        if not heads and any(cue.kind == "guard" and cue.concept in _SILENT for cue in cues):
            return ()
        things = [theme for head in heads for theme in self._of_head(head)]
        bound = {cue.concept for head in heads for cue in head.colours if cue in kept}
        said = [*self._finishes_said(kept, seen), *bound, *_colours(kept, seen, reading, at_home)]
        names = (one.look.label for one in seen if not one.ambiguous or heads or _company(one, kept, reading))
        return tuple(dict.fromkeys(name.replace("_", " ") for name in (*names, *things, *said)))

    def asked(self, theme: str) -> Look | None:
        """What serves a theme that names no thing: a look, or a finish or colour as a look of any type; None of others."""
        name = " ".join(theme.casefold().split())
        if name in self._named:
            return self._named[name]
        if name in self._finishes:
            return Look(name, name, (), finishes=(self._finishes[name],))
        colour = name.replace(" ", "_")
        return Look(name, name, (), colours=(colour,)) if colour in self._lexicon.centres else None

    def _of_head(self, head: Head) -> Iterator[str]:
        thing = head.cue.concept if head.cue.kind == "part" else self._lexicon.label(head.type_name)
        for colour in head.colours[:1]:
            yield f"{colour.concept} {self._worn_at(head) or thing}"
        yield thing

    def _worn_at(self, head: Head) -> str:
        """A lipstick is burgundy on lips: whichever of the two somebody names."""
        wider = self._lexicon.ancestry(head.type_name)
        return next((self._worn[name] for name in wider if name in self._worn), "")

    def _finishes_said(self, cues: Iterable[Cue], seen: Sequence[Seen]) -> Iterator[str]:
        free = (cue for cue in cues if cue.kind == "finish" and not cue.ambiguous and not _inside(cue, seen))
        return (self._looks.finishes[cue.concept] for cue in free if cue.concept in self._looks.finishes)


def _colours(cues: Sequence[Cue], seen: Sequence[Seen], reading: Reading, at_home: bool) -> Iterator[str]:
    """Colours in company, that are no part of a look."""
    free = (cue for cue in cues if cue.kind == "colour" and not (cue.ambiguous or cue.emoji or cue.slip))
    for cue in free:
        company = at_home and cue.weight >= _PARTICULAR or _company(cue, cues, reading)
        if company and not _inside(cue, seen):
            yield cue.concept


def _company(one: Cue | Seen, cues: Iterable[Cue], reading: Reading) -> bool:
    """Whether another word of the sentence says that clothes or make-up are spoken of."""
    return any(
        cue.kind in _COMPANY and not cue.ambiguous and (cue.end <= one.start or one.end <= cue.start)
        and BREAK not in reading.plain[min(cue.end, one.end) : max(cue.start, one.start)]
        for cue in cues
    )  # fmt: skip


def _denied(one: Cue | Seen, denials: Iterable[Cue], reading: Reading) -> bool:
    """Whether a negation stands right before it: "no more pleats"."""
    return any(
        denial.end <= one.start and BREAK not in (between := reading.plain[denial.end : one.start])
        and len(between.split()) <= _DENIES
        for denial in denials
    )  # fmt: skip


def _inside(cue: Cue, seen: Iterable[Seen]) -> bool:
    return any(one.start <= cue.start and cue.end <= one.end for one in seen)
