"""The stores round a place, asked of the database by a box round it: a chain has thousands, and a walk reaches a few."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog import walking
from catalog.models import Store
from server.core.tables import padded


async def stores_near(
    db: AsyncSession, latitude: float, longitude: float, *, minutes: int, most: int
) -> list[walking.Nearby]:
    """The stores that are open to shoppers within `minutes` on foot of a place in WGS 84 degrees, the nearest first."""
    [near] = await stores_near_each(db, [(latitude, longitude, minutes)], most=most)
    return near


async def stores_near_each(
    db: AsyncSession, places: Sequence[tuple[float, float, int]], *, most: int
) -> list[list[walking.Nearby]]:
    """The same of several places (latitude, longitude, minutes), asked once for all of them."""
    if not places:
        return []
    distinct = list(dict.fromkeys(places))  # most screens stand where others stand
    boxes = [_within(*place) for place in padded(distinct)]
    query = select(Store.id, Store.latitude, Store.longitude).where(Store.withdrawn_at.is_(None), or_(*boxes))
    stores = (await db.execute(query)).all()
    near = {place: walking.nearest(stores, *place)[:most] for place in distinct}
    return [near[place] for place in places]


def _within(latitude: float, longitude: float, minutes: int) -> ColumnElement[bool]:
    tall, wide = walking.reach(latitude, minutes)
    band = Store.latitude.between(latitude - tall, latitude + tall)
    if abs(longitude) + wide >= 180:  # the band goes round the world
        return band
    return and_(band, Store.longitude.between(longitude - wide, longitude + wide))
