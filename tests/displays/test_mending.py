"""A picture that could not be fetched at first must not cost a post its place for ever."""

import asyncio
from datetime import timedelta

import pytest
from PIL import Image
from sqlalchemy import select, update

from displays import mending
from displays.mending import mend_cards
from server.core import pictures
from server.core.clock import now
from server.core.database import Database
from server.core.settings import Settings
from social import moderation, picturing
from social.incoming import IncomingMedia, IncomingPost
from social.models import Picture, Post, Screening
from tests import house, stories

LATE = "https://pictures.test/late"


@pytest.fixture
async def late(database: Database, settings: Settings) -> IncomingPost:
    """A post whose author's picture could not be fetched a few minutes ago."""
    async with database.transaction() as db:
        await house.catalogue(db)
        await house.campaign(db, await house.feed(db))
        db.add(Picture(url=LATE, reason="It took too long.", fetched_at=now()))
    post = stories.with_avatar(stories.post(), LATE)
    await stories.arrive(database, settings, post)
    assert await mend_cards(database, settings) == 0  # it was asked for a moment ago
    async with database.transaction() as db:
        await db.execute(update(Picture).where(Picture.url == LATE).values(fetched_at=now() - timedelta(minutes=6)))
    return post


@pytest.fixture
def comes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The network has this picture again."""

    async def one(settings: Settings, url: str, *, avatar: bool) -> pictures.Rendition | str:
        return pictures.renditions(Image.new("RGB", (64, 64), "#446688"), (64,))[0] if url == LATE else "Not found."

    monkeypatch.setattr(picturing, "_one", one)


async def state(database: Database, post: IncomingPost) -> str | None:
    async with database.snapshot() as db:
        return await db.scalar(select(Screening.state).join(Post).where(Post.network_id == post.id))


async def test_an_avatar_that_comes_late_gives_the_post_its_card_and_the_rule_its_say(
    database: Database, settings: Settings, late: IncomingPost, comes: None
) -> None:
    assert await mend_cards(database, settings) == 1
    assert await state(database, late) == "approved"


async def test_those_that_lack_a_picture_get_their_turn_however_many_newer_ones_have_no_card(
    database: Database, settings: Settings, late: IncomingPost, comes: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mending, "BATCH", 2)
    by_rule = [stories.post("Unsent. #HouseLoves", media=(IncomingMedia(kind="photo", url=None),))]
    by_rule += [stories.post(f"Madder red, {n}. " + "Many words about it. " * 90 + "#HouseLoves") for n in range(2)]
    lost = [
        stories.with_avatar(stories.post(f"Plum, {n}. #HouseLoves"), f"https://pictures.test/{n}") for n in range(3)
    ]
    await stories.arrive(database, settings, *lost, *by_rule)
    async with database.transaction() as db:
        await db.execute(update(Picture).where(Picture.url.in_(one.author.avatar_url for one in lost))
                         .values(fetched_at=now() - timedelta(minutes=6)))  # fmt: skip
    for _ in range(2):
        await mend_cards(database, settings)
    assert await state(database, late) == "approved"


async def test_a_picture_that_another_post_has_brought_meanwhile_mends_the_card_too(
    database: Database, settings: Settings, late: IncomingPost, comes: None
) -> None:
    again = stories.with_avatar(stories.post("Plum, a second time. #HouseLoves"), LATE)
    await stories.arrive(database, settings, again)
    assert await mend_cards(database, settings) == 1
    assert await state(database, late) == "approved"


async def test_a_photograph_that_comes_late_gives_the_post_its_card(
    database: Database, settings: Settings, late: IncomingPost, comes: None
) -> None:
    photo = IncomingMedia(kind="photo", url=LATE, width=64, height=64)
    async with database.transaction() as db:
        await db.execute(update(Picture).where(Picture.url == LATE).values(fetched_at=now()))
    await stories.arrive(database, settings, stories.post("Plum, in a photograph. #HouseLoves", media=(photo,)))
    async with database.transaction() as db:
        await db.execute(update(Picture).where(Picture.url == LATE).values(fetched_at=now() - timedelta(minutes=6)))
    assert [await mend_cards(database, settings) for _ in range(2)] == [1, 1]


async def test_a_person_s_no_stands_that_is_given_while_a_card_is_mended(
    database: Database, settings: Settings, late: IncomingPost, comes: None
) -> None:
    async with database.transaction() as db:
        screening = (await db.scalars(select(Screening))).one()
        await moderation.reject(db, screening, by="Mo")
        mended = asyncio.create_task(mend_cards(database, settings))
        await asyncio.sleep(0.3)
    await mended
    assert await state(database, late) == "rejected"
