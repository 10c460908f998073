"""Feeds that are fetched from an address on a schedule, through the same guard as pictures."""

import asyncio
import tempfile
from datetime import timedelta
from pathlib import Path

import structlog
from sqlalchemy import select

from catalog import importing
from catalog.models import FeedAddress
from server.core.clock import now
from server.core.database import Database
from server.core.errors import BadInput, VitrineError
from server.core.fetch import FEED, fetch
from server.core.settings import Settings

log = structlog.get_logger()

SHORTEST_MINUTES, LONGEST_MINUTES = 5, 7 * 24 * 60


def checked(kind: str, url: str, every_minutes: int) -> tuple[str, str, int]:
    """An address that can be scheduled. Raises BadInput."""
    if kind not in importing.READERS:
        raise BadInput("A feed is one of products, inventory, stores.")
    if not url.startswith(("https://", "http://")) or len(url) > 2000:
        raise BadInput("Write the feed's whole address, beginning with https://.")
    if not SHORTEST_MINUTES <= every_minutes <= LONGEST_MINUTES:
        raise BadInput("A feed is fetched every 5 minutes at most, and once a week at least.")
    return kind, url, every_minutes


async def fetch_due(database: Database, settings: Settings) -> int:
    """Fetch and import the feeds whose time has come, one after the other; returns how many."""
    async with database.snapshot() as db:
        due = list(
            await db.scalars(select(FeedAddress).where(FeedAddress.next_at <= now()).order_by(FeedAddress.next_at))
        )
    for address in due:
        await fetch_one(database, settings, address)
    return len(due)


async def fetch_one(database: Database, settings: Settings, address: FeedAddress) -> None:
    """Fetch one feed if it has changed, and import it; its report says what came of it."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / ("feed.gz" if address.url.endswith(".gz") else "feed")
        try:
            fetched = await fetch(
                address.url, limits=FEED, allow=settings.fetch_exceptions, into=file,
                etag=address.etag or None, last_modified=address.last_modified or None,
            )  # fmt: skip
        except VitrineError as error:
            await _failed(database, address, error.detail)
        else:
            if not fetched.unchanged:
                await importing.run(database, address.kind, file, source=address.url, by="schedule")
            await _next(database, address, etag=fetched.etag or "", last_modified=fetched.last_modified or "")
    await asyncio.sleep(0)


async def _failed(database: Database, address: FeedAddress, reason: str) -> None:
    record = await importing.begin(database, address.kind, source=address.url, by="schedule", dry_run=False)
    await importing.note(
        database, record, state="refused", reason=f"It could not be fetched. {reason}"[:500], ended_at=now()
    )
    await _next(database, address, etag=address.etag, last_modified=address.last_modified)


async def _next(database: Database, address: FeedAddress, *, etag: str, last_modified: str) -> None:
    async with database.transaction() as db:
        row = await db.get(FeedAddress, address.id)
        if row is not None:
            row.etag, row.last_modified = etag[:300], last_modified[:100]
            row.next_at = now() + timedelta(minutes=row.every_minutes)
