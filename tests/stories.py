"""Posts for tests, as a source hands them over, and what happens to them."""

import itertools
from dataclasses import replace
from datetime import timedelta
from typing import Any

from PIL import Image

from catalog.shelving import Compiled
from server.core import media, pictures
from server.core.clock import now
from server.core.database import Database
from server.core.settings import Settings
from social.arriving import Arrivals
from social.incoming import IncomingAuthor, IncomingDeletion, IncomingPost
from social.models import Picture

AVATAR = "https://pictures.test/avatar.webp"
_serial = itertools.count(1_700_000_000_000_000_000, 1000)


def post(
    text: str = "Madder red lipstick, all day. #HouseLoves", *, handle: str = "ada", **changes: Any
) -> IncomingPost:
    """A post by somebody, made a minute ago, with the opt-in tag unless the words are others."""
    id = str(next(_serial))
    made = IncomingPost(
        network="x", id=id, revision_id=id, revisions=(id,),
        author=IncomingAuthor(
            id=f"id-{handle}", name=handle.title(), handle=handle, avatar_url=AVATAR, created_at=now() - timedelta(days=900)
        ),
        text=text, hashtags=tuple(word[1:] for word in text.split() if word.startswith("#")), lang="en",
        created_at=now() - timedelta(minutes=1), url=f"https://x.com/{handle}/status/{id}", received_at=now(),
    )  # fmt: skip
    return replace(made, **changes)


def edited(before: IncomingPost, text: str) -> IncomingPost:
    """A later revision of a post."""
    id = str(next(_serial))
    return replace(
        before, revision_id=id, revisions=(*before.revisions, id), text=text, created_at=now(), received_at=now()
    )


def deleted(before: IncomingPost) -> IncomingDeletion:
    """That its author deleted it."""
    return IncomingDeletion(network=before.network, id=before.id, noticed_at=now())


async def arrive(database: Database, settings: Settings, *news: IncomingPost | IncomingDeletion) -> None:
    """Let posts come in, and wait until all has been judged."""
    await have_avatar(database)
    arrivals = Arrivals(database, settings, Compiled(database), saved_seconds=3600)  # no flood, however many
    for one in news:
        await arrivals.take(one)
    await arrivals.settled()


async def have_avatar(database: Database) -> None:
    """A post of X is shown with its author's picture or not at all; the network is not here to give it."""
    async with database.transaction() as db:
        if await db.get(Picture, AVATAR) is None:
            rendition = pictures.renditions(Image.new("RGB", (64, 64), "#884466"), (64,))[0]
            digest = await media.store(db, rendition.data, "image/webp")
            db.add(Picture(url=AVATAR, digest=digest, width=64, height=64, fetched_at=now()))


def with_avatar(post: IncomingPost, url: str) -> IncomingPost:
    """The same post by somebody whose picture is elsewhere."""
    return replace(post, author=replace(post.author, avatar_url=url))
