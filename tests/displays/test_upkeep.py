"""What time decides reaches documents, also when no process was there at the moment."""

from datetime import timedelta

from sqlalchemy import update

from catalog.models import Variant
from displays import campaigns, documents
from displays.models import Campaign, Spot
from displays.upkeep import renew_loops
from server.core.clock import now
from server.core.database import Database
from server.core.topics import Topic
from tests import house


async def _an_hour_ago(database: Database) -> str:
    async with database.transaction() as db:
        await house.catalogue(db)
        screen, _ = await house.screen(db)
        campaign = await house.campaign(db, await house.feed(db))
        await campaigns.add_spot(db, campaign, Spot(headline="Slip into ink", variant_id="slip-ink"), by="Mo")
    async with database.transaction() as db:
        await db.execute(update(Topic).values(changed_at=now() - timedelta(hours=1)))
    return screen.loop_key


async def test_nothing_is_bumped_while_time_decides_nothing(database: Database) -> None:
    await _an_hour_ago(database)
    assert await renew_loops(database) == 0


async def test_a_sale_that_ended_while_nobody_ran_is_made_good_once(database: Database) -> None:
    await _an_hour_ago(database)
    async with database.transaction() as db:
        await db.execute(update(Variant).values(sale_price=1, sale_until=now() - timedelta(minutes=20)))
    assert await renew_loops(database) == 2
    assert await renew_loops(database) == 0


async def test_stores_grow_no_older_than_loops(database: Database) -> None:
    await _an_hour_ago(database)
    async with database.transaction() as db:
        await db.execute(update(Topic).values(changed_at=now() - timedelta(hours=7)))
    assert await renew_loops(database) == 2


async def test_a_campaign_that_starts_is_told_of_before_and_at_its_start(database: Database) -> None:
    key = await _an_hour_ago(database)
    async with database.transaction() as db:
        await db.execute(update(Campaign).values(starts_at=now() - timedelta(minutes=5)))
    assert await renew_loops(database) == 2
    async with database.snapshot() as db:
        assert now() - await documents.changed_at(db, f"loop:{key}") < timedelta(minutes=1)
