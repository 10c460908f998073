"""The form of a feed's own words: what stands in its fields, and what that means."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from catalog.matching import meanings
from catalog.matching.values import OwnWord
from displays.campaign_form import Typed
from displays.campaign_pages import names_of
from displays.forms import Errors, phrases
from social import feed_words

LONGEST = 20_000
MOST_ROWS = 300
MOST_WRITTEN = 2 * feed_words.MOST
"""Words that are looked at one by one; more are refused, repetitions or not."""
AREAS = {"stop": ("stop", ""), "rival": ("guard", "rival"), "elsewhere": ("guard", "elsewhere")}
"""Fields that hold one word on a line, and what all of their words mean."""


@dataclass(frozen=True)
class Row:
    """A row of the form: some spellings of one meaning."""

    spellings: str = ""
    means: str = ""
    """`kind:concept`."""
    language: str = ""
    unsure: bool = False


@dataclass(frozen=True)
class Draft:
    """What stands in the fields, as typed."""

    rows: tuple[Row, ...] = ()
    areas: Mapping[str, str] | None = None

    def words(self) -> list[tuple[str, OwnWord]]:
        """The words with the field of each: the number of its row, or the name of its area."""
        found = []
        for number, row in enumerate(self.rows):
            kind, _, concept = row.means.partition(":")
            for spelling in phrases(row.spellings):
                found.append((str(number), OwnWord(spelling, kind, concept, row.language, not row.unsure)))
        for name, meaning in AREAS.items():
            found += [(name, OwnWord(spelling, *meaning)) for spelling in phrases((self.areas or {}).get(name, ""))]
        return found


def typed(form: Typed) -> Draft:
    """What a browser sent, whatever it holds."""
    rows = [_row(form, text(number)) for number in form.getall("word", [])[:MOST_ROWS]]
    return Draft(
        tuple(row for row in rows if row.spellings or row.means), {name: text(form.get(name)) for name in AREAS}
    )


def _row(form: Typed, number: str) -> Row:
    said = {name: text(form.get(f"word_{number}_{name}")) for name in ("spellings", "means", "language")}
    return Row(said["spellings"].strip(), said["means"], said["language"], bool(form.get(f"word_{number}_unsure")))


def text(value: object) -> str:
    """A field's words; nothing for what is no text."""
    return value.replace("\0", "").replace("\r\n", "\n")[:LONGEST] if isinstance(value, str) else ""


def kept(words: Iterable[OwnWord]) -> Draft:
    """The fields of what is stored: words that mean the same stand in one row."""
    rows: dict[tuple[str, str, bool], list[str]] = {}
    areas: dict[str, list[str]] = {name: [] for name in AREAS}
    names = {meaning: name for name, meaning in AREAS.items()}
    for word in words:
        area = names.get((word.kind, word.concept))
        if area and word.sure and not word.language:
            areas[area].append(word.spelling)
        else:
            rows.setdefault((f"{word.kind}:{word.concept}", word.language, word.sure), []).append(word.spelling)
    made = (Row(", ".join(spelt), means, language, not sure) for (means, language, sure), spelt in rows.items())
    return Draft(tuple(made), {name: "\n".join(spelt) for name, spelt in areas.items()})


async def read(db: AsyncSession, draft: Draft, standing: Iterable[OwnWord]) -> tuple[tuple[OwnWord, ...], Errors]:
    """The words of a draft, and what is wrong with them by field."""
    written = draft.words()
    if len(written) > MOST_WRITTEN:
        return (), Errors(all=feed_words.too_many(len(written)))
    fields: dict[OwnWord, str] = {}
    for field, word in written:
        for one in feed_words.tidy([word]):
            fields.setdefault(one, field)
    words = feed_words.tidy(word for _, word in written)
    wrong = await feed_words.problems(db, words, kept=tuple(standing))
    errors = Errors(
        {
            fields[words[place]] if place >= 0 else "all": problem
            for place, problem in sorted(wrong.items(), reverse=True)
        }
    )
    for number, row in enumerate(draft.rows):
        if not row.spellings:
            errors[str(number)] = "Write the word, or remove the row."
    return words, errors


async def names(db: AsyncSession, draft: Draft) -> dict[str, str]:
    """What the meanings that are picked are called."""
    values = {row.means for row in draft.rows if row.means}
    parts = {value: value.partition(":")[::2] for value in values}
    items = await names_of(db, [concept for kind, concept in parts.values() if kind in ("product", "variant")])
    return {value: items.get(concept) or meanings.label(kind, concept) for value, (kind, concept) in parts.items()}
