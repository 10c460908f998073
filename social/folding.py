"""Folding that undoes disguise: look-alike and invisible letters, digits for letters, stretched and spaced words.

Only for telling whether a word of a blocklist is there; never for showing. Words are compared whole, so that a town
whose name holds four bad letters is still a town.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

LONGEST = 5_000
"""Characters that are looked at; of a longer text its end is looked at too."""

# Letters of other scripts, and of phonetics, that look like Latin ones (Unicode TR39 has the idea; the choice is ours).
_ALIKE = {
    "а": "a", "ɑ": "a", "α": "a", "ᴀ": "a", "в": "b", "β": "b", "ʙ": "b", "ь": "b", "с": "c", "ϲ": "c", "ᴄ": "c",
    "ԁ": "d", "ᴅ": "d", "е": "e", "ё": "e", "ε": "e", "є": "e", "ᴇ": "e", "ғ": "f", "ꜰ": "f", "ɡ": "g", "ɢ": "g",
    "н": "h", "һ": "h", "ʜ": "h", "η": "n", "і": "i", "ї": "i", "ι": "i", "ɪ": "i", "ı": "i", "ј": "j", "ᴊ": "j",
    "к": "k", "κ": "k", "ᴋ": "k", "ӏ": "l", "ʟ": "l", "м": "m", "ᴍ": "m", "ո": "n", "п": "n", "и": "n", "ɴ": "n",
    "о": "o", "ο": "o", "σ": "o", "ᴏ": "o", "օ": "o", "р": "p", "ρ": "p", "ᴘ": "p", "ԛ": "q", "г": "r", "я": "r",
    "ʀ": "r", "ѕ": "s", "ꜱ": "s", "т": "t", "τ": "t", "ᴛ": "t", "υ": "u", "ս": "u", "ц": "u", "μ": "u", "ᴜ": "u",
    "ν": "v", "ѵ": "v", "ᴠ": "v", "ш": "w", "щ": "w", "ω": "w", "ԝ": "w", "ᴡ": "w", "х": "x", "χ": "x", "у": "y",
    "γ": "y", "ү": "y", "ʏ": "y", "ᴢ": "z", "ɩ": "i", "ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe",
}  # fmt: skip
_LEET = str.maketrans("013457@$!|+€£¡", "oieastasiltelI".lower())
_LETTER_SIGNS = {
    base + n: chr(ord("a") + n) for base in (0x1F130, 0x1F150, 0x1F170, 0x1F1E6) for n in range(26)
}  # squared, circled and flag letters that NFKC leaves alone
_MARKS = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u064b-\u0652\u0640\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe2f]+"
)
_LETTERS = r"(?:[^\W_]|[\u0900-\u0dff])"  # vowel signs of India's scripts are no \w, and yet part of the word
_TOKEN = re.compile(rf"{_LETTERS}+(?:[@$!|+*€£¡#_]+{_LETTERS}+)*[$!*+]*|[@$*+|€£][@$!|+*\w]+")
_STRETCH = re.compile(r"(.)\1{2,}")
_DOUBLE = re.compile(r"(.)\1+")
_SPACED = re.compile(r"(?<![^\W_])[^\W_](?:[\s.\-_*·•,/\\|~]{1,3}[^\W_](?![^\W_]))+")
_NO_SPACES = re.compile("[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\u0e00-\u0eff]")


def native(text: str) -> str:
    """The text in its own script: NFKC, case folded, invisible characters and marks gone."""
    text = text if len(text) <= LONGEST else text[: LONGEST // 2] + " " + text[-LONGEST // 2 :]
    text = unicodedata.normalize("NFKC", text.translate(_LETTER_SIGNS)).casefold()
    if text.isascii():
        return text
    text = "".join(char for char in text if unicodedata.category(char) != "Cf")
    return unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFD", text)))


def as_written(text: str) -> str:
    """The text folded for case, width and invisible characters only: accents stay."""
    text = unicodedata.normalize("NFKC", text[:LONGEST]).casefold()
    return text if text.isascii() else "".join(char for char in text if unicodedata.category(char) != "Cf")


def has_accents(word: str) -> bool:
    """Whether a word is of Latin letters, some with accents (or barred)."""
    return any(unicodedata.name(char, "").startswith("LATIN") and not char.isascii() for char in word)


@lru_cache(maxsize=16_384)
def skeleton(token: str) -> str:
    """A folded token as the Latin word it looks like; as it is, if it has letters that look like no Latin one."""
    looked = "".join(_ALIKE.get(char, char) for char in token)
    return looked if all(char.isascii() for char in looked) else token


@lru_cache(maxsize=256)
def words(text: str) -> frozenset[str]:
    """Every word that a reader might see in a text, disguises undone; for looking up in a set of folded words."""
    return frozenset(_readings(native(text)))


def folded(word: str) -> str:
    """A word of a blocklist as `words` would find it."""
    return skeleton(native(word).strip())


def undivided(word: str) -> bool:
    """Whether a folded word is of a script without spaces between words, and must be looked for inside text."""
    return bool(_NO_SPACES.search(word))


def _readings(text: str) -> Iterator[str]:
    tokens = [found[0] for found in _TOKEN.finditer(text)]
    for token in tokens:
        yield from _looks(token)
    for found in _SPACED.finditer(text):
        yield from _looks("".join(char for char in found[0] if char.isalnum()))
    yield from _rejoined(text)


def _looks(token: str) -> Iterator[str]:
    """A token, and what it looks like: digits as letters, letters stretched, the first and last sign left out."""
    for form in {token, token.strip("@#$!*+_|€£"), token.replace("_", "")}:
        plain = skeleton(form)
        yield form
        yield from _unstretched(plain)
        if not plain.isalpha() and not plain.isdigit():
            for one in ("i", "l"):
                yield from _unstretched(skeleton(form.replace("1", one).translate(_LEET)))


def _unstretched(word: str) -> Iterable[str]:
    return {word, _STRETCH.sub(r"\1\1", word), _STRETCH.sub(r"\1", word)}


def squeezed(word: str) -> str:
    """With no letter twice in a row: "fuuck" and the word itself meet. Only for long words that have no doubles."""
    return _DOUBLE.sub(r"\1", word)


def _rejoined(text: str) -> Iterator[str]:
    """Two short pieces in a row as one word ("sh it"): neither longer than three letters."""
    pieces = text.split()
    for one, other in zip(pieces, pieces[1:], strict=False):
        if len(one) <= 3 and len(other) <= 3 and one.isalpha() and other.isalpha():
            yield skeleton(one + other)
