"""Mends waiting posts that have no card because a picture had not come: networks' picture servers fail for minutes."""

from datetime import timedelta

from sqlalchemy import select

from displays.composing import post_judged
from displays.models import Proposal
from server.core.clock import now
from server.core.database import Database
from server.core.events import PostJudged
from server.core.settings import Settings
from social import picturing
from social.models import Post, Screening

FRESH = timedelta(hours=6)
BATCH = 20


async def mend_cards(database: Database, settings: Settings) -> int:
    """Ask once more for the missing pictures of the newest posts without a card; returns how many have one now."""
    async with database.snapshot() as db:
        query = (
            select(Screening.id, Post)
            .join(Post, Post.id == Screening.post_id)
            .join(Proposal, Proposal.screening_id == Screening.id)
            .where(Screening.state == "waiting", Proposal.card.is_(None), Post.gone_at.is_(None))
            .where(Post.received_at > now() - FRESH)
        )
        waiting = (await db.execute(query.order_by(Post.received_at.desc()).limit(BATCH))).all()
    mended = 0
    for screening_id, post in waiting:
        if await picturing.fetch_for(database, settings, post):
            mended += await _compose(database, screening_id)
    return mended


async def _compose(database: Database, screening_id: int) -> bool:
    """As when it was judged: the rule that would have approved it then approves it now."""
    async with database.transaction() as db:
        await post_judged(db, PostJudged(screening_id))
        proposal = await db.get(Proposal, screening_id)
        return proposal is not None and proposal.card is not None
