"""The brand kit: the house's name, logo, colours and typefaces, worn by every card."""

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import JSON, Integer
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from server.core import events
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


async def current(db: AsyncSession) -> BrandKit:
    """The kit that cards wear now."""
    row = await db.get(Brand, 1)
    return BrandKit(**row.kit) if row else BrandKit()


async def change(db: AsyncSession, kit: BrandKit) -> None:
    """Dress every card anew."""
    if row := await db.get(Brand, 1):
        row.kit = asdict(kit)
    else:
        db.add(Brand(id=1, kit=asdict(kit)))
    await events.emit(db, events.BrandChanged())
