"""What screens report over their sockets, gathered and written in batches: one post must not cost a write per screen."""

import re
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from displays.models import Arrival, Screen, ScreenReport
from displays.spots import POST
from server.core import conversation, metrics, topics
from server.core import gathering as gathered
from server.core.clock import iso, now
from server.core.database import Database
from server.core.devices import simulated
from server.core.errors import Unavailable
from server.core.tables import among, insert
from server.core.topics import Reader
from social.models import Post

log = structlog.get_logger()
BATCH_SECONDS = 0.25
MOST_PENDING = 20_000
MOST_TRIES = 40
AT_ONCE = 256
SPOT = re.compile(r"[a-z][0-9a-z]{1,59}")


class Gathering:
    """Reports of this process's screens since the last write; the newest of each screen counts."""

    def __init__(self) -> None:
        self.reports: OrderedDict[str, dict[str, Any]] = OrderedDict()
        self.arrivals: list[dict[str, Any]] = []
        self.connected: dict[str, int] = {}
        self.watching: list[Callable[[str, dict[str, Any]], None]] = []

    def _of(self, screen_id: str) -> dict[str, Any]:
        if screen_id not in self.reports and len(self.reports) > MOST_PENDING:
            self.reports.popitem(last=False)
        return self.reports.setdefault(screen_id, {"applied": {}})

    def presence(self, reader: Reader, open: bool, browser: str = "") -> None:
        """A socket opened or closed; a screen with two pages open is connected until both are gone."""
        if reader.kind == "device":
            if open:
                self._of(reader.id)["browser"] = _text(browser, 200)
            count = self.connected[reader.id] = self.connected.get(reader.id, 0) + (1 if open else -1)
            self._of(reader.id)["connected"] = count > 0
            if count <= 0:
                del self.connected[reader.id]

    def applied(self, reader: Reader, message: dict[str, Any]) -> None:
        """A screen has a version with all its cards decoded, and what was withdrawn is gone from it."""
        name, version = message.get("topic"), message.get("version")
        if isinstance(name, str) and conversation.TOPIC.fullmatch(name) and _is_version(version):
            self._of(reader.id)["applied"][name] = [version[0][:16], version[1], iso(now())]

    def ready(self, reader: Reader, message: dict[str, Any]) -> None:
        """A live spot has been decoded and stands ready on a screen for the first time."""
        spot, at, received = message.get("spot"), _moment(message.get("at")), _moment(message.get("received"))
        if isinstance(spot, str) and SPOT.fullmatch(spot) and at and len(self.arrivals) < MOST_PENDING:
            self.arrivals.append({"spot": spot, "screen_id": reader.id, "ready_at": at, "received_at": received or at})

    def showing(self, reader: Reader, message: dict[str, Any]) -> None:
        """A screen changed its card."""
        report = self._of(reader.id)
        report["spot"] = _text(message.get("spot"), 60)
        report["error"] = _text(message.get("error"), 300)
        report["since"] = now()
        for side in ("width", "height"):
            size = message.get(side)
            if isinstance(size, int) and 100 <= size <= 20_000:
                report[side] = size

    async def write(self, database: Database) -> None:
        """Write what has been gathered, in one transaction; what the database did not take is tried again."""
        reports, self.reports = self.reports, OrderedDict()
        arrivals, self.arrivals = self.arrivals, []
        if not reports and not arrivals:
            return
        try:
            await self._write(database, reports, arrivals)
        except Exception as error:
            away = isinstance(error, Unavailable)
            # A screen says once what it has applied: lost here, the red button would wait for it for ever.
            for id, said in reports.items():
                self._put_back(id, said, tries=0 if away else 1)
            if away:
                self.arrivals = [*arrivals, *self.arrivals][:MOST_PENDING]
            raise

    def _put_back(self, id: str, said: dict[str, Any], *, tries: int) -> None:
        """Keep for the next time, but not for ever: what no database would take must not stand before all the rest."""
        newer, tries = self.reports.get(id, {"applied": {}}), said.get("tries", 0) + tries
        if tries < MOST_TRIES:
            self.reports[id] = {**said, **newer, "applied": {**said["applied"], **newer["applied"]}, "tries": tries}

    async def _write(
        self, database: Database, reports: dict[str, dict[str, Any]], arrivals: list[dict[str, Any]]
    ) -> None:
        async with database.transaction() as db:
            await self._write_reports(db, reports)
            if arrivals:
                await db.execute(insert(db, Arrival).on_conflict_do_nothing(), arrivals)
                await _observe(db, arrivals)
            topics.note(db, "screens")

    async def _write_reports(self, db: AsyncSession, reports: dict[str, dict[str, Any]]) -> None:
        # A thousand screens report every change at once, so rows are not loaded as objects, and go back in one statement.
        for start in range(0, len(reports), AT_ONCE):
            ids = list(reports)[start : start + AT_ONCE]
            kept = select(ScreenReport.screen_id, ScreenReport.applied).where(among(ScreenReport.screen_id, ids))
            moment, rows = now(), sorted((await db.execute(kept)).all(), key=lambda row: row[0])
            told = [_told(id, applied, reports[id]) | {"seen_at": moment} for id, applied in rows]
            for names in dict.fromkeys(tuple(row) for row in told):
                await db.execute(update(ScreenReport), [row for row in told if tuple(row) == names])
            sized = [id for id, _ in rows if "width" in reports[id] and "height" in reports[id]]
            for screen in await db.scalars(select(Screen).where(among(Screen.id, sized)).order_by(Screen.id)):
                _measure(screen, reports[screen.id]["width"], reports[screen.id]["height"])

    async def touch(self, database: Database) -> None:
        """Say that the connected screens are still there."""
        ids, moment = list(self.connected), now()
        async with database.transaction() as db:
            for start in range(0, len(ids), 1024):
                chosen = among(ScreenReport.screen_id, ids[start : start + 1024])
                await db.execute(update(ScreenReport).where(chosen).values(seen_at=moment, connected=True))
            stale = update(ScreenReport).where(
                ScreenReport.connected, ScreenReport.seen_at < moment - timedelta(seconds=60)
            )
            if (await db.execute(stale.values(connected=False))).rowcount:
                topics.note(db, "screens")


def _told(id: str, applied: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    """What becomes of a screen's row."""
    others = {name: said[name] for name in ("connected", "spot", "error", "since", "browser") if name in said}
    return {"screen_id": id, "applied": _newest({**applied, **said["applied"]}), **others}


def _measure(screen: Screen, width: int, height: int) -> None:
    """A screen tells the size of the upright picture; what is kept is the panel's, before its rotation."""
    screen.width, screen.height = (height, width) if screen.rotation in (90, 270) else (width, height)


async def _observe(db: Any, arrivals: list[dict[str, Any]]) -> None:
    """Measure the way of posts that a rule approved: received to ready."""
    there = [one for one in arrivals if not simulated(one["screen_id"])]
    ids = {int(found[1]): one for one in there if (found := POST.fullmatch(one["spot"]))}
    for post in await db.scalars(select(Post).where(Post.id.in_(ids))):
        if received := post.stamps.get("received"):
            metrics.post_to_glass.observe(
                max(0.0, (ids[post.id]["ready_at"] - datetime.fromisoformat(received)).total_seconds())
            )


def _newest(applied: dict[str, Any]) -> dict[str, Any]:
    """The newest twenty topics; a screen that moved between loops leaves old ones behind."""
    return dict(sorted(applied.items(), key=lambda pair: pair[1][2])[-20:])


def _is_version(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and isinstance(value[0], str) and isinstance(value[1], int)


def _moment(value: Any) -> datetime | None:
    if not isinstance(value, (int, float)) or not 0 < value < 1e14:
        return None
    moment = datetime.fromtimestamp(value / 1000, UTC)
    return moment if abs(moment - now()) < timedelta(days=2) else None


def _text(value: Any, longest: int) -> str:
    return "".join(c for c in value if c.isprintable())[:longest] if isinstance(value, str) else ""


gathering = Gathering()
conversation.presence.append(gathering.presence)
conversation.reports |= {"applied": gathering.applied, "ready": gathering.ready, "showing": gathering.showing}


async def keep_writing(database: Database) -> None:
    """Write four times a second until cancelled, and touch the connected ones every ten seconds."""
    await gathered.keep_writing(gathering, database, seconds=BATCH_SECONDS, name="screens")
