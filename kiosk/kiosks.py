"""Tablets: taking one in, changing what it is, taking it out."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.models import Store
from kiosk import calling, visits
from kiosk.models import Kiosk, KioskReport
from kiosk.noting import note_floor
from server.core import audit, devices, events, topics
from server.core.clock import now
from server.core.errors import BadInput
from server.core.settings import LANGUAGES


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What a merchandiser says about a tablet."""

    name: str
    store_id: str
    language: str = "en"
    idle_seconds: int = 45


async def problems(db: AsyncSession, setting: Setting) -> dict[str, str]:
    """What is wrong with a setting, by field, in words; empty when it can be used."""
    found = {}
    if not setting.name.strip() or len(setting.name) > 100:
        found["name"] = "A tablet needs a name by which people know it, such as ‘Lips, by the mirror’."
    store = await db.get(Store, setting.store_id)
    if store is None or store.withdrawn_at:
        found["store_id"] = "A tablet belongs to a store; choose one."
    if setting.language not in LANGUAGES:
        found["language"] = "The language is en, vi or nb."
    if not 15 <= setting.idle_seconds <= 600:
        found["idle_seconds"] = "A tablet asks after 15 to 600 seconds."
    return found


async def add(db: AsyncSession, device: devices.Device, setting: Setting, *, by: str) -> Kiosk:
    """Take a paired device in as a tablet of a store. Raises BadInput."""
    kiosk = Kiosk(id=device.id, added_at=now())
    await _apply(db, kiosk, setting)
    db.add(kiosk)
    db.add(KioskReport(kiosk_id=kiosk.id))
    await db.flush()
    audit.record(db, who=by, what="added tablet", which=setting.name, id=kiosk.id)
    await events.emit(db, events.KioskAdded(kiosk.id))
    return kiosk


async def change(db: AsyncSession, kiosk: Kiosk, setting: Setting, *, by: str) -> None:
    """Change what a tablet is; it hears of it at once. Raises BadInput."""
    before = kiosk.store_id
    await _apply(db, kiosk, setting)
    if kiosk.store_id != before:
        await calling.moved(db, kiosk)
    topics.note(db, f"device:{kiosk.id}")  # another store is another range that it may read
    audit.record(db, who=by, what="changed tablet", which=setting.name, id=kiosk.id)
    await events.emit(db, events.KioskChanged(kiosk.id))


async def remove(db: AsyncSession, kiosk: Kiosk, *, by: str) -> None:
    """Take a tablet out: its token is void, its visit over, its socket closes."""
    await visits.end_others(db, kiosk.id, but="")
    await devices.revoke(db, await db.get_one(devices.Device, kiosk.id))
    note_floor(db, kiosk.store_id)
    audit.record(db, who=by, what="removed tablet", which=kiosk.name, id=kiosk.id)
    await events.emit(db, events.KioskRemoved(kiosk.id))


async def reload(db: AsyncSession, kiosk: Kiosk, *, by: str) -> None:
    """Ask a tablet to load its page anew, when its visit is over."""
    kiosk.reloads += 1
    topics.note(db, f"kiosk:{kiosk.id}")
    audit.record(db, who=by, what="reloaded tablet", which=kiosk.name, id=kiosk.id)


async def present(db: AsyncSession, store_id: str | None = None) -> list[Kiosk]:
    """The tablets that have not been taken out, of one store or of all, by name; none of a simulation."""
    query = select(Kiosk).join(devices.Device, devices.Device.id == Kiosk.id)
    query = query.where(devices.Device.revoked_at.is_(None), devices.genuine(Kiosk.id)).order_by(Kiosk.name, Kiosk.id)
    return list(await db.scalars(query if store_id is None else query.where(Kiosk.store_id == store_id)))


async def _apply(db: AsyncSession, kiosk: Kiosk, setting: Setting) -> None:
    if wrong := await problems(db, setting):
        raise BadInput(next(iter(wrong.values())), fields=wrong)
    if kiosk.store_id:
        note_floor(db, kiosk.store_id)  # where it stood before
    kiosk.name, kiosk.store_id = setting.name.strip(), setting.store_id
    kiosk.language, kiosk.idle_seconds = setting.language, setting.idle_seconds
    topics.note(db, f"kiosk:{kiosk.id}")
    note_floor(db, kiosk.store_id)
