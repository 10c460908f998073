"""From evidence to demands: what a post asks for, thing by thing, each with its own colours."""

from collections.abc import Iterator, Sequence

from catalog.matching.cues import Cue
from catalog.matching.evidence import Evidence, Head
from catalog.matching.figures import Figure
from catalog.matching.fitting import Demand
from catalog.matching.shelf import Shelf

_MOST_THINGS = 3
"""Things of one post that are looked for: the first named are meant most."""


def demands(evidence: Evidence, shelf: Shelf, figures: Sequence[Figure] = ()) -> Iterator[tuple[Demand, Head]]:
    """What is asked for, in the order of the post. A narrower type stands for a wider one beside it."""
    price = next((figure for figure in figures if figure.kind == "price"), None)
    size = next((figure.size for figure in figures if figure.kind == "size"), "")
    heads = _distinct(evidence.heads, shelf)
    finishes = tuple(sorted({cue.concept for cue in evidence.cues if cue.kind == "finish"}))
    genders = tuple(sorted({cue.concept for cue in evidence.cues if cue.kind == "gender"}))
    for head in heads[:_MOST_THINGS]:
        yield (
            Demand(
                head.type_name,
                _colours(head, heads, evidence.cues),
                _brands(head, evidence.cues, shelf),
                finishes,
                genders,
                () if head.type_name else _hints(evidence.cues, shelf),
                tuple(dict.fromkeys(cue.concept for cue in evidence.cues if cue.kind == "shade")),
                price.amount if price else 0.0,
                price.currency if price else "",
                size,
            ),
            head,
        )


def _distinct(heads: Sequence[Head], shelf: Shelf) -> list[Head]:
    """One head a type, the one with colours if there is one; a wider type gives way to a narrower one named too."""
    wider = {w for head in heads for w in list(shelf.lexicon.ancestry(head.type_name))[1:]}
    found: dict[str, Head] = {}
    for head in heads:
        known = found.get(head.type_name)
        if head.type_name not in wider and (known is None or head.colours and not known.colours):
            found[head.type_name] = head
    return list(found.values()) or list(heads[:1])


def _colours(head: Head, heads: Sequence[Head], cues: Sequence[Cue]) -> tuple[str, ...]:
    """The colours beside the thing, or else those that stand beside nothing else."""
    if head.colours:
        return tuple(dict.fromkeys(cue.concept for cue in head.colours))
    bound = {(cue.start, cue.end) for other in heads for cue in other.colours}
    free = [c for c in cues if c.kind == "colour" and not c.ambiguous and not c.emoji]
    # A coloured heart is a colour only where no word is: "uñas verdes 💚", but also "💄❤️".
    free = free or [c for c in cues if c.kind == "colour" and c.emoji and len(heads) == 1 and _beside_emoji(c, head)]
    return tuple(dict.fromkeys(cue.concept for cue in free if (cue.start, cue.end) not in bound))


def _beside_emoji(colour: Cue, head: Head) -> bool:
    return head.cue.emoji and abs(colour.start - head.cue.start) <= 4


def _brands(head: Head, cues: Sequence[Cue], shelf: Shelf) -> tuple[str, ...]:
    """Brands that make such things; one that is also an ordinary word only if it stands right beside."""
    found = {}
    for cue in cues:
        if cue.kind == "brand":
            beside = max(cue.start, head.cue.start) - min(cue.end, head.cue.end) <= 2
            if not cue.ambiguous or (beside and head.type_name in shelf.types_of_brand.get(cue.concept, ())):
                found[cue.concept] = None
    return tuple(found)


def _hints(cues: Sequence[Cue], shelf: Shelf) -> tuple[str, ...]:
    return tuple(dict.fromkeys(shelf.lexicon.parts[cue.concept] for cue in cues if cue.kind == "part"))
