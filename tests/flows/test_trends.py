"""Trends: what rises in a feed, each author counted once, with what goes with it; a rule or a person lets it show."""

import asyncio
import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from catalog.models import Variant
from catalog.shelving import Compiled
from displays.models import TrendCard
from server.core import media
from server.core.clock import now
from server.core.database import Database
from server.core.settings import Settings
from social import trends
from social.counting import Counter
from social.models import Feed, Post, Screening, Trend
from tests import house, stories

WORDS = (
    "Madder red lipstick again and again",
    "Nothing but that madder red lipstick for me tonight",
    "Is there any better red lipstick? I doubt it",
    "A red lipstick and a long walk by the river, that is all",
)
"""What people say who never met: the same in the same words would be one voice."""


@pytest.fixture
async def listening(database: Database) -> Database:
    async with database.transaction() as db:
        await house.catalogue(db)
        await house.screen(db)
        await house.campaign(db, await house.feed(db))
    return database


async def counted(database: Database) -> dict[str, Trend]:
    await Counter(database, Compiled(database)).count()
    async with database.snapshot() as db:
        return {trend.word: trend for trend in await db.scalars(select(Trend))}


def said(tag: str, authors: int) -> list:
    return [stories.post(f"{words} #{tag} #HouseLoves", handle=f"{tag}{n}") for n, words in enumerate(WORDS[:authors])]


async def test_a_tag_that_many_use_rises_with_what_went_with_its_posts_and_waits(
    listening: Database, settings: Settings
) -> None:
    await stories.arrive(listening, settings, *said("QuietHour", 4))
    trend = (await counted(listening))["QuietHour"]
    assert (trend.authors, trend.state, trend.variants[0]) == (4, "rising", "stain-madder")
    assert trend.why["words"] == "4 people in the last hour; nothing earlier to compare with."


async def test_a_theme_rises_that_no_hashtag_and_no_thing_names_in_several_languages_with_what_serves_it(
    listening: Database, settings: Settings
) -> None:
    words = (
        "Burgundy lips on every second head",
        "Môi đỏ rượu đẹp quá trời",
        "Vinrøde lepper overalt i dag",
        "Labios burdeos, siempre",
    )
    posts = [
        stories.post(f"{one} #HouseLoves", handle=f"a{n}", lang=lang)
        for n, (one, lang) in enumerate(zip(words, ("en", "vi", "no", "es"), strict=True))
    ]
    await stories.arrive(listening, settings, *posts)
    (trend,) = (await counted(listening)).values()
    assert (trend.word, trend.kind, trend.authors) == ("burgundy lips", "theme", 4) and trend.variants


async def test_what_a_ring_copies_and_what_is_always_said_are_no_trends(
    listening: Database, settings: Settings
) -> None:
    ring = [
        stories.post(f"Run to the house for this red lipstick tonight friends {n} #Ring #HouseLoves", handle=f"r{n}")
        for n in range(6)
    ]
    await stories.arrive(listening, settings, *ring, *said("Always", 4))
    async with listening.transaction() as db:
        for hours in range(2, 6):
            copy = {"revision": 1, "verdict": "pass", "judged_at": now()}
            for n in range(4):
                at = now() - timedelta(hours=hours, minutes=5)
                post = Post(
                    network="x",
                    network_id=f"{hours}-{n}",
                    author_id=f"old{n}",
                    hashtags=["Always"],
                    created_at=at,
                    received_at=at,
                )
                db.add(post)
                await db.flush()
                db.add(Screening(post_id=post.id, feed_id=1, **copy))
    found = await counted(listening)
    assert "Ring" not in found and "Always" not in found


async def test_what_a_word_names_is_shown_with_it_and_nothing_that_was_merely_near(
    listening: Database, settings: Settings
) -> None:
    posts = [
        stories.post(f"{words}, with my slip dress #QuietHour #HouseLoves", handle=f"a{n}")
        for n, words in enumerate(WORDS)
    ]
    await stories.arrive(listening, settings, *posts)
    found = await counted(listening)
    async with listening.snapshot() as db:
        product = {one.id: one.product_id for one in await db.scalars(select(Variant))}
    themes = {word: {product[id] for id in trend.variants} for word, trend in found.items() if trend.kind == "theme"}
    assert themes["red lips"] == {"stain"}, themes
    assert found["QuietHour"].variants, "a word that names nothing is shown with what its posts spoke of"


async def test_one_author_counts_once_however_often_they_post_and_the_feed_s_own_tag_never(
    listening: Database, settings: Settings
) -> None:
    await stories.arrive(
        listening,
        settings,
        *[stories.post(f"Red lipstick {n} of mine #Mine #HouseLoves", handle="one") for n in range(3)],
    )
    assert "Mine" not in await counted(listening) and "HouseLoves" not in await counted(listening)


async def test_a_rule_lets_it_show_with_items_in_stock_only(listening: Database, settings: Settings) -> None:
    async with listening.transaction() as db:
        (await db.scalar(select(Feed))).trends = {"automatic": True, "least_authors": 3}
    await stories.arrive(listening, settings, *said("QuietHour", 4))
    trend = (await counted(listening))["QuietHour"]
    async with listening.snapshot() as db:
        card = await db.get(TrendCard, trend.id)
    assert trend.state == "allowed" and trend.decided_by == "rule" and card is not None


async def test_a_hashtag_of_any_length_and_a_feed_that_fails_stop_no_other_feed_s_trends(
    listening: Database, settings: Settings
) -> None:
    async with listening.transaction() as db:
        db.add(Feed(name="Broken", tags=["Broken"], trends={"least_authors": "a few"}, changed_at=now()))
        db.add(Feed(name="Autumn", tags=["HouseLoves"], changed_at=now()))
    await stories.arrive(listening, settings, *said("QuietHour" * 12, 4), *said("QuietHour", 4))
    for _ in range(2):
        await Counter(listening, Compiled(listening)).count()
    async with listening.snapshot() as db:
        tags = await db.scalars(select(Trend.word).where(Trend.kind == "hashtag"))
        assert list(tags) == ["QuietHour", "QuietHour"]


async def test_a_trend_that_nobody_speaks_of_any_more_fades(listening: Database, settings: Settings) -> None:
    await stories.arrive(listening, settings, *(posts := said("QuietHour", 4)))
    await counted(listening)
    await stories.arrive(listening, settings, *(stories.deleted(post) for post in posts))
    assert (await counted(listening))["QuietHour"].state == "faded"


async def test_a_pinned_trend_stays_without_its_old_figures_when_nobody_speaks_of_it_any_more(
    listening: Database, settings: Settings
) -> None:
    await stories.arrive(listening, settings, *said("QuietHour", 4))
    trend = (await counted(listening))["QuietHour"]
    async with listening.transaction() as db:
        await trends.pin(db, await db.get_one(Trend, trend.id), by="Mo")
    assert "4 people in the last hour" in await card_of(listening, trend.id)
    async with listening.transaction() as db:
        await db.execute(update(Post).values(received_at=now() - timedelta(hours=4)))
    assert (await counted(listening))["QuietHour"].state == "pinned"
    card = await card_of(listening, trend.id)
    assert "QuietHour" in card and "people" not in card


async def test_what_somebody_decides_while_the_counting_goes_on_stands(listening: Database, settings: Settings) -> None:
    await stories.arrive(listening, settings, *said("QuietHour", 4))
    trend = (await counted(listening))["QuietHour"]
    async with listening.transaction() as db:
        await db.execute(update(Post).values(received_at=now() - timedelta(hours=4)))
    async with listening.transaction() as db:
        await trends.pin(db, await db.get_one(Trend, trend.id), by="Mo")
        counting = asyncio.create_task(counted(listening))
        await asyncio.sleep(0.3)
    assert (await counting)["QuietHour"].state == "pinned"


async def card_of(database: Database, trend_id: int) -> str:
    async with database.snapshot() as db:
        made = await db.get_one(TrendCard, trend_id)
        found = await media.find(db, made.card)
    assert found
    return re.sub(r"<[^>]+>", "", found[0].decode())
