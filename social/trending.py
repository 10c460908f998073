"""Trends: hashtags and themes of a feed that rise against what the feed usually says, by how many people say them.

An author counts once, and authors whose posts say the same in the same words count as one voice: a loud account or a
ring of copies is no trend. What is usual is the third quartile of the windows before (and of the same hour on the days
before), grown with the feed as a whole, so that a word that is said every evening, or in each burst of talk, does not
rise by being said again. Rise = log2((voices + 3) / (usual + 3)): the 3 keeps a word that went from nobody to two below
one that went from ten to forty. Rank = rise * log2(1 + voices): what rises and is also widely said goes first.

A word falls out when fewer than `least_authors` voices said it, when it does not rise clearly, when one author wrote
most of its posts and too few others remain, when a more particular theme tells all of it ("burgundy lips" of "lips"),
or when it is the feed's own tag, blocked, or muted.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import log2, sqrt
from typing import Literal, NamedTuple

from social import blocklist
from social.folding import folded
from social.usual import NOTHING_BEFORE, Usual, usual
from social.voices import voices

Kind = Literal["hashtag", "theme", "visits"]
Key = tuple[Kind, str]

LONGEST = 100
"""Characters of a trend's name: a longer word would have to be cut, and nobody said what is left of it."""
_CALM = 3
_WITHIN = 0.9
"""Share of a theme's voices from which a more particular theme tells all of it."""


class Said(NamedTuple):
    """A hashtag or theme in a post: when, by whom, as written (a hashtag without its sign), and the post's text."""

    at: datetime
    author: str
    word: str
    kind: Kind = "hashtag"
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class TrendRules:
    """How a feed counts."""

    window: timedelta = timedelta(minutes=60)
    buckets: int = 12
    """Points of the curve over the window."""
    least_authors: int = 3
    least_rise: float = 0.3
    """0.3: about a quarter more voices than usual."""
    least_surprise: float = 1.0
    """How many times what is left to chance (the root of the usual number) the rise must be."""
    loudest: float = 0.5
    """Share of a word's posts by one author from which the others must be enough by themselves."""
    most: int = 20
    own_tags: frozenset[str] = frozenset()
    """The feed's own tags: every post has them."""
    blocked_words: frozenset[str] = frozenset()
    """The merchandiser's own words, besides the built-in list."""
    pinned: frozenset[tuple[str, str]] = frozenset()
    """(kind, key) of trends that stay however they move, as long as anybody says them."""

    @property
    def minutes(self) -> int:
        """The window's length."""
        return int(self.window.total_seconds() // 60)


@dataclass(frozen=True)
class Rising:
    """A word on the rise. `curve`: voices heard for the first time in each part of the window, oldest first."""

    word: str
    """As most people write it."""
    kind: Kind
    key: str
    count: int
    """Posts in the window."""
    authors: int
    """Voices: authors, those with the same text as one."""
    previous: int
    """Authors in the window before."""
    rise: float
    curve: tuple[int, ...]
    copies: int = 0
    """Authors left out because somebody else said the same in the same words."""
    loudest: float = 0.0
    """Share of the posts by whoever wrote the most."""
    usual: Usual = NOTHING_BEFORE
    said_by: frozenset[str] = frozenset()

    @property
    def rank(self) -> float:
        """What they are sorted by."""
        return max(self.rise, 0.0) * log2(1 + self.authors)

    @property
    def surprise(self) -> float:
        """How far above the usual, in roots of the usual number."""
        return (self.authors - self.usual.expected) / sqrt(max(self.usual.expected, 1.0))


def key_of(word: str) -> str:
    """The key by which two spellings of a word are one trend: look-alikes, case and accents folded, spaces kept. Empty for a
    word that is too long, or that folding makes too long, to be a trend."""
    key = " ".join(folded(piece) for piece in word.lstrip("#＃").split())
    return key if max(len(key), len(word)) <= LONGEST else ""


def rising(rows: Iterable[Said], rules: TrendRules, *, now: datetime) -> tuple[Rising, ...]:
    """What rises at `now`, best first. `rows` should reach back over the windows that social.usual compares with; later
    ones than `now` are not counted."""
    opened = now - rules.window
    fresh: dict[Key, list[Said]] = defaultdict(list)
    before: list[tuple[datetime, str, Key]] = []
    key = _remembered()
    for row in rows:
        if row.at <= now and (name := key(row.word)):
            if row.at > opened:
                fresh[row.kind, name].append(row)
            else:
                before.append((row.at, row.author, (row.kind, name)))
    crowd = len({row.author for said in fresh.values() for row in said})
    expects = usual(before, crowd=crowd, window=rules.window, now=now)
    own = {key_of(tag) for tag in rules.own_tags}
    found = [
        _rising(one, said, expects(one), rules, now)
        for one, said in fresh.items()
        if one[1].replace(" ", "") not in own
    ]
    # The blocklist is asked last: it is the dearest, and few words come this far.
    risen = [one for one in found if _rises(one, rules)]
    kept = [one for one in risen if not _told(one, risen, rules) and not _blocked(one, rules)]
    kept.sort(key=lambda one: (-one.rank, -one.authors, one.kind, one.key))
    return tuple(kept[: rules.most])


def _remembered() -> Callable[[str], str]:
    known: dict[str, str] = {}

    def key(word: str) -> str:
        if word not in known:
            known[word] = key_of(word)
        return known[word]

    return key


def _rising(key: Key, said: Sequence[Said], before: Usual, rules: TrendRules, now: datetime) -> Rising:
    posts = Counter(row.author for row in said)
    # Copies are looked for only where there would be enough people without: it takes the most time.
    enough = len(posts) >= rules.least_authors or key in rules.pinned
    voice = voices({(row.author, row.text) for row in said}) if enough else {}
    first: dict[str, datetime] = {}
    for row in said:
        one = voice.get(row.author, row.author)
        first[one] = min(row.at, first.get(one, row.at))
    rise = log2((len(first) + _CALM) / (before.expected + _CALM))
    return Rising(
        _most_written(said), *key, len(said), len(first), before.last, round(rise, 4), _curve(first.values(), rules, now),
        len(posts) - len(first), round(max(posts.values()) / len(said), 2), before, frozenset(first),
    )  # fmt: skip


def _most_written(said: Iterable[Said]) -> str:
    """The spelling that most authors chose; of equals the one that sorts first, so that it does not flicker."""
    spelt = Counter(word for word, _ in {(row.word.lstrip("#＃"), row.author) for row in said})
    return min(spelt, key=lambda word: (-spelt[word], word))


def _curve(moments: Iterable[datetime], rules: TrendRules, now: datetime) -> tuple[int, ...]:
    counts = [0] * rules.buckets
    for moment in moments:
        ago = (now - moment) / rules.window
        counts[min(rules.buckets - 1, int((1 - ago) * rules.buckets))] += 1
    return tuple(counts)


def _rises(one: Rising, rules: TrendRules) -> bool:
    if (one.kind, one.key) in rules.pinned:
        return True
    others = one.authors - 1 if one.loudest > rules.loudest else one.authors
    clearly = one.rise >= rules.least_rise and one.surprise >= rules.least_surprise
    return others >= rules.least_authors and clearly


def _told(one: Rising, risen: Iterable[Rising], rules: TrendRules) -> bool:
    """Whether a theme of more words was said by nearly all who said this one: that tells more."""
    if one.kind != "theme" or (one.kind, one.key) in rules.pinned:
        return False
    words = one.key.count(" ")
    return any(
        other.kind == "theme" and other.key.count(" ") > words
        and len(one.said_by & other.said_by) >= _WITHIN * one.authors
        for other in risen
    )  # fmt: skip


def _blocked(one: Rising, rules: TrendRules) -> bool:
    lists = [blocklist.default("refuse"), blocklist.default("hold")]
    if rules.blocked_words:
        lists.append(blocklist.merchandisers(rules.blocked_words, frozenset()))
    return any(listed.found_in_tag(one.word) or listed.found(one.word) for listed in lists)


def why(one: Rising, minutes: int) -> Mapping[str, object]:
    """Why a word counts as a rise, for whoever decides on it: figures, and a sentence of them."""
    said = one.usual
    return {
        "voices": one.authors, "usual": round(said.level, 1), "expected": round(said.expected, 1), "windows": said.windows,
        "posts": one.count, "copies": one.copies, "loudest": one.loudest, "words": _sentence(one, minutes),
    }  # fmt: skip


def _sentence(one: Rising, minutes: int) -> str:
    span, spans = ("hour", "hours") if minutes == 60 else (f"{minutes} minutes", f"times of {minutes} minutes")
    told = [f"{one.authors} people in the last {span}"]
    if one.usual.windows > 1:
        told.append(f"usually {one.usual.level:.0f}, as {one.usual.windows} earlier {spans} tell")
    elif one.usual.windows:
        told.append(f"{one.usual.level:.0f} before, and nothing else to compare with")
    else:
        told.append("nothing earlier to compare with")
    if one.usual.expected - one.usual.level >= 1:
        told.append(f"{one.usual.expected:.0f} would be no rise, since the feed hears more people than usual")
    if one.copies:
        told.append(
            f"{one.copies} more posted somebody else’s words and are not counted" if one.copies > 1
            else "one more posted somebody else’s words and is not counted"
        )  # fmt: skip
    if one.loudest > 0.3 and one.count > one.authors:
        told.append(f"one account wrote {one.loudest:.0%} of its posts and counts once")
    return "; ".join(told) + "."
