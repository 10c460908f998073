"""Finds the variant that a code points at, whether a scanner, a camera or a link has read it."""

import asyncio

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.codes import CodeError, scan
from catalog.models import Variant

LONGEST_ID = 100


def is_id(text: str) -> bool:
    """Whether a variant, product or store could have this id: any characters, but what no database keeps."""
    return 0 < len(text) <= LONGEST_ID and "\0" not in text


async def of_gtin(db: AsyncSession, gtin: str) -> Variant | None:
    """The variant with a GTIN-14; one that is sold before one that was withdrawn."""
    query = select(Variant).where(Variant.gtin == gtin)
    return await db.scalar(query.order_by(Variant.withdrawn_at.is_not(None), Variant.id).limit(1))


async def of_code(db: AsyncSession, text: str) -> Variant | None:
    """The variant that a scanned code points at, None for a good code that is not of this catalogue.

    Many shops print their own article numbers on shelves: a text that is a variant's id is one, unless a GTIN has it
    first. Raises CodeError for any other text that is no code.
    """
    own = text.strip()
    try:
        found = await asyncio.to_thread(scan, text)  # its reader takes a moment to load
    except CodeError:
        variant = await _of_id(db, own)
        if variant is None:
            raise
        return variant
    named = await _of_id(db, found.variant) if found.variant else await of_gtin(db, found.gtin or "")
    return named or await _of_id(db, own)


async def _of_id(db: AsyncSession, id: str) -> Variant | None:
    return await db.get(Variant, id) if is_id(id) else None
