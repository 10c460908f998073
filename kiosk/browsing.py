"""Says what there is to look for: types, brands and colours, and how many products each leads to."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from catalog import searching
from catalog.searching import Search


async def choices(db: AsyncSession, search: Search) -> dict[str, Any]:
    """Into what a search can be narrowed, each with how many products it leads to: types with those above them, brands,
    and families of colour with the colour that most of them have."""
    found = await searching.choices(db, search)
    colours = [{"name": name, "swatch": swatch, "count": count} for name, (count, swatch) in found.colours.items()]
    return {"types": _listed(found.types), "brands": _listed(found.brands), "colours": colours}


def _listed(counts: dict[str, int]) -> list[dict[str, Any]]:
    return [{"name": name, "count": count} for name, count in counts.items()]
