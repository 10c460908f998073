"""What to know of a hashtag before it is on a billboard: how people will read it, and whose else it is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from catalog.matching.lexicon import built_in
from catalog.words import at_capitals, fold, plain
from social.blocklist import default
from social.hashtags import extract, key, loose_key

SHORT = 4
"""Tags of fewer letters mean too many things."""
LONG = 24
MOST_READINGS = 4
LONGEST = 40

# Words of which house tags are made, besides those of the lexicon; only for showing how a tag may be read.
_COMMON = """
    about after again album always another anything around away back bag band bar bath beat bed before behind believe
    bell better black blue body bold book box brand break bright bring bum bump but buy call can car care catch change
    chat child choice class close club coat cold color come cool corner cream crew cut dance dark day deal dear dip
    do door dream dress drop early earth east edge end ever experts exchange eye face fair fan far feel fight find
    fine fire fit five flash flow fly follow food forever forty four fresh friend from front full fun future garden
    glam glow gold green group grow guide hair half hand has have head hear heart help here hero high him hit hold hop
    hot hour house hundred if inside into island jump just keep kind kiss knit know lab lady land last late lead leap
    leave left less let life lift light like line list little live local long loud love low luck made magic make man
    many mark market me meet men met mind mine miss model moment month mood moon more morning most mother move much
    music must my name near need nest new next nice night nine no north not nothing now of off off old on once one only
    open or other our out over own page paint pair paper park part party past pen people perfect pick piece pink place
    plan play please pop power present press pretty proud pull push put queen quick quiet rain read ready real red
    remember rise road rock roll room rose round row run safe said same save say sea season second see sell send set
    seven shade shadow shape share she shine shop short show side sight sign silver simple sing six skin sky sleep slow
    small smile so soft some song soon soul sound south space speak special spin spring stand star start state stay
    step still stop store story street strong style such summer sun sure susan sweet swim table take talk tell ten than
    that the their them then therapist there these they thing think this those thought three through time tip to today
    together tomorrow tonight too top touch town travel tree true try turn two under until up us use very view voice
    wait wake walk wall want war warm was watch water wave way we wear week well went were west what when where which
    white who whole why wide wild will win wind window winter wish with woman women wonder wood word work world would
    write year yellow yes yet you young your zone hashtag london paris oslo hanoi week fashion beauty lips nails
"""


@dataclass(frozen=True)
class Lint:
    """One tag as people and networks will take it. `readings` are the ways to take it apart, the likeliest first."""

    tag: str
    readings: tuple[str, ...]
    warnings: tuple[str, ...]
    unusable: bool = False


def lint(tag: str, *, others: Mapping[str, str] | None = None) -> Lint:
    """Judge one tag. `others` maps the tags of other feeds to the names of those feeds."""
    tag = tag.lstrip("#＃")
    if extract(f"#{tag}") != [tag]:
        why = "only digits: networks make no hashtag of it" if tag.isdigit() else "no network takes it for one hashtag"
        return Lint(tag, (), (why,), unusable=True)
    ways = readings(tag)
    warnings = (*_hidden(tag, ways), *_ambiguous(tag, ways), *_size(tag), *_shared(tag, others or {}))
    return Lint(tag, ways, warnings)


def readings(tag: str) -> tuple[str, ...]:
    """How a tag reads: as its capitals say, or else every way into whole known words, the fewest words first."""
    begins = [*at_capitals(tag), len(tag)]
    if tag.isascii() and len(begins) > 2:
        return (" ".join(tag[a:b].strip("_") for a, b in zip(begins, begins[1:], strict=False)),)
    folded = plain(fold(tag)).strip()
    ways = _ways(folded) if 0 < len(folded) <= LONGEST else []
    found = sorted(ways, key=lambda words: (len(words), min(map(len, words)) < 3, words))
    close = [" ".join(words) for words in found if len(words) <= len(found[0]) + 1]
    return tuple(close[:MOST_READINGS]) or (folded or tag,)


def _ways(tag: str) -> list[tuple[str, ...]]:
    """Every way to cut a tag into known words; bounded, since long tags have very many."""
    ends: list[list[tuple[str, ...]]] = [[()]] + [[] for _ in tag]
    for end in range(1, len(tag) + 1):
        for begin in range(max(0, end - 16), end):
            if tag[begin:end] in _known() and ends[begin]:
                ends[end] += [(*before, tag[begin:end]) for before in ends[begin]]
        ends[end] = sorted(ends[end], key=len)[:12]
    return ends[len(tag)]


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    spelt = (plain(entry.spelling) for entry in built_in().entries if entry.language in ("en", "any"))
    words = {word for spelling in spelt for word in spelling.split() if _plain_word(word)}
    # Of single letters only "a" and "i" are words; the others would make a reading of anything.
    return frozenset(words | built_in().everyday | set(_COMMON.split()) | _unwanted()) - set("bcdefghjklmnopqrstuvwxyz")


def _plain_word(word: str) -> bool:
    return len(word) > 2 and word.isascii() and word.isalpha()


@lru_cache(maxsize=1)
def _unwanted() -> frozenset[str]:
    """English words that no wall wants: what a tag may hold by accident."""
    return frozenset(word for strength in ("refuse", "hold") for word in default(strength).whole if _plain_word(word))


def _hidden(tag: str, ways: tuple[str, ...]) -> Iterable[str]:
    folded = plain(fold(tag)).replace(" ", "").replace("_", "")
    spoken = {word.lower() for way in ways for word in way.split()}
    refused = [word for word in _unwanted() if word in spoken or (len(word) > 3 and word in folded)]
    for word in sorted(refused, key=lambda one: (-len(one), one))[:2]:
        if not any(word != longer and word in longer for longer in refused):
            yield f"somebody will read ‘{word}’ in it"


def _ambiguous(tag: str, ways: tuple[str, ...]) -> Iterable[str]:
    rival = next((way for way in ways[1:] if " " in ways[0] or set(way.split()) & _unwanted()), None)
    if rival:
        yield f"reads as ‘{ways[0]}’ or ‘{rival}’: print it with capitals"
    elif tag.islower() and " " in ways[0]:
        capitals = "".join(word.capitalize() for word in ways[0].split())
        yield f"print it as #{capitals}: people and screen readers then read it as words"


def _size(tag: str) -> Iterable[str]:
    word = plain(fold(tag)).strip()
    if len(tag) < SHORT and tag.isascii():
        yield f"{len(tag)} letters mean many things to many people: expect strangers"
    elif word in built_in().frequencies or word in _known():
        yield "an everyday word: most posts with it will have nothing to do with you, and each one read is paid for"
    if len(tag) > LONG:
        yield f"{len(tag)} letters: few will type it without a slip"


def _shared(tag: str, others: Mapping[str, str]) -> Iterable[str]:
    for other, feed in others.items():
        if key(other) == key(tag):
            yield f"‘{feed}’ listens to it too: a post is judged for both"
        elif loose_key(other) == loose_key(tag):
            yield f"differs from #{other} of ‘{feed}’ by accents alone: people will mix them up"
