"""Holds a post until a transaction ends, so that a verdict, an edit and a deletion of it wait for each other.

SQLite has one writer anyway. PostgreSQL would let a verdict be given on words that are being deleted at that moment. The
post is what is locked, always and first: whoever locked its rows of the queue first would wait crosswise. Who needs
several takes them in the order of their ids, and a feed after its posts.
"""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from social.models import Feed, Post, Screening


async def held(db: AsyncSession, post_id: int) -> Post:
    """A post as it is now, and as it stays for others until this transaction ends."""
    query = select(Post).where(Post.id == post_id).with_for_update().execution_options(populate_existing=True)
    return (await db.scalars(query)).one()


async def hold_all(db: AsyncSession, post_ids: Iterable[int]) -> None:
    """Hold several posts in the one order in which everybody takes them."""
    query = select(Post).where(Post.id.in_(post_ids)).order_by(Post.id).with_for_update()
    (await db.scalars(query.execution_options(populate_existing=True))).all()


async def hold(db: AsyncSession, screening: Screening) -> Post:
    """Hold a row of the queue with its post; both are as they are now. Returns the post."""
    post = await held(db, screening.post_id)
    await db.refresh(screening)
    return post


async def held_feed(db: AsyncSession, feed_id: int) -> Feed:
    """A feed as it is now, and as it stays for others until this transaction ends; posts may be judged for it meanwhile."""
    query = select(Feed).where(Feed.id == feed_id).with_for_update(key_share=True)
    return (await db.scalars(query.execution_options(populate_existing=True))).one()
