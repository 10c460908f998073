"""How a screen stands: whether it is there, which version of its loop it has, and if not the newest, why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from displays.models import Screen, ScreenReport
from server.core import topics
from server.core.clock import now
from server.core.devices import Device
from server.core.zones import zone_of

UNFIT = "was not composed for a glass"
"""What the player says of a card that it leaves out because its text does not fit: by design, and no trouble."""
PATIENCE = timedelta(seconds=20)
"""A connected screen may take so long over new cards before it counts as late."""


@dataclass(frozen=True)
class Standing:
    """A screen's state: a word, its tone for the chip, and how far it has come."""

    words: str
    tone: str
    """'good', 'warn', 'bad', 'live' or '': each has a shape of its own."""
    has: int | None
    """The version of its loop that it has applied; None: none of this history."""
    of: int
    """The newest version there is."""
    because: str = ""
    """Why it has not the newest, or what else is wrong; empty when all is well. Text of the screen's own is in it."""

    @property
    def behind(self) -> bool:
        """Whether a newer version waits for it."""
        return self.has is None or self.has < self.of

    @property
    def told(self) -> str:
        """All of it in one line."""
        if self.has is None:
            version = "has no version of its loop"
        else:
            version = f"has v{self.has} of v{self.of}" if self.behind else f"has v{self.has}, the newest"
        return f"{version}, because {self.because}" if self.behind and self.because else version


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What is known of a screen, as plain values. `applied` is its loop's entry of ScreenReport.applied, or None."""

    connected: bool
    seen_at: datetime | None
    ever_used: bool
    applied: list | None
    error: str
    zone: str = "UTC"


def trouble(error: str) -> str:
    """What a screen reports as wrong; a card that does not fit its shape is left out by design."""
    return "" if UNFIT in error else error


def stand(seen: Seen, *, number: int, epoch: str, changed_at: datetime | None, moment: datetime) -> Standing:
    """Judge a screen. `number` and `changed_at` are those of its loop's topic in the history named `epoch`."""
    has = seen.applied[1] if seen.applied and seen.applied[0] == epoch else None
    behind = has is None or has < number
    if not seen.ever_used:
        return Standing("not begun", "", has, number, "it has been paired, and its page has not been opened since")
    if not seen.connected:
        return Standing(
            "not connected", "bad", has, number, f"not connected since {clock(seen.seen_at, seen.zone, moment)}"
        )
    if trouble(seen.error):
        return Standing("has an error", "warn", has, number, f"it says: {seen.error}")
    if not behind:
        return Standing(
            "online", "good", has, number, "it leaves out a card that does not fit its shape" if seen.error else ""
        )
    waited = moment - changed_at if changed_at else timedelta(0)
    if waited < PATIENCE:
        return Standing("online", "good", has, number, "downloading")
    return Standing("catching up", "warn", has, number, f"still downloading after {_span(waited)}")


def clock(at: datetime | None, zone: str, moment: datetime) -> str:
    """A moment as a clock beside the screen showed it; with the day where that is not today."""
    if at is None:
        return "it was paired"
    place = zone_of(zone)
    there, today = at.astimezone(place), moment.astimezone(place).date()
    return f"{there:%H:%M}" if there.date() == today else f"{there:%-d %b}, {there:%H:%M}"


def _span(span: timedelta) -> str:
    seconds = int(span.total_seconds())
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


async def standings(db: AsyncSession, screens: Iterable[Screen]) -> dict[str, Standing]:
    """How each of these screens stands now, by id."""
    screens = list(screens)
    ids = [screen.id for screen in screens]
    reports = {
        row.screen_id: row for row in await db.scalars(select(ScreenReport).where(ScreenReport.screen_id.in_(ids)))
    }
    used = dict((await db.execute(select(Device.id, Device.first_used_at).where(Device.id.in_(ids)))).all())
    loops = {f"loop:{screen.loop_key}" for screen in screens}
    rows = {row.name: row for row in await db.scalars(select(topics.Topic).where(topics.Topic.name.in_(loops)))}
    epoch, moment = await topics.epoch(db), now()
    return {
        screen.id: stand(
            _seen(screen, reports.get(screen.id), used.get(screen.id)), epoch=epoch, moment=moment,
            number=row.number if (row := rows.get(f"loop:{screen.loop_key}")) else 0, changed_at=row.changed_at if row else None,
        )
        for screen in screens
    }  # fmt: skip


def _seen(screen: Screen, report: ScreenReport | None, first_used_at: datetime | None) -> Seen:
    if report is None:
        return Seen(connected=False, seen_at=None, ever_used=first_used_at is not None, applied=None, error="")
    return Seen(
        connected=report.connected, seen_at=report.seen_at, error=report.error, zone=screen.time_zone,
        ever_used=first_used_at is not None or report.seen_at is not None, applied=report.applied.get(f"loop:{screen.loop_key}"),
    )  # fmt: skip
