"""When the call has been on the glass: what an opt-in tag needs before it means anything."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from displays import campaigns, retreats, screens
from displays.changes import note_loops
from displays.models import Campaign, Screen
from server.core.clock import now
from server.core.database import Database
from server.core.settings import Settings
from social import calling, feeds
from social.models import Consent, Feed, FeedCall
from tests import house, stories
from tests.postgres import Postgres

HOUR = timedelta(hours=1)


async def standing(database: Database) -> list[FeedCall]:
    async with database.snapshot() as db:
        return list(await db.scalars(select(FeedCall).order_by(FeedCall.id)))


async def called(database: Database, feed_id: int, minutes_ago: float = 0) -> bool:
    async with database.snapshot() as db:
        return await calling.called(db, await db.get_one(Feed, feed_id), now() - timedelta(minutes=minutes_ago))


async def plan(database: Database, campaign: Campaign, **changes: object) -> None:
    async with database.transaction() as db:
        fresh = await db.get_one(Campaign, campaign.id)
        await campaigns.change(db, fresh, campaigns.Plan(name="Spring", **changes), by="Mo")  # type: ignore[arg-type]


@pytest.fixture
async def campaign(database: Database) -> Campaign:
    """Published this moment; its feed has terms, so that there is a call."""
    async with database.transaction() as db:
        await house.catalogue(db)
        await house.screen(db)
        made = await house.campaign(db, await house.feed(db), published=False)
    async with database.transaction() as db:
        await campaigns.publish(db, await db.get_one(Campaign, made.id), by="Mo")
    return made


async def test_the_call_stands_from_publishing_to_taking_back(database: Database, campaign: Campaign) -> None:
    assert await called(database, campaign.feed_id) and not await called(database, campaign.feed_id, 1)
    async with database.transaction() as db:
        await campaigns.take_back(db, await db.get_one(Campaign, campaign.id), by="Mo")
    assert not await called(database, campaign.feed_id)
    [call] = await standing(database)
    assert call.ended_at is not None and call.ended_at <= now()


@pytest.mark.parametrize("modes", [("post", "post_item", "trend"), ("post",)])
async def test_a_campaign_that_plays_no_call_collects_no_consent(
    database: Database, campaign: Campaign, settings: Settings, modes: tuple[str, ...]
) -> None:
    await plan(database, campaign, modes=modes)
    await stories.arrive(database, settings, stories.post(created_at=now()))
    async with database.snapshot() as db:
        assert list(await db.scalars(select(Consent))) == []


async def test_a_post_from_before_the_call_was_to_be_seen_is_no_consent_and_one_from_since_is(
    database: Database, campaign: Campaign, settings: Settings
) -> None:
    before = stories.post(created_at=now() - timedelta(minutes=5), handle="before")
    since = stories.post(created_at=now(), handle="since")
    await stories.arrive(database, settings, before, since)
    async with database.snapshot() as db:
        consents = list(await db.scalars(select(Consent)))
    assert [one.proof for one in consents] == [since.url]


async def test_the_red_button_takes_the_call_away_and_brings_it_back(database: Database, campaign: Campaign) -> None:
    for scope in (campaign.id, None):
        async with database.transaction() as db:
            retreat = await retreats.begin(db, await db.get_one(Campaign, scope) if scope else None, by="Mo")
        assert not await called(database, campaign.feed_id)
        async with database.transaction() as db:
            await retreats.lift(db, await db.merge(retreat), by="Mo")
        assert await called(database, campaign.feed_id)


async def test_a_campaign_for_later_calls_from_its_beginning_to_its_end(database: Database, campaign: Campaign) -> None:
    await plan(database, campaign, starts_at=now() + HOUR, ends_at=now() + 2 * HOUR)
    assert not await called(database, campaign.feed_id)
    assert await called(database, campaign.feed_id, -90) and not await called(database, campaign.feed_id, -150)
    await plan(database, campaign, ends_at=now() + 2 * HOUR)
    assert await called(database, campaign.feed_id) and not await called(database, campaign.feed_id, -150)
    assert len([call for call in await standing(database) if call.ended_at is None or call.ended_at > now()]) == 1


async def test_without_a_tag_there_is_no_call(database: Database, campaign: Campaign) -> None:
    async with database.transaction() as db:
        feed = await db.get_one(Feed, campaign.feed_id)
        await feeds.change(db, feed, feeds.FeedPlan(name="Spring", tags=("HouseSpring",)), by="Mo")
    assert not await called(database, campaign.feed_id)


async def test_a_call_for_one_tag_is_no_call_for_the_next(
    database: Database, campaign: Campaign, settings: Settings
) -> None:
    async with database.transaction() as db:
        await db.execute(update(FeedCall).values(began_at=now() - 9 * HOUR))
        feed = await db.get_one(Feed, campaign.feed_id)
        await feeds.change(db, feed, feeds.FeedPlan(name="Spring", optin_tag="HouseWeek"), by="Mo")
    early = stories.post("Madder red lipstick #HouseWeek", created_at=now() - 5 * HOUR)
    await stories.arrive(database, settings, early)
    async with database.snapshot() as db:
        assert list(await db.scalars(select(Consent))) == []
    assert await called(database, campaign.feed_id)


async def test_a_call_that_no_screen_plays_asks_nobody(database: Database, campaign: Campaign) -> None:
    await plan(database, campaign, labels=("oslo",))
    assert not await called(database, campaign.feed_id)
    async with database.transaction() as db:
        screen, _ = await house.screen(db, "North", labels=("oslo",))
    assert await called(database, campaign.feed_id)
    async with database.transaction() as db:
        await screens.remove(db, await db.get_one(Screen, screen.id), by="Mo")
    assert not await called(database, campaign.feed_id)


@pytest.mark.postgresql
async def test_who_settles_last_settles_what_is_there_then(postgres: Postgres, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, database_url=postgres.url(postgres.create()), sources=False)
    database = Database(settings.database, settings)
    async with database.transaction() as db:
        await house.catalogue(db)
        await house.screen(db)
        made = await house.campaign(db, await house.feed(db))
    async with database.transaction() as approving:
        campaign = await approving.get_one(Campaign, made.id)
        async with database.transaction() as other:
            await campaigns.take_back(other, await other.get_one(Campaign, made.id), by="Mo")
        await note_loops(approving, campaign)
    assert not await called(database, made.feed_id)
    await database.close()
