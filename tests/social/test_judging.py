"""A post's opinions are formed while everybody else may write; what changes before they are written down counts."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from catalog.shelving import Compiled
from server.core.database import Database
from server.core.settings import Settings
from social import intake, moderation
from social.incoming import IncomingPost
from social.judging import Judge
from social.models import Feed, Match, Post, Screening
from tests import house, stories


@pytest.fixture
async def judge(database: Database) -> Judge:
    """The judgement of a house whose feed approves by itself."""
    async with database.transaction() as db:
        await house.catalogue(db)
        await house.campaign(db, await house.feed(db, automatic=True))
    await stories.have_avatar(database)
    return Judge(database, Compiled(database))


async def stored(database: Database, news: IncomingPost) -> int:
    async with database.transaction() as db:
        post = await intake.store(db, news)
        assert post
        return post.id


async def rows(database: Database) -> list[Screening]:
    async with database.snapshot() as db:
        return list(await db.scalars(select(Screening).order_by(Screening.id)))


async def test_what_was_formed_is_written_once(database: Database, judge: Judge) -> None:
    post = await stored(database, stories.post())
    opinions = await judge.form(post)
    assert await rows(database) == []
    for _ in range(2):
        await judge.write(post, opinions)
    [row] = await rows(database)
    assert row.show and row.state == "approved"
    async with database.snapshot() as db:
        assert {"matched", "judged", "composed"} <= set((await db.get_one(Post, post)).stamps)


async def test_a_feed_that_approves_nothing_by_itself_any_more_approves_no_post_that_was_under_way(
    database: Database, judge: Judge
) -> None:
    post = await stored(database, stories.post())
    opinions = await judge.form(post)
    async with database.transaction() as db:
        feed = (await db.scalars(select(Feed))).one()
        feed.approval = {**feed.approval, "automatic": False}
    await judge.write(post, opinions)
    [row] = await rows(database)
    assert row.state == "waiting" and row.rule_reason == "the feed approves nothing by itself"


async def test_an_author_who_is_turned_down_meanwhile_is_not_approved_by_the_rule(
    database: Database, settings: Settings, judge: Judge
) -> None:
    async with database.transaction() as db:
        feed = (await db.scalars(select(Feed))).one()
        feed.approval = {**feed.approval, "automatic": False}
    await stories.arrive(database, settings, stories.post(), stories.post("Madder red again. #HouseLoves"))
    async with database.transaction() as db:
        feed = (await db.scalars(select(Feed))).one()
        feed.approval = {**feed.approval, "automatic": True}
    post = await stored(database, stories.post("Madder red lipstick once more. #HouseLoves"))
    opinions = await judge.form(post)
    for row in await rows(database):
        async with database.transaction() as db:
            await moderation.reject(db, await db.get_one(Screening, row.id), by="Mo", reason="no")
    await judge.write(post, opinions)
    assert (await rows(database))[-1].state == "waiting"


async def test_a_post_that_is_edited_meanwhile_is_judged_by_its_new_words(database: Database, judge: Judge) -> None:
    first = stories.post()
    post = await stored(database, first)
    opinions = await judge.form(post)
    await stored(database, stories.edited(first, "Bias slip dress in ink blue, tonight. #HouseLoves"))
    await judge.write(post, opinions)
    [row] = await rows(database)
    assert row.revision == 2
    async with database.snapshot() as db:
        found = await db.scalars(select(Match.variant_id).where(Match.screening_id == row.id))
        assert list(found) == ["slip-ink"]


async def test_a_post_that_is_withheld_meanwhile_is_not_approved(database: Database, judge: Judge) -> None:
    first = stories.post()
    post = await stored(database, first)
    opinions = await judge.form(post)
    await stored(database, replace(first, withheld=("GB",)))
    await judge.write(post, opinions)
    assert [row.state for row in await rows(database)] == ["waiting"]


async def test_a_post_that_is_deleted_meanwhile_is_not_judged(database: Database, judge: Judge) -> None:
    first = stories.post()
    post = await stored(database, first)
    opinions = await judge.form(post)
    async with database.transaction() as db:
        await intake.forget(db, stories.deleted(first))
    await judge.write(post, opinions)
    assert await rows(database) == []


async def test_a_feed_that_is_new_meanwhile_gets_the_post_too(database: Database, judge: Judge) -> None:
    post = await stored(database, stories.post())
    opinions = await judge.form(post)
    async with database.transaction() as db:
        await house.feed(db, automatic=False)
    await judge.write(post, opinions)
    assert [row.state for row in await rows(database)] == ["approved", "waiting"]
