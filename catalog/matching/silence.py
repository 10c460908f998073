"""Why not: what a silent post would have needed, in sentences."""

from collections.abc import Iterator, Sequence

from catalog.matching.evidence import ENOUGH, Evidence
from catalog.matching.values import Against
from catalog.matching.whynot import Contest

_GUARDS = frozenset({"complaint", "advert", "unsafe", "elsewhere", "rival", "credit", "negation"})
_MORE = (
    ("colour", 1.4, "a colour beside it"), ("finish", 1.2, "a finish or material beside it"),
    ("brand", 2.6, "a maker that the catalogue carries"), ("intent", 1.5, "a wish (‘looking for’)"),
    ("context", 1.2, "a word of beauty or fashion"),
)  # fmt: skip
"""Kinds of cue, what each can add to the evidence, and what it is called."""


def needed(contest: Contest, evidence: Evidence, against: Sequence[Against]) -> Iterator[Against]:
    """What a silent post would have needed. `contest.matches` are what would be shown but for the guards."""
    kinds = {one.kind for one in against}
    words = {
        "nothing": _some_word, "alone": _some_weight, "doubtful": _company, "unsold": _some_stock, "learned": _no_lesson,
        "idiom": _no_saying,
    }  # fmt: skip
    for kind in words.keys() & kinds:
        yield Against("needed", words[kind](contest, evidence))
    if "hashtags" in kinds:
        yield Against("needed", "with 10 hashtags or fewer it would be read as a person’s words")
    if _GUARDS & kinds:
        first = contest.matches[0].variant if contest.matches else ""
        yield Against("needed", _unguarded(contest), variant=first)


def _some_word(contest: Contest, evidence: Evidence) -> str:
    return (
        "it would need a word for a kind of item (‘lipstick’, ‘dress’), or a maker that the catalogue carries with a word of "
        "beauty or fashion beside it"
    )


def _some_weight(contest: Contest, evidence: Evidence) -> str:
    has = evidence.total + contest.terms.head_start
    kinds = {cue.kind for cue in evidence.cues}
    more = [words for kind, weight, words in _MORE if kind not in kinds and has + weight >= ENOUGH]
    which = f": {', or '.join(more)}, would do" if more else ""
    return f"its words weigh {has:.1f}, and an item needs {ENOUGH:.1f}{which}"


def _company(contest: Contest, evidence: Evidence) -> str:
    cue = evidence.doubtful[0]
    said = contest.reading.accented[cue.start : cue.end].strip()
    return f"‘{said}’ needs company: a colour or finish right beside it, or a maker of such things"


def _some_stock(contest: Contest, evidence: Evidence) -> str:
    names = {head.type_name for head in evidence.heads if head.type_name}
    have = {name: len(contest.shelf.variants(name)) for name in sorted(names)}
    told = [
        f"the catalogue has {count} of {contest.shelf.lexicon.label(name)}" for name, count in have.items() if count
    ]
    return f"{' and '.join(told)}, and the feed would have to sell them" if told else "the catalogue has none of it"


def _no_saying(contest: Contest, evidence: Evidence) -> str:
    return "as a stop word of the feed it would be no saying any more, and its words would mean what they say"


def _no_lesson(contest: Contest, evidence: Evidence) -> str:
    return "taking back one of these corrections lets such posts through again"


def _unguarded(contest: Contest) -> str:
    if not contest.matches:
        return "even without those words nothing would be shown"
    placed = contest.shelf.placed(contest.number(contest.matches[0].variant) or 0)
    kind = contest.shelf.lexicon.label(placed.types[0]) if placed.types else "an item"
    shade = f" ({placed.colour})" if placed.colour else ""
    return f"without those words it would show {kind}{shade}"
