"""Moderation: verdicts on posts within a feed, by a person or a rule, and taking them back."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.core import audit, topics
from server.core.clock import iso, now
from server.core.errors import BadInput, Conflict
from server.core.events import FeedChanged, PostApproved, PostJudged, PostWithdrawn, emit
from social import corrections
from social.holding import held_feed, hold, hold_all
from social.models import RULE, Consent, Moderation, Post, Screening

BLOCKED = "the author was blocked"
"""The reason of verdicts that come from blocking an author; undoing one lets the author back in."""
MOST_AT_ONCE = 200


@dataclass(frozen=True, kw_only=True)
class Frame:
    """What was on the card that somebody approved; these bytes play."""

    mode: str
    variant_id: str | None
    layout: str
    language: str
    card: str


def in_queue() -> Select[tuple[int, datetime | None]]:
    """How many posts wait for a verdict, and when the first of them came in."""
    waiting = select(func.count(), func.min(Post.received_at)).join(Screening, Screening.post_id == Post.id)
    return waiting.where(Screening.state == "waiting")


async def latest(db: AsyncSession, screening: Screening) -> Moderation | None:
    """The verdict that counts now."""
    query = select(Moderation).where(Moderation.screening_id == screening.id, Moderation.over_at.is_(None))
    return await db.scalar(query.order_by(Moderation.id.desc()).limit(1))


async def approve(db: AsyncSession, screening: Screening, frame: Frame, *, by: str, reason: str = "") -> Moderation:
    """Let a post onto the glass as this card. Approving the same card twice is the same as once.

    Raises Conflict for a post that was edited or deleted meanwhile, or beside an item without its author's consent.
    """
    post = await _open(db, screening)
    if frame.mode == "post_item" and not await _consented(db, screening):
        raise Conflict("The author's consent no longer holds, so the post may not stand beside an item. Show it alone.")
    standing = await latest(db, screening)
    if standing and standing.verdict == "approved" and standing.card == frame.card:
        return standing
    moderation = _verdict(screening, "approved", by=by, reason=reason)
    moderation.mode, moderation.variant_id, moderation.card = frame.mode, frame.variant_id, frame.card
    moderation.layout, moderation.language = frame.layout, frame.language
    await _settle(db, screening, standing, moderation)
    post.stamps = {**post.stamps, "approved": iso(moderation.decided_at)}
    await emit(db, PostApproved(moderation.id))
    return moderation


async def redress(db: AsyncSession, standing: Moderation, frame: Frame) -> Moderation:
    """Let an approval stand for the same words and item in a new dress: still of whoever gave it, when they gave it."""
    if standing.card == frame.card:
        return standing
    dressed = Moderation(
        screening_id=standing.screening_id, post_id=standing.post_id, feed_id=standing.feed_id, revision=standing.revision,
        verdict=standing.verdict, reason=standing.reason, by=standing.by, decided_at=standing.decided_at,
        mode=frame.mode, variant_id=frame.variant_id, layout=frame.layout, language=frame.language, card=frame.card,
    )  # fmt: skip
    standing.over_at = now()
    db.add(dressed)
    await db.flush()
    topics.note(db, "queue")
    return dressed


async def reject(db: AsyncSession, screening: Screening, *, by: str, reason: str = "") -> Moderation:
    """Keep a post off the glass."""
    await _open(db, screening)
    standing = await latest(db, screening)
    moderation = _verdict(screening, "rejected", by=by, reason=reason)
    await _settle(db, screening, standing, moderation)
    if standing and standing.verdict == "approved":
        await emit(db, PostWithdrawn(screening.post_id, (screening.feed_id,)))
    return moderation


async def withdraw(db: AsyncSession, screening: Screening, *, by: str, reason: str = "") -> Moderation:
    """Take a post off the glass at once."""
    await hold(db, screening)
    standing = await latest(db, screening)
    if standing is None or standing.verdict != "approved":
        raise Conflict("This post is not on air any more.")
    moderation = _verdict(screening, "withdrawn", by=by, reason=reason)
    await _settle(db, screening, standing, moderation)
    await emit(db, PostWithdrawn(screening.post_id, (screening.feed_id,)))
    return moderation


async def reopen(db: AsyncSession, screening: Screening, *, by: str) -> None:
    """Take a post off the glass and put it before a person again. Raises Conflict when it is not on air."""
    await _open(db, screening)
    standing = await latest(db, screening)
    if standing is None or standing.verdict != "approved":
        raise Conflict("This post is not on air any more.")
    standing.over_at, screening.state, screening.rule_approves = now(), "waiting", False
    await corrections.end_changes(db, screening, by=by)
    audit.record(db, who=by, what="put post back into the queue", which=screening.post_id, feed=screening.feed_id)
    topics.note(db, "queue")
    await db.flush()
    await emit(db, PostWithdrawn(screening.post_id, (screening.feed_id,)))


async def undo(db: AsyncSession, moderation: Moderation, *, by: str) -> Screening:
    """Take a verdict back: what counted before it counts again, unless it paired a post whose author has taken the
    consent back since; that one waits. Raises Conflict when another verdict has followed."""
    screening = await db.get_one(Screening, moderation.screening_id)
    await hold(db, screening)
    await db.refresh(moderation)
    if moderation.over_at is not None or screening.state == "over":
        raise Conflict("That has been decided anew meanwhile, or the post has changed.")
    moment = moderation.over_at = now()
    before = await _ended_by(db, moderation)
    barred = before is not None and before.mode == "post_item" and not await _consented(db, screening)
    before = None if barred else before
    if moderation.verdict == "approved":
        await corrections.end_changes(db, screening, by=by)
    screening.state = before.verdict if before else "refused" if screening.verdict == "refuse" else "waiting"
    if before:
        before.over_at = None
    audit.record(
        db, who=by, what=f"undid: {moderation.verdict} post", which=screening.post_id, of=moderation.by, at=iso(moment)
    )
    topics.note(db, "queue")
    await _announce_undo(db, moderation, before)
    if barred:
        screening.rule_approves = False
        await db.flush()
        await emit(db, PostJudged(screening.id))
    return screening


async def _ended_by(db: AsyncSession, moderation: Moderation) -> Moderation | None:
    """The verdict that this one ended; not one that had been undone before."""
    query = select(Moderation).where(Moderation.screening_id == moderation.screening_id, Moderation.id < moderation.id)
    before = await db.scalar(query.order_by(Moderation.id.desc()).limit(1))
    return before if before and before.over_at == moderation.decided_at else None


async def _consented(db: AsyncSession, screening: Screening) -> bool:
    query = select(Consent.id).where(
        Consent.post_id == screening.post_id, Consent.feed_id == screening.feed_id,
        Consent.revision == screening.revision, Consent.withdrawn_at.is_(None),
    )  # fmt: skip
    return await db.scalar(query.limit(1)) is not None


async def bring_back(db: AsyncSession, screening: Screening, *, by: str) -> None:
    """Put a post that screening refused into the queue, for a person to decide. Raises Conflict when it is not refused."""
    await _open(db, screening)
    if screening.state != "refused":
        raise Conflict("This post is not among those that screening refused any more.")
    screening.state, screening.rule_approves = "waiting", False
    audit.record(db, who=by, what="brought back post", which=screening.post_id, feed=screening.feed_id)
    topics.note(db, "queue")
    await db.flush()
    await emit(db, PostJudged(screening.id))


async def block_author(db: AsyncSession, screening: Screening, *, by: str) -> Moderation:
    """Let no more posts of this one's author into the feed; what waits is rejected, what is on air is withdrawn.

    Returns the verdict on this post: undoing that one lets the author back in, with all that the block had ended.
    """
    others = await _hold_author(db, screening.post_id, screening.feed_id, ("waiting", "approved"))
    post, feed = await _open(db, screening), await held_feed(db, screening.feed_id)
    blocked = list(feed.screening.get("blocked_authors", []))
    if post.author_id not in blocked:
        feed.screening = {**feed.screening, "blocked_authors": [*blocked, post.author_id]}
        feed.changed_at = now()
        audit.record(
            db, who=by, what="blocked author", which=f"@{post.author_handle}", feed=feed.id, author=post.author_id
        )
        await emit(db, FeedChanged(feed.id))
    verdict = await _end_blocked(db, screening, by=by)
    for other in others:
        await _end_blocked(db, other, by=by)
    return verdict


async def unblock_author(db: AsyncSession, moderation: Moderation, *, by: str) -> Screening:
    """Undo a block: the author may come in again, and each verdict that the block gave is taken back."""
    others = await _hold_author(db, moderation.post_id, moderation.feed_id, ("rejected", "withdrawn"))
    post, feed = await db.get_one(Post, moderation.post_id), await held_feed(db, moderation.feed_id)
    kept = [one for one in feed.screening.get("blocked_authors", []) if one != post.author_id]
    feed.screening, feed.changed_at = {**feed.screening, "blocked_authors": kept}, now()
    audit.record(
        db, who=by, what="unblocked author", which=f"@{post.author_handle}", feed=feed.id, author=post.author_id
    )
    await emit(db, FeedChanged(feed.id))
    screening = await undo(db, moderation, by=by)
    for other in others:
        verdict = await latest(db, other)
        if verdict and verdict.reason == BLOCKED:
            await undo(db, verdict, by=by)
    return screening


async def take_back(db: AsyncSession, moderation: Moderation, *, by: str) -> Screening:
    """Undo a verdict, whatever it was: a block lets its author back in. Raises Conflict when another has followed."""
    if moderation.reason == BLOCKED and moderation.over_at is None:
        return await unblock_author(db, moderation, by=by)
    return await undo(db, moderation, by=by)


async def _end_blocked(db: AsyncSession, screening: Screening, *, by: str) -> Moderation:
    end = withdraw if screening.state == "approved" else reject
    return await end(db, screening, by=by, reason=BLOCKED)


async def _hold_author(db: AsyncSession, post_id: int, feed_id: int, states: tuple[str, ...]) -> list[Screening]:
    """Hold a post with the others of its author that are in one of these states in a feed; returns those others."""
    post = await db.get_one(Post, post_id)
    query = select(Screening).join(Post, Post.id == Screening.post_id).where(
        Post.network == post.network, Post.author_id == post.author_id, Post.id != post.id,
        Screening.feed_id == feed_id, Screening.revision == Post.revision, Screening.state.in_(states),
    )  # fmt: skip
    ids = list(await db.scalars(query.with_only_columns(Post.id).order_by(Post.id).limit(MOST_AT_ONCE)))
    await hold_all(db, [post.id, *ids])
    # Asked again: while we waited, somebody may have decided on one of them.
    return list(await db.scalars(query.where(Post.id.in_(ids)).execution_options(populate_existing=True)))


async def _announce_undo(db: AsyncSession, moderation: Moderation, before: Moderation | None) -> None:
    await db.flush()
    if before and before.verdict == "approved":
        await emit(db, PostApproved(before.id))
    elif moderation.verdict == "approved":
        await emit(db, PostWithdrawn(moderation.post_id, (moderation.feed_id,)))


async def _open(db: AsyncSession, screening: Screening) -> Post:
    post = await hold(db, screening)
    if post.gone_at or screening.state == "over" or screening.revision != post.revision:
        raise Conflict("The post was edited or deleted meanwhile. Look at it again.")
    return post


def _verdict(screening: Screening, verdict: str, *, by: str, reason: str) -> Moderation:
    if not by:
        raise BadInput("A verdict needs somebody who gives it.")
    return Moderation(
        screening_id=screening.id, post_id=screening.post_id, feed_id=screening.feed_id, revision=screening.revision,
        verdict=verdict, by=by, reason=reason[:300], decided_at=now(),
    )  # fmt: skip


async def _settle(db: AsyncSession, screening: Screening, standing: Moderation | None, moderation: Moderation) -> None:
    if standing:
        standing.over_at = moderation.decided_at
    db.add(moderation)
    screening.state = moderation.verdict
    await db.flush()
    if moderation.by != RULE:
        audit.record(
            db,
            who=moderation.by,
            what=f"{moderation.verdict} post",
            which=screening.post_id,
            feed=screening.feed_id,
            reason=moderation.reason,
        )
    topics.note(db, "queue")
