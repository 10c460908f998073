"""What the rows of an installation say of its state, as gauges: the same whichever process is asked.

Counts of what a process does itself are in server/core/metrics.py.
"""

import asyncio
import time
from collections.abc import Iterable
from datetime import datetime

from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.models import Image
from displays.models import Screen, ScreenReport
from kiosk.models import Kiosk, KioskReport, Mail
from server.core.clock import now
from server.core.database import Database
from server.core.devices import genuine
from server.core.lease import holders
from social import moderation
from social.models import SourceState

FRESH_SECONDS = 5.0
"""However many ask, the rows are counted no more often."""
LONGEST_SECONDS = 5.0
"""A database that does not answer by then is down, as far as an alert is concerned."""
Rows = list[tuple[str, float]]


class Gauges:
    """The newest gauges of one process, counted when somebody asks."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._found: list[Metric] = []
        self._counted_at = float("-inf")
        self._counting = asyncio.Lock()

    async def refresh(self) -> None:
        """Count the rows anew, unless that was done a moment ago."""
        async with self._counting:
            if time.monotonic() - self._counted_at > FRESH_SECONDS:
                try:
                    async with asyncio.timeout(LONGEST_SECONDS), self._database.snapshot() as db:
                        self._found = [_up(1), *await counted(db)]
                except Exception:  # an alert is what this is for: it must be told, not fail
                    self._found = [_up(0)]
                self._counted_at = time.monotonic()

    def collect(self) -> Iterable[Metric]:
        """What was counted last, for a registry of prometheus_client."""
        return self._found


def _up(value: int) -> Metric:
    return GaugeMetricFamily("vitrine_database_up", "1 while the database answers", value)


async def counted(db: AsyncSession) -> list[Metric]:
    """All gauges that rows tell."""
    return [*await _sources(db), *await _queue(db), *await _leases(db), *await _outboxes(db), *await _devices(db)]


async def _sources(db: AsyncSession) -> list[Metric]:
    live = GaugeMetricFamily(
        "vitrine_source_live", "1 while posts come from a network as they should", labels=["network", "state"]
    )
    told = GaugeMetricFamily(
        "vitrine_source_told_seconds", "Since a process last said how a network's stream is", labels=["network"]
    )
    for row in await db.scalars(select(SourceState)):
        live.add_metric([row.network, row.state], float(row.state == "live"))
        told.add_metric([row.network], _since(row.written_at))
    return [live, told]


async def _queue(db: AsyncSession) -> list[Metric]:
    return await _waiting(db, "vitrine_queue", "posts that wait for a moderator", [("", moderation.in_queue())])


async def _leases(db: AsyncSession) -> list[Metric]:
    left = GaugeMetricFamily(
        "vitrine_lease_seconds", "Until a job's lease ends if its holder does not renew it", labels=["work", "holder"]
    )
    held = GaugeMetricFamily(
        "vitrine_lease_held_seconds", "Since its holder took a job's lease", labels=["work", "holder"]
    )
    for one in await holders(db):
        left.add_metric([one.name, one.holder], one.left_seconds)
        held.add_metric([one.name, one.holder], one.held_seconds)
    return [left, held]


async def _outboxes(db: AsyncSession) -> list[Metric]:
    mail = select(func.count(), func.min(Mail.made_at)).where(Mail.sent_at.is_(None), Mail.expires_at > now())
    pictures = select(func.count(), func.min(Image.try_at)).where(Image.state == "waiting")
    rows = [("mail", mail), ("pictures", pictures)]
    return await _waiting(db, "vitrine_outbox", "rows that are to be sent or fetched", rows, label="what")


async def _waiting(
    db: AsyncSession, name: str, what: str, queries: list[tuple[str, Select[tuple[int, datetime | None]]]], *, label: str = ""
) -> list[Metric]:  # fmt: skip
    labels = [label] if label else []
    count = GaugeMetricFamily(f"{name}_waiting", f"How many {what}", labels=labels)
    oldest = GaugeMetricFamily(f"{name}_oldest_seconds", f"Age of the oldest of the {what}", labels=labels)
    for value, query in queries:
        number, since = (await db.execute(query)).one()
        count.add_metric([value] if label else [], number)
        oldest.add_metric([value] if label else [], _since(since) if since else 0.0)
    return [count, oldest]


async def _devices(db: AsyncSession) -> list[Metric]:
    known = GaugeMetricFamily("vitrine_devices", "Paired devices", labels=["kind"])
    online = GaugeMetricFamily("vitrine_devices_online", "Paired devices that are connected", labels=["kind"])
    for kind, device, report, key in (
        ("screen", Screen, ScreenReport, ScreenReport.screen_id), ("tablet", Kiosk, KioskReport, KioskReport.kiosk_id),
    ):  # fmt: skip
        there = select(func.count()).select_from(report).join(device, device.id == key).where(genuine(key))
        known.add_metric([kind], await db.scalar(there) or 0)
        online.add_metric([kind], await db.scalar(there.where(report.connected)) or 0)
    return [known, online]


def _since(moment: datetime) -> float:
    return (now() - moment).total_seconds()
