"""Which live pages of staff hear of a store's tablets: the list of them all, and the floor of the one store."""

from sqlalchemy.ext.asyncio import AsyncSession

from server.core import topics


def note_floor(db: AsyncSession, store_id: str) -> None:
    """Something about a store's tablets, visits or calls has changed."""
    topics.note(db, "kiosks", f"floor:{store_id}")
