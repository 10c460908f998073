"""The matcher: from a post's words to the variants that go with it, or to the reasons for silence."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp
from zlib import crc32

from catalog.matching import looks
from catalog.matching.accounts import Accounts
from catalog.matching.asking import demands
from catalog.matching.compounds import LANGUAGES as COMPOUNDING
from catalog.matching.cues import Automaton, Cue
from catalog.matching.evidence import Evidence, only_emoji, weigh
from catalog.matching.explain import figured, paired_reasons, reasons
from catalog.matching.figures import figures
from catalog.matching.guards import held, sayings, silenced
from catalog.matching.learned import UNTAUGHT, Learned, learned_reasons, lesson_for, silence
from catalog.matching.lexicon import Lexicon, built_in
from catalog.matching.looks import Look, Seen
from catalog.matching.own_words import NAMED_SCORE, Named, OwnWords, named_fits, named_reasons
from catalog.matching.prepared import Prepared
from catalog.matching.ranking import Fit, Occasion, Ranking
from catalog.matching.segment import Segmenter
from catalog.matching.serving import serving
from catalog.matching.shelf import Shelf
from catalog.matching.themes import Themes
from catalog.matching.values import MOST_MATCHES, Against, Asked, Match, MatchItem, OwnWord, Reason, Terms, Verdict
from catalog.matching.whynot import Contest, Wanted, lost, needed
from catalog.words import Reading, read, tag_key

NOTHING = Verdict(False, against=(Against("nothing", "names nothing that is sold"),))

TOO_MUCH = Verdict(False, against=(Against("nothing", "names more things than a post can be about"),))
UNSOLD = Against("unsold", "the feed sells nothing of the kind")
MOST_CUES = 150
"""Cues of a post that are weighed against each other, which takes the time of their square; people write twenty."""

MOST_OWN_HITS = 400
"""Places of a feed's own words that are looked at: words within words make hundreds of thousands of a hostile post."""

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
    learned: Learned
    lot: int
    named: tuple[Named, ...] = ()
    """Items that the feed has a word for, and the post says it."""
    looks: tuple[Seen, ...] = ()
    """Looks that the post speaks of, for trends."""

    def names(self, evidence: Evidence) -> bool:
        """Whether a head is such a word."""
        places = {(head.cue.start, head.cue.end) for head in evidence.heads}
        return any((one.cue.start, one.cue.end) in places for one in self.named)


class _Words:
    """What words mean, as far as it follows from the lexicon and from which brands and types the catalogue has."""

    def __init__(self, lexicon: Lexicon, shelf: Shelf) -> None:
        self._brands, self._types = frozenset(shelf.brand_codes), frozenset(shelf.type_names)
        known = looks.built_in()
        self.automaton, self.themes = Automaton(lexicon, shelf, known), Themes(lexicon, known)
        self.segmenter, self.accounts = Segmenter(lexicon, shelf), Accounts(lexicon, shelf)
        self.split, self.maker = self.segmenter.split, self.accounts.maker

    def serve(self, shelf: Shelf) -> bool:
        """Whether they mean the same for another shelf."""
        return self._brands == frozenset(shelf.brand_codes) and self._types == frozenset(shelf.type_names)


class Matcher:
    """A catalogue compiled for matching. Building takes seconds for 50,000 items; it is then read-only and shared."""

    def __init__(self, items: Iterable[MatchItem] | Shelf, lexicon: Lexicon | None = None) -> None:
        self.lexicon = lexicon or built_in()
        self.shelf = items if isinstance(items, Shelf) else Shelf(items, self.lexicon)
        self._words = _Words(self.lexicon, self.shelf)
        self._remember()

    def _remember(self) -> None:
        self._ranking = Prepared(lambda terms: Ranking(self.shelf, terms))
        self._compiled = Prepared(
            lambda wording: OwnWords(wording.words, self.shelf, self._words.segmenter, self._words.accounts)
        )

    def ready_for(self, before: "Matcher") -> "Matcher":
        """This one, ready for the feeds that another has served: else each one's next post would wait for it."""
        self._ranking.prepare(before._ranking.used)
        self._compiled.prepare(before._compiled.used)
        return self

    def changed(self, items: Iterable[MatchItem], products: Collection[str]) -> "Matcher":
        """A matcher of the same catalogue with these items in place of all variants of these products; this one stays as
        it is. Takes a small part of the time that compiling takes, unless a new brand or type came."""
        other = Matcher.__new__(Matcher)
        other.lexicon, other.shelf = self.lexicon, self.shelf.changed(items, products)
        other._words = self._words if self._words.serve(other.shelf) else _Words(self.lexicon, other.shelf)
        other._remember()
        return other.ready_for(self)

    def match(
        self, text: str, hashtags: Sequence[str] = (), lang: str = "", terms: Terms = EVERYTHING,
        lately: Mapping[str, int] | None = None, learned: Learned = UNTAUGHT,
    ) -> Verdict:  # fmt: skip
        """Judge a post. `hashtags` are those its network names, without sign; `lang` is BCP 47, '' or 'und' if unknown.
        `lately`: product id to how often it stood beside a post lately; it steps back a little for what fits as well.
        `learned`: what people's corrections in the feed say of posts that ask for the same.

        Nothing here depends on the clock: the same post gets the same verdict.
        """
        heard = self._hear(text, hashtags, lang, terms, lately or {}, learned)
        if heard is None:
            return NOTHING
        return self._judge(*heard) if len(heard[1]) <= MOST_CUES else TOO_MUCH

    def why_not(
        self, text: str, hashtags: Sequence[str] = (), lang: str = "", terms: Terms = EVERYTHING, variant: str = "",
        lately: Mapping[str, int] | None = None, learned: Learned = UNTAUGHT,
    ) -> tuple[Against, ...]:  # fmt: skip
        """Why a variant is not what `match` shows first of the same post; of a silent post also why, and what it would have
        needed. Takes several times as long as `match`: for a person who asks."""
        verdict = self.match(text, hashtags, lang, terms, lately, learned)
        reading, cues, case = self._hear(text, hashtags, lang, terms, lately or {}, learned, always=True)
        evidence = weigh(cues[:MOST_CUES], reading, self.shelf)
        clear = verdict.matches or evidence.enough(terms.head_start) and self._matches(reading, evidence, case) or ()
        wanted = tuple(self._wanted(reading, evidence, case))
        contest = Contest(self.shelf, self._ranking(terms.selling), terms, wanted, clear, reading)
        silent = () if verdict.show else (*verdict.against, *needed(contest, evidence, verdict.against))
        return (*silent, *(lost(contest, variant) if variant else ()))

    def _hear(
        self, text: str, hashtags: Sequence[str], lang: str, terms: Terms, lately: Mapping[str, int], learned: Learned,
        *, always: bool = False,
    ) -> tuple[Reading, Sequence[Cue], _Case] | None:  # fmt: skip
        """Read a post and find its cues; None for most, which name nothing that could be shown, unless `always`."""
        own = self._own(terms)
        reading = self._read(text, terms, own)
        hits, own_hits = self._words.automaton.scan(reading), own.scan(reading)[:MOST_OWN_HITS] if own else []
        pairs = _paired(hashtags, terms)
        words = self._words.automaton
        speaks = words.may_show(hits) or words.may_speak(hits) or own_hits and own.may_show(own_hits)
        if not (always or pairs or speaks or tongue(lang) in COMPOUNDING):
            return None
        tags, lot = len(hashtags) or text.count("#"), crc32(reading.plain.encode())
        spoken = tuple(self._words.automaton.looks(reading, hits))
        case = _Case(tongue(lang) or guessed(reading), tags, pairs, terms, text, lately, learned, lot, looks=spoken)
        cues = self._words.automaton.cues(reading, hits, case.language)
        if own_hits:
            heard = own.heard(reading, own_hits, case.language, cues)
            cues, reading = heard.cues, heard.reading
            case = replace(case, named=heard.named, looks=heard.looks(spoken))
        return reading, cues, case

    def own_words(self, text: str, lang: str, terms: Terms) -> tuple[tuple[OwnWord, int, int], ...]:
        """The words of the feed that stand in a post, with their places in it."""
        if (own := self._own(terms)) is None:
            return ()
        reading = self._read(text, terms, own)
        return tuple(own.places(reading, tongue(lang) or guessed(reading)))

    def _own(self, terms: Terms) -> OwnWords | None:
        return self._compiled(terms.wording) if terms.words else None

    def _read(self, text: str, terms: Terms, own: OwnWords | None) -> Reading:
        words = own or self._words
        return read(text, words.split, terms.own_keys, words.maker)

    def sold(self, variants: Sequence[str], terms: Terms = EVERYTHING) -> list[str]:
        """Those of a few variants that a feed sells, in their order, the first of each product."""
        return self._ranking(terms.selling).sold(variants)

    def going_with(self, words: str, terms: Terms = EVERYTHING) -> tuple[Match, ...]:
        """Variants that go with a trend's word or theme ("burgundy lips"): ranked as for a post, unguarded."""
        own = self._own(terms)
        reading = read(words, (own or self._words).split)
        if look := self._words.themes.asked(reading.plain if words.startswith("#") else words):
            return self._serving(look, words, terms)
        cues = self._words.automaton.cues(reading, self._words.automaton.scan(reading), "en")
        case = _Case(
            "en", 0, _paired([words.lstrip("#")], terms), terms, words, {}, UNTAUGHT, crc32(reading.plain.encode())
        )
        if own:
            heard = own.heard(reading, own.scan(reading), "en", cues)
            cues, reading, case = heard.cues, heard.reading, replace(case, named=heard.named)
        return self._matches(reading, weigh(cues, reading, self.shelf, sure=True), case)

    def _serving(self, look: Look, words: str, terms: Terms) -> tuple[Match, ...]:
        """What goes with a theme that names no thing: what the feed pairs with its tag, then what serves it."""
        ranking = self._ranking(terms.selling)
        found: dict[str, Match] = {}
        for order, fit in enumerate(ranking.paired(_paired([words.lstrip("#")], terms))):
            self._keep(found, fit, 1.0 - order * 0.0001, paired_reasons())
        for order, fit in enumerate(serving(self.shelf, ranking, look, MOST_MATCHES)):
            self._keep(found, fit, 0.9 - order * 0.01, (Reason("theme", f"serves ‘{look.label}’"),))
        return tuple(sorted(found.values(), key=lambda match: -match.score)[:MOST_MATCHES])

    def _judge(self, reading: Reading, cues: Sequence[Cue], case: _Case) -> Verdict:
        evidence = weigh(cues, reading, self.shelf)
        against = tuple(dict.fromkeys(held(cues, evidence.heads, reading, case.language, case.hashtags)))
        # Behind a tag of the house it is said already that its things are spoken of.
        at_home = case.terms.head_start > 0
        spoken = () if silenced(cues) else self._words.themes.of(evidence, cues, case.looks, reading, at_home=at_home)
        sure = case.pairs or case.names(evidence)
        if not against and not (sure or evidence.enough(case.terms.head_start) or only_emoji(reading, cues)):
            against = _too_little(evidence, cues, reading)
        matches = () if against else self._matches(reading, evidence, case)
        if not matches:
            return Verdict(False, against=against or self._unsold(reading, evidence, case), themes=spoken)
        return Verdict(True, matches, themes=spoken)

    def _matches(self, reading: Reading, evidence: Evidence, case: _Case) -> tuple[Match, ...]:
        ranking = self._ranking(case.terms.selling)
        found: dict[str, Match] = {}
        for order, fit in enumerate(ranking.paired(case.pairs)):
            self._keep(found, fit, 1.0 - order * 0.0001, paired_reasons())
        sure = 0.4 + 0.6 * min(evidence.total, _SURE) / _SURE
        named = figures(case.text, self.lexicon)
        wanted = tuple(self._wanted(reading, evidence, case))
        occasion = Occasion(_loose_words(reading, evidence), case.lot, case.lately)
        asked = [(demand, head) for demand, head, _ in wanted]
        for order, (fit, head, demand) in enumerate(named_fits(case.named, evidence, asked, ranking, occasion)):
            why = named_reasons(self.shelf, fit, head, demand, evidence, reading)
            self._keep(found, fit, NAMED_SCORE - order * 0.0001, why, demand.key)
        for order, (demand, head, occasion) in enumerate(wanted):
            lesson = occasion.lesson
            for fit in () if lesson and lesson.silent else ranking.best(demand, occasion, MOST_MATCHES):
                score = 0.99 * sure * (1 - exp(-1.6 * fit.fit)) * _LATER**order
                if score > max(0.0, case.terms.least_score):
                    why = [*reasons(self.shelf, fit, head, demand, evidence, reading)]
                    why += figured(self.shelf, fit, named, case.text)
                    why += learned_reasons(lesson, demand.key, self.shelf, fit.number)
                    self._keep(found, fit, score, tuple(why), demand.key)
        return tuple(sorted(found.values(), key=lambda match: -match.score)[:MOST_MATCHES])

    def _wanted(self, reading: Reading, evidence: Evidence, case: _Case) -> Iterator[Wanted]:
        """What is asked for, thing by thing, with what its ranking depends on besides."""
        occasion = Occasion(_loose_words(reading, evidence), case.lot, case.lately)
        for demand, head in demands(evidence, self.shelf, figures(case.text, self.lexicon)):
            yield (
                demand,
                head,
                replace(occasion, lesson=lesson_for(case.learned, demand.key)) if case.learned else occasion,
            )

    def _unsold(self, reading: Reading, evidence: Evidence, case: _Case) -> tuple[Against, ...]:
        """Why nothing is left to show: people said that nothing fits, or the feed sells no such thing."""
        held_back = [
            Against("learned", silence(occasion.lesson, demand.key, self.lexicon), *reading.span(head.cue.start, head.cue.end))
            for demand, head, occasion in self._wanted(reading, evidence, case)
            if occasion.lesson and occasion.lesson.silent
        ]  # fmt: skip
        return tuple(held_back) or (UNSOLD,)

    def _keep(
        self, found: dict[str, Match], fit: Fit, score: float, why: tuple[Reason, ...], asked: Asked | None = None
    ) -> None:
        placed = self.shelf.placed(fit.number)
        if placed.product not in found or found[placed.product].score < score:
            found[placed.product] = Match(placed.product, placed.variant, round(score, 4), why, asked)


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


def _too_little(evidence: Evidence, cues: Sequence[Cue], reading: Reading) -> tuple[Against, ...]:
    if evidence.heads:
        cue, kind, words = evidence.heads[0].cue, "alone", "‘{}’ alone says too little"
    elif evidence.doubtful:
        cue, kind, words = evidence.doubtful[0], "doubtful", "‘{}’ may mean something else here"
    else:
        return sayings(cues, reading) or NOTHING.against
    said = reading.accented[cue.start : cue.end].strip()
    return (Against(kind, words.format(said), *reading.span(cue.start, cue.end), cue.language),)
