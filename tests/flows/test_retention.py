"""What is kept long enough goes, and what plays stays."""

from datetime import timedelta

from sqlalchemy import func, select, update

from displays.models import Card, Proposal
from server.core.clock import now
from server.core.database import Database
from server.core.media import Media
from server.core.settings import Settings
from server.retention import POSTS_AT_ONCE, forget_old
from social import listening
from social.models import Feed, Post, Screening, Trend
from tests import house, stories

SAID = ("Madder red lipstick, all day.", "My ink blue slip dress came!", "Nobody does velvet lipstick like them.")


async def _posts(database: Database, settings: Settings, count: int) -> None:
    async with database.transaction() as db:
        await house.catalogue(db)
        await house.campaign(db, await house.feed(db))
    posts = [stories.post(f"{SAID[number]} #HouseLoves", handle=f"author{number}") for number in range(count)]
    await stories.arrive(database, settings, *posts)


async def test_old_posts_go_a_few_at_a_time_with_all_that_shows_them(database: Database, settings: Settings) -> None:
    await _posts(database, settings, 2)
    async with database.transaction() as db:
        for number in range(POSTS_AT_ONCE):
            db.add(Post(network="x", network_id=f"old{number}", text="old", created_at=now(), received_at=now()))
        await db.flush()
        await db.execute(update(Post).values(received_at=now() - timedelta(days=settings.keep_posts_days + 1)))
    assert (await forget_old(database, settings))["posts"] == POSTS_AT_ONCE + 2
    async with database.snapshot() as db:
        assert set(await db.scalars(select(Post.text))) == {""}
        assert await db.scalar(select(func.count()).select_from(Proposal)) == 0


async def test_what_plays_keeps_its_card_and_pictures_however_old(database: Database, settings: Settings) -> None:
    await _posts(database, settings, 1)
    async with database.transaction() as db:
        await db.execute(update(Media).values(created_at=now() - timedelta(days=9)))
    await forget_old(database, settings)
    async with database.snapshot() as db:
        proposal = (await db.scalars(select(Proposal))).one()
        card = await db.get_one(Card, proposal.card)
        for digest in (card.digest, *card.pictures):
            assert await db.get(Media, digest) is not None


async def test_a_trend_that_faded_long_ago_is_forgotten(database: Database, settings: Settings) -> None:
    await _posts(database, settings, 0)
    async with database.transaction() as db:
        feed = await db.scalar(select(Feed.id))
        for key, state, days in (("old", "faded", 99), ("new", "faded", 1), ("muted", "muted", 99)):
            db.add(Trend(feed_id=feed, key=key, word=key, kind="hashtag", authors=3, previous=0, rise=1.0, state=state,
                         counted_at=now() - timedelta(days=days)))  # fmt: skip
    await forget_old(database, settings)
    async with database.snapshot() as db:
        assert set(await db.scalars(select(Trend.key))) == {"new", "muted"}


async def test_only_what_may_play_is_looked_up_again(database: Database, settings: Settings, monkeypatch) -> None:
    await _posts(database, settings, 3)
    async with database.snapshot() as db:
        assert await db.scalar(select(func.count()).select_from(Screening).where(Screening.state == "approved")) == 3
        monkeypatch.setattr(listening, "MOST_ON_AIR", 2, raising=False)
        assert len(await listening.on_air(db)) == 2
    async with database.transaction() as db:
        await db.execute(update(Feed).values(ended_at=now()))
    async with database.snapshot() as db:
        assert await listening.on_air(db) == []
