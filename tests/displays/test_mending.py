"""A picture that could not be fetched at first must not cost a post its place for ever."""

from datetime import timedelta

from PIL import Image
from sqlalchemy import select, update

from displays.mending import mend_cards
from server.core import pictures
from server.core.clock import now
from server.core.database import Database
from server.core.settings import Settings
from social import picturing
from social.models import Picture, Screening
from tests import house, stories


async def test_an_avatar_that_comes_late_gives_the_post_its_card_and_the_rule_its_say(
    database: Database, settings: Settings, monkeypatch
) -> None:
    async with database.transaction() as db:
        await house.catalogue(db)
        await house.campaign(db, await house.feed(db))
        db.add(Picture(url="https://pictures.test/late", reason="It took too long.", fetched_at=now()))
    late = stories.post()
    await stories.arrive(database, settings, stories.with_avatar(late, "https://pictures.test/late"))
    assert await mend_cards(database, settings) == 0  # it was asked for a moment ago

    async def comes(settings: Settings, url: str, *, avatar: bool) -> pictures.Rendition:
        return pictures.renditions(Image.new("RGB", (64, 64), "#446688"), (64,))[0]

    monkeypatch.setattr(picturing, "_one", comes)
    async with database.transaction() as db:
        await db.execute(update(Picture).values(fetched_at=now() - timedelta(minutes=6)))
    assert await mend_cards(database, settings) == 1
    async with database.snapshot() as db:
        assert (await db.scalar(select(Screening))).state == "approved"
