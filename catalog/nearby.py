"""The stores round a place, asked of the database by a box round it: a chain has thousands, and a walk reaches a few."""

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog import walking
from catalog.models import Store


async def stores_near(
    db: AsyncSession, latitude: float, longitude: float, *, minutes: int, most: int
) -> list[walking.Nearby]:
    """The stores that are open to shoppers within `minutes` on foot of a place in WGS 84 degrees, the nearest first."""
    stores = await db.execute(_within(latitude, longitude, *walking.reach(latitude, minutes)))
    return walking.nearest(stores, latitude, longitude, minutes)[:most]


def _within(latitude: float, longitude: float, tall: float, wide: float) -> Select:
    around = select(Store.id, Store.latitude, Store.longitude).where(
        Store.withdrawn_at.is_(None), Store.latitude.between(latitude - tall, latitude + tall)
    )
    if abs(longitude) + wide < 180:  # elsewhere the band goes round the world
        around = around.where(Store.longitude.between(longitude - wide, longitude + wide))
    return around
