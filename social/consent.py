"""Consent: an author's permission to pair a post with a product. Without one a post is shown alone, or as a trend."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.core import audit, topics
from server.core.clock import now
from server.core.errors import BadInput
from social import calling, moderation
from social.hashtags import key
from social.holding import held
from social.models import Consent, Feed, FeedTerms, Post, Screening


def terms_in_force(terms: list[FeedTerms], moment: datetime) -> FeedTerms | None:
    """The version that counted at a moment; none before the first was published."""
    published = [version for version in terms if version.published_at <= moment]
    return max(published, key=lambda version: version.version, default=None)


def has_optin_tag(feed: Feed, post: Post) -> bool:
    """Whether the author used the feed's opt-in tag in this revision."""
    return bool(feed.optin_tag) and key(feed.optin_tag) in {key(tag) for tag in post.hashtags}


async def current(db: AsyncSession, post: Post, feed: Feed) -> Consent | None:
    """The consent that holds for this revision within the feed."""
    query = select(Consent).where(
        Consent.post_id == post.id,
        Consent.feed_id == feed.id,
        Consent.revision == post.revision,
        Consent.withdrawn_at.is_(None),
    )
    return await db.scalar(query.limit(1))


async def given(db: AsyncSession, post: Post, feed: Feed) -> Consent | None:
    """The consent that holds for this revision, where need be the one that the opt-in tag gives, which is then written down:
    only to posts made while the call for them was on the glass and after its terms were published, and not again once it
    was withdrawn."""
    ever = list(await db.scalars(select(Consent).where(Consent.post_id == post.id, Consent.feed_id == feed.id)))
    for one in ever:
        if one.revision == post.revision and one.withdrawn_at is None:
            return one
    withdrawn = any(one.withdrawn_at for one in ever)
    return await _take_from_tag(db, post, feed) if has_optin_tag(feed, post) and not withdrawn else None


async def _take_from_tag(db: AsyncSession, post: Post, feed: Feed) -> Consent | None:
    terms = terms_in_force(await versions(db, feed.id), post.created_at)
    if terms is None or not await calling.called(db, feed, post.created_at):
        return None
    consent = Consent(
        post_id=post.id, feed_id=feed.id, revision=post.revision, basis="tag", terms_version=terms.version,
        proof=post.url, recorded_by="rule", given_at=post.created_at,
    )  # fmt: skip
    db.add(consent)
    await db.flush()
    return consent


async def record(db: AsyncSession, post: Post, feed: Feed, *, proof: str, by: str) -> Consent:
    """Write down a permission that staff hold a proof of, such as the author's reply. Raises BadInput without one."""
    if not proof.strip():
        raise BadInput("Say where the author's permission can be seen: a link to their reply, or the file's name.")
    consent = Consent(
        post_id=post.id, feed_id=feed.id, revision=post.revision, basis="record", terms_version=None,
        proof=proof.strip()[:2000], recorded_by=by, given_at=now(),
    )  # fmt: skip
    db.add(consent)
    await db.flush()
    # The proof names the author and goes with the post; the log outlives both.
    audit.record(db, who=by, what="recorded consent", which=post.id, feed=feed.id)
    topics.note(db, "queue")
    return consent


async def withdraw(db: AsyncSession, consent: Consent, *, by: str) -> None:
    """End a permission: a card that pairs the post with a product leaves the glass at once. Twice is the same as once."""
    await held(db, consent.post_id)
    query = select(Consent).where(Consent.id == consent.id, Consent.withdrawn_at.is_(None))
    if await db.scalar(query.execution_options(populate_existing=True)) is None:
        return  # taken back meanwhile, or gone with its post
    consent.withdrawn_at = now()
    await db.flush()
    audit.record(db, who=by, what="withdrew consent", which=consent.post_id, feed=consent.feed_id)
    topics.note(db, "queue")
    query = select(Screening).where(
        Screening.post_id == consent.post_id, Screening.feed_id == consent.feed_id, Screening.state == "approved"
    )
    for screening in list(await db.scalars(query)):
        verdict = await moderation.latest(db, screening)
        if verdict and verdict.mode == "post_item":
            await moderation.withdraw(db, screening, by=by, reason="the author's consent was withdrawn")


async def versions(db: AsyncSession, feed_id: int) -> list[FeedTerms]:
    """All published versions of a feed's terms."""
    return list(await db.scalars(select(FeedTerms).where(FeedTerms.feed_id == feed_id).order_by(FeedTerms.version)))
