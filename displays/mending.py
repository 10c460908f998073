"""Mends waiting posts that have no card because a picture had not come: networks' picture servers fail for minutes."""

from datetime import timedelta

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from displays.composing import post_judged
from displays.models import Proposal
from server.core.clock import now
from server.core.database import Database
from server.core.events import PostJudged
from server.core.media import LONG_AGO
from server.core.settings import Settings
from social import picturing
from social.holding import held
from social.models import Post, Screening
from social.picturing import addresses

FRESH = timedelta(hours=6)
MOST, BATCH = 1000, 20
"""Posts that are looked at, and those of them whose turn it is, in a round."""
# In the words of displays.keeping and displays.cards.rules: what has no card for another reason is not for us to mend.
LACKING = ("A picture of the post is not here", "its author's picture, and that is not here")


async def mend_cards(database: Database, settings: Settings) -> int:
    """Ask once more for the missing pictures of posts without a card; returns how many have one now.

    Those that were asked for longest ago come first, so that none waits for others whose pictures never come.
    """
    async with database.snapshot() as db:
        waiting = await _lacking(db)
        missing = await picturing.missing(db, [post for _, post in waiting])
    waiting.sort(key=lambda one: min((missing[url] for url in addresses(one[1]) if url in missing), default=LONG_AGO))
    mended = 0
    for screening_id, post in waiting[:BATCH]:
        # Another post of its author may have brought the picture meanwhile.
        here = missing.keys().isdisjoint(addresses(post))
        if here or await picturing.fetch_for(database, settings, post):
            mended += await _compose(database, screening_id, post)
    return mended


async def _lacking(db: AsyncSession) -> list[tuple[int, Post]]:
    query = (
        select(Screening.id, Post)
        .join(Post, Post.id == Screening.post_id)
        .join(Proposal, Proposal.screening_id == Screening.id)
        .where(Screening.state == "waiting", Proposal.card.is_(None), Post.gone_at.is_(None))
        .where(Post.received_at > now() - FRESH, Post.author_avatar != "")
        .where(or_(*(Proposal.reason.contains(words) for words in LACKING)))
    )
    found = await db.execute(query.order_by(Post.received_at.desc()).limit(MOST))
    # Of a picture that the network named and did not send there is no address to ask.
    return [(id, post) for id, post in found if {one.get("url") for one in post.media} <= {*addresses(post)}]


async def _compose(database: Database, screening_id: int, post: Post) -> bool:
    """As when it was judged, unless somebody decided meanwhile: the rule that would have approved it then approves it now."""
    async with database.transaction() as db:
        await held(db, post.id)
        if await db.get(Screening, screening_id):
            await post_judged(db, PostJudged(screening_id))
        proposal = await db.get(Proposal, screening_id)
        return proposal is not None and proposal.card is not None
