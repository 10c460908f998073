"""Finds what a spot's id stands for: the ids that loops, plays and codes carry."""

import re
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.codes import variant_address
from catalog.models import Variant
from displays.models import CallCard, Card, Spot, TrendCard
from displays.playing import campaign_of
from social.models import Moderation, Trend

POST = re.compile(r"p([0-9]{1,9})r([0-9]{1,6})c([0-9a-f]{8})")
OTHER = re.compile(r"([tec])([0-9]{1,9})")
"""Numbers that every database takes for an id: a greater one in an address is no spot, and no error of ours."""


@dataclass(frozen=True)
class Found:
    """A spot's card and the campaign that plays it."""

    card: Card
    campaign_id: int | None


async def find(db: AsyncSession, id: str) -> Found | None:
    """The card that a spot's id stands for, also after it has left the glass: codes outlive it. None for no spot."""
    if match := POST.fullmatch(id):
        query = select(Moderation.card, Moderation.feed_id).where(
            Moderation.post_id == int(match[1]),
            Moderation.revision == int(match[2]),
            Moderation.card.startswith(match[3]),
        )
    elif match := OTHER.fullmatch(id):
        query = _other(match[1], int(match[2]))
    else:
        return None
    row = (await db.execute(query.limit(1))).one_or_none()
    card = await db.get(Card, row[0]) if row and row[0] else None
    if row is None or card is None:
        return None
    if id[0] == "e":
        return Found(card, row[1])
    campaign = await campaign_of(db, row[1])
    return Found(card, campaign.id if campaign else None)


async def address(db: AsyncSession, id: str, screen: str) -> str | None:
    """The path that the code of a spot leads to when it is seen on a screen; None for no spot."""
    found = await find(db, id)
    if found is None:
        return None
    variant = await db.get(Variant, found.card.variants[0]) if found.card.variants else None
    where = variant_address(variant) if variant else f"/terms/{id[1:]}" if id[0] == "c" else "/"
    return f"{where}?s={screen}&p={id}"


def _other(kind: str, number: int):
    if kind == "t":
        return (
            select(TrendCard.card, Trend.feed_id).join(Trend, Trend.id == TrendCard.trend_id).where(Trend.id == number)
        )
    if kind == "e":
        return select(Spot.card, Spot.campaign_id).where(Spot.id == number)
    return select(CallCard.card, CallCard.feed_id).where(CallCard.feed_id == number)
