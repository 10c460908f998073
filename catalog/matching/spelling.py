"""Slips of the finger in long lexicon words: "maybeline", "mascarra", "burgandy". Made at build time, found like words.

A slip is never sure: whatever it stands for needs a second cue.
"""

from collections.abc import Collection, Iterable, Iterator

from catalog.matching.lexicon import ANY, Entry, Lexicon

_LENGTHS = {"type": 7, "brand": 7, "colour": 8}
"""Shortest word of each kind that slips are made of: shorter ones slip into other words."""
_LONGEST = 24
"""Letters of what people type by hand; a longer word has hundreds of slips."""
_MOST_BRANDS = 2_000
"""Brands that slips are made of, the most carried: each has dozens, and a market has tens of thousands of brands."""

_LANGUAGES = frozenset({"en", ANY})
"""Slips of the other languages' words are hundreds of thousands, many of them words of theirs; their people leave out
accents, and those are no slips here."""

_SOUNDS = (("ck", "k"), ("ph", "f"), ("qu", "q"), ("y", "i"), ("ie", "ei"), ("ea", "ee"), ("er", "or"), ("c", "k"))


def slips(entries: Iterable[Entry], lexicon: Lexicon, *, known: Collection[str]) -> Iterator[tuple[str, Entry]]:
    """Misspellings with the entry each stands for; never a spelling that is a word itself."""
    taken = {*known, *lexicon.everyday, *lexicon.ordinary, *lexicon.real}
    brands = 0
    for entry in entries:
        if entry.ambiguous or entry.language not in _LANGUAGES or not _sized(entry):
            continue
        brands += entry.kind == "brand"
        if entry.kind != "brand" or brands <= _MOST_BRANDS:
            for form in misspelt(entry.spelling):
                if form not in taken:
                    taken.add(form)
                    yield form, entry


def misspelt(word: str) -> set[str]:
    """Forms of a word with one letter left out, doubled, swapped with the next, or one vowel or sound for another.

    The first letter is never touched: people get that one right.
    """
    forms = set()
    for at in range(1, len(word)):
        head, letter, tail = word[:at], word[at], word[at + 1 :]
        forms.add(head + tail)
        forms.add(head + letter * 2 + tail)
        if tail:
            forms.add(head + tail[0] + letter + tail[1:])
        if letter in "aeiou":
            forms.update(head + vowel + tail for vowel in "aeiou")
    for sound, other in _SOUNDS:
        forms.update({word[0] + word[1:].replace(sound, other, 1), word[0] + word[1:].replace(other, sound, 1)})
    return forms - {word}


def _sized(entry: Entry) -> bool:
    word = entry.spelling
    return word.isascii() and word.isalpha() and _LENGTHS.get(entry.kind, 99) <= len(word) <= _LONGEST
