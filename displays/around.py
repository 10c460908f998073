"""Where what a campaign shows can be bought by those who see it: the stores in walking range of its screens."""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.models import Stock
from catalog.nearby import stores_near_each
from catalog.stocking import in_store
from displays.models import Campaign, LoopGroup, Screen
from displays.reaching import reaches
from server.core.devices import genuine

MOST_PLACES = 40
"""Places of screens that are looked round: enough to tell what the stores by a chain's screens have in common."""
STORES_EACH = 5
WORSE = 0.85
"""A match that can be bought near the screens goes before one that can not, unless it fits worse by more than this part."""


async def stores_round(db: AsyncSession, campaign: Campaign) -> set[str]:
    """The stores near the campaign's screens."""
    groups = [one.key for one in await db.scalars(select(LoopGroup)) if reaches(campaign.labels, one.labels)]
    place = (Screen.latitude, Screen.longitude, Screen.range_minutes)
    known = Screen.latitude.is_not(None) & Screen.longitude.is_not(None)
    places = select(*place).where(Screen.loop_key.in_(groups), known, genuine(Screen.id)).distinct().order_by(*place)
    some = [tuple(row) for row in await db.execute(places.limit(MOST_PLACES))]
    return {one.store_id for near in await stores_near_each(db, some, most=STORES_EACH) for one in near}


async def on_their_shelves(db: AsyncSession, stores: Collection[str], variants: Sequence[str]) -> set[str]:
    """Those of the variants that one of these stores has."""
    query = select(Stock.variant_id).where(Stock.store_id.in_(stores), Stock.variant_id.in_(variants), in_store())
    return set(await db.scalars(query.distinct()))
