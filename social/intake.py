"""Takes posts in: each stored once by network and id, with its edits as revisions and its deletion obeyed."""

from dataclasses import asdict

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from server.core import topics
from server.core.clock import iso, now
from server.core.events import PostForgotten, PostWithdrawn, emit
from server.core.media import LONG_AGO, Media
from social.holding import held
from social.incoming import IncomingDeletion, IncomingPost
from social.models import Consent, Match, Moderation, Picture, Post, PostRevision, Screening

TURNED_DOWN = ("rejected", "withdrawn")
"""States that only a person gives."""


async def store(db: AsyncSession, incoming: IncomingPost) -> Post | None:
    """Keep a post or a newer revision of it; None for what is known already, older, or has been deleted."""
    post = await find(db, incoming.network, incoming.id)
    if post is None:
        post = Post(network=incoming.network, network_id=incoming.id, revision=1)
        db.add(post)
    elif post.gone_at or _older(incoming, post):
        return None
    elif incoming.revision_id == post.current_network_id:
        return await _withhold(db, post, incoming)
    else:
        await _revise(db, post, incoming)
    _fill(post, incoming)
    await db.flush()
    topics.note(db, "queue")
    return post


async def _withhold(db: AsyncSession, post: Post, incoming: IncomingPost) -> Post | None:
    """The same revision again is news only when it may no longer be shown somewhere, or may be again: judge it anew."""
    if list(incoming.withheld) == post.flags.get("withheld", []):
        return None
    await take_down(db, post, because="withheld", but=TURNED_DOWN)
    anew = (Screening.post_id == post.id, Screening.revision == post.revision, Screening.state.not_in(TURNED_DOWN))
    await db.execute(delete(Screening).where(*anew))
    await _stay_down(db, post)
    _fill(post, incoming)
    await db.flush()
    return post


async def _stay_down(db: AsyncSession, post: Post) -> None:
    """A person's no outlives the change. Should they take it back, no approval from before it counts again."""
    query = select(Screening).where(Screening.post_id == post.id, Screening.state.in_(TURNED_DOWN))
    for screening in list(await db.scalars(query)):
        screening.verdict, screening.rule_approves = "refuse", False
        why = "withheld somewhere, or no longer, since it was judged"
        screening.reasons = list(dict.fromkeys([*screening.reasons, why]))
        before = (Moderation.screening_id == screening.id, Moderation.over_at.is_not(None))
        await db.execute(update(Moderation).where(*before).values(over_at=now()))


async def find(db: AsyncSession, network: str, id: str) -> Post | None:
    """A post by the id of its first or its newest revision, held until this transaction ends."""
    by_id = select(Post.id).where(Post.network == network)
    found = await db.scalar(by_id.where(Post.network_id == id))
    found = found or await db.scalar(by_id.where(Post.current_network_id == id))
    return await held(db, found) if found else None


def _older(incoming: IncomingPost, post: Post) -> bool:
    """Whether we already have a later revision than this one: streams promise no order."""
    if post.current_network_id in incoming.revisions:
        return incoming.revisions.index(post.current_network_id) > incoming.revisions.index(incoming.revision_id)
    return incoming.created_at <= post.created_at


async def _revise(db: AsyncSession, post: Post, incoming: IncomingPost) -> None:
    """Set the present revision aside; whatever was decided of it does not hold for the next, and what it alone showed goes."""
    await _let_go(db, _pictures(post) - {item.url for item in incoming.media})
    db.add(
        PostRevision(
            post_id=post.id, number=post.revision, network_id=post.current_network_id, text=post.text, seen_at=now()
        )
    )
    post.revision += 1
    await take_down(db, post, because="edited")


def _fill(post: Post, incoming: IncomingPost) -> None:
    author = incoming.author
    post.current_network_id, post.text, post.lang, post.url = (
        incoming.revision_id,
        incoming.text,
        incoming.lang,
        incoming.url,
    )
    post.author_id, post.author_name, post.author_handle = author.id, author.name, author.handle
    post.author_avatar = author.avatar_url or ""
    post.hashtags, post.links = list(incoming.hashtags), list(incoming.links)
    post.media = [asdict(item) for item in incoming.media]
    post.created_at, post.received_at = incoming.created_at, incoming.received_at
    post.stamps = {"received": iso(incoming.received_at), "stored": iso(now())}
    post.flags = {
        "sensitive": incoming.sensitive, "withheld": list(incoming.withheld), "repost": incoming.is_repost,
        "quote": incoming.is_quote, "reply": incoming.is_reply, "edited": incoming.edited,
        "paid_partnership": incoming.paid_partnership, "protected": author.protected,
        "author_since": iso(author.created_at), "followers": author.followers,
    }  # fmt: skip


async def take_down(db: AsyncSession, post: Post, *, because: str, but: tuple[str, ...] = ()) -> None:
    """End the verdicts on a post and tell the glass; the rows of the queue are over, but for those in the states `but`."""
    standing = select(Screening).where(Screening.post_id == post.id, Screening.state.not_in(("over", *but)))
    screenings = list(await db.scalars(standing))
    ids = [screening.id for screening in screenings]
    ended = (Moderation.screening_id.in_(ids), Moderation.over_at.is_(None))
    await db.execute(update(Moderation).where(*ended).values(over_at=now()))
    for screening in screenings:
        screening.state = "over"
        screening.reasons = [*screening.reasons, f"over: {because}"]
    if screenings:
        await emit(db, PostWithdrawn(post.id, tuple(screening.feed_id for screening in screenings)))


async def forget(db: AsyncSession, deletion: IncomingDeletion) -> Post | None:
    """Obey a deletion: the post leaves the glass at once and only its id stays. None for a post that was never here."""
    post = await find(db, deletion.network, deletion.id)
    if post is None or post.gone_at:
        return None
    await take_down(db, post, because=deletion.reason)
    await wipe(db, post, because=deletion.reason)
    topics.note(db, "queue")
    return post


async def wipe(db: AsyncSession, post: Post, *, because: str) -> None:
    """Empty a post of everything but its id; its cards and pictures go with it."""
    await _forget_pictures(db, post)
    post.gone_at, post.gone_because = now(), because[:100]
    post.text = post.author_name = post.author_handle = post.author_avatar = post.author_id = post.url = post.lang = ""
    post.hashtags, post.links, post.media, post.flags = [], [], [], {}
    await db.execute(delete(PostRevision).where(PostRevision.post_id == post.id))
    await db.execute(delete(Consent).where(Consent.post_id == post.id))
    await db.execute(update(Screening).where(Screening.post_id == post.id).values(cues=[], held=[]))
    matches = select(Screening.id).where(Screening.post_id == post.id)
    await db.execute(delete(Match).where(Match.screening_id.in_(matches)))
    await emit(db, PostForgotten(post.id))


async def _forget_pictures(db: AsyncSession, post: Post) -> None:
    """Let go of what was fetched for a post; its author's picture stays while another post of theirs shows it."""
    urls = _pictures(post)
    others = select(Post.id).where(
        Post.author_id == post.author_id, Post.author_avatar == post.author_avatar, Post.id != post.id
    )
    if post.author_avatar and await db.scalar(others.limit(1)) is None:
        urls.add(post.author_avatar)
    await _let_go(db, urls)


def _pictures(post: Post) -> set[str]:
    return {one["url"] for one in post.media if one.get("url")}


async def _let_go(db: AsyncSession, urls: set[str]) -> None:
    """Forget what these addresses led to. The bytes go with the next round of retention, unless something else has the same."""
    digests = select(Picture.digest).where(Picture.url.in_(urls))
    await db.execute(update(Media).where(Media.digest.in_(digests)).values(created_at=LONG_AGO))
    await db.execute(delete(Picture).where(Picture.url.in_(urls)))
