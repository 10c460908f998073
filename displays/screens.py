"""Screens: taking one in, changing what it is, and which loop it belongs to."""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from displays.changes import note_screens
from displays.models import LoopGroup, Screen, ScreenReport
from server.core import audit, devices, topics
from server.core.clock import now
from server.core.errors import BadInput
from server.core.tables import add_unless_there
from server.core.zones import known_zones

LANGUAGES = ("en", "vi", "nb")
ROTATIONS = (0, 90, 180, 270)
ASPECTS = {
    "21:9": 21 / 9,
    "16:9": 16 / 9,
    "16:10": 1.6,
    "4:3": 4 / 3,
    "1:1": 1.0,
    "3:4": 0.75,
    "10:16": 0.625,
    "9:16": 9 / 16,
    "9:21": 9 / 21,
}


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What a merchandiser says about a screen."""

    name: str
    venue: str = ""
    latitude: float | None = None
    longitude: float | None = None
    time_zone: str = "Europe/London"
    language: str = "en"
    rotation: int = 0
    labels: tuple[str, ...] = ()
    range_minutes: int = 10
    lease_seconds: int = 900


def problems(setting: Setting) -> dict[str, str]:
    """What is wrong with a setting, by field, in words; empty when it can be used."""
    found = {}
    if not setting.name.strip():
        found["name"] = "A screen needs a name by which people know it, such as ‘Oxford Street, window left’."
    if (setting.latitude is None) != (setting.longitude is None):
        found["place"] = "A place needs both latitude and longitude."
    elif setting.latitude is not None and not (
        -90 <= setting.latitude <= 90 and -180 <= (setting.longitude or 0) <= 180
    ):
        found["place"] = "Latitude goes from -90 to 90, longitude from -180 to 180."
    if setting.time_zone not in known_zones():
        found["time_zone"] = f"‘{setting.time_zone}’ is not a time zone; write one like Europe/London."
    if setting.language not in LANGUAGES:
        found["language"] = "The language is en, vi or nb."
    if setting.rotation not in ROTATIONS:
        found["rotation"] = "The rotation is 0, 90, 180 or 270."
    if not 30 <= setting.lease_seconds <= 86400:
        found["lease"] = "A lease lasts 30 seconds to a day."
    if not 1 <= setting.range_minutes <= 60:
        found["range_minutes"] = "Walking range is 1 to 60 minutes."
    return found


def checked(setting: Setting) -> Setting:
    """The same setting if it can be used. Raises BadInput with the fields that cannot."""
    if wrong := problems(setting):
        raise BadInput(next(iter(wrong.values())), fields=wrong)
    return setting


async def add(
    db: AsyncSession, device: devices.Device, setting: Setting, *, width: int, height: int, by: str, inside: str = ""
) -> Screen:
    """Take a paired device in as a screen; `inside` is the console's page of what it plays inside of, if anything."""
    screen = Screen(id=device.id, width=width, height=height, added_at=now(), inside=inside)
    _apply(screen, checked(setting))
    db.add(screen)
    db.add(ScreenReport(screen_id=screen.id, applied={}))
    await settle(db, screen)
    audit.record(db, who=by, what="added screen", which=setting.name, id=screen.id)
    return screen


async def change(db: AsyncSession, screen: Screen, setting: Setting, *, by: str) -> None:
    """Change what a screen is; it hears of it at once."""
    _apply(screen, checked(setting))
    await settle(db, screen)
    audit.record(db, who=by, what="changed screen", which=setting.name, id=screen.id)


async def remove(db: AsyncSession, screen: Screen, *, by: str) -> None:
    """Take a screen out: its token is void and its socket closes. The row stays, for its plays."""
    await devices.revoke(db, await db.get_one(devices.Device, screen.id))
    screen.loop_key = ""
    note_screens(db)
    topics.note(db, "screens")
    audit.record(db, who=by, what="removed screen", which=screen.name, id=screen.id)


async def reload(db: AsyncSession, screen: Screen, *, by: str) -> None:
    """Ask a screen to load its page anew."""
    screen.reloads += 1
    topics.note(db, f"screen:{screen.id}")
    audit.record(db, who=by, what="reloaded screen", which=screen.name, id=screen.id)


async def settle(db: AsyncSession, screen: Screen) -> None:
    """Put a screen into the loop that its labels and language ask for."""
    screen.loop_key = loop_key(screen.labels, screen.language)
    await add_unless_there(db, LoopGroup, key=screen.loop_key, labels=sorted(screen.labels), language=screen.language)
    await db.flush()
    note_screens(db)
    # Its device too: what it may read is judged again.
    topics.note(db, f"screen:{screen.id}", f"device:{screen.id}", f"loop:{screen.loop_key}", "screens")


def loop_key(labels: Iterable[str], language: str) -> str:
    """The name of the loop that screens with these labels and this language share."""
    return hashlib.sha256("\n".join((language, *sorted(set(labels)))).encode()).hexdigest()[:16]


def _apply(screen: Screen, setting: Setting) -> None:
    screen.name, screen.venue = setting.name.strip()[:100], setting.venue.strip()[:200]
    screen.latitude, screen.longitude = setting.latitude, setting.longitude
    screen.time_zone, screen.language, screen.rotation = (
        ZoneInfo(setting.time_zone).key,
        setting.language,
        setting.rotation,
    )
    screen.labels = sorted({label.strip().lower()[:40] for label in setting.labels if label.strip()})[:20]
    screen.range_minutes, screen.lease_seconds = setting.range_minutes, setting.lease_seconds


async def present(db: AsyncSession) -> list[Screen]:
    """All that play and have not been taken out, by name, those inside a tablet too; none of a simulation."""
    query = select(Screen).join(devices.Device, devices.Device.id == Screen.id)
    query = query.where(devices.Device.revoked_at.is_(None), devices.genuine(Screen.id))
    return list(await db.scalars(query.order_by(Screen.name, Screen.id)))


async def billboards(db: AsyncSession) -> list[Screen]:
    """Those with glass of their own, by name: what people mean by screens. Those inside a tablet stand with the tablets."""
    return [screen for screen in await present(db) if not screen.inside]


def aspect(screen: Screen) -> str:
    """The aspect class of a screen as it hangs: what `data-fit` of a card names."""
    width, height = (screen.height, screen.width) if screen.rotation in (90, 270) else (screen.width, screen.height)
    ratio = max(width, 1) / max(height, 1)
    return min(ASPECTS, key=lambda name: max(ASPECTS[name] / ratio, ratio / ASPECTS[name]))


def portrait(screen: Screen) -> bool:
    """Whether it hangs upright."""
    return ASPECTS[aspect(screen)] < 1


async def names(db: AsyncSession, ids: Collection[str]) -> dict[str, str]:
    """What these screens are called, by id; unknown ones are left out."""
    return dict((await db.execute(select(Screen.id, Screen.name).where(Screen.id.in_(ids)))).all())
