"""Reasons in words, with their places in the post as its author wrote it."""

from collections.abc import Iterable, Iterator

from catalog.matching.cues import Cue
from catalog.matching.evidence import Evidence, Head
from catalog.matching.figures import Figure, size_key
from catalog.matching.fitting import Demand
from catalog.matching.ranking import Fit
from catalog.matching.shelf import Placed, Shelf
from catalog.matching.values import FEEDS_OWN, Reason
from catalog.words import Reading

_CLEARLY = 0.35
"""Colour fit from which a shade is said to be of the colour; below, it is merely the nearest there is."""

_INTENTS = {
    "wish": "is said of things one wants", "have": "is said of things one has", "praise": "is said of things one likes"
}  # fmt: skip


def paired_reasons() -> tuple[Reason, ...]:
    """Why a variant stands first that a merchandiser paired with the tag."""
    return (Reason("pair", "the feed pairs its hashtag with this"),)


def reasons(
    shelf: Shelf, fit: Fit, head: Head, demand: Demand, evidence: Evidence, reading: Reading
) -> tuple[Reason, ...]:
    """Why this variant goes with the post, the words that name it first."""
    placed = shelf.placed(fit.number)
    found = [
        reason for cue in _order(head, evidence) for reason in _reason(cue, head, placed, shelf, fit, demand, reading)
    ]
    seen: dict[str, Reason] = {}
    for reason in [*found, *_names(fit.number, shelf, head, evidence, reading)]:
        seen.setdefault(reason.words, reason)
    return tuple(seen.values())


def figured(shelf: Shelf, fit: Fit, named: Iterable[Figure], text: str) -> Iterator[Reason]:
    """What the price and the size that the post names say of a variant."""
    columns = shelf.columns
    for figure in named:
        said = text[figure.start : figure.end].strip()
        if figure.kind == "size" and size_key(size := str(columns.value("size", fit.number))) == figure.size and size:
            yield Reason("size", f"‘{said}’ is a size that this has", figure.start, figure.end)
        same = figure.currency in ("", columns.value("currency", fit.number))
        if figure.kind == "price" and same and columns.price[fit.number] <= figure.amount:
            yield Reason("price", f"‘{said}’ is enough for this", figure.start, figure.end)


def _order(head: Head, evidence: Evidence) -> list[Cue]:
    return [head.cue, *(cue for cue in evidence.cues if cue is not head.cue)]


def _reason(
    cue: Cue, head: Head, placed: Placed, shelf: Shelf, fit: Fit, demand: Demand, reading: Reading
) -> Iterator[Reason]:
    said = _said(cue, reading)
    words = None
    if cue is head.cue and head.type_name:
        slip = ", misspelt," if cue.slip else ""
        words = f"‘{said}’{slip} asks for {shelf.lexicon.label(head.type_name)}"
    elif cue.kind == "brand" and cue.concept == placed.brand and cue.concept in demand.brands:
        words = f"‘{said}’ makes this"
    elif cue.kind == "colour" and cue.concept in demand.colours:
        words = _coloured(said, placed, shelf.colour_fit(fit.number, cue.concept))
    elif cue.kind == "shade" and fit.number in shelf.of_shades([cue.concept]):
        words = f"‘{said}’ is the name of this shade"
    elif cue.kind == "finish" and shelf.bears(fit.number, cue.concept):
        words = f"‘{said}’ is in its name"
    elif cue.kind == "gender" and cue.concept == placed.gender:
        words = f"‘{said}’ tells whom it is for"
    elif cue.kind == "context":
        words = f"‘{said}’ speaks of {cue.concept}"
    elif cue.kind == "intent":
        words = f"‘{said}’ {_INTENTS[cue.concept]}"
    if words:
        yield Reason(
            cue.kind if cue.kind != "part" else "type",
            words + owned(cue),
            *reading.span(cue.start, cue.end),
            cue.weight,
            cue.language,
        )


def owned(cue: Cue) -> str:
    """What a reason says besides of a word that only this feed reads so."""
    return ", a word of this feed" if cue.language == FEEDS_OWN else ""


def _coloured(said: str, placed: Placed, fit: float) -> str | None:
    name = f" ({placed.colour})" if placed.colour and placed.colour.casefold() != said else ""
    if fit >= _CLEARLY:
        return f"‘{said}’ is the colour of this shade{name}"
    return f"of its shades this is nearest to ‘{said}’{name}" if fit > 0.05 else None


def _names(number: int, shelf: Shelf, head: Head, evidence: Evidence, reading: Reading) -> Iterator[Reason]:
    """Words of the post that are in the variant's name and that few other names hold."""
    spans = [(c.start, c.end) for c in evidence.cues if c.kind in ("brand", "type", "colour", "shade")]
    product, at = shelf.columns.product[number], 0
    for word in reading.plain.split():
        at = reading.plain.index(word, at)
        inside = any(start <= at < end for start, end in spans)
        telling = len(word) > 2 and word not in shelf.lexicon.everyday
        if telling and not inside and product in shelf.named(word):
            yield Reason("name", f"‘{word}’ is in its name", *reading.span(at, at + len(word)))
        at += len(word)


def _said(cue: Cue, reading: Reading) -> str:
    return reading.accented[cue.start : cue.end].strip()
