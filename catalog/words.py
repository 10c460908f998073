"""Text read once for every judge of it: folded so that spellings meet, with the place of each character kept.

Matching (here) and screening (in social) must see the same words in a post, and a console must be able to mark them in
the text as its author wrote it. So folding never loses track: `Reading.places[i]` is where character i came from.

What folding does: NFKC; case; apostrophes, hyphens and punctuation to one space; the end of a sentence to ` | `; emoji
to words of their own; Arabic letters that are written either way made one; links, handles and venue tails ("@ The
Wall") out; hashtags taken apart into whole words. `accented` keeps accents, `plain` folds those of Latin letters; both
have the same length, so that a place in one is a place in the other.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

LONGEST = 4_000
"""Characters of a post that are read: what a card could show, several times over."""

BREAK = "|"
"""Stands between sentences in a reading, so that no phrase reaches across."""

HANDLE = "@"
"""Stands in a reading where the text names an account, except at its beginning, where replies name theirs."""

Splitter = Callable[[str], Sequence[int]]
"""Where a hashtag's words begin: offsets into the tag without its sign, the first of them 0."""

Account = Callable[[str], str]
"""The maker (folded, in its own words) whose account a handle without sign is; empty for anybody else's."""

# Everything that is not running text, in one pass. A venue tail is cut to the next tag or line.
_SPECIAL = re.compile(
    r"(?P<link>https?://\S+|www\.\S+|\b[\w.-]{1,60}\.(?:com|co|net|org|ly|me|tv|io)/\S+)"
    r"|(?P<venue>(?<![^\s])@\s+(?=[^\s#@])[^#\n\u2026|]{1,80})"
    r"|(?P<handle>[@＠][\w.]+)"
    r"|[#＃](?P<tag>[\w\u0900-\u0dff]+)"
)
_CAPITALS = re.compile(r"[^\W\d_a-z]+(?=[^\W\d_a-z][a-z])|[^\W\d_a-z]?[a-z]+|[^\W\d_a-z]+|\d+|_+|\W+")


@dataclass(frozen=True, slots=True)
class Reading:
    """A post as the judges read it. Both texts begin and end with a space; `places` leads back to the original."""

    accented: str
    plain: str
    places: Sequence[int]
    text: str
    """What was read."""

    def asks(self, at: int) -> bool:
        """Whether the BREAK at a place of the reading was a question mark."""
        return self.text[self.places[at]] in "?？"

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The place in the original text of plain[start:end], spaces at its ends not counted."""
        while start < end and self.plain[start] == " ":
            start += 1
        while end > start and self.plain[end - 1] == " ":
            end -= 1
        return (self.places[start], self.places[end - 1] + 1) if start < end else (0, 0)


def at_capitals(tag: str) -> Sequence[int]:
    """Where the words of a tag begin as its capitals, digits and underscores tell; (0,) if they tell nothing."""
    if tag.islower() or tag.isupper():
        return [0] + [found.end() for found in re.finditer(r"_+", tag) if found.end() < len(tag)]
    return sorted({0, *(found.start() for found in _CAPITALS.finditer(tag))})


def tag_key(tag: str) -> str:
    """The key by which two spellings of a hashtag (without sign) are the same tag."""
    return plain(fold(tag)).replace(" ", "")


def nobody(handle: str) -> str:
    """Knows no account."""
    return ""


def read(text: str, split: Splitter = at_capitals, without: Collection[str] = (), account: Account = nobody) -> Reading:
    """Read a post. At most LONGEST characters are looked at. Tags whose `tag_key` is in `without` are left out."""
    text = text[:LONGEST]
    out, places = [" "], [0]
    at = 0
    for found in _SPECIAL.finditer(text):
        _fold(text, at, found.start(), out, places)
        if found.lastgroup == "tag" and without and tag_key(found["tag"]) in without:
            _space(found.start(), out, places)
        elif found.lastgroup == "tag":
            _tag(text, found, split, out, places)
        elif found.lastgroup == "handle" and (maker := account(found["handle"][1:])):
            _maker(maker, found.start(), found.end(), out, places)
        else:
            _out(found, out, places)
        at = found.end()
    _fold(text, at, len(text), out, places)
    _space(len(text), out, places)
    accented = "".join(out)
    return Reading(accented, plain(accented), places, text)


def fold(words: str) -> str:
    """A word or phrase as it would stand in `Reading.accented`, without the spaces around it."""
    out, places = [" "], [0]
    _fold(words, 0, len(words), out, places)
    return " ".join("".join(out).replace(BREAK, " ").split())


def plain(folded: str) -> str:
    """Folded words without the accents of Latin letters."""
    return folded if folded.isascii() else folded.translate(_ACCENTS)


def _out(found: re.Match[str], out: list[str], places: list[int]) -> None:
    """Leave out a link, venue or handle; of a handle inside the text its sign stays, since it may be a maker's."""
    _space(found.start(), out, places)
    if found.lastgroup == "handle" and len(out) > 1:
        out += (HANDLE, " ")
        places += (found.start(), found.end() - 1)


def _maker(maker: str, start: int, end: int, out: list[str], places: list[int]) -> None:
    """A maker's account reads as the maker's name; every letter of it leads back to the handle as a whole."""
    _space(start, out, places)
    out += maker
    places += [start, *[end - 1] * (len(maker) - 1)]
    _space(end - 1, out, places)


def _tag(text: str, found: re.Match[str], split: Splitter, out: list[str], places: list[int]) -> None:
    tag, start = found["tag"], found.start("tag")
    _space(start, out, places)
    begins = [*split(tag), len(tag)]
    for begin, end in zip(begins, begins[1:], strict=False):
        _fold(text, start + begin, start + end, out, places)
        _space(start + end - 1, out, places)


def _space(place: int, out: list[str], places: list[int]) -> None:
    if out[-1][-1] != " ":
        out.append(" ")
        places.append(place)


_RUNS = re.compile("[A-Za-z0-9]+(?: [A-Za-z0-9]+)*|[^A-Za-z0-9]")
"""Most of a post is words of letters that only their case changes, a space apart: taken whole."""


def _fold(text: str, start: int, end: int, out: list[str], places: list[int]) -> None:
    """Append text[start:end], folded run by run and sign by sign, so that places are exact."""
    if start >= end:
        return
    last, was = out[-1][-1], ""
    for place, piece in _pieces(text, start, end):
        if piece.isascii() and piece[0].isalnum():
            if was in (_KATAKANA, _JAPANESE) and last != " " and (was == _KATAKANA or piece[0].isalpha()):
                _space(place, out, places)
            out.append(piece.lower())
            places.extend(range(place, place + len(piece)))
            last, was = "a", _LATIN if piece[-1].isalpha() else ""
            continue
        folded, script = _CHARS[piece]
        if folded == BREAK and place + 1 < end and not text[place + 1].isspace() and piece in ".!?:":
            folded = " "  # "s.oliver", "e.l.f.", "12:30": not the end of a sentence
        if not folded or (folded == " " and last == " "):
            continue
        if script != was:
            if last != " " and folded != " " and (_KATAKANA in (script, was) or {script, was} == _PARTED):
                _space(place, out, places)
                last = " "
            was = script
        if folded == BREAK or (len(folded) == 3 and folded[0] == " "):
            if last != " ":
                _space(place, out, places)
            out += (folded.strip(), " ")
            places += (place, place)
            last = " "
            continue
        out.append(folded)
        places.extend([place] * len(folded))
        last = folded[-1]


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, str]]:
    """Runs of plain words whole, and everything else a character each, with their places."""
    if _decomposed(text, start, end):
        yield from _composed(text, start, end)
        return
    for piece in _RUNS.findall(text, start, end):
        yield start, piece
        start += len(piece)


_HALF_WIDTH = re.compile("[\uff66-\uff9f]")
_VOICED = {"\uff9e": "\u3099", "\uff9f": "\u309a"}
"""The marks of half-width katakana as those that a letter is composed with."""


def _decomposed(text: str, start: int, end: int) -> bool:
    part = text[start:end]
    return not part.isascii() and (not unicodedata.is_normalized("NFC", part) or bool(_HALF_WIDTH.search(part)))


def _composed(text: str, start: int, end: int) -> list[tuple[int, str]]:
    """Base letters with the marks behind them put together, each at the place of its base."""
    clusters: list[tuple[int, str]] = []
    for place in range(start, end):
        char = text[place]
        char = _VOICED.get(char, unicodedata.normalize("NFKC", char) if _HALF_WIDTH.match(char) else char)
        if clusters and unicodedata.combining(char):
            clusters[-1] = (clusters[-1][0], clusters[-1][1] + char)
        else:
            clusters.append((place, char))
    return [(place, char) for place, cluster in clusters for char in unicodedata.normalize("NFC", cluster[:8])]


_KATAKANA, _JAPANESE, _LATIN = "katakana", "hiragana or kanji", "latin"
_PARTED = {_JAPANESE, _LATIN}
"""Scripts that are parted where they meet, as katakana is from all others: "NIKEの" is Nike's."""
_SCRIPTS = {
    _KATAKANA: re.compile("[\u30a1-\u30fa\u30fc]+"),
    _JAPANESE: re.compile("[\u3041-\u309f\u3005\u3400-\u9fff]+"),
    _LATIN: re.compile("[a-z]+"),
}

MOST_CHARS = 20_000
"""Characters that are remembered: more than people write with, of the million that a hostile post may go through."""


class _Chars(dict[str, tuple[str, str]]):
    """What each character folds to, worked out when it is first met: its words, and its script where that parts words."""

    def __missing__(self, char: str) -> tuple[str, str]:
        if len(self) >= MOST_CHARS:
            self.clear()
        folded = _one(char)
        self[char] = found = (folded, next((name for name, signs in _SCRIPTS.items() if signs.fullmatch(folded)), ""))
        return found


_EITHER_WAY = str.maketrans({
    "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ؤ": "و", "ئ": "ي",
    "œ": "oe", "æ": "ae", "ĳ": "ij", "ı": "i", "ς": "σ",
})  # fmt: skip


def _one(char: str) -> str:
    if char in "\n.!?;…。！？；":
        return BREAK
    kind = unicodedata.category(char)
    if kind in ("Cf", "Cc", "Cs", "Co", "Cn") or char == "\u0640" or "\u064b" <= char <= "\u0652":
        return " " if char in "\t\r" else ""
    if "\u0300" <= char <= "\u036f" or "\ufe00" <= char <= "\ufe0f" or "\U0001f3fb" <= char <= "\U0001f3ff":
        return ""
    if kind == "So" or char in "❤❣%":
        return f" {char} "
    if kind[0] in "ZP" or kind in ("Sk", "Sm", "Sc"):
        return " "
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", char).casefold()).translate(_EITHER_WAY)
    return folded if all(unicodedata.category(c)[0] in "LMN" for c in folded) else " "


@lru_cache(maxsize=1)
def _accent_table() -> dict[int, str]:
    """Latin letters with accents to the letters below them, one for one."""
    table = {}
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        base = unicodedata.normalize("NFD", chr(code))[0]
        if base.isascii() and base.isalpha():
            table[code] = base
    return table | {ord("ø"): "o", ord("đ"): "d", ord("ł"): "l", ord("ħ"): "h", ord("ŧ"): "t"}


_ACCENTS = _accent_table()
_CHARS = _Chars()
