"""Hearing a post: its reading, the cues in it, and what is known of it besides, with the words of the feed that listens."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from zlib import crc32

from catalog.matching import looks
from catalog.matching.accounts import Accounts
from catalog.matching.compounds import LANGUAGES as COMPOUNDING
from catalog.matching.cues import Automaton, Cue
from catalog.matching.evidence import Evidence
from catalog.matching.learned import UNTAUGHT, Learned
from catalog.matching.lexicon import Lexicon
from catalog.matching.looks import Seen
from catalog.matching.own_words import Named, OwnWords
from catalog.matching.prepared import Prepared
from catalog.matching.segment import Segmenter
from catalog.matching.shelf import Shelf
from catalog.matching.themes import Themes
from catalog.matching.tongues import guessed, tongue
from catalog.matching.values import OwnWord, Terms
from catalog.words import Reading, read, tag_key

MOST_OWN_HITS = 400
"""Places of a feed's own words that are looked at: words within words make hundreds of thousands of a hostile post."""


@dataclass(frozen=True, slots=True)
class Case:
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


class Words:
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


class Hearing:
    """The words of a lexicon and a catalogue, and those of each feed."""

    def __init__(self, lexicon: Lexicon, shelf: Shelf, words: Words | None = None) -> None:
        """`words`: those of another shelf, where they mean the same for this one."""
        self.words = words if words and words.serve(shelf) else Words(lexicon, shelf)
        words = self.words
        self.own = Prepared(lambda terms: OwnWords(terms.words, shelf, words.segmenter, words.accounts))
        """The own words of each feed, by its wording."""

    def post(
        self, text: str, hashtags: Sequence[str], lang: str, terms: Terms, lately: Mapping[str, int], learned: Learned,
        *, always: bool = False,
    ) -> tuple[Reading, Sequence[Cue], Case] | None:  # fmt: skip
        """Read a post and find its cues; None for most, which name nothing that could be shown, unless `always`."""
        own = self._own(terms)
        reading = self._read(text, terms, own)
        hits, own_hits = self.words.automaton.scan(reading), own.scan(reading)[:MOST_OWN_HITS] if own else []
        pairs = paired(hashtags, terms)
        words = self.words.automaton
        speaks = words.may_show(hits) or words.may_speak(hits) or own_hits and own.may_show(own_hits)
        if not (always or pairs or speaks or tongue(lang) in COMPOUNDING):
            return None
        tags, lot = len(hashtags) or text.count("#"), crc32(reading.plain.encode())
        spoken = tuple(self.words.automaton.looks(reading, hits))
        case = Case(tongue(lang) or guessed(reading), tags, pairs, terms, text, lately, learned, lot, looks=spoken)
        cues = self.words.automaton.cues(reading, hits, case.language)
        if own_hits:
            heard = own.heard(reading, own_hits, case.language, cues)
            cues, reading = heard.cues, heard.reading
            case = replace(case, named=heard.named, looks=heard.looks(spoken))
        return reading, cues, case

    def theme(self, words: str, terms: Terms) -> tuple[Reading, Sequence[Cue], Case]:
        """Read a trend's word or theme as a post is read; it is English, and about what is sold."""
        own = self._own(terms)
        reading = read(words, (own or self.words).split)
        cues = self.words.automaton.cues(reading, self.words.automaton.scan(reading), "en")
        pairs, lot = paired([words.lstrip("#")], terms), crc32(reading.plain.encode())
        case = Case("en", 0, pairs, terms, words, {}, UNTAUGHT, lot)
        if own:
            heard = own.heard(reading, own.scan(reading)[:MOST_OWN_HITS], "en", cues)
            cues, reading, case = heard.cues, heard.reading, replace(case, named=heard.named)
        return reading, cues, case

    def look(self, words: str, terms: Terms) -> looks.Look | None:
        """What serves a theme that names no thing; None of one that names some."""
        reading = read(words, (self._own(terms) or self.words).split)
        return self.words.themes.asked(reading.plain if words.startswith("#") else words)

    def own_words(self, text: str, lang: str, terms: Terms) -> tuple[tuple[OwnWord, int, int], ...]:
        """The words of the feed that stand in a post, with their places in it."""
        if (own := self._own(terms)) is None:
            return ()
        reading = self._read(text, terms, own)
        return tuple(own.places(reading, tongue(lang) or guessed(reading)))

    def _own(self, terms: Terms) -> OwnWords | None:
        return self.own(terms.wording) if terms.words else None

    def _read(self, text: str, terms: Terms, own: OwnWords | None) -> Reading:
        words = own or self.words
        return read(text, words.split, terms.own_keys, words.maker)


def paired(hashtags: Sequence[str], terms: Terms) -> tuple[str, ...]:
    """The variants that the feed pairs with a post's hashtags, in the order of the tags."""
    if not terms.pairs or not hashtags:
        return ()
    return tuple(variant for tag in hashtags for variant in terms.paired.get(tag_key(tag), ()))
