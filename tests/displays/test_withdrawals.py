"""What becomes of a post's cards when it is gone, and who is said to have it no more."""

from sqlalchemy import func, select

from displays.models import Card, Proposal
from server.core.database import Database
from server.core.media import Media
from server.core.settings import Settings
from social.models import Picture
from tests import house, stories

WORDS = b"Madder red lipstick"


async def _cards_with_its_words(database: Database) -> int:
    async with database.snapshot() as db:
        return sum(WORDS in body for body in await db.scalars(select(Media.body)))


async def _house(database: Database) -> None:
    async with database.transaction() as db:
        await house.catalogue(db)
        await house.campaign(db, await house.feed(db))


async def test_a_deleted_post_leaves_no_card_with_its_words_behind(database: Database, settings: Settings) -> None:
    await _house(database)
    post = stories.post()
    await stories.arrive(database, settings, post)
    assert await _cards_with_its_words(database)
    await stories.arrive(database, settings, stories.deleted(post))
    assert not await _cards_with_its_words(database)
    async with database.snapshot() as db:
        assert not await db.scalar(select(func.count()).select_from(Proposal))
        assert not await db.scalar(select(func.count()).select_from(Card).where(Card.kind.startswith("post")))


async def test_a_deleted_posts_pictures_go_unless_another_post_of_its_author_shows_them(
    database: Database, settings: Settings
) -> None:
    await _house(database)
    first, second = stories.post(), stories.post("Late plum lipstick, all night. #HouseLoves")
    await stories.arrive(database, settings, first, second, stories.deleted(first))
    async with database.snapshot() as db:
        assert await db.get(Picture, stories.AVATAR) is not None
    await stories.arrive(database, settings, stories.deleted(second))
    async with database.snapshot() as db:
        assert await db.get(Picture, stories.AVATAR) is None
