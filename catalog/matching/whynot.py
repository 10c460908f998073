"""Why not: why a variant lost to the one that came first, in sentences."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from catalog.matching.evidence import Head
from catalog.matching.fitting import Demand
from catalog.matching.learned import UNSAID, described, posts, whoever_makes
from catalog.matching.ranking import Fit, Occasion, Ranking, standing
from catalog.matching.shelf import Placed, Shelf
from catalog.matching.values import Against, Match, Terms
from catalog.words import Reading
from server.core.colour import Oklab, from_oklab

_TELLING = 0.004
"""A difference in fit that is worth a sentence."""
_MOST = 4
"""Sentences about one variant: the largest differences decide."""
Wanted = tuple[Demand, Head, Occasion]


@dataclass(frozen=True)
class Contest:
    """Which variants met over a post. `matches` are best first: those that are shown, or would be but for a guard."""

    shelf: Shelf
    ranking: Ranking
    terms: Terms
    wanted: Sequence[Wanted]
    matches: Sequence[Match]
    reading: Reading

    def said(self, head: Head) -> str:
        """The words of the post that ask for something."""
        return self.reading.accented[head.cue.start : head.cue.end].strip()

    def number(self, variant: str) -> int | None:
        """A variant's number on the shelf."""
        found = self.ranking.numbers([variant])
        return int(found[0]) if len(found) else None

    def answers(self, variant: str) -> list[tuple[float, Wanted, Fit]]:
        """Which of the things that are asked for a variant is, where it fits best first."""
        found = []
        for order, wanted in enumerate(self.wanted):
            fit = self.ranking.fit(variant, wanted[0], wanted[2])
            if fit:
                found.append((standing(fit.fit, order), wanted, fit))
        return sorted(found, key=lambda one: -one[0])


def lost(contest: Contest, variant: str) -> Iterator[Against]:
    """Why a variant is not the one that stands first."""
    shelf, number = contest.shelf, contest.number(variant)
    first = contest.matches[0] if contest.matches else None
    if number is None:
        yield Against("catalogue", "it is not in the catalogue, or it has been withdrawn")
    elif not contest.ranking.allows(number):
        excluded = contest.ranking.excludes(number)
        yield Against("excluded", "the feed excludes it") if excluded else Against("feed", "the feed does not sell it")
    elif first and first.variant == variant:
        yield Against("first", "among the items nothing speaks against it: it comes first")
    elif first and any(reason.kind == "pair" for reason in first.reasons):
        yield Against("pair", "the feed pairs a hashtag of the post with the one that came first")
    elif not (answers := contest.answers(variant)):
        yield from dict.fromkeys(_another_kind(contest, wanted, shelf.placed(number)) for wanted in contest.wanted)
    else:
        yield from _beaten(contest, number, answers[0][1])


def _another_kind(contest: Contest, wanted: Wanted, placed: Placed) -> Against:
    """That a variant is not of what was asked for."""
    demand, head, _ = wanted
    place = contest.reading.span(head.cue.start, head.cue.end)
    label = contest.shelf.lexicon.label
    if demand.type_name and demand.type_name not in placed.types:
        own = f"this is of the kind ‘{label(placed.types[0])}’" if placed.types else "of this no kind is known"
        return Against("type", f"‘{contest.said(head)}’ asks for {label(demand.type_name)}, and {own}", *place)
    return Against("brand", _other_maker(demand, placed), *place)


def _other_maker(demand: Demand, placed: Placed) -> str:
    own = f"this is by {placed.brand}" if placed.brand else "of this no maker is known"
    return f"the post names {' and '.join(demand.brands)}, and {own}"


def _beaten(contest: Contest, number: int, wanted: Wanted) -> Iterator[Against]:
    """Why others are before a variant that is of what was asked for."""
    demand, head, occasion = wanted
    best = contest.ranking.best(demand, occasion, 1)
    first = contest.number(contest.matches[0].variant) if contest.matches else None
    leading = contest.answers(contest.matches[0].variant) if contest.matches else []
    if leading and leading[0][1][0] != demand:
        said = contest.said(leading[0][1][1])
        yield Against("later", f"it is for ‘{contest.said(head)}’, and the one that came first for ‘{said}’")
        first = best[0].number if best else None
    if occasion.lesson and occasion.lesson.silent:
        yield Against("learned", f"such posts are held: moderators said so of {posts(occasion.lesson.nothing)}")
    elif first is not None and first != number:
        yield from _compared(contest, first, number, wanted)


def _compared(contest: Contest, first: int, number: int, wanted: Wanted) -> Iterator[Against]:
    """What the one that came first has before another, the weightiest first."""
    demand, _, occasion = wanted
    pair = _Pair(contest, first, number, demand, occasion)
    if contest.shelf.placed(first).product == contest.shelf.placed(number).product:
        yield Against("same", "the one that came first is the same item in another shade or size; each is shown once")
    parts = contest.ranking.parts(np.array([first, number]), demand)
    ahead = {kind: float(part[0] - part[1]) for kind, part in parts.items()}
    mine, theirs = contest.ranking.others(number, occasion), contest.ranking.others(first, occasion)
    ahead |= {kind: theirs[kind] - mine[kind] for kind in mine}
    lot = ahead.pop("turn")
    telling = sorted(((by, kind) for kind, by in ahead.items() if by > _TELLING), reverse=True)[:_MOST]
    yield from (Against(kind, _WORDS.get(kind, _otherwise)(pair)) for _, kind in telling)
    if sum(ahead.values()) <= _TELLING:
        yield _turned(pair, lot)


def _turned(pair: "_Pair", lot: float) -> Against:
    """Why a variant that fits as well was not first this time."""
    shown = pair.occasion.lately.get(pair.own.product, 0)
    if shown > pair.occasion.lately.get(pair.first.product, 0):
        return Against("lately", f"it fits as well and was shown {_times(shown)} lately, so it lets another go first")
    return Against("lot", "it fits as well; which of such comes first is each post’s own lot")


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


class _Pair:
    """The one that came first and the one that is asked about, for those who put their difference into words."""

    def __init__(self, contest: Contest, first: int, number: int, demand: Demand, occasion: Occasion) -> None:
        self.shelf, self.numbers, self.demand, self.occasion = contest.shelf, (first, number), demand, occasion
        self.first, self.own = (contest.shelf.placed(one) for one in self.numbers)
        self.ranking = contest.ranking

    def shade(self, which: int) -> str:
        """A shade by its name and colour, as far as they are known."""
        lab = self.shelf.columns.lab[self.numbers[which]]
        swatch = "" if np.isnan(lab[0]) else from_oklab(Oklab(*lab.tolist()))
        return (
            ", ".join(part for part in ((self.first, self.own)[which].colour, swatch) if part) or "of no known colour"
        )

    def value(self, column: str, which: int = 1) -> str:
        """A coded thing of one of the two."""
        return str(self.shelf.columns.value(column, self.numbers[which]))


def _type(pair: _Pair) -> str:
    label = pair.shelf.lexicon.label
    own = f"‘{label(pair.own.types[0])}’" if pair.own.types else "another"
    return f"the post asks for {label(pair.demand.type_name)} and no more; this is of the narrower kind {own}"


def _colour(pair: _Pair) -> str:
    said = " or ".join(colour.replace("_", " ") for colour in pair.demand.colours)
    return f"its shade ({pair.shade(1)}) is farther from {said} than that of the one that came first ({pair.shade(0)})"


def _finish(pair: _Pair) -> str:
    return f"the post says {' and '.join(pair.demand.finishes)}, which the name of the one that came first says too"


def _shade(pair: _Pair) -> str:
    return f"the post names the shade ‘{pair.demand.shades[0]}’, and this is called ‘{pair.own.colour}’"


def _price(pair: _Pair) -> str:
    price = float(pair.shelf.columns.price[pair.numbers[1]])
    currency = f" {pair.demand.currency}" if pair.demand.currency else ""
    return f"the post names {pair.demand.price:g}{currency}, and this costs {price:g} {pair.value('currency')}".rstrip()


def _size(pair: _Pair) -> str:
    size = pair.value("size")
    return f"the post names size {pair.demand.size}, and this is {f'size {size}' if size else 'of no known size'}"


def _gender(pair: _Pair) -> str:
    asked, own = " and ".join(pair.demand.genders), pair.own.gender
    if asked:
        return f"the post speaks of {asked}, and this is {f'for {own}' if own else 'for nobody in particular'}"
    return f"it is for {own}, and the post does not speak of children"


def _stock(pair: _Pair) -> str:
    has = pair.shelf.columns.stock[pair.numbers[1]] > 0
    return "fewer stores have it than the one that came first" if has else "no store has it"


def _boost(pair: _Pair) -> str:
    own = float(pair.ranking.parts(np.array(pair.numbers[1:]), pair.demand)["boost"][0])
    return "the feed puts it further back" if own < 0 else "the feed boosts the one that came first"


def _learned(pair: _Pair) -> str:
    lesson, asked = pair.occasion.lesson, described(whoever_makes(pair.demand.key), pair.shelf.lexicon)
    if lesson is None:
        return "moderators chose another"
    own, first = (
        lesson.variants.get(one.variant) or lesson.products.get(one.product, UNSAID) for one in (pair.own, pair.first)
    )
    if own.wrong > own.chosen:
        return f"moderators said of {posts(own.wrong)} that asked for {asked} that this was wrong"
    return f"moderators chose the one that came first for {posts(first.chosen)} that asked for {asked}"


def _name(pair: _Pair) -> str:
    return "words of the post are in the name of the one that came first"


def _otherwise(pair: _Pair) -> str:
    return "the one that came first fits better"


_WORDS: dict[str, Callable[[_Pair], str]] = {
    "type": _type, "brand": lambda pair: _other_maker(pair.demand, pair.own), "colour": _colour, "finish": _finish,
    "shade": _shade, "price": _price, "size": _size, "gender": _gender, "stock": _stock, "boost": _boost, "name": _name,
    "learned": _learned, "usual": lambda pair: "of the kind that came first the house has more",
}  # fmt: skip
