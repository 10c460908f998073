"""What tablets report over their sockets: whether they are there, their battery, and what they could not send yet.

Gathered and written in batches; a tablet's word is checked and bounded before it is kept.
"""

from collections import OrderedDict
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from kiosk.models import Kiosk, KioskReport
from kiosk.noting import note_floor
from server.core import conversation
from server.core import gathering as gathered
from server.core.clock import now
from server.core.database import Database
from server.core.tables import among
from server.core.topics import Reader

log = structlog.get_logger()
BATCH_SECONDS = 0.5
SILENT = timedelta(seconds=60)
"""A tablet whose process has not vouched for it for so long is not connected: that process ended without a word."""
MOST_PENDING = 5000
MOST_UNSENT = 1_000_000
OLDEST = datetime(2020, 1, 1, tzinfo=UTC)
AT_ONCE = 500


class Gathering:
    """Reports of this process's tablets since the last write; of each the newest counts."""

    def __init__(self) -> None:
        self.reports: OrderedDict[str, dict[str, Any]] = OrderedDict()
        self.connected: dict[str, int] = {}

    def _say(self, id: str, **said: Any) -> None:
        if id not in self.reports and len(self.reports) >= MOST_PENDING:
            self.reports.popitem(last=False)
        self.reports.setdefault(id, {}).update(said)

    def presence(self, reader: Reader, open: bool, browser: str = "") -> None:
        """A socket opened or closed; a tablet with two pages open is connected until both are gone."""
        if reader.kind != "device":
            return
        count = self.connected[reader.id] = self.connected.get(reader.id, 0) + (1 if open else -1)
        if count <= 0:
            del self.connected[reader.id]
        self._say(reader.id, connected=count > 0, **({"browser": _text(browser, 200)} if open else {}))

    def tablet(self, reader: Reader, message: dict[str, Any]) -> None:
        """A tablet says how it is. What it leaves out is as it was; what cannot be is taken for unknown."""
        said = {name: read(message[name]) for name, read in READ.items() if name in message}
        if said:
            self._say(reader.id, **said)

    async def write(self, database: Database) -> None:
        """Write what has been gathered, in one transaction; what the database did not take is tried again."""
        reports, self.reports = self.reports, OrderedDict()
        if not reports:
            return
        try:
            async with database.transaction() as db:
                for start in range(0, len(reports), AT_ONCE):
                    await _write(db, {id: reports[id] for id in list(reports)[start : start + AT_ONCE]})
        except Exception:
            for id, said in reports.items():
                self.reports[id] = {**said, **self.reports.get(id, {})}
            raise

    async def touch(self, database: Database) -> None:
        """Say that the connected ones are still there, and that others, of processes that ended, are not."""
        ids, moment = list(self.connected), now()
        async with database.transaction() as db:
            for start in range(0, len(ids), AT_ONCE):
                here = among(KioskReport.kiosk_id, ids[start : start + AT_ONCE])
                await db.execute(update(KioskReport).where(here).values(seen_at=moment, connected=True))
            stale = update(KioskReport).where(KioskReport.connected, KioskReport.seen_at < moment - SILENT)
            gone = stale.values(connected=False).returning(KioskReport.kiosk_id)
            await _tell(db, list(await db.scalars(gone)))


async def _write(db: AsyncSession, reports: dict[str, dict[str, Any]]) -> None:
    """Keep what tablets said; screens, which connect the same way, have no row here. Pages hear only of what changed."""
    moment = now()
    kept = select(KioskReport).join(Kiosk, Kiosk.id == KioskReport.kiosk_id).where(among(Kiosk.id, reports))
    changed = []
    for row in await db.scalars(kept.order_by(Kiosk.id)):
        said = reports[row.kiosk_id]
        if any(getattr(row, name) != value for name, value in said.items()):
            changed.append(row.kiosk_id)
        for name, value in said.items():
            setattr(row, name, value)
        row.seen_at = moment
    await _tell(db, changed)


async def _tell(db: AsyncSession, ids: list[str]) -> None:
    for store_id in await db.scalars(select(Kiosk.store_id).where(Kiosk.id.in_(ids)).distinct()):
        note_floor(db, store_id)


# -- what a tablet may say ----------------------------------------------------------------------------------------


def _percent(value: Any) -> int | None:
    return round(value) if _number(value) and 0 <= value <= 100 else None


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _moment(value: Any) -> datetime | None:
    """A moment as milliseconds since 1970 or ISO 8601; None for any that no tablet of ours can mean."""
    try:
        said = datetime.fromisoformat(value) if isinstance(value, str) else datetime.fromtimestamp(value / 1000, UTC)
        moment = said.replace(tzinfo=said.tzinfo or UTC).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, OSError):
        return None
    return moment if OLDEST < moment < now() + timedelta(days=1) else None


def _text(value: Any, longest: int) -> str:
    return "".join(c for c in value if c.isprintable())[:longest] if isinstance(value, str) else ""


READ = {
    "battery": _percent,
    "charging": lambda value: value if isinstance(value, bool) else None,
    "unsent": lambda value: min(int(value), MOST_UNSENT) if _number(value) and 0 <= value < 1e12 else 0,
    "version": lambda value: _text(value, 32),
    "range_at": _moment,
    "error": lambda value: _text(value, 300),
}
"""How each thing that a tablet may say is read."""

gathering = Gathering()
conversation.presence.append(gathering.presence)
conversation.reports["tablet"] = gathering.tablet


async def keep_writing(database: Database) -> None:
    """Write twice a second until cancelled, and touch the connected ones every ten seconds."""
    await gathered.keep_writing(gathering, database, seconds=BATCH_SECONDS, name="tablets")
