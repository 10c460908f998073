"""The brand kit: the house's name, logo, colours and typefaces, worn by every card."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Integer, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from server.core import events
from server.core.clock import now
from server.core.tables import Base

DISPLAY_FACES = ("fraunces", "bricolage-grotesque", "playfair-display", "dm-serif-display")
TEXT_FACES = ("source-sans-3", "figtree", "dm-sans")


@dataclass(frozen=True, kw_only=True)
class BrandKit:
    """How the house looks. Colours are #rrggbb; `logo` is the digest of a picture with transparency, or None."""

    name: str = "Vitrine"
    logo: str | None = None
    field: str = "#1d1a24"
    ink: str = "#f7f3ec"
    accent: str = "#d9a441"
    display: str = "fraunces"
    text: str = "figtree"


class Brand(Base):
    """One row: the kit as it is now."""

    __tablename__ = "brand_kit"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    kit: Mapped[dict[str, Any]] = mapped_column(JSON)
    changed_at: Mapped[datetime | None]
    dressed_at: Mapped[datetime | None]
    """The change that every card follows by now."""


async def current(db: AsyncSession) -> BrandKit:
    """The kit that cards wear now."""
    row = await db.get(Brand, 1)
    return BrandKit(**row.kit) if row else BrandKit()


async def change(db: AsyncSession, kit: BrandKit) -> None:
    """Dress every card anew."""
    if row := await db.get(Brand, 1):
        row.kit, row.changed_at = asdict(kit), now()
    else:
        db.add(Brand(id=1, kit=asdict(kit), changed_at=now()))
    await events.emit(db, events.BrandChanged())


async def undressed(db: AsyncSession) -> datetime | None:
    """When the kit changed, if not every card follows it yet."""
    row = await db.get(Brand, 1)
    return row.changed_at if row and row.changed_at != row.dressed_at else None


async def dressed(db: AsyncSession, changed_at: datetime) -> None:
    """Every card follows the change of that moment."""
    await db.execute(update(Brand).where(Brand.id == 1).values(dressed_at=changed_at))
