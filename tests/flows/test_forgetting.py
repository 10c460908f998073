"""A deleted post leaves only its id: no table holds its words, names or addresses, and no address serves its pictures."""

from dataclasses import replace
from datetime import timedelta

from PIL import Image
from sqlalchemy import select

from displays import composing
from displays.models import Card, Proposal
from server.core import media, pictures
from server.core.clock import now
from server.core.database import Database
from server.core.settings import Settings
from server.core.tables import Base
from server.retention import forget_old
from social import consent, moderation
from social.incoming import IncomingAuthor, IncomingMedia, IncomingPost
from social.models import Feed, Picture, Post, Screening
from tests import house, stories

ADDRESS = "https://pictures.test/zebra-{}.jpg"
ZED = IncomingAuthor(
    id="id-zebra",
    name="Zebra Zed",
    handle="zebrazed",
    avatar_url=ADDRESS.format("face"),
    created_at=now() - timedelta(days=900),
)


def photo(name: str) -> IncomingMedia:
    return IncomingMedia(kind="photo", url=ADDRESS.format(name), alt=f"zebra, {name}", width=64, height=64)


def said(text: str, name: str) -> IncomingPost:
    """A post with everything that a post can bring, each part with the same word in it."""
    return stories.post(text, author=ZED, media=(photo(name),), links=("https://zebra.test/",))


async def furnished(database: Database) -> None:
    async with database.transaction() as db:
        await house.catalogue(db)
        await house.campaign(db, await house.feed(db))
        for shade, name in enumerate(("face", "first", "second")):
            rendition = pictures.renditions(Image.new("RGB", (64, 64), (60 * shade, 90, 10)), (64,))[0]
            digest = await media.store(db, rendition.data, "image/webp")
            db.add(Picture(url=ADDRESS.format(name), digest=digest, width=64, height=64, fetched_at=now()))


async def approved_and_withdrawn(database: Database) -> None:
    async with database.transaction() as db:
        screening = (await db.scalars(select(Screening).where(Screening.state == "waiting"))).one()
        post, feed = await db.get_one(Post, screening.post_id), await db.get_one(Feed, screening.feed_id)
        given = await consent.record(db, post, feed, proof="zebrazed said yes: https://x.test/zebrazed/1", by="Mo")
        await consent.withdraw(db, given, by="Mo")
        proposal = await db.get_one(Proposal, screening.id)
        card = await db.get_one(Card, proposal.card)
        await moderation.approve(db, screening, composing.frame(proposal, card), by="Mo")
        await moderation.withdraw(db, screening, by="Mo", reason="")


async def rows_that_tell_of_it(database: Database) -> list[str]:
    async with database.snapshot() as db:
        rows = [(table.name, row) for table in Base.metadata.sorted_tables for row in await db.execute(select(table))]
    return [f"{name}: {row}" for name, row in rows if "zebra" in str(row).lower()]


async def kept_pictures(database: Database) -> int:
    async with database.snapshot() as db:
        kinds = list(await db.scalars(select(media.Media.content_type)))
    return kinds.count("image/webp")


async def test_a_post_that_was_edited_shown_and_deleted_leaves_nothing_but_its_id(
    database: Database, settings: Settings
) -> None:
    await furnished(database)
    first = said("Madder red lipstick for zebras. #HouseLoves #zebra", "first")
    edit = replace(stories.edited(first, "Late plum lipstick for zebras. #HouseLoves"), media=(photo("second"),))
    for news in (first, edit):
        await stories.arrive(database, settings, news)
    await approved_and_withdrawn(database)
    assert await rows_that_tell_of_it(database)
    await stories.arrive(database, settings, stories.deleted(first))
    assert await rows_that_tell_of_it(database) == []


async def test_its_pictures_are_served_no_longer_after_the_next_round(database: Database, settings: Settings) -> None:
    await furnished(database)
    first = said("Madder red lipstick for zebras. #HouseLoves", "first")
    edit = replace(stories.edited(first, "Late plum lipstick for zebras. #HouseLoves"), media=(photo("second"),))
    for news in (first, edit):
        await stories.arrive(database, settings, news)
    await forget_old(database, settings)
    assert await kept_pictures(database) == 4  # both photographs, the face, and that of the house's other posts
    await stories.arrive(database, settings, stories.deleted(first))
    await forget_old(database, settings)
    assert await kept_pictures(database) == 1
