"""Who speaks for themselves: authors whose posts say the same in the same words are one voice, however many accounts.

Two texts are the same when three quarters of their words are (links, handles, digits and decoration do not count). A
text of a few words proves nothing: "burgundy lips everywhere" is said by people who never met.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from math import ceil

from social.screening import fingerprint

SAME = 0.75
"""Words in common of all words of both."""
FEWEST = 6
"""Different words below which a text is nobody's own."""
_MOST_COMPARED = 60
"""Texts that one is compared with, those with its rarest words first: the first of each ring stands for all of it."""


def voices(posts: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Author to the author who stands for them, from (author, text): themselves, or the first of those who said the same."""
    said = [(author, frozenset(fingerprint(text).split())) for author, text in sorted(posts)]
    stands: dict[str, str] = {author: author for author, _ in said}
    said = [(author, words) for author, words in said if len(words) >= FEWEST]
    rarity = Counter(word for _, words in said for word in words)
    leaders: dict[str, list[tuple[str, frozenset[str]]]] = defaultdict(list)
    for author, words in said:
        # Texts that share three quarters of their words share one of their rarest quarter: others need no look.
        telling = sorted(words, key=lambda word: (rarity[word], word))[: len(words) - ceil(SAME * len(words)) + 1]
        same = next((other for other, theirs in _near(leaders, telling) if _same(words, theirs)), None)
        if same is None:
            for word in telling:
                leaders[word].append((author, words))
        else:
            _join(stands, author, same)
    return {author: _root(stands, author) for author in stands}


def _near(
    leaders: dict[str, list[tuple[str, frozenset[str]]]], words: Iterable[str]
) -> Iterator[tuple[str, frozenset[str]]]:
    met: set[frozenset[str]] = set()
    for word in words:
        for other in leaders[word][:_MOST_COMPARED]:
            if other[1] not in met:
                met.add(other[1])
                yield other
                if len(met) == _MOST_COMPARED:
                    return


def _same(one: frozenset[str], other: frozenset[str]) -> bool:
    shorter, longer = sorted((len(one), len(other)))
    return shorter >= SAME * longer and len(one & other) >= SAME * len(one | other)


def _root(stands: dict[str, str], author: str) -> str:
    while stands[author] != author:
        author = stands[author]
    return author


def _join(stands: dict[str, str], one: str, other: str) -> None:
    first, second = sorted((_root(stands, one), _root(stands, other)))
    stands[second] = first
