"""Fetches the pictures of posts and their authors, so that no screen and no phone ever asks a network for them."""

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.core import media, pictures
from server.core.clock import now
from server.core.database import Database
from server.core.errors import VitrineError
from server.core.settings import Settings
from server.core.tables import add_unless_there
from social.models import Picture, Post

log = structlog.get_logger()
SECONDS = 4.0
"""How long a post waits for its pictures; a card without an avatar shows the author's initial."""
AGAIN = timedelta(minutes=5)
WIDTHS = (1200,)
AVATAR_WIDTHS = (240,)


def addresses(post: Post) -> list[str]:
    """The addresses of a post's pictures: the author's first."""
    return [url for url in [post.author_avatar, *(one.get("url") for one in post.media)] if url][:6]


async def fetch_for(database: Database, settings: Settings, post: Post) -> int:
    """Fetch what is not here yet, all at once, within a few seconds; what fails is written down with its reason.

    Returns how many pictures came. One that failed is asked for again after five minutes at the earliest.
    """
    async with database.snapshot() as db:
        missing = [url for url in addresses(post) if _worth_asking(await db.get(Picture, url))]
    done = await asyncio.gather(*(_one(settings, url, avatar=url == post.author_avatar) for url in missing))
    if missing:
        async with database.transaction() as db:
            await _keep(db, zip(missing, done, strict=True))
    return sum(not isinstance(one, str) for one in done)


async def missing(db: AsyncSession, posts: Iterable[Post]) -> dict[str, datetime]:
    """The addresses of these posts' pictures that are not here, with when they were last asked for."""
    found = dict.fromkeys((url for post in posts for url in addresses(post)), media.LONG_AGO)
    rows = await db.execute(select(Picture.url, Picture.digest, Picture.fetched_at).where(Picture.url.in_(found)))
    known = {url: None if digest else asked_at for url, digest, asked_at in rows}
    return {url: asked_at for url, asked_at in (found | known).items() if asked_at}


def _worth_asking(known: Picture | None) -> bool:
    """A picture that is not here, and was not refused a moment ago."""
    return known is None or (known.digest is None and now() - known.fetched_at > AGAIN)


async def _one(settings: Settings, url: str, *, avatar: bool) -> pictures.Rendition | str:
    from server.core.fetch import fetch  # httpx takes long to load, and most starts have nothing to fetch

    try:
        async with asyncio.timeout(SECONDS):
            fetched = await fetch(url, allow=settings.fetch_exceptions)
            prepared = await pictures.off_loop(
                pictures.prepare, fetched.body, widths=AVATAR_WIDTHS if avatar else WIDTHS
            )
            return prepared.renditions[-1]
    except (VitrineError, TimeoutError) as error:
        reason = error.detail if isinstance(error, VitrineError) else "It took too long."
        log.info("post_picture_refused", reason=reason)
        return reason


async def _keep(db: AsyncSession, found: Iterable[tuple[str, pictures.Rendition | str]]) -> None:
    for url, result in found:
        await add_unless_there(db, Picture, url=url, fetched_at=now())
        row = await db.get_one(Picture, url)
        row.fetched_at = now()
        if isinstance(result, str):
            row.reason = result[:300]
        else:
            row.digest = await media.store(db, result.data, "image/webp")
            row.width, row.height = result.width, result.height
