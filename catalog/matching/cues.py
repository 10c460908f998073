"""Finding cues: one automaton over everything the lexicon and the catalogue call things, in every language at once."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from ahocorasick_rs import AhoCorasick

from catalog.matching.compounds import Compounds
from catalog.matching.kana import KANA, Kana
from catalog.matching.lexicon import ANY, Entry, Lexicon
from catalog.matching.looks import Looks, LookSpelling, Seen, longest
from catalog.matching.shelf import Shelf
from catalog.matching.spelling import slips
from catalog.words import Reading, plain

HEADS = frozenset({"type", "brand", "part"})
"""Kinds of cue without which nothing is ever shown."""
SPOKEN = frozenset({"colour", "finish"})
"""Kinds of cue that people speak of without naming a thing."""
Hits = Sequence[tuple[int, int, int]]
"""What one pass over a text found: pattern, start, end."""

COMPOUND = 2.7
"""How much a compound says whose first part is not known: nearly as much as the thing's own word."""

_NO_SPACES = r"\u2e80-\u30ff\u3400-\u9fff\uf900-\ufaff"
_OPEN_BEFORE = re.compile(rf"[{_NO_SPACES}]")
_OPEN_AFTER = re.compile(r"[\u2e80-\u309f\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af]")
EMOJI = re.compile(r"[^\w\s%]")
"""What the form of an emoji begins with."""
_LETTERS_OF_ARABIC = re.compile(r"[\u0600-\u06ff]")
_ARTICLES = ("", "ال", "و", "ب", "وال", "بال", "لل")
_BEFORE_ENGLISH = frozenset({"type", "colour", "finish", "part", "context"})


@dataclass(frozen=True, slots=True)
class Cue:
    """A word or phrase that was found: what it means, where it stands in the reading, how much it says (0 to 4)."""

    kind: str
    concept: str
    start: int
    end: int
    weight: float
    ambiguous: bool = False
    slip: bool = False
    emoji: bool = False
    language: str = ANY

    @property
    def key(self) -> tuple[str, str]:
        """What it means, wherever it stands."""
        return self.kind, self.concept


@dataclass(frozen=True, slots=True)
class _Sense:
    entry: Entry
    weight: float
    slip: bool
    emoji: bool


class Automaton:
    """The compiled lexicon and catalogue. `scan` is the one pass over a post's text."""

    def __init__(self, lexicon: Lexicon, shelf: Shelf, looks: Looks) -> None:
        senses: dict[str, list[_Sense]] = defaultdict(list)
        entries = [
            *(_seen_from(shelf, entry) for entry in lexicon.entries),
            *_brands(shelf, lexicon),
            *_own_types(shelf, lexicon),
        ]
        # A brand that this catalogue carries is no rival, whatever the lexicon thinks of it.
        entries = [e for e in entries if e.concept != "rival" or plain(e.spelling) not in shelf.brand_codes]
        for entry in entries:
            for form in forms(plain(entry.spelling)):
                sense = _Sense(entry, lexicon.weight(plain(entry.spelling)), False, bool(EMOJI.match(form)))
                senses[bounded(form)].append(sense)
        for form, entry in slips(entries, lexicon, known={plain(e.spelling) for e in entries}):
            senses[bounded(form)].append(_Sense(entry, lexicon.weight(entry.spelling), True, False))
        spelt: dict[str, list[LookSpelling]] = defaultdict(list)
        for one in looks.spellings:
            senses[form := bounded(plain(one.spelling))] += ()
            spelt[form].append(one)
        self._looks = [spelt.get(form, ()) for form in senses]
        self._senses = [tuple(found) for found in senses.values()]
        self._pads = [(p[0] == " ", p[-1] == " ") for p in senses]
        self._head = [any(s.entry.kind in HEADS for s in found) for found in self._senses]
        kinds = ({sense.entry.kind for sense in found} for found in self._senses)
        self._spoken = [bool(SPOKEN & kind or spelt) for kind, spelt in zip(kinds, self._looks, strict=True)]
        self._automaton = AhoCorasick(list(senses))
        self._compounds = Compounds(lexicon)
        self._kana = Kana(form for form in senses if KANA.fullmatch(form))
        self._false_friends = lexicon.false_friends

    def scan(self, reading: Reading) -> Hits:
        """The raw hits: pattern, start, end."""
        return self._automaton.find_matches_as_indexes(reading.plain, overlapping=True)

    def may_show(self, hits: Hits) -> bool:
        """Whether any hit could be a head: what most posts end with."""
        head = self._head
        return any(head[pattern] for pattern, _, _ in hits)

    def may_speak(self, hits: Hits) -> bool:
        """Whether any hit could be a theme by itself."""
        spoken = self._spoken
        return any(spoken[pattern] for pattern, _, _ in hits)

    def looks(self, reading: Reading, hits: Hits) -> list[Seen]:
        """The looks among the hits."""
        found = []
        for pattern, start, end in hits:
            for one in self._looks[pattern]:
                before, after = self._pads[pattern]
                span = start + before, end - after
                if not one.accents_needed or reading.accented[slice(*span)] == one.spelling:
                    found.append(Seen(one.look, *span, one.ambiguous))
        return longest(found)

    def cues(self, reading: Reading, hits: Hits, language: str) -> list[Cue]:
        """The hits as cues: senses of other languages left out, and of cues within others only the outermost."""
        marked = reading.accented != reading.plain
        strange = self._false_friends.get(language, ())
        found: dict[tuple[str, str, int, int], Cue] = {}
        for pattern, start, end in hits:
            before, after = self._pads[pattern]
            span = start + before, end - after
            if not self._kana.stands(reading.plain, *span):
                continue
            for sense in self._senses[pattern]:
                if not _holds(sense.entry, reading, span, language, marked):
                    continue
                if sense.entry.language not in ("en", ANY) or sense.entry.spelling not in strange:
                    cue = _cue(sense, span)
                    known = found.get((*cue.key, *span))
                    if known is None or known.ambiguous and not cue.ambiguous:
                        found[(*cue.key, *span)] = cue
        cues = list(outermost(found.values()))
        taken = [(cue.start, cue.end) for cue in cues]
        for entry, start, end in self._compounds.found(reading, language, taken):
            cues.append(Cue(entry.kind, entry.concept, start, end, COMPOUND, language=entry.language))
        return cues


def _cue(sense: _Sense, span: tuple[int, int]) -> Cue:
    entry = sense.entry
    return Cue(entry.kind, entry.concept, *span, sense.weight, entry.ambiguous, sense.slip, sense.emoji, entry.language)


def outermost(cues: Iterable[Cue]) -> Iterator[Cue]:
    """Without cues inside longer ones: "red" in "red carpet", "lip" in "lip gloss". A finish inside a type stays."""
    reach, longest, inside_type = -1, (0, 0), False
    for cue in sorted(cues, key=lambda c: (c.start, -c.end)):
        outer = cue.end > reach
        if outer:
            reach, longest, inside_type = cue.end, (cue.start, cue.end), cue.kind == "type"
        if outer or (cue.start, cue.end) == longest or (inside_type and cue.kind == "finish"):
            yield cue


def _holds(entry: Entry, reading: Reading, span: tuple[int, int], language: str, marked: bool) -> bool:
    """Whether the word at this place is this entry's: its language is the post's, and accents are not others."""
    if entry.language == ANY or not entry.spelling.isascii() and not latin(entry.spelling):
        return True
    written = reading.accented[span[0] : span[1]]
    exact = written == entry.spelling
    least = 4 if entry.kind == "guard" and entry.language != "en" else 3
    own = entry.language == language or not language and len(entry.spelling) > least
    if exact and not entry.spelling.isascii():
        return own or len(entry.spelling) > least  # "lì" is a finish in Vietnamese, and "there" in Italian
    if not own:
        return exact and entry.language == "en" and entry.kind in _BEFORE_ENGLISH and _plainly_english(entry)
    if exact:
        return True
    if written != reading.plain[span[0] : span[1]] or entry.accents_needed:
        return False
    # Vietnamese without its marks is read only where the whole post is written so: "do" is not "đỏ".
    return entry.language != "vi" or not marked


def _plainly_english(entry: Entry) -> bool:
    return not entry.ambiguous and len(entry.spelling) > 4


def latin(word: str) -> bool:
    """Whether a folded word is written in Latin letters, at least in part."""
    return any("a" <= c <= "z" for c in plain(word))


def forms(spelling: str) -> Iterator[str]:
    """A spelling (plain) as posts have it: in Arabic also with the articles and prepositions that are written onto it."""
    if not spelling:
        return
    if _LETTERS_OF_ARABIC.match(spelling) and not spelling.startswith("ال"):
        yield from (article + spelling for article in _ARTICLES)
    else:
        yield spelling


def bounded(form: str) -> str:
    """With spaces where the script has them around words; Korean has particles behind, Japanese and Chinese none."""
    before = "" if _OPEN_BEFORE.match(form[0]) else " "
    after = "" if _OPEN_AFTER.match(form[-1]) else " "
    return before + form + after


def rivals(lexicon: Lexicon, shelf: Shelf) -> Iterator[str]:
    """The makers that the lexicon knows and the catalogue does not carry (plain)."""
    for entry in lexicon.entries:
        if _seen_from(shelf, entry).concept == "rival" and plain(entry.spelling) not in shelf.brand_codes:
            yield plain(entry.spelling)


def _seen_from(shelf: Shelf, entry: Entry) -> Entry:
    """A maker's other name ("ナイキ") is a brand where the catalogue carries it, and a rival's where it does not."""
    if entry.kind != "brand" or entry.concept in shelf.brand_codes:
        return entry
    return replace(entry, kind="guard", concept="rival")


def _brands(shelf: Shelf, lexicon: Lexicon) -> Iterator[Entry]:
    for key in shelf.most_carried():
        if key in lexicon.never:
            continue
        ordinary = key in lexicon.ordinary or len(key) < 3 or key.isdigit() or key in lexicon.everyday
        yield Entry("brand", key, key, ANY, ordinary)
        joined = key.replace(" ", "")
        # "loreal", "elf", "hudabeauty": written as one word, as hashtags and haste have it.
        if joined != key and len(joined) > 5 and joined not in lexicon.everyday:
            yield Entry("brand", key, joined, ANY, ordinary)


def _own_types(shelf: Shelf, lexicon: Lexicon) -> Iterator[Entry]:
    """Types that only this shop has, in its own words: they need a second cue, since nobody looked at them. What is said
    of anything ("Sale", "Summer party") names no thing."""
    spelt = {plain(entry.spelling) for entry in lexicon.entries if entry.kind != "type"}
    general = lexicon.everyday | lexicon.ordinary | lexicon.never | spelt
    for name in sorted(one for one in shelf.type_names if one.startswith("own:")):
        words = name.removeprefix("own:")
        if len(words) > 2 and words not in general and not general.issuperset(words.split()):
            yield Entry("type", name, words, ANY, ambiguous=True)
