"""What people say stands beside an item only where a billboard would show both: approved, whole, agreed to, on air."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from displays import airing, campaigns, retreats
from displays.models import Campaign
from displays.upkeep import renew_loops
from server.core import topics
from server.core.clock import now
from server.core.database import Database
from server.core.settings import Settings
from social import consent, moderation, talk, trends
from social.incoming import IncomingPost
from social.models import Consent, Feed, Moderation, Picture, Post, Screening, Trend
from tests import house, stories

SAID = "Madder red lipstick, all day. #HouseLoves"


@pytest.fixture
async def story(database: Database, settings: Settings) -> IncomingPost:
    """A post with its author's consent that a rule has approved beside the lipstick it speaks of."""
    async with database.transaction() as db:
        await house.catalogue(db)
        await house.campaign(db, await house.feed(db))
    made = stories.post(SAID)
    await stories.arrive(database, settings, made)
    return made


async def heard(database: Database, *variants: str) -> list[talk.Said]:
    async with database.snapshot() as db:
        return await talk.said_of(db, variants or ("stain-madder",), at=now())


async def number(database: Database) -> int:
    async with database.snapshot() as db:
        return (await topics.numbers(db, [talk.TOPIC])).get(talk.TOPIC, 0)


async def change(database: Database, model: Any, **values: Any) -> None:
    async with database.transaction() as db:
        [row] = await db.scalars(select(model))
        for name, value in values.items():
            setattr(row, name, value)


async def test_an_approved_post_is_told_whole_beside_the_item_it_speaks_of(
    database: Database, story: IncomingPost
) -> None:
    [said] = await heard(database, "stain-plum", "stain-madder")
    assert (said.network, said.author, said.handle, said.text, said.url) == ("x", "Ada", "ada", SAID, story.url)
    assert (said.created_at, said.lang, said.edited, said.pictures) == (story.created_at, "en", False, ())
    async with database.snapshot() as db:
        assert said.avatar == (await db.get_one(Picture, stories.AVATAR)).digest
    assert await heard(database, "slip-ink") == []


async def _withdraw_consent(db: AsyncSession) -> None:
    await consent.withdraw(db, (await db.scalars(select(Consent))).one(), by="Mo")


async def _withdraw(db: AsyncSession) -> None:
    await moderation.withdraw(db, (await db.scalars(select(Screening))).one(), by="Mo")


async def _press_the_red_button(db: AsyncSession) -> None:
    await retreats.begin(db, None, by="Mo")


async def _send_the_campaign_to_evergreen(db: AsyncSession) -> None:
    await retreats.begin(db, (await db.scalars(select(Campaign))).one(), by="Mo")


async def _take_the_campaign_back(db: AsyncSession) -> None:
    await campaigns.take_back(db, (await db.scalars(select(Campaign))).one(), by="Mo")


async def _end_the_campaign(db: AsyncSession) -> None:
    await campaigns.end(db, (await db.scalars(select(Campaign))).one(), by="Mo")


async def _show_posts_alone(db: AsyncSession) -> None:
    campaign = (await db.scalars(select(Campaign))).one()
    await campaigns.change(db, campaign, campaigns.Plan(name="Lips", modes=("post",)), by="Mo")


async def _bring_its_end_forward(db: AsyncSession) -> None:
    campaign = (await db.scalars(select(Campaign))).one()
    over = now() - timedelta(seconds=1)
    plan = campaigns.Plan(name="Lips", modes=tuple(campaign.modes), starts_at=over - timedelta(days=1), ends_at=over)
    await campaigns.change(db, campaign, plan, by="Mo")


@pytest.mark.parametrize(
    "ending", [
        _withdraw_consent, _withdraw, _press_the_red_button, _send_the_campaign_to_evergreen, _take_the_campaign_back,
        _end_the_campaign, _show_posts_alone, _bring_its_end_forward,
    ],
)  # fmt: skip
async def test_what_is_withdrawn_is_not_there_any_more_and_open_pages_hear_of_it(
    database: Database, story: IncomingPost, ending: Callable
) -> None:
    before = await number(database)
    async with database.transaction() as db:
        await ending(db)
    assert await heard(database) == []
    assert await number(database) > before


async def test_open_pages_hear_of_a_campaign_that_ended_by_the_clock_once(
    database: Database, story: IncomingPost
) -> None:
    async with database.transaction() as db:
        await db.execute(update(Campaign).values(ends_at=now() + timedelta(hours=1)))
        topics.note(db, talk.TOPIC)
    await renew_loops(database)
    before = await number(database)
    await renew_loops(database)
    assert await number(database) == before, "it is not over yet"
    async with database.transaction() as db:
        await db.execute(update(Campaign).values(ends_at=now() - timedelta(seconds=1)))
        await db.execute(update(topics.Topic).values(changed_at=now() - timedelta(minutes=1)))
    await renew_loops(database)
    assert await number(database) == before + 1 and await heard(database) == []
    await renew_loops(database)
    assert await number(database) == before + 1


async def test_an_edited_or_deleted_post_is_not_there_any_more(
    database: Database, settings: Settings, story: IncomingPost
) -> None:
    await stories.arrive(database, settings, stories.edited(story, "Never again."))
    assert await heard(database) == []
    other = stories.post(SAID, handle="bo")
    await stories.arrive(database, settings, other)
    assert len(await heard(database)) == 1
    await stories.arrive(database, settings, stories.deleted(other))
    assert await heard(database) == []


async def test_rows_that_say_otherwise_silence_it(database: Database, story: IncomingPost) -> None:
    """Each is enough by itself, whatever the others say."""
    for model, name, value in (
        (Consent, "withdrawn_at", now()), (Consent, "revision", 2), (Moderation, "mode", "post"), (Moderation, "revision", 2),
        (Moderation, "over_at", now()), (Moderation, "verdict", "rejected"), (Post, "gone_at", now()), (Post, "author_name", " "),
        (Screening, "state", "over"), (Feed, "ended_at", now()), (Picture, "digest", None),
        (Post, "media", [{"kind": "photo", "url": "https://pictures.test/gone.webp", "alt": ""}]),
        (Campaign, "modes", ["post", "trend"]), (Campaign, "starts_at", now() + timedelta(hours=1)),
        (Campaign, "ends_at", now()), (Campaign, "published_at", None), (Campaign, "ended_at", now()),
    ):  # fmt: skip
        async with database.snapshot() as db:
            before = getattr((await db.scalars(select(model))).one(), name)
        await change(database, model, **{name: value})
        assert await heard(database) == [], (model.__name__, name)
        await change(database, model, **{name: before})
    assert len(await heard(database)) == 1


async def test_a_feed_that_no_campaign_plays_is_heard(database: Database, story: IncomingPost) -> None:
    async with database.transaction() as db:
        made = await house.feed(db)
        [verdict] = await db.scalars(select(Moderation))
        [agreed] = await db.scalars(select(Consent))
        verdict.feed_id = agreed.feed_id = made.id
    assert len(await heard(database)) == 1


async def test_the_newest_come_first_and_no_more_than_six(
    database: Database, settings: Settings, story: IncomingPost
) -> None:
    moment = now()
    others = [
        replace(stories.post(SAID, handle=f"bo{n}"), created_at=moment - timedelta(seconds=n + 2)) for n in range(7)
    ]
    await stories.arrive(database, settings, *others)
    async with database.transaction() as db:
        [first] = await db.scalars(select(Moderation))
        frame = moderation.Frame(
            mode="post_item", variant_id="stain-madder", layout=first.layout, language="en", card=first.card or ""
        )
        for waiting in list(await db.scalars(select(Screening).where(Screening.state != "approved"))):
            await moderation.approve(db, waiting, frame, by="Mo")
    assert [said.handle for said in await heard(database)] == [f"bo{n}" for n in range(6)]


def test_pictures_come_with_what_their_author_says_they_show() -> None:
    post = Post(
        network="x", author_name="Ada", author_handle="ada", author_avatar="a", text="", lang="", url="", flags={}
    )
    post.created_at, post.media = now(), [{"url": "b", "alt": "A red mouth"}, {"url": "c"}]
    assert talk.as_said(post, {"a": "1", "b": "2"}) is None
    said = talk.as_said(post, {"a": "1", "b": "2", "c": "3"})
    assert said is not None
    assert (said.avatar, said.pictures, said.alts) == ("1", ("2", "3"), ("A red mouth", ""))


async def test_only_trends_that_somebody_let_onto_the_glass_are_told(database: Database, story: IncomingPost) -> None:
    async with database.transaction() as db:
        [feed] = await db.scalars(select(Feed))
        for word, state in (
            ("allowed", "allowed"),
            ("waits", "rising"),
            ("pin", "pinned"),
            ("off", "muted"),
            ("old", "faded"),
        ):
            db.add(Trend(feed_id=feed.id, key=word, word=word, kind="hashtag", authors=3, previous=0, rise=1.0, state=state,
                         variants=["stain-madder", "slip-ink"], counted_at=now()))  # fmt: skip

    async def told(variant: str) -> list[str]:
        async with database.snapshot() as db:
            return [one.word for one in await talk.trends_of(db, variant, at=now())]

    assert await told("stain-madder") == await told("slip-ink") == ["pin", "allowed"]
    assert await told("stain-plum") == []
    before = await number(database)
    async with database.transaction() as db:
        await trends.mute(db, (await db.scalars(select(Trend).where(Trend.word == "pin"))).one(), by="Mo")
    assert await told("slip-ink") == ["allowed"]
    assert await number(database) > before
    async with database.transaction() as db:
        await _press_the_red_button(db)
    assert await told("slip-ink") == []


async def test_only_devices_staff_and_shoppers_may_wait_for_news_of_what_is_said(database: Database) -> None:
    async with database.snapshot() as db:
        for kind in ("device", "staff", "shopper"):
            assert await topics.may_read(db, topics.Reader(kind, "x"), talk.TOPIC)
        assert not await topics.may_read(db, topics.Reader("device", "x"), "talk:other")
        assert (await topics.read(db, talk.TOPIC))[1] == {"talk": "now"}


async def test_a_campaign_is_on_air_from_its_start_to_its_end(database: Database, story: IncomingPost) -> None:
    async with database.transaction() as db:
        [campaign] = await db.scalars(select(Campaign))
        moment = now()
        campaign.starts_at, campaign.ends_at = moment, moment + timedelta(hours=1)
        assert airing.on_air(campaign, moment)
        assert not airing.on_air(campaign, moment - timedelta(seconds=1))
        assert not airing.on_air(campaign, moment + timedelta(hours=1))
        await campaigns.end(db, campaign, by="Mo")
    assert await heard(database) == []
