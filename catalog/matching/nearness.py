"""How near two cues of a post stand to each other."""

from catalog.matching.cues import Cue
from catalog.words import BREAK, Reading

APART = 99
"""What `gap` is across sentences."""


def gap(one: Cue, other: Cue, reading: Reading) -> int:
    """Words between two cues; a large number across sentences."""
    first, second = (one, other) if one.start <= other.start else (other, one)
    between = reading.plain[first.end : second.start]
    if BREAK in between:
        return APART
    return len(between.split()) if between.isascii() or " " in between.strip() else len(between) // 3


def same_sentence(one: Cue, other: Cue, reading: Reading) -> bool:
    first, second = (one, other) if one.start <= other.start else (other, one)
    return BREAK not in reading.plain[first.end : second.start]
