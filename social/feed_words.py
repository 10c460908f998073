"""A feed's own words, as merchandisers write them: checked before they are kept, kept with what they were before."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.matching import meanings
from catalog.matching.lexicon import LANGUAGES, built_in
from catalog.matching.shelf import brand_key
from catalog.matching.values import OwnWord
from catalog.models import Product, Variant
from catalog.words import fold, plain
from server.core import audit
from server.core.clock import iso, now
from server.core.errors import BadInput, Conflict
from server.core.events import FeedChanged, emit
from social.models import Feed

MOST = 500
LONGEST = 60
"""Characters of a word or phrase."""
MOST_PARTS = 8
"""Words of a phrase."""
LEAST_SAID = 1.7
"""Weight in the lexicon below which a word stands in so many posts (200 of 10,000) that it can mean nothing by itself."""
LOOKED_UP = ("brand", "product", "variant")
"""Kinds that the catalogue knows, and not the lexicon."""


def of(feed: Feed) -> tuple[OwnWord, ...]:
    """The words of a feed, as the matcher takes them."""
    return _read((feed.words or {}).get("now", ()))


def before(feed: Feed) -> tuple[OwnWord, ...]:
    """The words before the last change."""
    return _read((feed.words or {}).get("before", ()))


def too_many(count: int) -> str:
    """What is said of more words than a feed may have."""
    return f"A feed has at most {MOST} words of its own; these are {count:,}. Take some out."


def changed(feed: Feed) -> dict[str, str]:
    """Who changed the words last and when: {"by", "at"}; empty where nobody has."""
    return {name: value for name, value in (feed.words or {}).items() if name in ("by", "at")}


def tidy(words: Iterable[OwnWord]) -> tuple[OwnWord, ...]:
    """The same words without stray spaces and repetitions, in the order in which they were written."""
    found: dict[tuple[str, ...], OwnWord] = {}
    for word in words:
        spelling = " ".join(
            "".join(c for c in word.spelling if c.isprintable() or c == "\u200d" or c.isspace()).split()
        )
        bare = spelling.lstrip("#＃@") or spelling
        key = (fold(bare), word.kind, word.concept, word.language)
        if bare:
            found.setdefault(key, OwnWord(bare, word.kind, word.concept, word.language, word.sure))
    return tuple(found.values())


async def problems(db: AsyncSession, words: Sequence[OwnWord], *, kept: Collection[OwnWord] = ()) -> dict[int, str]:
    """What is wrong, by the place of the word; -1 for all together. A meaning that was `kept` before and is gone from the
    catalogue since is no mistake of whoever saves now."""
    if len(words) > MOST:
        return {-1: too_many(len(words))}
    there = await _known(db, words) | {(word.kind, word.concept) for word in kept}
    found = {place: wrong for place, word in enumerate(words) if (wrong := _wrong(word, there))}
    return _contradictions(words) | found


async def change(db: AsyncSession, feed: Feed, words: Iterable[OwnWord], *, by: str) -> bool:
    """Keep the words of a feed. Returns whether anything was different. Raises BadInput for what cannot be used."""
    words, standing = tidy(words), of(feed)
    if words == standing:
        return False
    if wrong := await problems(db, words, kept=standing):
        raise BadInput(next(iter(wrong.values())))
    await _put(db, feed, words, by=by, what="changed words")
    return True


async def undo(db: AsyncSession, feed: Feed, *, by: str) -> None:
    """Put back the words from before the last change; once more puts them forth again. Raises Conflict where nothing was
    changed yet."""
    if not changed(feed):
        raise Conflict("Nobody has changed these words yet, so there is nothing to undo.")
    await _put(db, feed, before(feed), by=by, what="put words back")


async def _put(db: AsyncSession, feed: Feed, words: tuple[OwnWord, ...], *, by: str, what: str) -> None:
    standing = of(feed)
    added, gone = [w.spelling for w in words if w not in standing], [w.spelling for w in standing if w not in words]
    moment = now()
    feed.words = {
        "now": [asdict(word) for word in words], "before": [asdict(word) for word in standing],
        "by": by, "at": iso(moment),
    }  # fmt: skip
    feed.changed_at = moment
    await db.flush()
    audit.record(db, who=by, what=what, which=feed.name, id=feed.id, added=added[:50], taken_out=gone[:50])
    await emit(db, FeedChanged(feed.id))


def _read(stored: Iterable[dict[str, Any]]) -> tuple[OwnWord, ...]:
    names = ("spelling", "kind", "concept", "language", "sure")
    return tuple(OwnWord(**{name: one[name] for name in names if name in one}) for one in stored)


def _wrong(word: OwnWord, there: Collection[tuple[str, str]]) -> str:
    said, folded = word.spelling[:LONGEST], plain(fold(word.spelling))
    if not folded:
        return f"‘{said}’ holds no letter, figure or emoji that could be found in a post."
    if len(word.spelling) > LONGEST or len(folded.split()) > MOST_PARTS:
        return f"‘{said[:20]}…’ is too long: at most {LONGEST} characters and {MOST_PARTS} words."
    if word.language and word.language not in LANGUAGES:
        return f"‘{said}’: there is no language ‘{word.language[:10]}’ here; choose one of the list, or any."
    if (word.kind, word.concept) not in there:
        return f"‘{said}’: choose what it means from the list."
    if folded.isascii() and len(folded) < 2:
        return f"‘{said}’ is a single letter, which stands in too many posts. Write more of it."
    if word.kind not in ("stop", "intent") and built_in().weight(folded) < LEAST_SAID:
        return f"‘{said}’ stands in too many posts to mean one thing. Write it with a word beside it."
    return ""


def _contradictions(words: Sequence[OwnWord]) -> dict[int, str]:
    """One spelling may be a colour and a part of the body at once; never two colours, or something and nothing."""
    found: dict[int, str] = {}
    meant: dict[tuple[str, str], dict[str, int]] = {}
    for place, word in enumerate(words):
        others = meant.setdefault((fold(word.spelling), word.language), {})
        kind = "type" if word.kind in ("product", "variant") else word.kind
        if kind in others or others and ("stop" in others or kind == "stop"):
            found[place] = f"‘{word.spelling[:LONGEST]}’ stands here twice with meanings that exclude each other."
        others.setdefault(kind, place)
    return found


async def _known(db: AsyncSession, words: Iterable[OwnWord]) -> set[tuple[str, str]]:
    """Which of the meanings of these words there are."""
    asked = {kind: {w.concept for w in words if w.kind == kind} for kind in (*LOOKED_UP, "type")}
    found = set(meanings.known())
    for kind, column in (("product", Product.id), ("variant", Variant.id)):
        if asked[kind]:
            found |= {(kind, id) for id in await db.scalars(select(column).where(column.in_(asked[kind])))}
    if asked["brand"]:
        made = await db.scalars(select(Product.brand).distinct())
        found |= {("brand", key) for brand in made if (key := brand_key(brand)) in asked["brand"]}
    # A kind of item that only this shop has, in its own words; one that it has no more finds nothing and harms nothing.
    return found | {("type", name) for name in asked["type"] if name.startswith("own:")}
