"""Fetches the pictures of variants: by our server only, through the guard, decoded safely, kept as renditions."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import structlog
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from catalog import writing
from catalog.models import Image, Variant
from server.core import media, pictures
from server.core.clock import now
from server.core.database import Database
from server.core.errors import VitrineError
from server.core.events import PictureReady, emit
from server.core.settings import Settings

log = structlog.get_logger()
BATCH = 16
AT_ONCE = 4
MOST_TRIES = 6


async def fetch_waiting(database: Database, settings: Settings) -> int:
    """Fetch a batch of waiting pictures of what is sold; returns how many were tried. None while there is no room for them."""
    if database.shortage.lately:
        return 0
    async with database.snapshot() as db:
        sold = select(Variant.id).where(Variant.image_id == Image.id, Variant.withdrawn_at.is_(None)).exists()
        query = select(Image.id, Image.url).where(Image.state == "waiting", Image.try_at <= now(), sold)
        waiting = (await db.execute(query.order_by(Image.try_at, Image.id).limit(BATCH))).all()
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(id: int, url: str) -> None:
        async with gate:
            await fetch_one(database, settings, id, url)

    await asyncio.gather(*(one(id, url) for id, url in waiting))
    return len(waiting)


async def fetch_one(database: Database, settings: Settings, id: int, url: str) -> None:
    """Fetch, decode and keep one picture; what goes wrong is written down with its reason."""
    from server.core.fetch import FetchFailed, fetch  # httpx takes long to load, and most starts have nothing to fetch

    try:
        fetched = await fetch(url, allow=settings.fetch_exceptions)
        prepared = await pictures.off_loop(pictures.prepare, fetched.body)
    except FetchFailed as error:
        await _later(database, id, error.detail)
    except VitrineError as error:
        await _refused(database, id, error.detail)
    except Exception as error:  # one picture that breaks the decoder must not keep the others waiting
        log.exception("picture_failed", image=id)
        await _later(database, id, f"It could not be decoded ({type(error).__name__}).")
    else:
        async with database.transaction() as db:
            await keep(db, id, prepared)


async def fetch_refused_again(db: AsyncSession) -> int:
    """Have every refused picture fetched anew; returns how many."""
    refused = update(Image).where(Image.state == "refused")
    return (await db.execute(refused.values(state="waiting", reason="", tries=0, try_at=now()))).rowcount


async def fetch_again(db: AsyncSession, ids: Sequence[int]) -> int:
    """Have refused pictures fetched anew, and waiting ones at once; returns how many."""
    chosen = update(Image).where(Image.id.in_(ids), Image.state != "ready")
    result = await db.execute(chosen.values(state="waiting", reason="", tries=0, try_at=now()))
    return result.rowcount


async def keep(db: AsyncSession, id: int, prepared: pictures.Prepared) -> None:
    """Keep a decoded picture and tell whose it is. A variant without a swatch takes the picture's colour."""
    await writing.alone(db)
    for rendition in prepared.renditions:
        await media.store(db, rendition.data, "image/webp")
    image = await db.get_one(Image, id)
    image.state, image.reason = "ready", ""
    image.renditions = [{"digest": r.digest, "width": r.width, "height": r.height} for r in prepared.renditions]
    image.colours, image.backdrop = [list(colour) for colour in prepared.colours], prepared.backdrop
    if prepared.colours:
        unswatched = update(Variant).where(Variant.image_id == id, Variant.swatch.is_(None))
        await db.execute(unswatched.values(swatch=prepared.colours[0][0]))
    ids = tuple(await db.scalars(select(Variant.id).where(Variant.image_id == id).limit(200)))
    await emit(db, PictureReady(ids))


async def _later(database: Database, id: int, reason: str) -> None:
    """Try again with growing pauses; after six tries it is refused until the feed names it anew."""
    async with database.transaction() as db:
        image = await db.get_one(Image, id)
        image.tries += 1
        image.reason = reason[:300]
        image.state = "refused" if image.tries >= MOST_TRIES else "waiting"
        image.try_at = now() + timedelta(minutes=2**image.tries)


async def _refused(database: Database, id: int, reason: str) -> None:
    async with database.transaction() as db:
        await db.execute(update(Image).where(Image.id == id).values(state="refused", reason=reason[:300]))
    log.info("picture_refused", image=id, reason=reason)
