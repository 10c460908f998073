"""Names of the places where a shopper saw something: whoever owns them, in a package beside this one, says what they are called."""

from collections.abc import Awaitable, Callable, Collection

from sqlalchemy.ext.asyncio import AsyncSession

Names = Callable[[AsyncSession, Collection[str]], Awaitable[dict[str, str]]]
"""Name by id, of those that are known."""
namers: list[Names] = []
"""Who is asked; the application wires them."""


async def names(db: AsyncSession, ids: Collection[str]) -> dict[str, str]:
    """The names of these screens; unknown ones are left out."""
    found: dict[str, str] = {}
    for namer in namers:
        found |= await namer(db, ids)
    return found
