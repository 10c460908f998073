"""What shoppers collected the most, as a trend of each feed: asked of whoever counts visits, which social knows nothing of."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from math import log2
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from catalog.matching.matcher import Matcher
from social.judging import terms
from social.models import Feed
from social.trending import Rising

KEY = "most collected today"


@dataclass(frozen=True, slots=True)
class Collected:
    """(variant, bags) of what was collected the most today, the most first; none of a store where fewer than `least`
    bags got it."""

    counts: tuple[tuple[str, int], ...]
    least: int


Ask = Callable[[AsyncSession, datetime], Awaitable[Collected]]
_asked: list[Ask] = []


def knows_collected(ask: Ask) -> Ask:
    """Register who knows what shoppers collected today."""
    if ask not in _asked:
        _asked.append(ask)
    return ask


async def collected(db: AsyncSession, at: datetime) -> list[Collected]:
    """What is known of it."""
    return [await ask(db, at) for ask in _asked]


def as_trend(matcher: Matcher, feed: Feed, found: list[Collected], most: int) -> dict[Rising, list[str]]:
    """The trend of what a feed sells, with its variants, one of a product; nothing where nothing was collected so often."""
    counts: dict[str, int] = {variant: bags for one in found for variant, bags in one.counts}
    chosen = matcher.sold(list(counts), terms(feed))[:most]
    if not chosen:
        return {}
    times = sum(counts[variant] for variant in chosen)
    rise = round(log2((times + 3) / 3), 4)
    return {Rising(KEY, "visits", KEY, times, times, 0, rise, ()): chosen}


def why(one: Rising, found: list[Collected]) -> dict[str, Any]:
    """Why it is a trend, for whoever decides on it."""
    least = min(each.least for each in found)
    return {
        "times": one.count,
        "words": f"Put into bags {one.count} times in the stores today; what fewer than {least} bags of a store hold is not counted.",
    }
