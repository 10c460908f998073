"""What passers-by reach: the terms behind an opt-in tag, in force and as they were."""

from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from server.core import brand
from server.core.clock import now
from server.core.database import Database
from server.core.errors import NotFound
from server.core.rendering import page
from social import consent
from social.models import Feed


@get("/terms/{feed_id:int}")
async def terms(request: Request, database: Database, feed_id: FromPath[int]) -> Response[str]:
    """The terms in force: what posting with the tag agrees to from now on."""
    async with database.snapshot() as db:
        context = await _terms(db, feed_id)
    return page(request, "social/terms.html", version=context["versions"][-1], **context)


@get("/terms/{feed_id:int}/{number:int}")
async def terms_version(
    request: Request, database: Database, feed_id: FromPath[int], number: FromPath[int]
) -> Response[str]:
    """One version, also when another has followed: posts made under it stay under it."""
    async with database.snapshot() as db:
        context = await _terms(db, feed_id)
    version = next((one for one in context["versions"] if one.version == number), None)
    if version is None:
        raise NotFound("There is no such version of these terms.")
    return page(request, "social/terms.html", version=version, **context)


async def _terms(db: AsyncSession, feed_id: int) -> dict[str, Any]:
    """A feed's published terms. Raises NotFound, the same for a feed without terms as for none."""
    feed = await db.get(Feed, feed_id) if feed_id < 2**31 else None
    versions = await consent.versions(db, feed_id) if feed else []
    if feed is None or not versions:
        raise NotFound("There are no terms at this address.")
    return {
        "feed": feed, "versions": versions, "kit": await brand.current(db), "over": bool(feed.ended_at), "moment": now(),
    }  # fmt: skip


ROUTES = [terms, terms_version]
