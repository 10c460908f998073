"""A feed's own words: terms, synonyms, stop words, makers not carried and sayings, found beside those of the lexicon.

They are compiled into an automaton of their own, of a few hundred patterns, and read over the same text; the large one,
which all feeds share, is never built anew for them. At the same place a feed's word goes before the lexicon's, and of
two that stand within each other the longer is meant, as everywhere.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from ahocorasick_rs import AhoCorasick

from catalog.matching.accounts import Accounts
from catalog.matching.cues import EMOJI, HEADS, Cue, bounded, forms, latin, outermost
from catalog.matching.evidence import Evidence, Head
from catalog.matching.explain import owned, reasons
from catalog.matching.fitting import Demand
from catalog.matching.lexicon import plurals
from catalog.matching.looks import Seen
from catalog.matching.ranking import Fit, Occasion, Ranking
from catalog.matching.segment import Segmenter
from catalog.matching.shelf import Shelf
from catalog.matching.values import FEEDS_OWN, OwnWord, Reason
from catalog.words import Reading, fold, plain

STOP, PRODUCT, VARIANT = "stop", "product", "variant"
GUARDS = ("rival", "elsewhere", "complaint", "advert", "unsafe")
"""The guards that a feed may add words to."""
MUTED = "_"
"""What a stop word reads as afterwards: no word that anything is called by."""

NAMED_SCORE = 0.995
"""Of an item that is named by the feed's own word for it: behind what is paired with a tag, ahead of all that is found."""
_SURELY_THE_SAME = 5
"""Letters beyond which a word without its accents, or with accents that it has not, is still the same word."""
_SURE_WITHOUT_LANGUAGE = 3

Hit = tuple[int, int, int]
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Sense:
    """What one spelling means: its word, the cue that it gives (without a place), and the items that it names."""

    word: OwnWord
    spelling: str
    cue: Cue
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Named:
    """A cue that names an item of the catalogue: the numbers of its variants."""

    cue: Cue
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Heard:
    """A post as a feed with words of its own reads it."""

    cues: list[Cue]
    reading: Reading
    """Without the stop words; a longer word that one of them is a part of stays whole."""
    named: tuple[Named, ...]
    stopped: "_Cover"

    def looks(self, seen: Iterable[Seen]) -> tuple[Seen, ...]:
        """The looks that no stop word takes out."""
        return tuple(one for one in seen if not self.stopped.holds(one.start, one.end))


class OwnWords:
    """The compiled words of one feed. Read-only; one for each different set of words."""

    def __init__(self, words: Iterable[OwnWord], shelf: Shelf, segmenter: Segmenter, accounts: Accounts) -> None:
        senses: dict[str, list[_Sense]] = defaultdict(list)
        items = _items(shelf, words := tuple(words))
        for word in words:
            for sense in _senses(word, shelf, items):
                for form in forms(plain(sense.spelling)):
                    senses[bounded(form)].append(sense)
        self._senses = [tuple(found) for found in senses.values()]
        self._pads = [(form[0] == " ", form[-1] == " ") for form in senses]
        self._head = [any(s.cue.kind in HEADS for s in found) for found in self._senses]
        self._automaton = AhoCorasick(list(senses))
        spelt = {plain(sense.spelling) for found in self._senses for sense in found}
        self._joined = {name.replace(" ", ""): name for name in spelt if name.isascii()}
        self._segmenter = segmenter.knowing(part for name in spelt for part in name.split())
        makers = (s for found in self._senses for s in found if s.cue.kind == "brand" or s.cue.concept == "rival")
        self.maker = accounts.knowing(plain(sense.spelling) for sense in makers).maker

    def split(self, tag: str) -> Sequence[int]:
        """Where the words of a hashtag begin, the feed's among them."""
        name = self._joined.get(plain(fold(tag)))
        if name is None or len(name.replace(" ", "")) != len(tag):
            return self._segmenter.split(tag)
        ends = accumulate(len(word) for word in name.split())
        return (0, *list(ends)[:-1])

    def scan(self, reading: Reading) -> list[Hit]:
        """The raw hits: pattern, start, end."""
        return self._automaton.find_matches_as_indexes(reading.plain, overlapping=True)

    def may_show(self, hits: Iterable[Hit]) -> bool:
        """Whether any hit could be a head."""
        return any(self._head[pattern] for pattern, _, _ in hits)

    def heard(self, reading: Reading, hits: Iterable[Hit], language: str, others: Iterable[Cue]) -> Heard:
        """The cues of a post: the feed's own, and the `others` that they leave standing."""
        found = {(sense.word, *span): (sense, span) for sense, span in self._found(reading, hits, language)}.values()
        stops = [span for sense, span in found if sense.word.kind == STOP]
        mine = [(replace(s.cue, start=span[0], end=span[1]), s) for s, span in found if s.word.kind != STOP]
        covered = _Cover([*stops, *((cue.start, cue.end) for cue, _ in mine)])
        stopped = _Cover(stops)
        cues = [cue for cue in others if not covered.holds(cue.start, cue.end)]
        cues += [cue for cue, _ in mine if not stopped.holds(cue.start, cue.end)]
        cues = list(outermost(cues))
        named = tuple(Named(cue, sense.numbers) for cue, sense in mine if sense.numbers)
        return Heard(cues, _without(reading, stops, cues), named, stopped)

    def places(self, reading: Reading, language: str) -> Iterator[tuple[OwnWord, int, int]]:
        """The feed's words in a post, each with its place in the author's own text."""
        for sense, span in self._found(reading, self.scan(reading), language):
            yield sense.word, *reading.span(*span)

    def _found(self, reading: Reading, hits: Iterable[Hit], language: str) -> Iterator[tuple[_Sense, Span]]:
        marked = reading.accented != reading.plain
        for pattern, start, end in hits:
            before, after = self._pads[pattern]
            span = start + before, end - after
            for sense in self._senses[pattern]:
                if _holds(sense, reading.accented[span[0] : span[1]], language, marked):
                    yield sense, span


def named_fits(
    named: Iterable[Named],
    evidence: Evidence,
    demands: Collection[tuple[Demand, Head]],
    ranking: Ranking,
    occasion: Occasion,
) -> Iterator[tuple[Fit, Head, Demand]]:
    """The best variant of each item that a head names: of the colour beside it, in stock, as the feed sells it."""
    heads = {(head.cue.start, head.cue.end): head for head in evidence.heads}
    for one in named:
        head = heads.get((one.cue.start, one.cue.end))
        if head is None:
            continue
        asked = next((d for d, h in demands if h.type_name == head.type_name), Demand(head.type_name))
        if fit := ranking.best_of(one.numbers, replace(asked, type_name="", brands=(), hints=()), occasion):
            yield fit, head, asked


def named_reasons(
    shelf: Shelf, fit: Fit, head: Head, demand: Demand, evidence: Evidence, reading: Reading
) -> tuple[Reason, ...]:
    """Why an item stands there that the post names by the feed's own word."""
    said = reading.accented[head.cue.start : head.cue.end].strip()
    place = reading.span(head.cue.start, head.cue.end)
    first = Reason("name", f"‘{said}’ means this{owned(head.cue)}", *place, head.cue.weight, FEEDS_OWN)
    rest = reasons(shelf, fit, head, demand, evidence, reading)
    return (first, *(reason for reason in rest if (reason.start, reason.end) != place))


class _Cover:
    """Spans, asked whether one of them holds another span."""

    def __init__(self, spans: Iterable[Span]) -> None:
        ordered = sorted(spans)
        self._starts = [start for start, _ in ordered]
        self._reach = list(accumulate((end for _, end in ordered), max))

    def holds(self, start: int, end: int) -> bool:
        """Whether start to end lies within one of the spans."""
        at = bisect_right(self._starts, start)
        return at > 0 and self._reach[at - 1] >= end


def _senses(word: OwnWord, shelf: Shelf, items: dict[tuple[str, str], tuple[int, ...]]) -> Iterator[_Sense]:
    """A word's spellings: itself, and the plural of what is a thing in English."""
    spelling = fold(word.spelling)
    numbers = items.get((word.kind, word.concept), ())
    if not spelling or word.kind in (PRODUCT, VARIANT) and not numbers:
        return
    kind, concept = _meaning(word, shelf, numbers)
    weight = max(shelf.lexicon.weight(plain(spelling)), 0.1)
    emoji = bool(EMOJI.match(spelling))
    cue = Cue(kind, concept, 0, 0, weight, not word.sure, emoji=emoji, language=FEEDS_OWN)
    many = plurals(spelling) if kind == "type" and word.language in ("", "en") else ()
    for form in (spelling, *many):
        yield _Sense(word, form, cue, numbers)


def _meaning(word: OwnWord, shelf: Shelf, numbers: Sequence[int]) -> tuple[str, str]:
    if word.kind not in (PRODUCT, VARIANT):
        return word.kind, word.concept
    types = shelf.placed(numbers[0]).types
    return "type", types[0] if types else "own:item"


def _items(shelf: Shelf, words: Iterable[OwnWord]) -> dict[tuple[str, str], tuple[int, ...]]:
    """The numbers of the variants of all items that words name, by one look along the shelf."""
    wanted = {(word.kind, word.concept) for word in words if word.kind in (PRODUCT, VARIANT)}
    if not wanted:
        return {}
    found = {}
    for number, id in enumerate(shelf.columns.products):
        if (PRODUCT, id) in wanted:
            found[PRODUCT, id] = tuple(shelf.of_product(number).tolist())
    for number, id in enumerate(shelf.columns.variants):
        if (VARIANT, id) in wanted:
            found[VARIANT, id] = (number,)
    return {key: numbers for key, numbers in found.items() if numbers}


def _holds(sense: _Sense, written: str, language: str, marked: bool) -> bool:
    """Whether the word that is written in a post is this one: in its language, and not another but for its accents."""
    own, spelling = sense.word.language, sense.spelling
    if own and own != language and (language or len(spelling) <= _SURE_WITHOUT_LANGUAGE):
        return False
    if written == spelling or not latin(spelling) or len(spelling) > _SURELY_THE_SAME:
        return True
    # Where the language is told, its speakers may leave accents out; Vietnamese only where they leave out all.
    return bool(own) and written == plain(spelling) and not (own == "vi" and marked)


def _without(reading: Reading, stops: Iterable[Span], cues: Iterable[Cue]) -> Reading:
    """The reading with its stop words made unreadable, as far as no cue stands over them."""
    standing = _Cover((cue.start, cue.end) for cue in cues)
    spans = [span for span in stops if not standing.holds(*span)]
    if not spans:
        return reading
    return Reading(_muted(reading.accented, spans), _muted(reading.plain, spans), reading.places, reading.text)


def _muted(text: str, spans: Iterable[Span]) -> str:
    chars = list(text)
    for start, end in spans:
        chars[start:end] = (MUTED if char != " " else " " for char in chars[start:end])
    return "".join(chars)
