"""Hashtags in a text, found as X finds them, and the keys by which two spellings of a tag are the same tag.

Networks send their own entities, and those are preferred; this is for texts that come without. The grammar is that of
twitter-text, whose conformance cases tests/social/test_hashtags.py runs.
"""

import unicodedata
from dataclasses import dataclass

import regex

# Letters, marks and decimal digits of every script, and the joiners and word dots that twitter-text lets a tag hold.
_JOINERS = r"_\u200c\u200d\ua67e\u05be\u05f3\u05f4\uff5e\u301c\u309b\u309c\u30a0\u30fb\u3003\u0f0b\u0f0c\u00b7"
_BODY = rf"[\p{{L}}\p{{M}}\p{{Nd}}{_JOINERS}]"

# A sign counts at the start, behind an emoji's variation selector, or behind anything that could not be part of a tag;
# a sign that is a keycap emoji's base does not. The body is possessive: one pass, no backtracking, whatever it is fed.
# Whether it holds a letter is asked afterwards, so that no quantifier overlaps another.
_TAG = regex.compile(rf"(?:^|(?<=[\ufe0e\ufe0f])|(?<!{_BODY}|&))[#＃](?!\ufe0f|\u20e3)(?P<tag>{_BODY}++)(?![#＃]|://)")
_LETTER = regex.compile(r"[\p{L}\p{M}]")

# What a path may hold decides where an address ends, and so whether the tag behind it is a tag. Brackets are left out:
# in "(see x.com/a)#tag" the tag is one.
_PATH = r"[a-z0-9!*';:=+,.$/%#\[\]\-\u2013_~@|&?\u00c0-\u024f\u0400-\u04ff]"
_LABELS = r"(?:[a-z0-9](?:[a-z0-9\-_]{0,62})\.){1,8}"
# Every two-letter end is a country's or may become one; of the longer ones those that people write without a scheme.
_ENDS = (
    "[a-z]{2}|com|org|net|edu|gov|int|mil|info|biz|name|app|dev|shop|store|online|site|blog|news|live|page|link|"
    "club|world|life|style|beauty|fashion|makeup|boutique|social|media|studio|agency|tokyo|london|paris|xyz|top|"
    "cloud|email|events|photos|video|today|space|website|tech|museum|travel|asia|mobi|jobs|pro|tel|cat|coop|aero"
)
_URL = regex.compile(
    rf"(?<![a-z0-9@＠$#＃\-_./])(?:https?://[a-z0-9._\-]{{1,253}}(?::\d{{1,5}})?|{_LABELS}(?:{_ENDS})(?![a-z0-9]))"
    rf"(?:[/?#]{_PATH}*+)?",
    regex.IGNORECASE,
)
# Marks that people leave out: accents of Latin, Greek and Cyrillic, points of Hebrew, vowel signs and tatweel of
# Arabic. Marks that make another letter (Japanese voicing, Thai vowels, Indic signs) are not among them.
_ACCENTS = regex.compile(r"[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0640\u064b-\u0652\u0670]+")
_BARRED = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe"})

LONGEST_TEXT = 25_000
"""Characters that are looked at: the longest post of any network served."""


@dataclass(frozen=True)
class Hashtag:
    """A tag without its sign, and where it stands with its sign, in code points: text[start:end]."""

    tag: str
    start: int
    end: int


def find(text: str) -> list[Hashtag]:
    """The hashtags of a plain text, in order, repeated ones too; those inside addresses are not hashtags."""
    text = text[:LONGEST_TEXT]
    if "#" not in text and "＃" not in text:
        return []
    urls = [match.span() for match in _URL.finditer(text)]
    hits = (Hashtag(hit["tag"], hit.start(), hit.end()) for hit in _TAG.finditer(text) if _LETTER.search(hit["tag"]))
    return [hit for hit in hits if not any(start <= hit.start < end for start, end in urls)]


def extract(text: str) -> list[str]:
    """The tags of a plain text without their signs, in order."""
    return [hit.tag for hit in find(text)]


def key(tag: str) -> str:
    """What two tags share if networks take them for the same: width, case and composition folded, accents kept."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", tag.lstrip("#＃")).casefold())


def loose_key(tag: str) -> str:
    """The key with accents and barred letters folded too (#café is #cafe, #Đẹp is #dep): a convenience for
    merchandisers, too loose to be what a network would call the same tag."""
    bare = _ACCENTS.sub("", unicodedata.normalize("NFD", key(tag)))
    return unicodedata.normalize("NFKC", bare).translate(_BARRED)
