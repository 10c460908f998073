"""Feeds that are fetched from an address on a schedule, through the same guard as pictures."""

import tempfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from catalog import importing, uploads
from catalog.models import FeedAddress, Import
from server.core import audit
from server.core.clock import now
from server.core.database import Database
from server.core.errors import BadInput, NotFound, VitrineError
from server.core.lease import LeaseLost
from server.core.settings import Settings

if TYPE_CHECKING:
    from server.core.fetch import Fetched

log = structlog.get_logger()

SHORTEST_MINUTES, LONGEST_MINUTES = 5, 7 * 24 * 60
MOST_ADDRESSES = 50
BY = "schedule"
ABANDONED = timedelta(hours=1)
"""An import that has run so long belonged to a process that is gone: a million rows take some minutes."""


@dataclass(frozen=True)
class Scheduled:
    """An address with what came of it last, if anything did."""

    address: FeedAddress
    last: Import | None


def checked(kind: str, url: str, every_minutes: int) -> tuple[str, str, int]:
    """An address that can be scheduled. Raises BadInput."""
    url = url.strip()
    if kind not in importing.READERS:
        raise BadInput("A feed is one of products, inventory, stores.")
    if not url.startswith(("https://", "http://")) or len(url) > 2000 or not url.isprintable() or " " in url:
        raise BadInput("Write the feed's whole address, beginning with https://.")
    if "@" in url.split("/", 3)[2]:
        raise BadInput("An address with a user name or password in it is not fetched. Take them out.")
    if not SHORTEST_MINUTES <= every_minutes <= LONGEST_MINUTES:
        raise BadInput("A feed is fetched every 5 minutes at most, and once a week at least.")
    return kind, url, every_minutes


async def add(db: AsyncSession, kind: str, url: str, every_minutes: int, *, by: str) -> FeedAddress:
    """Fetch a feed from an address from now on, the first time at once. Raises BadInput."""
    kind, url, every_minutes = checked(kind, url, every_minutes)
    there = list(await db.scalars(select(FeedAddress)))
    if any((one.kind, one.url) == (kind, url) for one in there):
        raise BadInput("That address is on the schedule already.")
    if len(there) >= MOST_ADDRESSES:
        raise BadInput(f"There are {MOST_ADDRESSES} addresses already; remove one first.")
    row = FeedAddress(kind=kind, url=url, every_minutes=every_minutes, next_at=now())
    db.add(row)
    audit.record(db, who=by, what="scheduled feed", which=url, kind=kind, every_minutes=every_minutes)
    return row


async def remove(db: AsyncSession, id: int, *, by: str) -> None:
    """Fetch it no more; what it brought stays. Raises NotFound."""
    row = await _find(db, id)
    audit.record(db, who=by, what="removed scheduled feed", which=row.url, kind=row.kind)
    await db.delete(row)


async def fetch_soon(db: AsyncSession, id: int, *, by: str) -> FeedAddress:
    """Have it fetched within half a minute, whether or not it has changed. Raises NotFound."""
    row = await _find(db, id)
    row.next_at, row.etag, row.last_modified = now(), "", ""
    audit.record(db, who=by, what="fetched feed", which=row.url, kind=row.kind)
    return row


async def listed(db: AsyncSession) -> list[Scheduled]:
    """The addresses with their last results."""
    found = []
    for address in await db.scalars(select(FeedAddress).order_by(FeedAddress.kind, FeedAddress.id)):
        query = select(Import).where(Import.source == address.url, Import.kind == address.kind, Import.by == BY)
        found.append(Scheduled(address, await db.scalar(query.order_by(Import.id.desc()).limit(1))))
    return found


async def _find(db: AsyncSession, id: int) -> FeedAddress:
    row = await db.get(FeedAddress, id)
    if row is None:
        raise NotFound("That address is no longer on the schedule.")
    return row


# -- fetching -----------------------------------------------------------------------------------------------------


async def fetch_due(database: Database, settings: Settings) -> int:
    """Fetch and import the feeds whose time has come, one after the other; returns how many. Tidies up as well."""
    await importing.abandon_running(database, before=now() - ABANDONED)
    await uploads.forget_old(database, settings)
    async with database.snapshot() as db:
        query = select(FeedAddress).where(FeedAddress.next_at <= now()).order_by(FeedAddress.next_at)
        due = list(await db.scalars(query))
    for address in due:
        try:
            await fetch_one(database, settings, address)
        except LeaseLost:
            raise
        except Exception:  # the others are due all the same; its report says what happened
            log.exception("feed_failed", url=address.url)
    return len(due)


async def fetch_one(database: Database, settings: Settings, address: FeedAddress) -> None:
    """Fetch one feed if it has changed, and import it; its report says what came of it."""
    from server.core.fetch import FEED, fetch  # httpx takes long to load, and most starts have nothing to fetch

    # Ahead of the work: if it should bring this process down, it is not the first thing that the next one does.
    await _claim(database, address)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "feed"
        try:
            fetched = await fetch(
                address.url, limits=FEED, allow=settings.fetch_exceptions, into=file,
                etag=address.etag or None, last_modified=address.last_modified or None,
            )  # fmt: skip
        except VitrineError as error:
            return await _failed(database, address, error.detail)
        if fetched.unchanged:
            return None
        record = await importing.run(database, address.kind, file, source=address.url, by=BY)
        return await _remember(database, address, fetched, record)


async def _claim(database: Database, address: FeedAddress) -> None:
    async with database.transaction() as db:
        later = now() + timedelta(minutes=address.every_minutes)
        await db.execute(update(FeedAddress).where(FeedAddress.id == address.id).values(next_at=later))


async def _remember(database: Database, address: FeedAddress, fetched: "Fetched", record: int) -> None:
    """Keep what names this version, so that it need not come twice. Not of one that was refused or left rows out: what
    they waited for (the stores, say) may be there the next time."""
    async with database.transaction() as db:
        made = await db.get_one(Import, record)
        whole = made.state == "done" and not made.left_out
        etag, modified = (fetched.etag or "", fetched.last_modified or "") if whole else ("", "")
        row = update(FeedAddress).where(FeedAddress.id == address.id)
        await db.execute(row.values(etag=etag[:300], last_modified=modified[:100]))


async def _failed(database: Database, address: FeedAddress, reason: str) -> None:
    record = await importing.begin(database, address.kind, source=address.url, by=BY, dry_run=False)
    words = f"It could not be fetched. {reason}"[:500]
    await importing.note(database, record, state="refused", reason=words, ended_at=now())
