"""Silence: the reasons for which a post that names the right things still gets nothing beside it."""

import re
from collections.abc import Collection, Iterator, Sequence

from catalog.matching.cues import Cue
from catalog.matching.evidence import Head
from catalog.matching.explain import owned
from catalog.matching.values import Against
from catalog.words import BREAK, HANDLE, Reading

_CREDIT = re.compile(rf"(?:\b(?:by|from|wearing|von|de|da|av|w|with|thanks) {HANDLE} |{HANDLE} (?:\w+ )?$)")

MOST_HASHTAGS = 10
"""A post with more is written for machines."""

_TURN = re.compile(
    rf"\{BREAK}| (?:but|mais|pero|aber|sondern|ma|men|mas|nhung|though|yet) |けど|でも|だけど|けれど|지만"
)
"""Where what was said before no longer holds."""

_REACH = 5
"""Words before a thing within which a negation is about it."""

_LIGHT = re.compile(
    r" ?(?:(?:a|one|single|been|even|ever|once|really|so|that|me|te|se|nos|m|t|ha|he|mich|mir|uns|hat|meg|oss|har|blitt|"
    r"ein|eine|einen|einzige|einzigen|en|ett|et|eneste|un|une|seul|seule|una|uno|solo|sola|um|uma) )*"
)
"""What may stand between a negation and the complaint that it denies: "nunca me decepcionou", "not a single blister"."""

_BEHIND = frozenset({"ja", "ko", "hi", "zh", "de"})
"""Languages whose negation may stand behind what it negates."""
_BEHIND_VERBS = frozenset({"de", "no", "sv", "fr"})
"""Languages that deny a verb behind it: "drückt nicht", "gnager ikke", "ne gratte pas"."""

_WORDS = {
    "complaint": "sounds like a complaint",
    "advert": "sounds like a giveaway or an advertisement",
    "unsafe": "keeps company with words no item should stand beside",
    "elsewhere": "seems to be about something else",
}


def held(
    cues: Sequence[Cue], heads: Sequence[Head], reading: Reading, language: str, hashtags: int,
    without: Collection[str] = (),
) -> Iterator[Against]:  # fmt: skip
    """Why nothing is to be shown, each reason with its words; nothing if the post is clear. `without`: the language's
    words for it."""
    guards = [cue for cue in cues if cue.kind == "guard"]
    for guard in guards:
        mended = guard.concept == "complaint" and (
            _denied(guard, guards, reading, language) or _made_up_for(guard, cues, reading)
        )
        if guard.concept in _WORDS and not mended:
            yield _against(guard, f"{_WORDS[guard.concept]}: ‘{_said(guard, reading)}’{owned(guard)}", reading)
    if hashtags > MOST_HASHTAGS:
        yield Against("hashtags", f"{hashtags} hashtags: written for machines")
    if not any(head.cue.kind == "brand" for head in heads) and not _own_brand(cues):
        for rival in (g for g in guards if g.concept == "rival"):
            yield _against(
                rival, f"names ‘{_said(rival, reading)}’{owned(rival)}, which the catalogue does not carry", reading
            )
        credits = [_credited(head, reading) for head in heads]
        if heads and all(at is not None for at in credits):
            for at in dict.fromkeys(credits):
                yield Against(
                    "credit", "credits another account with it", reading.places[at], reading.places[at + 1] + 1
                )
    negations = [guard for guard in guards if guard.concept == "negation"]
    if heads and negations:
        holding = [one for one in negations if not _doubled(one, negations, reading, without)]
        against = [_negated(head, holding, reading, language) for head in heads]
        if all(against):
            for negation in dict.fromkeys(against):
                yield _against(negation, f"speaks against it: ‘{_said(negation, reading)}’", reading)


def sayings(cues: Sequence[Cue], reading: Reading) -> tuple[Against, ...]:
    """The sayings of a post that names nothing else: "lipstick on his collar", "dress code"."""
    idioms = [cue for cue in cues if cue.kind == "guard" and cue.concept == "idiom"]
    words = "names nothing that is sold: ‘{}’ is a saying"
    return tuple(_against(cue, words.format(_said(cue, reading)) + owned(cue), reading) for cue in idioms)


def silenced(cues: Sequence[Cue]) -> bool:
    """Whether a guard stands that makes the post unfit even to be counted in a trend."""
    return any(cue.kind == "guard" and cue.concept in ("unsafe", "advert") for cue in cues)


def _denied(complaint: Cue, guards: Sequence[Cue], reading: Reading, language: str) -> bool:
    """Whether a complaint is denied by the word beside it: "no blisters", "never been disappointed", "drückt nicht"."""
    return any(
        guard.concept == "negation"
        and (
            (guard.end <= complaint.start and _LIGHT.fullmatch(reading.plain, guard.end, complaint.start))
            or language in _BEHIND_VERBS
            and complaint.end <= guard.start
            and _LIGHT.fullmatch(reading.plain, complaint.end, guard.start)
        )
        for guard in guards
    )


def _made_up_for(complaint: Cue, cues: Sequence[Cue], reading: Reading) -> bool:
    """Whether what is complained of is wished for or praised after all, behind the last complaint: "every pair of tights is
    laddered. brand recs?", "ripped, but I love them"."""
    last = max(cue.end for cue in cues if cue.kind == "guard" and cue.concept == "complaint")
    return any(
        cue.kind == "intent"
        and cue.concept in ("wish", "praise")
        and not cue.emoji
        and cue.start >= last
        and _TURN.search(reading.plain, complaint.end, cue.start)
        for cue in cues
    )


def _credited(head: Head, reading: Reading) -> int | None:
    """The place in the reading of the account that is named as the thing's maker: "@them earrings", "earrings by @them"."""
    before, behind = reading.plain[: head.cue.start], reading.plain[head.cue.end :]
    sentence = before.rsplit(BREAK, 1)[-1]
    if found := _CREDIT.search(sentence):
        return len(before) - len(sentence) + found[0].index(HANDLE) + found.start()
    found = _CREDIT.search(behind.split(BREAK, 1)[0])
    return head.cue.end + found.start() + found[0].index(HANDLE) if found else None


def _own_brand(cues: Sequence[Cue]) -> bool:
    return any(cue.kind == "brand" and not cue.ambiguous for cue in cues)


def _against(cue: Cue, words: str, reading: Reading) -> Against:
    return Against(cue.concept, words, *reading.span(cue.start, cue.end), cue.language)


def _said(cue: Cue, reading: Reading) -> str:
    return reading.accented[cue.start : cue.end].strip()


def _words(between: str) -> int:
    """Words between two places; where words are not parted, three letters count as one."""
    return sum(1 if word.isascii() else max(1, len(word) // 3) for word in between.split())


def _doubled(negation: Cue, negations: Sequence[Cue], reading: Reading, without: Collection[str]) -> bool:
    """Whether a negation of the sentence is done without another: "ohne Lippenstift geh ich nicht", "never without it"."""

    def lacks(cue: Cue) -> bool:
        return not set(without).isdisjoint(reading.plain[cue.start : cue.end].split())

    for other in negations:
        first, second = sorted((negation, other), key=lambda cue: cue.start)
        apart = first.end <= second.start and BREAK not in reading.plain[first.end : second.start]
        if apart and (lacks(first) or lacks(second)):
            return True
    return False


def _negated(head: Head, negations: Sequence[Cue], reading: Reading, language: str) -> Cue | None:
    for negation in negations:
        before = negation.end <= head.cue.start
        between = (
            reading.plain[negation.end : head.cue.start] if before else reading.plain[head.cue.end : negation.start]
        )
        if not _TURN.search(between) and _words(between) <= _REACH and (before or language in _BEHIND):
            return negation
    return None
