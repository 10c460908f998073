"""What people type, taken apart into terms, and what an English word is without its ending."""

import unicodedata
from collections.abc import Callable, Collection, Sequence

LONGEST = 300
"""Characters that are read."""
MOST_TERMS = 8
LETTERS = str.maketrans({"đ": "d", "ø": "o", "æ": "ae", "å": "a", "ł": "l", "œ": "oe"})
"""Letters that no rule of Unicode takes apart, as people type them on a keyboard that lacks them."""
_LINKS = frozenset(
    ("a", "an", "and", "are", "for", "from", "i", "in", "is", "me", "my", "of", "on", "or", "s", "some", "the", "to", "with", "your",
     "og", "til", "med", "va", "cho", "voi")
)  # fmt: skip
"""Words that say nothing of the thing: they are read where nothing else is."""
_VOWELS = frozenset("aeiouy")


def folded(text: str) -> str:
    """Words in small letters without accents, set apart by single spaces."""
    plain = unicodedata.normalize("NFKD", text).casefold().translate(LETTERS)
    kept = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return " ".join(kept.split())


def terms(text: str, together: Callable[[Sequence[str]], Collection[int]] = lambda words: ()) -> tuple[str, ...]:
    """The words to look for, folded; the last may be the beginning of one. Words that link others are left out, but
    where `together` says that they are part of an expression: ‘rouge à lèvres’ (places of such words)."""
    words = folded(text[:LONGEST]).split()[: 2 * MOST_TERMS]
    kept = together(words)
    said = [word for place, word in enumerate(words) if word not in _LINKS or place in kept]
    return tuple((said or words)[:MOST_TERMS])


def accented(text: str) -> frozenset[str]:
    """The words that were typed with accents, folded: ‘đỏ’ is hardly the English do."""
    return frozenset(folded(word) for word in text[:LONGEST].split() if _marked(word))


def _marked(word: str) -> bool:
    return word.isalpha() and not word.isascii() and folded(word).isascii()


def stem(word: str) -> str:
    """What ‘lipsticks’ and ‘lipstick’, ‘printed’ and ‘print’ share. Light: it rather leaves an ending than takes a letter."""
    if len(word) < 4 or not word.isascii() or not word.isalpha():
        return word
    word = _singular(word)
    for ending in ("ing", "ed"):
        rest = word.removesuffix(ending)
        if rest != word and len(rest) >= 3 and not _VOWELS.isdisjoint(rest):
            word = rest[:-1] if len(rest) > 3 and rest[-1] == rest[-2] and rest[-1] not in "lsz" else rest
            break
    return word.removesuffix("e") if len(word) > 4 else word


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "ches", "shes", "xes", "zes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word
