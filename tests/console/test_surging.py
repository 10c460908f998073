"""A flood is said where people look: on the first page and beside the queue."""

from sqlalchemy import select, update

from server.console.surging import surges
from server.core.clock import now
from server.core.database import Database
from social.models import Post, Screening
from tests import house, stories
from tests.conftest import Served


async def flooded(served: Served) -> None:
    async with served.database.transaction() as db:
        await house.catalogue(db)
        await house.campaign(db, await house.feed(db))
    flood = [stories.post(handle=f"bot{n}") for n in range(16)]
    await stories.arrive(served.database, served.app.state.settings, *flood)


async def test_a_flood_is_told_on_home_and_beside_the_queue_until_it_is_over(served: Served, staff_client) -> None:
    await flooded(served)
    client = await staff_client("moderator")
    for path in ("/console", "/console/queue", "/console/queue/strip"):
        assert "‘Spring’ is being flooded" in (await client.get(path)).text
    async with served.database.transaction() as db:
        before = now().replace(year=now().year - 1)
        await db.execute(update(Post).values(received_at=before))
    assert "flooded" not in (await client.get("/console")).text


async def test_a_calm_feed_is_no_news(database: Database) -> None:
    async with database.transaction() as db:
        await house.feed(db)
        assert await surges(db) == [] and await db.scalar(select(Screening.id)) is None
