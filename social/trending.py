"""Trends: hashtags and themes of a feed that rise, counted over a sliding window, each author once.

Rise = log2((authors now + 3) / (authors before + 3)), where "before" is the window just before this one: the 3 keeps a
word that went from nobody to two below one that went from ten to forty. Rank = rise * log2(1 + authors now): what
rises and is also widely said goes first. A word falls out when fewer than `least_authors` said it in the window, when
it does not rise, or when it is the feed's own tag, blocked, or muted.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import log2
from typing import Literal, NamedTuple

from social import blocklist
from social.folding import folded

Kind = Literal["hashtag", "theme"]

LONGEST = 100
"""Characters of a trend's name: a longer word would have to be cut, and nobody said what is left of it."""
_CALM = 3


class Said(NamedTuple):
    """A hashtag or theme in a post: when, by whom, as written (a hashtag without its sign)."""

    at: datetime
    author: str
    word: str
    kind: Kind = "hashtag"


@dataclass(frozen=True, kw_only=True)
class TrendRules:
    """How a feed counts."""

    window: timedelta = timedelta(minutes=60)
    buckets: int = 12
    """Points of the curve over the window."""
    least_authors: int = 3
    least_rise: float = 0.3
    """0.3: about a quarter more authors than before."""
    most: int = 20
    own_tags: frozenset[str] = frozenset()
    """The feed's own tags: every post has them."""
    blocked_words: frozenset[str] = frozenset()
    """The merchandiser's own words, besides the built-in list."""
    pinned: frozenset[tuple[str, str]] = frozenset()
    """(kind, key) of trends that stay however they move, as long as anybody says them."""


@dataclass(frozen=True)
class Rising:
    """A word on the rise. `curve`: authors heard for the first time in each part of the window, oldest first."""

    word: str
    """As most people write it."""
    kind: Kind
    key: str
    count: int
    """Posts in the window."""
    authors: int
    previous: int
    """Authors in the window before."""
    rise: float
    curve: tuple[int, ...]

    @property
    def rank(self) -> float:
        """What they are sorted by."""
        return max(self.rise, 0.0) * log2(1 + self.authors)


def key_of(word: str) -> str:
    """The key by which two spellings of a word are one trend: look-alikes, case and accents folded, spaces kept. Empty for a
    word that is too long, or that folding makes too long, to be a trend."""
    key = " ".join(folded(piece) for piece in word.lstrip("#＃").split())
    return key if max(len(key), len(word)) <= LONGEST else ""


def rising(rows: Iterable[Said], rules: TrendRules, *, now: datetime) -> tuple[Rising, ...]:
    """What rises at `now`, best first. `rows` should reach back two windows; later ones than `now` are not counted."""
    opened, started = now - rules.window, now - 2 * rules.window
    fresh: dict[tuple[Kind, str], list[Said]] = defaultdict(list)
    before: dict[tuple[Kind, str], set[str]] = defaultdict(set)
    for row in rows:
        if started < row.at <= now and (key := key_of(row.word)):
            if row.at > opened:
                fresh[row.kind, key].append(row)
            else:
                before[row.kind, key].add(row.author)
    own = {key_of(tag) for tag in rules.own_tags}
    found = [
        _rising(kind, key, said, len(before[kind, key]), rules, now)
        for (kind, key), said in fresh.items()
        if key.replace(" ", "") not in own
    ]
    # The blocklist is asked last: it is the dearest, and few words come this far.
    kept = [one for one in found if _rises(one, rules) and not _blocked(one, rules)]
    kept.sort(key=lambda one: (-one.rank, -one.authors, one.kind, one.key))
    return tuple(kept[: rules.most])


def _rising(kind: Kind, key: str, said: list[Said], previous: int, rules: TrendRules, now: datetime) -> Rising:
    first: dict[str, datetime] = {}
    for row in said:
        first[row.author] = min(row.at, first.get(row.author, row.at))
    authors = len(first)
    rise = log2((authors + _CALM) / (previous + _CALM))
    word = _most_written(said)
    return Rising(word, kind, key, len(said), authors, previous, round(rise, 4), _curve(first.values(), rules, now))


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
    return one.authors >= rules.least_authors and one.rise >= rules.least_rise


def _blocked(one: Rising, rules: TrendRules) -> bool:
    lists = [blocklist.default("refuse"), blocklist.default("hold")]
    if rules.blocked_words:
        lists.append(blocklist.merchandisers(rules.blocked_words, frozenset()))
    return any(listed.found_in_tag(one.word) or listed.found(one.word) for listed in lists)
