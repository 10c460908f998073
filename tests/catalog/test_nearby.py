"""The stores round a place are asked for by a box, which leaves out none that is near."""

import pytest

from catalog import walking
from catalog.models import Store
from catalog.nearby import stores_near
from server.core.database import Database
from tests import house

PLACES = {
    "near": (51.5, -0.14),
    "far": (53.4, -2.2),
    "east": (-17.8, 179.99),
    "west": (-17.8, -179.99),
    "north": (89.5, 10.0),
}


@pytest.mark.parametrize(
    ("latitude", "longitude", "minutes"), [(51.5, -0.15, 30), (-17.8, 180.0, 60), (-17.8, -179.98, 200), (89.9, -170.0, 1500)]
)  # fmt: skip
async def test_the_box_leaves_out_what_is_far_and_nothing_that_is_near(
    database: Database, latitude: float, longitude: float, minutes: int
) -> None:
    stores = [
        Store(id=id, name=id, latitude=one[0], longitude=one[1], time_zone="UTC", hours=house.HOURS)
        for id, one in PLACES.items()
    ]
    ought = walking.nearest(stores, latitude, longitude, minutes)
    async with database.transaction() as db:
        db.add_all(stores)
    async with database.snapshot() as db:
        found = await stores_near(db, latitude, longitude, minutes=minutes, most=5)
        assert found == ought and found
        assert await stores_near(db, latitude, longitude, minutes=minutes, most=1) == ought[:1]
