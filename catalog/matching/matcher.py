"""The matcher: from a post's words to the variants that go with it, or to the reasons for silence."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from catalog.matching.asking import demands
from catalog.matching.cues import Cue
from catalog.matching.evidence import Evidence, only_emoji, weigh
from catalog.matching.explain import figured, paired_reasons, reasons
from catalog.matching.figures import figures
from catalog.matching.guards import held, sayings, silenced
from catalog.matching.hearing import Case, Hearing, Words, paired
from catalog.matching.learned import UNTAUGHT, Learned, learned_reasons, lesson_for, silence
from catalog.matching.lexicon import Lexicon, built_in
from catalog.matching.looks import Look
from catalog.matching.own_words import NAMED_SCORE, named_fits, named_reasons
from catalog.matching.prepared import Prepared
from catalog.matching.ranking import Fit, Occasion, Ranking, standing
from catalog.matching.serving import serving
from catalog.matching.shelf import Shelf
from catalog.matching.silence import needed
from catalog.matching.values import MOST_MATCHES, Against, Asked, Match, MatchItem, OwnWord, Reason, Terms, Verdict
from catalog.matching.whynot import Contest, Wanted, lost
from catalog.words import Reading

NOTHING = Verdict(False, against=(Against("nothing", "names nothing that is sold"),))

TOO_MUCH = Verdict(False, against=(Against("nothing", "names more things than a post can be about"),))
UNSOLD = Against("unsold", "the feed sells nothing of the kind")
MOST_CUES = 150
"""Cues of a post that are weighed against each other, which takes the time of their square; people write twenty."""

EVERYTHING = Terms()
"""The whole catalogue, nothing preferred."""

_SURE = 7.0
"""Evidence at which a score stops growing."""


class Matcher:
    """A catalogue compiled for matching. Building takes seconds for 50,000 items; it is then read-only and shared."""

    def __init__(
        self, items: Iterable[MatchItem] | Shelf, lexicon: Lexicon | None = None, words: Words | None = None
    ) -> None:
        """`words`: another's, which are taken over where they mean the same here."""
        self.lexicon = lexicon or built_in()
        self.shelf = items if isinstance(items, Shelf) else Shelf(items, self.lexicon)
        self._hearing = Hearing(self.lexicon, self.shelf, words)
        self._ranking = Prepared(lambda terms: Ranking(self.shelf, terms))

    def changed(self, items: Iterable[MatchItem], products: Collection[str]) -> "Matcher":
        """A matcher of the same catalogue with these items in place of all variants of these products; this one stays as
        it is. Takes a small part of the time that compiling takes, unless a new brand or type came."""
        shelf = self.shelf.changed(items, products)
        return Matcher(shelf, self.lexicon, self._hearing.words).ready_for(self)

    def ready_for(self, before: "Matcher") -> "Matcher":
        """This one, ready for the feeds that another has served: else each one's next post would wait for it."""
        self._ranking.prepare(before._ranking.used)
        self._hearing.own.prepare(before._hearing.own.used)
        return self

    def match(
        self, text: str, hashtags: Sequence[str] = (), lang: str = "", terms: Terms = EVERYTHING,
        lately: Mapping[str, int] | None = None, learned: Learned = UNTAUGHT,
    ) -> Verdict:  # fmt: skip
        """Judge a post. `hashtags` are those its network names, without sign; `lang` is BCP 47, '' or 'und' if unknown.
        `lately`: product id to how often it stood beside a post lately; it steps back a little for what fits as well.
        `learned`: what people's corrections in the feed say of posts that ask for the same.

        Nothing here depends on the clock: the same post gets the same verdict.
        """
        heard = self._hearing.post(text, hashtags, lang, terms, lately or {}, learned)
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
        reading, cues, case = self._hearing.post(text, hashtags, lang, terms, lately or {}, learned, always=True)
        evidence = weigh(cues[:MOST_CUES], reading, self.shelf, case.language)
        clear = verdict.matches or evidence.enough(terms.head_start) and self._matches(reading, evidence, case) or ()
        wanted = tuple(self._wanted(reading, evidence, case))
        contest = Contest(self.shelf, self._ranking(terms.selling), terms, wanted, clear, reading)
        silent = () if verdict.show else (*verdict.against, *needed(contest, evidence, verdict.against))
        return (*silent, *(lost(contest, variant) if variant else ()))

    def sold(self, variants: Sequence[str], terms: Terms = EVERYTHING) -> list[str]:
        """Those of a few variants that a feed sells, in their order, the first of each product."""
        return self._ranking(terms.selling).sold(variants)

    def going_with(self, words: str, terms: Terms = EVERYTHING) -> tuple[Match, ...]:
        """Variants that go with a trend's word or theme ("burgundy lips"): ranked as for a post, unguarded."""
        if look := self._hearing.look(words, terms):
            return self._serving(look, words, terms)
        reading, cues, case = self._hearing.theme(words, terms)
        return self._matches(reading, weigh(cues, reading, self.shelf, case.language, sure=True), case)

    def own_words(self, text: str, lang: str, terms: Terms) -> tuple[tuple[OwnWord, int, int], ...]:
        """The words of the feed that stand in a post, with their places in it."""
        return self._hearing.own_words(text, lang, terms)

    def _serving(self, look: Look, words: str, terms: Terms) -> tuple[Match, ...]:
        """What goes with a theme that names no thing: what the feed pairs with its tag, then what serves it."""
        ranking = self._ranking(terms.selling)
        found: dict[str, Match] = {}
        for order, fit in enumerate(ranking.paired(paired([words.lstrip("#")], terms))):
            self._keep(found, fit, 1.0 - order * 0.0001, paired_reasons())
        for order, fit in enumerate(serving(self.shelf, ranking, look, MOST_MATCHES)):
            self._keep(found, fit, 0.9 - order * 0.01, (Reason("theme", f"serves ‘{look.label}’"),))
        return tuple(sorted(found.values(), key=lambda match: -match.score)[:MOST_MATCHES])

    def _judge(self, reading: Reading, cues: Sequence[Cue], case: Case) -> Verdict:
        evidence = weigh(cues, reading, self.shelf, case.language)
        without = self.lexicon.grammar["without"].get(case.language, frozenset())
        against = tuple(dict.fromkeys(held(cues, evidence.heads, reading, case.language, case.hashtags, without)))
        # Behind a tag of the house it is said already that its things are spoken of.
        at_home = case.terms.head_start > 0
        themes = self._hearing.words.themes
        spoken = () if silenced(cues) else themes.of(evidence, cues, case.looks, reading, at_home=at_home)
        sure = case.pairs or case.names(evidence)
        if not against and not (sure or evidence.enough(case.terms.head_start) or only_emoji(reading, cues)):
            against = _too_little(evidence, cues, reading)
        matches = () if against else self._matches(reading, evidence, case)
        if not matches:
            return Verdict(False, against=against or self._unsold(reading, evidence, case), themes=spoken)
        return Verdict(True, matches, themes=spoken)

    def _matches(self, reading: Reading, evidence: Evidence, case: Case) -> tuple[Match, ...]:
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
                score = 0.99 * sure * standing(fit.fit, order)
                if score > max(0.0, case.terms.least_score):
                    why = [*reasons(self.shelf, fit, head, demand, evidence, reading)]
                    why += figured(self.shelf, fit, named, case.text)
                    why += learned_reasons(lesson, demand.key, self.shelf, fit.number)
                    self._keep(found, fit, score, tuple(why), demand.key)
        return tuple(sorted(found.values(), key=lambda match: -match.score)[:MOST_MATCHES])

    def _wanted(self, reading: Reading, evidence: Evidence, case: Case) -> Iterator[Wanted]:
        """What is asked for, thing by thing, with what its ranking depends on besides."""
        occasion = Occasion(_loose_words(reading, evidence), case.lot, case.lately)
        for demand, head in demands(evidence, self.shelf, figures(case.text, self.lexicon)):
            yield (
                demand,
                head,
                replace(occasion, lesson=lesson_for(case.learned, demand.key)) if case.learned else occasion,
            )

    def _unsold(self, reading: Reading, evidence: Evidence, case: Case) -> tuple[Against, ...]:
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


def _too_little(evidence: Evidence, cues: Sequence[Cue], reading: Reading) -> tuple[Against, ...]:
    if evidence.heads:
        cue, kind, words = evidence.heads[0].cue, "alone", "‘{}’ alone says too little"
    elif evidence.doubtful:
        cue, kind, words = evidence.doubtful[0], "doubtful", "‘{}’ may mean something else here"
    else:
        return sayings(cues, reading) or NOTHING.against
    said = reading.accented[cue.start : cue.end].strip()
    return (Against(kind, words.format(said), *reading.span(cue.start, cue.end), cue.language),)
