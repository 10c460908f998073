"""The matcher: from a post's words to the variants that go with it, or to the reasons for silence."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import exp
from zlib import crc32

from catalog.matching import looks
from catalog.matching.accounts import Accounts
from catalog.matching.asking import demands
from catalog.matching.cues import Automaton, Cue, Hits
from catalog.matching.evidence import Evidence, only_emoji, weigh
from catalog.matching.explain import figured, paired_reasons, reasons
from catalog.matching.figures import figures
from catalog.matching.guards import held, silenced
from catalog.matching.lexicon import Lexicon, built_in
from catalog.matching.looks import Look
from catalog.matching.ranking import Fit, Occasion, Ranking
from catalog.matching.segment import Segmenter
from catalog.matching.serving import serving
from catalog.matching.shelf import Shelf
from catalog.matching.themes import Themes
from catalog.matching.values import MOST_MATCHES, Match, MatchItem, Reason, Terms, Verdict
from catalog.words import Reading, read, tag_key

NOTHING = Verdict(False, held=("names nothing that is sold",))

TOO_MUCH = Verdict(False, held=("names more things than a post can be about",))
MOST_CUES = 150
"""Cues of a post that are weighed against each other, which takes the time of their square; people write twenty."""

EVERYTHING = Terms()
"""The whole catalogue, nothing preferred."""

_SURE = 7.0
"""Evidence at which a score stops growing."""


_LATER = 0.93
"""What each further thing of a post is worth beside the one before: the first named is meant most."""


@dataclass(frozen=True, slots=True)
class _Case:
    """What is known of a post besides its words."""

    language: str
    hashtags: int
    pairs: tuple[str, ...]
    terms: Terms
    text: str
    lately: Mapping[str, int]


class _Words:
    """What words mean, as far as it follows from the lexicon and from which brands and types the catalogue has."""

    def __init__(self, lexicon: Lexicon, shelf: Shelf) -> None:
        self._brands, self._types = frozenset(shelf.brand_codes), frozenset(shelf.type_names)
        known = looks.built_in()
        self.automaton = Automaton(lexicon, shelf, known)
        self.split = Segmenter(lexicon, shelf).split
        self.maker = Accounts(lexicon, shelf).maker
        self.themes = Themes(lexicon, known)

    def serve(self, shelf: Shelf) -> bool:
        """Whether they mean the same for another shelf."""
        return self._brands == frozenset(shelf.brand_codes) and self._types == frozenset(shelf.type_names)


class Matcher:
    """A catalogue compiled for matching. Building takes seconds for 50,000 items; it is then read-only and shared."""

    def __init__(self, items: Iterable[MatchItem] | Shelf, lexicon: Lexicon | None = None) -> None:
        self.lexicon = lexicon or built_in()
        self.shelf = items if isinstance(items, Shelf) else Shelf(items, self.lexicon)
        self._words = _Words(self.lexicon, self.shelf)
        self._ranking = lru_cache(maxsize=16)(lambda terms: Ranking(self.shelf, terms))

    def changed(self, items: Iterable[MatchItem], products: Collection[str]) -> "Matcher":
        """A matcher of the same catalogue with these items in place of all variants of these products; this one stays as
        it is. Takes a small part of the time that compiling takes, unless a new brand or type came."""
        other = Matcher.__new__(Matcher)
        other.lexicon, other.shelf = self.lexicon, self.shelf.changed(items, products)
        other._words = self._words if self._words.serve(other.shelf) else _Words(self.lexicon, other.shelf)
        other._ranking = lru_cache(maxsize=16)(lambda terms: Ranking(other.shelf, terms))
        return other

    def match(
        self, text: str, hashtags: Sequence[str] = (), lang: str = "", terms: Terms = EVERYTHING,
        lately: Mapping[str, int] | None = None,
    ) -> Verdict:  # fmt: skip
        """Judge a post. `hashtags` are those its network names, without sign; `lang` is BCP 47, '' or 'und' if unknown.
        `lately`: product id to how often it stood beside a post lately; it steps back a little for what fits as well.

        Nothing here depends on the clock: the same post gets the same verdict.
        """
        reading = read(text, self._words.split, terms.own_keys, self._words.maker)
        hits = self._words.automaton.scan(reading)
        pairs = _paired(hashtags, terms)
        shows = bool(pairs) or self._words.automaton.may_show(hits)
        if not shows and not self._words.automaton.may_speak(hits):
            return NOTHING
        tags = len(hashtags) or text.count("#")
        case = _Case(tongue(lang) or guessed(reading), tags, pairs, terms, text, lately or {})
        cues = self._words.automaton.cues(reading, hits, case.language)
        if len(cues) > MOST_CUES:
            return TOO_MUCH
        if shows:
            return self._judge(reading, cues, hits, case)
        # It names nothing that is sold, and may speak of something all the same.
        return replace(NOTHING, themes=self._spoken(None, cues, reading, hits, case))

    def _spoken(
        self, evidence: Evidence | None, cues: Sequence[Cue], reading: Reading, hits: Hits, case: _Case
    ) -> tuple[str, ...]:
        looks = self._words.automaton.looks(reading, hits)
        # Behind a tag of the house it is said already that its things are spoken of.
        return self._words.themes.of(evidence, cues, looks, reading, at_home=case.terms.head_start > 0)

    def going_with(self, words: str, terms: Terms = EVERYTHING) -> tuple[Match, ...]:
        """Variants that go with a trend's word or theme ("burgundy lips"): ranked as for a post, unguarded."""
        reading = read(words, self._words.split)
        if look := self._words.themes.asked(reading.plain if words.startswith("#") else words):
            return self._serving(look, words, terms)
        cues = self._words.automaton.cues(reading, self._words.automaton.scan(reading), "en")
        case = _Case("en", 0, _paired([words.lstrip("#")], terms), terms, words, {})
        return self._matches(reading, weigh(cues, reading, self.shelf, sure=True), case)

    def _serving(self, look: Look, words: str, terms: Terms) -> tuple[Match, ...]:
        """What goes with a theme that names no thing: what the feed pairs with its tag, then what serves it."""
        ranking = self._ranking(terms)
        found: dict[str, Match] = {}
        for order, fit in enumerate(ranking.paired(_paired([words.lstrip("#")], terms))):
            self._keep(found, fit, 1.0 - order * 0.0001, paired_reasons())
        for order, fit in enumerate(serving(self.shelf, ranking, look, MOST_MATCHES)):
            self._keep(found, fit, 0.9 - order * 0.01, (Reason("theme", f"serves ‘{look.label}’"),))
        return tuple(sorted(found.values(), key=lambda match: -match.score)[:MOST_MATCHES])

    def _judge(self, reading: Reading, cues: Sequence[Cue], hits: Hits, case: _Case) -> Verdict:
        evidence = weigh(cues, reading, self.shelf)
        against = tuple(dict.fromkeys(held(cues, evidence.heads, reading, case.language, case.hashtags)))
        spoken = () if silenced(cues) else self._spoken(evidence, cues, reading, hits, case)
        if not against and not (case.pairs or evidence.enough(case.terms.head_start) or only_emoji(reading, cues)):
            against = _too_little(evidence, reading)
        matches = () if against else self._matches(reading, evidence, case)
        if not matches:
            return Verdict(False, held=against or ("the feed sells nothing of the kind",), themes=spoken)
        return Verdict(True, matches, themes=spoken)

    def _matches(self, reading: Reading, evidence: Evidence, case: _Case) -> tuple[Match, ...]:
        ranking = self._ranking(case.terms)
        found: dict[str, Match] = {}
        for order, fit in enumerate(ranking.paired(case.pairs)):
            self._keep(found, fit, 1.0 - order * 0.0001, paired_reasons())
        sure = 0.4 + 0.6 * min(evidence.total, _SURE) / _SURE
        occasion = Occasion(_loose_words(reading, evidence), crc32(reading.plain.encode()), case.lately)
        named = figures(case.text, self.lexicon)
        for order, (demand, head) in enumerate(demands(evidence, self.shelf, named)):
            for fit in ranking.best(demand, occasion, MOST_MATCHES):
                score = 0.99 * sure * (1 - exp(-1.6 * fit.fit)) * _LATER**order
                if score > max(0.0, case.terms.least_score):
                    why = [*reasons(self.shelf, fit, head, demand, evidence, reading)]
                    why += figured(self.shelf, fit, named, case.text)
                    self._keep(found, fit, score, tuple(why))
        return tuple(sorted(found.values(), key=lambda match: -match.score)[:MOST_MATCHES])

    def _keep(self, found: dict[str, Match], fit: Fit, score: float, why: tuple[Reason, ...]) -> None:
        match = self._matched(fit, score, why)
        if match.product not in found or found[match.product].score < score:
            found[match.product] = match

    def _matched(self, fit: Fit, score: float, why: tuple[Reason, ...]) -> Match:
        placed = self.shelf.placed(fit.number)
        return Match(placed.product, placed.variant, round(score, 4), why)


def _loose_words(reading: Reading, evidence: Evidence) -> frozenset[str]:
    """The words that are no cue for something else: those by which a product's own name may be meant."""
    spans = [
        (c.start, c.end) for c in evidence.cues if c.kind in ("type", "part", "brand", "colour", "shade", "intent")
    ]
    loose, at = [], 0
    for start, end in sorted(spans):
        loose.append(reading.plain[at:start])
        at = max(at, end)
    return frozenset(" ".join([*loose, reading.plain[at:]]).split())


def tongue(lang: str) -> str:
    """The lexicon's language for a BCP 47 tag; '' if the network could not tell."""
    short = lang.casefold().replace("_", "-").split("-")[0]
    return {"nb": "no", "nn": "no", "und": "", "in": "id", "qme": "", "zxx": "", "art": ""}.get(short, short)


_LETTERS = (
    ("vi", re.compile("[ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]")),
    ("no", re.compile("[øå]")),
    ("es", re.compile("[ñ]")),
    ("pt", re.compile("[ãõ]")),
    ("de", re.compile("[äöü]")),
    ("fr", re.compile("[çèêëîïôû]")),
)


def guessed(reading: Reading) -> str:
    """A language by letters that few others have, where the network could not tell; '' if they tell nothing."""
    if reading.accented == reading.plain:
        return ""
    return next((language for language, letters in _LETTERS if letters.search(reading.accented)), "")


def _paired(hashtags: Sequence[str], terms: Terms) -> tuple[str, ...]:
    """The variants that the feed pairs with a post's hashtags, in the order of the tags."""
    if not terms.pairs or not hashtags:
        return ()
    return tuple(variant for tag in hashtags for variant in terms.paired.get(tag_key(tag), ()))


def _too_little(evidence: Evidence, reading: Reading) -> tuple[str, ...]:
    if evidence.heads:
        words = reading.accented[evidence.heads[0].cue.start : evidence.heads[0].cue.end].strip()
        return (f"‘{words}’ alone says too little",)
    if evidence.doubtful:
        words = reading.accented[evidence.doubtful[0].start : evidence.doubtful[0].end].strip()
        return (f"‘{words}’ may mean something else here",)
    return NOTHING.held
